//! Mails that are sent to this server: it takes them in by SMTP (RFC 5321), and each starts a run of the scenarios whose
//! mailhook has the address and means the mail.
//!
//! What is said on a connection is decided by a [`Session`](session::Session), which is pure; [`Reception`] has the sockets,
//! and [`Office`] starts the runs. A mail is acknowledged once they are on disk. Nothing is ever sent on. See decision 0048.

mod addresses;
mod auth;
mod connection;
mod data;
mod intake;
mod letter;
mod limits;
mod line;
mod reception;
mod reply;
mod session;

pub use addresses::{AddressTable, Addresses, Armed};
pub use auth::{Examiner, Named};
pub use intake::{Office, unsaid};
pub use limits::Limits;
pub use reception::{Greeting, Reception};

#[cfg(test)]
mod tests;
