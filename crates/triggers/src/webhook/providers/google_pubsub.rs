//! Google Pub/Sub: An OpenID Connect token of Google in `Authorization`. Any project can have Google sign a token for
//! any audience, so the service account must be named, too.

use super::{EIGHT_DAYS, JSON, Provider, Sample, Setting};
use crate::webhook::verify::{Claim, Fact, JwtRules, Scheme};
use std::time::Duration;

pub(super) const PROVIDER: Provider = Provider {
    name: "google_pubsub",
    title: "Google Pub/Sub",
    summary: "An OpenID Connect token of Google in `Authorization`.",
    docs: "https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions",
    settings: &[
        Setting::text(
            "audience",
            "The audience that the subscription has: the URL of the webhook, unless another one was set.",
        ),
        Setting::text("service_account", "The address of the service account that the subscription pushes as."),
        Setting::secret("public_key", "A public key in PEM, in place of those that Google publishes.").optional(),
        Setting::tolerance("How long after its end a token is still taken: not at all unless set."),
    ],
    scheme: Scheme::Jwt(JwtRules {
        jwks: Some("https://www.googleapis.com/oauth2/v3/certs"),
        issuers: &["https://accounts.google.com", "accounts.google.com"],
        audience: Claim::Required,
        service_account: Claim::Required,
        leeway: Duration::ZERO,
    }),
    event: Fact::Body("message.attributes.eventType"),
    id: Fact::Body("message.messageId"),
    window: EIGHT_DAYS,
    deadline: Some(Duration::from_secs(10)),
    sample: Sample { content_type: JSON, body: include_str!("samples/google_pubsub.json") },
    example: r#"google_pubsub: { audience: "https://hooks.example.com/hook/orders", service_account: push@example.iam.gserviceaccount.com }"#,
    ..Provider::BASE
};
