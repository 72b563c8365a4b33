//! HTTP in front of an engine: the webhook gateway, the API behind a login, and the pages.

pub mod library;
