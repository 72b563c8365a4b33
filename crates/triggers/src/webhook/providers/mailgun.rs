//! Mailgun: HMAC-SHA256 in the body, over a time and a token there. It does not cover the event.

use super::{JSON, Provider, Sample, Setting};
use crate::webhook::verify::{Fact, Scheme};

pub(super) const PROVIDER: Provider = Provider {
    name: "mailgun",
    title: "Mailgun",
    summary: "HMAC-SHA256 in the body, over a time and a token there. It does not cover the event.",
    docs: "https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks",
    settings: &[
        Setting::secret("secret", "The webhook signing key."),
        Setting::tolerance(
            "How old a request may be, and how far ahead: 9 hours unless set, because retries keep their time.",
        ),
    ],
    scheme: Scheme::InBody,
    event: Fact::Body("event-data.event"),
    id: Fact::First(&[Fact::Body("signature.token"), Fact::Body("token")]),
    sample: Sample { content_type: JSON, body: include_str!("samples/mailgun.json") },
    example: r#"mailgun: "{{ secrets.mailgun }}""#,
    ..Provider::BASE
};
