//! The `Content-Type` header (RFC 9110 §8.3): the type, and the parameters that matter here.

use std::borrow::Cow;

/// A content type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MediaType {
    /// `type/subtype`, lower-case.
    pub(super) essence: String,
    /// `charset`.
    pub(super) charset: Option<String>,
    /// `boundary`.
    pub(super) boundary: Option<String>,
}

/// Which way a body is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    Json,
    /// One JSON value a line.
    JsonLines,
    Form,
    Multipart,
    Xml,
    Text,
    Bytes,
}

impl MediaType {
    /// The content type of this header value.
    pub(super) fn parse(value: &str) -> Self {
        let mut rest = value.split_once(';');
        let essence = rest.map_or(value, |(essence, _)| essence).trim().to_ascii_lowercase();
        let mut media_type = Self { essence, charset: None, boundary: None };
        while let Some((_, parameters)) = rest {
            let (name, value, after) = parameter(parameters);
            let slot = match name {
                name if name.eq_ignore_ascii_case("charset") => Some(&mut media_type.charset),
                name if name.eq_ignore_ascii_case("boundary") => Some(&mut media_type.boundary),
                _ => None,
            };
            if let Some(slot) = slot {
                slot.get_or_insert_with(|| value.into_owned());
            }
            rest = after.split_once(';');
        }
        media_type
    }

    /// Which way a body of this type is read.
    pub(super) fn family(&self) -> Family {
        match self.essence.as_str() {
            "application/json" | "text/json" => Family::Json,
            "application/x-ndjson" | "application/ndjson" | "application/jsonl" | "application/x-jsonlines" => {
                Family::JsonLines
            }
            "application/x-www-form-urlencoded" => Family::Form,
            "multipart/form-data" => Family::Multipart,
            "application/xml" | "text/xml" => Family::Xml,
            essence if essence.ends_with("+json") => Family::Json,
            essence if essence.ends_with("+xml") => Family::Xml,
            essence if essence.starts_with("text/") => Family::Text,
            _ => Family::Bytes,
        }
    }
}

/// The first parameter of `text`: its name, its value, and what follows the value.
fn parameter(text: &str) -> (&str, Cow<'_, str>, &str) {
    let end = text.find(['=', ';']).unwrap_or(text.len());
    let name = text[..end].trim();
    let Some(value) = text[end..].strip_prefix('=') else { return (name, Cow::Borrowed(""), &text[end..]) };
    if let Some(quoted) = value.trim_start().strip_prefix('"') {
        let (value, after) = unquote(quoted);
        return (name, Cow::Owned(value), after);
    }
    let end = value.find(';').unwrap_or(value.len());
    (name, Cow::Borrowed(value[..end].trim()), &value[end..])
}

/// The content of a quoted string whose opening quote is gone, and what follows it (RFC 9110 §5.6.4).
fn unquote(text: &str) -> (String, &str) {
    let mut content = String::new();
    let mut chars = text.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '"' => return (content, &text[at + 1..]),
            '\\' => content.extend(chars.next().map(|(_, escaped)| escaped)),
            _ => content.push(char),
        }
    }
    (content, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: &str, essence: &str, charset: Option<&str>, boundary: Option<&str>) {
        let expected = MediaType {
            essence: essence.to_owned(),
            charset: charset.map(str::to_owned),
            boundary: boundary.map(str::to_owned),
        };
        assert_eq!(MediaType::parse(value), expected, "{value}");
    }

    #[test]
    fn content_types() {
        check("application/json", "application/json", None, None);
        check(" Application/JSON ; Charset=UTF-8", "application/json", Some("UTF-8"), None);
        check("text/plain; format=flowed; charset=\"big5\"", "text/plain", Some("big5"), None);
        check(
            "multipart/form-data; boundary=\"a;b\\\"c\"; charset=x",
            "multipart/form-data",
            Some("x"),
            Some("a;b\"c"),
        );
        check("multipart/form-data; boundary=one; boundary=two", "multipart/form-data", None, Some("one"));
        check("text/plain; charset=\"unclosed", "text/plain", Some("unclosed"), None);
        check("text/plain;;charset;=;", "text/plain", Some(""), None);
        check("", "", None, None);
    }

    #[test]
    fn families() {
        for (essence, family) in [
            ("application/vnd.api+json", Family::Json),
            ("application/cloudevents+json", Family::Json),
            ("application/cloudevents-batch+json", Family::Json),
            ("application/x-ndjson", Family::JsonLines),
            ("application/jsonl", Family::JsonLines),
            ("application/soap+xml", Family::Xml),
            ("image/svg+xml", Family::Xml),
            ("text/csv", Family::Text),
            ("application/octet-stream", Family::Bytes),
            ("application/jsonx", Family::Bytes),
            ("multipart/mixed", Family::Bytes),
        ] {
            assert_eq!(MediaType::parse(essence).family(), family, "{essence}");
        }
    }
}
