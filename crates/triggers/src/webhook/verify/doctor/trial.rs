//! The refused request, to be tried again with something changed.

use crate::webhook::providers::Provider;
use crate::webhook::verify::{Incoming, Scheme, Settings, Signed};

/// A request that was refused, and what it was held against.
#[derive(Clone, Copy)]
pub(super) struct Trial<'t> {
    pub(super) provider: &'t Provider,
    pub(super) settings: &'t Settings,
    pub(super) incoming: Incoming<'t>,
    /// The request as it may be shown.
    pub(super) masked: Incoming<'t>,
    /// Parameters of the query that carry a secret of the webhook.
    pub(super) secret_parameters: &'t [String],
}

/// In longer bodies no mistake is searched for, in bytes: each guess takes a look at the whole.
const LONGEST: usize = 64 * 1_024;

impl Trial<'_> {
    /// Whether mistakes may be searched for by guessing.
    pub(super) fn is_searchable(&self) -> bool {
        self.incoming.body.len() <= LONGEST
    }

    /// Whether the URL is a part of what is signed.
    pub(super) fn signs_url(&self) -> bool {
        matches!(self.provider.scheme, Scheme::FormAndUrl) || self.way().is_some_and(|way| way.text.contains("url}"))
    }

    /// Whether it would pass with these settings, whatever the time.
    pub(super) fn fits_with(&self, settings: &Settings) -> bool {
        self.provider.verify(&settings.timeless(), &self.incoming, None).is_ok()
    }

    /// Whether it would pass with this body.
    pub(super) fn fits_body(&self, body: &[u8]) -> bool {
        let incoming = Incoming { body, ..self.incoming };
        self.provider.verify(&self.settings.timeless(), &incoming, None).is_ok()
    }

    /// Whether it would pass with this public URL.
    pub(super) fn fits_url(&self, url: &str) -> bool {
        let incoming = Incoming { url, ..self.incoming };
        self.provider.verify(&self.settings.timeless(), &incoming, None).is_ok()
    }

    /// Whether it would pass with this `Authorization`.
    pub(super) fn fits_authorization(&self, value: &str) -> bool {
        let headers: Vec<(&str, &[u8])> = [("authorization", value.as_bytes())].into();
        let incoming = Incoming { headers: &headers, ..self.incoming };
        self.provider.verify(self.settings, &incoming, None).is_ok()
    }

    /// Whether it would pass if it were signed in this way.
    pub(super) fn fits_way(&self, way: &Signed<'_>) -> bool {
        way.verify(&self.settings.timeless(), &self.incoming).is_ok()
    }

    /// The way in which it is to be signed, if that is in a header.
    pub(super) fn way(&self) -> Option<Signed<'_>> {
        self.provider.scheme.signed(self.settings, &self.incoming)
    }
}
