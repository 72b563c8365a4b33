//! The API token.

use super::secret::{self, Digest};
use std::fmt;
use subtle::ConstantTimeEq;

/// Shorter tokens could be guessed.
const SHORTEST: usize = 16;

/// A token of the API. Only its digest is held.
#[derive(Clone)]
pub struct ApiToken(Digest);

/// A token that could be guessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a token needs at least {SHORTEST} characters, better {} random ones", 64)]
pub struct WeakToken;

impl ApiToken {
    /// The token of this text, which must have at least 16 characters.
    pub fn new(text: &str) -> Result<Self, WeakToken> {
        if text.chars().count() < SHORTEST {
            return Err(WeakToken);
        }
        Ok(Self(secret::digest(text)))
    }

    /// Makes the text of a new token: 256 random bits behind a prefix by which scanners for leaked secrets find it.
    pub fn generate() -> String {
        format!("hookmill_{}", secret::fresh())
    }

    /// Whether this is the token. Takes the same time whatever is given: digests are compared, not texts.
    pub(super) fn is(&self, given: &str) -> bool {
        secret::digest(given).ct_eq(&self.0).into()
    }
}

impl fmt::Debug for ApiToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiToken(•••)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_text_is_the_token() {
        let token = ApiToken::new("0123456789abcdef").unwrap();
        assert!(token.is("0123456789abcdef"));
        for other in ["", "0123456789abcde", "0123456789abcdef0", "0123456789abcdeF"] {
            assert!(!token.is(other), "{other}");
        }
    }

    #[test]
    fn short_tokens_are_refused() {
        assert_eq!(ApiToken::new("0123456789abcde").unwrap_err(), WeakToken);
        assert_eq!(ApiToken::new("").unwrap_err(), WeakToken);
    }

    #[test]
    fn a10_made_tokens_have_256_bits_and_a_prefix_and_are_not_shown() {
        let (one, other) = (ApiToken::generate(), ApiToken::generate());
        assert_ne!(one, other);
        assert_eq!(one.strip_prefix("hookmill_").unwrap().len(), 64);
        assert_eq!(format!("{:?}", ApiToken::new(&one).unwrap()), "ApiToken(•••)");
    }
}
