//! Connections by a certificate of one's own (mutual TLS).

use super::http::Http;
use super::settings::Settings;
use crate::client::identity::{Identity, Unfit};
use std::sync::Arc;

/// `{ type: mtls, certificate, key, ca? }`.
pub(super) fn read(settings: &mut Settings<'_>) -> Http {
    let (certificate, key) = (settings.required_text("certificate"), settings.required_secret("key"));
    let ca = settings.text("ca");
    let identity = certificate.zip(key).and_then(|(certificate, key)| {
        let repaired = super::settings::pem_of(key.reveal());
        let of = Identity::of(
            super::settings::pem_of(&certificate),
            super::Secret::new(repaired),
            ca.as_deref().map(super::settings::pem_of),
        );
        match of {
            Ok(identity) => Some(Arc::new(identity)),
            Err(Unfit::Identity) => {
                settings.reject_content("certificate", "and `key` are no certificate with its private key (PEM)");
                None
            }
            Err(Unfit::Trusted) => {
                settings.reject_content("ca", "is no certificate (PEM)");
                None
            }
        }
    });
    Http::identified(identity, settings)
}
