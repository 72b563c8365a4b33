//! Passwords of people: Argon2id with a salt of its own, slow on purpose (OWASP Password Storage).

use argon2::{Algorithm, Argon2, Params, Version};
use icu_normalizer::ComposingNormalizer;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

/// How much memory one hash takes, in KiB: 19 MiB.
const MEMORY: u32 = 19 * 1024;

/// How often it is gone over.
const PASSES: u32 = 2;

/// How many bytes a hash has.
const LENGTH: usize = 32;

/// A password is as long as this at least, in characters…
pub(crate) const SHORTEST: usize = 12;

/// …and as long as this at most, in bytes: all of it counts.
pub(crate) const LONGEST: usize = 1024;

/// What is kept of a password.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Hashed {
    memory: u32,
    passes: u32,
    salt: [u8; 16],
    hash: [u8; LENGTH],
}

impl Hashed {
    /// The hash of a password, under a new salt. Takes its time.
    pub(super) fn of(password: &str) -> Result<Self, argon2::Error> {
        let (memory, passes, salt) = (MEMORY, PASSES, rand::random());
        Ok(Self { memory, passes, salt, hash: hash(password, &salt, memory, passes)? })
    }

    /// Whether this is the password. Takes its time, whatever is given.
    pub(super) fn is(&self, password: &str) -> Result<bool, argon2::Error> {
        Ok(hash(password, &self.salt, self.memory, self.passes)?.ct_eq(&self.hash).into())
    }
}

fn hash(password: &str, salt: &[u8], memory: u32, passes: u32) -> Result<[u8; LENGTH], argon2::Error> {
    let params = Params::new(memory, passes, 1, Some(LENGTH))?;
    let mut hash = [0; LENGTH];
    // The same word may be typed as different code points, by the keyboard.
    let word = ComposingNormalizer::new_nfc().normalize(password).into_owned();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into(word.as_bytes(), salt, &mut hash)?;
    Ok(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a3_only_the_whole_password_is_right_and_every_salt_is_new() {
        let long = format!("{}1", "long ".repeat(30));
        for password in ["correct horse", "密碼密碼密碼密碼密碼密碼", &long] {
            let kept = Hashed::of(password).unwrap();
            assert!(kept.is(password).unwrap());
            assert!(!kept.is(&password[..password.len() - 3]).unwrap());
            assert!(!kept.is(&format!("{password}x")).unwrap());
            assert_ne!(Hashed::of(password).unwrap().hash, kept.hash);
        }
    }

    #[test]
    fn a3_it_is_the_same_however_the_keyboard_composes_it() {
        let kept = Hashed::of("caf\u{e9} cr\u{e8}me ol\u{e9}").unwrap();
        assert!(kept.is("cafe\u{301} cre\u{300}me ole\u{301}").unwrap());
        assert!((kept.memory, kept.passes) >= (19 * 1024, 2));
    }
}
