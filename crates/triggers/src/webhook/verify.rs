//! Who sent a request: signatures, tokens and logins over the bytes as they came, the handshakes that providers ask for,
//! and what a request tells about its event. Pure: the clock, keys that were fetched and secrets come in as parameters.
//!
//! In the order of a request: [`Incoming`] is what came, [`Settings`] what the author wrote, a [`Scheme`] says how the two
//! are held against each other, a [`Fault`] why they do not fit, and [`doctor`] what went wrong and what to do.

mod algorithm;
mod certificate;
mod configured;
mod constant_time;
pub mod doctor;
pub(super) mod facts;
mod fault;
mod form_and_url;
mod handshake;
mod in_body;
mod incoming;
mod jwt;
mod keys;
mod login;
mod notation;
mod scheme;
mod settings;
mod signature_list;
mod signed;
mod template;
mod timestamp;
mod token;
pub mod vector;

pub use algorithm::Algorithm;
pub use doctor::{Diagnosis, Finding, diagnose};
pub use facts::{Fact, Facts};
pub use fault::Fault;
pub use handshake::{Effect, Greeting, Handshake};
pub use incoming::Incoming;
pub use jwt::{Claim, JwtRules};
pub use keys::{KeyKind, KeyRequest, Keys, PublicKey};
pub use notation::Notation;
pub use scheme::Scheme;
pub use settings::Settings;
pub use signature_list::SignatureList;
pub use signed::{KeyForm, Signed};
pub use timestamp::{Time, Unit};
pub use token::{Token, TokenPlace};

#[cfg(test)]
mod tests;
