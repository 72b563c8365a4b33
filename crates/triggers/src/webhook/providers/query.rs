//! Token in the query: A token in a parameter of the URL, for senders that can do nothing else: URLs stand in logs.

use super::{JSON, Provider, Sample, Setting};
use crate::webhook::verify::{Scheme, Token, TokenPlace};

pub(super) const PROVIDER: Provider = Provider {
    name: "query",
    title: "Token in the query",
    summary: "A token in a parameter of the URL, for senders that can do nothing else: URLs stand in logs.",
    docs: "https://www.rfc-editor.org/rfc/rfc3986#section-3.4",
    settings: &[Setting::secret("value", "The token."), Setting::text("name", "The parameter.")],
    scheme: Scheme::Token(Token { place: TokenPlace::NamedParameter, secret: "value" }),
    sample: Sample { content_type: JSON, body: include_str!("samples/query.json") },
    example: r#"query: { name: token, value: "{{ secrets.hook_token }}" }"#,
    ..Provider::BASE
};
