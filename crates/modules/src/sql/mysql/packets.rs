//! Packets of MySQL: each has its length and its number; what they hold are numbers of fixed or variable length and texts.

use crate::wire::{self, Broken, Stream, nonsense};
use bytes::{Buf, Bytes};
use run::error::StepError;

/// A packet of this length goes on in the next one.
const FULL: usize = 0xff_ffff;

/// A stream of packets.
pub(super) struct Packets {
    pub(super) stream: Stream,
    /// The number of the next packet.
    number: u8,
    /// As much of the answers may still come, in bytes.
    left: usize,
}

impl Packets {
    pub(super) fn new(stream: Stream) -> Self {
        Self { stream, number: 0, left: wire::MOST }
    }

    /// A new question begins: packets are counted anew, and so is what may come.
    pub(super) fn begin(&mut self) {
        self.number = 0;
    }

    /// What may come is counted anew.
    pub(super) fn refill(&mut self) {
        self.left = wire::MOST;
    }

    pub(super) async fn send(&mut self, payload: &[u8]) -> Result<(), StepError> {
        let mut bytes = Vec::with_capacity(payload.len() + 4);
        let mut rest = payload;
        loop {
            let (piece, others) = rest.split_at(rest.len().min(FULL));
            let length = u32::try_from(piece.len()).unwrap_or_default().to_le_bytes();
            bytes.extend_from_slice(&length[..3]);
            bytes.push(self.number);
            bytes.extend_from_slice(piece);
            self.number = self.number.wrapping_add(1);
            rest = others;
            if piece.len() < FULL {
                break;
            }
        }
        Ok(self.stream.send(&bytes).await?)
    }

    pub(super) async fn next(&mut self) -> Result<Reader, StepError> {
        let mut whole = Vec::new();
        loop {
            let head = self.stream.take(4).await?;
            let length = usize::from(head[0]) | usize::from(head[1]) << 8 | usize::from(head[2]) << 16;
            self.number = head[3].wrapping_add(1);
            let left = self.left.checked_sub(length);
            self.left = left.ok_or_else(|| Broken::TooLarge(self.stream.host().to_owned(), wire::MOST))?;
            let piece = self.stream.take(length).await?;
            if length < FULL && whole.is_empty() {
                return Ok(Reader(piece));
            }
            whole.extend_from_slice(&piece);
            if length < FULL {
                return Ok(Reader(whole.into()));
            }
        }
    }

    /// What the packet holds is not what such a packet holds.
    pub(super) fn garbled(&self) -> StepError {
        nonsense(self.stream.host(), "a packet of no known kind")
    }
}

/// The rest of a packet. What is not there is none, never a panic.
#[derive(Clone, Debug)]
pub(super) struct Reader(Bytes);

impl From<Bytes> for Reader {
    fn from(bytes: Bytes) -> Self {
        Self(bytes)
    }
}

impl Reader {
    #[cfg(test)]
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self(Bytes::copy_from_slice(bytes))
    }

    /// The first byte, which says what kind of packet it is.
    pub(super) fn kind(&self) -> u8 {
        self.0.first().copied().unwrap_or_default()
    }

    pub(super) fn length(&self) -> usize {
        self.0.len()
    }

    pub(super) fn take(&mut self, count: usize) -> Option<Bytes> {
        (count <= self.0.len()).then(|| self.0.split_to(count))
    }

    pub(super) fn rest(&mut self) -> Bytes {
        std::mem::take(&mut self.0)
    }

    /// A number of so many bytes, the lowest first.
    pub(super) fn number(&mut self, bytes: usize) -> Option<u64> {
        (bytes <= self.0.len()).then(|| self.0.get_uint_le(bytes))
    }

    /// A number that says its own length.
    pub(super) fn varying(&mut self) -> Option<u64> {
        match self.number(1)? {
            0xfc => self.number(2),
            0xfd => self.number(3),
            0xfe => self.number(8),
            small => Some(small),
        }
    }

    /// Bytes after their length.
    pub(super) fn measured(&mut self) -> Option<Bytes> {
        let length = usize::try_from(self.varying()?).ok()?;
        self.take(length)
    }

    pub(super) fn text(&mut self) -> Option<String> {
        Some(String::from_utf8_lossy(&self.measured()?).into_owned())
    }

    /// Bytes up to a zero.
    pub(super) fn terminated(&mut self) -> Option<Bytes> {
        let end = self.0.iter().position(|byte| *byte == 0)?;
        let found = self.take(end);
        self.0.advance(1);
        found
    }
}

/// A number that says its own length, at the end of the bytes.
pub(super) fn put_varying(bytes: &mut Vec<u8>, number: u64) {
    let all = number.to_le_bytes();
    match number {
        0..=0xfa => bytes.push(all[0]),
        0xfb..=0xffff => {
            bytes.push(0xfc);
            bytes.extend_from_slice(&all[..2]);
        }
        0x1_0000..=0xff_ffff => {
            bytes.push(0xfd);
            bytes.extend_from_slice(&all[..3]);
        }
        _ => {
            bytes.push(0xfe);
            bytes.extend_from_slice(&all);
        }
    }
}

/// Bytes after their length, at the end of the bytes.
pub(super) fn put_measured(bytes: &mut Vec<u8>, value: &[u8]) {
    put_varying(bytes, value.len() as u64);
    bytes.extend_from_slice(value);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_say_their_length() {
        for number in [0, 250, 251, 0xffff, 0x1_0000, 0xff_ffff, 0x100_0000, u64::MAX] {
            let mut bytes = Vec::new();
            put_varying(&mut bytes, number);
            assert_eq!(Reader::of(&bytes).varying(), Some(number));
            assert_eq!(Reader::of(&bytes[..bytes.len() - 1]).varying(), None);
        }
    }

    #[test]
    fn what_is_not_there_is_none() {
        assert_eq!(Reader::of(b"").varying(), None);
        assert_eq!(Reader::of(b"\x05abc").measured(), None);
        assert_eq!(Reader::of(b"\xfe\xff\xff\xff\xff\xff\xff\xff\xff").measured(), None);
        assert_eq!(Reader::of(b"abc").terminated(), None);
        let mut reader = Reader::of(b"ab\0c");
        assert_eq!((reader.terminated().as_deref(), reader.rest().as_ref()), (Some(&b"ab"[..]), &b"c"[..]));
    }
}
