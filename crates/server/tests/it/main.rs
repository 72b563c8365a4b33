//! The server from outside: a real one on a free port, with an engine in memory. Files mirror addresses.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod alarms;
mod check;
mod columns;
mod connections;
mod document;
mod drafts;
mod drawer;
mod editor;
mod evaluate;
mod framing;
mod functions;
mod gateway;
mod health;
mod hooks;
mod hostile;
mod import;
mod inside;
mod login;
mod modules;
mod next;
mod openapi;
mod resume;
mod runs;
mod scenarios;
mod secrets;
mod security;
mod session;
mod setup;
mod sheets;
mod shelf;
mod site;
mod stores;
mod strangers;
mod templates;
mod tls;
mod tokens;
mod verified;
