//! HTTP in front of an engine: the webhook gateway, the API behind a login, and the pages.

pub mod library;

pub mod vault;

mod api;
mod app;
mod assets;
mod auth;
mod bodies;
mod drafts;
mod editor;
mod error;
mod forms;
mod gateway;
mod headers;
mod health;
mod imports;
mod inspector;
mod oauth;
mod packed;
mod resume;
mod serve;
mod sheet;
mod tls;

pub use api::{Template, TemplateWords, openapi};
pub use app::{App, Options, Post};
pub use assets::{Asset, Assets};
pub use auth::{Accounts, ApiToken, WeakToken};
pub use bodies::Bodies;
pub use drafts::Drafts;
pub use gateway::{Gateway, Trials};
pub use imports::{Foreign, Imports};
pub use inspector::{Captured, Inspector, Log, Verdict};
pub use serve::{serve, serve_as, serve_tls};
pub use tls::{BadCertificate, Certificate, Refreshed};
