//! The bytes around records: the head of a file, and the head of a group.
//!
//! ```text
//! file   "HMLOG\0\0\x02" number(4) first(8) salt(8) crc32(4), filled up to one block
//! group  salt(8) sequence(8) length(4) crc32(4) records, filled up to full blocks
//! ```
//! Numbers are little-endian. The checksums cover what is around them: for a group the rest of its head and its records.

use super::BLOCK;

const MAGIC: [u8; 8] = *b"HMLOG\0\0\x02";
/// The head of a group, in bytes.
pub(in crate::disk) const GROUP_HEAD: usize = 24;

/// What a file says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::disk) struct FileHead {
    /// Its number, as in its name: another one is left from an earlier use.
    pub(in crate::disk) number: u32,
    /// The sequence number of its first group.
    pub(in crate::disk) first: u64,
    /// What its groups begin with; drawn anew with each use of the file.
    pub(in crate::disk) salt: [u8; 8],
}

impl FileHead {
    /// As bytes: one block.
    pub(in crate::disk) fn encode(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&self.number.to_le_bytes());
        bytes.extend_from_slice(&self.first.to_le_bytes());
        bytes.extend_from_slice(&self.salt);
        bytes.extend_from_slice(&crc32fast::hash(&bytes).to_le_bytes());
        bytes.resize(BLOCK as usize, 0);
        bytes
    }

    /// From the first bytes of a file; none where they are not a head.
    pub(in crate::disk) fn decode(bytes: &[u8; 32]) -> Option<Self> {
        let (content, crc) = bytes.split_last_chunk::<4>()?;
        if !content.starts_with(&MAGIC) || crc32fast::hash(content).to_le_bytes() != *crc {
            return None;
        }
        let (number, rest) = content[MAGIC.len()..].split_first_chunk::<4>()?;
        let (first, salt) = rest.split_first_chunk::<8>()?;
        Some(Self {
            number: u32::from_le_bytes(*number),
            first: u64::from_le_bytes(*first),
            salt: salt.try_into().ok()?,
        })
    }
}

/// What a group says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::disk) struct GroupHead {
    pub(in crate::disk) salt: [u8; 8],
    /// One more than that of the group before.
    pub(in crate::disk) sequence: u64,
    /// Of its records, in bytes.
    pub(in crate::disk) length: u32,
    crc: u32,
}

impl GroupHead {
    /// From its bytes, whatever they are.
    pub(in crate::disk) fn decode(bytes: &[u8; GROUP_HEAD]) -> Self {
        let (salt, rest) = bytes.split_first_chunk().unwrap_or((&[0; 8], &[]));
        let number = |from: usize, to: usize| {
            rest[from..to].iter().rev().fold(0u64, |number, byte| (number << 8) | u64::from(*byte))
        };
        Self { salt: *salt, sequence: number(0, 8), length: number(8, 12) as u32, crc: number(12, 16) as u32 }
    }

    /// Whether the checksum is right for these records.
    pub(in crate::disk) fn fits(&self, records: &[u8]) -> bool {
        checksum(self.salt, self.sequence, records) == self.crc
    }

    /// How many bytes the group takes in the file.
    pub(in crate::disk) fn span(&self) -> u64 {
        span(self.length as usize)
    }
}

/// Begins a group in the buffer: leaves room for its head.
pub(in crate::disk) fn begin(buffer: &mut Vec<u8>) {
    buffer.clear();
    buffer.resize(GROUP_HEAD, 0);
}

/// Ends a group that [`begin`] began and to which records were added: writes the head and fills up the last block.
pub(in crate::disk) fn end(buffer: &mut Vec<u8>, salt: [u8; 8], sequence: u64) {
    let length = (buffer.len() - GROUP_HEAD) as u32;
    let crc = checksum(salt, sequence, &buffer[GROUP_HEAD..]);
    buffer[..8].copy_from_slice(&salt);
    buffer[8..16].copy_from_slice(&sequence.to_le_bytes());
    buffer[16..20].copy_from_slice(&length.to_le_bytes());
    buffer[20..24].copy_from_slice(&crc.to_le_bytes());
    buffer.resize(span(length as usize) as usize, 0);
}

/// How many bytes a group with so many bytes of records takes in a file.
pub(in crate::disk) fn span(length: usize) -> u64 {
    ((GROUP_HEAD + length) as u64).next_multiple_of(BLOCK)
}

fn checksum(salt: [u8; 8], sequence: u64, records: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&salt);
    hasher.update(&sequence.to_le_bytes());
    hasher.update(&(records.len() as u32).to_le_bytes());
    hasher.update(records);
    hasher.finalize()
}
