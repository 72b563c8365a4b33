//! Notion: HMAC-SHA256 over the body in `X-Notion-Signature`. The first request brings a token, which is kept
//! for the author to see; it is the secret once the author has set it.

use super::{JSON, Provider, Sample, Setting};
use crate::webhook::verify::{Fact, Handshake, Scheme, SignatureList, Signed};

pub(super) const PROVIDER: Provider = Provider {
    name: "notion",
    title: "Notion",
    summary: "HMAC-SHA256 over the body in `X-Notion-Signature`.",
    docs: "https://developers.notion.com/reference/webhooks",
    settings: &[Setting::secret("secret", "The verification token that Notion sent when the webhook was made.")],
    scheme: Scheme::Signed(Signed {
        header: "X-Notion-Signature",
        list: SignatureList::One("sha256="),
        ..Signed::BODY
    }),
    telltales: &["x-notion-signature"],
    handshake: Handshake::KeepToken,
    event: Fact::Body("type"),
    id: Fact::Body("id"),
    sample: Sample { content_type: JSON, body: include_str!("samples/notion.json") },
    example: r#"notion: "{{ secrets.notion }}""#,
    ..Provider::BASE
};
