//! What imports need of a running server: what the apps in use stand for elsewhere, and files from the web.

use super::renewal::Renewing;
use crate::import::web;
use blueprint::Counterparts;
use modules::Apps;
use modules::documents::Documents;
use run::call::BoxFuture;
use server::{Foreign, Imports};
use std::sync::{Arc, Mutex, PoisonError};

/// What imports need.
#[derive(Debug)]
pub(super) struct Strangers {
    renewing: Arc<Renewing>,
    documents: Documents,
    /// What is known, as long as the apps are these.
    known: Mutex<Option<(Arc<Apps>, Arc<Counterparts>)>>,
}

impl Strangers {
    pub(super) fn over(renewing: &Arc<Renewing>) -> Self {
        let reach = &renewing.of.reach;
        let documents = Documents::new(&reach.options, &reach.files);
        Self { renewing: Arc::clone(renewing), documents, known: Mutex::default() }
    }
}

impl Imports for Strangers {
    fn counterparts(&self) -> Arc<Counterparts> {
        let apps = self.renewing.apps();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, known)) = known.as_ref().filter(|(of, _)| Arc::ptr_eq(of, &apps)) {
            return Arc::clone(known);
        }
        let made = Arc::new(crate::language::counterparts(&apps));
        *known = Some((apps, Arc::clone(&made)));
        made
    }

    fn fetch<'a>(&'a self, url: &'a str) -> BoxFuture<'a, Result<Vec<Foreign>, String>> {
        Box::pin(web::fetch(&self.documents, url))
    }
}
