//! Modules that are described when they are first asked for: there are more of them than a scenario ever names.

use super::{Face, ModuleSpec, Watch};
use std::fmt::Debug;
use std::sync::Arc;

/// A module as it is told to people.
#[derive(Clone, Debug)]
pub struct Described {
    /// What it is.
    pub spec: Arc<ModuleSpec>,
    /// How it is shown; none where nobody said.
    pub face: Option<Face>,
}

/// Modules known by their names alone, until someone asks for one.
pub trait Shelf: Debug + Send + Sync {
    /// All names.
    fn names(&self) -> Box<dyn Iterator<Item = &str> + '_>;
    /// Whether there is a module of this name.
    fn has(&self, name: &str) -> bool;
    /// What the module of this name is. It stays described from then on.
    fn spec(&self, name: &str) -> Option<Arc<ModuleSpec>>;
    /// All modules by name, described one after another and not kept.
    fn all(&self) -> Box<dyn Iterator<Item = Described> + '_>;
    /// What can be watched under this name.
    fn watch(&self, _name: &str) -> Option<Watch> {
        None
    }
    /// The names of all that can be watched.
    fn watches(&self) -> Vec<String> {
        Vec::new()
    }
}
