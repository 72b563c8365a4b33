//! `crypto.hash` and `crypto.hmac`: what the functions of expressions do, for those who look for a module.

use crate::computed::{Computed, evaluated};
use run::call::Module;
use run::error::StepError;
use run::files::Files;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// Both, in the order of their names.
pub(crate) fn all(files: &Files) -> [Arc<dyn Module>; 2] {
    [
        Computed::<Hash>::listed(
            files,
            "crypto.hash",
            hash,
            json!({ "text": "abc", "algorithm": "SHA256", "output": "base64" }),
            json!("ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="),
        ),
        Computed::<Hmac>::listed(
            files,
            "crypto.hmac",
            hmac,
            json!({ "text": "what do ya want for nothing?", "key": "Jefe" }),
            json!("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        ),
    ]
}

/// Computes the digest of a text. The output is the digest.
///
/// Files carry their SHA-256 already, as `sha256`. Expressions do the same: `text.sha256()`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Hash {
    /// The text.
    text: String,
    /// By which algorithm.
    #[serde(default)]
    algorithm: Algorithm,
    /// How the digest is written.
    #[serde(default)]
    output: Output,
}

/// Computes the authentication code of a text under a key (HMAC). The output is the code.
///
/// Expressions do the same: `text.hmac_sha256(secrets.key)`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Hmac {
    /// The text.
    text: String,
    /// The key.
    #[schemars(extend("x-secret" = true))]
    key: String,
    /// By which algorithm.
    #[serde(default)]
    algorithm: Algorithm,
    /// How the code is written.
    #[serde(default)]
    output: Output,
}

/// By which algorithm. MD5 and SHA-1 are for far sides that ask for them, and protect nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
enum Algorithm {
    #[serde(alias = "md5")]
    Md5,
    #[serde(alias = "sha1")]
    Sha1,
    #[default]
    #[serde(alias = "sha256")]
    Sha256,
    #[serde(alias = "sha384")]
    Sha384,
    #[serde(alias = "sha512")]
    Sha512,
}

/// How bytes are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Output {
    /// In hexadecimal.
    #[default]
    Hex,
    /// In base64.
    Base64,
    /// In base64 for URLs, without `=`.
    Base64url,
}

impl Output {
    fn name(self) -> &'static str {
        match self {
            Self::Hex => "hex",
            Self::Base64 => "base64",
            Self::Base64url => "base64url",
        }
    }
}

fn hash(Hash { text, algorithm, output }: Hash, _: &Files) -> Result<Value, StepError> {
    let source = match algorithm {
        Algorithm::Md5 => "text.md5(output)",
        Algorithm::Sha1 => "text.sha1(output)",
        Algorithm::Sha256 => "text.sha256(output)",
        Algorithm::Sha384 => "text.sha384(output)",
        Algorithm::Sha512 => "text.sha512(output)",
    };
    evaluated(source, [("text", text.into()), ("output", output.name().into())])
}

fn hmac(Hmac { text, key, algorithm, output }: Hmac, _: &Files) -> Result<Value, StepError> {
    let source = match algorithm {
        Algorithm::Md5 => "text.hmac_md5(key, output)",
        Algorithm::Sha1 => "text.hmac_sha1(key, output)",
        Algorithm::Sha256 => "text.hmac_sha256(key, output)",
        Algorithm::Sha384 => "text.hmac_sha384(key, output)",
        Algorithm::Sha512 => "text.hmac_sha512(key, output)",
    };
    evaluated(source, [("text", text.into()), ("key", key.into()), ("output", output.name().into())])
}
