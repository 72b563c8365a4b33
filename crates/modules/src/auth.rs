//! How a request gets its credential, whatever connection it goes over: the one way by which modules and apps send what
//! somebody has to have allowed.

pub(crate) mod aws;
pub(crate) mod consent;
pub(crate) mod jwt;
pub(crate) mod oauth2;
pub(crate) mod scheme;
pub(crate) mod service_account;
pub(crate) mod tokens;

pub use consent::{Consent, Standing, consent, redeem, standing};
pub use oauth2::Code;
pub use tokens::{Fate, TokenKeeper, Tokens};

pub(crate) use scheme::{Grantor, Scheme};
pub(crate) use tokens::Token;

use crate::catalog::Shared;
use crate::client::{Bounds, Client, Fetched, Incoming, Outgoing};
use crate::connections::Secret;
use crate::guard::Trust;
use crate::mask::Mask;
use reqwest::StatusCode;
use run::error::StepError;
use run::id::Millis;
use std::sync::Arc;
use tokens::Asked;
use tokio::time::Instant;

/// On whose behalf a request goes.
#[derive(Clone, Copy)]
pub(crate) struct Pass<'a> {
    /// The connection's name; none: it goes over none.
    pub(crate) connection: Option<&'a str>,
    /// How the request says so.
    pub(crate) scheme: &'a Scheme,
    /// What a token must be good for, where the connection does not say it itself.
    pub(crate) scopes: &'a [&'a str],
    /// Where it may go.
    pub(crate) trust: Trust<'a>,
    /// The time of the attempt.
    pub(crate) now: Millis,
}

/// An answer, and what hides in it whatever the request said of itself.
pub(crate) struct Told<T> {
    pub(crate) answer: T,
    pub(crate) mask: Mask,
}

/// Sends a [prepared](Scheme::prepare) request with its credential; one that is refused before its time is replaced once.
/// Statuses that say it all (`is_all`) are judged as in [`Client::send_and_judge`].
pub(crate) async fn send(
    shared: &Shared,
    request: Outgoing,
    pass: Pass<'_>,
    bounds: Bounds,
    is_all: impl Fn(StatusCode) -> bool,
) -> Result<Told<Incoming>, StepError> {
    let way = Way::new(&shared.client, &shared.tokens, pass, bounds);
    let token = way.token().await?;
    let (signed, made) = way.signed(&request, token.as_ref())?;
    let answer = shared.client.send_and_judge(signed, pass.trust, way.bounds(), &is_all).await?;
    let Some(fresh) = way.fresh(answer.status, token.as_ref()).await? else { return Ok(way.told(answer, made)) };
    let (signed, made) = way.signed(&request, Some(&fresh))?;
    let answer = shared.client.send_and_judge(signed, pass.trust, way.bounds(), &is_all).await?;
    way.fresh(answer.status, Some(&fresh)).await?;
    Ok(way.told(answer, made))
}

/// The same for an answer that is to become a file.
pub(crate) async fn fetch(
    shared: &Shared,
    request: Outgoing,
    pass: Pass<'_>,
    bounds: Bounds,
    is_error: impl Fn(StatusCode) -> bool,
) -> Result<Told<Fetched>, StepError> {
    let way = Way::new(&shared.client, &shared.tokens, pass, bounds);
    let token = way.token().await?;
    let (signed, made) = way.signed(&request, token.as_ref())?;
    let is_refused = |status| token.is_some() && status == StatusCode::UNAUTHORIZED;
    let is_whole = |status| is_error(status) || is_refused(status);
    let answer = shared.client.fetch(signed, pass.trust, way.bounds(), is_whole).await?;
    let Some(fresh) = way.fresh(status_of(&answer), token.as_ref()).await? else { return Ok(way.told(answer, made)) };
    let (signed, made) = way.signed(&request, Some(&fresh))?;
    let answer = shared.client.fetch(signed, pass.trust, way.bounds(), &is_error).await?;
    way.fresh(status_of(&answer), Some(&fresh)).await?;
    Ok(way.told(answer, made))
}

/// What a fetched answer says; one that became a file says that all is well.
fn status_of(answer: &Fetched) -> StatusCode {
    match answer {
        Fetched::Whole(answer) => answer.status,
        Fetched::Kept(_) => StatusCode::OK,
    }
}

/// One request on its way.
pub(crate) struct Way<'a> {
    client: &'a Arc<Client>,
    tokens: &'a Tokens,
    pass: Pass<'a>,
    bounds: Bounds,
    deadline: Instant,
}

impl<'a> Way<'a> {
    pub(crate) fn new(client: &'a Arc<Client>, tokens: &'a Tokens, pass: Pass<'a>, bounds: Bounds) -> Self {
        Self { client, tokens, pass, bounds, deadline: Instant::now() + bounds.timeout }
    }

    /// The token that the scheme needs, if it needs one. A rehearsal reaches nobody who could give one.
    pub(crate) async fn token(&self) -> Result<Option<Token>, StepError> {
        match self.asked() {
            Some(asked) if !self.client.is_rehearsed() => self.in_time(self.tokens.get(asked)).await.map(Some),
            _ => Ok(None),
        }
    }

    /// A token in place of one that was refused with this status.
    async fn fresh(&self, status: StatusCode, token: Option<&Token>) -> Result<Option<Token>, StepError> {
        let Some(token) = token else { return Ok(None) };
        if status != StatusCode::UNAUTHORIZED {
            self.taken(token).await;
            return Ok(None);
        }
        self.instead_of(token).await
    }

    /// A token in place of one that a service has refused; none where another is of no use.
    pub(crate) async fn instead_of(&self, refused: &Token) -> Result<Option<Token>, StepError> {
        let Some(asked) = self.asked() else { return Ok(None) };
        self.in_time(self.tokens.instead_of(refused, asked)).await
    }

    /// Takes note that a service has taken the token.
    pub(crate) async fn taken(&self, token: &Token) {
        if let Some(asked) = self.asked() {
            self.tokens.taken(token, &asked).await;
        }
    }

    /// The request as it is sent, and what of that nobody else may learn.
    pub(crate) fn signed(
        &self,
        request: &Outgoing,
        token: Option<&Token>,
    ) -> Result<(Outgoing, Option<Secret>), StepError> {
        let mut request = request.clone();
        if self.client.is_rehearsed() {
            return Ok((request, None));
        }
        let token = token.map(|token| &token.access);
        let made = self.pass.scheme.complete(&mut request, token, self.pass.now)?;
        Ok((request, made))
    }

    fn told<T>(&self, answer: T, made: Option<Secret>) -> Told<T> {
        Told { answer, mask: self.pass.scheme.mask(made.as_ref()) }
    }

    fn asked(&self) -> Option<Asked<'a>> {
        let Scheme::Token(grantor) = self.pass.scheme else { return None };
        let Pass { connection, scopes, now, .. } = self.pass;
        Some(Asked { client: self.client, connection: connection.unwrap_or_default(), grantor, scopes, now })
    }

    /// What is left of the time, where some of it went for a token.
    fn bounds(&self) -> Bounds {
        if self.asked().is_none() {
            return self.bounds;
        }
        Bounds { timeout: self.deadline.saturating_duration_since(Instant::now()), ..self.bounds }
    }

    async fn in_time<T>(&self, token: impl Future<Output = Result<T, StepError>>) -> Result<T, StepError> {
        let seconds = self.bounds.timeout.as_secs_f64();
        let late = |_| Err(StepError::passing("timeout", format!("no complete answer within {seconds} s")));
        tokio::time::timeout_at(self.deadline, token).await.unwrap_or_else(late)
    }
}

/// A text that is hard to guess, for PKCE and for states: 256 bits.
pub(crate) fn unguessable() -> Secret {
    use base64::Engine;
    let mut bytes = [0_u8; 32];
    let drawn = aws_lc_rs::rand::fill(&mut bytes);
    drawn.expect("the operating system gives random bytes, or nothing that is secret works");
    Secret::new(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes))
}
