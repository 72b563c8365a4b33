//! The catalogue, as it was put into the program when it was built.

use super::entry::Kind;
use std::borrow::Cow;

/// A shipped app, as far as a start needs it.
#[derive(Debug)]
pub(super) struct Shipped {
    pub(super) name: &'static str,
    /// The names of its modules, in the order of its actions.
    pub(super) modules: &'static [&'static str],
    pub(super) connection: Kind,
    /// Its file, as JSON.
    pub(super) text: &'static str,
}

/// All of them, by name.
pub(super) fn all() -> &'static [Shipped] {
    static ALL: &[Shipped] = include!(concat!(env!("OUT_DIR"), "/catalog.rs"));
    ALL
}
