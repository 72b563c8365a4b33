//! SurveyCake's answers: AES-128 in CBC under two keys of 16 characters. Its text says that zeros fill the last block,
//! its programs take PKCS#7; both are read. <https://github.com/SurveyCake/webhook>

use super::super::notation;
use super::text;
use aes::Aes128;
use aes::cipher::array::Array;
use aes::cipher::{BlockCipherDecrypt, KeyInit};
use serde_json::Value;

const BLOCK: usize = 16;

/// An entry with an encrypted answer.
#[derive(Clone, Debug)]
pub struct Decryption {
    /// Its name, empty where it has none.
    pub id: String,
    key: Vec<u8>,
    vector: Vec<u8>,
    encrypted: String,
    expected: Option<Value>,
}

impl Decryption {
    /// Reads an entry; none where it is another kind of entry.
    pub fn read(entry: &Value) -> Option<Self> {
        let bytes = |name: &str| text(entry, name).unwrap_or_default().as_bytes().to_vec();
        Some(Self {
            id: text(entry, "id").unwrap_or_default().to_owned(),
            key: bytes("hash_key"),
            vector: bytes("iv_key"),
            encrypted: text(entry, "ciphertext_base64")?.to_owned(),
            expected: entry.get("expect").cloned(),
        })
    }

    /// The answer, or the code of what is wrong.
    pub fn outcome(&self) -> Result<Value, &'static str> {
        let text = self.decrypt()?;
        serde_json::from_slice(unfilled(&text)).map_err(|_| "bad_plaintext")
    }

    /// In what the outcome differs, in one sentence; none where it is as expected, or nothing is.
    pub fn difference(&self, outcome: &Result<Value, &'static str>) -> Option<String> {
        let expected = self.expected.as_ref()?;
        let fits = match outcome {
            Ok(answer) => expected.get("ok") == Some(answer),
            Err(code) => expected.get("error").and_then(Value::as_str) == Some(code),
        };
        let got = outcome.as_ref().err().copied().unwrap_or("an answer");
        (!fits).then(|| format!("expected {expected}, and it is {got}"))
    }

    fn decrypt(&self) -> Result<Vec<u8>, &'static str> {
        if self.key.len() != BLOCK || self.vector.len() != BLOCK {
            return Err("bad_key");
        }
        let cipher = Aes128::new_from_slice(&self.key).map_err(|_| "bad_key")?;
        let encrypted = notation::read_key(&self.encrypted).ok_or("malformed_signature")?;
        if encrypted.is_empty() || !encrypted.len().is_multiple_of(BLOCK) {
            return Err("bad_ciphertext");
        }
        let mut plain = Vec::with_capacity(encrypted.len());
        let mut before = self.vector.as_slice();
        for block in encrypted.chunks_exact(BLOCK) {
            let mut decrypted = Array::try_from(block).map_err(|_| "bad_ciphertext")?;
            cipher.decrypt_block(&mut decrypted);
            plain.extend(decrypted.iter().zip(before).map(|(byte, other)| byte ^ other));
            before = block;
        }
        Ok(plain)
    }
}

/// The text without what fills its last block: PKCS#7 (RFC 5652 §6.3) where it is there, else zeros.
fn unfilled(text: &[u8]) -> &[u8] {
    let added = text.last().map_or(0, |last| usize::from(*last));
    if (1..=BLOCK).contains(&added) && text.iter().rev().take(added).all(|byte| usize::from(*byte) == added) {
        return &text[..text.len() - added];
    }
    let end = text.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    &text[..end]
}
