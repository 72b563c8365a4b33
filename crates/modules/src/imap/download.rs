//! `email.download`.

use super::act::{Act, inbox};
use super::session::Session;
use crate::file::failed;
use run::error::StepError;
use run::files::Files;
use run::tables::StoreError;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

/// Reads a whole mail. The output is what `trigger` is to a scenario that begins with a mail: `from`, `to`, `cc`, `subject`,
/// `date`, `text`, `html`, `headers`, `message_id` and `attachments`, each of which has its `name`, `content_type`, `size` and
/// its `file`. The mail stays unread.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Download {
    /// The folder.
    #[serde(default = "inbox")]
    folder: String,
    /// The mail's number, as `email.search` gives it.
    uid: u32,
}

impl Act for Download {
    const NAME: &'static str = "email.download";

    fn shown() -> (Value, Value) {
        let file = json!({
            "name": "", "filename": "statement.csv", "content_type": "text/csv", "size": 5, "base64": "YSxiDQo=",
            "sha256": "6fbd0bf9ce2f3f3a4b8fb8c0ee0d1d1ab2f2a6f0f4a8e9d4a5a1c0a6f7e8d9c0",
        });
        let sample = json!({
            "uid": 4392,
            "from": { "name": "First Bank", "address": "statement@bank.example" },
            "to": [{ "name": "", "address": "shop@example.com" }],
            "cc": [],
            "subject": "Statement of November",
            "date": "2026-11-23T08:00:00+08:00",
            "message_id": "s1@bank.example",
            "text": "Your statement is attached.",
            "html": null,
            "attachments": [{
                "name": "statement.csv", "content_type": "text/csv", "size": 5, "inline": false, "content_id": null,
                "file": file,
            }],
            "auto": false,
            "size": 48_210,
        });
        (json!({ "uid": 4392 }), sample)
    }

    async fn run(self, session: &mut Session, files: &Files) -> Result<Value, StepError> {
        session.examine(&self.folder).await?;
        let gone = || {
            let message = format!("there is no mail {} in `{}`", self.uid, self.folder);
            StepError::permanent("mail_unknown", message)
                .hint("take its number from `email.search`, in the same folder")
        };
        let bytes = session.whole(self.uid).await?.ok_or_else(gone)?;
        let (uid, files) = (self.uid, files.clone());
        let read = tokio::task::spawn_blocking(move || told(&bytes, uid, &files)).await;
        read.unwrap_or(Err(StoreError::Closed)).map_err(|error| failed(&error))
    }
}

fn told(bytes: &[u8], uid: u32, files: &Files) -> Result<Value, StoreError> {
    let mut mail = mail::read(bytes);
    let mut kept = Ok(());
    mail.attachments_mut(&mut |attachment| match files.keep(
        &attachment.name,
        &attachment.content_type,
        &attachment.content,
    ) {
        Ok(file) => attachment.file = serde_json::to_value(file).unwrap_or_default(),
        Err(error) => kept = Err(error),
    });
    kept?;
    let mut value = serde_json::to_value(mail).map_err(|error| StoreError::Failed(error.to_string().into()))?;
    value["uid"] = uid.into();
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attachments_become_files() {
        let files = Files::new(store::open("memory:").unwrap().blobs, &run::resume::ResumeKey([7; 32]));
        let text = b"Subject: x\r\nContent-Type: text/csv; name=a.csv\r\nContent-Disposition: attachment\r\n\r\na,b";
        let value = told(text, 7, &files).unwrap();
        assert_eq!((&value["uid"], &value["attachments"][0]["file"]["base64"]), (&json!(7), &json!("YSxi")));
    }
}
