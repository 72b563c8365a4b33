//! Streams to servers that speak something other than HTTP: dialled, kept private, kept open, and read within bounds.

mod dial;
mod pool;
mod stream;
mod tls;

pub(crate) use dial::dial;
pub(crate) use pool::{Pool, Session};
pub(crate) use stream::{Broken, Stream};

use crate::connections::Remote;
use run::error::StepError;
use std::time::Duration;

/// As much of one answer is read, in bytes.
pub(crate) const MOST: usize = 16 * 1024 * 1024;

/// The work, given up when the time is over.
pub(crate) async fn in_time<T>(
    timeout: Duration,
    remote: &Remote,
    work: impl Future<Output = Result<T, StepError>>,
) -> Result<T, StepError> {
    let late = |_| {
        let message = format!("{} did not answer within {} s", remote.host, timeout.as_secs_f64());
        Err(StepError::passing("timeout", message))
    };
    tokio::time::timeout(timeout, work).await.unwrap_or_else(late)
}

/// The server answers, and not as its protocol has it.
pub(crate) fn nonsense(remote: &str, what: &str) -> StepError {
    StepError::permanent("invalid_response", format!("{remote} answers as no such server does: {what}"))
        .hint("check host and port of the connection, and whether the server expects TLS")
}

/// The code of an error that says that nobody is let in with these credentials.
pub(crate) const LOGIN_REFUSED: &str = "login_refused";

/// The server lets nobody in with these credentials.
pub(crate) fn refused_login(remote: &str, why: &str) -> StepError {
    StepError::permanent(LOGIN_REFUSED, format!("{remote} refuses the login: {why}"))
        .hint("check user and password of the connection")
}
