//! Names resolved once, checked, and connected to as checked: a second look-up cannot give another address.

use crate::guard::Guard;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use run::call::BoxFuture;
use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// A name that has an address which may not be called. One is enough: who mixes public and private ones is up to
/// something.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum RefusedName {
    /// One that is not of the public internet.
    #[error("the name resolves to a private address")]
    Private,
    /// One at which this server itself listens.
    #[error("the name resolves to an address of this server")]
    Own,
}

/// Which addresses of this machine a name may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OwnAddresses {
    /// Those that the guard admits.
    Admitted,
    /// None: the port is one of the server's own.
    Refused,
}

/// Finds the addresses of a name.
pub(super) trait LookUp: Send + Sync + fmt::Debug {
    /// All of them.
    fn addresses<'a>(&'a self, name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>>;
}

/// The system's resolver.
#[derive(Debug)]
pub(super) struct System;

impl LookUp for System {
    fn addresses<'a>(&'a self, name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        Box::pin(async move { Ok(tokio::net::lookup_host((name, 0)).await?.map(|address| address.ip()).collect()) })
    }
}

/// A resolver under a guard. Not asked for hosts that are addresses already.
#[derive(Debug)]
pub(super) struct GuardedResolver {
    pub(super) guard: Arc<Guard>,
    pub(super) own: OwnAddresses,
    pub(super) look_up: Arc<dyn LookUp>,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (guard, own, look_up) = (Arc::clone(&self.guard), self.own, Arc::clone(&self.look_up));
        Box::pin(async move {
            let found = look_up.addresses(name.as_str()).await?;
            check(&guard, own, &found)?;
            let addresses: Addrs = Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}

fn check(guard: &Guard, own: OwnAddresses, found: &[IpAddr]) -> Result<(), RefusedName> {
    if !found.iter().all(|address| guard.admits(*address)) {
        return Err(RefusedName::Private);
    }
    if own == OwnAddresses::Refused && found.iter().any(|address| guard.is_own(*address)) {
        return Err(RefusedName::Own);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(allowed: &[&str], addresses: &[&str], expected: Result<(), RefusedName>) {
        let guard = Guard::new(allowed.iter().map(|text| text.parse().unwrap()).collect())
            .listening(vec!["0.0.0.0:8080".parse().unwrap()]);
        let found: Vec<IpAddr> = addresses.iter().map(|text| text.parse().unwrap()).collect();
        let own = if expected == Err(RefusedName::Own) { OwnAddresses::Refused } else { OwnAddresses::Admitted };
        assert_eq!(check(&guard, own, &found), expected, "{addresses:?} with {allowed:?}");
    }

    #[test]
    fn every_address_of_a_name_must_be_admitted() {
        checked(&[], &["93.184.215.14"], Ok(()));
        checked(&[], &["93.184.215.14", "2606:2800:21f:cb07::1"], Ok(()));
        checked(&[], &["93.184.215.14", "10.0.0.1"], Err(RefusedName::Private));
        checked(&[], &["::ffff:127.0.0.1"], Err(RefusedName::Private));
        checked(&["10.0.0.0/8"], &["93.184.215.14", "10.0.0.1"], Ok(()));
        checked(&["127.0.0.0/8"], &["127.0.0.1"], Ok(()));
        checked(&["127.0.0.0/8"], &["127.0.0.1"], Err(RefusedName::Own));
    }

    #[tokio::test]
    async fn a_name_of_this_machine_is_refused() {
        let resolver =
            GuardedResolver { guard: Arc::default(), own: OwnAddresses::Admitted, look_up: Arc::new(System) };
        let refused = resolver.resolve("localhost".parse().unwrap()).await;
        assert!(refused.is_err_and(|error| error.downcast_ref() == Some(&RefusedName::Private)));
    }
}
