//! Files of other tools for tests: two addresses of a web that nobody is asked about.

use blueprint::Counterparts;
use run::call::BoxFuture;
use server::{Foreign, Imports};
use std::sync::Arc;

/// A blueprint lies at one address, and no other has anything.
#[derive(Debug, Default)]
pub(crate) struct Strangers;

/// Where the blueprint lies.
pub(crate) const BLUEPRINT: &str = "https://example.com/greet.json";

impl Imports for Strangers {
    fn counterparts(&self) -> Arc<Counterparts> {
        Arc::default()
    }

    fn fetch<'a>(&'a self, url: &'a str) -> BoxFuture<'a, Result<Vec<Foreign>, String>> {
        let text = r#"{"flow":[{"id":1,"module":"gateway:CustomWebHook"}]}"#;
        let found = match url {
            BLUEPRINT => Ok(vec![Foreign { name: "greet.json".to_owned(), bytes: text.into() }]),
            _ => Err("there is nothing there".to_owned()),
        };
        Box::pin(async move { found })
    }
}
