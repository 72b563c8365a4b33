//! From a socket to a session: TLS, and who we are.

use super::failure::refused;
use super::session::{Session, refusal_of};
use crate::connections::{Privacy, Remote, Secret};
use crate::wire::{Stream, dial, nonsense, refused_login};
use bytes::BytesMut;
use fallible_iterator::FallibleIterator;
use postgres_protocol::authentication::md5_hash;
use postgres_protocol::authentication::sasl::{ChannelBinding, SCRAM_SHA_256, ScramSha256};
use postgres_protocol::message::backend::Message;
use postgres_protocol::message::frontend;
use run::error::StepError;
use std::io;

/// Connects, with TLS where the connection has it.
pub(super) async fn secured(remote: &Remote) -> Result<Stream, StepError> {
    let mut stream = dial(remote).await?;
    if remote.privacy != Privacy::Upgraded {
        return Ok(stream);
    }
    let mut question = BytesMut::new();
    frontend::ssl_request(&mut question);
    stream.send(&question).await?;
    match stream.take(1).await?.first() {
        Some(b'S') => stream.upgraded(remote).await,
        Some(b'N') => Err(StepError::permanent("connection_failed", format!("{} has no TLS", remote.host))
            .hint("in a network that you trust, write `?sslmode=disable` behind the database in the connection's URL")),
        _ => Err(nonsense(&remote.host, "neither yes nor no to TLS")),
    }
}

/// Says who we are, until the server is ready.
pub(super) async fn log_in(session: &mut Session, remote: &Remote) -> Result<(), StepError> {
    let user = remote.user.as_deref().unwrap_or("postgres");
    let database = remote.database.as_deref().unwrap_or(user);
    let parameters = [
        ("user", user),
        ("database", database),
        ("client_encoding", "UTF8"),
        ("application_name", "hookmill"),
        ("DateStyle", "ISO"),
        ("TimeZone", "UTC"),
    ];
    let mut question = BytesMut::new();
    frontend::startup_message(parameters, &mut question).map_err(|error| unsayable(remote, &error))?;
    session.send(&question).await?;
    loop {
        match session.any_message().await? {
            Message::AuthenticationCleartextPassword => {
                answer(session, remote, |password, bytes| frontend::password_message(password.as_bytes(), bytes))
                    .await?;
            }
            Message::AuthenticationMd5Password(body) => {
                answer(session, remote, |password, bytes| {
                    let hash = md5_hash(user.as_bytes(), password.as_bytes(), body.salt());
                    frontend::password_message(hash.as_bytes(), bytes)
                })
                .await?;
            }
            Message::AuthenticationSasl(body) => {
                let mut mechanisms = body.mechanisms();
                let knows = mechanisms.any(|mechanism| Ok(mechanism == SCRAM_SHA_256));
                if !knows.unwrap_or(false) {
                    return Err(refused_login(&remote.host, "it knows no way to log in that is known here"));
                }
                scram(session, remote).await?;
            }
            Message::ErrorResponse(body) => return Err(refused(&remote.host, &refusal_of(&body))),
            Message::ReadyForQuery(_) => return Ok(()),
            Message::AuthenticationOk
            | Message::BackendKeyData(_)
            | Message::NoticeResponse(_)
            | Message::ParameterStatus(_) => {}
            _ => return Err(refused_login(&remote.host, "it asks for a way to log in that is not known here")),
        }
    }
}

/// The login by a password that is never sent (RFC 5802, RFC 7677).
async fn scram(session: &mut Session, remote: &Remote) -> Result<(), StepError> {
    let password = password(remote)?;
    let mut scram = ScramSha256::new(password.reveal().as_bytes(), ChannelBinding::unsupported());
    let mut bytes = BytesMut::new();
    let begun = frontend::sasl_initial_response(SCRAM_SHA_256, scram.message(), &mut bytes);
    begun.map_err(|error| unsayable(remote, &error))?;
    session.send(&bytes).await?;
    loop {
        match session.any_message().await? {
            Message::AuthenticationSaslContinue(body) => {
                scram.update(body.data()).map_err(|error| unsayable(remote, &error))?;
                let mut bytes = BytesMut::new();
                frontend::sasl_response(scram.message(), &mut bytes).map_err(|error| unsayable(remote, &error))?;
                session.send(&bytes).await?;
            }
            // The server shows here that it knows the password, too.
            Message::AuthenticationSaslFinal(body) => {
                return scram.finish(body.data()).map_err(|error| unsayable(remote, &error));
            }
            Message::ErrorResponse(body) => return Err(refused(&remote.host, &refusal_of(&body))),
            _ => return Err(nonsense(session.host(), "a login that breaks off")),
        }
    }
}

async fn answer(
    session: &mut Session,
    remote: &Remote,
    say: impl FnOnce(&str, &mut BytesMut) -> io::Result<()>,
) -> Result<(), StepError> {
    let mut bytes = BytesMut::new();
    say(password(remote)?.reveal(), &mut bytes).map_err(|error| unsayable(remote, &error))?;
    session.send(&bytes).await
}

fn password(remote: &Remote) -> Result<&Secret, StepError> {
    remote.password.as_ref().ok_or_else(|| refused_login(&remote.host, "it asks for a password"))
}

fn unsayable(remote: &Remote, error: &io::Error) -> StepError {
    refused_login(&remote.host, &error.to_string())
}
