//! Twilio: HMAC-SHA1 over public URL and form in `X-Twilio-Signature`.

use super::{FORM, Provider, Sample, Setting};
use crate::webhook::verify::{Fact, Scheme};
use std::time::Duration;

pub(super) const PROVIDER: Provider = Provider {
    name: "twilio",
    title: "Twilio",
    summary: "HMAC-SHA1 over public URL and form in `X-Twilio-Signature`.",
    docs: "https://www.twilio.com/docs/usage/security",
    settings: &[Setting::secret("secret", "The auth token of the account.")],
    scheme: Scheme::FormAndUrl,
    telltales: &["x-twilio-signature"],
    event: Fact::First(&[Fact::Body("MessageStatus"), Fact::Body("SmsStatus"), Fact::Body("CallStatus")]),
    id: Fact::First(&[
        Fact::Header("I-Twilio-Idempotency-Token"),
        Fact::All(&[Fact::Body("MessageSid"), Fact::First(&[Fact::Body("MessageStatus"), Fact::Body("SmsStatus")])]),
        Fact::All(&[Fact::Body("CallSid"), Fact::Body("CallStatus")]),
    ]),
    deadline: Some(Duration::from_secs(15)),
    sample: Sample { content_type: FORM, body: include_str!("samples/twilio.form") },
    example: r#"twilio: "{{ secrets.twilio }}""#,
    ..Provider::BASE
};
