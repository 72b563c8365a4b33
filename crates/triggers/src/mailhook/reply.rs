//! What the server says: a code, an enhanced code (RFC 3463), and words for whoever reads the sender's log.

use std::borrow::Cow;

/// An answer to a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) code: u16,
    lines: Vec<Cow<'static, str>>,
}

impl Reply {
    /// An answer of one line.
    pub(super) fn new(code: u16, text: impl Into<Cow<'static, str>>) -> Self {
        Self { code, lines: vec![text.into()] }
    }

    /// An answer of several lines, of which there is at least one.
    pub(super) fn lines(code: u16, first: impl Into<Cow<'static, str>>, more: Vec<Cow<'static, str>>) -> Self {
        let mut lines = vec![first.into()];
        lines.extend(more);
        Self { code, lines }
    }

    /// Whether it refuses for good.
    pub(super) fn is_refusal(&self) -> bool {
        self.code >= 500
    }

    /// As it is sent.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (number, line) in self.lines.iter().enumerate() {
            let sign = if number + 1 == self.lines.len() { ' ' } else { '-' };
            // Nothing that a client has said makes a line of its own here.
            let line: String = line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            bytes.extend_from_slice(format!("{}{sign}{line}\r\n", self.code).as_bytes());
        }
        bytes
    }

    pub(super) fn stopping() -> Self {
        Self::new(421, "4.3.2 The server is stopping; try again later")
    }

    pub(super) fn too_slow() -> Self {
        Self::new(421, "4.4.2 Too slow")
    }

    pub(super) fn too_many_connections() -> Self {
        Self::new(421, "4.7.0 Too many connections; try again later")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_lines_are_one_answer_and_nobody_adds_another() {
        let reply = Reply::lines(250, "hook.example.com", vec!["SIZE 7".into(), "8BITMIME".into()]);
        assert_eq!(reply.bytes(), b"250-hook.example.com\r\n250-SIZE 7\r\n250 8BITMIME\r\n");
        assert_eq!(Reply::new(550, "a\r\n250 b").bytes(), b"550 a  250 b\r\n");
    }
}
