//! Conditions as filters: lists of which one has to hold whole.

use super::iml::{Names, bare};
use serde_json::{Value, json};

/// The most parts that a filter gets.
const MOST: usize = 40;

/// A condition as a filter; an error is the expression that has no words in Make.
pub(super) fn filter(name: Option<&str>, condition: &str, names: &Names) -> Result<Value, String> {
    let condition = condition.trim();
    let condition = condition.strip_prefix("{{").and_then(|it| it.strip_suffix("}}")).unwrap_or(condition).trim();
    let name = name.unwrap_or_default();
    let groups: Result<Vec<Vec<Value>>, String> = split(condition, "||")
        .into_iter()
        .map(|group| split(group, "&&").into_iter().map(|part| comparison(part, names)).collect())
        .collect();
    let groups = groups?;
    if groups.iter().map(Vec::len).sum::<usize>() > MOST {
        return Err(condition.to_owned());
    }
    Ok(json!({ "name": name, "conditions": groups }))
}

fn comparison(part: &str, names: &Names) -> Result<Value, String> {
    let braced = |text: &str| bare(text, names).map(|said| format!("{{{{{said}}}}}"));
    let part = part.trim();
    if let Some(of) = part.strip_prefix('!').and_then(|it| it.strip_suffix(".is_blank()")) {
        return Ok(json!({ "a": braced(of)?, "o": "exist" }));
    }
    if let Some(of) = part.strip_suffix(".is_blank()").filter(|it| !it.starts_with('!')) {
        return Ok(json!({ "a": braced(of)?, "o": "notexist" }));
    }
    for (sign, word) in [
        ("==", "equal"),
        ("!=", "notequal"),
        (">=", "greaterorequal"),
        ("<=", "lessorequal"),
        (">", "greater"),
        ("<", "less"),
    ] {
        let [left, right] = split(part, sign)[..] else { continue };
        let (left, right) = (left.trim(), right.trim());
        let value = |text: &str| match text.strip_prefix('"').and_then(|it| it.strip_suffix('"')) {
            Some(literal) if !literal.contains(['\\', '"', '{']) => Ok(literal.to_owned()),
            _ if text.parse::<f64>().is_ok() => Ok(text.to_owned()),
            _ => braced(text),
        };
        let is_number = word.contains("er") || word.starts_with("less") || right.parse::<f64>().is_ok();
        let kind = match right {
            "true" | "false" => "boolean",
            _ if is_number => "number",
            _ => "text",
        };
        return Ok(json!({ "a": value(left)?, "o": format!("{kind}:{word}"), "b": value(right)? }));
    }
    Ok(json!({ "a": braced(part)?, "o": "boolean:equal", "b": "true" }))
}

/// The parts between these signs, where they stand in no text and no brackets.
fn split<'t>(text: &'t str, sign: &str) -> Vec<&'t str> {
    let bytes = text.as_bytes();
    let (mut parts, mut begin, mut depth, mut quote, mut at) = (Vec::new(), 0, 0_usize, None, 0);
    while at < bytes.len() {
        match (quote, bytes[at]) {
            (Some(_), b'\\') => at += 1,
            (Some(open), close) if open == close => quote = None,
            (Some(_), _) => {}
            (None, open @ (b'"' | b'`' | b'\'')) => quote = Some(open),
            (None, b'(' | b'[' | b'{') => depth += 1,
            (None, b')' | b']' | b'}') => depth = depth.saturating_sub(1),
            _ if depth == 0 && bytes[at..].starts_with(sign.as_bytes()) => {
                // A closure's `|` and the `=` of another sign are no such sign.
                parts.push(&text[begin..at]);
                at += sign.len();
                begin = at;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    parts.push(&text[begin..]);
    parts
}
