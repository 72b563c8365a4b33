//! Linear: HMAC-SHA256 over the body in `Linear-Signature`; the body has the time.

use super::{JSON, ONE_MINUTE, Provider, Sample, Setting};
use crate::webhook::verify::{Fact, Scheme, Signed, Time, Unit};
use std::time::Duration;

pub(super) const PROVIDER: Provider = Provider {
    name: "linear",
    title: "Linear",
    summary: "HMAC-SHA256 over the body in `Linear-Signature`; the body has the time.",
    docs: "https://linear.app/developers/webhooks",
    settings: &[
        Setting::secret("secret", "The signing secret on the page of the webhook."),
        Setting::tolerance("How old a request may be, and how far ahead: 1 minute unless set."),
    ],
    scheme: Scheme::Signed(Signed {
        header: "Linear-Signature",
        time: Time::Body("webhookTimestamp", Unit::Millis),
        tolerance: Some(ONE_MINUTE),
        ..Signed::BODY
    }),
    telltales: &["linear-signature"],
    event: Fact::First(&[Fact::Header("Linear-Event"), Fact::Body("type")]),
    id: Fact::Header("Linear-Delivery"),
    deadline: Some(Duration::from_secs(5)),
    sample: Sample { content_type: JSON, body: include_str!("samples/linear.json") },
    example: r#"linear: "{{ secrets.linear }}""#,
    ..Provider::BASE
};
