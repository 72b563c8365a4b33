//! Token in a header: A token in a header that you name.

use super::{JSON, Provider, Sample, Setting};
use crate::webhook::verify::{Scheme, Token, TokenPlace};

pub(super) const PROVIDER: Provider = Provider {
    name: "header",
    title: "Token in a header",
    summary: "A token in a header that you name.",
    docs: "https://www.rfc-editor.org/rfc/rfc9110#name-fields",
    settings: &[Setting::secret("value", "The token."), Setting::text("name", "The header.")],
    scheme: Scheme::Token(Token { place: TokenPlace::NamedHeader, secret: "value" }),
    sample: Sample { content_type: JSON, body: include_str!("samples/header.json") },
    example: r#"header: { name: X-Token, value: "{{ secrets.hook_token }}" }"#,
    ..Provider::BASE
};
