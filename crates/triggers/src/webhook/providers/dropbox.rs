//! Dropbox: HMAC-SHA256 over the body in `X-Dropbox-Signature`. A notification says only that something changed, so two
//! that are alike are not repeats: there is no id.

use super::{JSON, Provider, SameAgain, Sample, Setting};
use crate::webhook::verify::{Handshake, Scheme, Signed};
use std::time::Duration;

pub(super) const PROVIDER: Provider = Provider {
    name: "dropbox",
    title: "Dropbox",
    summary: "HMAC-SHA256 over the body in `X-Dropbox-Signature`.",
    docs: "https://www.dropbox.com/developers/reference/webhooks",
    settings: &[Setting::secret("secret", "The app secret.")],
    scheme: Scheme::Signed(Signed { header: "X-Dropbox-Signature", ..Signed::BODY }),
    telltales: &["x-dropbox-signature"],
    handshake: Handshake::EchoOnGet("challenge"),
    deadline: Some(Duration::from_secs(10)),
    same_again: SameAgain::Event,
    sample: Sample { content_type: JSON, body: include_str!("samples/dropbox.json") },
    example: r#"dropbox: "{{ secrets.dropbox }}""#,
    ..Provider::BASE
};
