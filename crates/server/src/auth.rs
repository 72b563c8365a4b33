//! Who may come in. [`require`] is the one place that decides.

mod accounts;
mod codes;
mod consents;
mod guard;
pub(crate) mod login;
mod origin;
mod password;
mod secret;
mod sessions;
mod throttle;
mod token;
mod tokens;

pub use accounts::Accounts;
pub(crate) use accounts::SetUpError;
pub(crate) use codes::LoginCodes;
pub(crate) use consents::{Consents, Errand, Stray};
pub(crate) use guard::{Caller, Means, require, session, who};
pub(crate) use login::{session_cookie, throttled};
pub(crate) use sessions::{Sessions, Way};
pub(crate) use throttle::Throttle;
pub use token::{ApiToken, WeakToken};
pub(crate) use tokens::{Named, TokenError};
