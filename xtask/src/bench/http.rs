//! As much HTTP/1.1 as a measurement needs beside wrk: single requests, and bodies that want to be refused.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::Context;

use super::server::{PATIENCE, TOKEN};

/// What a server said.
#[derive(Debug, PartialEq)]
pub(crate) struct Answer {
    /// The status code.
    pub(crate) status: u16,
    /// The body, when it came whole and unchunked.
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// Whether the status is 200.
    pub(crate) fn is_ok(&self) -> bool {
        self.status == 200
    }
}

/// How a body says where it ends.
#[derive(Clone, Copy)]
pub(crate) enum Framing {
    /// By `Content-Length`.
    Length,
    /// By one chunk of this size (RFC 9112 §7.1).
    Chunk,
}

/// A GET over a connection of its own, with the measurement's token.
pub(crate) fn get(address: SocketAddr, path: &str) -> anyhow::Result<Answer> {
    let head =
        format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\nauthorization: Bearer {TOKEN}\r\n\r\n");
    exchange(address, head.as_bytes(), b"")
}

/// A POST of JSON over a connection of its own.
pub(crate) fn post(address: SocketAddr, path: &str, body: &[u8]) -> anyhow::Result<Answer> {
    post_as(address, path, "application/json", body)
}

/// A POST of this content type over a connection of its own.
pub(crate) fn post_as(address: SocketAddr, path: &str, kind: &str, body: &[u8]) -> anyhow::Result<Answer> {
    exchange(address, post_head(address, path, kind, &format!("content-length: {}", body.len())).as_bytes(), body)
}

/// Posts a body of `length` bytes until the server answers; gives the status and how many bytes it took until then,
/// those in the system's buffers included.
pub(crate) fn pour(address: SocketAddr, path: &str, framing: Framing, length: u64) -> anyhow::Result<(u16, u64)> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_write_timeout(Some(Duration::from_millis(20)))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let head = match framing {
        Framing::Length => post_head(address, path, "application/json", &format!("content-length: {length}")),
        Framing::Chunk => {
            post_head(address, path, "application/json", "transfer-encoding: chunked") + &format!("{length:x}\r\n")
        }
    };
    stream.write_all(head.as_bytes())?;
    let answered = AtomicBool::new(false);
    let reading = stream.try_clone()?;
    thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let head = read_head(reading);
            answered.store(true, Ordering::Relaxed);
            head
        });
        let sent = write_until(&mut stream, length, &answered);
        let head = reader.join().unwrap_or_else(|_| Err(io::Error::other("the reader broke off")))?;
        let answer = parse(&head).with_context(|| format!("no answer after {sent} bytes"))?;
        Ok((answer.status, sent))
    })
}

fn exchange(address: SocketAddr, head: &[u8], body: &[u8]) -> anyhow::Result<Answer> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(head)?;
    stream.write_all(body)?;
    let mut received = Vec::new();
    stream.read_to_end(&mut received)?;
    parse(&received).with_context(|| format!("no HTTP: {}", String::from_utf8_lossy(&received)))
}

fn post_head(address: SocketAddr, path: &str, kind: &str, framing: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-type: {kind}\r\n{framing}\r\n\r\n")
}

fn parse(received: &[u8]) -> Option<Answer> {
    let end = received.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
    let status = str::from_utf8(&received[..end]).ok()?.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
    Some(Answer { status, body: received[end + 4..].to_vec() })
}

fn read_head(mut stream: TcpStream) -> io::Result<Vec<u8>> {
    let mut received = Vec::new();
    let mut piece = [0; 4096];
    while !received.windows(4).any(|bytes| bytes == b"\r\n\r\n") {
        match stream.read(&mut piece)? {
            0 => break,
            length => received.extend_from_slice(&piece[..length]),
        }
    }
    Ok(received)
}

fn write_until(stream: &mut TcpStream, length: u64, answered: &AtomicBool) -> u64 {
    let piece = [b' '; 64 << 10];
    let mut sent = 0;
    while sent < length && !answered.load(Ordering::Relaxed) {
        let rest = usize::try_from(length - sent).unwrap_or(usize::MAX).min(piece.len());
        match stream.write(&piece[..rest]) {
            Ok(taken) => sent += taken as u64,
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(_) => break, // it has closed: its answer says why
        }
    }
    sent
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_answers() {
        let check = |text: &str, expected: Option<(u16, &str)>| {
            let expected = expected.map(|(status, body)| Answer { status, body: body.into() });
            assert_eq!(parse(text.as_bytes()), expected, "{text}");
        };
        check("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}", Some((200, "{}")));
        check("HTTP/1.1 413 Payload Too Large\r\n\r\n", Some((413, "")));
        check("HTTP/1.1 200 OK\r\ncontent-le", None);
        check("SSH-2.0-server\r\n\r\n", None);
        check("HTTP/1.1 2\r\n\r\n", None);
    }
}
