//! Signature: A signature in a header that you name, made as you say.

use super::{JSON, Provider, Sample, Setting};
use crate::webhook::verify::{Fact, Scheme};

pub(super) const PROVIDER: Provider = Provider {
    name: "hmac",
    aliases: &["generic_hmac"],
    title: "Signature",
    summary: "A signature in a header that you name, made as you say.",
    docs: "https://www.rfc-editor.org/rfc/rfc2104",
    settings: &[
        Setting::secret("secret", "The key that both sides know."),
        Setting::text("header", "The header of the signature."),
        Setting::choice("algorithm", "The hash: `sha256` unless set.", &["sha1", "sha256", "sha512"]),
        Setting::choice("encoding", "How the signature is written: `hex` unless set.", &["hex", "base64", "base64url"]),
        Setting::text("prefix", "What stands before the signature, as `sha256=`.").optional(),
        Setting::text(
            "signed",
            "What is signed: `{body}` unless set; also `{timestamp}`, `{id}`, `{url}`, `{method}`.",
        )
        .optional(),
        Setting::text("timestamp", "The header of the time.").optional(),
        Setting::choice("unit", "What the time counts: seconds (`s`) unless set.", &["s", "ms"]),
        Setting::tolerance("How old a request may be, and how far ahead: 5 minutes unless set."),
        Setting::text("id", "The header of the delivery id.").optional(),
        Setting::text("event", "The header of the kind of event.").optional(),
    ],
    scheme: Scheme::Configured,
    event: Fact::NamedHeader("event"),
    id: Fact::NamedHeader("id"),
    sample: Sample { content_type: JSON, body: include_str!("samples/hmac.json") },
    example: r#"hmac: { secret: "{{ secrets.partner }}", header: X-Signature, prefix: "sha256=" }"#,
    ..Provider::BASE
};
