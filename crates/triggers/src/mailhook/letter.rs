//! A mail that has come in: what it says, by what it is known when it comes again, and through how many hands it went.

use mail::Mail;
use sha2::{Digest, Sha256};

/// More hands than this are a circle (RFC 5321 §6.3).
const MOST_HOPS: usize = 50;

/// A mail as it was sent.
#[derive(Debug)]
pub(super) struct Letter {
    pub(super) mail: Mail,
    /// The same for each delivery of this mail, whatever was noted on its way.
    pub(super) digest: String,
    hops: usize,
}

impl Letter {
    /// Reads a mail.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let (digest, hops) = digest(bytes);
        Self { mail: mail::read(bytes), digest, hops }
    }

    /// Whether it goes round in a circle.
    pub(super) fn is_going_round(&self) -> bool {
        self.hops > MOST_HOPS
    }
}

/// The digest of a mail without its `Received` fields, which every server on the way adds, and how many of them there are.
/// Its Message-ID is a part of it.
fn digest(bytes: &[u8]) -> (String, usize) {
    let (mut hasher, mut hops, mut is_trace, mut at) = (Sha256::new(), 0, false, 0);
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if line.trim_ascii().is_empty() {
            break;
        }
        at += line.len();
        if !line.starts_with(b" ") && !line.starts_with(b"\t") {
            is_trace = line.get(..9).is_some_and(|name| name.eq_ignore_ascii_case(b"received:"));
            hops += usize::from(is_trace);
        }
        if !is_trace {
            hasher.update(line);
        }
    }
    hasher.update(&bytes[at..]);
    let digest = hasher.finalize();
    (digest[..16].iter().map(|byte| format!("{byte:02x}")).collect(), hops)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_the_same_whatever_way_it_came() {
        let text = "Message-ID: <1@x>\r\nSubject: a\r\n\r\nReceived: in the text\r\n";
        let (plain, hops) = digest(text.as_bytes());
        assert_eq!((plain.len(), hops), (32, 0));
        let other = format!("Received: from a\r\n\tby b; now\r\nRECEIVED: from b\r\n by c\r\n{text}");
        assert_eq!(digest(other.as_bytes()), (plain.clone(), 2));
        for changed in
            [text.replace("1@x", "2@x"), text.replace("in the", "in a"), text.replace("Subject", "X-Subject")]
        {
            assert_ne!(digest(changed.as_bytes()).0, plain);
        }
        assert_ne!(digest(b"").0, digest(b"\r\n").0);
    }

    #[test]
    fn what_goes_round_in_a_circle_is_known() {
        let read =
            |hops: usize| Letter::read(format!("{}\r\ntext", "Received: from a by b\r\n".repeat(hops)).as_bytes());
        assert!(!read(MOST_HOPS).is_going_round() && read(MOST_HOPS + 1).is_going_round());
    }
}
