//! How a record stands in a segment: a head of 32 bytes with a checksum of its own, so that one damaged record does not
//! hide those behind it; then its log's name, then its bytes.
//!
//! ```text
//! length(4) crc32(4) id(8) at(8) kind(1) 0(1) name length(2) crc32 of the head(4) | name bytes
//! ```
//! `length` counts name and bytes, and the first checksum is theirs. All numbers are little-endian.

use run::id::Millis;

/// How many bytes a head has.
pub(super) const HEAD: usize = 32;

/// The kind of a record that was written over.
pub(super) const ERASED: u8 = 15;

/// The head of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// Of name and bytes together.
    pub(super) length: u32,
    /// Of name and bytes.
    pub(super) checksum: u32,
    pub(super) id: u64,
    pub(super) at: Millis,
    pub(super) kind: u8,
    pub(super) name: u16,
}

impl Head {
    /// The head in these bytes, if it is one.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let head: &[u8; HEAD] = bytes.first_chunk()?;
        let four = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        let eight = |at: usize| u64::from(four(at)) | u64::from(four(at + 4)) << 32;
        if four(28) != crc32fast::hash(&head[..28]) {
            return None;
        }
        Some(Self {
            length: four(0),
            checksum: four(4),
            id: eight(8),
            at: eight(16) as Millis,
            kind: head[24],
            name: u16::from_le_bytes([head[26], head[27]]),
        })
    }

    /// Its bytes.
    pub(super) fn encode(&self) -> [u8; HEAD] {
        let mut head = [0; HEAD];
        head[0..4].copy_from_slice(&self.length.to_le_bytes());
        head[4..8].copy_from_slice(&self.checksum.to_le_bytes());
        head[8..16].copy_from_slice(&self.id.to_le_bytes());
        head[16..24].copy_from_slice(&self.at.to_le_bytes());
        head[24] = self.kind;
        head[26..28].copy_from_slice(&self.name.to_le_bytes());
        let checksum = crc32fast::hash(&head[..28]);
        head[28..].copy_from_slice(&checksum.to_le_bytes());
        head
    }

    /// How many bytes the record takes with its head.
    pub(super) fn span(&self) -> usize {
        HEAD + self.length as usize
    }
}

/// A record in a buffer: its head, its log's name, and its bytes; none where it is not as it was written.
pub(super) fn split(bytes: &[u8]) -> Option<(Head, &str, &[u8])> {
    let head = Head::decode(bytes)?;
    let rest = bytes.get(HEAD..head.span())?;
    if crc32fast::hash(rest) != head.checksum {
        return None;
    }
    let (name, bytes) = rest.split_at_checked(head.name.into())?;
    Some((head, std::str::from_utf8(name).ok()?, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(name: &str, bytes: &[u8]) -> Vec<u8> {
        let rest = [name.as_bytes(), bytes].concat();
        let head = Head {
            length: rest.len() as u32,
            checksum: crc32fast::hash(&rest),
            id: u64::MAX - 1,
            at: -5,
            kind: 3,
            name: name.len() as u16,
        };
        [&head.encode()[..], &rest].concat()
    }

    #[test]
    fn comes_back_as_it_was() {
        let bytes = record("orders", b"POST");
        let (head, name, rest) = split(&bytes).unwrap();
        assert_eq!((head.id, head.at, head.kind, name, rest), (u64::MAX - 1, -5, 3, "orders", &b"POST"[..]));
        assert_eq!(head.span(), bytes.len());
        assert!(split(&record("", b"")).is_some());
    }

    #[test]
    fn no_changed_bit_goes_unnoticed() {
        let bytes = record("orders", b"POST");
        for bit in 0..bytes.len() * 8 {
            let mut other = bytes.clone();
            other[bit / 8] ^= 1 << (bit % 8);
            assert!(split(&other).is_none(), "bit {bit}");
        }
        assert!((0..bytes.len()).all(|length| split(&bytes[..length]).is_none()));
    }
}
