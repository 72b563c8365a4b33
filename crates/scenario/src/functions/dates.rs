//! Functions of dates and times. A moment is a text as RFC 3339 has it, with milliseconds; moments in UTC therefore
//! compare as texts do. Where a calendar matters (days, months, the hour shown), it is that of the zone given as an
//! argument, else of the offset that the moment is written with, else UTC. A text without an offset is a time of that zone.

pub(crate) mod calendar;
mod compare;
mod formats;
mod moment;
mod parse;
mod parts;
mod tokens;

use super::{Call, Function};

pub(super) use calendar::TABLE as CALENDAR;
pub(super) use compare::TABLE as COMPARE;
pub(super) use formats::TABLE as FORMATS;
pub(super) use parts::TABLE as PARTS;
pub(super) use tokens::ordinal;
