//! `mail:` a mailbox and a rule that start runs.

use crate::diagnostic::Place;
use mail::Rule;
use std::sync::Arc;
use std::time::Duration;

/// How often a mailbox is looked into where the server cannot tell of new mails by itself.
pub const POLL: Duration = Duration::from_secs(60);

/// `mail:`.
#[derive(Clone, Debug, PartialEq)]
pub struct MailTrigger {
    /// The connection, of type `imap`.
    pub connection: Arc<str>,
    /// The folder.
    pub folder: Arc<str>,
    /// Which mails are meant.
    pub rule: Rule,
    /// What is done to a mail once its run is on disk.
    pub after: After,
    /// How often it is looked; [`POLL`] unless given.
    pub every: Duration,
    /// From when on mails count when the trigger is new; none: those that come from then on.
    pub since: Option<Since>,
    /// Where it stands in the text.
    pub place: Place,
}

/// What is done to a mail once its run is on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum After {
    /// Nothing.
    Nothing,
    /// It counts as read.
    Seen,
    /// It stands out.
    Flag,
    /// It goes to this folder.
    Move(Arc<str>),
    /// It is deleted.
    Delete,
}

/// From when on mails count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// All that are there.
    All,
    /// Those that came at this time or later, in milliseconds since 1970.
    Time(i64),
}
