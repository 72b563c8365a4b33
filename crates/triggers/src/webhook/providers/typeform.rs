//! Typeform: HMAC-SHA256 over the body in `Typeform-Signature`.

use super::{JSON, Provider, Sample, Setting};
use crate::webhook::verify::{Fact, Notation, Scheme, SignatureList, Signed};
use std::time::Duration;

pub(super) const PROVIDER: Provider = Provider {
    name: "typeform",
    title: "Typeform",
    summary: "HMAC-SHA256 over the body in `Typeform-Signature`.",
    docs: "https://www.typeform.com/developers/webhooks/secure-your-webhooks/",
    settings: &[Setting::secret("secret", "The secret that the webhook was made with.")],
    scheme: Scheme::Signed(Signed {
        header: "Typeform-Signature",
        list: SignatureList::One("sha256="),
        notation: Notation::Base64,
        ..Signed::BODY
    }),
    telltales: &["typeform-signature"],
    event: Fact::Body("event_type"),
    id: Fact::First(&[Fact::Body("event_id"), Fact::Body("form_response.token")]),
    deadline: Some(Duration::from_secs(30)),
    sample: Sample { content_type: JSON, body: include_str!("samples/typeform.json") },
    example: r#"typeform: "{{ secrets.typeform }}""#,
    ..Provider::BASE
};
