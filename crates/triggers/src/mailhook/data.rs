//! A mail as it comes after `DATA`: the dots that stand for nothing are taken away (RFC 5321 §4.5.2), and the end is CR LF,
//! a dot, CR LF, and nothing else.

use memchr::memchr2;

/// So much memory is taken at least, when more is needed, in bytes.
const LEAST: usize = 16 * 1024;

/// The mail that is coming in.
#[derive(Debug)]
pub(super) struct Data {
    at: At,
    bytes: Vec<u8>,
    most: usize,
    fault: Option<Fault>,
}

/// Why the mail that is coming in is not taken. It is read to its end all the same, and nothing of it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// A CR or LF stands in it without the other.
    BareLine,
    /// It is longer than mails may be.
    TooLarge,
    /// There is no memory for it now.
    NoRoom,
}

/// Where in the text the next byte stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    /// At the beginning of a line.
    Start,
    /// Behind a dot at the beginning of a line.
    Dot,
    /// Behind such a dot and a CR.
    DotCr,
    /// Within a line.
    Within,
    /// Behind a CR.
    Cr,
}

/// Whether the mail has come as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// More is to come.
    More,
    /// That was all of it.
    Done,
}

impl Data {
    /// One of at most so many bytes.
    pub(super) fn new(most: usize) -> Self {
        Self { at: At::Start, bytes: Vec::new(), most, fault: None }
    }

    /// Takes bytes, up to the end of the mail.
    pub(super) fn push(&mut self, input: &mut &[u8]) -> Progress {
        while let Some((&byte, rest)) = input.split_first() {
            if self.at == At::Within && !matches!(byte, b'\r' | b'\n') {
                let end = memchr2(b'\r', b'\n', input).unwrap_or(input.len());
                let (text, rest) = input.split_at(end);
                self.keep(text);
                *input = rest;
                continue;
            }
            *input = rest;
            self.at = match (self.at, byte) {
                (At::Start, b'.') => At::Dot,
                (At::Dot, b'\r') => At::DotCr,
                (At::DotCr, b'\n') => return Progress::Done,
                (At::Cr, b'\n') => {
                    self.keep(b"\r\n");
                    At::Start
                }
                (At::DotCr | At::Cr, b'\r') => self.bare(At::Cr),
                (At::DotCr | At::Cr, _) => self.bare(At::Within),
                (At::Start | At::Within, b'\r') => At::Cr,
                (At::Start | At::Dot | At::Within, b'\n') => self.bare(At::Within),
                (At::Start | At::Dot | At::Within, byte) => {
                    self.keep(&[byte]);
                    At::Within
                }
            };
        }
        Progress::More
    }

    /// A line ends in another way than lines do.
    fn bare(&mut self, at: At) -> At {
        self.fail(Fault::BareLine);
        at
    }

    fn keep(&mut self, bytes: &[u8]) {
        if self.fault.is_some() {
            return;
        }
        if self.bytes.len() + bytes.len() > self.most {
            return self.fail(Fault::TooLarge);
        }
        if self.bytes.capacity() - self.bytes.len() < bytes.len() {
            // Long mails do not take twice what they need.
            self.bytes.reserve_exact(bytes.len().max(self.bytes.len() / 4).max(LEAST));
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// From here on nothing is kept.
    pub(super) fn fail(&mut self, fault: Fault) {
        self.fault.get_or_insert(fault);
        self.bytes = Vec::new();
    }

    /// How much memory it takes, in bytes.
    pub(super) fn taken(&self) -> usize {
        self.bytes.capacity()
    }

    /// The mail, or why there is none.
    pub(super) fn into_mail(self) -> Result<Vec<u8>, Fault> {
        self.fault.map_or(Ok(self.bytes), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What comes of a text, and what is left behind its end.
    fn read(pieces: &[&[u8]]) -> (Progress, Result<Vec<u8>, Fault>, Vec<u8>) {
        let (mut data, mut left, mut progress) = (Data::new(1_000), Vec::new(), Progress::More);
        for mut piece in pieces.iter().copied() {
            if progress == Progress::More {
                progress = data.push(&mut piece);
            }
            left.extend_from_slice(piece);
        }
        (progress, data.into_mail(), left)
    }

    #[test]
    fn only_cr_lf_dot_cr_lf_ends_a_mail() {
        let check = |text: &str, mail: Result<&str, Fault>, left: &str| {
            let expected = (Progress::Done, mail.map(|text| text.as_bytes().to_vec()), left.as_bytes().to_vec());
            assert_eq!(read(&[text.as_bytes()]), expected, "{text:?}");
            let single: Vec<&[u8]> = text.as_bytes().chunks(1).collect();
            assert_eq!(read(&single), expected, "{text:?} byte by byte");
        };
        check("a\r\n.\r\nQUIT\r\n", Ok("a\r\n"), "QUIT\r\n");
        check(".\r\n", Ok(""), "");
        check("..a\r\n..\r\n.b\r\n.\r\n", Ok(".a\r\n.\r\nb\r\n"), "");
        check("a\r\n\r\n..\r\n.\r\n", Ok("a\r\n\r\n.\r\n"), "");
        for smuggled in ["\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r\n.\r", "\r.\r\n", "\n\n.\r\n", "\0\n.\n"] {
            let text = format!("a{smuggled}MAIL FROM:<evil@example.com>\r\n.\r\n");
            check(&text, Err(Fault::BareLine), "");
        }
        let long = "x".repeat(1_001);
        check(&format!("{long}\r\n.\r\nNOOP"), Err(Fault::TooLarge), "NOOP");
        assert_eq!(read(&[b"a\r\n."]).0, Progress::More);
    }

    proptest! {
        /// What a client stuffs is what is read, whatever the text, wherever the pieces are cut.
        #[test]
        fn stuffed_texts_come_out_as_they_went_in(lines in proptest::collection::vec("[.a ]{0,4}", 0..20), cut in 1_usize..7) {
            let text: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
            let stuffed: String = lines.iter().map(|line| {
                let dot = if line.starts_with('.') { "." } else { "" };
                format!("{dot}{line}\r\n")
            }).collect();
            let sent = format!("{stuffed}.\r\nRSET\r\n");
            let pieces: Vec<&[u8]> = sent.as_bytes().chunks(cut).collect();
            let (progress, mail, left) = read(&pieces);
            prop_assert_eq!(progress, Progress::Done);
            prop_assert_eq!(mail.unwrap(), text.into_bytes());
            prop_assert_eq!(left, b"RSET\r\n".to_vec());
        }
    }
}
