//! What a step can do: protocols, and the connections they use. [`catalog`] and [`specs`] are the only doors to the
//! modules; nobody outside can name one.

pub mod app;
pub mod auth;
pub mod catalog;
pub mod connections;
pub mod documents;
pub mod far_side;
pub mod guard;
pub mod own_hooks;
pub mod secrets;
pub mod translations;

mod client;
mod email;
mod file;
mod google;
mod http;
mod line;
mod mask;
mod slack;
mod spec;
mod status;
mod store;
mod surveycake;
mod webhook;

pub use app::Apps;
pub use catalog::{Options, catalog, rehearsed, shared_specs, specs};
pub use connections::Connections;
pub use secrets::Secrets;
