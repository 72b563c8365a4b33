//! Functions of texts.

use super::{Call, Function};
use crate::expression::fault::{Fault, limit, unsuitable};
use crate::expression::machine::{LIST_ITEMS, TEXT_BYTES};
use crate::expression::operators::same;
use crate::expression::value::{as_list, as_map, as_text, list, write_text};
use rhai::Dynamic;

type Result = std::result::Result<Dynamic, Fault>;

pub(super) const TABLE: &[Function] = &[
    Function {
        name: "upper",
        group: "text",
        signature: "upper(text) -> text",
        doc: "The text in upper case.",
        errors: "",
        example: r#""straße".upper()"#,
        result: r#""STRASSE""#,
        run: upper,
    },
    Function {
        name: "lower",
        group: "text",
        signature: "lower(text) -> text",
        doc: "The text in lower case.",
        errors: "",
        example: r#""ABC".lower()"#,
        result: r#""abc""#,
        run: lower,
    },
    Function {
        name: "capitalize",
        group: "text",
        signature: "capitalize(text) -> text",
        doc: "The text with its first letter in upper case.",
        errors: "",
        example: r#""one two".capitalize()"#,
        result: r#""One two""#,
        run: capitalize,
    },
    Function {
        name: "trim",
        group: "text",
        signature: "trim(text) -> text",
        doc: "The text without blanks at its beginning and end.",
        errors: "",
        example: r#""  a b ".trim()"#,
        result: r#""a b""#,
        run: trim,
    },
    Function {
        name: "split",
        group: "text",
        signature: "split(text, separator) -> list",
        doc: "The parts of the text between separators; with an empty separator, its characters.",
        errors: "More than 100000 parts.",
        example: r#""a,b".split(",")"#,
        result: r#"["a","b"]"#,
        run: split,
    },
    Function {
        name: "replace",
        group: "text",
        signature: "replace(text, what, with) -> text",
        doc: "The text with every occurrence replaced.",
        errors: "A text that would be longer than 8 MiB.",
        example: r#""a-b-c".replace("-", "+")"#,
        result: r#""a+b+c""#,
        run: replace,
    },
    Function {
        name: "contains",
        group: "text",
        signature: "contains(value, part) -> bool",
        doc: "Whether a text has this part, a list this item, or a map this key; `part in value` is the same.",
        errors: "A value that is no text, list or map.",
        example: r#""hello".contains("ell")"#,
        result: "true",
        run: contains,
    },
    Function {
        name: "starts_with",
        group: "text",
        signature: "starts_with(text, beginning) -> bool",
        doc: "Whether the text begins so.",
        errors: "",
        example: r#""invoice-7".starts_with("invoice")"#,
        result: "true",
        run: starts_with,
    },
    Function {
        name: "ends_with",
        group: "text",
        signature: "ends_with(text, end) -> bool",
        doc: "Whether the text ends so.",
        errors: "",
        example: r#""a.pdf".ends_with(".pdf")"#,
        result: "true",
        run: ends_with,
    },
    Function {
        name: "truncate",
        group: "text",
        signature: "truncate(text, length, ending?) -> text",
        doc: "The text cut to this many characters, of which a given ending takes its share.",
        errors: "A length that is no whole number from 0.",
        example: r#""automation".truncate(5, "…")"#,
        result: r#""auto…""#,
        run: truncate,
    },
    Function {
        name: "pad_start",
        group: "text",
        signature: "pad_start(text, length, with?) -> text",
        doc: "The text, filled at its beginning to this many characters; with blanks unless told otherwise.",
        errors: "A length that is no whole number from 0; a text that would be longer than 8 MiB.",
        example: r#""7".pad_start(3, "0")"#,
        result: r#""007""#,
        run: pad_start,
    },
    Function {
        name: "slice",
        group: "text",
        signature: "slice(value, from, to?) -> text or list",
        doc: "The characters of a text, or the items of a list, from one position up to another; negative ones count from \
              the end.",
        errors: "A value that is no text or list; positions that are no whole numbers.",
        example: r#""hookmill".slice(4)"#,
        result: r#""mill""#,
        run: slice,
    },
    Function {
        name: "slug",
        group: "text",
        signature: "slug(text) -> text",
        doc: "The text as a part of a URL: lower-case letters and digits with hyphens between.",
        errors: "",
        example: r#""Hello, World!".slug()"#,
        result: r#""hello-world""#,
        run: slug,
    },
    Function {
        name: "to_text",
        group: "text",
        signature: "to_text(value) -> text",
        doc: "The value as text: a text as it is, nothing for `()`, anything else as JSON.",
        errors: "",
        example: "42.to_text()",
        result: r#""42""#,
        run: to_text,
    },
];

fn upper(call: &mut Call) -> Result {
    Ok(call.text(0)?.to_uppercase().into())
}

fn lower(call: &mut Call) -> Result {
    Ok(call.text(0)?.to_lowercase().into())
}

fn capitalize(call: &mut Call) -> Result {
    let text = call.text(0)?;
    let mut characters = text.chars();
    let first: String = characters.next().map(|first| first.to_uppercase().collect()).unwrap_or_default();
    Ok((first + characters.as_str()).into())
}

fn trim(call: &mut Call) -> Result {
    Ok(call.text(0)?.trim().into())
}

fn split(call: &mut Call) -> Result {
    let (text, separator) = (call.text(0)?, call.text(1)?);
    let one_too_many = LIST_ITEMS + 1;
    if separator.is_empty() {
        let characters = text.chars().take(one_too_many).map(|character| character.to_string().into());
        return Ok(list(characters.collect()));
    }
    Ok(list(text.split(separator.as_str()).take(one_too_many).map(|part| part.into()).collect()))
}

fn replace(call: &mut Call) -> Result {
    let (text, what, with) = (call.text(0)?, call.text(1)?, call.text(2)?);
    if what.is_empty() {
        return Ok(text.into());
    }
    let found = text.matches(what.as_str()).count();
    fits(text.len() + found.saturating_mul(with.len()))?;
    Ok(text.replace(what.as_str(), &with).into())
}

fn contains(call: &mut Call) -> Result {
    let (value, part) = (call.any(0), call.any(1));
    if let Some(text) = as_text(value) {
        call.spend_bytes(text.len())?;
        return Ok(text.contains(call.text(1)?.as_str()).into());
    }
    if let Some(entries) = as_map(value) {
        return Ok(entries.contains_key(call.text(1)?.as_str()).into());
    }
    if as_list(value).is_some() {
        let items = call.list(0)?;
        return Ok(items.iter().any(|item| same(item, part)).into());
    }
    Err(unsuitable("`contains`", "a text, a list or a map", value))
}

fn starts_with(call: &mut Call) -> Result {
    Ok(call.text(0)?.starts_with(call.text(1)?.as_str()).into())
}

fn ends_with(call: &mut Call) -> Result {
    Ok(call.text(0)?.ends_with(call.text(1)?.as_str()).into())
}

fn truncate(call: &mut Call) -> Result {
    let (text, length) = (call.text(0)?, call.count(1)?);
    if text.chars().count() <= length {
        return Ok(text.into());
    }
    let ending = call.given(2).map(|_| call.text(2)).transpose()?.unwrap_or_default();
    let kept = length.saturating_sub(ending.chars().count());
    let shortened: String = text.chars().take(kept).chain(ending.chars()).take(length).collect();
    Ok(shortened.into())
}

fn pad_start(call: &mut Call) -> Result {
    let (text, length) = (call.text(0)?, call.count(1)?);
    let with = call.given(2).map_or(Ok(" ".into()), |_| call.text(2))?;
    let missing = length.saturating_sub(text.chars().count());
    if missing == 0 || with.is_empty() {
        return Ok(text.into());
    }
    fits(missing.saturating_mul(4))?;
    let filling: String = with.chars().cycle().take(missing).collect();
    Ok((filling + text.as_str()).into())
}

fn slice(call: &mut Call) -> Result {
    let (from, to) = (Dynamic::from(call.int(1)?), call.given(2).cloned().unwrap_or(i64::MAX.into()));
    crate::expression::slice(call.any(0), &from, &to)
}

fn slug(call: &mut Call) -> Result {
    let text = call.text(0)?;
    let mut slug = String::new();
    for character in text.chars().flat_map(char::to_lowercase) {
        if character.is_alphanumeric() {
            slug.push(character);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    Ok(slug.trim_end_matches('-').into())
}

fn to_text(call: &mut Call) -> Result {
    let mut text = String::new();
    write_text(call.any(0), &mut text);
    Ok(text.into())
}

/// Before a text is made that could be much longer than what it is made of.
fn fits(bytes: usize) -> std::result::Result<(), Fault> {
    if bytes > TEXT_BYTES {
        return Err(limit(format!("the text would be longer than {} MiB", TEXT_BYTES >> 20)));
    }
    Ok(())
}
