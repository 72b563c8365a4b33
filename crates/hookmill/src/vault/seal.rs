//! One record, sealed: XChaCha20-Poly1305 under a nonce drawn for it. The seal holds for the record's own place, so that a
//! record cannot be passed off as another.

use super::key::{Key, hex};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

/// The first byte of a record: how it is sealed.
const FORMAT: u8 = 1;

/// How long a nonce is, in bytes: long enough to be drawn by lot.
const NONCE: usize = 24;

/// Why a record cannot be read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unreadable {
    /// It was sealed with another key.
    #[error("another key sealed it ({}): give that one back, or give the value again", hex(.0))]
    OtherKey([u8; 8]),
    /// It was changed, or is of another place.
    #[error("its record is damaged: give it again")]
    Damaged,
}

/// Seals a text for this place.
pub(super) fn seal(key: &Key, place: &str, text: &[u8]) -> Option<Vec<u8>> {
    let nonce: [u8; NONCE] = rand::random();
    let sealed = cipher(key).encrypt(&XNonce::from(nonce), Payload { msg: text, aad: &bound(place) }).ok()?;
    Some([&[FORMAT][..], &key.id, &nonce, &sealed].concat())
}

/// The text that was sealed for this place.
pub(super) fn open(key: &Key, place: &str, record: &[u8]) -> Result<Vec<u8>, Unreadable> {
    let rest = record.strip_prefix(&[FORMAT]).ok_or(Unreadable::Damaged)?;
    let (id, rest) = rest.split_first_chunk().ok_or(Unreadable::Damaged)?;
    let (nonce, sealed) = rest.split_first_chunk::<NONCE>().ok_or(Unreadable::Damaged)?;
    if *id != key.id {
        return Err(Unreadable::OtherKey(*id));
    }
    let payload = Payload { msg: sealed, aad: &bound(place) };
    cipher(key).decrypt(&XNonce::from(*nonce), payload).map_err(|_| Unreadable::Damaged)
}

/// Whether this key sealed the record, as far as the record says.
pub(super) fn is_of(key: &Key, record: &[u8]) -> bool {
    record.strip_prefix(&[FORMAT]).is_some_and(|rest| rest.starts_with(&key.id))
}

fn cipher(key: &Key) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&key.bytes.into())
}

/// What the seal is bound to besides the text.
fn bound(place: &str) -> Vec<u8> {
    [b"hookmill vault 1\0", place.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a1_a_record_that_was_touched_does_not_open() {
        let key = Key::parse(&"0123456789abcdef".repeat(4)).unwrap();
        let record = seal(&key, "secret/a", b"text").unwrap();
        assert_eq!(open(&key, "secret/a", &record).unwrap(), b"text");
        assert_ne!(seal(&key, "secret/a", b"text").unwrap(), record, "no nonce comes twice");
        assert_eq!(open(&key, "connection/a", &record), Err(Unreadable::Damaged));
        for at in 0..record.len() {
            let mut touched = record.clone();
            touched[at] ^= 1;
            assert!(open(&key, "secret/a", &touched).is_err(), "byte {at}");
            assert!(open(&key, "secret/a", &record[..at]).is_err(), "{at} bytes");
        }
    }
}
