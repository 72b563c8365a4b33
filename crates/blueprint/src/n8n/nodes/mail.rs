//! `emailSend`.

use super::{Made, Refused};
use crate::draft::{Data, Step};
use crate::n8n::desk::Desk;
use crate::n8n::reading::Reading;
use crate::ours::{Expr, Text};

/// `emailSend`.
pub(crate) fn send(desk: &mut Desk<'_>) -> Result<Made, Refused> {
    let node = desk.node;
    if node.text("operation", "send") != "send" {
        return Err("it sends a mail and waits for the answer: `wait_for` with `email.send` does that here".to_owned());
    }
    let options = if node.version < 2.0 { "" } else { "options." };
    let attached = desk.given(&format!("{options}attachments")).is_some();
    let connection = desk.connect("mail", &["smtp".to_owned()]);
    let mut with = vec![("connection".to_owned(), connection)];
    let mut put = |desk: &mut Desk<'_>, ours: &str, path: &str| {
        if let Some(data) = desk.given(path) {
            with.push((ours.to_owned(), data));
        }
    };
    put(desk, "from", "fromEmail");
    put(desk, "to", "toEmail");
    put(desk, "cc", &format!("{options}ccEmail"));
    put(desk, "bcc", &format!("{options}bccEmail"));
    put(desk, "reply_to", "options.replyTo");
    put(desk, "subject", "subject");
    let format = node.text("emailFormat", if node.version < 2.1 { "text" } else { "html" });
    if node.version < 2.0 || format != "html" {
        put(desk, "text", "text");
    }
    if node.version < 2.0 || format != "text" {
        put(desk, "html", "html");
    }
    for (_, value) in with.iter_mut().filter(|(key, _)| key == "html") {
        *value = std::mem::replace(value, Data::Null).as_markup();
    }
    for key in ["to", "cc", "bcc"] {
        split_addresses(&mut with, key);
    }
    let made = Made::step(Step::call("email.send", Data::Map(with)), Reading::one(Expr::name(desk.id.clone())));
    Ok(if attached { made.decide("the attachments are not sent: name the files in `attachments`") } else { made })
}

/// Addresses with commas between are a list here.
fn split_addresses(with: &mut [(String, Data)], key: &str) {
    for (_, value) in with.iter_mut().filter(|(known, _)| known == key) {
        if let Some(text) = value.as_literal().filter(|text| text.contains([',', ';'])) {
            let parts = text.split([',', ';']).map(str::trim).filter(|part| !part.is_empty());
            *value = Data::List(parts.map(|part| Data::Text(Text::literal(part))).collect());
        }
    }
}
