//! Calendly: HMAC-SHA256 over time and body in `Calendly-Webhook-Signature`.

use super::{JSON, Provider, Sample, Setting, THREE_MINUTES};
use crate::webhook::verify::{Fact, Scheme, SignatureList, Signed, Time, Unit};
use std::time::Duration;

pub(super) const PROVIDER: Provider = Provider {
    name: "calendly",
    title: "Calendly",
    summary: "HMAC-SHA256 over time and body in `Calendly-Webhook-Signature`.",
    docs: "https://developer.calendly.com/api-docs/4c305798a61d3-webhook-signatures",
    settings: &[
        Setting::secret("secret", "The signing key that was given when the subscription was made."),
        Setting::tolerance("How old a request may be, and how far ahead: 3 minutes unless set."),
    ],
    scheme: Scheme::Signed(Signed {
        header: "Calendly-Webhook-Signature",
        list: SignatureList::Fields("t", "v1"),
        text: "{timestamp}.{body}",
        time: Time::Beside(Unit::Seconds),
        tolerance: Some(THREE_MINUTES),
        ..Signed::BODY
    }),
    telltales: &["calendly-webhook-signature"],
    event: Fact::Body("event"),
    id: Fact::All(&[Fact::Body("payload.uri"), Fact::Body("event"), Fact::Body("created_at")]),
    deadline: Some(Duration::from_secs(15)),
    sample: Sample { content_type: JSON, body: include_str!("samples/calendly.json") },
    example: r#"calendly: "{{ secrets.calendly }}""#,
    ..Provider::BASE
};
