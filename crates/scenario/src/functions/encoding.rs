//! Bytes as text and back: base64 and its kin, and character sets. Bytes are base64 text in this language, as they are
//! in a webhook's `raw` and in the body of an HTTP answer.

use super::notation::{self, Notation, utf8};
use super::options::Options;
use super::{Call, Function};
use crate::expression::fault::Fault;
use encoding_rs::{Encoding, REPLACEMENT, UTF_16BE, UTF_16LE};
use rhai::Dynamic;

type Result = std::result::Result<Dynamic, Fault>;

pub(super) const TABLE: &[Function] = &[
    Function {
        name: "encode_base64",
        group: "encoding",
        signature: "encode_base64(text) -> text",
        doc: "The text in base64 (RFC 4648 §4).",
        errors: "",
        example: r#""Hello 中".encode_base64()"#,
        result: r#""SGVsbG8g5Lit""#,
        run: |call| encode(call, Notation::Base64),
    },
    Function {
        name: "decode_base64",
        group: "encoding",
        signature: "decode_base64(text) -> text",
        doc: "The text that base64 stands for, with or without padding.",
        errors: "A text that is no base64; bytes that are no UTF-8: `decode_text` reads other character sets.",
        example: r#""SGVsbG8".decode_base64()"#,
        result: r#""Hello""#,
        run: |call| decode(call, Notation::Base64),
    },
    Function {
        name: "encode_base64url",
        group: "encoding",
        signature: "encode_base64url(text) -> text",
        doc: "The text in the base64 of URLs and tokens (RFC 4648 §5), without padding.",
        errors: "",
        example: r#""a?>".encode_base64url()"#,
        result: r#""YT8-""#,
        run: |call| encode(call, Notation::Base64Url),
    },
    Function {
        name: "decode_base64url",
        group: "encoding",
        signature: "decode_base64url(text) -> text",
        doc: "The text that the base64 of URLs and tokens stands for.",
        errors: "A text that is no base64url; bytes that are no UTF-8.",
        example: r#""YT8-".decode_base64url()"#,
        result: r#""a?>""#,
        run: |call| decode(call, Notation::Base64Url),
    },
    Function {
        name: "encode_base32",
        group: "encoding",
        signature: "encode_base32(text) -> text",
        doc: "The text in base32 (RFC 4648 §6), without padding.",
        errors: "",
        example: r#""foobar".encode_base32()"#,
        result: r#""MZXW6YTBOI""#,
        run: |call| encode(call, Notation::Base32),
    },
    Function {
        name: "decode_base32",
        group: "encoding",
        signature: "decode_base32(text) -> text",
        doc: "The text that base32 stands for.",
        errors: "A text that is no base32; bytes that are no UTF-8.",
        example: r#""MZXW6YTBOI======".decode_base32()"#,
        result: r#""foobar""#,
        run: |call| decode(call, Notation::Base32),
    },
    Function {
        name: "encode_hex",
        group: "encoding",
        signature: "encode_hex(text) -> text",
        doc: "The bytes of the text in hexadecimal.",
        errors: "",
        example: r#""Hi!".encode_hex()"#,
        result: r#""486921""#,
        run: |call| encode(call, Notation::Hex),
    },
    Function {
        name: "decode_hex",
        group: "encoding",
        signature: "decode_hex(text) -> text",
        doc: "The text that hexadecimal digits stand for.",
        errors: "A text that is not hexadecimal; bytes that are no UTF-8.",
        example: r#""486921".decode_hex()"#,
        result: r#""Hi!""#,
        run: |call| decode(call, Notation::Hex),
    },
    Function {
        name: "recode",
        group: "encoding",
        signature: "recode(text, from, to) -> text",
        doc: "The same bytes written in another way: `text`, `hex`, `base64`, `base64url` or `base32`.",
        errors: "A text that is not written as `from` says; bytes that are no UTF-8, where `to` is `text`.",
        example: r#""ff00".recode("hex", "base64")"#,
        result: r#""/wA=""#,
        run: recode,
    },
    Function {
        name: "byte_length",
        group: "encoding",
        signature: "byte_length(text, written?) -> number",
        doc: "How many bytes a text has in UTF-8, or those that are written as `base64`, `hex`….",
        errors: "A text that is not written so.",
        example: r#""中文".byte_length()"#,
        result: "6",
        run: byte_length,
    },
    Function {
        name: "decode_text",
        group: "encoding",
        signature: "decode_text(bytes, charset?, options?) -> text",
        doc: "The text of bytes in a character set (WHATWG Encoding Standard): `big5`, `gb18030`, `shift_jis`, \
              `iso-2022-jp`, `euc-kr`, `windows-1252`, `utf-16le`…; UTF-8 unless told otherwise. The bytes are base64, or \
              what the option `input` says. What is malformed becomes U+FFFD.",
        errors: "A character set that is not known; bytes that are not written as `input` says.",
        example: r#""pKSk5Q==".decode_text("big5")"#,
        result: r#""中文""#,
        run: decode_text,
    },
    Function {
        name: "encode_text",
        group: "encoding",
        signature: "encode_text(text, charset?, options?) -> text",
        doc: "The text in a character set, as base64 or what the option `output` says.",
        errors: "A character set that is not known or does not have all characters of the text.",
        example: r#""中文".encode_text("big5", "hex")"#,
        result: r#""a4a4a4e5""#,
        run: encode_text,
    },
    Function {
        name: "data_url",
        group: "encoding",
        signature: "data_url(base64, media_type?) -> text",
        doc: "Bytes as a `data:` URL (RFC 2397), for images within HTML.",
        errors: "Bytes that are no base64.",
        example: r#""R0lG".data_url("image/gif")"#,
        result: r#""data:image/gif;base64,R0lG""#,
        run: data_url,
    },
];

fn encode(call: &mut Call, notation: Notation) -> Result {
    let text = call.text(0)?;
    call.spend_bytes(text.len())?;
    notation.write(text.as_bytes().to_vec()).map(Dynamic::from).map_err(|why| call.fail(&why))
}

fn decode(call: &mut Call, notation: Notation) -> Result {
    let bytes = read(call, 0, notation)?;
    utf8(bytes).map(Dynamic::from).map_err(|why| call.fail(&why))
}

fn recode(call: &mut Call) -> Result {
    let (from, to) = (named(call, 1)?, named(call, 2)?);
    let bytes = read(call, 0, from)?;
    to.write(bytes).map(Dynamic::from).map_err(|why| call.fail(&why))
}

fn byte_length(call: &mut Call) -> Result {
    let notation = if call.given(1).is_some() { named(call, 1)? } else { Notation::Text };
    let bytes = read(call, 0, notation)?;
    Ok(i64::try_from(bytes.len()).unwrap_or(i64::MAX).into())
}

fn decode_text(call: &mut Call) -> Result {
    let encoding = charset(call)?;
    let options = Options::of(call, 2, &["input"])?;
    let bytes = read(call, 0, Notation::of(&options, "input", Notation::Base64)?)?;
    Ok(encoding.decode(&bytes).0.into_owned().into())
}

fn encode_text(call: &mut Call) -> Result {
    let encoding = charset(call)?;
    let options = Options::of(call, 2, &["output"])?;
    let text = call.text(0)?;
    call.spend_bytes(text.len())?;
    // Encoders of the web know no UTF-16: pages in it send their forms as UTF-8.
    let bytes = if encoding == UTF_16LE {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    } else if encoding == UTF_16BE {
        text.encode_utf16().flat_map(u16::to_be_bytes).collect()
    } else {
        let (bytes, _, missing) = encoding.encode(&text);
        if missing {
            return Err(call.fail(&format!("{} does not have all characters of the text", encoding.name())));
        }
        bytes.into_owned()
    };
    let notation = Notation::of(&options, "output", Notation::Base64)?;
    notation.write(bytes).map(Dynamic::from).map_err(|why| call.fail(&why))
}

fn data_url(call: &mut Call) -> Result {
    let bytes = read(call, 0, Notation::Base64)?;
    let media_type = call.given(1).map_or(Ok("application/octet-stream".into()), |_| call.text(1))?;
    let base64 = Notation::Base64.write(bytes).map_err(|why| call.fail(&why))?;
    Ok(format!("data:{media_type};base64,{base64}").into())
}

fn read(call: &mut Call, position: usize, notation: Notation) -> std::result::Result<Vec<u8>, Fault> {
    let text = call.text(position)?;
    call.spend_bytes(text.len())?;
    notation.read(&text).map_err(|why| call.fail(&why))
}

/// The notation that an argument names.
fn named(call: &Call, position: usize) -> std::result::Result<Notation, Fault> {
    let name = call.text(position)?;
    let found = notation::NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(&name));
    found.map(|(_, notation)| *notation).ok_or_else(|| {
        let names: Vec<String> = notation::NAMES.iter().map(|(name, _)| format!("`{name}`")).collect();
        call.fail(&format!("bytes are written as one of {}, not as `{name}`", names.join(", ")))
    })
}

/// The character set of the second argument (WHATWG Encoding Standard §4.2), without those that only hide attacks.
fn charset(call: &Call) -> std::result::Result<&'static Encoding, Fault> {
    let Some(given) = call.given(1).filter(|given| !given.is_unit()) else { return Ok(encoding_rs::UTF_8) };
    let label = call.text(1)?;
    Encoding::for_label(label.as_bytes()).filter(|encoding| *encoding != REPLACEMENT).ok_or_else(|| {
        let given = crate::expression::value::describe(given);
        call.fail(&format!("the character set is one that the web knows, such as `big5` or `shift_jis`, not {given}"))
    })
}
