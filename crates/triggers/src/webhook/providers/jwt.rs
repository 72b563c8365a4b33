//! JSON Web Token: A signed token in `Authorization` (RFC 7519).

use super::{JSON, ONE_MINUTE, Provider, Sample, Setting};
use crate::webhook::verify::{Claim, JwtRules, Scheme};

pub(super) const PROVIDER: Provider = Provider {
    name: "jwt",
    title: "JSON Web Token",
    summary: "A signed token in `Authorization` (RFC 7519).",
    docs: "https://www.rfc-editor.org/rfc/rfc8725",
    settings: &[
        Setting::secret("secret", "The secret of HS256 or HS512.").optional(),
        Setting::secret("public_key", "The public key of RS256, ES256 or EdDSA in PEM.").optional(),
        Setting::text("jwks", "The HTTPS URL where the issuer publishes its keys.").optional(),
        Setting::text("issuer", "Who must have issued it (`iss`).").optional(),
        Setting::text("audience", "For whom it must be meant (`aud`).").optional(),
        Setting::text("header", "Another header than `Authorization`, with nothing but the token in it.").optional(),
        Setting::tolerance("How far clocks may be apart: 1 minute unless set."),
    ],
    one_of: &["secret", "public_key", "jwks"],
    scheme: Scheme::Jwt(JwtRules {
        jwks: None,
        issuers: &[],
        audience: Claim::Optional,
        service_account: Claim::Optional,
        leeway: ONE_MINUTE,
    }),
    sample: Sample { content_type: JSON, body: include_str!("samples/jwt.json") },
    example: r#"jwt: { public_key: "{{ secrets.issuer_key }}", issuer: "https://login.example.com", audience: hooks }"#,
    ..Provider::BASE
};
