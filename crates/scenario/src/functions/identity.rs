//! Identifiers and chance. What is drawn comes with the call, so that a resumed run draws the same again; it is not
//! meant for keys and passwords.

use super::notation::Notation;
use super::options::Options;
use super::{Call, Function};
use crate::expression::fault::Fault;
use rhai::Dynamic;
use sha1::{Digest, Sha1};

type Result<T = Dynamic> = std::result::Result<T, Fault>;

pub(super) const TABLE: &[Function] = &[
    Function {
        name: "uuid",
        group: "random",
        signature: "uuid() -> text",
        doc: "A random identifier (RFC 9562, version 4).",
        errors: "",
        example: "uuid().len()",
        result: "36",
        run: |call| Ok(uuid(4, random_bits(call))),
    },
    Function {
        name: "uuid_v7",
        group: "random",
        signature: "uuid_v7() -> text",
        doc: "An identifier that begins with the present time, so that later ones sort behind (RFC 9562, version 7).",
        errors: "",
        example: "uuid_v7().slice(0, 15)",
        result: r#""01a202ce-3d3a-7""#,
        run: uuid_v7,
    },
    Function {
        name: "uuid_v5",
        group: "random",
        signature: "uuid_v5(name, namespace) -> text",
        doc: "The identifier of a name within a namespace, the same each time (RFC 9562, version 5). The namespace is `dns`, \
              `url`, `oid`, `x500` or an identifier.",
        errors: "A namespace that is none of these.",
        example: r#""www.example.com".uuid_v5("dns")"#,
        result: r#""2ed6657d-e927-568b-95e1-2665a8aea6a2""#,
        run: uuid_v5,
    },
    Function {
        name: "random",
        group: "random",
        signature: "random() -> number",
        doc: "A random number from 0 up to, but without, 1.",
        errors: "",
        example: "random() < 1.0",
        result: "true",
        run: |call| Ok(Dynamic::from_float((call.draw() >> 11) as f64 / (1_u64 << 53) as f64)),
    },
    Function {
        name: "random_int",
        group: "random",
        signature: "random_int(from, to) -> number",
        doc: "A random whole number between these two, both included.",
        errors: "A range that ends before it begins.",
        example: "random_int(6, 6)",
        result: "6",
        run: random_int,
    },
    Function {
        name: "random_text",
        group: "random",
        signature: "random_text(length, characters?) -> text",
        doc: "A random text of letters and digits, or of the characters given. Good for codes that people type, not for \
              passwords.",
        errors: "No characters to choose from; more than 10,000 characters.",
        example: r#"random_text(8).len()"#,
        result: "8",
        run: random_text,
    },
    Function {
        name: "random_item",
        group: "random",
        signature: "random_item(list) -> value",
        doc: "One item of the list, each as likely as the others; of an empty list, `()`.",
        errors: "",
        example: r#"["a"].random_item()"#,
        result: r#""a""#,
        run: random_item,
    },
    Function {
        name: "random_bytes",
        group: "random",
        signature: "random_bytes(count, options?) -> text",
        doc: "Random bytes, written in base64 or as the option `output` says.",
        errors: "More than 10,000 bytes.",
        example: r#"random_bytes(4, "hex").len()"#,
        result: "8",
        run: random_bytes,
    },
    Function {
        name: "ulid",
        group: "random",
        signature: "ulid() -> text",
        doc: "An identifier of 26 letters and digits that begins with the present time, so that later ones sort behind.",
        errors: "",
        example: "ulid().slice(0, 10)",
        result: r#""01M81CWF9T""#,
        run: ulid,
    },
];

/// How many characters or bytes are drawn at most.
const MOST: usize = 10_000;

fn uuid_v7(call: &mut Call) -> Result {
    let milliseconds = u128::from(now(call));
    let random = random_bits(call) & ((1 << 80) - 1);
    Ok(uuid(7, (milliseconds & ((1 << 48) - 1)) << 80 | random))
}

fn uuid_v5(call: &mut Call) -> Result {
    /// RFC 9562 §6.6.
    const NAMESPACES: &[(&str, u128)] = &[
        ("dns", 0x6ba7_b810_9dad_11d1_80b4_00c0_4fd4_30c8),
        ("url", 0x6ba7_b811_9dad_11d1_80b4_00c0_4fd4_30c8),
        ("oid", 0x6ba7_b812_9dad_11d1_80b4_00c0_4fd4_30c8),
        ("x500", 0x6ba7_b814_9dad_11d1_80b4_00c0_4fd4_30c8),
    ];
    let (name, namespace) = (call.text(0)?, call.text(1)?);
    call.spend_bytes(name.len())?;
    let known = NAMESPACES.iter().find(|(known, _)| known.eq_ignore_ascii_case(&namespace)).map(|(_, id)| *id);
    let Some(namespace) = known.or_else(|| super::checks::uuid(&namespace)) else {
        return Err(call.unsuitable(1, "`dns`, `url`, `oid`, `x500` or a UUID"));
    };
    let digest = Sha1::new().chain_update(namespace.to_be_bytes()).chain_update(name.as_bytes()).finalize();
    let bits = digest.iter().take(16).fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
    Ok(uuid(5, bits))
}

fn random_int(call: &mut Call) -> Result {
    let (from, to) = (call.int(0)?, call.int(1)?);
    if to < from {
        return Err(call.fail("the range ends before it begins"));
    }
    let offset = match to.abs_diff(from).checked_add(1) {
        Some(count) => below(call, count),
        None => call.draw(),
    };
    Ok(from.wrapping_add_unsigned(offset).into())
}

fn random_text(call: &mut Call) -> Result {
    const ALPHANUMERIC: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let length = bounded(call)?;
    let characters = call.given(1).map_or(Ok(ALPHANUMERIC.into()), |_| call.text(1))?;
    call.spend_bytes(characters.len())?;
    let characters: Vec<char> = characters.chars().collect();
    if characters.is_empty() {
        return Err(call.fail("there are no characters to choose from"));
    }
    let mut text = String::with_capacity(length);
    for _ in 0..length {
        text.push(characters[below(call, characters.len() as u64) as usize]);
    }
    Ok(text.into())
}

fn random_item(call: &mut Call) -> Result {
    let items = call.list(0)?;
    if items.is_empty() {
        return Ok(Dynamic::UNIT);
    }
    let position = below(call, items.len() as u64) as usize;
    Ok(items.get(position).cloned().unwrap_or_default())
}

fn random_bytes(call: &mut Call) -> Result {
    let count = bounded(call)?;
    let options = Options::of(call, 1, &["output"])?;
    let notation = Notation::of(&options, "output", Notation::Base64)?;
    let words: Vec<u64> = (0..count.div_ceil(8)).map(|_| call.draw()).collect();
    let bytes = words.into_iter().flat_map(u64::to_be_bytes).take(count).collect();
    notation.write(bytes).map(Dynamic::from).map_err(|why| call.fail(&why))
}

/// 48 bits of time and 80 of chance in Crockford's base32, as the ULID specification has it.
fn ulid(call: &mut Call) -> Result {
    const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let time = u128::from(now(call)) & ((1 << 48) - 1);
    let bits = time << 80 | random_bits(call) & ((1 << 80) - 1);
    let digit = |position: usize| char::from(CROCKFORD[(bits >> (5 * (25 - position))) as usize & 0x1f]);
    Ok((0..26).map(digit).collect::<String>().into())
}

/// A count of what is drawn: the first argument.
fn bounded(call: &mut Call) -> Result<usize> {
    let count = call.count(0)?;
    if count > MOST {
        return Err(call.fail("at most 10,000 are drawn at a time"));
    }
    call.spend_bytes(count * 64)?;
    Ok(count)
}

/// A number below this one, each as likely as the others: draws beyond the last whole multiple are drawn again.
fn below(call: &mut Call, count: u64) -> u64 {
    let last = u64::MAX - (u64::MAX % count + 1) % count;
    loop {
        let drawn = call.draw();
        if drawn <= last {
            return drawn % count;
        }
    }
}

fn now(call: &Call) -> u64 {
    u64::try_from(call.moment().now).unwrap_or(0)
}

fn random_bits(call: &mut Call) -> u128 {
    u128::from(call.draw()) << 64 | u128::from(call.draw())
}

/// The text of an identifier of this version made of these bits (RFC 9562 §4).
fn uuid(version: u128, bits: u128) -> Dynamic {
    let versioned = bits & !(0xf << 76) | version << 76;
    let variant = versioned & !(0x3 << 62) | 0x2 << 62;
    let hex = format!("{variant:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]).into()
}
