//! The encryption of answers: AES-128-CBC (FIPS 197, NIST SP 800-38A §6.2), in base64.

use aes::Aes128;
use aes::cipher::array::Array;
use aes::cipher::{BlockCipherDecrypt, KeyInit};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use run::error::StepError;
use serde_json::Value;

/// How many bytes a block has, and each key.
const BLOCK: usize = 16;

/// The two keys of a survey.
pub(super) struct Keys {
    key: [u8; BLOCK],
    iv: [u8; BLOCK],
}

impl Keys {
    /// Keys of 16 characters each. The error tells nothing of them.
    pub(super) fn new(key: &str, iv: &str) -> Result<Self, StepError> {
        let bytes = |name: &str, text: &str| {
            let message = format!("`{name}` has {} characters, and must have {BLOCK}", text.chars().count());
            <[u8; BLOCK]>::try_from(text.as_bytes()).map_err(|_| StepError::permanent("invalid_secret", message))
        };
        Ok(Self { key: bytes("hash_key", key)?, iv: bytes("iv_key", iv)? })
    }

    /// The answer that was encrypted.
    pub(super) fn decrypt(&self, text: &[u8]) -> Result<Value, StepError> {
        let text = text.trim_ascii();
        if text.is_empty() {
            // Answers may come a little later than their webhooks.
            return Err(StepError::passing("empty_answer", "SurveyCake has no such answer, or not yet"));
        }
        let broken = |message: &str| StepError::permanent("invalid_response", message);
        let bytes = STANDARD.decode(text).map_err(|_| broken("SurveyCake answered something that is not base64"))?;
        if bytes.len() % BLOCK != 0 {
            return Err(broken("SurveyCake answered something that is cut off: it is no multiple of 16 bytes"));
        }
        let plain = self.blocks(bytes);
        read(&plain).ok_or_else(|| {
            StepError::permanent("undecryptable", "the answer cannot be decrypted")
                .hint("take both keys from the settings of this very survey")
        })
    }

    fn blocks(&self, mut bytes: Vec<u8>) -> Vec<u8> {
        let cipher = Aes128::new(&self.key.into());
        let mut before = self.iv;
        for block in bytes.chunks_exact_mut(BLOCK) {
            let mut work = Array::try_from(&*block).expect("chunks have this very length");
            let encrypted = <[u8; BLOCK]>::from(work);
            cipher.decrypt_block(&mut work);
            for ((byte, plain), mixed) in block.iter_mut().zip(work).zip(before) {
                *byte = plain ^ mixed;
            }
            before = encrypted;
        }
        bytes
    }
}

/// The JSON of the plain bytes, whose padding is PKCS#7 (RFC 5652 §6.3) or zeros, as SurveyCake's own examples have both.
fn read(plain: &[u8]) -> Option<Value> {
    let counted = plain.last().map(|&last| usize::from(last)).filter(|count| (1..=BLOCK).contains(count));
    let unpadded = counted.and_then(|count| {
        let (text, padding) = plain.split_at_checked(plain.len().checked_sub(count)?)?;
        padding.iter().all(|&byte| usize::from(byte) == count).then_some(text)
    });
    let end = plain.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
    let read = |text: &[u8]| serde_json::from_slice::<Value>(text).ok().filter(Value::is_object);
    unpadded.and_then(read).or_else(|| read(&plain[..end]))
}
