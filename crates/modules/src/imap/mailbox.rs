//! The mailboxes of connections, as triggers are given them.

use super::answer::{Fetched, Heard};
use super::session::{Word, quoted};
use super::{Asking, Session, open};
use crate::auth::Tokens;
use crate::catalog::Options;
use crate::client::Client;
use crate::connections::{Connections, Protocol, Remote, incomplete};
use crate::guard::Guard;
use crate::wire::in_time;
use jiff::{Timestamp, tz::TimeZone};
use run::call::{BoxFuture, Delivery};
use run::error::StepError;
use run::files::Files;
use run::id::Millis;
use run::mailbox::{Act, Envelope, Folder, MOST_MAIL, Mailbox, Mailboxes};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// How long a server may take to answer.
const PATIENCE: Duration = Duration::from_secs(15);
/// After so long without news it is asked whether the server is still there. Servers take half an hour for the end of an
/// IDLE (RFC 2177), but connections that die in silence are found out only so, and that has to be told within a minute.
const REARM: Duration = Duration::from_secs(25);
/// How long it may take to say that it is.
const SIGN_OF_LIFE: Duration = Duration::from_secs(8);
/// As much of a mail is asked for at once, in bytes.
const PIECE: usize = 1024 * 1024;
/// As much of a header is read, in bytes.
const MOST_HEAD: usize = 256 * 1024;

/// The mailboxes of these connections.
pub fn mailboxes(connections: Arc<Connections>, files: &Files, options: Options) -> Arc<dyn Mailboxes> {
    let guard = Guard::new(options.allow_private).listening(options.listeners);
    let client = Arc::new(Client::new(guard, files.clone()));
    Arc::new(Imap { connections, client, tokens: options.tokens })
}

struct Imap {
    connections: Arc<Connections>,
    client: Arc<Client>,
    tokens: Tokens,
}

impl std::fmt::Debug for Imap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Imap").finish_non_exhaustive()
    }
}

impl Mailboxes for Imap {
    fn open<'a>(
        &'a self,
        connection: &'a str,
        now: Millis,
    ) -> BoxFuture<'a, Result<Option<Box<dyn Mailbox>>, StepError>> {
        Box::pin(async move {
            let found = self.connections.remote(connection, Protocol::Imap)?;
            if found.delivery == Delivery::Sandbox {
                return Ok(None);
            }
            let remote = found.remote.clone().ok_or_else(incomplete)?;
            let asking = Asking { connections: &self.connections, client: &self.client, tokens: &self.tokens, now };
            let session = in_time(PATIENCE, &remote, open(asking, &remote)).await?;
            let account = format!("{}@{}:{}", remote.user.as_deref().unwrap_or_default(), remote.host, remote.port);
            let folder = String::new();
            Ok(Some(Box::new(Open { session, remote, account, folder }) as Box<dyn Mailbox>))
        })
    }
}

/// A mailbox that we are logged in to.
struct Open {
    session: Session,
    remote: Remote,
    account: String,
    /// Where it is.
    folder: String,
}

impl Session {
    /// Goes to a folder for work in it.
    pub(super) async fn select(&mut self, folder: &str) -> Result<Folder, StepError> {
        let told = self.go("SELECT", folder).await?;
        let mut selected = Folder { validity: 0, next: None };
        for heard in told {
            match heard {
                Heard::Validity(validity) => selected.validity = validity,
                Heard::Next(next) => selected.next = Some(next),
                _ => {}
            }
        }
        Ok(selected)
    }

    /// What is told of these mails.
    pub(super) async fn fetch(&mut self, uids: &[u32], what: &str) -> Result<Vec<Fetched>, StepError> {
        if uids.is_empty() {
            return Ok(Vec::new());
        }
        let set = uids.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
        let told = self.ask(&[Word::Plain(&format!("UID FETCH {set} ({what})"))]).await?;
        let mails =
            told.into_iter().filter_map(|heard| if let Heard::Fetched(mail) = heard { Some(mail) } else { None });
        Ok(mails.filter(|mail| mail.uid.is_some_and(|uid| uids.contains(&uid))).collect())
    }

    /// Looks for mails; the words are those of RFC 3501 §6.4.4.
    pub(super) async fn search(&mut self, words: &[Word<'_>]) -> Result<Vec<u32>, StepError> {
        let told = self.ask(words).await?;
        let mut uids: Vec<u32> =
            told.into_iter().flat_map(|heard| if let Heard::Found(uids) = heard { uids } else { Vec::new() }).collect();
        uids.sort_unstable();
        uids.dedup();
        Ok(uids)
    }

    /// How much of the room for a folder's mails is taken, in percent; of several bounds, the one that is reached first.
    async fn taken(&mut self, folder: &str) -> Result<Option<u64>, StepError> {
        if !self.can("QUOTA").await? {
            return Ok(None);
        }
        // Who may not ask is not told, which is no reason not to read mails.
        let (_, told) = self.asked(&[Word::Plain(&format!("GETQUOTAROOT {}", quoted(folder)))]).await?;
        Ok(told.into_iter().filter_map(|heard| if let Heard::Taken(taken) = heard { Some(taken) } else { None }).max())
    }

    /// Does this to a mail. One that is gone is done with.
    pub(super) async fn act(&mut self, uid: u32, act: &Act) -> Result<(), StepError> {
        let store = match act {
            Act::Seen => "+FLAGS.SILENT (\\Seen)",
            Act::Unseen => "-FLAGS.SILENT (\\Seen)",
            Act::Flag => "+FLAGS.SILENT (\\Flagged)",
            Act::Unflag => "-FLAGS.SILENT (\\Flagged)",
            Act::Delete => return self.remove(uid).await,
            Act::Move(folder) => return self.move_to(uid, folder).await,
        };
        self.ask(&[Word::Plain(&format!("UID STORE {uid} {store}"))]).await.map(drop)
    }

    /// Marks the mail and has it removed. A server that removes marked mails only all at once is left with the mark.
    async fn remove(&mut self, uid: u32) -> Result<(), StepError> {
        self.ask(&[Word::Plain(&format!("UID STORE {uid} +FLAGS.SILENT (\\Deleted)"))]).await?;
        if self.can("UIDPLUS").await? {
            self.ask(&[Word::Plain(&format!("UID EXPUNGE {uid}"))]).await?;
        }
        Ok(())
    }

    async fn move_to(&mut self, uid: u32, folder: &str) -> Result<(), StepError> {
        let is_able = self.can("MOVE").await?;
        let command = format!("UID {} {uid} {}", if is_able { "MOVE" } else { "COPY" }, quoted(folder));
        let (refused, _) = self.asked(&[Word::Plain(&command)]).await?;
        if let Some(why) = refused {
            if !why.to_ascii_uppercase().contains("[TRYCREATE]") {
                return Err(StepError::permanent(
                    "server_refused",
                    format!("the mail was not moved to `{folder}`: {why}"),
                ));
            }
            self.ask(&[Word::Plain(&format!("CREATE {}", quoted(folder)))]).await?;
            self.ask(&[Word::Plain(&command)]).await?;
        }
        if is_able { Ok(()) } else { self.remove(uid).await }
    }

    /// All of a mail, piece by piece; none where it is gone.
    pub(super) async fn whole(&mut self, uid: u32) -> Result<Option<Vec<u8>>, StepError> {
        let mut whole = Vec::new();
        loop {
            let what = format!("UID BODY.PEEK[]<{}.{PIECE}>", whole.len());
            let piece = self.fetch(&[uid], &what).await?.into_iter().find_map(|mail| mail.body);
            let Some(piece) = piece else { return Ok((!whole.is_empty()).then_some(whole)) };
            whole.extend_from_slice(&piece);
            if piece.len() < PIECE {
                return Ok(Some(whole));
            }
            if whole.len() as u64 > MOST_MAIL {
                return Err(StepError::permanent("too_large", format!("the mail has more than {MOST_MAIL} bytes")));
            }
        }
    }

    /// The header of a mail; none where it is gone.
    pub(super) async fn head(&mut self, uid: u32) -> Result<Option<Vec<u8>>, StepError> {
        let what = format!("UID BODY.PEEK[HEADER]<0.{MOST_HEAD}>");
        Ok(self.fetch(&[uid], &what).await?.into_iter().find_map(|mail| mail.header))
    }
}

/// A day as searches name it, `23-Nov-2026`: a day early, as the server has a zone of its own.
pub(super) fn day(since: Millis) -> String {
    let time = Timestamp::from_millisecond(since.saturating_sub(86_400_000)).unwrap_or(Timestamp::UNIX_EPOCH);
    time.to_zoned(TimeZone::UTC).strftime("%-d-%b-%Y").to_string()
}

impl Mailbox for Open {
    fn account(&self) -> &str {
        &self.account
    }

    fn select<'a>(&'a mut self, folder: &'a str) -> BoxFuture<'a, Result<Folder, StepError>> {
        folder.clone_into(&mut self.folder);
        Box::pin(in_time(PATIENCE, &self.remote, self.session.select(folder)))
    }

    fn above(&mut self, uid: u32, since: Option<Millis>) -> BoxFuture<'_, Result<Vec<u32>, StepError>> {
        Box::pin(async move {
            let since = since.map(|since| format!(" SINCE {}", day(since))).unwrap_or_default();
            let command = format!("UID SEARCH UID {}:* UNDELETED{since}", uid.saturating_add(1));
            let words = [Word::Plain(&command)];
            let mut found = in_time(PATIENCE, &self.remote, self.session.search(&words)).await?;
            // `n:*` names the last mail even where it comes before n.
            found.retain(|found| *found > uid);
            Ok(found)
        })
    }

    fn envelopes<'a>(&'a mut self, uids: &'a [u32]) -> BoxFuture<'a, Result<Vec<Envelope>, StepError>> {
        Box::pin(async move {
            let fetching = self.session.fetch(uids, "UID RFC822.SIZE INTERNALDATE");
            let mails = in_time(PATIENCE, &self.remote, fetching).await?;
            let envelope = |mail: Fetched| {
                Some(Envelope { uid: mail.uid?, size: mail.size?, arrived: mail.arrived.unwrap_or_default() })
            };
            let mut envelopes: Vec<_> = mails.into_iter().filter_map(envelope).collect();
            envelopes.sort_by_key(|envelope| envelope.uid);
            envelopes.dedup_by_key(|envelope| envelope.uid);
            Ok(envelopes)
        })
    }

    fn head(&mut self, uid: u32) -> BoxFuture<'_, Result<Option<Vec<u8>>, StepError>> {
        Box::pin(in_time(PATIENCE, &self.remote, self.session.head(uid)))
    }

    fn whole(&mut self, uid: u32) -> BoxFuture<'_, Result<Option<Vec<u8>>, StepError>> {
        // Forty pieces of a mebibyte take longer over a slow line than one answer may.
        Box::pin(in_time(PATIENCE * 20, &self.remote, self.session.whole(uid)))
    }

    fn act<'a>(&'a mut self, uid: u32, act: &'a Act) -> BoxFuture<'a, Result<(), StepError>> {
        Box::pin(in_time(PATIENCE, &self.remote, self.session.act(uid, act)))
    }

    fn taken(&mut self) -> BoxFuture<'_, Result<Option<u64>, StepError>> {
        Box::pin(in_time(PATIENCE, &self.remote, self.session.taken(&self.folder)))
    }

    fn wait(&mut self, poll: Duration) -> BoxFuture<'_, Result<(), StepError>> {
        Box::pin(async move {
            if in_time(PATIENCE, &self.remote, self.session.can("IDLE")).await? {
                let most = REARM.min(poll);
                return in_time(most + SIGN_OF_LIFE, &self.remote, self.session.idle(most)).await;
            }
            let end = Instant::now() + poll;
            while !end.saturating_duration_since(Instant::now()).is_zero() {
                tokio::time::sleep_until(end.min(Instant::now() + REARM)).await;
                in_time(SIGN_OF_LIFE, &self.remote, self.session.ask(&[Word::Plain("NOOP")])).await?;
            }
            Ok(())
        })
    }
}
