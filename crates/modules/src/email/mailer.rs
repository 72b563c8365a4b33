//! Connections to mail servers, kept open from mail to mail.

use crate::connections::{Encryption, Secret, Server};
use lettre::address::Envelope;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::{AsyncSmtpTransport, Error, PoolConfig};
use lettre::{AsyncTransport, Tokio1Executor};
use run::error::StepError;
use std::collections::BTreeMap;
use std::error::Error as _;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How many connections one server is given at most.
const MAX_CONNECTIONS: u32 = 8;

/// How long one command may take; the call's own bound holds over all of them.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(60);

type Transport = AsyncSmtpTransport<Tokio1Executor>;

/// One pool of connections for each mail connection, made at its first mail.
#[derive(Debug, Default)]
pub(crate) struct Mailers {
    transports: Mutex<BTreeMap<String, Kept>>,
}

/// A pool, and the token that it logs in with, where that is what it does.
#[derive(Debug)]
struct Kept {
    token: Option<Secret>,
    transport: Transport,
}

impl Mailers {
    /// Hands the mail in and gives what the server said.
    pub(super) async fn send(
        &self,
        connection: &str,
        (server, token): (&Server, Option<&Secret>),
        envelope: &Envelope,
        mail: &[u8],
        timeout: Duration,
    ) -> Result<String, StepError> {
        let transport = self.transport(connection, server, token)?;
        match tokio::time::timeout(timeout, transport.send_raw(envelope, mail)).await {
            Ok(Ok(response)) => Ok(response.message().collect::<Vec<_>>().join(" ")),
            Ok(Err(error)) => Err(failure(&error, server)),
            Err(_) => {
                let message = format!("{} did not take the mail within {} s", server.host, timeout.as_secs_f64());
                Err(StepError::passing("timeout", message))
            }
        }
    }

    fn transport(&self, connection: &str, server: &Server, token: Option<&Secret>) -> Result<Transport, StepError> {
        let mut transports = self.transports.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = transports.get(connection).filter(|kept| kept.token.as_ref() == token) {
            return Ok(kept.transport.clone());
        }
        let made = transport(server, token)?;
        transports.insert(connection.to_owned(), Kept { token: token.cloned(), transport: made.clone() });
        Ok(made)
    }
}

/// Connects to the server and logs in, and hands nothing in.
pub(crate) async fn knock(server: &Server, token: Option<&Secret>, timeout: Duration) -> Result<(), StepError> {
    let transport = transport(server, token)?;
    match tokio::time::timeout(timeout, transport.test_connection()).await {
        Ok(Ok(true)) => Ok(()),
        Ok(Ok(false)) => Err(StepError::passing("connection_failed", format!("{} takes no mail now", server.host))),
        Ok(Err(error)) => Err(failure(&error, server)),
        Err(_) => {
            let message = format!("{} did not answer within {} s", server.host, timeout.as_secs_f64());
            Err(StepError::passing("timeout", message))
        }
    }
}

fn transport(server: &Server, token: Option<&Secret>) -> Result<Transport, StepError> {
    let tls = match server.encryption {
        Encryption::Tls => Tls::Wrapper(tls_parameters(server)?),
        Encryption::StartTls => Tls::Required(tls_parameters(server)?),
        Encryption::Opportunistic => Tls::Opportunistic(tls_parameters(server)?),
        Encryption::Plain => Tls::None,
    };
    let builder = Transport::builder_dangerous(server.host.as_str())
        .port(server.port)
        .tls(tls)
        .timeout(Some(COMMAND_TIMEOUT))
        .pool_config(PoolConfig::new().max_size(MAX_CONNECTIONS));
    let builder = match (&server.user, &server.password) {
        (Some(user), _) if let Some(token) = token => builder
            .credentials(Credentials::new(user.clone(), token.reveal().to_owned()))
            .authentication(vec![Mechanism::Xoauth2]),
        (Some(user), Some(password)) => {
            builder.credentials(Credentials::new(user.clone(), password.reveal().to_owned()))
        }
        _ => builder,
    };
    Ok(builder.build())
}

fn tls_parameters(server: &Server) -> Result<TlsParameters, StepError> {
    let broken = |error: Error| StepError::permanent("connection_broken", format!("TLS: {}", innermost(&error)));
    let builder = TlsParameters::builder(server.host.clone());
    let builder = match &server.ca {
        Some(pem) => builder.add_root_certificate(Certificate::from_pem(pem.as_bytes()).map_err(broken)?),
        None => builder,
    };
    builder.build().map_err(broken)
}

/// A 5xx reply is final (RFC 5321 §4.2.1); a 4xx one, and whatever happens to the connection, may pass.
fn failure(error: &Error, server: &Server) -> StepError {
    let told = format!("{}: {}", server.host, innermost(error));
    match error.status() {
        Some(code) if error.is_permanent() => StepError::permanent("mail_refused", told).status(code.into()),
        Some(code) => StepError::passing("mail_refused", told).status(code.into()),
        None if error.is_timeout() => StepError::passing("timeout", told),
        None if error.is_client() => StepError::permanent("mail_refused", told),
        None => StepError::passing("connection_failed", told),
    }
}

fn innermost(error: &Error) -> String {
    let last = std::iter::successors(error.source(), |&error| error.source()).last();
    last.map_or_else(|| error.to_string(), ToString::to_string)
}
