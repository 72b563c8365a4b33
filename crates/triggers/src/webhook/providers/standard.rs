//! Standard Webhooks: HMAC-SHA256 (`v1`) or Ed25519 (`v1a`) over id, time and body in `webhook-signature`.

use super::{JSON, Provider, Sample, Setting};
use crate::webhook::verify::{Fact, Scheme, Signed};
use std::time::Duration;

pub(super) const PROVIDER: Provider = Provider {
    name: "standard",
    aliases: &["standard_webhooks"],
    title: "Standard Webhooks",
    summary: "HMAC-SHA256 (`v1`) or Ed25519 (`v1a`) over id, time and body in `webhook-signature`.",
    docs: "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md",
    settings: &[
        Setting::secret("secret", "The secret, `whsec_…`.").optional(),
        Setting::secret("public_key", "The public key, `whpk_…`, where the sender signs with Ed25519.").optional(),
        Setting::tolerance("How old a request may be, and how far ahead: 5 minutes unless set."),
    ],
    one_of: &["secret", "public_key"],
    scheme: Scheme::BySetting(&[
        ("secret", Scheme::Signed(Signed::STANDARD)),
        ("public_key", Scheme::Signed(Signed::STANDARD_PUBLIC)),
    ]),
    event: Fact::Body("type"),
    id: Fact::Header("webhook-id"),
    deadline: Some(Duration::from_secs(15)),
    sample: Sample { content_type: JSON, body: include_str!("samples/standard.json") },
    example: r#"standard: "{{ secrets.sender }}""#,
    ..Provider::BASE
};
