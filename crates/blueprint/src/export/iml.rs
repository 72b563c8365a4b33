//! Our expressions in the language of Make, as far as it has words for them.

use crate::n8n::js::{Item, Js, Piece, parse};
use std::collections::HashMap;

/// What a name of ours is in Make.
#[derive(Clone, Debug)]
pub(super) struct Bundle {
    /// The number of the module.
    pub(super) module: u64,
    /// What our output is beneath, within that module's: `` for all of it, `value` where it is one of its fields.
    pub(super) within: Option<&'static str>,
    /// Fields of ours by other names there.
    pub(super) fields: &'static [(&'static str, &'static str)],
}

/// Names of ours, and what they are there.
pub(super) type Names = HashMap<String, Bundle>;

/// A method of ours with as many arguments, and the function that it is.
const METHODS: [(&str, usize, &str); 41] = [
    ("trim", 0, "trim"),
    ("upper", 0, "upper"),
    ("lower", 0, "lower"),
    ("capitalize", 0, "capitalize"),
    ("len", 0, "length"),
    ("length", 0, "length"),
    ("split", 1, "split"),
    ("join", 1, "join"),
    ("contains", 1, "contains"),
    ("replace", 2, "replace"),
    ("index_of", 1, "indexOf"),
    ("first", 0, "first"),
    ("last", 0, "last"),
    ("reverse", 0, "reverse"),
    ("shuffle", 0, "shuffle"),
    ("flatten", 0, "flatten"),
    ("distinct", 0, "distinct"),
    ("keys", 0, "keys"),
    ("sort", 0, "sort"),
    ("sum", 0, "sum"),
    ("min", 0, "min"),
    ("max", 0, "max"),
    ("avg", 0, "average"),
    ("abs", 0, "abs"),
    ("ceil", 0, "ceil"),
    ("floor", 0, "floor"),
    ("round", 0, "round"),
    ("format_date", 1, "formatDate"),
    ("parse_date", 1, "parseDate"),
    ("add_seconds", 1, "addSeconds"),
    ("add_minutes", 1, "addMinutes"),
    ("add_hours", 1, "addHours"),
    ("add_days", 1, "addDays"),
    ("add_months", 1, "addMonths"),
    ("add_years", 1, "addYears"),
    ("encode_base64", 0, "base64"),
    ("encode_url", 0, "encodeURL"),
    ("md5", 0, "md5"),
    ("sha1", 0, "sha1"),
    ("sha256", 0, "sha256"),
    ("sha512", 0, "sha512"),
];

/// Methods that change a type: Make does so by itself.
const CONVERSIONS: [&str; 3] = ["to_text", "to_string", "or_empty"];

/// A string of ours, in which expressions stand between braces; an error names the first that has no words there.
pub(super) fn text(text: &str, names: &Names) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("{{") {
        out.push_str(&rest[..at]);
        let inside = &rest[at + 2..];
        let end = end_of(inside).ok_or_else(|| inside.to_owned())?;
        out.push_str("{{");
        out.push_str(&bare(&inside[..end], names)?);
        out.push_str("}}");
        rest = &inside[end + 2..];
    }
    out.push_str(rest);
    Ok(out)
}

/// Where the braces close that an expression stands in; those in its texts and maps do not.
fn end_of(inside: &str) -> Option<usize> {
    let bytes = inside.as_bytes();
    let (mut at, mut quote, mut depth) = (0, None, 0_usize);
    while at < bytes.len() {
        match (quote, bytes[at]) {
            (Some(_), b'\\') => at += 1,
            (Some(open), close) if open == close => quote = None,
            (Some(_), _) => {}
            (None, open @ (b'"' | b'`' | b'\'')) => quote = Some(open),
            (None, b'{') => depth += 1,
            (None, b'}') if depth > 0 => depth -= 1,
            (None, b'}') if bytes.get(at + 1) == Some(&b'}') => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

/// An expression without braces.
pub(super) fn bare(expression: &str, names: &Names) -> Result<String, String> {
    let whole = expression.trim();
    let failed = || whole.to_owned();
    let js = parse(whole).map_err(|_| failed())?;
    said(&js, names, 0).ok_or_else(failed)
}

/// How tightly an expression binds where it stands: what binds less gets brackets.
fn said(js: &Js, names: &Names, around: u8) -> Option<String> {
    Some(match js {
        Js::Bool(value) => value.to_string(),
        Js::Number(number) => number.clone(),
        Js::Text(text) => quoted(text),
        Js::Name(_) | Js::Member { .. } | Js::Index { .. } => reference(js, names)?,
        Js::Call { callee, arguments, .. } => call(callee, arguments, names)?,
        Js::Template(pieces) => {
            let parts: Option<Vec<String>> = pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Text(text) => Some(quoted(text)),
                    Piece::Value(js) => said(js, names, 4),
                })
                .collect();
            let parts = parts?;
            // A text that a number begins would be a sum.
            let joined = if parts.len() == 1 { format!("emptystring + {}", parts[0]) } else { parts.join(" + ") };
            if around > 4 { format!("({joined})") } else { joined }
        }
        Js::Unary { operator: operator @ ("-" | "!"), value } => format!("{operator}{}", said(value, names, 6)?),
        Js::Binary { operator: "??", left, right } => {
            format!("ifempty({}; {})", said(left, names, 0)?, said(right, names, 0)?)
        }
        Js::Binary { operator, left, right } => {
            let (word, strength) = match *operator {
                "||" => ("|", 1),
                "&&" => ("&", 2),
                "==" => ("=", 3),
                "!=" => ("!=", 3),
                "<" | "<=" | ">" | ">=" => (*operator, 3),
                "+" | "-" => (*operator, 4),
                "*" | "/" | "%" => (*operator, 5),
                _ => return None,
            };
            let joined = format!("{} {word} {}", said(left, names, strength)?, said(right, names, strength + 1)?);
            if strength < around { format!("({joined})") } else { joined }
        }
        Js::Conditional { condition, yes, no } => {
            let part = |js| said(js, names, 0);
            format!("if({}; {}; {})", part(condition)?, part(yes)?, part(no)?)
        }
        _ => return None,
    })
}

fn call(callee: &Js, arguments: &[Item], names: &Names) -> Option<String> {
    let plain: Option<Vec<&Js>> = arguments
        .iter()
        .map(|it| match it {
            Item::One(js) => Some(js),
            Item::Spread(_) => None,
        })
        .collect();
    let plain = plain?;
    match callee {
        // What is put into HTML there is markup anyway.
        Js::Name(name) if name == "raw_html" => said(plain.first()?, names, 6),
        Js::Name(name) if plain.is_empty() && matches!(name.as_str(), "now" | "random" | "uuid") => Some(name.clone()),
        Js::Member { of, name, .. } => {
            if CONVERSIONS.contains(&name.as_str()) && plain.is_empty() {
                return said(of, names, 6);
            }
            let (_, _, function) = METHODS.iter().find(|(ours, count, _)| ours == name && *count == plain.len())?;
            let mut parts = vec![said(of, names, 0)?];
            for argument in plain {
                parts.push(said(argument, names, 0)?);
            }
            Some(format!("{function}({})", parts.join("; ")))
        }
        _ => None,
    }
}

/// A path from a module's output: `3.data.items[1].name`.
fn reference(js: &Js, names: &Names) -> Option<String> {
    let mut path: Vec<Part> = Vec::new();
    let mut at = js;
    let name = loop {
        match at {
            Js::Name(name) => break name,
            Js::Member { of, name, .. } => {
                path.push(Part::Key(name.clone()));
                at = of;
            }
            Js::Index { of, at: index, .. } => {
                path.push(match &**index {
                    // Positions count from 1 there.
                    Js::Number(number) => Part::Position(number.parse::<u64>().ok()? + 1),
                    Js::Text(key) => Part::Key(key.clone()),
                    _ => return None,
                });
                at = of;
            }
            _ => return None,
        }
    };
    path.reverse();
    let (bundle, mut path) = beneath(name, path, names)?;
    if let (Some(Part::Key(first)), Some((_, theirs))) = (
        path.first().cloned(),
        bundle.fields.iter().find(|(ours, _)| matches!(path.first(), Some(Part::Key(key)) if key == ours)),
    ) {
        drop(first);
        path[0] = Part::Key((*theirs).to_owned());
    }
    if let Some(within) = bundle.within {
        path.insert(0, Part::Key(within.to_owned()));
    }
    let mut out = bundle.module.to_string();
    if path.is_empty() {
        return Some(format!("`{out}`"));
    }
    for part in path {
        match part {
            Part::Key(key) if is_plain(&key) => out += &format!(".{key}"),
            Part::Key(key) if !key.contains('`') => out += &format!(".`{key}`"),
            Part::Key(_) => return None,
            Part::Position(position) => out += &format!("[{position}]"),
        }
    }
    Some(out)
}

/// A part of a path.
#[derive(Clone, Debug)]
enum Part {
    Key(String),
    Position(u64),
}

/// The module that a name is the output of, and the path within: a webhook's fields are all there is of it in Make.
fn beneath(name: &str, mut path: Vec<Part>, names: &Names) -> Option<(Bundle, Vec<Part>)> {
    let bundle = names.get(name)?.clone();
    if name == "trigger" {
        match path.first() {
            Some(Part::Key(key)) if key == "data" || key == "body" => drop(path.remove(0)),
            _ => return None,
        }
    }
    Some((bundle, path))
}

fn is_plain(key: &str) -> bool {
    key.chars().all(|c| c.is_alphanumeric() || c == '_') && !key.starts_with(|c: char| c.is_ascii_digit() || c == '_')
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}
