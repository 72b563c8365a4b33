//! Bytes as text and back, in the character set that people have.

use encoding_rs::{Encoding, UTF_8};
use std::borrow::Cow;

/// The character set of this name.
pub(crate) fn named(label: &str) -> Result<&'static Encoding, String> {
    Encoding::for_label(label.as_bytes()).ok_or_else(|| format!("{label:?} is not the name of a character set"))
}

/// The text: a byte order mark outweighs the name, and without either it is UTF-8. What is malformed is an error, as a
/// text that was read wrongly would be kept.
pub(super) fn decoded<'b>(bytes: &'b [u8], label: Option<&str>) -> Result<Cow<'b, str>, String> {
    let (encoding, start) = match (Encoding::for_bom(bytes), label) {
        (Some((encoding, length)), _) => (encoding, length),
        (None, Some(label)) => (named(label)?, 0),
        (None, None) => (UTF_8, 0),
    };
    let (text, is_malformed) = encoding.decode_without_bom_handling(&bytes[start..]);
    if !is_malformed {
        return Ok(text);
    }
    let line = text.split(char::REPLACEMENT_CHARACTER).next().unwrap_or_default().matches('\n').count() + 1;
    let name = encoding.name();
    Err(match label {
        Some(_) => format!("line {line} is not {name}: say another `charset`"),
        None => {
            format!("line {line} is not {name}: say which `charset` it is, such as `big5`, `gb18030` or `windows-1252`")
        }
    })
}

/// The text in a character set; what that does not have becomes `?`.
pub(super) fn encoded(text: String, encoding: &'static Encoding) -> Vec<u8> {
    let (bytes, _, is_lossy) = encoding.encode(&text);
    if !is_lossy {
        return bytes.into_owned();
    }
    let mut written = Vec::with_capacity(text.len());
    let mut letter = [0; 4];
    for char in text.chars() {
        let (bytes, _, is_missing) = encoding.encode(char.encode_utf8(&mut letter));
        written.extend_from_slice(if is_missing { b"?" } else { &bytes });
    }
    written
}
