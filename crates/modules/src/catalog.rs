//! The list of modules. Adding one is a file and a line here.

use crate::client::Client;
use crate::connections::Connections;
use crate::google::{self, Tokens};
use crate::guard::{Allowed, Guard};
use crate::{email, http};
use run::call::Module;
use scenario::catalog::ModuleSpec;
use std::sync::Arc;

/// What the operator decides for all modules.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Private hosts and networks that may be called even where the host comes out of data.
    pub allow_private: Vec<Allowed>,
}

/// What every module is made from.
pub(crate) struct Shared {
    pub(crate) connections: Arc<Connections>,
    pub(crate) client: Client,
    pub(crate) tokens: Tokens,
    pub(crate) mailers: email::Mailers,
}

/// All modules, ready to be called with these connections. Changed connections need a new set: make it, and let the
/// old one go with its last call.
pub fn catalog(connections: Arc<Connections>, options: Options) -> Vec<Arc<dyn Module>> {
    let client = Client::new(Guard::new(options.allow_private));
    let shared =
        Arc::new(Shared { connections, client, tokens: Tokens::default(), mailers: email::Mailers::default() });
    vec![
        Arc::new(email::Send::new(&shared)),
        Arc::new(google::sheets::Append::new(&shared)),
        Arc::new(http::Request::new(&shared)),
    ]
}

/// What all modules are, as data, for checking and reference.
pub fn specs() -> Vec<ModuleSpec> {
    let modules = catalog(Arc::new(Connections::empty()), Options::default());
    modules.iter().map(|module| ModuleSpec::clone(module.spec())).collect()
}

#[cfg(test)]
mod tests;
