//! Digests and message authentication codes.

use super::notation::Notation;
use super::options::Options;
use super::{Call, Function};
use crate::expression::fault::Fault;
use crate::expression::machine::TEXT_BYTES;
use crate::expression::value::{kind_of, write_text};
use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use rhai::Dynamic;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};
use subtle::ConstantTimeEq;

type Result = std::result::Result<Dynamic, Fault>;

const ERRORS: &str = "An `input` that is not written as the options say; an unknown option.";
const KEYED: &str = "A text or key that is not written as the options say; an unknown option.";

pub(super) const TABLE: &[Function] = &[
    Function {
        name: "sha256",
        group: "crypto",
        signature: "sha256(text, options?) -> text",
        doc: "The SHA-256 digest (FIPS 180-4) in hexadecimal. Options: `output` (`hex`, `base64`, `base64url`, \
              `base32`) and `input` (how the text is written: `text`, `hex`, `base64`…); a text alone is `output`.",
        errors: ERRORS,
        example: r#""abc".sha256("base64")"#,
        result: r#""ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=""#,
        run: |call| digest(call, |bytes| Sha256::digest(bytes).to_vec()),
    },
    Function {
        name: "sha384",
        group: "crypto",
        signature: "sha384(text, options?) -> text",
        doc: "The SHA-384 digest (FIPS 180-4) in hexadecimal; options as with `sha256`.",
        errors: ERRORS,
        example: r#""abc".sha384().slice(0, 16)"#,
        result: r#""cb00753f45a35e8b""#,
        run: |call| digest(call, |bytes| Sha384::digest(bytes).to_vec()),
    },
    Function {
        name: "sha512",
        group: "crypto",
        signature: "sha512(text, options?) -> text",
        doc: "The SHA-512 digest (FIPS 180-4) in hexadecimal; options as with `sha256`.",
        errors: ERRORS,
        example: r#""abc".sha512().slice(0, 16)"#,
        result: r#""ddaf35a193617aba""#,
        run: |call| digest(call, |bytes| Sha512::digest(bytes).to_vec()),
    },
    Function {
        name: "sha1",
        group: "crypto",
        signature: "sha1(text, options?) -> text",
        doc: "The SHA-1 digest (FIPS 180-4) in hexadecimal, for services that still ask for it; options as with `sha256`.",
        errors: ERRORS,
        example: r#""abc".sha1()"#,
        result: r#""a9993e364706816aba3e25717850c26c9cd0d89d""#,
        run: |call| digest(call, |bytes| Sha1::digest(bytes).to_vec()),
    },
    Function {
        name: "md5",
        group: "crypto",
        signature: "md5(text, options?) -> text",
        doc: "The MD5 digest (RFC 1321) in hexadecimal: a checksum, not a protection; options as with `sha256`.",
        errors: ERRORS,
        example: r#""a".md5()"#,
        result: r#""0cc175b9c0f1b6a831c399e269772661""#,
        run: |call| digest(call, |bytes| Md5::digest(bytes).to_vec()),
    },
    Function {
        name: "crc32",
        group: "crypto",
        signature: "crc32(text, options?) -> text",
        doc: "The CRC-32 checksum (as in gzip, RFC 1952) in hexadecimal; options as with `sha256`.",
        errors: ERRORS,
        example: r#""123456789".crc32()"#,
        result: r#""cbf43926""#,
        run: |call| digest(call, |bytes| crc32fast::hash(bytes).to_be_bytes().to_vec()),
    },
    Function {
        name: "digest",
        group: "crypto",
        signature: "digest(parts, algorithm, options?) -> text",
        doc: "The digest of texts and numbers put together, in hexadecimal. Items of a list that is written out may be \
              secrets, for services that sign with a key among the text: \
              `digest([\"HashKey=\", secrets.key, \"&\", data], \"sha256\")`. The algorithm is `md5`, `sha1`, `sha256`, \
              `sha384` or `sha512`. Options: `output` as with `sha256`, and `lower` (true: the text is made lower-case \
              before).",
        errors: "Parts that are neither texts nor numbers; an unknown algorithm or option.",
        example: r#"digest(["a", "b", "c"], "sha256", "base64")"#,
        result: r#""ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=""#,
        run: digest_of_parts,
    },
    Function {
        name: "hmac_sha256",
        group: "crypto",
        signature: "hmac_sha256(text, key, options?) -> text",
        doc: "The authentication code of the text under a key (RFC 2104) with SHA-256, in hexadecimal. Options: `output`, \
              `input` as with `sha256`, and `key`: how the key is written.",
        errors: KEYED,
        example: r#""what do ya want for nothing?".hmac_sha256("Jefe").slice(0, 16)"#,
        result: r#""5bdcc146bf60754e""#,
        run: |call| keyed(call, code::<Hmac<Sha256>>),
    },
    Function {
        name: "hmac_sha384",
        group: "crypto",
        signature: "hmac_sha384(text, key, options?) -> text",
        doc: "The authentication code of the text under a key with SHA-384; as `hmac_sha256`.",
        errors: KEYED,
        example: r#""what do ya want for nothing?".hmac_sha384("Jefe").slice(0, 16)"#,
        result: r#""af45d2e376484031""#,
        run: |call| keyed(call, code::<Hmac<Sha384>>),
    },
    Function {
        name: "hmac_sha512",
        group: "crypto",
        signature: "hmac_sha512(text, key, options?) -> text",
        doc: "The authentication code of the text under a key with SHA-512; as `hmac_sha256`.",
        errors: KEYED,
        example: r#""what do ya want for nothing?".hmac_sha512("Jefe").slice(0, 16)"#,
        result: r#""164b7a7bfcf819e2""#,
        run: |call| keyed(call, code::<Hmac<Sha512>>),
    },
    Function {
        name: "hmac_sha1",
        group: "crypto",
        signature: "hmac_sha1(text, key, options?) -> text",
        doc: "The authentication code of the text under a key with SHA-1; as `hmac_sha256`.",
        errors: KEYED,
        example: r#""what do ya want for nothing?".hmac_sha1("Jefe")"#,
        result: r#""effcdf6ae5eb2fa2d27416d5f184df9c259a7c79""#,
        run: |call| keyed(call, code::<Hmac<Sha1>>),
    },
    Function {
        name: "hmac_md5",
        group: "crypto",
        signature: "hmac_md5(text, key, options?) -> text",
        doc: "The authentication code of the text under a key with MD5; as `hmac_sha256`.",
        errors: KEYED,
        example: r#""what do ya want for nothing?".hmac_md5("Jefe")"#,
        result: r#""750c783e6ab0b503eaa86e310a5db738""#,
        run: |call| keyed(call, code::<Hmac<Md5>>),
    },
    Function {
        name: "secure_equal",
        group: "crypto",
        signature: "secure_equal(value, key) -> bool",
        doc: "Whether two texts are the same, compared in a time that does not tell where they differ: for signatures and \
              tokens. A value that is no text is not the same.",
        errors: "A key that is no text.",
        example: r#""secret".secure_equal("secret")"#,
        result: "true",
        run: secure_equal,
    },
];

/// The authentication code of a message (RFC 2104). A key may have any length.
pub(super) fn code<M: Mac + KeyInit>(key: &[u8], message: &[u8]) -> Vec<u8> {
    // `new_from_slice` of HMAC accepts any length; should that change, no code at all is better than a panic.
    match <M as KeyInit>::new_from_slice(key) {
        Ok(mut mac) => {
            mac.update(message);
            mac.finalize().into_bytes().to_vec()
        }
        Err(_) => Vec::new(),
    }
}

fn digest(call: &mut Call, hash: fn(&[u8]) -> Vec<u8>) -> Result {
    let options = Options::of(call, 1, &["output", "input"])?;
    let input = input(call, &options)?;
    write(call, &options, hash(&input))
}

/// The hash functions by which parts are digested.
const ALGORITHMS: &[(&str, Hash)] = &[
    ("md5", |bytes| Md5::digest(bytes).to_vec()),
    ("sha1", |bytes| Sha1::digest(bytes).to_vec()),
    ("sha256", |bytes| Sha256::digest(bytes).to_vec()),
    ("sha384", |bytes| Sha384::digest(bytes).to_vec()),
    ("sha512", |bytes| Sha512::digest(bytes).to_vec()),
];

type Hash = fn(&[u8]) -> Vec<u8>;

fn digest_of_parts(call: &mut Call) -> Result {
    let options = Options::of(call, 2, &["output", "lower"])?;
    let mut text = String::new();
    for part in call.list(0)?.iter() {
        if !matches!(kind_of(part), "text" | "number") {
            return Err(call.fail("the parts are texts and numbers"));
        }
        write_text(part, &mut text);
        if text.len() > TEXT_BYTES {
            return Err(call.fail("the parts are too long together"));
        }
    }
    if options.flag("lower")? == Some(true) {
        text = text.to_lowercase();
    }
    call.spend_bytes(text.len())?;
    let wanted = call.text(1)?;
    let Some((_, hash)) = ALGORITHMS.iter().find(|(name, _)| *name == wanted.as_str()) else {
        return Err(call.fail("the algorithm is one of `md5`, `sha1`, `sha256`, `sha384`, `sha512`"));
    };
    write(call, &options, hash(text.as_bytes()))
}

fn keyed(call: &mut Call, code: fn(&[u8], &[u8]) -> Vec<u8>) -> Result {
    let options = Options::of(call, 2, &["output", "input", "key"])?;
    let input = input(call, &options)?;
    let key = Notation::of(&options, "key", Notation::Text)?.read(&call.text(1)?);
    let key = key.map_err(|why| call.fail(&format!("the key: {why}")))?;
    write(call, &options, code(&key, &input))
}

fn input(call: &mut Call, options: &Options) -> std::result::Result<Vec<u8>, Fault> {
    let text = call.text(0)?;
    call.spend_bytes(text.len())?;
    let notation = Notation::of(options, "input", Notation::Text)?;
    notation.read(&text).map_err(|why| call.fail(&why))
}

fn write(call: &Call, options: &Options, bytes: Vec<u8>) -> Result {
    let notation = Notation::of(options, "output", Notation::Hex)?;
    notation.write(bytes).map(Dynamic::from).map_err(|why| call.fail(&why))
}

fn secure_equal(call: &mut Call) -> Result {
    let key = call.text(1)?;
    let Ok(value) = call.text(0) else { return Ok(false.into()) };
    call.spend_bytes(value.len())?;
    Ok(bool::from(value.as_bytes().ct_eq(key.as_bytes())).into())
}
