//! Discord: Ed25519 over time and body in `X-Signature-Ed25519`.

use super::{JSON, Late, Provider, Sample, Setting};
use crate::webhook::verify::{Algorithm, Fact, Handshake, KeyForm, Scheme, Signed, Time, Unit};
use std::time::Duration;

pub(super) const PROVIDER: Provider = Provider {
    name: "discord",
    title: "Discord",
    summary: "Ed25519 over time and body in `X-Signature-Ed25519`.",
    docs: "https://discord.com/developers/docs/interactions/overview#setting-up-an-endpoint",
    settings: &[
        Setting::secret("public_key", "The public key on the page of the application, in hexadecimal."),
        Setting::tolerance("How old a request may be; it does not matter unless set."),
    ],
    scheme: Scheme::Signed(Signed {
        header: "X-Signature-Ed25519",
        algorithm: Algorithm::Ed25519,
        secret: "public_key",
        key: KeyForm::Hex,
        text: "{timestamp}{body}",
        time: Time::Header("X-Signature-Timestamp", Unit::Seconds),
        ..Signed::BODY
    }),
    telltales: &["x-signature-ed25519"],
    handshake: Handshake::Ping,
    event: Fact::First(&[Fact::Body("data.name"), Fact::Body("type")]),
    id: Fact::Body("id"),
    deadline: Some(Duration::from_secs(3)),
    late: Late { status: 200, body: Some(r#"{"type":5}"#) },
    sample: Sample { content_type: JSON, body: include_str!("samples/discord.json") },
    example: r#"discord: "{{ secrets.discord_public_key }}""#,
    ..Provider::BASE
};
