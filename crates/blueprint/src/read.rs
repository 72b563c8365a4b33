//! From bytes to values: whatever mark stands before them, and no more than fits into memory.

use crate::{Broken, ImportError, MAX_VALUES};
use serde_json::Value;
use std::borrow::Cow;

/// The value that a file is.
pub(crate) fn json(bytes: &[u8]) -> Result<Value, ImportError> {
    let text = text(bytes)?;
    if values(&text) > MAX_VALUES {
        return Err(ImportError::TooManyValues);
    }
    serde_json::from_slice(&text).map_err(|error| {
        let reason = error.to_string().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        ImportError::NotJson(Broken { reason, line: error.line(), column: error.column() })
    })
}

/// The bytes in UTF-8, without a mark.
fn text(bytes: &[u8]) -> Result<Cow<'_, [u8]>, ImportError> {
    let wide = |bytes: &[u8], read: fn([u8; 2]) -> u16| {
        let (pairs, rest) = bytes.as_chunks::<2>();
        let decoded = String::from_utf16(&pairs.iter().map(|pair| read(*pair)).collect::<Vec<u16>>());
        match decoded {
            Ok(text) if rest.is_empty() => Ok(Cow::Owned(text.into_bytes())),
            _ => {
                let reason = "it begins as UTF-16 does, and goes on otherwise".to_owned();
                Err(ImportError::NotJson(Broken { reason, line: 0, column: 0 }))
            }
        }
    };
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => Ok(Cow::Borrowed(rest)),
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        _ => Ok(Cow::Borrowed(bytes)),
    }
}

/// About how many values there are, counted before any of them is kept: a few bytes become a hundred in memory.
fn values(text: &[u8]) -> usize {
    let (mut count, mut is_text, mut is_escaped) = (1, false, false);
    for byte in text {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_text => is_escaped = true,
            b'"' => is_text = !is_text,
            b',' | b'[' | b'{' if !is_text => count += 1,
            _ => {}
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_counted_outside_of_texts() {
        assert_eq!(values(br#"{"a": [1, 2], "b": "[,{\\\",,"}"#), 5);
        assert_eq!(values(b""), 1);
    }
}
