//! Secrets that we make ourselves, and the digests by which we know them again: no secret is kept as it is.

use sha2::{Digest as _, Sha256};
use std::fmt::Write;

/// SHA-256 of a secret. Secrets of 256 random bits need no salt and no slow hash.
pub(super) type Digest = [u8; 32];

/// 256 random bits, in hexadecimal.
pub(super) fn fresh() -> String {
    let mut text = String::with_capacity(64);
    for byte in rand::random::<Digest>() {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The digest of a secret.
pub(super) fn digest(secret: &str) -> Digest {
    Sha256::digest(secret.as_bytes()).into()
}
