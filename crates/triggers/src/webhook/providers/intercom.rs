//! Intercom: HMAC-SHA1 over the body in `X-Hub-Signature`.

use super::{JSON, Provider, Sample, Setting};
use crate::webhook::verify::{Algorithm, Fact, Handshake, Scheme, SignatureList, Signed};
use std::time::Duration;

pub(super) const PROVIDER: Provider = Provider {
    name: "intercom",
    title: "Intercom",
    summary: "HMAC-SHA1 over the body in `X-Hub-Signature`.",
    docs: "https://developers.intercom.com/docs/webhooks/setting-up-webhooks",
    settings: &[Setting::secret("secret", "The client secret of the app.")],
    scheme: Scheme::Signed(Signed {
        header: "X-Hub-Signature",
        list: SignatureList::One("sha1="),
        algorithm: Algorithm::HmacSha1,
        ..Signed::BODY
    }),
    handshake: Handshake::Head,
    event: Fact::Body("topic"),
    id: Fact::Body("id"),
    deadline: Some(Duration::from_secs(5)),
    sample: Sample { content_type: JSON, body: include_str!("samples/intercom.json") },
    example: r#"intercom: "{{ secrets.intercom }}""#,
    ..Provider::BASE
};
