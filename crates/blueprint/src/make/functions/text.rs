//! Functions for texts and bytes.

use super::{Arguments, Type, Typed, sure};
use crate::ours::Expr;

/// Those that take a text and give one, by both names.
const SIMPLE: [(&str, &str); 15] = [
    ("lower", "lower"),
    ("upper", "upper"),
    ("capitalize", "capitalize"),
    ("startcase", "title_case"),
    ("trim", "trim"),
    ("base64", "encode_base64"),
    ("encodeURL", "encode_url_component"),
    ("decodeURL", "decode_url"),
    ("escapeHTML", "escape_html"),
    ("escapeMarkdown", "escape_markdown"),
    ("escapeJSON", "escape_json"),
    ("stripHTML", "strip_html"),
    ("md5", "md5"),
    ("toString", "to_text"),
    ("unescapeHTML", "unescape_html"),
];

pub(super) fn call(name: &str, given: &mut Arguments) -> Option<Result<Typed, String>> {
    if let Some((_, ours)) = SIMPLE.iter().find(|(theirs, _)| *theirs == name) {
        let value = given.next();
        if *ours == "to_text" {
            let is_text = value.of == Type::Text && !value.may_miss;
            return sure(if is_text { value.expr } else { value.expr.method("to_text", []) }, Type::Text);
        }
        return sure(value.into_text().method(*ours, []), Type::Text);
    }
    match name {
        "length" => length(given.next()),
        "replace" => replace(given),
        "substring" => {
            let (text, from) = (given.next().into_text(), given.next().into_number());
            let to = given.given().map(Typed::into_number);
            sure(text.method("slice", [from].into_iter().chain(to)), Type::Text)
        }
        "indexOf" => {
            let (text, part) = (given.next().into_text(), given.next().into_text());
            let from = given.given().map(Typed::into_number);
            let found = text.method("index_of", [part].into_iter().chain(from));
            sure(found.or_else(Expr::Int(-1)), Type::Number)
        }
        "contains" => contains(given),
        "split" => {
            let (text, separator) = (given.next().into_text(), given.next().into_text());
            sure(text.method("split", [separator]), Type::List)
        }
        "ascii" => {
            let text = given.next().into_text();
            let plain = given.given().is_some_and(|flag| flag.into_condition() == Expr::Bool(true));
            let others = || [Expr::text("[^\\x00-\\x7F]"), Expr::text("")];
            sure(if plain { text.method("ascii", []) } else { text.method("replace_regex", others()) }, Type::Text)
        }
        "toBinary" => to_binary(given),
        "replaceEmojiCharacters" => {
            let (text, with) = (given.next().into_text(), given.given().map(Typed::into_text));
            sure(text.method("replace_emoji", with), Type::Text)
        }
        "sha1" | "sha256" | "sha512" => digest(name, given),
        _ => None,
    }
}

fn length(value: Typed) -> Option<Result<Typed, String>> {
    let counted = match value.of {
        Type::List => value.into_list(),
        Type::Any if value.may_miss => value.expr.or_else(Expr::text("")),
        Type::Any | Type::Map => value.expr,
        _ => value.into_text(),
    };
    sure(counted.method("len", []), Type::Number)
}

fn contains(given: &mut Arguments) -> Option<Result<Typed, String>> {
    let (value, part) = (given.next(), given.next());
    let found = match value.of {
        Type::List => value.into_list().method("contains", [part.expr]),
        Type::Any => {
            let value = if value.may_miss { value.expr.or_else(Expr::text("")) } else { value.expr };
            value.method("contains", [part.expr])
        }
        _ => value.into_text().method("contains", [part.into_text()]),
    };
    sure(found, Type::Bool)
}

/// Bytes are texts here, in base64 where they are none.
fn to_binary(given: &mut Arguments) -> Option<Result<Typed, String>> {
    let text = given.next().into_text();
    let decoded = match given.given().and_then(|encoding| encoding.as_literal().map(str::to_owned)).as_deref() {
        None | Some("utf8" | "utf-8" | "text") => text,
        Some("base64") => text.method("decode_base64", []),
        Some("hex") => text.method("decode_hex", []),
        Some(other) => return Some(Err(format!("bytes cannot be read in the encoding `{other}`"))),
    };
    sure(decoded, Type::Text)
}

fn digest(name: &str, given: &mut Arguments) -> Option<Result<Typed, String>> {
    let text = given.next().into_text();
    let encoding = given.given().map(Typed::into_text).filter(|encoding| *encoding != Expr::text("hex"));
    let key = given.given().map(Typed::into_text);
    let written = given.given().and_then(|written| written.as_literal().map(str::to_owned));
    if written.is_some_and(|written| written != "text") {
        return Some(Err(format!("the key of `{name}` is written in a way that is not known here")));
    }
    let made = match key {
        Some(key) => text.method(format!("hmac_{name}"), [key].into_iter().chain(encoding)),
        None => text.method(name, encoding),
    };
    sure(made, Type::Text)
}

/// A search text between slashes is a pattern.
fn replace(given: &mut Arguments) -> Option<Result<Typed, String>> {
    let (text, what, with) = (given.next().into_text(), given.next(), given.next().into_text());
    let Some((pattern, flags)) = what.as_literal().and_then(pattern) else {
        return sure(text.method("replace", [what.into_text(), with]), Type::Text);
    };
    if let Err(reason) = is_possible(&pattern) {
        return Some(Err(reason));
    }
    let ours: String = flags.chars().filter(|flag| "ims".contains(*flag)).collect();
    let pattern = if ours.is_empty() { pattern } else { format!("(?{ours}){pattern}") };
    let with = match with {
        Expr::Text(text) => Expr::Text(text.replace("$&", "$0")),
        other => other,
    };
    let once = (!flags.contains('g')).then_some(Expr::Int(1));
    sure(text.method("replace_regex", [Expr::text(pattern), with].into_iter().chain(once)), Type::Text)
}

/// The pattern and the flags of `/pattern/flags`.
fn pattern(text: &str) -> Option<(String, String)> {
    let (pattern, flags) = text.strip_prefix('/')?.rsplit_once('/')?;
    let is_sound = !pattern.is_empty() && flags.chars().all(|flag| "gimsuy".contains(flag));
    is_sound.then(|| (pattern.replace("\\/", "/"), flags.to_owned()))
}

/// Whether our patterns can say this one: they look neither ahead nor behind, and not back at what was found.
pub(crate) fn is_possible(pattern: &str) -> Result<(), String> {
    let looks = ["(?=", "(?!", "(?<=", "(?<!"].iter().find(|sign| pattern.contains(*sign));
    if let Some(sign) = looks {
        return Err(format!("patterns cannot look around with `{sign}` here"));
    }
    let mut escaped = false;
    for c in pattern.chars() {
        if escaped && ('1'..='9').contains(&c) {
            return Err(format!("patterns cannot refer back with `\\{c}` here"));
        }
        escaped = c == '\\' && !escaped;
    }
    Ok(())
}
