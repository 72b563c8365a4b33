//! A connection that is kept alive, for one request after another.

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};

use super::server::PATIENCE;

/// The connection, of a caller or of a server.
pub(crate) struct Connection {
    stream: BufReader<TcpStream>,
    head: Vec<String>,
}

impl Connection {
    /// To a server.
    pub(crate) fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Self::over(stream)
    }

    /// Over a stream that is there.
    pub(crate) fn over(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        Ok(Self { stream: BufReader::new(stream), head: Vec::new() })
    }

    /// Posts JSON; gives the status once the whole answer is there.
    pub(crate) fn post(&mut self, path: &str, body: &[u8]) -> io::Result<u16> {
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        self.send(head.as_bytes(), body)?;
        let start = self.receive()?.0;
        let status = start.split(' ').nth(1).and_then(|status| status.parse().ok());
        status.ok_or_else(|| io::Error::new(ErrorKind::InvalidData, start))
    }

    /// Answers 200 with JSON.
    pub(crate) fn answer(&mut self, body: &[u8]) -> io::Result<()> {
        let length = body.len();
        let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n");
        self.send(head.as_bytes(), body)
    }

    /// The start line and the body of the next message, which says its length.
    pub(crate) fn receive(&mut self) -> io::Result<(String, Vec<u8>)> {
        self.head.clear();
        loop {
            let mut line = String::new();
            if self.stream.read_line(&mut line)? == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            match line.trim_end() {
                "" => break,
                text => self.head.push(text.to_owned()),
            }
        }
        let length = self.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        Ok((self.head.first().cloned().unwrap_or_default(), body))
    }

    /// A header of the message that was received last.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let pairs = self.head.iter().filter_map(|line| line.split_once(':'));
        pairs.into_iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    fn send(&mut self, head: &[u8], body: &[u8]) -> io::Result<()> {
        let message = [head, body].concat();
        self.stream.get_mut().write_all(&message)
    }
}
