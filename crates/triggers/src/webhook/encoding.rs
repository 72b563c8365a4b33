//! Bytes to text: character sets, and the percent-encoding of queries and forms.

use super::problem::Refusal;
use encoding_rs::{Encoding, REPLACEMENT};
use percent_encoding::percent_decode;
use std::borrow::Cow;

/// The encoding of this label (WHATWG Encoding Standard §4.2).
pub(super) fn named(label: &str) -> Result<&'static Encoding, Refusal> {
    Encoding::for_label(label.as_bytes())
        .filter(|encoding| *encoding != REPLACEMENT)
        .ok_or_else(|| Refusal::unsupported_media("the character set that the content type names is not known"))
}

/// The text of these bytes. A byte order mark outweighs `encoding`; what is malformed becomes U+FFFD.
pub(super) fn text<'b>(bytes: &'b [u8], encoding: &'static Encoding) -> Cow<'b, str> {
    encoding.decode(bytes).0
}

/// The pairs of `application/x-www-form-urlencoded` (WHATWG URL Standard §5.1), of which a query is one, too.
pub(super) fn pairs<'b>(
    bytes: &'b [u8],
    encoding: &'static Encoding,
) -> impl Iterator<Item = (String, String)> + use<'b> {
    bytes.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()).map(move |pair| {
        let (name, value) = match pair.iter().position(|byte| *byte == b'=') {
            Some(at) => (&pair[..at], &pair[at + 1..]),
            None => (pair, &[][..]),
        };
        (unescape(name, encoding), unescape(value, encoding))
    })
}

fn unescape(escaped: &[u8], encoding: &'static Encoding) -> String {
    let spaced = if escaped.contains(&b'+') {
        Cow::Owned(escaped.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect::<Vec<u8>>())
    } else {
        Cow::Borrowed(escaped)
    };
    let bytes: Cow<'_, [u8]> = percent_decode(&spaced).into();
    encoding.decode_without_bom_handling(&bytes).0.into_owned()
}
