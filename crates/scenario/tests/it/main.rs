//! The language as its users meet it: texts in, diagnostics and plans out.

#![allow(clippy::disallowed_methods, reason = "tests read their cases from files")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails by panicking, in its helpers, too")]

mod cases;
mod catalog;
mod codes;
mod plans;
mod robustness;
mod schema;
