//! Meta: HMAC-SHA256 over the body in `X-Hub-Signature-256`: WhatsApp, Messenger, Instagram, pages.

use super::{EIGHT_DAYS, JSON, Provider, Sample, Setting};
use crate::webhook::verify::{Fact, Handshake, Scheme, SignatureList, Signed};
use std::time::Duration;

pub(super) const PROVIDER: Provider = Provider {
    name: "meta",
    aliases: &["facebook", "whatsapp"],
    title: "Meta",
    summary: "HMAC-SHA256 over the body in `X-Hub-Signature-256`: WhatsApp, Messenger, Instagram, pages.",
    docs: "https://developers.facebook.com/docs/graph-api/webhooks/getting-started",
    settings: &[
        Setting::secret("secret", "The app secret."),
        Setting::secret(
            "verify_token",
            "The verify token that you enter with the webhook there: by it, the first handshake is answered.",
        ),
    ],
    scheme: Scheme::Signed(Signed {
        header: "X-Hub-Signature-256",
        list: SignatureList::One("sha256="),
        ..Signed::BODY
    }),
    handshake: Handshake::Subscribe,
    event: Fact::First(&[Fact::Body("entry.*.changes.*.field"), Fact::Body("object")]),
    id: Fact::First(&[Fact::Body("entry.*.changes.*.value.messages.*.id"), Fact::Digest]),
    window: EIGHT_DAYS,
    deadline: Some(Duration::from_secs(5)),
    sample: Sample { content_type: JSON, body: include_str!("samples/meta.json") },
    example: r#"meta: { secret: "{{ secrets.meta }}", verify_token: "{{ secrets.meta_verify }}" }"#,
    ..Provider::BASE
};
