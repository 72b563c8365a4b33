//! Stripe: HMAC-SHA256 over time and body in `Stripe-Signature`.

use super::{FIVE_MINUTES, JSON, Provider, Sample, Setting};
use crate::webhook::verify::{Fact, Scheme, SignatureList, Signed, Time, Unit};

pub(super) const PROVIDER: Provider = Provider {
    name: "stripe",
    title: "Stripe",
    summary: "HMAC-SHA256 over time and body in `Stripe-Signature`.",
    docs: "https://docs.stripe.com/webhooks/signature",
    settings: &[
        Setting::secret("secret", "The signing secret of the endpoint, `whsec_…`, as a whole."),
        Setting::tolerance("How old a request may be, and how far ahead: 5 minutes unless set."),
    ],
    scheme: Scheme::Signed(Signed {
        header: "Stripe-Signature",
        list: SignatureList::Fields("t", "v1"),
        text: "{timestamp}.{body}",
        time: Time::Beside(Unit::Seconds),
        tolerance: Some(FIVE_MINUTES),
        ..Signed::BODY
    }),
    telltales: &["stripe-signature"],
    event: Fact::Body("type"),
    id: Fact::Body("id"),
    sample: Sample { content_type: JSON, body: include_str!("samples/stripe.json") },
    example: r#"stripe: "{{ secrets.stripe }}""#,
    ..Provider::BASE
};
