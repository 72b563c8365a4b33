//! Slack: HMAC-SHA256 over time and body in `X-Slack-Signature`.

use super::{FIVE_MINUTES, JSON, Provider, Sample, Setting};
use crate::webhook::verify::{Fact, Handshake, Scheme, SignatureList, Signed, Time, Unit};
use std::time::Duration;

pub(super) const PROVIDER: Provider = Provider {
    name: "slack",
    title: "Slack",
    summary: "HMAC-SHA256 over time and body in `X-Slack-Signature`.",
    docs: "https://docs.slack.dev/authentication/verifying-requests-from-slack",
    settings: &[
        Setting::secret("secret", "The signing secret of the app."),
        Setting::tolerance("How old a request may be, and how far ahead: 5 minutes unless set."),
    ],
    scheme: Scheme::Signed(Signed {
        header: "X-Slack-Signature",
        list: SignatureList::One("v0="),
        text: "v0:{timestamp}:{body}",
        time: Time::Header("X-Slack-Request-Timestamp", Unit::Seconds),
        tolerance: Some(FIVE_MINUTES),
        ..Signed::BODY
    }),
    telltales: &["x-slack-signature"],
    form_field: Some("payload"),
    handshake: Handshake::Challenge,
    event: Fact::First(&[
        Fact::Body("event.type"),
        Fact::Body("command"),
        Fact::Body("payload.type"),
        Fact::Body("type"),
    ]),
    id: Fact::First(&[Fact::Body("event_id"), Fact::Body("trigger_id"), Fact::Body("payload.trigger_id")]),
    deadline: Some(Duration::from_secs(3)),
    sample: Sample { content_type: JSON, body: include_str!("samples/slack.json") },
    example: r#"slack: "{{ secrets.slack }}""#,
    ..Provider::BASE
};
