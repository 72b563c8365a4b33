//! Names resolved once, checked, and connected to as checked: a second look-up cannot give another address.

use crate::guard::Guard;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::SocketAddr;
use std::sync::Arc;

/// A name that has an address which may not be called. One is enough: who mixes public and private ones is up to
/// something.
#[derive(Debug, thiserror::Error)]
#[error("the name resolves to a private address")]
pub(super) struct PrivateName;

/// The system's resolver under a guard. Not asked for hosts that are addresses already.
#[derive(Debug)]
pub(super) struct GuardedResolver {
    guard: Arc<Guard>,
}

impl GuardedResolver {
    pub(super) fn new(guard: Arc<Guard>) -> Self {
        Self { guard }
    }
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = Arc::clone(&self.guard);
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let addresses: Addrs = Box::new(admitted(&guard, found)?.into_iter());
            Ok(addresses)
        })
    }
}

fn admitted(guard: &Guard, found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, PrivateName> {
    if found.iter().all(|address| guard.admits(address.ip())) { Ok(found) } else { Err(PrivateName) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(allowed: &[&str], addresses: &[&str], expected: bool) {
        let guard = Guard::new(allowed.iter().map(|text| text.parse().unwrap()).collect());
        let found = addresses.iter().map(|text| SocketAddr::new(text.parse().unwrap(), 0)).collect();
        assert_eq!(admitted(&guard, found).is_ok(), expected, "{addresses:?} with {allowed:?}");
    }

    #[test]
    fn every_address_of_a_name_must_be_admitted() {
        check(&[], &["93.184.215.14"], true);
        check(&[], &["93.184.215.14", "2606:2800:21f:cb07::1"], true);
        check(&[], &["93.184.215.14", "10.0.0.1"], false);
        check(&[], &["::ffff:127.0.0.1"], false);
        check(&["10.0.0.0/8"], &["93.184.215.14", "10.0.0.1"], true);
    }

    #[tokio::test]
    async fn a_name_of_this_machine_is_refused() {
        let refused = GuardedResolver::new(Arc::default()).resolve("localhost".parse().unwrap()).await;
        assert!(refused.is_err_and(|error| error.is::<PrivateName>()));
    }
}
