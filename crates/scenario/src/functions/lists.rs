//! Functions of lists.

mod keys;
mod parts;
mod sets;
mod walks;

use super::{Call, Function};
use crate::expression::fault::Fault;
use rhai::Dynamic;

pub(super) use keys::TABLE as KEYS;
pub(super) use parts::TABLE as PARTS;
pub(super) use sets::TABLE as SETS;
pub(super) use walks::TABLE as WALKS;

use keys::key_of;
pub(super) use parts::is_nothing;

/// What the functions of this folder answer.
type Result<T = Dynamic> = std::result::Result<T, Fault>;
