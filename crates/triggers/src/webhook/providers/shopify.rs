//! Shopify: HMAC-SHA256 over the body in `X-Shopify-Hmac-Sha256`.

use super::{JSON, Provider, Sample, Setting};
use crate::webhook::verify::{Fact, Notation, Scheme, Signed};
use std::time::Duration;

pub(super) const PROVIDER: Provider = Provider {
    name: "shopify",
    title: "Shopify",
    summary: "HMAC-SHA256 over the body in `X-Shopify-Hmac-Sha256`.",
    docs: "https://shopify.dev/docs/apps/build/webhooks/subscribe/https",
    settings: &[Setting::secret(
        "secret",
        "The client secret of the app; of webhooks made in the admin, the key that is shown below their list.",
    )],
    scheme: Scheme::Signed(Signed { header: "X-Shopify-Hmac-Sha256", notation: Notation::Base64, ..Signed::BODY }),
    telltales: &["x-shopify-hmac-sha256"],
    event: Fact::Header("X-Shopify-Topic"),
    id: Fact::First(&[Fact::Header("X-Shopify-Webhook-Id"), Fact::Header("X-Shopify-Event-Id")]),
    deadline: Some(Duration::from_secs(5)),
    sample: Sample { content_type: JSON, body: include_str!("samples/shopify.json") },
    example: r#"shopify: "{{ secrets.shopify }}""#,
    ..Provider::BASE
};
