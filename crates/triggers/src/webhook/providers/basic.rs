//! Basic authentication: A user and a password in `Authorization` (RFC 7617).

use super::{JSON, Provider, Sample, Setting};
use crate::webhook::verify::Scheme;

pub(super) const PROVIDER: Provider = Provider {
    name: "basic",
    title: "Basic authentication",
    summary: "A user and a password in `Authorization` (RFC 7617).",
    docs: "https://www.rfc-editor.org/rfc/rfc7617",
    settings: &[
        Setting::secret("credentials", "The login as `user:password`.").optional(),
        Setting::text("user", "The user.").optional(),
        Setting::secret("password", "The password.").optional(),
    ],
    one_of: &["credentials", "password"],
    scheme: Scheme::Login,
    sample: Sample { content_type: JSON, body: include_str!("samples/basic.json") },
    example: r#"basic: { user: hook, password: "{{ secrets.hook_password }}" }"#,
    ..Provider::BASE
};
