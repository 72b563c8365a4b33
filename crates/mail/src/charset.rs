//! Bytes become text: by the label they carry, unless they prove it wrong.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, WINDOWS_1252};
use mail_parser::decoders::charsets::map::charset_decoder;
use std::str::from_utf8;

/// As much is looked at to guess a character set, in bytes.
const LOOK: usize = 64 * 1024;

/// The text of these bytes. `label` is what the mail says of them, `hint` what it says of its other parts. A label that
/// is unknown, or that the bytes contradict, gives way to UTF-8 where they are that, then to the hint, then to a guess by
/// how often letters follow each other. Byte order marks are taken away.
pub(crate) fn text(bytes: &[u8], label: Option<&str>, hint: Option<&str>) -> String {
    if bytes.is_ascii() && !bytes.contains(&0x1b) && !is_shifting(label) {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    let label = label.map(str::trim).filter(|label| !is_ascii(label));
    let named = label.and_then(|label| Encoding::for_label(label.as_bytes()));
    // Latin-1 fits any bytes, so it is also what is written where nobody thought about it.
    let doubtful = named.is_none_or(|encoding| encoding == WINDOWS_1252);
    if let Some(text) = named.filter(|_| !doubtful).and_then(|encoding| whole(encoding, bytes)) {
        return text;
    }
    let other = || label.and_then(|label| charset_decoder(label.as_bytes())).map(|decode| decode(bytes));
    if named.is_none()
        && is_shifting(label)
        && let Some(text) = other()
    {
        return text;
    }
    if let Ok(text) = from_utf8(bytes) {
        // ISO-2022-JP is ASCII to the eye of UTF-8; its escapes are what gives it away.
        if !bytes.contains(&0x1b) {
            return text.trim_start_matches('\u{feff}').to_owned();
        }
    }
    if let Some(text) = other().filter(|_| named.is_none()) {
        return text;
    }
    let hinted = hint.and_then(|hint| Encoding::for_label(hint.trim().as_bytes()));
    let guessed = guess(bytes);
    let ways =
        if named == Some(WINDOWS_1252) { [named, hinted, Some(guessed)] } else { [hinted, Some(guessed), named] };
    let fitting = ways.into_iter().flatten().find_map(|encoding| whole(encoding, bytes));
    fitting.unwrap_or_else(|| named.unwrap_or(guessed).decode(bytes).0.into_owned())
}

/// Whether the label is that of plain ASCII, which says nothing of bytes that are none.
fn is_ascii(label: &str) -> bool {
    ["us-ascii", "ascii", "ansi_x3.4-1968", "unknown-8bit", "x-unknown", "binary"]
        .iter()
        .any(|ascii| label.eq_ignore_ascii_case(ascii))
}

/// Whether ASCII bytes stand for other characters.
fn is_shifting(label: Option<&str>) -> bool {
    let starts = |label: &str, with: &str| label.get(..with.len()).is_some_and(|it| it.eq_ignore_ascii_case(with));
    label.is_some_and(|label| ["utf-7", "utf7", "utf-16", "hz", "unicode-1-1-utf-7"].iter().any(|it| starts(label, it)))
}

/// The text, where all bytes fit.
fn whole(encoding: &'static Encoding, bytes: &[u8]) -> Option<String> {
    let (text, _, is_broken) = encoding.decode(bytes);
    (!is_broken).then(|| text.into_owned())
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(&bytes[..bytes.len().min(LOOK)], true);
    detector.guess(None, Utf8Detection::Allow)
}

/// What a message says about its character set first, which holds for raw bytes in its header fields as well as
/// anything: they have no label of their own.
pub(crate) fn first_label(message: &[u8]) -> Option<String> {
    const KEY: &[u8] = b"charset=";
    let message = &message[..message.len().min(LOOK)];
    let at = message.windows(KEY.len()).position(|window| window.eq_ignore_ascii_case(KEY))?;
    let rest = &message[at + KEY.len()..];
    let rest = rest.strip_prefix(b"\"").unwrap_or(rest);
    let end = rest.iter().position(|byte| !(byte.is_ascii_alphanumeric() || b"-_.:".contains(byte)));
    let label = from_utf8(&rest[..end.unwrap_or(rest.len())]).ok()?;
    (!label.is_empty() && !is_ascii(label)).then(|| label.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_holds_until_the_bytes_say_otherwise() {
        let big5 = b"\xa7A\xa6n\xa1A\xa5@\xac\xc9";
        assert_eq!(text(big5, Some("big5"), None), "你好，世界");
        assert_eq!(text("你好，世界".as_bytes(), Some("iso-8859-1"), None), "你好，世界");
        assert_eq!(text("你好，世界".as_bytes(), Some("big5"), None), "你好，世界");
        assert_eq!(text(big5, None, Some("big5")), "你好，世界");
        assert_eq!(text(big5, Some("us-ascii"), Some("big5")), "你好，世界");
        assert_eq!(text(b"caf\xe9", Some("iso-8859-1"), None), "café");
        assert_eq!(text(b"\x1b$B%O%m!<\x1b(B", Some("iso-2022-jp"), None), "ハロー");
        assert_eq!(text(b"+ZYeB9FH6ckh5Pg-, 1980.", Some("utf-7"), None), "文致出版社, 1980.");
        assert_eq!(text("\u{feff}é".as_bytes(), None, None), "é");
    }

    #[test]
    fn the_first_label_is_found() {
        assert_eq!(first_label(b"Content-Type: text/plain; CharSet=\"Big5\"\r\n"), Some("Big5".to_owned()));
        assert_eq!(first_label(b"charset=us-ascii"), None);
        assert_eq!(first_label(b"charset="), None);
    }
}
