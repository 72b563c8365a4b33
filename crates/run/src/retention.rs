//! How safely and how long runs are kept, as scenarios say it: for stores, which know no scenarios.

pub use scenario::plan::{Durability, Keep, Kept};
