//! SendGrid: ECDSA over time and body in `X-Twilio-Email-Event-Webhook-Signature`.

use super::{JSON, Provider, Sample, Setting};
use crate::webhook::verify::{Algorithm, Fact, KeyForm, Notation, Scheme, Signed, Time, Unit};

pub(super) const PROVIDER: Provider = Provider {
    name: "sendgrid",
    title: "SendGrid",
    summary: "ECDSA over time and body in `X-Twilio-Email-Event-Webhook-Signature`.",
    docs: "https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features",
    settings: &[
        Setting::secret("public_key", "The verification key on the page of the event webhook."),
        Setting::tolerance("How old a request may be; it does not matter unless set."),
    ],
    scheme: Scheme::Signed(Signed {
        header: "X-Twilio-Email-Event-Webhook-Signature",
        algorithm: Algorithm::EcdsaP256,
        notation: Notation::Base64,
        secret: "public_key",
        key: KeyForm::Pem,
        text: "{timestamp}{body}",
        time: Time::Header("X-Twilio-Email-Event-Webhook-Timestamp", Unit::Seconds),
        ..Signed::BODY
    }),
    telltales: &["x-twilio-email-event-webhook-signature"],
    event: Fact::Body("*.event"),
    id: Fact::Body("*.sg_event_id"),
    sample: Sample { content_type: JSON, body: include_str!("samples/sendgrid.json") },
    example: r#"sendgrid: "{{ secrets.sendgrid_key }}""#,
    ..Provider::BASE
};
