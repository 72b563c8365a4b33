//! Requests to `/hook/…`: which webhook is meant, who calls, what the request says, and how it is refused.
//!
//! [`intake`] leads a request through all of it. In its order: [`routes`] finds the webhook, [`address`] the caller,
//! [`rate`] counts it, [`upload`] takes the body in, [`verify`] tells whose it is by the [`providers`], [`compression`]
//! decodes it, [`parse`] makes the run's input of it, [`schema`] checks that, [`batch`] cuts it into items; [`answer`] is
//! what the caller is told, [`problem`] has every refusal. [`public`] is where callers see the webhook, [`cors`] and
//! [`cloudevents`] answer those who ask before they send. [`redact`] masks what must not be shown, [`learn`] finds the
//! schema of what came. [`path`] makes paths for webhooks without one.

pub mod address;
pub mod answer;
pub mod batch;
pub mod cloudevents;
pub mod compression;
pub mod cors;
pub mod headers;
pub mod hooks;
pub mod intake;
pub mod learn;
pub mod parse;
pub mod path;
pub mod pattern;
pub mod problem;
pub mod providers;
pub mod public;
pub mod rate;
pub mod redact;
pub mod routes;
pub mod schema;
pub mod upload;
pub mod verify;

mod body;
mod encoding;
mod fields;
mod media_type;
mod multipart;
mod xml;
