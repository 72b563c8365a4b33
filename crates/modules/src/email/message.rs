//! From parameters to a message (RFC 5322).

use super::{Addresses, Parameters};
use crate::connections::Smtp;
use crate::spec::invalid;
use lettre::Message;
use lettre::message::header::{Bcc, Cc, ReplyTo, To};
use lettre::message::{Mailbox, Mailboxes, MultiPart, SinglePart};
use run::call::{Call, Delivery};
use run::error::StepError;
use std::time::{Duration, UNIX_EPOCH};

/// How many recipients a mail may have.
const MOST_RECIPIENTS: usize = 1_000;

/// The sender of a sandbox that knows none.
const NOBODY: &str = "sender@example.com";

/// A message, and what of it is told.
pub(super) struct Mail {
    pub(super) message: Message,
    pub(super) id: String,
    pub(super) from: Mailbox,
    pub(super) to: Mailboxes,
    pub(super) cc: Mailboxes,
    pub(super) bcc: Mailboxes,
    pub(super) reply_to: Mailboxes,
}

/// The message that the parameters describe.
pub(super) fn build(parameters: &Parameters, smtp: &Smtp, call: &Call<'_>) -> Result<Mail, StepError> {
    let from = sender(parameters, smtp)?;
    let to = mailboxes("to", &parameters.to)?;
    let cc = mailboxes("cc", &parameters.cc)?;
    let bcc = mailboxes("bcc", &parameters.bcc)?;
    let reply_to = mailboxes("reply_to", &parameters.reply_to)?;
    match [&to, &cc, &bcc].into_iter().map(|list| list.iter().count()).sum() {
        0 => return Err(invalid("the mail has no recipient")),
        1..=MOST_RECIPIENTS => {}
        many => return Err(invalid(format!("the mail has {many} recipients, and may have {MOST_RECIPIENTS}"))),
    }
    if parameters.subject.contains(char::is_control) {
        return Err(StepError::permanent("header_injection", "`subject` holds a line break or control character"));
    }
    let id = message_id(call.idempotency_key, &from);
    let now = Duration::from_millis(u64::try_from(call.now).unwrap_or_default());
    let mut builder = Message::builder()
        .message_id(Some(id.clone()))
        .date(UNIX_EPOCH + now)
        .from(from.clone())
        .subject(parameters.subject.as_str());
    if to.iter().next().is_some() {
        builder = builder.mailbox(To::from(to.clone()));
    }
    if cc.iter().next().is_some() {
        builder = builder.mailbox(Cc::from(cc.clone()));
    }
    if bcc.iter().next().is_some() {
        builder = builder.mailbox(Bcc::from(bcc.clone()));
    }
    if reply_to.iter().next().is_some() {
        builder = builder.mailbox(ReplyTo::from(reply_to.clone()));
    }
    let message = match (&parameters.text, &parameters.html) {
        (Some(text), Some(html)) => builder.multipart(MultiPart::alternative_plain_html(text.clone(), html.clone())),
        (Some(text), None) => builder.singlepart(SinglePart::plain(text.clone())),
        (None, Some(html)) => builder.singlepart(SinglePart::html(html.clone())),
        (None, None) => return Err(invalid("the mail has neither `text` nor `html`")),
    };
    let message = message.map_err(|error| invalid(format!("the mail cannot be written: {error}")))?;
    Ok(Mail { message, id, from, to, cc, bcc, reply_to })
}

fn sender(parameters: &Parameters, smtp: &Smtp) -> Result<Mailbox, StepError> {
    if let Some(text) = &parameters.from {
        return mailbox("from", text);
    }
    match &smtp.from {
        Some(from) => Ok(from.clone()),
        None if smtp.delivery == Delivery::Sandbox => mailbox("from", NOBODY),
        None => Err(invalid("the mail has no sender").hint("give `from` here or on the connection")),
    }
}

fn mailboxes(parameter: &str, addresses: &Addresses) -> Result<Mailboxes, StepError> {
    let texts = match addresses {
        Addresses::One(text) => std::slice::from_ref(text),
        Addresses::Many(texts) => texts.as_slice(),
    };
    let mut all = Mailboxes::new();
    for text in texts.iter().filter(|text| !text.trim().is_empty()) {
        check(parameter, text)?;
        all.extend(text.parse::<Mailboxes>().map_err(|_| no_address(parameter, text))?);
    }
    Ok(all)
}

fn mailbox(parameter: &str, text: &str) -> Result<Mailbox, StepError> {
    check(parameter, text)?;
    text.trim().parse().map_err(|_| no_address(parameter, text))
}

/// A line break in an address would begin a header or an SMTP command of its own (CWE-93).
fn check(parameter: &str, text: &str) -> Result<(), StepError> {
    if text.contains(char::is_control) { Err(no_address(parameter, text)) } else { Ok(()) }
}

fn no_address(parameter: &str, text: &str) -> StepError {
    StepError::permanent("invalid_address", format!("`{parameter}`: {text:?} is no mail address"))
        .hint("write `ann@example.com` or `Ann <ann@example.com>`")
}

/// `<key@sender's domain>`: the same for every attempt of the step.
fn message_id(key: &str, from: &Mailbox) -> String {
    let key: String =
        key.chars().map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' }).collect();
    format!("<{}@{}>", key.trim_matches('.'), from.email.domain())
}
