//! PayPal: RSA-SHA256 over id, time and checksum in `PAYPAL-TRANSMISSION-SIG`, with the key of a certificate at PayPal.

use super::{JSON, Provider, Sample, Setting};
use crate::webhook::verify::{Fact, Scheme};

pub(super) const PROVIDER: Provider = Provider {
    name: "paypal",
    title: "PayPal",
    summary: "RSA-SHA256 over id, time and checksum in `PAYPAL-TRANSMISSION-SIG`, with the key of a certificate at PayPal.",
    docs: "https://developer.paypal.com/api/rest/webhooks/rest/",
    settings: &[
        Setting::text("webhook_id", "The id of the webhook, as PayPal shows it."),
        Setting::secret("public_key", "A public key or certificate in PEM, in place of the one that PayPal publishes.")
            .optional(),
    ],
    scheme: Scheme::Certificate,
    telltales: &["paypal-transmission-sig"],
    event: Fact::Body("event_type"),
    id: Fact::Body("id"),
    sample: Sample { content_type: JSON, body: include_str!("samples/paypal.json") },
    example: "paypal: 1AB23456CD789012E",
    ..Provider::BASE
};
