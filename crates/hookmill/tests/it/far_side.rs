//! Somebody else's service: a small HTTP server that counts what it is asked, by idempotency key.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

/// How often each path was called with each idempotency key.
pub(crate) type Calls = HashMap<(String, String), u32>;

/// A service that answers every request with `{"ok":true}`.
pub(crate) struct FarSide {
    address: SocketAddr,
    calls: Arc<Mutex<Calls>>,
    requests: Arc<AtomicU32>,
}

impl FarSide {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let calls: Arc<Mutex<Calls>> = Arc::default();
        let requests: Arc<AtomicU32> = Arc::default();
        let (counted, seen) = (Arc::clone(&calls), Arc::clone(&requests));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (counted, seen) = (Arc::clone(&counted), Arc::clone(&seen));
                std::thread::spawn(move || serve(stream, &counted, &seen));
            }
        });
        Self { address, calls, requests }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// How many requests came.
    pub(crate) fn requests(&self) -> u32 {
        self.requests.load(Ordering::Relaxed)
    }

    /// How often each path was called with each idempotency key.
    pub(crate) fn calls(&self) -> Calls {
        self.calls.lock().unwrap().clone()
    }
}

/// Answers one connection until it ends.
fn serve(stream: TcpStream, calls: &Mutex<Calls>, requests: &AtomicU32) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut writer = stream.try_clone().ok()?;
    let mut reader = BufReader::new(stream);
    loop {
        let head = read_head(&mut reader)?;
        let length = header(&head, "content-length").and_then(|value| value.parse().ok()).unwrap_or(0);
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        requests.fetch_add(1, Ordering::Relaxed);
        if let Some(key) = header(&head, "idempotency-key") {
            let path = head.first()?.split(' ').nth(1)?;
            *calls.lock().unwrap().entry((path.to_owned(), key.to_owned())).or_default() += 1;
        }
        let answer = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 11\r\n\r\n{\"ok\":true}";
        writer.write_all(answer.as_bytes()).ok()?;
    }
}

/// The start line and header lines of a message; none where the connection ends.
pub(crate) fn read_head(reader: &mut impl BufRead) -> Option<Vec<String>> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end() {
            "" => return Some(lines),
            text => lines.push(text.to_owned()),
        }
    }
}

/// The value of a header line.
pub(crate) fn header<'h>(head: &'h [String], name: &str) -> Option<&'h str> {
    head.iter()
        .filter_map(|line| line.split_once(':'))
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
}

/// Where a site is that has this at one path, and nothing elsewhere.
pub(crate) fn site(path: &'static str, text: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let head = read_head(&mut BufReader::new(&stream)).unwrap();
            let (status, body) = match head[0].contains(path) {
                true => ("200 OK", text.as_str()),
                false => ("404 Not Found", ""),
            };
            let length = body.len();
            let answer = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    url
}
