//! Mails that start runs: mailboxes are watched, and each mail that a rule means starts one run, whatever is cut, restarted
//! or repeated.
//!
//! A run's name is derived from the mail's number in its folder, so that trying again after a crash finds the run that is
//! there. What was settled is noted afterwards. See decision 0042.

mod intake;
mod note;
mod postman;
mod round;
mod watch;

pub(crate) use intake::kept;
pub use postman::{Armed, Postman};

#[cfg(test)]
mod tests;
