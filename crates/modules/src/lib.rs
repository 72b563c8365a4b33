//! What a step can do: protocols, and the connections they use. [`catalog`] and [`specs`] are the only doors to the
//! modules; nobody outside can name one.

pub mod app;
pub mod auth;
pub mod catalog;
pub mod connections;
pub mod counterparts;
pub mod documents;
pub mod far_side;
pub mod guard;
pub mod own_hooks;
pub mod secrets;
pub mod translations;

mod aside;
mod client;
mod command;
mod computed;
mod crypto;
mod csv;
mod date;
mod email;
mod file;
mod google;
mod html;
mod http;
mod image;
mod imap;
mod js;
mod json;
mod line;
mod markdown;
mod mask;
mod mqtt;
mod pdf;
mod redis;
mod rss;
mod slack;
mod spec;
mod sql;
mod status;
mod store;
mod surveycake;
mod text;
mod ttl;
mod webhook;
mod wire;
mod xml;
mod zip;

pub use app::Apps;
pub use catalog::{Options, built_in_specs, catalog, rehearsed, specs};
pub use command::AllowedCommand;
pub use connections::Connections;
pub use counterparts::counterparts;
pub use imap::mailboxes;
pub use secrets::Secrets;
