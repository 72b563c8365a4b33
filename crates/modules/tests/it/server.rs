//! A small HTTP server that remembers what it was asked.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A request as it came over the wire.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) target: String,
    /// Lower-case names.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// What to answer.
pub(crate) struct Reply {
    bytes: Vec<u8>,
    then: Then,
}

/// What follows the last byte of an answer.
enum Then {
    /// The end of the connection.
    End,
    /// Nothing, for as long as the client waits.
    Silence,
}

/// An answer with this status, these header lines and this body.
pub(crate) fn reply(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Reply {
    let body = body.as_ref();
    let lines: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let head =
        format!("HTTP/1.1 {status} Reason\r\n{lines}content-length: {}\r\nconnection: close\r\n\r\n", body.len());
    raw([head.as_bytes(), body].concat())
}

/// Bytes as they are.
pub(crate) fn raw(bytes: impl Into<Vec<u8>>) -> Reply {
    Reply { bytes: bytes.into(), then: Then::End }
}

/// No answer at all: the connection stays open and silent.
pub(crate) fn silence() -> Reply {
    stalled("")
}

/// Bytes as they are, and then silence on an open connection.
pub(crate) fn stalled(bytes: impl Into<Vec<u8>>) -> Reply {
    Reply { bytes: bytes.into(), then: Then::Silence }
}

/// A running server; it goes with the test's runtime.
pub(crate) struct Server {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    /// A server on a free port of the loopback that answers by this function.
    pub(crate) async fn start(answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let (answer, record) = (Arc::new(answer), Arc::clone(&seen));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (answer, record) = (Arc::clone(&answer), Arc::clone(&record));
                tokio::spawn(async move { serve(stream, &*answer, &record).await });
            }
        });
        Self { address, seen }
    }

    /// `127.0.0.1:port`.
    pub(crate) fn host(&self) -> String {
        self.address.to_string()
    }

    /// The URL of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What it was asked so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// The only request it was sent.
    pub(crate) fn only(&self) -> Seen {
        let seen = self.seen();
        assert_eq!(seen.len(), 1, "{seen:?}");
        seen.into_iter().next().unwrap()
    }
}

async fn serve(mut stream: TcpStream, answer: &(dyn Fn(&Seen) -> Reply + Send + Sync), record: &Mutex<Vec<Seen>>) {
    let Some(request) = read(&mut stream).await else { return };
    let reply = answer(&request);
    record.lock().unwrap().push(request);
    // The client may hang up before it has read all: that is its right.
    let sent = stream.write_all(&reply.bytes).await;
    if let (Ok(()), Then::Silence) = (sent, reply.then) {
        drop(stream.read_to_end(&mut Vec::new()).await);
    }
}

async fn read(stream: &mut TcpStream) -> Option<Seen> {
    let mut bytes = Vec::new();
    let head = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let text = String::from_utf8(bytes[..head].to_vec()).unwrap();
    let mut lines = text.split("\r\n");
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: BTreeMap<String, String> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    while bytes.len() < head + 4 + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    Some(Seen { method, target, headers, body: bytes[head + 4..].to_vec() })
}
