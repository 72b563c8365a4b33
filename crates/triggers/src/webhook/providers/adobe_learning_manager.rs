//! Adobe Learning Manager: A login, or a signature as the file says that its administrators download. Learning Manager
//! does not publish which header its signature has and how it is made, so the settings say it.

use super::{EIGHT_DAYS, JSON, Provider, Sample, Setting};
use crate::webhook::verify::{Fact, Scheme};
use std::time::Duration;

pub(super) const PROVIDER: Provider = Provider {
    name: "adobe_learning_manager",
    title: "Adobe Learning Manager",
    summary: "A login, or a signature as the file says that its administrators download.",
    docs: "https://helpx.adobe.com/learning-manager/integration-admin/feature-summary/webhooks.html",
    settings: &[
        Setting::secret(
            "credentials",
            "The login as `user:password`, where the webhook there has Basic authentication.",
        )
        .optional(),
        Setting::secret("secret", "The key of the signature, where the webhook there has one.").optional(),
        Setting::secret(
            "json",
            "The JSON file with the signature as it was downloaded: key, and header and algorithm where it says them.",
        )
        .optional(),
        Setting::text("header", "The header of the signature.").optional(),
        Setting::choice("algorithm", "The hash of the signature: `sha256` unless set.", &["sha1", "sha256", "sha512"]),
        Setting::choice("encoding", "How the signature is written: `hex` unless set.", &["hex", "base64", "base64url"]),
        Setting::text("prefix", "What stands before the signature, as `sha256=`.").optional(),
    ],
    one_of: &["credentials", "secret", "json"],
    scheme: Scheme::BySetting(&[
        ("credentials", Scheme::Login),
        ("secret", Scheme::Configured),
        ("json", Scheme::Configured),
    ]),
    event: Fact::Body("events.*.eventName"),
    id: Fact::Body("events.*.eventId"),
    window: EIGHT_DAYS,
    deadline: Some(Duration::from_secs(5)),
    sample: Sample { content_type: JSON, body: include_str!("samples/adobe_learning_manager.json") },
    example: r#"adobe_learning_manager: "{{ secrets.learning }}""#,
    ..Provider::BASE
};
