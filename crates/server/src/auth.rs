//! Who may come in. [`require`] is the one place that decides.

mod codes;
mod guard;
pub(crate) mod login;
mod origin;
mod secret;
mod sessions;
mod throttle;
mod token;

pub(crate) use codes::LoginCodes;
pub(crate) use guard::{Caller, require, who};
pub(crate) use sessions::Sessions;
pub(crate) use throttle::Throttle;
pub use token::{ApiToken, WeakToken};
