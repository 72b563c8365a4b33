//! The diagnostics about an expression's text: one constructor for each code, `E03…`.

use crate::diagnostic::{Diagnostic, Place, Severity};

/// What people write who come from other languages, as rhai names it, and what to write instead.
const IDIOMS: &[(&str, &str)] = &[
    ("'==='", "to compare, write `==`"),
    ("'!=='", "write `!=`"),
    ("'='", "to compare, write `==`; an expression cannot assign"),
    ("'and'", "write `&&` for and"),
    ("'or'", "write `||` for or"),
    ("'not'", "write `!` for not"),
    ("'>'", "for not equal, write `!=`"),
    ("operator: '?'", "to choose, write `if a { b } else { c }`; for a default, `a ?? b`"),
    (
        "Invalid character",
        "texts stand in double quotes: \"…\", or \\\"…\\\" where the YAML is in double quotes itself",
    ),
    ("Unexpected '{'", "this is an expression already: leave out `{{` and `}}`, or let them stand around the whole"),
    ("Invalid escape", "a backslash is written twice in an expression, and again in double-quoted YAML"),
    ("incomplete", "something is missing at the end"),
    ("end of", "something is missing at the end"),
    ("string is not terminated", "texts begin and end with the same quote: \"…\""),
    ("Open string", "texts begin and end with the same quote: \"…\""),
];

/// E0301: rhai cannot read it.
pub(super) fn unreadable(place: Place, why: &str) -> Diagnostic {
    let hint = IDIOMS.iter().find(|(part, _)| why.contains(part)).map(|(_, hint)| (*hint).to_owned());
    error("E0301", place, format!("this cannot be read: {why}"), hint)
}

/// E0302: `{{` without `}}`.
pub(super) fn unclosed(place: Place) -> Diagnostic {
    let hint = "close the expression with `}}`, or write `\\{{` for two braces as text";
    error("E0302", place, "`{{` opens an expression that is never closed".into(), Some(hint.into()))
}

/// E0303: nothing between the braces.
pub(super) fn empty(place: Place) -> Diagnostic {
    let hint = "write what to insert, as in `{{ trigger.body.name }}`";
    error("E0303", place, "there is no expression here".into(), Some(hint.into()))
}

/// E0304: rhai knows it, expressions do not.
pub(super) fn not_allowed(place: Place, what: &str, hint: &str) -> Diagnostic {
    error("E0304", place, format!("{what} cannot stand in an expression"), Some(hint.into()))
}

/// E0305: no such function.
pub(super) fn unknown_function(place: Place, name: &str, near: Option<&str>) -> Diagnostic {
    let hint = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`hookmill functions` lists all functions".into(),
    };
    error("E0305", place, format!("there is no function `{name}`"), Some(hint))
}

/// E0306: a known function with too few or too many arguments.
pub(super) fn wrong_arguments(place: Place, name: &str, given: usize, signature: &str) -> Diagnostic {
    let hint = format!("it is written `{signature}`; as a method, what stands before the dot is the first");
    let s = if given == 1 { "" } else { "s" };
    error("E0306", place, format!("`{name}` cannot be called with {given} argument{s}"), Some(hint))
}

fn error(code: &'static str, place: Place, message: String, hint: Option<String>) -> Diagnostic {
    Diagnostic { code, severity: Severity::Error, place, message, hint, fix: None }
}
