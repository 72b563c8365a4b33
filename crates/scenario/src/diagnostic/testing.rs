//! `E06…`: a scenario's tests.

use super::{Diagnostic, Place};

/// Where a finding about a file as a whole stands.
const START: Place = Place { line: 1, column: 1 };

impl Diagnostic {
    /// A map that looks like a matcher or a mock of a special kind, and is none.
    pub(crate) fn unknown_special(place: Place, key: &str, known: &[&str]) -> Self {
        let known_names = known.iter().copied();
        let list = super::alternatives(known);
        Self::error("E0601", place, format!("there is no `{key}` here")).suggest(
            key,
            known_names,
            &format!("there is {list}; for a value of which a key begins with `$`, write `{{ $exactly: … }}`"),
        )
    }

    /// A matcher beside other keys, or one whose setting cannot be meant.
    pub(crate) fn bad_special(place: Place, key: &str, reason: &str) -> Self {
        Self::error("E0602", place, format!("`{key}` {reason}"))
    }

    /// A file of tests without its scenario.
    pub fn orphaned_tests(scenario: &str) -> Self {
        Self::error("E0603", START, format!("there is no scenario `{scenario}` beside these tests"))
            .hint(format!("tests of `{scenario}.yaml` stand in `{scenario}.test.yaml`, in the same folder"))
    }

    /// A mock for steps that never ask anyone.
    pub(crate) fn needless_mock(place: Place, name: &str) -> Self {
        Self::error("E0604", place, format!("`{name}` cannot be mocked: it asks nobody outside"))
            .hint("it is run as it is in every test; `expect: { outputs: … }` looks at what it gives")
    }
}
