//! Expressions of n8n in our language: what reads well is said, everything else is refused with its reason.

mod calls;
mod globals;
mod methods;
mod operators;
mod template;
mod time;

pub(crate) use template::{Said, data, json_template, said};

use super::js::{Access, Entry, Item, Js, Piece};
use super::reading::{Count, Reading, field_of};
use crate::ours::{Expr, Part};
use std::collections::BTreeMap;

/// What an expression sees.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sight {
    /// The current item.
    pub(crate) input: Option<Reading>,
    /// Other nodes, by their names.
    pub(crate) nodes: BTreeMap<String, Reading>,
    /// Whether the current item is that of a loop.
    pub(crate) in_loop: bool,
    /// The zone of the workflow.
    pub(crate) zone: Option<String>,
    /// The name of the workflow.
    pub(crate) workflow: String,
}

/// Why an expression is not said in our language.
pub(crate) type Unsaid = String;

/// What a part of an expression means.
#[derive(Clone, Debug, PartialEq)]
enum Meaning {
    /// A value.
    Value(Expr, Kind),
    /// The `json` of one item, of which a field is likely wanted.
    Json(Reading),
    /// A node: `$('X')`, `$node["X"]`, `$input`.
    Node(Reading),
    /// One item: it has `json` and `binary`.
    Item(Reading),
    /// `$node`, `$env`, `Math`, `DateTime`, …
    Global(String),
    /// What a global gives by one step more: `Math.max`, `$execution.id`.
    Member(String, String),
    /// A function, with its parameters.
    Function(Vec<String>, Js),
    /// A pattern, and its flags.
    Pattern(String, String),
    /// The files of an item: `$binary`, `item.binary`.
    Files(Reading),
    /// One of them.
    File(Expr),
    /// A length of time, in units: `{days: 1}`, or a difference.
    Span(Expr, Option<String>),
}

/// What is known of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Any,
    Text,
    Number,
    Bool,
    List,
    /// A list of items, each with its `json`.
    Items,
    Map,
    Time,
}

/// The translation of one expression.
struct Translator<'a> {
    sight: &'a Sight,
    /// Parameters of functions around, the inner ones last.
    locals: Vec<(String, Kind)>,
    depth: usize,
}

/// How many functions and operators may be nested: what people write has few.
const DEEPEST: usize = 80;

/// The same in our language.
#[cfg(test)]
pub(crate) fn translate(js: &Js, sight: &Sight) -> Result<Expr, Unsaid> {
    Translator::new(sight).expr(js)
}

impl<'a> Translator<'a> {
    fn new(sight: &'a Sight) -> Self {
        Self { sight, locals: Vec::new(), depth: 0 }
    }

    fn expr(&mut self, js: &Js) -> Result<Expr, Unsaid> {
        let meaning = self.meaning(js)?;
        value_of(meaning)
    }

    fn meaning(&mut self, js: &Js) -> Result<Meaning, Unsaid> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("it is nested too deeply".to_owned());
        }
        let meaning = self.undeepened(js);
        self.depth -= 1;
        meaning
    }

    fn undeepened(&mut self, js: &Js) -> Result<Meaning, Unsaid> {
        Ok(match js {
            Js::Null | Js::Undefined => Meaning::Value(Expr::Nothing, Kind::Any),
            Js::Bool(value) => Meaning::Value(Expr::Bool(*value), Kind::Bool),
            Js::Number(written) => Meaning::Value(number(written)?, Kind::Number),
            Js::Text(text) => Meaning::Value(Expr::text(text.as_str()), Kind::Text),
            Js::Template(pieces) => self.text_template(pieces)?,
            Js::Regex { source, flags } => Meaning::Pattern(source.clone(), flags.clone()),
            Js::Name(name) => self.name(name)?,
            Js::List(items) => self.list(items)?,
            Js::Map(entries) => self.map(entries)?,
            Js::Member { of, name, access } => {
                let of = self.meaning(of)?;
                self.member(of, name, *access)?
            }
            Js::Index { of, at, .. } => self.index(of, at)?,
            Js::Call { callee, arguments, .. } => self.call(callee, arguments)?,
            Js::New { callee, arguments } => self.new_object(callee, arguments)?,
            Js::Function { parameters, body } => Meaning::Function(parameters.clone(), (**body).clone()),
            Js::Statements => return Err("it has a function with statements".to_owned()),
            Js::Unary { operator, value } => self.unary(operator, value)?,
            Js::Binary { operator, left, right } => self.binary(operator, left, right)?,
            Js::Conditional { condition, yes, no } => self.conditional(condition, yes, no)?,
        })
    }

    fn text_template(&mut self, pieces: &[Piece]) -> Result<Meaning, Unsaid> {
        let mut parts = Vec::new();
        for piece in pieces {
            match piece {
                Piece::Text(text) => parts.push(Part::Literal(text.clone())),
                Piece::Value(js) => match self.expr(js)? {
                    Expr::Joined(inner) => parts.extend(inner),
                    Expr::Text(text) => parts.push(Part::Literal(text)),
                    other => parts.push(Part::Value(other)),
                },
            }
        }
        let expr = match parts.as_slice() {
            [] => Expr::text(""),
            [Part::Literal(text)] => Expr::text(text.as_str()),
            _ => Expr::Joined(parts),
        };
        Ok(Meaning::Value(expr, Kind::Text))
    }

    fn name(&mut self, name: &str) -> Result<Meaning, Unsaid> {
        if let Some((_, kind)) = self.locals.iter().rev().find(|(local, _)| local == name) {
            let expr = Expr::name(local_name(name));
            return Ok(match kind {
                // An item of a list of items: its `json` is the value itself.
                Kind::Items => Meaning::Item(Reading::one(expr)),
                kind => Meaning::Value(expr, *kind),
            });
        }
        self.global(name)
    }

    fn list(&mut self, items: &[Item]) -> Result<Meaning, Unsaid> {
        let mut lists: Vec<Expr> = Vec::new();
        let mut open: Vec<Expr> = Vec::new();
        for item in items {
            match item {
                Item::One(js) => open.push(self.expr(js)?),
                Item::Spread(js) => {
                    if !open.is_empty() {
                        lists.push(Expr::List(std::mem::take(&mut open)));
                    }
                    lists.push(self.expr(js)?);
                }
            }
        }
        if !open.is_empty() || lists.is_empty() {
            lists.push(Expr::List(open));
        }
        let all = lists.into_iter().reduce(|all, next| all.binary(crate::ours::Operator::Plus, next));
        Ok(Meaning::Value(all.unwrap_or(Expr::List(Vec::new())), Kind::List))
    }

    fn map(&mut self, entries: &[Entry]) -> Result<Meaning, Unsaid> {
        let mut whole: Option<Expr> = None;
        let mut open: Vec<(String, Expr)> = Vec::new();
        for entry in entries {
            let part = match entry {
                Entry::Field(key, js) => {
                    let value = self.expr(js)?;
                    open.retain(|(known, _)| known != key);
                    open.push((key.clone(), value));
                    continue;
                }
                Entry::Computed(key, js) => {
                    let pair = Expr::List(vec![self.expr(key)?, self.expr(js)?]);
                    Expr::List(vec![pair]).method("from_entries", [])
                }
                Entry::Spread(js) => self.expr(js)?.or_else(Expr::Map(Vec::new())),
            };
            let before = (!open.is_empty()).then(|| Expr::Map(std::mem::take(&mut open)));
            whole = [whole, before, Some(part)].into_iter().flatten().reduce(merged);
        }
        let rest = (!open.is_empty() || whole.is_none()).then_some(Expr::Map(open));
        let all = [whole, rest].into_iter().flatten().reduce(merged).unwrap_or(Expr::Nothing);
        Ok(Meaning::Value(all, Kind::Map))
    }

    fn member(&mut self, of: Meaning, name: &str, _: Access) -> Result<Meaning, Unsaid> {
        match of {
            Meaning::Global(global) => self.global_member(&global, name),
            Meaning::Member(global, first) => self.deep_member(&global, &first, name),
            Meaning::Node(reading) => node_member(reading, name),
            Meaning::Item(reading) => item_member(reading, name),
            Meaning::Json(reading) => Ok(json_member(&reading, name)),
            Meaning::Value(expr, kind) => property(expr, kind, name),
            Meaning::Span(expr, unit) => time::span_member(expr, unit, name),
            Meaning::Files(reading) => {
                reading.file(name).map(Meaning::File).ok_or_else(|| format!("no file “{name}” is known to come to it"))
            }
            Meaning::File(file) => file_member(file, name),
            Meaning::Function(..) | Meaning::Pattern(..) => Err(format!("`.{name}` is not read of a function")),
        }
    }

    fn index(&mut self, of: &Js, at: &Js) -> Result<Meaning, Unsaid> {
        if let Some(found) = self.matched_group(of, at)? {
            return Ok(found);
        }
        let of = self.meaning(of)?;
        if let Js::Text(key) = at {
            return self.member(of, key, Access::Plain);
        }
        let position = self.expr(at)?;
        match of {
            Meaning::Value(expr, Kind::Items) => Ok(Meaning::Item(Reading::one(expr.maybe_item(position)))),
            Meaning::Global(global) => match (global.as_str(), position) {
                ("$env", Expr::Text(name)) => self.global_member("$env", &name),
                _ => Err(format!("`{global}[…]` has a name that is computed")),
            },
            other => Ok(Meaning::Value(item_of(value_of(other)?, position), Kind::Any)),
        }
    }

    /// The values of arguments; a spread among them is refused.
    fn arguments(&mut self, arguments: &[Item]) -> Result<Vec<Expr>, Unsaid> {
        arguments
            .iter()
            .map(|argument| match argument {
                Item::One(js) => self.expr(js),
                Item::Spread(_) => Err("it spreads a list into arguments".to_owned()),
            })
            .collect()
    }

    /// A function as a closure of ours; its first parameter is of this kind.
    fn closure(&mut self, function: &Js, kinds: &[Kind]) -> Result<(Expr, Kind), Unsaid> {
        match function {
            Js::Function { parameters, body } => {
                let before = self.locals.len();
                for (place, parameter) in parameters.iter().enumerate() {
                    let kind = kinds.get(place).copied().unwrap_or(Kind::Any);
                    self.locals.push((parameter.clone(), kind));
                }
                let body = self.meaning(body);
                self.locals.truncate(before);
                let (expr, kind) = match body? {
                    Meaning::Value(expr, kind) => (expr, kind),
                    other => (value_of(other)?, Kind::Any),
                };
                let names = parameters.iter().map(|name| local_name(name)).collect();
                Ok((Expr::Closure(names, Box::new(expr)), kind))
            }
            Js::Name(name) => {
                let argument = [Item::One(Js::Name("item".to_owned()))];
                self.locals.push(("item".to_owned(), kinds.first().copied().unwrap_or(Kind::Any)));
                let body = self.call(&Js::Name(name.clone()), &argument);
                self.locals.pop();
                Ok((Expr::closure("item", value_of(body?)?), Kind::Any))
            }
            _ => Err("it has a function with statements".to_owned()),
        }
    }
}

fn merged(all: Expr, next: Expr) -> Expr {
    all.method("merge", [next])
}

fn node_member(reading: Reading, name: &str) -> Result<Meaning, Unsaid> {
    match name {
        "item" => Ok(Meaning::Item(reading.paired())),
        "binary" => Ok(Meaning::Files(reading.paired())),
        "json" | "data" => Ok(Meaning::Json(reading.paired())),
        "first" | "last" | "all" | "itemMatching" => Ok(Meaning::Member(format!("node {name}"), String::new())),
        "isExecuted" => {
            Ok(Meaning::Value(reading.json().binary(crate::ours::Operator::Unequal, Expr::Nothing), Kind::Bool))
        }
        "length" => Ok(Meaning::Value(reading.all().method("len", []), Kind::Number)),
        _ => Err(format!("`.{name}` of a node is not there")),
    }
}

fn item_member(reading: Reading, name: &str) -> Result<Meaning, Unsaid> {
    match name {
        "json" | "data" => Ok(Meaning::Json(reading)),
        "binary" => Ok(Meaning::Files(reading)),
        "pairedItem" | "index" => Err(format!("`.{name}` of an item is not there")),
        // Without `json`, n8n finds nothing: what was meant is the value.
        _ => Ok(json_member(&reading, name)),
    }
}

/// `of[key]`; of a map that has this key alone, its value.
fn item_of(of: Expr, key: Expr) -> Expr {
    if let Expr::Method(pairs, name, _) = &of
        && name == "from_entries"
        && let Expr::List(pairs) = &**pairs
        && let [Expr::List(pair)] = pairs.as_slice()
        && let [known, value] = pair.as_slice()
        && *known == key
    {
        return value.clone();
    }
    if let (Expr::List(items), Expr::Int(at)) = (&of, &key)
        && let Some(item) = usize::try_from(*at).ok().and_then(|at| items.get(at))
    {
        return item.clone();
    }
    of.maybe_item(key)
}

/// What n8n tells of a file.
fn file_member(file: Expr, name: &str) -> Result<Meaning, Unsaid> {
    Ok(match name {
        "fileName" => Meaning::Value(file.field("filename"), Kind::Text),
        "mimeType" => Meaning::Value(file.field("content_type"), Kind::Text),
        "fileExtension" => {
            let parts = file.field("filename").method("split", [Expr::text(".")]);
            Meaning::Value(parts.method("last", []), Kind::Text)
        }
        "bytes" | "fileSize" => Meaning::Value(file.field("size"), Kind::Number),
        _ => return Err(format!("`.{name}` of a file is not there")),
    })
}

fn json_member(reading: &Reading, name: &str) -> Meaning {
    match name {
        "length" if reading.count == Count::Many => {
            Meaning::Value(reading.base.clone().method("len", []), Kind::Number)
        }
        _ => Meaning::Value(reading.field(name), Kind::Any),
    }
}

/// A property of a value.
fn property(expr: Expr, kind: Kind, name: &str) -> Result<Meaning, Unsaid> {
    if kind == Kind::Time {
        return time::property(expr, name);
    }
    if name == "length" && kind != Kind::Map {
        return Ok(Meaning::Value(expr.method("len", []), Kind::Number));
    }
    Ok(Meaning::Value(field_of(expr, name), Kind::Any))
}

/// What a part is as a value.
fn value_of(meaning: Meaning) -> Result<Expr, Unsaid> {
    match meaning {
        Meaning::Value(expr, _) => Ok(expr),
        Meaning::Json(reading) | Meaning::Item(reading) => Ok(reading.first().json()),
        Meaning::Node(_) => Err("a node is taken for a value".to_owned()),
        Meaning::Global(name) => Err(format!("`{name}` is not there")),
        Meaning::Member(of, name) => Err(format!("`{of}.{name}` is not there")),
        Meaning::Function(..) => Err("a function is taken for a value".to_owned()),
        Meaning::Pattern(..) => Err("a regular expression is taken for a value".to_owned()),
        Meaning::Span(expr, _) | Meaning::File(expr) => Ok(expr),
        Meaning::Files(_) => Err("it takes all files of an item at once".to_owned()),
    }
}

/// A parameter's name: those that mean something here get another.
fn local_name(name: &str) -> String {
    let plain: String = name.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '_').collect();
    let starts_well = plain.starts_with(|first: char| first.is_ascii_alphabetic());
    if !starts_well {
        format!("it{plain}")
    } else if plain != "item" && !scenario::is_identifier(&plain) {
        format!("{plain}_")
    } else {
        plain
    }
}

fn number(written: &str) -> Result<Expr, Unsaid> {
    if let Ok(whole) = written.parse::<i64>() {
        return Ok(Expr::Int(whole));
    }
    let float = written.parse::<f64>().ok().filter(|number| number.is_finite());
    float.map(Expr::Float).ok_or_else(|| format!("{written} is too large for a number"))
}

#[cfg(test)]
mod tests;
