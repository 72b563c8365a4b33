//! Connections whose requests are signed here: for Amazon Web Services, and with tokens of one's own.

use super::Secret;
use super::http::Http;
use super::settings::Settings;
use crate::auth::Scheme;
use crate::auth::aws::Keys;
use crate::auth::jwt::Signer;
use serde_json::{Map, Value};
use std::time::Duration;

/// How long a token holds, unless the connection says otherwise.
const LIFETIME: Duration = Duration::from_secs(300);

/// The longest that a token may hold.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// `{ type: aws_sigv4, key_id, secret, service, region, session_token? }`.
pub(super) fn aws(settings: &mut Settings<'_>) -> Http {
    let (key_id, secret) = (settings.required_text("key_id"), settings.required_secret("secret"));
    let (service, region) = (settings.required_text("service"), settings.required_text("region"));
    let session_token = settings.secret("session_token");
    for (key, text) in [("key_id", &key_id), ("service", &service), ("region", &region)] {
        let is_word = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if text.as_deref().is_some_and(|text| !is_word(text)) {
            settings.reject(key, "is no word of letters, digits and `-`", None);
        }
    }
    let keys =
        (|| Some(Keys { key_id: key_id?, secret: secret?, session_token, service: service?, region: region? }))();
    Http::with(keys.map(|keys| Scheme::Aws(Box::new(keys))), settings)
}

/// `{ type: jwt, algorithm, key, key_id?, issuer?, subject?, audience?, claims?, lifetime? }`.
pub(super) fn jwt(settings: &mut Settings<'_>) -> Http {
    let (algorithm, key) = (settings.required_text("algorithm"), settings.required_secret("key"));
    let key_id = settings.text("key_id");
    let mut claims = Map::new();
    for (name, key) in [("iss", "issuer"), ("sub", "subject"), ("aud", "audience")] {
        claims.extend(settings.text(key).map(|text| (name.to_owned(), Value::from(text))));
    }
    claims.extend(settings.pairs("claims").into_iter().map(|(name, value)| (name, Value::from(value))));
    let lifetime = lifetime(settings);
    let signer = algorithm.zip(key).and_then(|(algorithm, key)| {
        let key = Secret::new(super::settings::pem_of(key.reveal()));
        let signer = Signer::of(&algorithm, key, key_id, claims, lifetime);
        signer.map_err(|fault| fault.tell(settings)).ok()
    });
    Http::with(signer.map(|signer| Scheme::Jwt(Box::new(signer))), settings)
}

fn lifetime(settings: &mut Settings<'_>) -> Duration {
    let Some(text) = settings.text("lifetime") else { return LIFETIME };
    let lifetime = scenario::duration::parse(&text).filter(|it| (Duration::from_secs(1)..=LONGEST).contains(it));
    lifetime.unwrap_or_else(|| {
        settings.reject("lifetime", "is no duration from `1s` to `24h`", Some("`5m`"));
        LIFETIME
    })
}

impl crate::auth::jwt::Unusable {
    fn tell(self, settings: &mut Settings<'_>) {
        match self {
            Self::Algorithm => settings.reject(
                "algorithm",
                "is none that signs",
                Some("HS256, HS384, HS512, RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384 or EdDSA"),
            ),
            Self::Key => settings.reject_content("key", "is no private key (PEM) for this algorithm"),
            Self::Short => settings.reject_content("key", "is shorter than what the algorithm gives (RFC 7518 §3.2)"),
        }
    }
}
