//! What scenarios may name, whatever folder they are in: modules, and senders of webhooks.

use scenario::catalog::Catalog;
use triggers::webhook::providers::{self, Provider};

/// All modules, and all senders and schemes of `verify`; connections, secrets and other scenarios are unknown.
pub(crate) fn catalog() -> Catalog {
    Catalog::new(modules::specs()).with_providers(providers::all().map(Provider::spec))
}
