//! The modules against servers: each test has its own, on a free port.

#![allow(clippy::unwrap_used, reason = "tests: what fails here should stop them")]

mod apps;
mod archives;
mod batches;
mod catalogue;
mod commands;
mod credentials;
mod daemon;
mod dovecot;
mod egress;
mod email;
mod files;
mod formats;
mod google_api;
mod google_appends;
mod google_sheets;
mod hostile;
mod http;
mod images;
mod imap;
mod js;
mod mailbox;
mod mailing;
mod messages;
mod mqtt;
mod mysql;
mod oauth;
mod oauth_server;
mod own_hooks;
mod postgres;
mod probe;
mod redirects;
mod redis;
mod server;
mod smtp_server;
mod step;
mod store;
mod surveycake;
mod webhook;
