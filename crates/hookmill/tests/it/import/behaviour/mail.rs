//! A mail as people see it, read from its bytes: as much of RFC 5322, 2045 and 2047 as our own mails use.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

/// `from`, `to`, `cc`, `subject`, `text`, `html` and the names of `files`.
pub(super) fn read(message: &str) -> Value {
    let mut mail = Map::new();
    let message = message.replace("\r\n", "\n");
    let (head, body) = message.split_once("\n\n").unwrap_or((&message, ""));
    let head = headers(head);
    for name in ["from", "to", "cc", "subject", "reply-to"] {
        if let Some(value) = value(&head, name) {
            mail.insert(name.replace('-', "_"), json!(words(value)));
        }
    }
    part(&head, body, &mut mail);
    mail.into()
}

fn part(head: &[(String, String)], body: &str, mail: &mut Map<String, Value>) {
    let kind = value(head, "content-type").unwrap_or("text/plain");
    if let Some(boundary) = parameter(kind, "boundary") {
        let mark = format!("--{boundary}");
        for part_of in body.split(&mark).skip(1).filter(|part| !part.starts_with("--")) {
            let part_of = part_of.trim_start_matches('\n');
            let (head, body) = part_of.split_once("\n\n").unwrap_or((part_of, ""));
            part(&headers(head), body.strip_suffix('\n').unwrap_or(body), mail);
        }
        return;
    }
    let bytes = match value(head, "content-transfer-encoding").unwrap_or("7bit").to_lowercase().as_str() {
        "base64" => STANDARD.decode(body.replace(['\n', ' '], "")).unwrap_or_default(),
        "quoted-printable" => quoted_printable(body),
        _ => body.as_bytes().to_vec(),
    };
    let text = String::from_utf8_lossy(&bytes).replace("\r\n", "\n");
    let text = text.trim_end_matches('\n');
    let disposition = value(head, "content-disposition").unwrap_or_default();
    let named = parameter(disposition, "filename").or_else(|| parameter(kind, "name"));
    match named {
        Some(name) => {
            let files = mail.entry("files").or_insert_with(|| json!([]));
            let file = json!({ "name": words(&name), "text": text });
            files.as_array_mut().into_iter().for_each(|files| files.push(file.clone()));
        }
        None if kind.starts_with("text/html") => drop(mail.insert("html".to_owned(), json!(text))),
        None => drop(mail.insert("text".to_owned(), json!(text))),
    }
}

fn headers(head: &str) -> Vec<(String, String)> {
    let unfolded = head.replace("\n ", " ").replace("\n\t", " ");
    let lines = unfolded.lines().filter_map(|line| line.split_once(':'));
    lines.map(|(name, value)| (name.to_lowercase(), value.trim().to_owned())).collect()
}

fn value<'h>(head: &'h [(String, String)], name: &str) -> Option<&'h str> {
    head.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

fn parameter(value: &str, name: &str) -> Option<String> {
    let mut parts = value.split(';').skip(1).filter_map(|part| part.trim().split_once('='));
    parts.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim_matches('"').to_owned())
}

/// Encoded words, decoded; white space between two of them is none.
fn words(text: &str) -> String {
    let mut told = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("=?") {
        if !before.trim().is_empty() || told.is_empty() {
            told.push_str(before);
        }
        let mut parts = after.splitn(3, '?');
        let (Some(_), Some(way), Some(tail)) = (parts.next(), parts.next(), parts.next()) else { break };
        let (word, tail) = tail.split_once("?=").unwrap_or((tail, ""));
        let bytes = match way {
            "b" | "B" => STANDARD.decode(word).unwrap_or_default(),
            _ => quoted_printable(&word.replace('_', " ")),
        };
        told.push_str(&String::from_utf8_lossy(&bytes));
        rest = tail;
    }
    told + rest
}

fn quoted_printable(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        if first != b'=' {
            bytes.push(first);
        } else if let Some(after) = rest.strip_prefix(b"\n") {
            rest = after;
        } else if rest.len() >= 2 {
            let digits = std::str::from_utf8(&rest[..2]).unwrap_or_default();
            bytes.extend(u8::from_str_radix(digits, 16));
            rest = &rest[2..];
        }
    }
    bytes
}
