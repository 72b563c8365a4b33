//! `/api/v1/session`: who is asking.

pub(super) mod get;
pub(super) mod password;
