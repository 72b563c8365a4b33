//! From the bytes of a mail to the input of a run.

use mail::Mail;
use run::files::Files;
use run::id::Millis;
use run::input::{Input, Source};
use run::mailbox::{Envelope, MOST_MAIL};
use run::payload::Payload;
use run::tables::StoreError;
use serde_json::Value;

/// What is to be said of a mail of which only the header was read.
pub(super) fn too_large(mut mail: Mail) -> Mail {
    mail.notes.push(format!("the mail has {} bytes; of more than {MOST_MAIL}, only the header is read", mail.size));
    mail
}

/// The input of the runs that a mail starts, with its files kept. Blocks for the disk.
pub(super) fn input(
    mail: Mail,
    envelope: Envelope,
    folder: &str,
    now: Millis,
    files: &Files,
) -> Result<Input, StoreError> {
    let (mut body, files) = kept(mail, files)?;
    body["uid"] = envelope.uid.into();
    body["folder"] = folder.into();
    let at = if envelope.arrived > 0 { envelope.arrived } else { now };
    Ok(Input { source: Source::Mail, at, request: None, body: Payload::of_value(&body), raw: None, files })
}

/// The fields of a mail with its files kept, and these as `trigger.files`. Blocks for the disk.
pub(crate) fn kept(mut mail: Mail, files: &Files) -> Result<(Value, Option<Payload>), StoreError> {
    let (mut listed, mut failed) = (Vec::new(), None);
    mail.attachments_mut(&mut |attachment| {
        let content = std::mem::take(&mut attachment.content);
        match files.keep(&attachment.name, &attachment.content_type, &content) {
            Ok(file) => {
                attachment.file = serde_json::to_value(file).unwrap_or_default();
                listed.push(attachment.file.clone());
            }
            Err(error) => failed = Some(error),
        }
    });
    if let Some(error) = failed {
        return Err(error);
    }
    let body = serde_json::to_value(mail).map_err(|error| StoreError::Failed(error.to_string().into()))?;
    Ok((body, (!listed.is_empty()).then(|| Payload::of_value(&Value::Array(listed)))))
}
