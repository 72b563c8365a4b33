//! Making a connection. Its host is always the connection's own, which the operator wrote: never one that comes out of
//! data, so private addresses are as good as public ones.

use super::stream::Stream;
use super::tls;
use crate::connections::{Privacy, Remote};
use run::error::StepError;
use std::io;
use std::time::Duration;
use tokio::net::TcpStream;

/// How long a connection may take to stand.
const PATIENCE: Duration = Duration::from_secs(10);

/// Connects to the server; with TLS, where that comes before the first word.
pub(crate) async fn dial(remote: &Remote) -> Result<Stream, StepError> {
    let late = |_| Err(io::Error::new(io::ErrorKind::TimedOut, "no connection within 10 s"));
    let connected = tokio::time::timeout(PATIENCE, TcpStream::connect((remote.host.as_str(), remote.port))).await;
    let stream = connected.unwrap_or_else(late).map_err(|error| {
        let told = format!("{}:{} cannot be reached: {error}", remote.host, remote.port);
        StepError::passing("connection_failed", told)
    })?;
    // Whether small packets wait for others is a matter of speed alone.
    let _ = stream.set_nodelay(true);
    let stream = Stream::new(stream, &remote.host);
    match remote.privacy {
        Privacy::Tls => secure(stream, remote).await,
        Privacy::Plain | Privacy::Upgraded => Ok(stream),
    }
}

/// The same stream with TLS in it.
async fn secure(stream: Stream, remote: &Remote) -> Result<Stream, StepError> {
    stream.secured(&tls::connector(remote.ca.as_deref())?).await
}

impl Stream {
    /// The same with TLS in it from here on, as the protocol has agreed on before.
    pub(crate) async fn upgraded(self, remote: &Remote) -> Result<Self, StepError> {
        secure(self, remote).await
    }
}
