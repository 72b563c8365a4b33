//! From parameters to a message (RFC 5322): its bytes, and its envelope.

use super::Parameters;
use super::addresses::{mailbox, mailboxes};
use super::attached::Attached;
use super::content::Content;
use super::extra::write_own;
use super::head::{Head, one_line};
use crate::connections::Smtp;
use crate::spec::invalid;
use jiff::Timestamp;
use lettre::address::Envelope;
use lettre::message::Mailbox;
use run::call::{Call, Delivery};
use run::error::StepError;
use run::id::Millis;

/// How many recipients a mail may have.
const MOST_RECIPIENTS: usize = 1_000;
/// How long a subject may be, in characters.
const LONGEST_SUBJECT: usize = 2_000;

/// The sender of a sandbox that knows none.
const NOBODY: &str = "sender@example.com";

/// A message, and what of it is told.
pub(super) struct Mail {
    pub(super) envelope: Envelope,
    pub(super) bytes: Vec<u8>,
    pub(super) id: String,
    pub(super) people: People,
    pub(super) subject: String,
}

/// Who has to do with a mail.
pub(super) struct People {
    pub(super) from: Mailbox,
    sender: Option<Mailbox>,
    pub(super) to: Vec<Mailbox>,
    pub(super) cc: Vec<Mailbox>,
    pub(super) bcc: Vec<Mailbox>,
    pub(super) reply_to: Vec<Mailbox>,
}

impl People {
    /// Those that the parameters name; the one who is answered where they name nobody.
    pub(super) fn read(parameters: &Parameters, smtp: &Smtp) -> Result<Self, StepError> {
        let sender = parameters.sender.as_deref().map(|text| mailbox("sender", text)).transpose()?;
        let mut people = Self {
            from: from(parameters, smtp)?,
            sender,
            to: mailboxes("to", &parameters.to)?,
            cc: mailboxes("cc", &parameters.cc)?,
            bcc: mailboxes("bcc", &parameters.bcc)?,
            reply_to: mailboxes("reply_to", &parameters.reply_to)?,
        };
        if people.count() == 0
            && let Some(answered) = &parameters.answers
        {
            people.to.extend(answered.recipient()?);
        }
        match people.count() {
            0 => Err(invalid("the mail has no recipient")),
            1..=MOST_RECIPIENTS => Ok(people),
            many => Err(invalid(format!("the mail has {many} recipients, and may have {MOST_RECIPIENTS}"))),
        }
    }

    fn count(&self) -> usize {
        self.to.len() + self.cc.len() + self.bcc.len()
    }

    /// Who hands the mail to whom: each address once.
    fn envelope(&self, return_path: Option<&str>) -> Result<Envelope, StepError> {
        let back = match return_path.map(str::trim) {
            None => Some(self.sender.as_ref().unwrap_or(&self.from).email.clone()),
            // RFC 5321 §4.5.5: of a mail that nothing may come back for.
            Some("<>") => None,
            Some(text) => Some(mailbox("return_path", text)?.email),
        };
        let mut to = Vec::with_capacity(self.count());
        for mailbox in [&self.to, &self.cc, &self.bcc].into_iter().flatten() {
            if !to.contains(&mailbox.email) {
                to.push(mailbox.email.clone());
            }
        }
        Envelope::new(back, to).map_err(|error| invalid(error.to_string()))
    }
}

/// The message that the parameters describe, with these files. `boundary` stands between its parts.
pub(super) fn build(
    parameters: &Parameters,
    people: People,
    files: Vec<Attached>,
    boundary: String,
    call: &Call<'_>,
) -> Result<Mail, StepError> {
    let envelope = people.envelope(parameters.return_path.as_deref())?;
    let subject = match (&parameters.subject, &parameters.answers) {
        (Some(subject), _) => subject.clone(),
        (None, Some(answered)) => answered.subject(),
        (None, None) => String::new(),
    };
    one_line("subject", &subject)?;
    if subject.chars().count() > LONGEST_SUBJECT {
        return Err(invalid(format!("`subject` has more than {LONGEST_SUBJECT} characters")));
    }
    let id = message_id(call.idempotency_key, &people.from);
    let mut head = Head::default();
    head.tokens("Message-ID", [id.as_str()], " ");
    head.text("Date", &date(call.now)?);
    head.mailboxes("From", [&people.from]);
    head.mailboxes("Sender", people.sender.as_ref());
    head.text("Subject", &subject);
    for (name, list) in [("To", &people.to), ("Cc", &people.cc), ("Reply-To", &people.reply_to)] {
        head.mailboxes(name, list);
    }
    if let Some(answered) = &parameters.answers {
        answered.write(&mut head);
    }
    parameters.priority.write(&mut head);
    if let Some(list) = &parameters.list {
        list.write(&mut head)?;
    }
    write_own(&parameters.headers, &mut head)?;
    head.text("MIME-Version", "1.0");
    let html = parameters.html.as_deref().filter(|html| !html.is_empty());
    let text = parameters.text.as_deref().filter(|text| html.is_none() || !text.trim().is_empty());
    let content = Content { text, html, files, boundary };
    let mut bytes = head.lines().into_bytes();
    bytes.extend(content.bytes()?);
    Ok(Mail { envelope, bytes, id, people, subject })
}

fn from(parameters: &Parameters, smtp: &Smtp) -> Result<Mailbox, StepError> {
    if let Some(text) = &parameters.from {
        return mailbox("from", text);
    }
    match &smtp.from {
        Some(from) => Ok(from.clone()),
        None if smtp.delivery == Delivery::Sandbox => mailbox("from", NOBODY),
        None => Err(invalid("the mail has no sender").hint("give `from` here or on the connection")),
    }
}

/// When it is sent, in the time of no place (RFC 5322 §3.3).
fn date(now: Millis) -> Result<String, StepError> {
    let time = Timestamp::from_millisecond(now).map_err(|error| invalid(error.to_string()))?;
    Ok(time.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string())
}

/// `<key@sender's domain>`: the same for every attempt of the step.
fn message_id(key: &str, from: &Mailbox) -> String {
    let key: String =
        key.chars().map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' }).collect();
    format!("<{}@{}>", key.trim_matches('.'), from.email.domain())
}
