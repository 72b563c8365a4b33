//! Calls of functions that belong to no value, and of those that nodes have.

use super::{Kind, Meaning, Sight, Translator, Unsaid, value_of};
use crate::n8n::js::{Item, Js};
use crate::n8n::reading::Reading;
use crate::ours::{Expr, Operator};

impl Translator<'_> {
    pub(super) fn call(&mut self, callee: &Js, arguments: &[Item]) -> Result<Meaning, Unsaid> {
        match callee {
            Js::Name(name) => self.function(name, arguments),
            Js::Member { of, name, .. } => {
                let of = self.meaning(of)?;
                match of {
                    Meaning::Global(global) => self.global_call(&global, name, arguments),
                    Meaning::Node(reading) => self.node_call(&reading, name, arguments),
                    Meaning::Pattern(source, flags) => self.pattern_call(&source, &flags, name, arguments),
                    Meaning::Span(expr, unit) => super::time::span_call(expr, unit, name, &self.arguments(arguments)?),
                    Meaning::Json(reading) => self.method(reading.json(), Kind::Any, name, arguments),
                    Meaning::Value(expr, kind) => self.method(expr, kind, name, arguments),
                    other => self.method(value_of(other)?, Kind::Any, name, arguments),
                }
            }
            _ => Err("it calls what it computes".to_owned()),
        }
    }

    fn function(&mut self, name: &str, arguments: &[Item]) -> Result<Meaning, Unsaid> {
        match name {
            "$" => return self.named_node(arguments).map(Meaning::Node),
            "$items" => {
                let reading = if arguments.is_empty() { self.input_reading()? } else { self.named_node(arguments)? };
                return Ok(Meaning::Value(reading.all(), Kind::Items));
            }
            "$item" => {
                let is_first = matches!(arguments, [Item::One(Js::Number(zero))] if zero == "0")
                    || matches!(arguments, [Item::One(Js::Name(index))] if index == "$itemIndex");
                if is_first {
                    return Ok(Meaning::Global("$item(0)".to_owned()));
                }
                return Err("it reads the items of a node by their number".to_owned());
            }
            "$if" => {
                let [Item::One(condition), Item::One(yes), Item::One(no)] = arguments else {
                    return Err("`$if` takes three values".to_owned());
                };
                return self.conditional(condition, yes, no);
            }
            "$not" | "Boolean" => {
                let [Item::One(value), ..] = arguments else {
                    return Ok(Meaning::Value(Expr::Bool(false), Kind::Bool));
                };
                let condition = self.condition(value)?;
                let condition = if name == "$not" { condition.negated() } else { condition };
                return Ok(Meaning::Value(condition, Kind::Bool));
            }
            _ if name.starts_with('$') => drop(self.global(name)?),
            _ => {}
        }
        let kind = match arguments.first() {
            Some(Item::One(first)) => self.typed(first)?.1,
            _ => Kind::Any,
        };
        let values = self.arguments(arguments)?;
        plain_function(name, values, kind)
    }

    fn named_node(&mut self, arguments: &[Item]) -> Result<Reading, Unsaid> {
        match arguments {
            [Item::One(Js::Text(name)), ..] => self.node(name),
            [Item::One(js)] => match self.expr(js)? {
                Expr::Text(name) => self.node(&name),
                _ => Err("the name of a node is computed".to_owned()),
            },
            _ => Err("the name of a node is missing".to_owned()),
        }
    }

    fn input_reading(&self) -> Result<Reading, Unsaid> {
        let Sight { input, .. } = self.sight;
        input.clone().ok_or_else(|| "nothing comes before it that has data".to_owned())
    }

    /// `.first()`, `.last()`, `.all()` of a node.
    fn node_call(&mut self, reading: &Reading, name: &str, arguments: &[Item]) -> Result<Meaning, Unsaid> {
        if arguments.iter().any(|argument| !matches!(argument, Item::One(Js::Number(zero)) if zero == "0"))
            && name != "itemMatching"
        {
            return Err("it names an output or a run of a node".to_owned());
        }
        match name {
            "first" => Ok(Meaning::Item(reading.first())),
            "last" => Ok(Meaning::Item(reading.last())),
            "all" => Ok(Meaning::Value(reading.all(), Kind::Items)),
            "itemMatching" => {
                let position = self.arguments(arguments)?.into_iter().next().unwrap_or(Expr::Int(0));
                Ok(Meaning::Item(Reading::one(reading.all().maybe_item(position))))
            }
            _ => Err(format!("`.{name}()` of a node is not there")),
        }
    }

    fn global_call(&mut self, global: &str, name: &str, arguments: &[Item]) -> Result<Meaning, Unsaid> {
        match global {
            "Math" => {
                let values = self.arguments(arguments)?;
                math(name, values).map(|expr| Meaning::Value(expr, Kind::Number))
            }
            "JSON" => self.json_call(name, arguments),
            "Object" => self.object_call(name, arguments),
            "Array" if name == "isArray" => {
                let value = self.arguments(arguments)?.into_iter().next().unwrap_or(Expr::Nothing);
                let is_list = value.method("kind_of", []).binary(Operator::Equal, Expr::text("list"));
                Ok(Meaning::Value(is_list, Kind::Bool))
            }
            "Array" if name == "from" => {
                let value = self.arguments(arguments)?.into_iter().next().unwrap_or(Expr::Nothing);
                Ok(Meaning::Value(value.method("to_list", []), Kind::List))
            }
            "Number" => self.number_call(name, arguments),
            "Date" | "DateTime" => {
                let values = self.arguments(arguments)?;
                self.time_call(global, name, values)
            }
            _ => Err(format!("`{global}.{name}()` is not there")),
        }
    }

    fn number_call(&mut self, name: &str, arguments: &[Item]) -> Result<Meaning, Unsaid> {
        let value = self.arguments(arguments)?.into_iter().next().unwrap_or(Expr::Nothing);
        match name {
            "isInteger" => {
                let whole = value.clone().method("floor", []).binary(Operator::Equal, value);
                Ok(Meaning::Value(whole, Kind::Bool))
            }
            "isFinite" => Ok(Meaning::Value(value.method("is_numeric", []), Kind::Bool)),
            "isNaN" => Ok(Meaning::Value(value.method("is_numeric", []).negated(), Kind::Bool)),
            "parseInt" | "parseFloat" => plain_function(name, vec![value], Kind::Any),
            _ => Err(format!("`Number.{name}()` is not there")),
        }
    }

    fn json_call(&mut self, name: &str, arguments: &[Item]) -> Result<Meaning, Unsaid> {
        let mut values = self.arguments(arguments)?.into_iter();
        let value = values.next().unwrap_or(Expr::Nothing);
        match name {
            "parse" => Ok(Meaning::Value(value.method("parse_json", []), Kind::Any)),
            "stringify" => {
                let indent = match values.nth(1) {
                    None | Some(Expr::Int(0)) => None,
                    Some(Expr::Text(blanks)) => Some(Expr::Int(i64::try_from(blanks.len()).unwrap_or(2))),
                    other => other,
                };
                Ok(Meaning::Value(value.method("to_json", indent), Kind::Text))
            }
            _ => Err(format!("`JSON.{name}()` is not there")),
        }
    }

    fn object_call(&mut self, name: &str, arguments: &[Item]) -> Result<Meaning, Unsaid> {
        let mut values = self.arguments(arguments)?.into_iter();
        let first = values.next().unwrap_or(Expr::Nothing);
        Ok(match name {
            "keys" => Meaning::Value(first.method("keys", []), Kind::List),
            "values" => Meaning::Value(first.method("values", []), Kind::List),
            "entries" => {
                let entry = Expr::name("entry");
                let pair = Expr::List(vec![entry.clone().field("key"), entry.field("value")]);
                let pairs = first.method("entries", []).method("map", [Expr::closure("entry", pair)]);
                Meaning::Value(pairs, Kind::List)
            }
            "fromEntries" => Meaning::Value(first.method("from_entries", []), Kind::Map),
            "assign" => Meaning::Value(values.fold(first, super::merged), Kind::Map),
            _ => return Err(format!("`Object.{name}()` is not there")),
        })
    }
}

/// A value as a number.
pub(super) fn to_number(expr: Expr, kind: Kind) -> Expr {
    match kind {
        Kind::Number => expr,
        Kind::Time => expr.method("to_unix_ms", []),
        _ => expr.method("to_text", []).method("parse_float", []),
    }
}

fn plain_function(name: &str, values: Vec<Expr>, kind: Kind) -> Result<Meaning, Unsaid> {
    let mut rest = values.into_iter();
    let first = rest.next().unwrap_or(Expr::Nothing);
    let (expr, kind) = match name {
        "String" => (if kind == Kind::Text { first } else { first.method("to_text", []) }, Kind::Text),
        "Number" => (to_number(first, kind), Kind::Number),
        "parseFloat" => (to_number(first, kind), Kind::Number),
        "parseInt" => (whole(first, kind), Kind::Number),
        "isNaN" => (first.method("is_numeric", []).negated(), Kind::Bool),
        "encodeURIComponent" => (first.method("encode_url_component", []), Kind::Text),
        "decodeURIComponent" | "decodeURI" => (first.method("decode_url", []), Kind::Text),
        "encodeURI" => (first.method("encode_url", []), Kind::Text),
        "$ifEmpty" => (first.method("if_empty", rest), Kind::Any),
        "$min" => (Expr::List(std::iter::once(first).chain(rest).collect()).method("min", []), Kind::Number),
        "$max" => (Expr::List(std::iter::once(first).chain(rest).collect()).method("max", []), Kind::Number),
        "$average" => (Expr::List(std::iter::once(first).chain(rest).collect()).method("avg", []), Kind::Number),
        _ => return Err(format!("`{name}()` is not there")),
    };
    Ok(Meaning::Value(expr, kind))
}

/// The whole number at the beginning of a text.
pub(super) fn whole(value: Expr, kind: Kind) -> Expr {
    match kind {
        Kind::Number => value.method("trunc", []),
        _ => value.method("to_text", []).method("parse_float", []).method("trunc", []),
    }
}

fn math(name: &str, values: Vec<Expr>) -> Result<Expr, Unsaid> {
    let ours = match name {
        "floor" | "ceil" | "abs" | "trunc" | "sign" | "sqrt" | "pow" | "exp" => name,
        "round" => {
            // JavaScript rounds halves up: -2.5 becomes -2.
            return values
                .into_iter()
                .next()
                .map(|value| value.method("round", []))
                .ok_or_else(|| "`Math.round` of nothing".to_owned());
        }
        "log" => "ln",
        "log10" => "log",
        "random" => return Ok(Expr::call("random", [])),
        "min" | "max" => return Ok(extreme(name, values)),
        _ => return Err(format!("`Math.{name}()` is not there")),
    };
    let mut values = values.into_iter();
    let first = values.next().ok_or_else(|| format!("`Math.{name}` of nothing"))?;
    Ok(first.method(ours, values))
}

fn extreme(name: &str, mut values: Vec<Expr>) -> Expr {
    if values.len() == 2 {
        let second = values.pop();
        return Expr::call(name, values.into_iter().chain(second));
    }
    Expr::List(values).method(name, [])
}
