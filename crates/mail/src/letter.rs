//! A mail as scenarios see it: who wrote to whom, its text, and what is attached.

mod body;

use crate::charset::first_label;
use crate::head::{Head, clean};
use crate::part::{self, Budget, Part};
use mail_parser::{Addr, HeaderName};
use serde::Serialize;
use serde_json::{Map, Value};

/// So deep are mails looked into that are attached to mails.
const DEEPEST: usize = 5;

/// A mail. As JSON, its fields are what expressions read.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Mail {
    /// Who says to have written it: the first address of `From`.
    pub from: Option<Address>,
    /// To whom.
    pub to: Vec<Address>,
    /// To whom a copy went.
    pub cc: Vec<Address>,
    /// Where answers should go, where that is said.
    pub reply_to: Option<Address>,
    /// What it is about, in one line.
    pub subject: String,
    /// When it says that it was written: RFC 3339, with the writer's offset.
    pub date: Option<String>,
    /// Its name, without angle brackets.
    pub message_id: Option<String>,
    /// The mail that it answers.
    pub in_reply_to: Option<String>,
    /// The mails of the conversation, the oldest first.
    pub references: Vec<String>,
    /// What it says as plain text; made of the HTML where there is no other.
    pub text: String,
    /// The same as HTML, as it was sent: not made safe.
    pub html: Option<String>,
    /// All header fields, with lower-case names; one that stands there several times is a list.
    pub headers: Map<String, Value>,
    /// What is attached, or shown within the text.
    pub attachments: Vec<Attachment>,
    /// The mailing list that it came by.
    pub list_id: Option<String>,
    /// Whether a program says to have written it: an answer of a machine, a newsletter, a report (RFC 3834).
    pub auto: bool,
    /// How long it is, in bytes.
    pub size: u64,
    /// What was left out, in sentences for people.
    pub notes: Vec<String>,
}

/// Somebody.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Address {
    /// The name that is shown; may be empty.
    pub name: String,
    /// `ann@example.com`; empty where none can be read.
    pub address: String,
}

/// A file that came with a mail.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Attachment {
    /// What it is called, without folders; made up of its type where it has no name.
    pub name: String,
    /// Its media type.
    pub content_type: String,
    /// How long it is, in bytes.
    pub size: u64,
    /// Whether it is shown within the text.
    pub inline: bool,
    /// By what the HTML refers to it, without angle brackets.
    pub content_id: Option<String>,
    /// The file; there once whoever reads the mail has put [`content`](Self::content) somewhere.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub file: Value,
    /// Where it is a mail itself, what that one says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail: Option<Box<Mail>>,
    /// Its bytes, as they were before they were made fit for transfer.
    #[serde(skip)]
    pub content: Vec<u8>,
}

/// The mail that these bytes are (RFC 5322). Never fails: of bytes that are no mail, all is text.
pub fn read(message: &[u8]) -> Mail {
    nested(message, 0)
}

/// The same of a message of which only the header is at hand. `size` is that of the whole message, in bytes.
pub fn read_head(header: &[u8], size: u64) -> Mail {
    let header = trimmed(header);
    let (fields, _) = crate::head::split(header);
    let head = Head::read(fields, first_label(header).as_deref());
    Mail { size, ..of_head(&head) }
}

fn nested(message: &[u8], depth: usize) -> Mail {
    let size = message.len() as u64;
    let message = trimmed(message);
    let (hint, mut budget) = (first_label(message), Budget::default());
    let root = part::read(message, hint.as_deref(), &mut budget);
    let body = body::gather(&root, hint.as_deref(), depth, &mut budget);
    let notes = budget.notes.iter().map(|note| (*note).to_owned()).collect();
    let mail = of_head(&root.head);
    Mail { text: body.text, html: body.html, attachments: body.attachments, size, notes, ..mail }
}

/// Without empty lines before it, and without the line that stands there in mailbox files.
fn trimmed(message: &[u8]) -> &[u8] {
    let start = message.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let message = &message[start..];
    if !message.starts_with(b"From ") {
        return message;
    }
    let end = message.iter().position(|byte| *byte == b'\n');
    end.map_or(message, |end| &message[end + 1..])
}

fn of_head(head: &Head) -> Mail {
    let headers = headers(head);
    let all = |name| head.addresses(name).map(|it| it.iter().map(Address::of).collect::<Vec<_>>()).unwrap_or_default();
    let first = |name| all(name).into_iter().next();
    Mail {
        from: first(HeaderName::From).or_else(|| first(HeaderName::Sender)),
        to: all(HeaderName::To),
        cc: all(HeaderName::Cc),
        reply_to: first(HeaderName::ReplyTo),
        subject: head.text(HeaderName::Subject).unwrap_or_default(),
        date: head.date(),
        message_id: head.ids(HeaderName::MessageId).into_iter().next(),
        in_reply_to: head.ids(HeaderName::InReplyTo).into_iter().next(),
        references: head.ids(HeaderName::References),
        list_id: list_id(&headers),
        auto: is_auto(&headers),
        headers,
        ..Mail::default()
    }
}

fn headers(head: &Head) -> Map<String, Value> {
    let mut map = Map::new();
    for (name, value) in head.fields() {
        match map.get_mut(&name) {
            None => _ = map.insert(name, Value::String(value)),
            Some(Value::Array(values)) => values.push(Value::String(value)),
            Some(first) => *first = Value::Array(vec![first.take(), Value::String(value)]),
        }
    }
    map
}

fn words<'a>(headers: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    match headers.get(name)? {
        Value::Array(values) => values.first()?.as_str(),
        value => value.as_str(),
    }
}

/// What stands in brackets, or all of it (RFC 2919).
fn list_id(headers: &Map<String, Value>) -> Option<String> {
    let said = words(headers, "list-id")?;
    let id = said.rsplit_once('<').and_then(|(_, rest)| rest.split_once('>')).map_or(said, |(id, _)| id);
    Some(id.trim().to_owned()).filter(|id| !id.is_empty())
}

/// What programs write so that no other program answers them: RFC 3834 §5, and what was usual before it.
fn is_auto(headers: &Map<String, Value>) -> bool {
    let says = |name: &str, values: &[&str]| {
        words(headers, name).is_some_and(|said| {
            let said = said.split([';', ' ']).next().unwrap_or_default();
            values.iter().any(|value| said.eq_ignore_ascii_case(value))
        })
    };
    let submitted = words(headers, "auto-submitted").is_some_and(|said| !said.is_empty());
    submitted && !says("auto-submitted", &["no"])
        || says("precedence", &["bulk", "junk", "list", "auto_reply"])
        || ["list-id", "list-unsubscribe", "x-autoreply", "x-autorespond", "x-auto-response-suppress"]
            .iter()
            .any(|name| headers.contains_key(*name))
        || words(headers, "return-path").is_some_and(|path| path.trim() == "<>")
}

impl Address {
    fn of(address: &Addr<'_>) -> Self {
        let text = |text: Option<&str>| text.map(clean).unwrap_or_default();
        let (name, address) = (text(address.name()), text(address.address()));
        // Without brackets, a name in front is taken for a part of the address.
        let bare = |text: &str| text.trim_matches(['<', '>', ' ']).to_owned();
        match address.rsplit_once(char::is_whitespace).filter(|(_, last)| last.contains('@')) {
            Some((first, last)) if name.is_empty() => Self { name: first.trim().to_owned(), address: bare(last) },
            _ => Self { name, address: bare(&address) },
        }
    }
}

impl Mail {
    /// Every attachment, those of attached mails among them.
    pub fn attachments_mut(&mut self, each: &mut dyn FnMut(&mut Attachment)) {
        for attachment in &mut self.attachments {
            each(attachment);
            if let Some(mail) = &mut attachment.mail {
                mail.attachments_mut(each);
            }
        }
    }
}

/// Whether the part is a mail itself.
fn is_mail(part: &Part<'_>) -> bool {
    matches!(part.media_type().as_str(), "message/rfc822" | "message/global")
}
