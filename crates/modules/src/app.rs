//! Apps: modules that are declared in YAML. A file says what a service is called, how one logs in to it and what each
//! action sends and gives; this reads, checks and performs it.

mod answer;
mod call;
pub mod cases;
pub(crate) mod connection;
mod describe;
mod failure;
pub mod openapi;
mod pages;
mod read;
mod registry;
mod request;
mod routing;
mod scope;
mod shape;
mod template;

pub(crate) use call::AppAction;
pub use read::{Finding, read};
pub use registry::Apps;
pub use shape::{Action, App, ConnectionType, Trigger, Words};
