//! Methods of values: those of JavaScript, and those that n8n adds.

use super::{Kind, Meaning, Translator, Unsaid, calls};
use crate::n8n::js::{Item, Js};
use crate::ours::{Expr, Operator};

/// Methods that are the same here under another name, or the same: theirs, ours, and what they give.
const SAME: [(&str, &str, Kind); 58] = [
    ("toLowerCase", "lower", Kind::Text),
    ("toLocaleLowerCase", "lower", Kind::Text),
    ("toUpperCase", "upper", Kind::Text),
    ("toLocaleUpperCase", "upper", Kind::Text),
    ("trim", "trim", Kind::Text),
    ("trimStart", "trim_start", Kind::Text),
    ("trimEnd", "trim_end", Kind::Text),
    ("startsWith", "starts_with", Kind::Bool),
    ("endsWith", "ends_with", Kind::Bool),
    ("includes", "contains", Kind::Bool),
    ("padStart", "pad_start", Kind::Text),
    ("padEnd", "pad_end", Kind::Text),
    ("repeat", "repeat", Kind::Text),
    ("slice", "slice", Kind::Any),
    ("substring", "slice", Kind::Text),
    ("reverse", "reverse", Kind::List),
    ("toReversed", "reverse", Kind::List),
    ("normalize", "to_text", Kind::Text),
    // What n8n adds to texts.
    ("removeTags", "strip_html", Kind::Text),
    ("toBoolean", "parse_bool", Kind::Bool),
    ("toSentenceCase", "capitalize", Kind::Text),
    ("toSnakeCase", "snake_case", Kind::Text),
    ("toTitleCase", "title_case", Kind::Text),
    ("urlEncode", "encode_url_component", Kind::Text),
    ("urlDecode", "decode_url", Kind::Text),
    ("quote", "to_json", Kind::Text),
    ("replaceSpecialChars", "remove_diacritics", Kind::Text),
    ("isDomain", "is_domain", Kind::Bool),
    ("isEmail", "is_email", Kind::Bool),
    ("isNumeric", "is_numeric", Kind::Bool),
    ("isUrl", "is_url", Kind::Bool),
    ("isEmpty", "is_empty", Kind::Bool),
    ("parseJson", "parse_json", Kind::Any),
    ("base64Encode", "encode_base64", Kind::Text),
    ("base64Decode", "decode_base64", Kind::Text),
    ("toJsonString", "to_json", Kind::Text),
    // To numbers.
    ("ceil", "ceil", Kind::Number),
    ("floor", "floor", Kind::Number),
    ("round", "round", Kind::Number),
    ("abs", "abs", Kind::Number),
    ("isEven", "is_even", Kind::Bool),
    ("isOdd", "is_odd", Kind::Bool),
    // To lists.
    ("first", "first", Kind::Any),
    ("last", "last", Kind::Any),
    ("unique", "distinct", Kind::List),
    ("removeDuplicates", "distinct", Kind::List),
    ("pluck", "pluck", Kind::List),
    ("sum", "sum", Kind::Number),
    ("min", "min", Kind::Number),
    ("max", "max", Kind::Number),
    ("average", "avg", Kind::Number),
    ("compact", "compact", Kind::Any),
    ("chunk", "chunk", Kind::List),
    ("union", "union", Kind::List),
    ("difference", "difference", Kind::List),
    ("intersection", "intersection", Kind::List),
    ("randomItem", "random_item", Kind::Any),
    ("flat", "flatten", Kind::List),
];

impl Translator<'_> {
    pub(super) fn method(&mut self, of: Expr, kind: Kind, name: &str, arguments: &[Item]) -> Result<Meaning, Unsaid> {
        if let Some(found) = self.with_function(&of, kind, name, arguments)? {
            return Ok(found);
        }
        if let Some(Item::One(Js::Regex { source, flags })) = arguments.first() {
            return self.with_pattern(of, name, source, flags, &arguments[1..]);
        }
        let values = self.arguments(arguments)?;
        if kind == Kind::Time || super::time::is_method(name, kind, &values) {
            return super::time::method(of, name, values);
        }
        if let Some((_, ours, gives)) = SAME.iter().find(|(theirs, ..)| *theirs == name) {
            return Ok(Meaning::Value(of.method(*ours, values), *gives));
        }
        special(of, kind, name, values)
    }

    /// Methods that take a function.
    fn with_function(
        &mut self,
        of: &Expr,
        kind: Kind,
        name: &str,
        arguments: &[Item],
    ) -> Result<Option<Meaning>, Unsaid> {
        let [Item::One(function), rest @ ..] = arguments else { return Ok(None) };
        let is_function = matches!(function, Js::Function { .. } | Js::Statements)
            || matches!((function, name), (Js::Name(function), "map" | "filter") if ["String", "Number", "Boolean", "parseInt"].contains(&function.as_str()));
        if !is_function {
            return Ok(None);
        }
        let item = if kind == Kind::Items { Kind::Items } else { Kind::Any };
        let list = of.clone();
        let (ours, gives) = match name {
            "map" => ("map", Kind::List),
            "flatMap" => ("flat_map", Kind::List),
            "filter" => ("filter", if kind == Kind::Items { Kind::Items } else { Kind::List }),
            "find" => ("find", Kind::Any),
            "findLast" => ("find_last", Kind::Any),
            "some" => ("some", Kind::Bool),
            "every" => ("all", Kind::Bool),
            "findIndex" => {
                let closure = self.condition_closure(function, item)?;
                let found = list.method("find_index", [closure]).or_else(Expr::Int(-1));
                return Ok(Some(Meaning::Value(found, Kind::Number)));
            }
            "reduce" => return self.reduced(list, item, function, rest).map(Some),
            "sort" | "toSorted" => return sorted(list, function).map(Some),
            _ => return Err(format!("`.{name}()` with a function is not said here")),
        };
        let closure = match name {
            "map" | "flatMap" => self.closure(function, &[item, Kind::Number])?.0,
            _ => self.condition_closure(function, item)?,
        };
        let expr = list.method(ours, [closure]);
        Ok(Some(match (name, kind) {
            ("find" | "findLast", Kind::Items) => Meaning::Item(crate::n8n::reading::Reading::one(expr)),
            _ => Meaning::Value(expr, gives),
        }))
    }

    fn condition_closure(&mut self, function: &Js, item: Kind) -> Result<Expr, Unsaid> {
        let Js::Function { parameters, body } = function else { return Ok(self.closure(function, &[item])?.0) };
        let negated = |js: &Js| Js::Unary {
            operator: "!",
            value: Box::new(Js::Unary { operator: "!", value: Box::new(js.clone()) }),
        };
        let function = Js::Function { parameters: parameters.clone(), body: Box::new(negated(body)) };
        Ok(self.closure(&function, &[item, Kind::Number])?.0)
    }

    fn reduced(&mut self, list: Expr, item: Kind, function: &Js, rest: &[Item]) -> Result<Meaning, Unsaid> {
        let start = match rest.first() {
            Some(Item::One(js)) => Some(self.typed(js)?),
            _ => None,
        };
        let kind = start.as_ref().map_or(Kind::Any, |(_, kind)| *kind);
        let (closure, _) = self.closure(function, &[kind, item, Kind::Number])?;
        let arguments = std::iter::once(closure).chain(start.map(|(expr, _)| expr));
        Ok(Meaning::Value(list.method("reduce", arguments), kind))
    }

    /// Methods of texts that take a pattern.
    fn with_pattern(
        &mut self,
        of: Expr,
        name: &str,
        source: &str,
        flags: &str,
        rest: &[Item],
    ) -> Result<Meaning, Unsaid> {
        let pattern = Expr::text(pattern(source, flags)?);
        let is_global = flags.contains('g');
        let mut rest = self.arguments(rest)?.into_iter();
        let expr = match name {
            "replace" | "replaceAll" => {
                let with = rest.next().unwrap_or_else(|| Expr::text(""));
                let once = (!is_global && name == "replace").then_some(Expr::Int(1));
                of.method("replace_regex", [pattern, with].into_iter().chain(once))
            }
            "match" if is_global => {
                let all = of.method("match_all", [pattern]).method("pluck", [Expr::text("text")]);
                return Ok(Meaning::Value(all, Kind::List));
            }
            "match" => {
                let found = Expr::name("m");
                let whole = Expr::List(vec![found.clone().field("text")]).binary(Operator::Plus, found.field("groups"));
                let all = of.method("match_all", [pattern]).method("map", [Expr::closure("m", whole)]);
                return Ok(Meaning::Value(all.method("first", []), Kind::Any));
            }
            "split" => return Ok(Meaning::Value(of.method("split_regex", [pattern]), Kind::List)),
            "search" => {
                let place = of.method("match_first", [pattern]).maybe("position").or_else(Expr::Int(-1));
                return Ok(Meaning::Value(place, Kind::Number));
            }
            _ => return Err(format!("`.{name}()` with a regular expression is not said here")),
        };
        Ok(Meaning::Value(expr, Kind::Text))
    }

    /// `/…/.test(x)`.
    pub(super) fn pattern_call(
        &mut self,
        source: &str,
        flags: &str,
        name: &str,
        arguments: &[Item],
    ) -> Result<Meaning, Unsaid> {
        let pattern = Expr::text(pattern(source, flags)?);
        let value = self.arguments(arguments)?.into_iter().next().unwrap_or(Expr::Nothing);
        match name {
            "test" => Ok(Meaning::Value(value.method("to_text", []).method("matches", [pattern]), Kind::Bool)),
            _ => Err(format!("`.{name}()` of a regular expression is not said here")),
        }
    }

    /// `x.match(/…/)` as a condition.
    pub(super) fn matches_at_all(&mut self, js: &Js) -> Result<Option<Expr>, Unsaid> {
        let Some((of, source, flags)) = as_match(js) else { return Ok(None) };
        let pattern = Expr::text(pattern(source, flags)?);
        Ok(Some(self.expr(of)?.method("matches", [pattern])))
    }

    /// `x.match(/…/)[1]`: a group of the match.
    pub(super) fn matched_group(&mut self, of: &Js, at: &Js) -> Result<Option<Meaning>, Unsaid> {
        let (Some((text, source, flags)), Js::Number(group)) = (as_match(of), at) else { return Ok(None) };
        if flags.contains('g') {
            return Ok(None);
        }
        let Ok(group) = group.parse::<i64>() else { return Ok(None) };
        let text = self.expr(text)?;
        let extracted = text.method("extract", [Expr::text(pattern(source, flags)?), Expr::Int(group)]);
        Ok(Some(Meaning::Value(extracted, Kind::Text)))
    }
}

fn as_match(js: &Js) -> Option<(&Js, &str, &str)> {
    let Js::Call { callee, arguments, .. } = js else { return None };
    match (&**callee, arguments.as_slice()) {
        (Js::Member { of, name, .. }, [Item::One(Js::Regex { source, flags })]) if name == "match" => {
            Some((of, source, flags))
        }
        _ => None,
    }
}

/// The pattern with its flags in front; look-around and back-references do not exist here.
fn pattern(source: &str, flags: &str) -> Result<String, Unsaid> {
    if ["(?=", "(?!", "(?<=", "(?<!"].iter().any(|around| source.contains(around)) {
        return Err("the regular expression looks around".to_owned());
    }
    let bytes = source.as_bytes();
    let is_reference =
        |at: usize| bytes[at] == b'\\' && bytes.get(at + 1).is_some_and(|next| (b'1'..=b'9').contains(next));
    if (0..bytes.len()).any(is_reference) {
        return Err("the regular expression refers back".to_owned());
    }
    let set: String = flags.chars().filter(|flag| "ims".contains(*flag)).collect();
    let source = source.replace("\\/", "/");
    Ok(if set.is_empty() { source } else { format!("(?{set}){source}") })
}

/// `(a, b) => a.x - b.x`.
fn sorted(list: Expr, function: &Js) -> Result<Meaning, Unsaid> {
    let refused = || "it sorts by a function".to_owned();
    let Js::Function { parameters, body } = function else { return Err(refused()) };
    let ([first, second], Js::Binary { operator: "-", left, right }) = (parameters.as_slice(), &**body) else {
        return Err(refused());
    };
    let (left_root, left_path) = path_of(left).ok_or_else(refused)?;
    let (right_root, right_path) = path_of(right).ok_or_else(refused)?;
    if left_path != right_path {
        return Err(refused());
    }
    let order = if left_root == first && right_root == second {
        None
    } else if left_root == second && right_root == first {
        Some(Expr::text("desc"))
    } else {
        return Err(refused());
    };
    let expr = match left_path.as_str() {
        "" => list.method("sort", order),
        path => list.method("sort_by", std::iter::once(Expr::text(path)).chain(order)),
    };
    Ok(Meaning::Value(expr, Kind::List))
}

fn path_of(js: &Js) -> Option<(&String, String)> {
    match js {
        Js::Name(name) => Some((name, String::new())),
        Js::Member { of, name, .. } => {
            let (root, path) = path_of(of)?;
            Some((root, if path.is_empty() { name.clone() } else { format!("{path}.{name}") }))
        }
        _ => None,
    }
}

/// Methods that are said in another way.
fn special(of: Expr, kind: Kind, name: &str, values: Vec<Expr>) -> Result<Meaning, Unsaid> {
    let mut values = values.into_iter();
    let first = values.next();
    let (expr, gives) = match (name, first) {
        ("toString" | "valueOf", None) if kind == Kind::Text => (of, Kind::Text),
        ("toString", None) => (of.method("to_text", []), Kind::Text),
        ("valueOf", None) => (of, kind),
        ("split", Some(separator)) => (of.method("split", [separator]), Kind::List),
        ("split", None) => (Expr::List(vec![of]), Kind::List),
        ("join", separator) => (of.method("join", [separator.unwrap_or_else(|| Expr::text(","))]), Kind::Text),
        ("replace", Some(what)) => (of.method("replace_first", std::iter::once(what).chain(values)), Kind::Text),
        ("replaceAll", Some(what)) => (of.method("replace", std::iter::once(what).chain(values)), Kind::Text),
        ("indexOf", Some(what)) => (of.method("index_of", [what]).or_else(Expr::Int(-1)), Kind::Number),
        ("lastIndexOf", Some(what)) => (of.method("last_index_of", [what]).or_else(Expr::Int(-1)), Kind::Number),
        ("charAt" | "at", Some(Expr::Int(at))) if at >= 0 && (kind == Kind::Text || name == "charAt") => {
            (of.method("slice", [Expr::Int(at), Expr::Int(at + 1)]), Kind::Text)
        }
        ("at", Some(at)) => (of.maybe_item(at), Kind::Any),
        ("substr", Some(Expr::Int(from))) => {
            let end = match values.next() {
                Some(Expr::Int(length)) => Some(Expr::Int(from + length)),
                None => None,
                Some(_) => return Err("`.substr()` with a length that is computed".to_owned()),
            };
            (of.method("slice", std::iter::once(Expr::Int(from)).chain(end)), Kind::Text)
        }
        ("concat", Some(other)) => concatenated(of, kind, other, values),
        ("append", Some(item)) => {
            (std::iter::once(item).chain(values).fold(of, |list, item| list.method("add", [item])), Kind::List)
        }
        ("sort" | "toSorted", None) => (of.method("sort", []), Kind::List),
        ("isNotEmpty", None) => (of.method("is_empty", []).negated(), Kind::Bool),
        ("toNumber" | "toFloat", None) => (calls::to_number(of, kind), Kind::Number),
        ("toInt", None) => (calls::whole(of, kind), Kind::Number),
        ("toFixed", digits) => {
            let digits = digits.unwrap_or(Expr::Int(0));
            let number = if kind == Kind::Number { of } else { calls::to_number(of, kind) };
            (number.method("format_number", [digits, Expr::text("."), Expr::text("")]), Kind::Text)
        }
        ("isInteger", None) => (of.clone().method("floor", []).binary(Operator::Equal, of), Kind::Bool),
        ("hash", algorithm) => (of.method(hash(algorithm)?, []), Kind::Text),
        ("extractEmail", None) => (of.method("extract_emails", []).method("first", []), Kind::Text),
        ("extractUrl", None) => (of.method("extract_urls", []).method("first", []), Kind::Text),
        ("extractDomain", None) => (of.method("parse_url", []).field("host"), Kind::Text),
        ("extractUrlPath", None) => (of.method("parse_url", []).field("path"), Kind::Text),
        ("smartJoin", Some(key)) => {
            let value = values.next().unwrap_or_else(|| Expr::text("value"));
            (of.method("from_entries", [key, value]), Kind::Map)
        }
        ("keys", None) => (of.method("keys", []), Kind::List),
        ("values", None) => (of.method("values", []), Kind::List),
        ("entries", None) => (of.method("entries", []), Kind::List),
        ("hasField" | "hasOwnProperty", Some(key)) => (of.method("has", [key]), Kind::Bool),
        ("removeField", Some(key)) => (of.method("omit", [Expr::List(vec![key])]), Kind::Map),
        ("merge", Some(other)) => (of.method("merge", [other]), Kind::Map),
        _ => return Err(format!("`.{name}()` is not said here")),
    };
    Ok(Meaning::Value(expr, gives))
}

fn concatenated(of: Expr, kind: Kind, other: Expr, rest: impl Iterator<Item = Expr>) -> (Expr, Kind) {
    let all = std::iter::once(other).chain(rest);
    match (kind, of) {
        (Kind::List, Expr::List(items)) if items.is_empty() => {
            let lists = all.map(|part| part.method("to_list", []));
            (lists.reduce(|all, next| all.binary(Operator::Plus, next)).unwrap_or(Expr::Nothing), Kind::List)
        }
        (_, of) => (all.fold(of, |all, next| all.binary(Operator::Plus, next)), kind),
    }
}

fn hash(algorithm: Option<Expr>) -> Result<&'static str, Unsaid> {
    match algorithm {
        None => Ok("md5"),
        Some(Expr::Text(name)) => match name.to_ascii_lowercase().as_str() {
            "md5" => Ok("md5"),
            "sha1" => Ok("sha1"),
            "sha256" => Ok("sha256"),
            "sha384" => Ok("sha384"),
            "sha512" => Ok("sha512"),
            _ => Err(format!("the digest {name} is not there")),
        },
        Some(_) => Err("the digest's name is computed".to_owned()),
    }
}
