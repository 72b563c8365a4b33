//! A stream of server-sent events (HTML Living Standard §9.2.6), as far as the server writes them.

use reqwest::Response;
use serde_json::Value;
use std::time::Duration;
use tokio::time::timeout;

/// What the server tells.
#[derive(Debug, PartialEq)]
pub(super) enum Event {
    /// A request came.
    Request(Value),
    /// Some came that are not told.
    Missed,
}

/// How long a server may say nothing; it says every 15 seconds that it is there.
const SILENCE: Duration = Duration::from_secs(60);

/// The events of an answer, as they come.
pub(super) struct Events {
    answer: Response,
    pieces: Pieces,
}

impl Events {
    /// The events of this answer.
    pub(super) fn of(answer: Response) -> Self {
        Self { answer, pieces: Pieces::default() }
    }

    /// The next event; none: the stream is over, or broken off.
    pub(super) async fn next(&mut self) -> Option<Event> {
        loop {
            while let Some(piece) = self.pieces.next() {
                if let Some(event) = parse(&String::from_utf8_lossy(&piece)) {
                    return Some(event);
                }
            }
            let chunk = timeout(SILENCE, self.answer.chunk()).await.ok()?.ok()??;
            self.pieces.gathered.extend_from_slice(&chunk);
        }
    }
}

/// What came, cut where empty lines are.
#[derive(Default)]
struct Pieces {
    gathered: Vec<u8>,
    /// So much of it has no empty line in it: a request of many megabytes comes in thousands of chunks.
    looked_at: usize,
}

impl Pieces {
    fn next(&mut self) -> Option<Vec<u8>> {
        let rest = &self.gathered[self.looked_at..];
        match rest.windows(2).position(|pair| pair == b"\n\n") {
            Some(at) => {
                let end = self.looked_at + at + 2;
                self.looked_at = 0;
                Some(self.gathered.drain(..end).collect())
            }
            None => {
                // The last byte may be the first of the two.
                self.looked_at = self.gathered.len().saturating_sub(1);
                None
            }
        }
    }
}

/// What a piece between two empty lines tells; none: nothing, it only keeps the connection alive.
fn parse(piece: &str) -> Option<Event> {
    let field = |name: &str| piece.lines().find_map(|line| line.strip_prefix(name));
    match field("event: ")? {
        "request" => serde_json::from_str(field("data: ")?).ok().map(Event::Request),
        "missed" => Some(Event::Missed),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_cut_at_empty_lines_wherever_chunks_end() {
        let text = b"data: 1\n\n\n\n: still here\n\ndata: 2";
        for size in 1..text.len() {
            let mut pieces = Pieces::default();
            let mut cut = Vec::new();
            for chunk in text.chunks(size) {
                pieces.gathered.extend_from_slice(chunk);
                cut.extend(std::iter::from_fn(|| pieces.next()).map(|piece| String::from_utf8(piece).unwrap()));
            }
            assert_eq!(cut, ["data: 1\n\n", "\n\n", ": still here\n\n"], "{size}");
        }
    }

    #[test]
    fn what_pieces_tell() {
        assert_eq!(parse(": still here\n\n"), None);
        assert_eq!(parse("event: request\ndata: {\"a\":1}\n\n"), Some(Event::Request(serde_json::json!({ "a": 1 }))));
        assert_eq!(parse("id: 7\nevent: missed\ndata: {}\n\n"), Some(Event::Missed));
        assert_eq!(parse("event: request\ndata: broken\n\n"), None);
        assert_eq!(parse("event: later\ndata: {}\n\n"), None);
    }
}
