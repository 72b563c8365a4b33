//! Why an evaluation failed: one constructor for each kind of failure. A fault made without a place gets that of the
//! nearest enclosing node.

use super::ExpressionError;
use super::value::{describe, kind_of};
use crate::diagnostic::Place;
use rhai::Dynamic;

/// Why an evaluation does not go on; boxed, because results travel through every node.
pub(crate) type Fault = Box<Stop>;

/// A failure, or a statement that leaves its surroundings.
#[derive(Clone, Debug)]
pub(crate) enum Stop {
    Failed(ExpressionError),
    Break(Dynamic),
    Continue,
    Return(Dynamic),
}

/// What is told to the outside.
pub(super) fn into_error(stop: Stop) -> ExpressionError {
    match stop {
        Stop::Failed(error) => error,
        Stop::Break(_) | Stop::Continue | Stop::Return(_) => into_error(*failed("there is no loop to leave here")),
    }
}

/// A fault of this code.
pub(crate) fn fault(code: &'static str, message: impl Into<String>, hint: Option<&str>) -> Fault {
    let hint = hint.map(str::to_owned);
    Box::new(Stop::Failed(ExpressionError { code, message: message.into(), hint, place: Place::default() }))
}

/// The fault, placed here unless it has a place already.
pub(crate) fn placed(mut fault: Fault, place: Place) -> Fault {
    if let Stop::Failed(error) = &mut *fault
        && error.place == Place::default()
    {
        error.place = place;
    }
    fault
}

/// A name without a value.
pub(crate) fn no_value(name: &str) -> Fault {
    let hint = format!("`{name}?.…` or `{name} ?? …` goes on without it");
    fault("no_value", format!("`{name}` has no value here: its step was skipped or has not run"), Some(&hint))
}

/// A property or an index that is not there.
pub(crate) fn missing(message: String, hint: String) -> Fault {
    fault("missing_property", message, Some(&hint))
}

/// Two operands that do not go together.
pub(crate) fn mismatch(operator: &str, left: &Dynamic, right: &Dynamic) -> Fault {
    let message = format!("`{operator}` does not work between {} and {}", describe(left), describe(right));
    let hint = match (kind_of(left), kind_of(right)) {
        ("text", "number") | ("number", "text") => {
            Some("make both numbers with `.parse_int()` or `.parse_float()`, or both texts with `.to_text()`")
        }
        ("()", _) | (_, "()") => Some("give a value for what is absent with `?? …`"),
        _ => None,
    };
    fault("type_mismatch", message, hint)
}

/// A value of the wrong type.
pub(crate) fn unsuitable(what: &str, wanted: &str, given: &Dynamic) -> Fault {
    let hint = match (wanted, kind_of(given)) {
        (_, "()") => Some("give a value for what is absent with `?? …`"),
        ("a number", "text") => Some("make it a number with `.parse_int()` or `.parse_float()`"),
        ("a text", _) => Some("make it a text with `.to_text()`"),
        ("true or false", _) => Some("compare it with something, as in `x > 0`, or give a default: `x ?? false`"),
        _ => None,
    };
    fault("type_mismatch", format!("{what} needs {wanted}, not {}", describe(given)), hint)
}

/// A condition that is neither true nor false.
pub(crate) fn not_a_condition(given: &Dynamic) -> Fault {
    let hint = match kind_of(given) {
        "()" => "what may be absent needs a default: `… ?? false`",
        _ => "compare it with something, as in `x > 0`, `x != \"\"` or `x.len() > 0`",
    };
    fault("not_a_condition", format!("a condition is true or false, not {}", describe(given)), Some(hint))
}

/// Too much work or too large a value.
pub(crate) fn limit(what: impl Into<String>) -> Fault {
    fault("limit", what, Some("work through less at a time, for example with `for_each`"))
}

/// Anything else.
pub(crate) fn failed(message: impl Into<String>) -> Fault {
    fault("expression", message, None)
}
