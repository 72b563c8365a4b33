//! What a mail says: its text, its HTML with what is shown in it, and the files beside them (RFC 2046).

use super::attached::{Attached, Shown};
use crate::computed::evaluated;
use crate::html::page;
use crate::spec::invalid;
use lettre::message::header::{ContentTransferEncoding, ContentType};
use lettre::message::{Body, MultiPart, SinglePart};
use percent_encoding::percent_decode_str;
use run::error::StepError;
use scraper::Node;
use serde_json::Value;
use std::collections::BTreeSet;

/// What a mail is made of.
pub(super) struct Content<'p> {
    pub(super) text: Option<&'p str>,
    pub(super) html: Option<&'p str>,
    pub(super) files: Vec<Attached>,
    /// Stands between the parts; nobody who writes a part can know it.
    pub(super) boundary: String,
}

impl Content<'_> {
    /// The bytes, beginning with the header fields that describe them.
    pub(super) fn bytes(self) -> Result<Vec<u8>, StepError> {
        let named = self.html.map(named).transpose()?.unwrap_or_default();
        self.know(&named)?;
        let between = |number: u32| format!("{}-{number}", self.boundary);
        let is_within = |file: &Attached| file.content_id.as_ref().is_some_and(|id| named.contains(id));
        let (within, beside): (Vec<_>, Vec<_>) = self.files.into_iter().partition(is_within);
        let said = match (self.text, self.html) {
            (Some(text), None) => Part::One(text_part(ContentType::TEXT_PLAIN, text)),
            (text, Some(html)) => {
                let shown = text_part(ContentType::TEXT_HTML, html);
                let shown = if within.is_empty() {
                    Part::One(shown)
                } else {
                    let related = MultiPart::related().boundary(between(1)).singlepart(shown);
                    let add = |all: MultiPart, file: Attached| all.singlepart(file.part(Shown::Within));
                    Part::Many(within.into_iter().fold(related, add))
                };
                let plain = text.map(str::to_owned).or_else(|| text_of(html));
                match plain {
                    Some(plain) => {
                        let plain = text_part(ContentType::TEXT_PLAIN, &plain);
                        Part::Many(shown.added(MultiPart::alternative().boundary(between(2)).singlepart(plain)))
                    }
                    None => shown,
                }
            }
            (None, None) if !beside.is_empty() => Part::One(text_part(ContentType::TEXT_PLAIN, "")),
            (None, None) => return Err(invalid("the mail has neither `text` nor `html`")),
        };
        let all = if beside.is_empty() {
            said
        } else {
            let mixed = said.added(MultiPart::mixed().boundary(between(3)).build());
            Part::Many(beside.into_iter().fold(mixed, |all, file| all.singlepart(file.part(Shown::Beside))))
        };
        Ok(all.bytes())
    }

    /// Whether everything that the HTML shows is there.
    fn know(&self, named: &BTreeSet<String>) -> Result<(), StepError> {
        let known: Vec<&str> = self.files.iter().filter_map(|file| file.content_id.as_deref()).collect();
        if let Some(twice) = known.iter().enumerate().find(|(at, id)| known[..*at].contains(id)) {
            return Err(invalid(format!("two files are shown by the name `{}`", twice.1)));
        }
        let Some(missing) = named.iter().find(|id| !known.contains(&id.as_str())) else { return Ok(()) };
        let error =
            StepError::permanent("image_unknown", format!("`html` shows `cid:{missing}`, and no file has that name"));
        Err(match known.as_slice() {
            [] => error.hint(format!("`inline: {{ {missing}: \"{{{{ trigger.file }}}}\" }}`")),
            known => error.hint(format!("those of `inline` are: {}", known.join(", "))),
        })
    }
}

/// One part, or parts together.
enum Part {
    One(SinglePart),
    Many(MultiPart),
}

impl Part {
    fn added(self, to: MultiPart) -> MultiPart {
        match self {
            Self::One(part) => to.singlepart(part),
            Self::Many(parts) => to.multipart(parts),
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = match self {
            Self::One(part) => part.formatted(),
            Self::Many(parts) => parts.formatted(),
        };
        // What ends the transfer (RFC 5321 §4.1.1.4) ends the last line, too.
        if bytes.ends_with(b"\r\n") {
            bytes.truncate(bytes.len() - 2);
        }
        bytes
    }
}

/// A text whose lines end as they should, encoded wherever a server on the way could change it: letters beyond ASCII,
/// long lines, characters that steer.
fn text_part(kind: ContentType, text: &str) -> SinglePart {
    // RFC 2045 §2.9: there is none in a mail.
    let text = text.replace('\0', "").replace("\r\n", "\n").replace('\r', "\n");
    let steers = text.contains(|c: char| c.is_control() && c != '\n' && c != '\t');
    let body = if steers {
        Body::new_with_encoding(text.clone(), ContentTransferEncoding::Base64).unwrap_or_else(|_| Body::new(text))
    } else {
        Body::new(text)
    };
    SinglePart::builder().header(kind).body(body)
}

/// The HTML for those who read text alone; none where it is too much of it.
fn text_of(html: &str) -> Option<String> {
    let text = evaluated("html_to_text(html)", [("html", Value::from(html))]).ok()?;
    text.as_str().map(str::to_owned)
}

/// What the HTML shows by `cid:` (RFC 2392).
fn named(html: &str) -> Result<BTreeSet<String>, StepError> {
    let mut found = BTreeSet::new();
    if !html.as_bytes().windows(4).any(|four| four.eq_ignore_ascii_case(b"cid:")) {
        return Ok(found);
    }
    let page = page(html)?;
    for element in page.tree.values().filter_map(Node::as_element) {
        for (name, value) in element.attrs() {
            match name {
                "src" | "background" | "href" | "poster" => found.extend(id(value)),
                "style" => found.extend(value.split("url(").skip(1).filter_map(|rest| id(rest.split(')').next()?))),
                _ => {}
            }
        }
    }
    Ok(found)
}

/// The name in `cid:name`.
fn id(address: &str) -> Option<String> {
    let address = address.trim_matches(['"', '\'', ' ']);
    let scheme = address.get(..4).filter(|start| start.eq_ignore_ascii_case("cid:"))?;
    Some(percent_decode_str(&address[scheme.len()..]).decode_utf8_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_html_shows_is_found() {
        let html = "<body background='CID:bg'><img src=\"cid:logo\"> <a href='x'>cid:no</a>\
                    <p style=\"background: url('cid:tile') url(cid:b%2Ec)\">cid:neither</p><img src=https://a/b>";
        assert_eq!(named(html).unwrap().into_iter().collect::<Vec<_>>(), ["b.c", "bg", "logo", "tile"]);
    }
}
