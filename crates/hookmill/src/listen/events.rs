//! A stream of server-sent events (HTML Living Standard §9.2.6), as far as the server writes them.

use reqwest::Response;
use serde_json::Value;

/// What the server tells.
#[derive(Debug, PartialEq)]
pub(super) enum Event {
    /// A request came.
    Request(Value),
    /// Some came that are not told.
    Missed,
}

/// The events of an answer, as they come.
pub(super) struct Events {
    answer: Response,
    gathered: Vec<u8>,
}

impl Events {
    /// The events of this answer.
    pub(super) fn of(answer: Response) -> Self {
        Self { answer, gathered: Vec::new() }
    }

    /// The next event; none: the stream is over.
    pub(super) async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(end) = self.gathered.windows(2).position(|pair| pair == b"\n\n") {
                let piece: Vec<u8> = self.gathered.drain(..end + 2).collect();
                match parse(&String::from_utf8_lossy(&piece)) {
                    Some(event) => return Some(event),
                    None => continue,
                }
            }
            let chunk = self.answer.chunk().await.ok()??;
            self.gathered.extend_from_slice(&chunk);
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
    fn pieces() {
        assert_eq!(parse(": still here\n\n"), None);
        assert_eq!(parse("event: request\ndata: {\"a\":1}\n\n"), Some(Event::Request(serde_json::json!({ "a": 1 }))));
        assert_eq!(parse("id: 7\nevent: missed\ndata: {}\n\n"), Some(Event::Missed));
        assert_eq!(parse("event: request\ndata: broken\n\n"), None);
        assert_eq!(parse("event: later\ndata: {}\n\n"), None);
    }
}
