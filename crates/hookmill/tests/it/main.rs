//! The real binary, from outside: what it prints, where, and how it ends.

#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod again;
mod alarms;
mod apps;
mod binary;
mod check;
#[path = "../../../modules/tests/it/daemon.rs"]
#[allow(dead_code, reason = "the tests of modules use more of it")]
mod daemon;
mod diff;
mod docs;
#[path = "../../../modules/tests/it/dovecot.rs"]
#[allow(dead_code, reason = "the tests of modules use more of it")]
mod dovecot;
mod exim;
mod far_side;
mod files;
mod first_start;
mod fmt;
mod folder;
mod guards;
mod import;
mod kill;
mod listen;
mod mailhooks;
mod mails;
mod poll;
mod queues;
mod reference;
mod rows;
mod run;
mod runs;
mod sandbox;
mod secrets;
mod serve;
mod served;
mod shipped;
mod store;
mod surroundings;
mod test;
mod tls;
mod under_load;
mod verify;
mod waits;
