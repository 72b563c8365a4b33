//! The contract of mailboxes: what a trigger asks of the server that keeps somebody's mails. Whoever implements it has the
//! connections; whoever uses it knows neither passwords nor the protocol.

use crate::call::BoxFuture;
use crate::error::StepError;
use crate::id::Millis;
use std::fmt;
use std::time::Duration;

/// As much of one mail is read, in bytes; of a larger one the header alone.
pub const MOST_MAIL: u64 = 40 * 1024 * 1024;

/// The mailboxes of all connections.
pub trait Mailboxes: Send + Sync + fmt::Debug {
    /// Logs in. `now` is for tokens that end. None where the connection is a sandbox, to which nobody writes.
    fn open<'a>(
        &'a self,
        connection: &'a str,
        now: Millis,
    ) -> BoxFuture<'a, Result<Option<Box<dyn Mailbox>>, StepError>>;
}

/// A mailbox that somebody is logged in to. After an error that may pass, it is done with: another is opened.
pub trait Mailbox: Send {
    /// Whose it is, the same at each login: names of runs are derived from it.
    fn account(&self) -> &str;

    /// Goes to this folder, which all that follows is about. One that does not exist is a permanent error.
    fn select<'a>(&'a mut self, folder: &'a str) -> BoxFuture<'a, Result<Folder, StepError>>;

    /// The mails with a greater number than this that are not marked as deleted, in ascending order; where `since` is given,
    /// only those that came on that day or later.
    fn above(&mut self, uid: u32, since: Option<Millis>) -> BoxFuture<'_, Result<Vec<u32>, StepError>>;

    /// When these came, and how long they are; those that are gone are left out.
    fn envelopes<'a>(&'a mut self, uids: &'a [u32]) -> BoxFuture<'a, Result<Vec<Envelope>, StepError>>;

    /// The header of a mail, none where it is gone. It stays unread.
    fn head(&mut self, uid: u32) -> BoxFuture<'_, Result<Option<Vec<u8>>, StepError>>;

    /// All of a mail that is no longer than [`MOST_MAIL`], none where it is gone. It stays unread.
    fn whole(&mut self, uid: u32) -> BoxFuture<'_, Result<Option<Vec<u8>>, StepError>>;

    /// Does this to a mail; one that is gone is done with. To do it again changes nothing.
    fn act<'a>(&'a mut self, uid: u32, act: &'a Act) -> BoxFuture<'a, Result<(), StepError>>;

    /// How much of the room for the folder's mails is taken, in percent (RFC 9208); none where the server does not say.
    fn taken(&mut self) -> BoxFuture<'_, Result<Option<u64>, StepError>>;

    /// Comes back when something has happened in the folder, or when the time is over. A server that cannot tell makes it
    /// wait for `poll` at most.
    fn wait(&mut self, poll: Duration) -> BoxFuture<'_, Result<(), StepError>>;
}

/// A folder as it is when somebody goes there (RFC 3501 §2.3.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Folder {
    /// Numbers of mails hold as long as this stays the same.
    pub validity: u32,
    /// The number that the next mail gets; none where the server does not say.
    pub next: Option<u32>,
}

/// What a server knows of a mail without looking into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// Its number in the folder.
    pub uid: u32,
    /// How long it is, in bytes.
    pub size: u64,
    /// When it came, in milliseconds since 1970.
    pub arrived: Millis,
}

/// What is done to a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// It counts as read (`\Seen`).
    Seen,
    /// It counts as unread.
    Unseen,
    /// It stands out (`\Flagged`).
    Flag,
    /// It stands out no longer.
    Unflag,
    /// It goes to this folder, which is made where there is none.
    Move(String),
    /// It is gone.
    Delete,
}
