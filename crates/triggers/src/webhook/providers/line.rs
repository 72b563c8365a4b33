//! LINE: HMAC-SHA256 over the body in `x-line-signature`.

use super::{JSON, Provider, Sample, Setting};
use crate::webhook::verify::{Fact, Handshake, Notation, Scheme, Signed};
use std::time::Duration;

pub(super) const PROVIDER: Provider = Provider {
    name: "line",
    title: "LINE",
    summary: "HMAC-SHA256 over the body in `x-line-signature`.",
    docs: "https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/",
    settings: &[Setting::secret("secret", "The channel secret.")],
    scheme: Scheme::Signed(Signed { header: "x-line-signature", notation: Notation::Base64, ..Signed::BODY }),
    telltales: &["x-line-signature"],
    handshake: Handshake::EmptyList("events"),
    event: Fact::Body("events.*.type"),
    id: Fact::Body("events.*.webhookEventId"),
    deadline: Some(Duration::from_secs(2)),
    sample: Sample { content_type: JSON, body: include_str!("samples/line.json") },
    example: r#"line: "{{ secrets.line }}""#,
    ..Provider::BASE
};
