//! Fields of mails and of articles by n8n's names.

use super::{MailFormat, field_of};
use crate::ours::{Expr, Part};

/// What n8n's node for mailboxes gives of a mail.
pub(super) fn keys(format: MailFormat) -> &'static [&'static str] {
    match format {
        MailFormat::Simple => &["subject", "from", "to", "cc", "date", "textPlain", "textHtml", "metadata"],
        MailFormat::Resolved => {
            &["subject", "from", "to", "cc", "date", "text", "html", "messageId", "inReplyTo", "references", "headers"]
        }
    }
}

/// Fields of a mail that Gmail's API has otherwise.
pub(super) const OF_GMAIL: [&str; 3] = ["from", "to", "textAsHtml"];

/// Fields of an article that ours have otherwise.
pub(super) const OF_ARTICLES: [&str; 6] = ["link", "pubDate", "isoDate", "contentSnippet", "guid", "creator"];

/// A field of the mail that starts a run.
pub(super) fn field(mail: Expr, format: MailFormat, name: &str) -> Expr {
    let ours = match (format, name) {
        (MailFormat::Simple, "from") => return address(mail.field("from")),
        (MailFormat::Simple, "to" | "cc") => return addresses(mail.field(name)),
        (MailFormat::Simple, "textPlain") => "text",
        (MailFormat::Simple, "textHtml") => "html",
        (MailFormat::Simple, "metadata") | (MailFormat::Resolved, "headers") => "headers",
        (MailFormat::Resolved, "from") => {
            let from = mail.field("from");
            return parts(Expr::List(vec![from.clone()]), address(from));
        }
        (MailFormat::Resolved, "to" | "cc" | "replyTo") => {
            let list = mail.field(if name == "replyTo" { "reply_to" } else { name });
            let list = if name == "replyTo" { Expr::List(vec![list]) } else { list };
            return parts(list.clone(), addresses(list));
        }
        (MailFormat::Resolved, "text") => "text",
        (MailFormat::Resolved, "html" | "textAsHtml") => "html",
        (MailFormat::Resolved, "messageId") => "message_id",
        (MailFormat::Resolved, "inReplyTo") => "in_reply_to",
        (_, "subject" | "date" | "references") => name,
        (_, "attributes") => return Expr::Map(vec![("uid".to_owned(), mail.field("uid"))]),
        _ => return mail.field("headers").maybe(name),
    };
    mail.field(ours)
}

/// A field of a mail that was fetched by Gmail's API, where addresses are texts.
pub(super) fn gmail_field(mail: Expr, name: &str) -> Expr {
    match name {
        "from" | "to" | "cc" => {
            let text = mail.maybe(name);
            let found = text.clone().or_else(Expr::text("")).method("extract_emails", []);
            let one = |address: Expr| Expr::Map(vec![("address".to_owned(), address)]);
            let first = vec![one(found.maybe_item(Expr::Int(0)))];
            parts(Expr::List(first), text)
        }
        "From" | "To" | "Cc" | "Subject" | "Date" => mail.maybe(name.to_lowercase()),
        "textAsHtml" => mail.maybe("html"),
        _ => mail.maybe(name),
    }
}

/// A field of an article.
pub(super) fn article_field(article: Expr, name: &str) -> Expr {
    article.maybe(match name {
        "link" => "url",
        "pubDate" | "isoDate" => "published",
        "contentSnippet" => "summary",
        "guid" => "id",
        "creator" => "author",
        same => same,
    })
}

/// What n8n has of addresses: taken apart, and as a text.
fn parts(value: Expr, text: Expr) -> Expr {
    Expr::Map(vec![("value".to_owned(), value), ("text".to_owned(), text)])
}

/// `Ada <ada@example.com>`
fn address(of: Expr) -> Expr {
    let part = |key: &str| Part::Value(field_of(of.clone(), key).or_else(Expr::text("")));
    let literal = |text: &str| Part::Literal(text.to_owned());
    Expr::Joined(vec![part("name"), literal(" <"), part("address"), literal(">")])
}

fn addresses(list: Expr) -> Expr {
    let one = Expr::name("one");
    list.method("map", [Expr::closure("one", address(one))]).method("join", [Expr::text(", ")])
}
