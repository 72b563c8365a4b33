//! Bearer token: A token in `Authorization` (RFC 6750).

use super::{JSON, Provider, Sample, Setting};
use crate::webhook::verify::{Scheme, Token, TokenPlace};

pub(super) const PROVIDER: Provider = Provider {
    name: "bearer",
    title: "Bearer token",
    summary: "A token in `Authorization` (RFC 6750).",
    docs: "https://www.rfc-editor.org/rfc/rfc6750",
    settings: &[Setting::secret("token", "The token.")],
    scheme: Scheme::Token(Token { place: TokenPlace::Bearer, secret: "token" }),
    sample: Sample { content_type: JSON, body: include_str!("samples/bearer.json") },
    example: r#"bearer: "{{ secrets.hook_token }}""#,
    ..Provider::BASE
};
