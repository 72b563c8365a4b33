//! Google's APIs, called on behalf of a service account.

pub(crate) mod sheets;
mod token;

pub(crate) use token::{Tokens, probe};
