//! `email.mark`.

use super::act::{Act, Uids, inbox};
use super::session::Session;
use run::error::StepError;
use run::files::Files;
use run::mailbox;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

/// Marks mails as read or unread, lets them stand out, or deletes them. The output has `count`: how many there were to
/// mark.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Mark {
    /// The folder.
    #[serde(default = "inbox")]
    folder: String,
    /// The mail's number, or a list of numbers, as `email.search` gives them.
    uid: Uids,
    /// As what.
    #[serde(rename = "as")]
    mark: As,
}

/// What a mail is marked as.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum As {
    Seen,
    Unseen,
    Flagged,
    Unflagged,
    Deleted,
}

impl Act for Mark {
    const NAME: &'static str = "email.mark";

    fn shown() -> (Value, Value) {
        (json!({ "uid": 4392, "as": "seen" }), json!({ "count": 1 }))
    }

    async fn run(self, session: &mut Session, _files: &Files) -> Result<Value, StepError> {
        session.select(&self.folder).await?;
        let act = match self.mark {
            As::Seen => mailbox::Act::Seen,
            As::Unseen => mailbox::Act::Unseen,
            As::Flagged => mailbox::Act::Flag,
            As::Unflagged => mailbox::Act::Unflag,
            As::Deleted => mailbox::Act::Delete,
        };
        for uid in self.uid.all() {
            session.act(*uid, &act).await?;
        }
        Ok(json!({ "count": self.uid.all().len() }))
    }
}
