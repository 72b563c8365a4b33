//! The language as its users meet it: texts in, diagnostics and plans out.

#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "tests read their cases and look at the clock")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails by panicking, in its helpers, too")]

mod access;
mod cases;
mod catalog;
mod codes;
mod hostile;
mod plans;
mod robustness;
mod schema;
mod tools;
