//! The header fields of a message or of a part, mended where mailers write them wrongly, and read.

use crate::{charset, encoded_word, parameter};
use jiff::fmt::rfc2822::DateTimeParser;
use mail_parser::{Address, ContentType, GetHeader, HeaderName, HeaderValue, Message, MessageParser};
use std::borrow::Cow;

/// As much of one header is read, in bytes.
pub(crate) const MOST: usize = 256 * 1024;

/// A header that was read.
pub(crate) struct Head {
    /// It has no body.
    message: Message<'static>,
    /// The fields as they are written, in UTF-8 and without encoded words cut apart.
    mended: Vec<u8>,
    /// Whether there was more than is read.
    pub(crate) is_cut: bool,
}

/// Where the header of this message or part ends, and where its body begins. Without an empty line all of it is header;
/// what does not begin as a header field does is body alone.
pub(crate) fn split(bytes: &[u8]) -> (&[u8], &[u8]) {
    if !begins_as_field(bytes) {
        let body = bytes.strip_prefix(b"\r\n").or_else(|| bytes.strip_prefix(b"\n")).unwrap_or(bytes);
        return (&[], body);
    }
    let mut at = 0;
    while at < bytes.len() {
        let length = bytes[at..].iter().position(|byte| *byte == b'\n').map_or(bytes.len() - at, |end| end + 1);
        let line = &bytes[at..at + length];
        if line.trim_ascii().is_empty() {
            return (&bytes[..at], &bytes[at + length..]);
        }
        at += length;
    }
    (bytes, &[])
}

/// Whether a line such as `Subject: …` comes first.
fn begins_as_field(bytes: &[u8]) -> bool {
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
    let is_name = |byte: &u8| byte.is_ascii_graphic();
    name.len() < line.len() && !name.is_empty() && name.trim_ascii_end().iter().all(is_name)
}

impl Head {
    /// Reads these fields. `hint` is the character set of raw bytes in them.
    pub(crate) fn read(fields: &[u8], hint: Option<&str>) -> Self {
        let is_cut = fields.len() > MOST;
        let fields = &fields[..fields.len().min(MOST)];
        let text = if std::str::from_utf8(fields).is_ok() && !fields.contains(&0x1b) {
            Cow::Borrowed(fields)
        } else {
            // Line by line: one field that is in another character set spoils no other.
            let lines = fields.split_inclusive(|byte| *byte == b'\n');
            lines.flat_map(|line| charset::text(line, hint, None).into_bytes()).collect()
        };
        let mut mended = parameter::joined(&encoded_word::joined(&text, hint));
        mended.retain(|byte| *byte != 0);
        mended.extend_from_slice(b"\r\n\r\n");
        let message = MessageParser::default().parse_headers(&mended).map(Message::into_owned).unwrap_or_default();
        Self { message, mended, is_cut }
    }

    fn value(&self, name: HeaderName<'static>) -> Option<&HeaderValue<'static>> {
        self.message.parts.first()?.headers.header_value(&name)
    }

    /// All fields as text, with lower-case names, in their order.
    pub(crate) fn fields(&self) -> Vec<(String, String)> {
        let parser = MessageParser::new().header_text(HeaderName::Subject).default_header_text();
        let Some(message) = parser.parse_headers(&self.mended) else { return Vec::new() };
        let fields = message.parts.into_iter().next().map(|part| part.headers).unwrap_or_default();
        let text = |value: &HeaderValue<'_>| value.as_text().map(clean).unwrap_or_default();
        fields.iter().map(|field| (field.name().to_ascii_lowercase(), text(&field.value))).collect()
    }

    /// A field's text.
    pub(crate) fn text(&self, name: HeaderName<'static>) -> Option<String> {
        self.value(name)?.as_text().map(clean)
    }

    /// The ids in a field, without their brackets, in their order.
    pub(crate) fn ids(&self, name: HeaderName<'static>) -> Vec<String> {
        match self.value(name) {
            Some(HeaderValue::Text(id)) => vec![clean(id)],
            Some(HeaderValue::TextList(ids)) => ids.iter().map(|id| clean(id)).collect(),
            _ => Vec::new(),
        }
    }

    /// The addresses of a field, those within groups among them.
    pub(crate) fn addresses(&self, name: HeaderName<'static>) -> Option<&Address<'static>> {
        self.value(name)?.as_address()
    }

    /// When the message says that it was written, in RFC 3339; none where that is no time.
    pub(crate) fn date(&self) -> Option<String> {
        let (_, said) = self.fields().into_iter().find(|(name, _)| name == "date")?;
        if let Ok(time) = DateTimeParser::new().relaxed_weekday(true).parse_zoned(&said) {
            return Some(time.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string());
        }
        // Stricter about the form, this one takes times that do not exist: the 31st of February.
        let text = self.value(HeaderName::Date)?.as_datetime()?.to_rfc3339();
        text.parse::<jiff::Timestamp>().is_ok_and(|time| time.as_second() != 0).then_some(text)
    }

    fn content_type(&self) -> Option<&ContentType<'static>> {
        self.value(HeaderName::ContentType)?.as_content_type()
    }

    fn disposition(&self) -> Option<&ContentType<'static>> {
        self.value(HeaderName::ContentDisposition)?.as_content_type()
    }

    /// `text/plain`, in lower case; none where nothing of the form is said.
    pub(crate) fn media_type(&self) -> Option<String> {
        let of = self.content_type()?;
        let (main, sub) = (of.ctype().trim(), of.subtype()?.trim());
        let is_token = |part: &str| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
        };
        (is_token(main) && is_token(sub)).then(|| format!("{main}/{sub}").to_ascii_lowercase())
    }

    /// A parameter of the content type, such as `charset`.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.content_type()?.attribute(name)
    }

    /// What the part is called, without folders.
    pub(crate) fn file_name(&self) -> Option<String> {
        let said = self.disposition().and_then(|it| it.attribute("filename"));
        let name = said.or_else(|| self.parameter("name")).map(clean)?;
        let last = name.rsplit(['/', '\\']).next().unwrap_or_default().trim();
        (!last.is_empty() && last != "." && last != "..").then(|| last.to_owned())
    }

    /// Whether it is to be shown beside the text, and not in it.
    pub(crate) fn is_attached(&self) -> bool {
        self.disposition().is_some_and(ContentType::is_attachment)
    }

    /// Whether it is said to be shown within the text.
    pub(crate) fn is_inline(&self) -> bool {
        self.disposition().is_some_and(ContentType::is_inline)
    }

    /// How the body was made fit for transfer.
    pub(crate) fn transfer_encoding(&self) -> String {
        self.text(HeaderName::ContentTransferEncoding).unwrap_or_default()
    }
}

/// Without characters that steer: a field is one line, whatever stands in it encoded.
pub(crate) fn clean(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    plain.trim().to_owned()
}
