//! Google's APIs.

pub(crate) mod sheets;
