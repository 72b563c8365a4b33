//! Mailboxes by IMAP (RFC 9051, RFC 3501): a conversation within bounds, and what steps and triggers ask of it. What servers
//! say is read by `imap-proto`.

mod act;
mod answer;
mod download;
mod folder_name;
mod mailbox;
mod mark;
mod moved;
mod search;
mod session;

pub use mailbox::mailboxes;

use crate::auth::{self, Token, Tokens};
use crate::catalog::Shared;
use crate::client::{Bounds, Client};
use crate::connections::{Connections, Remote};
use crate::guard::Trust;
use crate::wire;
use act::Operation;
use run::call::Module;
use run::error::StepError;
use run::files::Files;
use run::id::Millis;
pub(crate) use session::Session;
use std::sync::Arc;
use std::time::Duration;

/// The scope that lets read and send mail at Google, where it is asked for here.
const MAIL: &str = "https://mail.google.com/";

/// What asking for a token may cost. Redirects are not followed: they may lead anywhere.
const BOUNDS: Bounds = Bounds { redirects: 0, max_response: 64 * 1024, timeout: Duration::from_secs(15) };

/// All modules.
pub(crate) fn all(shared: &Arc<Shared>, files: &Files) -> [Arc<dyn Module>; 4] {
    [
        Operation::<download::Download>::module(shared, files),
        Operation::<mark::Mark>::module(shared, files),
        Operation::<moved::Move>::module(shared, files),
        Operation::<search::Search>::module(shared, files),
    ]
}

/// Logs in and looks into the inbox, which stays as it is.
pub(crate) async fn knock(asking: Asking<'_>, remote: &Remote) -> Result<String, StepError> {
    let mut session = open(asking, remote).await?;
    let mails = session.examine("INBOX").await?;
    session.log_out().await;
    Ok(format!("the inbox has {mails} mails"))
}

/// Who asks for the tokens of connections that speak for mailboxes.
#[derive(Clone, Copy)]
pub(crate) struct Asking<'a> {
    pub(crate) connections: &'a Connections,
    pub(crate) client: &'a Arc<Client>,
    pub(crate) tokens: &'a Tokens,
    pub(crate) now: Millis,
}

/// The token of the connection of this name that speaks for another one, where there is one; in place of one that was
/// refused, another one, where that is of use.
pub(crate) async fn token(
    asking: Asking<'_>,
    oauth: Option<&str>,
    refused: Option<&Token>,
) -> Result<Option<Token>, StepError> {
    let Some(name) = oauth else { return Ok(None) };
    let Some(grantor) = asking.connections.grantor(name)? else { return Err(asking.connections.unfit(name)) };
    let scheme = auth::Scheme::Token(Arc::clone(grantor));
    let trust = Trust::default();
    let pass = auth::Pass { connection: Some(name), scheme: &scheme, scopes: &[MAIL], trust, now: asking.now };
    let way = auth::Way::new(asking.client, asking.tokens, pass, BOUNDS);
    match refused {
        None => way.token().await,
        Some(refused) => way.instead_of(refused).await,
    }
}

/// Connects and logs in, by password or by a token of the connection that speaks for the mailbox. A token that is refused
/// before its time is replaced once.
pub(crate) async fn open(asking: Asking<'_>, remote: &Remote) -> Result<Session, StepError> {
    let Some(name) = remote.oauth.as_deref() else { return Session::open(remote, None).await };
    let Some(grantor) = asking.connections.grantor(name)? else { return Err(asking.connections.unfit(name)) };
    let scheme = auth::Scheme::Token(Arc::clone(grantor));
    let trust = Trust::default();
    let pass = auth::Pass { connection: Some(name), scheme: &scheme, scopes: &[MAIL], trust, now: asking.now };
    let way = auth::Way::new(asking.client, asking.tokens, pass, BOUNDS);
    let Some(mut token) = way.token().await? else { return Session::open(remote, None).await };
    let mut opened = Session::open(remote, Some(token.access())).await;
    if is_refused(&opened)
        && let Some(fresh) = way.instead_of(&token).await?
    {
        token = fresh;
        opened = Session::open(remote, Some(token.access())).await;
    }
    if is_refused(&opened) {
        // What was granted only now and is refused as well: nobody asks for another at once.
        way.instead_of(&token).await?;
    } else if opened.is_ok() {
        way.taken(&token).await;
    }
    opened
}

fn is_refused(opened: &Result<Session, StepError>) -> bool {
    opened.as_ref().is_err_and(|error| error.code == wire::LOGIN_REFUSED)
}
