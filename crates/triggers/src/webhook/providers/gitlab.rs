//! GitLab: A token in `X-Gitlab-Token`, or since GitLab 19 a signature as Standard Webhooks have it.

use super::{JSON, Provider, Sample, Setting};
use crate::webhook::verify::{Fact, Scheme, Signed, Token, TokenPlace};
use std::time::Duration;

pub(super) const PROVIDER: Provider = Provider {
    name: "gitlab",
    title: "GitLab",
    summary: "A token in `X-Gitlab-Token`, or since GitLab 19 a signature as Standard Webhooks have it.",
    docs: "https://docs.gitlab.com/user/project/integrations/webhooks/",
    settings: &[
        Setting::secret("token", "The secret token of the webhook.").optional(),
        Setting::secret("signing_token", "The signing token of the webhook, `whsec_…`.").optional(),
        Setting::tolerance("How old a request may be, and how far ahead: 5 minutes unless set."),
    ],
    one_of: &["token", "signing_token"],
    scheme: Scheme::BySetting(&[
        ("token", Scheme::Token(Token { place: TokenPlace::Header("X-Gitlab-Token"), secret: "token" })),
        ("signing_token", Scheme::Signed(Signed { secret: "signing_token", ..Signed::STANDARD })),
    ]),
    telltales: &["x-gitlab-event"],
    event: Fact::First(&[Fact::Header("X-Gitlab-Event"), Fact::Body("object_kind")]),
    // Where there is a signature, the id that is signed: the others can be anything in a request that is played again.
    id: Fact::First(&[
        Fact::Beside("webhook-signature", &Fact::Header("webhook-id")),
        Fact::Header("Idempotency-Key"),
        Fact::Header("X-Gitlab-Event-UUID"),
    ]),
    deadline: Some(Duration::from_secs(10)),
    sample: Sample { content_type: JSON, body: include_str!("samples/gitlab.json") },
    example: r#"gitlab: "{{ secrets.gitlab }}""#,
    ..Provider::BASE
};
