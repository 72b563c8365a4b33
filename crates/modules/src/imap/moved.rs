//! `email.move`.

use super::act::{Act, Uids, inbox};
use super::session::Session;
use run::error::StepError;
use run::files::Files;
use run::mailbox;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

/// Moves mails to another folder, which is made where there is none. The output has `count`: how many there were to move.
/// A mail gets another number there.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Move {
    /// The folder where it is.
    #[serde(default = "inbox")]
    folder: String,
    /// The mail's number, or a list of numbers, as `email.search` gives them.
    uid: Uids,
    /// The folder where it goes.
    to: String,
}

impl Act for Move {
    const NAME: &'static str = "email.move";

    fn shown() -> (Value, Value) {
        (json!({ "uid": 4392, "to": "Archive" }), json!({ "count": 1 }))
    }

    async fn run(self, session: &mut Session, _files: &Files) -> Result<Value, StepError> {
        session.select(&self.folder).await?;
        let act = mailbox::Act::Move(self.to);
        for uid in self.uid.all() {
            session.act(*uid, &act).await?;
        }
        Ok(json!({ "count": self.uid.all().len() }))
    }
}
