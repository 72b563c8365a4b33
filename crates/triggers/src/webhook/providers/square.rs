//! Square: HMAC-SHA256 over public URL and body in `x-square-hmacsha256-signature`.

use super::{JSON, Provider, Sample, Setting};
use crate::webhook::verify::{Fact, Notation, Scheme, Signed};
use std::time::Duration;

pub(super) const PROVIDER: Provider = Provider {
    name: "square",
    title: "Square",
    summary: "HMAC-SHA256 over public URL and body in `x-square-hmacsha256-signature`.",
    docs: "https://developer.squareup.com/docs/webhooks/step3validate",
    settings: &[Setting::secret("secret", "The signature key of the subscription.")],
    scheme: Scheme::Signed(Signed {
        header: "x-square-hmacsha256-signature",
        notation: Notation::Base64,
        text: "{url}{body}",
        ..Signed::BODY
    }),
    telltales: &["x-square-hmacsha256-signature"],
    event: Fact::Body("type"),
    id: Fact::Body("event_id"),
    deadline: Some(Duration::from_secs(10)),
    sample: Sample { content_type: JSON, body: include_str!("samples/square.json") },
    example: r#"square: "{{ secrets.square }}""#,
    ..Provider::BASE
};
