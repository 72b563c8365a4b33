//! Zoom: HMAC-SHA256 over time and body in `x-zm-signature`. A validation is answered with a code under the key of
//! events, so its token must not look like an event.

use super::{FIVE_MINUTES, JSON, Provider, Sample, Setting};
use crate::webhook::verify::{Fact, Handshake, Scheme, SignatureList, Signed, Time, Unit};
use std::time::Duration;

pub(super) const PROVIDER: Provider = Provider {
    name: "zoom",
    title: "Zoom",
    summary: "HMAC-SHA256 over time and body in `x-zm-signature`.",
    docs: "https://developers.zoom.us/docs/api/webhooks/",
    settings: &[
        Setting::secret("secret", "The secret token of the app."),
        Setting::tolerance("How old a request may be, and how far ahead: 5 minutes unless set."),
    ],
    scheme: Scheme::Signed(Signed {
        header: "x-zm-signature",
        list: SignatureList::One("v0="),
        text: "v0:{timestamp}:{body}",
        time: Time::Header("x-zm-request-timestamp", Unit::Seconds),
        tolerance: Some(FIVE_MINUTES),
        ..Signed::BODY
    }),
    telltales: &["x-zm-signature"],
    handshake: Handshake::SignToken,
    event: Fact::Body("event"),
    id: Fact::First(&[
        Fact::All(&[Fact::Body("event"), Fact::Body("event_ts"), Fact::Body("payload.object.uuid")]),
        Fact::Digest,
    ]),
    deadline: Some(Duration::from_secs(3)),
    sample: Sample { content_type: JSON, body: include_str!("samples/zoom.json") },
    example: r#"zoom: "{{ secrets.zoom }}""#,
    ..Provider::BASE
};
