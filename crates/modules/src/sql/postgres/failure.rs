//! What a refusal of PostgreSQL means for the step.

use super::session::Refusal;
use crate::wire::refused_login;
use run::error::{Recovery, StepError};

/// Classes of SQLSTATE that may pass: connection exceptions, too few resources, what an operator does.
const PASSING_CLASSES: [&str; 3] = ["08", "53", "57"];

/// SQLSTATEs that may pass: a transaction that got in the way of another one, a lock that was not free.
const PASSING: [&str; 3] = ["40001", "40P01", "55P03"];

/// The refusal as the step's failure.
pub(super) fn refused(host: &str, refusal: &Refusal) -> StepError {
    let Refusal { code, message, hint } = refusal;
    if code.starts_with("28") {
        return refused_login(host, message);
    }
    let told = format!("{host}: {message} (SQLSTATE {code})");
    let error = match code.as_str() {
        "57014" => StepError::passing("timeout", told),
        "57P01" | "57P02" => StepError::passing("connection_failed", told),
        "23505" => StepError::permanent("already_exists", told),
        _ if may_pass(code) == Recovery::Retry => StepError::passing("server_refused", told),
        _ => StepError::permanent("server_refused", told),
    };
    match hint {
        Some(hint) => error.hint(hint.clone()),
        None => error,
    }
}

fn may_pass(code: &str) -> Recovery {
    let passes = PASSING.contains(&code) || PASSING_CLASSES.iter().any(|class| code.starts_with(class));
    if passes { Recovery::Retry } else { Recovery::Permanent }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_says_whether_to_try_again() {
        let check = |state: &str, code: &str, recovery| {
            let refusal = Refusal { code: state.to_owned(), message: "no".to_owned(), hint: None };
            let error = refused("db", &refusal);
            assert_eq!((error.code.as_str(), error.recovery), (code, recovery), "{state}");
        };
        check("28P01", "login_refused", Recovery::Permanent);
        check("42P01", "server_refused", Recovery::Permanent);
        check("23505", "already_exists", Recovery::Permanent);
        check("40001", "server_refused", Recovery::Retry);
        check("53300", "server_refused", Recovery::Retry);
        check("57014", "timeout", Recovery::Retry);
        check("57P01", "connection_failed", Recovery::Retry);
    }
}
