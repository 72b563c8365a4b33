//! Trello: HMAC-SHA1 over body and public URL in `X-Trello-Webhook`.

use super::{JSON, Provider, Sample, Setting};
use crate::webhook::verify::{Algorithm, Fact, Handshake, Notation, Scheme, Signed};

pub(super) const PROVIDER: Provider = Provider {
    name: "trello",
    title: "Trello",
    summary: "HMAC-SHA1 over body and public URL in `X-Trello-Webhook`.",
    docs: "https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/",
    settings: &[Setting::secret("secret", "The OAuth secret of the application.")],
    scheme: Scheme::Signed(Signed {
        header: "X-Trello-Webhook",
        algorithm: Algorithm::HmacSha1,
        notation: Notation::Base64,
        text: "{body}{url}",
        ..Signed::BODY
    }),
    telltales: &["x-trello-webhook"],
    handshake: Handshake::Head,
    event: Fact::Body("action.type"),
    id: Fact::Body("action.id"),
    sample: Sample { content_type: JSON, body: include_str!("samples/trello.json") },
    example: r#"trello: "{{ secrets.trello }}""#,
    ..Provider::BASE
};
