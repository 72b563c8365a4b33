//! The tokens at hand. While one is fetched, all who need it wait for that one; what was refused is not asked again at
//! once; and what replaces a token that can be used only once is on disk before anybody uses it.

use super::oauth2::{self, Code, Grant, Granted, OAuth2};
use super::scheme::Grantor;
use crate::client::Client;
use crate::connections::Secret;
use aws_lc_rs::digest::{self, SHA256};
use run::error::StepError;
use run::id::Millis;
use run::tables::StoreError;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fmt::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::OwnedMutexGuard;

/// A token that ends sooner than this is not used any more, in milliseconds; one that lasts a short while is used for
/// three quarters of it.
const MARGIN: Millis = 60_000;

/// How long a refusal is remembered, in milliseconds: whoever comes meanwhile is told the same.
const REMEMBERED: Millis = 30_000;

/// Keeps tokens that outlive the process, and hears how they fare.
pub trait TokenKeeper: Send + Sync + fmt::Debug {
    /// What was kept for the connection of this name. Blocks for the disk.
    fn load(&self, connection: &str) -> Option<Secret>;
    /// Keeps it, where nobody can read it. Blocks for the disk.
    fn keep(&self, connection: &str, token: &Secret) -> Result<(), StoreError>;
    /// The connection was refused a token, and will be until somebody does something.
    fn refused(&self, connection: &str, why: &str);
    /// The connection was given a token.
    fn granted(&self, connection: &str);
}

/// All tokens of a server. Clones are the same: they outlive changed connections.
#[derive(Clone, Debug, Default)]
pub struct Tokens(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// By connection and scope.
    slots: Mutex<HashMap<(String, String), Arc<Slot>>>,
    keeper: Option<Arc<dyn TokenKeeper>>,
}

/// How a connection's token fares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fate {
    /// When what the connection was given ends for good; none: it is renewed as long as that is allowed, or does not end.
    pub ends: Option<Millis>,
    /// Since when no token is given, and why.
    pub refused: Option<(Millis, String)>,
}

/// The place of one token.
#[derive(Debug)]
struct Slot {
    identity: String,
    held: Arc<tokio::sync::Mutex<Held>>,
    /// How often a token was asked for.
    rounds: AtomicU64,
    fate: Mutex<Fate>,
}

#[derive(Debug, Default)]
struct Held {
    token: Option<Token>,
    is_loaded: bool,
    /// It is not on disk yet, and its predecessor may be worth nothing.
    is_unsaved: bool,
    refused: Option<(Millis, StepError)>,
    /// What came of the last round, if it failed.
    failed: Option<StepError>,
}

/// A token.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(super) access: Secret,
    ends: Option<Millis>,
    since: Millis,
    refresh: Option<Secret>,
    refresh_ends: Option<Millis>,
    /// It was fetched because a service did not take the one before, and no service has taken it yet.
    is_on_trial: bool,
}

/// A token as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    identity: String,
    access: String,
    ends: Option<Millis>,
    since: Millis,
    refresh: Option<String>,
    refresh_ends: Option<Millis>,
}

/// Which token is asked for, and when.
#[derive(Clone)]
pub(super) struct Asked<'a> {
    pub(super) client: &'a Arc<Client>,
    pub(super) connection: &'a str,
    pub(super) grantor: &'a Arc<Grantor>,
    /// What it is for, unless the connection says otherwise.
    pub(super) scopes: &'a [&'a str],
    pub(super) now: Millis,
}

/// The same for a task of its own.
struct Round {
    client: Arc<Client>,
    connection: String,
    grantor: Arc<Grantor>,
    scope: String,
    now: Millis,
    tokens: Tokens,
    slot: Arc<Slot>,
}

impl Tokens {
    /// Tokens that this keeper keeps.
    pub fn kept_by(keeper: Arc<dyn TokenKeeper>) -> Self {
        Self(Arc::new(Inner { keeper: Some(keeper), ..Inner::default() }))
    }

    /// A token that is still good.
    pub(super) async fn get(&self, asked: Asked<'_>) -> Result<Token, StepError> {
        self.find(asked, None).await
    }

    /// A token in place of one that a service did not take, whatever its time. None where that one was itself such a
    /// replacement: a third would not be taken either.
    pub(super) async fn instead_of(&self, refused: &Token, asked: Asked<'_>) -> Result<Option<Token>, StepError> {
        if refused.is_on_trial && (0..REMEMBERED).contains(&(asked.now - refused.since)) {
            return Ok(None);
        }
        self.find(asked, Some(refused)).await.map(Some)
    }

    /// Takes note that a service has taken the token.
    pub(super) async fn taken(&self, token: &Token, asked: &Asked<'_>) {
        if token.is_on_trial {
            let slot = self.slot(asked.connection, asked.grantor, scope(asked.grantor, asked.scopes));
            if let Some(held) = slot.held.lock().await.token.as_mut()
                && held.access == token.access
            {
                held.is_on_trial = false;
            }
        }
    }

    async fn find(&self, asked: Asked<'_>, refused: Option<&Token>) -> Result<Token, StepError> {
        let slot = self.slot(asked.connection, asked.grantor, scope(asked.grantor, asked.scopes));
        let before = slot.rounds.load(Ordering::Acquire);
        let held = Arc::clone(&slot.held).lock_owned().await;
        if let Some(token) = held.good(asked.now, refused) {
            return Ok(token);
        }
        if let Some(error) = held.refusal(asked.now) {
            return held.rest(asked.now, refused).ok_or(error);
        }
        // Whoever waited for a round that failed is told how it failed; the next to come tries again.
        if let Some(error) = held.failed.as_ref().filter(|_| slot.rounds.load(Ordering::Acquire) != before) {
            return Err(error.clone());
        }
        self.round(&asked, slot).run(held, refused.cloned()).await
    }

    /// Keeps the token that someone allowed.
    pub(super) async fn redeem(&self, asked: Asked<'_>, code: Code) -> Result<(), StepError> {
        let Grantor::OAuth2(oauth) = &**asked.grantor else { return Err(oauth2::unfit()) };
        let slot = self.slot(asked.connection, asked.grantor, scope(asked.grantor, asked.scopes));
        let held = Arc::clone(&slot.held).lock_owned().await;
        let granted = oauth.redeem(asked.client, &code, asked.now).await?;
        let round = self.round(&asked, slot);
        // Whoever asked may be gone by now; what was allowed is kept all the same.
        let kept = tokio::spawn(async move {
            let mut held = held;
            // What was allowed before does not mix with what is allowed now.
            *held = Held { is_loaded: true, ..Held::default() };
            held.take(granted, round.now, None);
            round.settle(&mut held).await.map(drop)
        });
        kept.await.unwrap_or_else(|_| Err(interrupted()))
    }

    /// How the token of a connection fares. Blocks for the disk.
    pub(super) fn fate(&self, connection: &str, grantor: &Grantor) -> Fate {
        let identity = identity(grantor);
        let slots = self.slots();
        let known = slots.iter().filter(|((name, _), slot)| name == connection && slot.identity == identity);
        let fates: Vec<Fate> = known.map(|(_, slot)| slot.fate().clone()).collect();
        drop(slots);
        if let Some(fate) = fates.into_iter().max_by_key(|fate| fate.refused.is_some()) {
            return fate;
        }
        let is_kept = matches!(grantor, Grantor::OAuth2(oauth) if oauth.grant == Grant::AuthorizationCode);
        let token = if is_kept { self.load(connection, &identity) } else { None };
        Fate { ends: token.and_then(|token| token.dies()), refused: None }
    }

    /// Whether someone has authorized the connection. Blocks for the disk.
    pub(super) fn is_authorized(&self, connection: &str, grantor: &Grantor) -> bool {
        match grantor {
            Grantor::OAuth2(oauth) if oauth.grant == Grant::AuthorizationCode => {
                oauth.refresh_token.is_some() || self.load(connection, &identity(grantor)).is_some()
            }
            _ => true,
        }
    }

    fn round(&self, asked: &Asked<'_>, slot: Arc<Slot>) -> Round {
        Round {
            client: Arc::clone(asked.client),
            connection: asked.connection.to_owned(),
            grantor: Arc::clone(asked.grantor),
            scope: scope(asked.grantor, asked.scopes),
            now: asked.now,
            tokens: self.clone(),
            slot,
        }
    }

    /// The place of a token. A connection that has become another one gets another place: nothing of what it held goes
    /// to where it leads now.
    fn slot(&self, connection: &str, grantor: &Grantor, scope: String) -> Arc<Slot> {
        let identity = identity(grantor);
        let mut slots = self.slots();
        let slot = slots.entry((connection.to_owned(), scope)).or_insert_with(|| Slot::of(identity.clone()));
        if slot.identity != identity {
            *slot = Slot::of(identity);
        }
        Arc::clone(slot)
    }

    fn slots(&self) -> MutexGuard<'_, HashMap<(String, String), Arc<Slot>>> {
        self.0.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was kept for this connection, as far as it is of the same client.
    fn load(&self, connection: &str, identity: &str) -> Option<Token> {
        let text = self.0.keeper.as_ref()?.load(connection)?;
        let kept: Kept = serde_json::from_str(text.reveal()).ok()?;
        (kept.identity == identity).then(|| Token {
            access: Secret::new(kept.access),
            ends: kept.ends,
            since: kept.since,
            refresh: kept.refresh.map(Secret::new),
            refresh_ends: kept.refresh_ends,
            is_on_trial: false,
        })
    }

    fn keep(&self, connection: &str, identity: &str, token: &Token) -> Result<(), StoreError> {
        let Some(keeper) = &self.0.keeper else { return Ok(()) };
        let kept = Kept {
            identity: identity.to_owned(),
            access: token.access.reveal().to_owned(),
            ends: token.ends,
            since: token.since,
            refresh: token.refresh.as_ref().map(|refresh| refresh.reveal().to_owned()),
            refresh_ends: token.refresh_ends,
        };
        let text = serde_json::to_string(&kept).map_err(|_| StoreError::Failed("a token is no JSON".into()))?;
        keeper.keep(connection, &Secret::new(text))
    }
}

impl Slot {
    fn of(identity: String) -> Arc<Self> {
        let (held, rounds, fate) = (Arc::default(), AtomicU64::new(0), Mutex::default());
        Arc::new(Self { identity, held, rounds, fate })
    }

    fn fate(&self) -> MutexGuard<'_, Fate> {
        self.fate.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn good(&self, now: Millis, refused: Option<&Token>) -> Option<Token> {
        let token = self.token.as_ref().filter(|_| !self.is_unsaved)?;
        let is_other = refused.is_none_or(|refused| refused.access != token.access);
        (is_other && token.is_fresh(now)).then(|| token.clone())
    }

    /// A token that is about to end, and has not yet.
    fn rest(&self, now: Millis, refused: Option<&Token>) -> Option<Token> {
        let token = self.token.as_ref().filter(|token| token.ends.is_some_and(|ends| ends > now))?;
        refused.is_none_or(|refused| refused.access != token.access).then(|| token.clone())
    }

    fn refusal(&self, now: Millis) -> Option<StepError> {
        let (at, error) = self.refused.as_ref()?;
        (0..REMEMBERED).contains(&(now - at)).then(|| error.clone())
    }

    fn take(&mut self, granted: Granted, now: Millis, instead_of: Option<&Token>) {
        let before = self.token.take();
        let (refresh, refresh_ends) = match granted.refresh {
            Some(refresh) => (Some(refresh), granted.refresh_ends),
            // RFC 6749 §6: no new one means that the old one stays.
            None => before.map_or((None, None), |before| (before.refresh, before.refresh_ends)),
        };
        let Granted { access, ends, .. } = granted;
        let is_on_trial = instead_of.is_some();
        self.token = Some(Token { access, ends, since: now, refresh, refresh_ends, is_on_trial });
        self.is_unsaved = true;
    }
}

impl Token {
    /// The text that is shown.
    pub(crate) fn access(&self) -> &Secret {
        &self.access
    }

    fn is_fresh(&self, now: Millis) -> bool {
        let margin = |ends: Millis| MARGIN.min((ends - self.since) / 4);
        self.ends.is_none_or(|ends| ends - margin(ends) > now)
    }

    /// When it ends and nothing follows.
    fn dies(&self) -> Option<Millis> {
        if self.refresh.is_some() { self.refresh_ends } else { self.ends }
    }
}

impl Round {
    /// Asks for a token in a task of its own: whoever began it may give up, and what replaces a token that can be used
    /// only once must not be lost for that.
    async fn run(self, held: OwnedMutexGuard<Held>, refused: Option<Token>) -> Result<Token, StepError> {
        let task = tokio::spawn(async move {
            let mut held = held;
            let result = self.renew(&mut held, refused.as_ref()).await;
            held.failed = result.as_ref().err().cloned();
            self.slot.rounds.fetch_add(1, Ordering::AcqRel);
            result
        });
        task.await.unwrap_or_else(|_| Err(interrupted()))
    }

    async fn renew(&self, held: &mut Held, refused: Option<&Token>) -> Result<Token, StepError> {
        if held.is_unsaved {
            return self.settle(held).await;
        }
        if !held.is_loaded {
            held.token = self.load().await;
            held.is_loaded = true;
            if let Some(token) = held.good(self.now, refused) {
                *self.slot.fate() = self.fate(&token);
                return Ok(token);
            }
        }
        match self.ask(held).await {
            Ok(granted) => {
                held.take(granted, self.now, refused);
                self.settle(held).await
            }
            Err(error) => self.refused(held, refused, error),
        }
    }

    async fn ask(&self, held: &Held) -> Result<Granted, StepError> {
        match &*self.grantor {
            Grantor::ServiceAccount(account) => account.token(&self.client, &self.scope, self.now).await,
            Grantor::OAuth2(oauth) if oauth.grant == Grant::ClientCredentials => {
                oauth.by_credentials(&self.client, self.now).await
            }
            Grantor::OAuth2(oauth) => {
                let refresh = match &held.token {
                    Some(token) => token.refresh.as_ref(),
                    None => oauth.refresh_token.as_ref(),
                };
                let refresh = refresh.ok_or_else(|| oauth2::unauthorized(&self.connection))?;
                oauth.refresh(&self.client, refresh, self.now).await
            }
        }
    }

    /// The token, once it is kept.
    async fn settle(&self, held: &mut Held) -> Result<Token, StepError> {
        let Some(token) = held.token.clone() else { return Err(oauth2::unauthorized(&self.connection)) };
        if self.is_kept() {
            let (tokens, connection, identity) =
                (self.tokens.clone(), self.connection.clone(), self.slot.identity.clone());
            let kept = token.clone();
            let task = tokio::task::spawn_blocking(move || tokens.keep(&connection, &identity, &kept));
            let kept = task.await.unwrap_or(Err(StoreError::Closed));
            kept.map_err(|error| StepError::passing("store_failed", format!("the token could not be kept: {error}")))?;
        }
        held.is_unsaved = false;
        held.refused = None;
        *self.slot.fate() = self.fate(&token);
        if let Some(keeper) = &self.tokens.0.keeper {
            keeper.granted(&self.connection);
        }
        Ok(token)
    }

    /// A refusal is remembered. A token that still holds for a moment is used meanwhile.
    fn refused(&self, held: &mut Held, refused: Option<&Token>, error: StepError) -> Result<Token, StepError> {
        if error.recovery == run::error::Recovery::Permanent {
            held.refused = Some((self.now, error.clone()));
            let mut fate = self.slot.fate();
            let since = fate.refused.as_ref().map_or(self.now, |(since, _)| *since);
            fate.refused = Some((since, error.message.clone()));
            drop(fate);
            if let Some(keeper) = &self.tokens.0.keeper {
                keeper.refused(&self.connection, &error.message);
            }
        }
        held.rest(self.now, refused).ok_or(error)
    }

    /// What can be asked for again at any time does not end.
    fn fate(&self, token: &Token) -> Fate {
        Fate { ends: token.dies().filter(|_| self.is_kept()), refused: None }
    }

    /// Only what somebody allowed is kept: the rest can be asked for again.
    fn is_kept(&self) -> bool {
        matches!(&*self.grantor, Grantor::OAuth2(OAuth2 { grant: Grant::AuthorizationCode, .. }))
    }

    async fn load(&self) -> Option<Token> {
        if !self.is_kept() {
            return None;
        }
        let (tokens, connection, identity) = (self.tokens.clone(), self.connection.clone(), self.slot.identity.clone());
        tokio::task::spawn_blocking(move || tokens.load(&connection, &identity)).await.ok().flatten()
    }
}

fn scope(grantor: &Grantor, scopes: &[&str]) -> String {
    match grantor {
        Grantor::ServiceAccount(account) => account.scope(scopes),
        Grantor::OAuth2(oauth) => match oauth.grant {
            Grant::AuthorizationCode => String::new(),
            Grant::ClientCredentials => oauth.scopes.join(" "),
        },
    }
}

/// What tells a client of a token endpoint from others. A token is never sent to another one.
fn identity(grantor: &Grantor) -> String {
    let parts: Vec<&str> = match grantor {
        Grantor::ServiceAccount(account) => account.identity().to_vec(),
        Grantor::OAuth2(oauth) => {
            let secret = oauth.client_secret.as_ref().filter(|_| oauth.grant == Grant::ClientCredentials);
            vec![oauth.token.as_str(), &oauth.client_id, secret.map_or("", Secret::reveal)]
        }
    };
    let mut context = digest::Context::new(&SHA256);
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part.as_bytes());
    }
    let digest = context.finish();
    digest.as_ref().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn interrupted() -> StepError {
    StepError::passing("token_refused", "the request for a token was interrupted")
}
