//! What an import needs of the outside: what our modules stand for elsewhere, and files that lie in the web.

use blueprint::Counterparts;
use run::call::BoxFuture;
use std::fmt::Debug;
use std::sync::Arc;

/// A file of another tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreign {
    /// Its name, for where it has none inside.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// What an import needs of the outside.
pub trait Imports: Debug + Send + Sync {
    /// What our modules stand for in other tools, those of the folder's own apps among them.
    fn counterparts(&self) -> Arc<Counterparts>;
    /// The files at a URL that somebody has entered: one, or those of an archive. An error says why there are none.
    fn fetch<'a>(&'a self, url: &'a str) -> BoxFuture<'a, Result<Vec<Foreign>, String>>;
}
