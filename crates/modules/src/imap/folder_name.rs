//! Names of folders as they go over the wire: ASCII, with everything else in a form of UTF-7 (RFC 3501 §5.1.3).

use base64::Engine;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::general_purpose::NO_PAD;
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};

/// `/` is what folders are kept apart by, so `,` stands in its place.
const BASE64: GeneralPurpose = GeneralPurpose::new(&IMAP_MUTF7, LENIENT);
const LENIENT: GeneralPurposeConfig = NO_PAD.with_decode_allow_trailing_bits(true);

/// The name as it is sent.
pub(super) fn encoded(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut wide: Vec<u16> = Vec::new();
    for c in name.chars() {
        if (' '..='~').contains(&c) {
            flush(&mut wide, &mut out);
            out.push(c);
            if c == '&' {
                out.push('-');
            }
        } else {
            wide.extend_from_slice(c.encode_utf16(&mut [0; 2]));
        }
    }
    flush(&mut wide, &mut out);
    out
}

fn flush(wide: &mut Vec<u16>, out: &mut String) {
    if !wide.is_empty() {
        let bytes: Vec<u8> = wide.drain(..).flat_map(u16::to_be_bytes).collect();
        out.push('&');
        out.push_str(&BASE64.encode(bytes));
        out.push('-');
    }
}

/// The name as people see it. What is not encoded as it should be is shown as it came.
pub(super) fn decoded(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut rest = name;
    while let Some((before, from)) = rest.split_once('&') {
        out.push_str(before);
        let Some((inside, after)) = from.split_once('-') else {
            return out + "&" + from;
        };
        let text = BASE64.decode(inside).ok().and_then(|bytes| {
            let wide = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            String::from_utf16(&wide.collect::<Vec<_>>()).ok()
        });
        match text {
            _ if inside.is_empty() => out.push('&'),
            Some(text) => out.push_str(&text),
            None => out.push_str(&format!("&{inside}-")),
        }
        rest = after;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of RFC 3501 §5.1.3, and others.
    #[test]
    fn names_go_there_and_back() {
        for (name, wire) in [
            ("INBOX", "INBOX"),
            ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
            ("A & B", "A &- B"),
            ("已處理", "&XfKGVXQG-"),
            ("😀", "&2D3eAA-"),
        ] {
            assert_eq!(encoded(name), wire);
            assert_eq!(decoded(wire), name);
        }
        assert_eq!(decoded("a&b"), "a&b");
        assert_eq!(decoded("a&!!-b"), "a&!!-b");
    }
}
