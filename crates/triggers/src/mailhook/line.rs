//! Commands as lines. A line ends with CR LF and nothing else: what one server takes for the end of a line and another does
//! not is how mails are smuggled into others (CVE-2023-51764).

use memchr::memchr;

/// The longest line of a command, in bytes: RFC 5321 §4.5.3.1.4 asks for 512, and extensions add to it.
const MOST: usize = 2_048;

/// What comes on a connection, cut into lines.
#[derive(Debug, Default)]
pub(super) struct Lines {
    begun: Vec<u8>,
    is_too_long: bool,
}

/// A line, or what is wrong with it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// Without its end.
    Whole(Vec<u8>),
    /// It is longer than any command.
    TooLong,
    /// It has a CR without LF, an LF without CR, or a NUL in it.
    Broken,
}

impl Lines {
    /// Takes bytes up to the end of the next line; none: its end is not there yet.
    pub(super) fn next(&mut self, input: &mut &[u8]) -> Option<Line> {
        let end = memchr(b'\n', input);
        let (piece, rest) = input.split_at(end.map_or(input.len(), |end| end + 1));
        *input = rest;
        if self.begun.len() + piece.len() > MOST {
            // What was read of it is forgotten, but for what tells whether it ends as lines do.
            self.is_too_long = true;
            let last = piece.len().saturating_sub(2);
            self.begun.drain(..self.begun.len().saturating_sub(1));
            self.begun.extend_from_slice(&piece[last..]);
        } else {
            self.begun.extend_from_slice(piece);
        }
        end?;
        let mut line = std::mem::take(&mut self.begun);
        let is_too_long = std::mem::take(&mut self.is_too_long);
        if !line.ends_with(b"\r\n") {
            return Some(Line::Broken);
        }
        line.truncate(line.len() - 2);
        if is_too_long {
            return Some(Line::TooLong);
        }
        let is_broken = line.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0));
        Some(if is_broken { Line::Broken } else { Line::Whole(line) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(pieces: &[&[u8]]) -> Vec<Line> {
        let (mut lines, mut found) = (Lines::default(), Vec::new());
        for mut piece in pieces.iter().copied() {
            while !piece.is_empty() {
                found.extend(lines.next(&mut piece));
            }
        }
        found
    }

    #[test]
    fn lines_end_with_cr_and_lf_alone() {
        let whole = |text: &str| Line::Whole(text.into());
        assert_eq!(lines(&[b"NOOP\r\nRSET\r\n"]), [whole("NOOP"), whole("RSET")]);
        assert_eq!(lines(&[b"NO", b"OP\r", b"\n", b"QUIT"]), [whole("NOOP")]);
        assert_eq!(lines(&[b"NOOP\nQUIT\r\n"]), [Line::Broken, whole("QUIT")]);
        assert_eq!(lines(&[b"NO\rOP\r\n"]), [Line::Broken]);
        assert_eq!(lines(&[b"NO\0OP\r\n"]), [Line::Broken]);
        assert_eq!(lines(&[b"\r\n"]), [whole("")]);
    }

    #[test]
    fn a_line_without_end_takes_little_memory() {
        let mut reader = Lines::default();
        for _ in 0..1_000 {
            let mut piece: &[u8] = &[b'x'; 10_000];
            assert_eq!(reader.next(&mut piece), None);
            assert!(reader.begun.len() <= MOST);
        }
        let mut end: &[u8] = b"\r\nNOOP\r\n";
        assert_eq!(reader.next(&mut end), Some(Line::TooLong));
        assert_eq!(reader.next(&mut end), Some(Line::Whole(b"NOOP".to_vec())));
        let long = [vec![b'x'; MOST], b"\r".to_vec()].concat();
        assert_eq!(lines(&[&long, b"\n"]), [Line::TooLong]);
        assert_eq!(lines(&[&vec![b'x'; MOST - 2], b"\r\n"]), [Line::Whole(vec![b'x'; MOST - 2])]);
    }
}
