//! Packets of MQTT: a byte that says what they are, their length, and what they hold (MQTT 5 and 3.1.1 §2).

use crate::wire::{Stream, nonsense};
use bytes::Bytes;
use run::error::StepError;

/// What packets are, in the upper half of their first byte.
pub(super) const CONNECT: u8 = 0x10;
pub(super) const CONNACK: u8 = 0x20;
pub(super) const PUBLISH: u8 = 0x30;
pub(super) const PUBACK: u8 = 0x40;
pub(super) const PUBREC: u8 = 0x50;
pub(super) const PUBREL: u8 = 0x60;
pub(super) const PUBCOMP: u8 = 0x70;
pub(super) const PINGREQ: u8 = 0xc0;
pub(super) const PINGRESP: u8 = 0xd0;
pub(super) const DISCONNECT: u8 = 0xe0;

/// In a message: the broker keeps it.
pub(super) const RETAIN: u8 = 0x01;

/// A packet that came.
#[derive(Clone, Debug)]
pub(super) struct Packet {
    pub(super) kind: u8,
    pub(super) body: Bytes,
}

impl Packet {
    pub(super) async fn next(stream: &mut Stream) -> Result<Self, StepError> {
        let kind = stream.take(1).await?[0] & 0xf0;
        let (mut length, mut shift) = (0_usize, 0);
        loop {
            let byte = stream.take(1).await?[0];
            length |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                break;
            }
            if shift > 21 {
                return Err(nonsense(stream.host(), "a packet without end"));
            }
        }
        Ok(Self { kind, body: stream.take(length).await? })
    }

    /// The number of the message that it answers.
    pub(super) fn number(&self) -> Option<u16> {
        Some(u16::from_be_bytes([*self.body.first()?, *self.body.get(1)?]))
    }

    /// Why it was refused, from 0x80 on; a packet that says nothing says that all is well.
    pub(super) fn reason(&self, place: usize) -> u8 {
        self.body.get(place).copied().unwrap_or_default()
    }
}

/// A packet to be sent.
pub(super) fn packet(first: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first];
    let mut rest = body.len();
    loop {
        let byte = u8::try_from(rest % 128).unwrap_or_default();
        rest /= 128;
        bytes.push(if rest > 0 { byte | 0x80 } else { byte });
        if rest == 0 {
            break;
        }
    }
    bytes.extend_from_slice(body);
    bytes
}

/// A text or bytes after their length, which has 16 bits; what is longer is refused before.
pub(super) fn put(bytes: &mut Vec<u8>, value: &[u8]) {
    let length = u16::try_from(value.len()).unwrap_or(u16::MAX);
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(&value[..usize::from(length)]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_says_its_length() {
        let check = |length: usize, head: &[u8]| {
            let made = packet(PUBLISH, &vec![7; length]);
            assert_eq!((&made[..head.len()], made.len()), (head, head.len() + length));
        };
        check(0, &[0x30, 0]);
        check(127, &[0x30, 0x7f]);
        check(128, &[0x30, 0x80, 0x01]);
        check(16_384, &[0x30, 0x80, 0x80, 0x01]);
    }
}
