//! Google Drive: The token of the channel in `X-Goog-Channel-Token`. What happened stands in the headers; the body is
//! often empty.

use super::{JSON, Provider, Sample, Setting};
use crate::webhook::verify::{Fact, Handshake, Scheme, Token, TokenPlace};

pub(super) const PROVIDER: Provider = Provider {
    name: "google_drive",
    title: "Google Drive",
    summary: "The token of the channel in `X-Goog-Channel-Token`.",
    docs: "https://developers.google.com/workspace/drive/api/guides/push",
    settings: &[Setting::secret("token", "The `token` that was given to `watch`.")],
    scheme: Scheme::Token(Token { place: TokenPlace::Header("X-Goog-Channel-Token"), secret: "token" }),
    telltales: &["x-goog-channel-id"],
    handshake: Handshake::Notice("X-Goog-Resource-State", "sync"),
    event: Fact::Header("X-Goog-Resource-State"),
    id: Fact::All(&[Fact::Header("X-Goog-Channel-ID"), Fact::Header("X-Goog-Message-Number")]),
    sample: Sample { content_type: JSON, body: include_str!("samples/google_drive.json") },
    example: r#"google_drive: "{{ secrets.drive_channel }}""#,
    ..Provider::BASE
};
