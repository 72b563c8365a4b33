//! What of a message's parts is its text, and what is attached.

use super::{Attachment, DEEPEST, is_mail, nested};
use crate::charset;
use crate::flowed::{Joint, unfolded};
use crate::head::clean;
use crate::html;
use crate::part::{Body, Budget, Part};
use crate::transfer::decoded;
use mail_parser::HeaderName;
use mail_parser::decoders::html::text_to_html;

/// Text, HTML and files of a message.
pub(super) struct Gathered {
    pub(super) text: String,
    pub(super) html: Option<String>,
    pub(super) attachments: Vec<Attachment>,
}

/// A stretch of what the mail says.
#[derive(Default)]
struct Stretch {
    text: Option<String>,
    html: Option<String>,
}

struct Gathering<'a> {
    hint: Option<&'a str>,
    /// How many mails this one is attached to.
    depth: usize,
    budget: &'a mut Budget,
    attachments: Vec<Attachment>,
}

/// All of a message, from its root.
pub(super) fn gather(root: &Part<'_>, hint: Option<&str>, depth: usize, budget: &mut Budget) -> Gathered {
    let mut gathering = Gathering { hint, depth, budget, attachments: Vec::new() };
    let mut stretches = Vec::new();
    gathering.walk(root, Within::Sequence, &mut stretches);
    let has_html = stretches.iter().any(|stretch| stretch.html.is_some());
    let text: Vec<String> = stretches.iter().map(Stretch::as_text).filter(|text| !text.is_empty()).collect();
    let html = stretches.iter().map(Stretch::as_html).collect::<Vec<_>>().join("\n");
    let text = text.join("\n").trim_end().to_owned();
    Gathered { text, html: has_html.then_some(html), attachments: gathering.attachments }
}

impl Stretch {
    fn as_text(&self) -> String {
        let made = || self.html.as_deref().map(html::text).unwrap_or_default();
        self.text.clone().filter(|text| !text.trim().is_empty()).unwrap_or_else(made)
    }

    fn as_html(&self) -> String {
        let made = || self.text.as_deref().map(text_to_html).unwrap_or_default();
        self.html.clone().unwrap_or_else(made)
    }
}

/// What the parts around one are to it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    /// They follow each other.
    Sequence,
    /// They say the same.
    Alternatives,
    /// They are what the first of them shows.
    Related,
}

impl Gathering<'_> {
    fn walk(&mut self, part: &Part<'_>, within: Within, out: &mut Vec<Stretch>) {
        let media_type = part.media_type();
        match &part.body {
            Body::Parts(parts) if media_type == "multipart/alternative" => {
                let mut same = Vec::new();
                parts.iter().for_each(|part| self.walk(part, Within::Alternatives, &mut same));
                out.extend(one_of(same));
            }
            Body::Parts(parts) => {
                let inside = if media_type == "multipart/related" { Within::Related } else { Within::Sequence };
                let mut inner = Vec::new();
                parts.iter().for_each(|part| self.walk(part, inside, &mut inner));
                // Among alternatives, what follows each other is one of them.
                if within == Within::Alternatives { out.extend(one_of(inner)) } else { out.append(&mut inner) }
            }
            Body::Bytes(bytes) => self.leaf(part, bytes, &media_type, within, out),
        }
    }

    fn leaf(&mut self, part: &Part<'_>, bytes: &[u8], media_type: &str, within: Within, out: &mut Vec<Stretch>) {
        let content = decoded(&part.head.transfer_encoding(), bytes);
        // A multipart that could not be taken apart is read as what it is in any case: text.
        let is_text = matches!(media_type, "text/plain" | "text/html") || media_type.starts_with("multipart/");
        let named = part.head.file_name().is_some() && !part.head.is_inline();
        if !is_text || part.head.is_attached() || (named && within != Within::Alternatives) {
            self.attach(part, media_type, content.into_owned(), within);
            return;
        }
        let text = charset::text(&content, part.head.parameter("charset"), self.hint);
        let text = text.replace("\r\n", "\n").replace('\0', "");
        if media_type == "text/html" {
            out.push(Stretch { html: Some(text), ..Stretch::default() });
            return;
        }
        let says = |name: &str, value: &str| part.head.parameter(name).is_some_and(|it| it.eq_ignore_ascii_case(value));
        let joint = if says("delsp", "yes") { Joint::Dropped } else { Joint::Kept };
        let text = if says("format", "flowed") { unfolded(&text, joint) } else { text };
        out.push(Stretch { text: Some(text), ..Stretch::default() });
    }

    fn attach(&mut self, part: &Part<'_>, media_type: &str, content: Vec<u8>, within: Within) {
        let content_id = part.head.ids(HeaderName::ContentId).into_iter().next();
        let shown = within == Within::Related && content_id.is_some() && !media_type.starts_with("message/");
        let inline = !part.head.is_attached() && (part.head.is_inline() || shown);
        let mail = if !is_mail(part) {
            None
        } else if self.depth < DEEPEST {
            Some(Box::new(nested(&content, self.depth + 1)))
        } else {
            self.budget.note("mails are attached to mails deeper than is looked into");
            None
        };
        let subject = mail.as_ref().map(|mail| mail.subject.as_str()).filter(|subject| !subject.is_empty());
        let made = || match subject {
            Some(subject) => format!("{}.eml", clean(&subject.replace(['/', '\\', ':'], "-"))),
            None => format!("attachment-{}.{}", self.attachments.len() + 1, extension(media_type)),
        };
        let name = part.head.file_name().unwrap_or_else(made);
        let (size, content_type) = (content.len() as u64, media_type.to_owned());
        let file = serde_json::Value::Null;
        self.attachments.push(Attachment { name, content_type, size, inline, content_id, file, mail, content });
    }
}

/// What several ways to say the same come to. Texts among them that follow each other are one.
fn one_of(ways: Vec<Stretch>) -> Option<Stretch> {
    let mut one = Stretch::default();
    for way in ways {
        one.text = match (one.text, way.text) {
            (Some(one), Some(more)) => Some(one + "\n" + &more),
            (one, more) => one.or(more),
        };
        one.html = match (one.html, way.html) {
            (Some(one), Some(more)) => Some(one + "\n" + &more),
            (one, more) => one.or(more),
        };
    }
    (one.text.is_some() || one.html.is_some()).then_some(one)
}

/// How the names of such files end.
fn extension(media_type: &str) -> &'static str {
    match media_type {
        "text/plain" => "txt",
        "text/html" => "html",
        "text/csv" => "csv",
        "text/calendar" => "ics",
        "application/pdf" => "pdf",
        "application/json" => "json",
        "application/xml" | "text/xml" => "xml",
        "application/zip" => "zip",
        "application/ms-tnef" => "dat",
        "image/png" => "png",
        "image/jpeg" => "jpg",
        "image/gif" => "gif",
        "message/rfc822" | "message/global" => "eml",
        "message/delivery-status" | "message/disposition-notification" => "txt",
        _ => "bin",
    }
}
