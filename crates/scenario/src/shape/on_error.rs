//! `on_error:`.

use crate::check::Checker;
use crate::diagnostic::Diagnostic;
use crate::plan::OnError;
use crate::text::{Node, Value};

pub(super) const KEYS: &[&str] = &["use", "steps", "hold"];

#[derive(Clone, Copy)]
enum Word {
    Fail,
    Ignore,
    Stop,
    Hold,
}

const WORDS: &[(&str, Word)] =
    &[("fail", Word::Fail), ("ignore", Word::Ignore), ("stop", Word::Stop), ("hold", Word::Hold)];

impl Checker<'_> {
    /// What happens when a step has failed for good: a word, or `use: VALUE`.
    pub(super) fn on_error(&mut self, node: &Node) -> Option<OnError> {
        if !matches!(node.value, Value::Map(_)) {
            return match self.word(node, "`on_error`", WORDS)? {
                Word::Fail => Some(OnError::Fail),
                Word::Ignore => Some(OnError::Ignore),
                Word::Stop => Some(OnError::Stop),
                Word::Hold => {
                    self.not_yet(node.place, "`on_error: hold`");
                    None
                }
            };
        }
        let fields = self.fields(node, "`on_error`", KEYS)?;
        if fields.entries().len() != 1 {
            self.report(Diagnostic::one_of_keys(fields.place, "`on_error`", KEYS));
        }
        for key in ["steps", "hold"] {
            if let Some(entry) = fields.entry(key) {
                self.not_yet(entry.key.place, &format!("`on_error: {key}`"));
            }
        }
        if let Some(steps) = fields.get("steps") {
            self.steps_not_yet(steps, "`steps`", &["error"]);
        }
        fields.get("use").and_then(|value| self.template(value)).map(OnError::Use)
    }
}
