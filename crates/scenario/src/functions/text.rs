//! Functions of texts: their parts and places.

use super::{Call, Function};
use crate::expression::fault::{Fault, limit, unsuitable};
use crate::expression::machine::TEXT_BYTES;
use crate::expression::operators::same;
use crate::expression::value::{as_list, as_map, as_text, write_text};
use rhai::Dynamic;

type Result<T = Dynamic> = std::result::Result<T, Fault>;

pub(super) const TABLE: &[Function] = &[
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
        name: "trim_start",
        group: "text",
        signature: "trim_start(text) -> text",
        doc: "The text without blanks at its beginning.",
        errors: "",
        example: r#""  a ".trim_start()"#,
        result: r#""a ""#,
        run: trim_start,
    },
    Function {
        name: "trim_end",
        group: "text",
        signature: "trim_end(text) -> text",
        doc: "The text without blanks at its end.",
        errors: "",
        example: r#"" a  ".trim_end()"#,
        result: r#"" a""#,
        run: trim_end,
    },
    Function {
        name: "collapse_blanks",
        group: "text",
        signature: "collapse_blanks(text) -> text",
        doc: "The text with one blank where there were several, line breaks too, and none at its beginning and end.",
        errors: "",
        example: r#"" a   b ".collapse_blanks()"#,
        result: r#""a b""#,
        run: collapse_blanks,
    },
    Function {
        name: "remove_prefix",
        group: "text",
        signature: "remove_prefix(text, beginning) -> text",
        doc: "The text without this beginning; without it already, the text as it is.",
        errors: "",
        example: r#""invoice-7".remove_prefix("invoice-")"#,
        result: r#""7""#,
        run: remove_prefix,
    },
    Function {
        name: "remove_suffix",
        group: "text",
        signature: "remove_suffix(text, end) -> text",
        doc: "The text without this end; without it already, the text as it is.",
        errors: "",
        example: r#""a.pdf".remove_suffix(".pdf")"#,
        result: r#""a""#,
        run: remove_suffix,
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
        name: "replace_first",
        group: "text",
        signature: "replace_first(text, what, with) -> text",
        doc: "The text with the first occurrence replaced.",
        errors: "A text that would be longer than 8 MiB.",
        example: r#""a-b-c".replace_first("-", "+")"#,
        result: r#""a+b-c""#,
        run: replace_first,
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
        name: "index_of",
        group: "text",
        signature: "index_of(value, part, from?) -> number",
        doc: "Where a part first stands in a text (counted in characters), or an item in a list; the first position \
              is 0. `()` where it is not.",
        errors: "A value that is no text or list.",
        example: r#""banana".index_of("an", 2)"#,
        result: "3",
        run: index_of,
    },
    Function {
        name: "last_index_of",
        group: "text",
        signature: "last_index_of(value, part) -> number",
        doc: "Where a part last stands in a text (counted in characters), or an item in a list; the first position is \
              0. `()` where it is not.",
        errors: "A value that is no text or list.",
        example: r#""banana".last_index_of("an")"#,
        result: "3",
        run: last_index_of,
    },
    Function {
        name: "count_of",
        group: "text",
        signature: "count_of(value, part) -> number",
        doc: "How often a part stands in a text, or an item in a list.",
        errors: "A value that is no text or list.",
        example: r#""banana".count_of("an")"#,
        result: "2",
        run: count_of,
    },
    Function {
        name: "before",
        group: "text",
        signature: "before(text, mark) -> text",
        doc: "What stands before the first occurrence of the mark; without it, the whole text.",
        errors: "",
        example: r#""ann@example.com".before("@")"#,
        result: r#""ann""#,
        run: before,
    },
    Function {
        name: "after",
        group: "text",
        signature: "after(text, mark) -> text",
        doc: "What stands after the first occurrence of the mark; without it, an empty text.",
        errors: "",
        example: r#""ann@example.com".after("@")"#,
        result: r#""example.com""#,
        run: after,
    },
    Function {
        name: "slice",
        group: "text",
        signature: "slice(value, from, to?) -> text or list",
        doc: "The characters of a text, or the items of a list, from one position up to another; negative ones count \
              from the end.",
        errors: "A value that is no text or list; positions that are no whole numbers.",
        example: r#""hookmill".slice(4)"#,
        result: r#""mill""#,
        run: slice,
    },
    Function {
        name: "insert_text",
        group: "text",
        signature: "insert_text(text, position, what) -> text",
        doc: "The text with another inserted at this position.",
        errors: "A position beyond the end; a text that would be longer than 8 MiB.",
        example: r#""20261122".insert_text(4, "-")"#,
        result: r#""2026-1122""#,
        run: insert_text,
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
        name: "pad_end",
        group: "text",
        signature: "pad_end(text, length, with?) -> text",
        doc: "The text, filled at its end to this many characters; with blanks unless told otherwise.",
        errors: "A length that is no whole number from 0; a text that would be longer than 8 MiB.",
        example: r#""7".pad_end(3, ".")"#,
        result: r#""7..""#,
        run: pad_end,
    },
    Function {
        name: "repeat",
        group: "text",
        signature: "repeat(text, times) -> text",
        doc: "The text, this many times.",
        errors: "A number of times that is no whole number from 0; a text that would be longer than 8 MiB.",
        example: r#""ab".repeat(3)"#,
        result: r#""ababab""#,
        run: repeat,
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

fn trim(call: &mut Call) -> Result {
    Ok(call.text(0)?.trim().into())
}

fn trim_start(call: &mut Call) -> Result {
    Ok(call.text(0)?.trim_start().into())
}

fn trim_end(call: &mut Call) -> Result {
    Ok(call.text(0)?.trim_end().into())
}

fn collapse_blanks(call: &mut Call) -> Result {
    let text = call.text(0)?;
    call.spend_bytes(text.len())?;
    Ok(text.split_whitespace().collect::<Vec<_>>().join(" ").into())
}

fn remove_prefix(call: &mut Call) -> Result {
    let (text, beginning) = (call.text(0)?, call.text(1)?);
    Ok(text.strip_prefix(beginning.as_str()).unwrap_or(&text).into())
}

fn remove_suffix(call: &mut Call) -> Result {
    let (text, end) = (call.text(0)?, call.text(1)?);
    Ok(text.strip_suffix(end.as_str()).unwrap_or(&text).into())
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

fn replace_first(call: &mut Call) -> Result {
    let (text, what, with) = (call.text(0)?, call.text(1)?, call.text(2)?);
    fits(text.len() + with.len())?;
    Ok(if what.is_empty() { text.into() } else { text.replacen(what.as_str(), &with, 1).into() })
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
        call.spend_comparisons(0, 1)?;
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

fn index_of(call: &mut Call) -> Result {
    let from = call.given(2).map_or(Ok(0), |_| call.count(2))?;
    let (value, part) = (call.any(0), call.any(1));
    if as_list(value).is_some() {
        call.spend_comparisons(0, 1)?;
        let items = call.list(0)?;
        let found = items.iter().skip(from).position(|item| same(item, part));
        return Ok(found.map(|position| whole(position + from)).unwrap_or_default());
    }
    let text = text_or_list(call)?;
    let part = call.text(1)?;
    call.spend_bytes(text.len())?;
    let Some((start, _)) =
        text.char_indices().map(Some).chain([None]).nth(from).map(|at| at.unwrap_or((text.len(), ' ')))
    else {
        return Ok(Dynamic::UNIT);
    };
    let found = text[start..].find(part.as_str());
    Ok(found.map(|offset| whole(from + text[start..start + offset].chars().count())).unwrap_or_default())
}

fn last_index_of(call: &mut Call) -> Result {
    let (value, part) = (call.any(0), call.any(1));
    if as_list(value).is_some() {
        call.spend_comparisons(0, 1)?;
        let items = call.list(0)?;
        return Ok(items.iter().rposition(|item| same(item, part)).map(whole).unwrap_or_default());
    }
    let text = text_or_list(call)?;
    call.spend_bytes(text.len())?;
    let found = text.rfind(call.text(1)?.as_str());
    Ok(found.map(|offset| whole(text[..offset].chars().count())).unwrap_or_default())
}

fn count_of(call: &mut Call) -> Result {
    let (value, part) = (call.any(0), call.any(1));
    if as_list(value).is_some() {
        call.spend_comparisons(0, 1)?;
        let items = call.list(0)?;
        return Ok(whole(items.iter().filter(|item| same(item, part)).count()));
    }
    let (text, part) = (text_or_list(call)?, call.text(1)?);
    call.spend_bytes(text.len())?;
    Ok(whole(if part.is_empty() { 0 } else { text.matches(part.as_str()).count() }))
}

/// The first argument of a function that takes a text or a list, where it is no list.
fn text_or_list(call: &Call) -> Result<rhai::ImmutableString> {
    as_text(call.any(0)).ok_or_else(|| call.unsuitable(0, "a text or a list"))
}

fn before(call: &mut Call) -> Result {
    let (text, mark) = (call.text(0)?, call.text(1)?);
    call.spend_bytes(text.len() + mark.len())?;
    Ok(text.split_once(mark.as_str()).map_or(text.as_str(), |(before, _)| before).into())
}

fn after(call: &mut Call) -> Result {
    let (text, mark) = (call.text(0)?, call.text(1)?);
    call.spend_bytes(text.len() + mark.len())?;
    Ok(text.split_once(mark.as_str()).map_or("", |(_, after)| after).into())
}

fn slice(call: &mut Call) -> Result {
    let (from, to) = (Dynamic::from(call.int(1)?), call.given(2).cloned().unwrap_or(i64::MAX.into()));
    crate::expression::slice(call.any(0), &from, &to)
}

fn insert_text(call: &mut Call) -> Result {
    let (text, position, what) = (call.text(0)?, call.count(1)?, call.text(2)?);
    fits(text.len() + what.len())?;
    let ends = text.char_indices().map(|(offset, _)| offset).chain([text.len()]);
    let offset = ends.into_iter().nth(position).ok_or_else(|| call.fail("the text is not that long"))?;
    let (before, after) = text.split_at(offset);
    Ok(format!("{before}{what}{after}").into())
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
    let (text, filling) = filling(call)?;
    Ok((filling + text.as_str()).into())
}

fn pad_end(call: &mut Call) -> Result {
    let (text, filling) = filling(call)?;
    Ok((text.to_string() + filling.as_str()).into())
}

/// The text, and what fills it to the wanted length.
fn filling(call: &mut Call) -> Result<(rhai::ImmutableString, String)> {
    let (text, length) = (call.text(0)?, call.count(1)?);
    let with = call.given(2).map_or(Ok(" ".into()), |_| call.text(2))?;
    let missing = length.saturating_sub(text.chars().count());
    if missing == 0 || with.is_empty() {
        return Ok((text, String::new()));
    }
    fits(missing.saturating_mul(with.chars().map(char::len_utf8).max().unwrap_or(1)))?;
    Ok((text, with.chars().cycle().take(missing).collect()))
}

fn repeat(call: &mut Call) -> Result {
    let (text, times) = (call.text(0)?, call.count(1)?);
    fits(text.len().saturating_mul(times))?;
    Ok(text.repeat(times).into())
}

fn to_text(call: &mut Call) -> Result {
    call.spend_whole(0)?;
    let mut text = String::new();
    write_text(call.any(0), &mut text);
    Ok(text.into())
}

/// Before a text is made that could be much longer than what it is made of.
pub(super) fn fits(bytes: usize) -> Result<()> {
    if bytes > TEXT_BYTES {
        return Err(limit(format!("the text would be longer than {} MiB", TEXT_BYTES >> 20)));
    }
    Ok(())
}

/// A count or a position as a value.
pub(super) fn whole(count: usize) -> Dynamic {
    i64::try_from(count).unwrap_or(i64::MAX).into()
}
