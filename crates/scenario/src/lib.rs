//! What a scenario says: its text becomes places, diagnostics and a [`Plan`](plan::Plan). Pure: nothing here knows
//! time, disk, network, or that runs exist.

pub mod catalog;
pub mod data;
pub mod diagnostic;
pub mod expression;
pub mod plan;

mod check;

pub use check::check;
