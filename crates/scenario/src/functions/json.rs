//! JSON texts and the values they stand for.

use super::{Call, Function};
use crate::data::{self, Json};
use crate::expression::fault::Fault;
use crate::expression::value::{as_list, as_map, list, map};
use rhai::{Dynamic, Map};
use serde::Serialize;
use serde_json::ser::{PrettyFormatter, Serializer};

type Result<T = Dynamic> = std::result::Result<T, Fault>;

pub(super) const TABLE: &[Function] = &[
    Function {
        name: "to_json",
        group: "json",
        signature: "to_json(value, indent?) -> text",
        doc: "The value as JSON text: in one line, or with this many blanks for each level.",
        errors: "",
        example: "#{a: [1, ()]}.to_json()",
        result: r#""{\"a\":[1,null]}""#,
        run: to_json,
    },
    Function {
        name: "parse_json",
        group: "json",
        signature: "parse_json(text) -> value",
        doc: "The value of a JSON text.",
        errors: "A text that is no JSON.",
        example: r#"`{"a": 1}`.parse_json().a"#,
        result: "1",
        run: parse_json,
    },
    Function {
        name: "to_json_lines",
        group: "json",
        signature: "to_json_lines(list) -> text",
        doc: "The items as JSON, one a line (NDJSON).",
        errors: "",
        example: "[#{a: 1}, 2].to_json_lines()",
        result: r#""{\"a\":1}\n2\n""#,
        run: to_json_lines,
    },
    Function {
        name: "parse_json_lines",
        group: "json",
        signature: "parse_json_lines(text) -> list",
        doc: "The values of a text that has one JSON value a line (NDJSON); empty lines are skipped.",
        errors: "A line that is no JSON; the message names it.",
        example: "\"{\\\"a\\\":1}\\n2\\n\".parse_json_lines()",
        result: r#"[{"a":1},2]"#,
        run: parse_json_lines,
    },
    Function {
        name: "json_pointer",
        group: "json",
        signature: "json_pointer(value, pointer) -> value",
        doc: "The part of the value that a JSON pointer (RFC 6901) leads to, or `()`.",
        errors: "A pointer that is not empty and does not begin with `/`.",
        example: r#"#{items: [#{sku: "A"}]}.json_pointer("/items/0/sku")"#,
        result: r#""A""#,
        run: json_pointer,
    },
    Function {
        name: "merge_patch",
        group: "json",
        signature: "merge_patch(value, patch) -> value",
        doc: "The value changed by a JSON merge patch (RFC 7396): maps are merged level by level, `()` removes a key, \
              anything else replaces.",
        errors: "",
        example: "#{a: 1, b: #{c: 2}}.merge_patch(#{a: (), b: #{d: 3}})",
        result: r#"{"b":{"c":2,"d":3}}"#,
        run: merge_patch,
    },
];

fn to_json(call: &mut Call) -> Result {
    call.spend_whole(0)?;
    let text = match call.given(1) {
        None => data::to_text(call.any(0)),
        Some(_) => {
            let indent = " ".repeat(call.count(1)?.min(16));
            let mut text = Vec::new();
            let formatter = PrettyFormatter::with_indent(indent.as_bytes());
            let written = Json(call.any(0)).serialize(&mut Serializer::with_formatter(&mut text, formatter));
            written.map_err(|error| call.fail(&error.to_string()))?;
            text
        }
    };
    Ok(String::from_utf8_lossy(&text).into_owned().into())
}

fn parse_json(call: &mut Call) -> Result {
    let text = call.text(0)?;
    parse(call, &text)?.map_err(|error| call.fail(&format!("this is no JSON: {error}")))
}

fn to_json_lines(call: &mut Call) -> Result {
    let mut lines = Vec::new();
    for item in call.list(0)?.iter() {
        let line = data::to_text(item);
        call.spend_bytes(line.len())?;
        lines.extend(line);
        lines.push(b'\n');
    }
    Ok(String::from_utf8_lossy(&lines).into_owned().into())
}

fn parse_json_lines(call: &mut Call) -> Result {
    let text = call.text(0)?;
    let mut values = Vec::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let value = parse(call, line)?;
        values.push(value.map_err(|error| call.fail(&format!("line {} is no JSON: {error}", number + 1)))?);
    }
    Ok(list(values))
}

/// The value of a JSON text, whose work and memory is counted before it is made.
fn parse(call: &mut Call, text: &str) -> Result<std::result::Result<Dynamic, serde_json::Error>> {
    /// What a value, be it ever so short, takes beside its text.
    const VALUE: usize = 32;
    let values = text.bytes().filter(|byte| matches!(byte, b',' | b':' | b'[' | b'{')).count();
    call.spend_bytes(text.len())?;
    call.spend(values / 8)?;
    call.reserve(text.len().saturating_add(values.saturating_mul(VALUE)))?;
    Ok(data::parse(text.as_bytes()))
}

fn json_pointer(call: &mut Call) -> Result {
    let pointer = call.text(1)?;
    call.spend_bytes(pointer.len().saturating_mul(16))?;
    let mut value = call.any(0).clone();
    if pointer.is_empty() {
        return Ok(value);
    }
    let Some(tokens) = pointer.strip_prefix('/') else {
        return Err(call.fail("a pointer is empty or begins with `/`, as in `/items/0`"));
    };
    for token in tokens.split('/') {
        let token = token.replace("~1", "/").replace("~0", "~");
        let next = if let Some(entries) = as_map(&value) {
            entries.get(token.as_str()).cloned()
        } else if let Some(items) = as_list(&value) {
            let leading = token.len() > 1 && token.starts_with(['0', '+']);
            token.parse::<usize>().ok().filter(|_| !leading).and_then(|position| items.get(position).cloned())
        } else {
            None
        };
        match next {
            Some(next) => value = next,
            None => return Ok(Dynamic::UNIT),
        }
    }
    Ok(value)
}

fn merge_patch(call: &mut Call) -> Result {
    patched(call, call.any(0), call.any(1))
}

/// RFC 7396 §2. Values are nested no deeper than JSON readers allow, so this recursion ends early.
fn patched(call: &mut Call, target: &Dynamic, patch: &Dynamic) -> Result {
    let Some(changes) = as_map(patch) else { return Ok(patch.clone()) };
    let mut merged: Map = as_map(target).map(|entries| entries.clone()).unwrap_or_default();
    call.reserve((merged.len() + changes.len()).saturating_mul(48))?;
    for (key, change) in changes.iter() {
        call.spend(1)?;
        if change.is_unit() {
            merged.remove(key);
        } else {
            let before = merged.get(key).cloned().unwrap_or_default();
            merged.insert(key.clone(), patched(call, &before, change)?);
        }
    }
    Ok(map(merged))
}
