//! Jira: HMAC-SHA256 over the body in `X-Hub-Signature`.

use super::{JSON, Provider, Sample, Setting};
use crate::webhook::verify::{Fact, Scheme, SignatureList, Signed};

pub(super) const PROVIDER: Provider = Provider {
    name: "jira",
    title: "Jira",
    summary: "HMAC-SHA256 over the body in `X-Hub-Signature`.",
    docs: "https://developer.atlassian.com/cloud/jira/platform/webhooks/",
    settings: &[Setting::secret("secret", "The secret that the webhook has in Jira.")],
    scheme: Scheme::Signed(Signed { header: "X-Hub-Signature", list: SignatureList::One("sha256="), ..Signed::BODY }),
    telltales: &["x-atlassian-webhook-identifier"],
    event: Fact::Body("webhookEvent"),
    id: Fact::First(&[Fact::Header("X-Atlassian-Webhook-Identifier"), Fact::Digest]),
    sample: Sample { content_type: JSON, body: include_str!("samples/jira.json") },
    example: r#"jira: "{{ secrets.jira }}""#,
    ..Provider::BASE
};
