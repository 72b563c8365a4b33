//! The language as its users meet it: texts in, diagnostics and plans out.

mod cases;
mod catalog;
mod codes;
mod plans;
mod robustness;
mod schema;
