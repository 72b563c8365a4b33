//! HubSpot: HMAC-SHA256 over method, public URL, body and time in `X-HubSpot-Signature-v3`.

use super::{FIVE_MINUTES, JSON, Provider, Sample, Setting};
use crate::webhook::verify::{Algorithm, Fact, Notation, Scheme, Signed, Time, Unit};
use std::time::Duration;

pub(super) const PROVIDER: Provider = Provider {
    name: "hubspot",
    title: "HubSpot",
    summary: "HMAC-SHA256 over method, public URL, body and time in `X-HubSpot-Signature-v3`.",
    docs: "https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests",
    settings: &[
        Setting::secret("secret", "The client secret of the app."),
        Setting::choice(
            "version",
            "Which signature is checked: `v3` unless set. The older ones can be played again.",
            &["v3", "v2", "v1"],
        ),
        Setting::tolerance("How old a request may be, and how far ahead: 5 minutes unless set."),
    ],
    scheme: Scheme::ByVersion(&[("v3", Scheme::Signed(V3)), ("v2", Scheme::Signed(V2)), ("v1", Scheme::Signed(V1))]),
    telltales: &["x-hubspot-signature-v3", "x-hubspot-signature"],
    event: Fact::Body("*.subscriptionType"),
    id: Fact::All(&[Fact::Body("*.eventId"), Fact::Body("*.subscriptionId"), Fact::Body("*.occurredAt")]),
    deadline: Some(Duration::from_secs(5)),
    sample: Sample { content_type: JSON, body: include_str!("samples/hubspot.json") },
    example: r#"hubspot: "{{ secrets.hubspot }}""#,
    ..Provider::BASE
};

const V3: Signed<'static> = Signed {
    header: "X-HubSpot-Signature-v3",
    notation: Notation::Base64,
    text: "{method}{decoded_url}{body}{timestamp}",
    time: Time::Header("X-HubSpot-Request-Timestamp", Unit::Millis),
    tolerance: Some(FIVE_MINUTES),
    ..Signed::BODY
};

const V2: Signed<'static> = Signed {
    header: "X-HubSpot-Signature",
    algorithm: Algorithm::Sha256,
    text: "{secret}{method}{url}{body}",
    version: Some(("X-HubSpot-Signature-Version", "v2")),
    ..Signed::BODY
};

const V1: Signed<'static> =
    Signed { text: "{secret}{body}", version: Some(("X-HubSpot-Signature-Version", "v1")), ..V2 };
