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
    ("'++'", "a number is not counted up here; write `x + 1`"),
    ("Unexpected 'let'", "an expression computes one value; a `rhai` step may have statements"),
    ("'...'", "lists are put together with `+`, and so are maps: `a + b`"),
    ("Unexpected '{'", "this is an expression already: leave out `{{` and `}}`, or let them stand around the whole"),
    ("Invalid escape", "a backslash is written twice in an expression, and again in double-quoted YAML"),
    ("incomplete", "something is missing at the end"),
    ("end of", "something is missing at the end"),
    ("string is not terminated", "texts begin and end with the same quote: \"…\""),
    ("Open string", "texts begin and end with the same quote: \"…\""),
];

/// What stands in expressions of other languages, and what to write instead. These words speak before those of rhai: what
/// it stumbles over is often not what is wrong.
const HABITS: &[(&str, &str)] = &[
    ("=>", "a function is written `|item| item.sku`"),
    ("function(", "a function is written `|item| item.sku`"),
    ("if(", "to choose, write `if a { b } else { c }`"),
    ("if (", "to choose, write `if a { b } else { c }`"),
    ("typeof ", "the kind of a value is `x.kind_of()`"),
    ("new Date", "the present is `now()`; a text becomes a time with `text.parse_date(…)`"),
    (" not ", "write `!` for not"),
    (" AND ", "write `&&` for and"),
    (" OR ", "write `||` for or"),
    (" is ", "to compare, write `==`; whether a value is absent tells `x == null`"),
    ("“", "texts stand in straight quotes: \"…\" or '…'"),
    ("„", "texts stand in straight quotes: \"…\" or '…'"),
    ("f\"", "values are put into a text between backticks: `Hello ${name}`"),
    ("[]", "one item is `list[0]`; of all, `list.map(|item| item.sku)`"),
    ("$json", "the input is `trigger.body`; what a step gave has the name of its `id`"),
    ("$node", "what a step gave has the name of its `id`"),
];

/// E0301: rhai cannot read it.
pub(super) fn unreadable(place: Place, source: &str, why: &str) -> Diagnostic {
    let entry = source.trim_start().strip_prefix('{').is_some_and(|inside| inside.contains(':'));
    let habit = HABITS.iter().find(|(part, _)| source.contains(part));
    let hint = match (entry, habit) {
        (true, _) => Some("a map begins with `#{`: `#{a: 1}`"),
        (_, Some((_, hint))) => Some(*hint),
        _ if source.matches('\'').count() % 2 == 1 => {
            Some("a quote within a text is written `\\'`, or the text stands in the other quotes")
        }
        _ => IDIOMS.iter().find(|(part, _)| why.contains(part)).map(|(_, hint)| *hint),
    };
    error("E0301", place, format!("this cannot be read: {why}"), hint.map(str::to_owned))
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

/// E0307: something is done with a secret.
pub(super) fn computed_with_secret(place: Place, name: &str) -> Diagnostic {
    let hint = format!(
        "write `{{{{ secrets.{name} }}}}` alone or among text where a call is made, or give it to a crypto function as its key"
    );
    error("E0307", place, format!("`secrets.{name}` cannot be computed with"), Some(hint))
}

/// E0308: a secret by a name that only the run would know.
pub(super) fn computed_secret_name(place: Place) -> Diagnostic {
    let hint = "name it: `secrets.shop`; where it depends, take one of two steps with `route`";
    error("E0308", place, "the name of a secret must be written out".into(), Some(hint.into()))
}

/// E0309: `secrets` without a name.
pub(super) fn all_secrets(place: Place) -> Diagnostic {
    error("E0309", place, "`secrets` is read without a name".into(), Some("name one: `secrets.shop`".into()))
}

fn error(code: &'static str, place: Place, message: String, hint: Option<String>) -> Diagnostic {
    Diagnostic { code, severity: Severity::Error, place, message, hint, fix: None }
}
