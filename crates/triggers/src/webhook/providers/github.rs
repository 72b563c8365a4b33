//! GitHub: HMAC-SHA256 over the body in `X-Hub-Signature-256`. The SHA-1 signature of old is never taken in place of
//! the one with SHA-256.

use super::{JSON, Provider, Sample, Setting};
use crate::webhook::verify::{Fact, Handshake, Scheme, SignatureList, Signed};
use std::time::Duration;

pub(super) const PROVIDER: Provider = Provider {
    name: "github",
    title: "GitHub",
    summary: "HMAC-SHA256 over the body in `X-Hub-Signature-256`.",
    docs: "https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries",
    settings: &[Setting::secret("secret", "The secret that the webhook has on GitHub.")],
    scheme: Scheme::Signed(Signed {
        header: "X-Hub-Signature-256",
        list: SignatureList::One("sha256="),
        ..Signed::BODY
    }),
    telltales: &["x-github-event"],
    form_field: Some("payload"),
    handshake: Handshake::Event("X-GitHub-Event", "ping"),
    event: Fact::Header("X-GitHub-Event"),
    id: Fact::Header("X-GitHub-Delivery"),
    deadline: Some(Duration::from_secs(10)),
    sample: Sample { content_type: JSON, body: include_str!("samples/github.json") },
    example: r#"github: "{{ secrets.github }}""#,
    ..Provider::BASE
};
