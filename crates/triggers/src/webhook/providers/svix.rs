//! Svix: A signature as Standard Webhooks have it, in `svix-signature`.

use super::{JSON, Provider, Sample, Setting};
use crate::webhook::verify::{Fact, Scheme, Signed, Time, Unit};
use std::time::Duration;

pub(super) const PROVIDER: Provider = Provider {
    name: "svix",
    title: "Svix",
    summary: "A signature as Standard Webhooks have it, in `svix-signature`.",
    docs: "https://docs.svix.com/receiving/verifying-payloads/how-manual",
    settings: &[
        Setting::secret("secret", "The signing secret of the endpoint, `whsec_…`."),
        Setting::tolerance("How old a request may be, and how far ahead: 5 minutes unless set."),
    ],
    scheme: Scheme::ByHeader(&[
        ("svix-signature", Scheme::Signed(SVIX)),
        ("webhook-signature", Scheme::Signed(Signed::STANDARD)),
    ]),
    telltales: &["svix-signature"],
    event: Fact::Body("type"),
    // The one that is signed: the other can be anything in a request that is played again.
    id: Fact::First(&[Fact::Beside("svix-signature", &Fact::Header("svix-id")), Fact::Header("webhook-id")]),
    deadline: Some(Duration::from_secs(15)),
    sample: Sample { content_type: JSON, body: include_str!("samples/svix.json") },
    example: r#"svix: "{{ secrets.svix }}""#,
    ..Provider::BASE
};

const SVIX: Signed<'static> = Signed {
    header: "svix-signature",
    time: Time::Header("svix-timestamp", Unit::Seconds),
    id: "svix-id",
    ..Signed::STANDARD
};
