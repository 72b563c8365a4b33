//! Bytes to and from a server, buffered, with a bound on what is read.

use bytes::{Buf, Bytes, BytesMut};
use run::error::StepError;
use rustls::pki_types::ServerName;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// As much is read at once, in bytes.
const PIECE: usize = 16 * 1024;

/// What carries the bytes.
trait Carrier: AsyncRead + AsyncWrite + Send + Sync + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin> Carrier for T {}

/// A connection.
pub(crate) struct Stream {
    carrier: Box<dyn Carrier>,
    read: BytesMut,
    host: String,
}

/// How a stream ends before its time.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Broken {
    /// The connection is gone.
    #[error("{0} closed the connection")]
    Closed(String),
    /// It failed.
    #[error("the connection to {0} broke: {1}")]
    Failed(String, io::Error),
    /// The answer is larger than it may be.
    #[error("{0} answers with more than {1} bytes")]
    TooLarge(String, usize),
}

impl From<Broken> for StepError {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::TooLarge(..) => Self::permanent("too_large", broken.to_string()).hint("ask for less at a time"),
            Broken::Closed(_) | Broken::Failed(..) => Self::passing("connection_failed", broken.to_string()),
        }
    }
}

impl Stream {
    pub(super) fn new(stream: TcpStream, host: &str) -> Self {
        Self { carrier: Box::new(stream), read: BytesMut::new(), host: host.to_owned() }
    }

    /// The same within TLS. What came before it must have been read: nothing of it may count as said in private.
    pub(super) async fn secured(self, connector: &TlsConnector) -> Result<Self, StepError> {
        let host = self.host;
        if !self.read.is_empty() {
            return Err(super::nonsense(&host, "it speaks before TLS begins"));
        }
        let name = ServerName::try_from(host.clone())
            .map_err(|_| StepError::permanent("connection_broken", format!("`{host}` is no name for TLS")))?;
        let made = connector.connect(name, self.carrier).await.map_err(|error| {
            StepError::passing("connection_failed", format!("no TLS with {host}: {error}"))
                .hint("name its authority with `ca`, or check whether the server speaks TLS at this port")
        })?;
        Ok(Self { carrier: Box::new(made), read: BytesMut::new(), host })
    }

    /// Whose it is, for messages.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// Sends all of it.
    pub(crate) async fn send(&mut self, bytes: &[u8]) -> Result<(), Broken> {
        let failed = |error| Broken::Failed(self.host.clone(), error);
        self.carrier.write_all(bytes).await.map_err(failed)?;
        let failed = |error| Broken::Failed(self.host.clone(), error);
        self.carrier.flush().await.map_err(failed)
    }

    /// The next so many bytes.
    pub(crate) async fn take(&mut self, count: usize) -> Result<Bytes, Broken> {
        self.check(count)?;
        while self.read.len() < count {
            self.fill().await?;
        }
        Ok(self.read.split_to(count).freeze())
    }

    /// The next line, without what ends it (CR LF).
    pub(crate) async fn line(&mut self) -> Result<Bytes, Broken> {
        let mut looked_at = 0;
        loop {
            if let Some(end) = self.read[looked_at..].windows(2).position(|pair| pair == b"\r\n") {
                let line = self.read.split_to(looked_at + end).freeze();
                self.read.advance(2);
                return Ok(line);
            }
            // The last byte may be the first half of the end.
            looked_at = self.read.len().saturating_sub(1);
            self.check(self.read.len())?;
            self.fill().await?;
        }
    }

    /// Whether nobody has closed it, and nothing is there to be read that nobody asked for.
    pub(crate) fn is_quiet(&mut self) -> bool {
        let mut byte = [0_u8; 1];
        let mut buffer = ReadBuf::new(&mut byte);
        let mut context = Context::from_waker(Waker::noop());
        self.read.is_empty()
            && matches!(Pin::new(&mut self.carrier).poll_read(&mut context, &mut buffer), Poll::Pending)
    }

    fn check(&self, count: usize) -> Result<(), Broken> {
        if count > super::MOST { Err(Broken::TooLarge(self.host.clone(), super::MOST)) } else { Ok(()) }
    }

    async fn fill(&mut self) -> Result<(), Broken> {
        self.read.reserve(PIECE);
        match self.carrier.read_buf(&mut self.read).await {
            Ok(0) => Err(Broken::Closed(self.host.clone())),
            Ok(_) => Ok(()),
            Err(error) => Err(Broken::Failed(self.host.clone(), error)),
        }
    }
}
