//! JSONata as people use it in `change` and `switch`: paths, texts put together, sums and a few functions. It is read by
//! the grammar of JavaScript, once its own operators are written as that has them.

use super::message::{Kind, Message, Value};
use super::walk::Refused;
use crate::n8n::js::{self, Item, Js};
use crate::ours::{Expr, Operator, Part, Presence};

/// How long an expression may be, in bytes.
const LONGEST: usize = 4_096;

/// An expression in our language.
pub(crate) fn say(source: &str, message: &Message) -> Result<Value, Refused> {
    if source.len() > LONGEST {
        return Err("its JSONata is too long".to_owned());
    }
    let code = as_javascript(source)?;
    let js = js::parse(&code)
        .map_err(|fault| format!("its JSONata `{}` cannot be read: {}", short(source), fault.message))?;
    let (expr, kind) =
        Translator { message }.value(&js).map_err(|reason| format!("its JSONata `{}`: {reason}", short(source)))?;
    Ok(Value::new(expr, kind))
}

fn short(source: &str) -> String {
    let line = source.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() > 60 { line.chars().take(59).chain("…".chars()).collect() } else { line }
}

/// `=` is `===`, `and` is `&&`, and `&`, which puts texts together, is `<<`: that binds as it does, and means nothing else.
fn as_javascript(source: &str) -> Result<String, Refused> {
    let mut code = String::with_capacity(source.len() + 16);
    let mut letters = source.chars().peekable();
    let mut word = String::new();
    let flush = |word: &mut String, code: &mut String| {
        match word.as_str() {
            "and" => code.push_str("&&"),
            "or" => code.push_str("||"),
            other => code.push_str(other),
        }
        word.clear();
    };
    while let Some(letter) = letters.next() {
        if letter.is_alphanumeric() || letter == '_' || letter == '$' {
            word.push(letter);
            continue;
        }
        flush(&mut word, &mut code);
        match letter {
            '"' | '\'' => {
                code.push(letter);
                while let Some(inner) = letters.next() {
                    code.push(inner);
                    if inner == '\\' {
                        code.extend(letters.next());
                    } else if inner == letter {
                        break;
                    }
                }
            }
            '=' => code.push_str("==="),
            '!' if letters.peek() == Some(&'=') => {
                letters.next();
                code.push_str("!==");
            }
            '<' | '>' if letters.peek() == Some(&'=') => {
                letters.next();
                code.push(letter);
                code.push('=');
            }
            '&' => code.push_str("<<"),
            '`' | ';' | '~' | '^' | '%' if letter != '%' => return Err(format!("its JSONata has `{letter}`")),
            other => code.push(other),
        }
    }
    flush(&mut word, &mut code);
    Ok(code)
}

struct Translator<'m> {
    message: &'m Message,
}

type Said = Result<(Expr, Kind), String>;

impl Translator<'_> {
    fn expr(&self, js: &Js) -> Result<Expr, String> {
        Ok(self.value(js)?.0)
    }

    fn value(&self, js: &Js) -> Said {
        let plain = |expr: Expr| Ok((expr, Kind::Any));
        match js {
            Js::Null | Js::Undefined => plain(Expr::Nothing),
            Js::Bool(value) => plain(Expr::Bool(*value)),
            Js::Number(written) => plain(super::nodes::number(written).ok_or("a number is too large")?),
            Js::Text(text) => Ok((Expr::text(text.as_str()), Kind::Text)),
            Js::Name(name) => Ok(self.message.get(name)).map(|value| (value.expr, value.kind)),
            Js::Member { of, name, .. } => match (&**of, self.value(of)?) {
                // `msg` is what everything begins from, and may be named.
                (Js::Name(root), _) if root == "msg" || root == "$" || root == "$$" => {
                    let value = self.message.get(name);
                    Ok((value.expr, value.kind))
                }
                (_, (of, _)) => plain(crate::n8n::field_of(of, name)),
            },
            Js::Index { of, at, .. } => match &**at {
                Js::Number(_) | Js::Unary { .. } => plain(self.expr(of)?.maybe_item(self.expr(at)?)),
                _ => Err("it chooses items by a condition".to_owned()),
            },
            Js::List(items) => {
                let items = items.iter().map(|item| self.argument(item)).collect::<Result<_, _>>()?;
                Ok((Expr::List(items), Kind::Structure))
            }
            Js::Map(entries) => {
                let entries = entries.iter().map(|entry| match entry {
                    js::Entry::Field(key, value) => Ok((key.clone(), self.expr(value)?)),
                    _ => Err("it has a map with keys that are computed".to_owned()),
                });
                Ok((Expr::Map(entries.collect::<Result<_, _>>()?), Kind::Structure))
            }
            Js::Unary { operator: "-", value } => plain(match self.expr(value)? {
                Expr::Int(number) => Expr::Int(-number),
                Expr::Float(number) => Expr::Float(-number),
                other => Expr::Minus(Box::new(other)),
            }),
            Js::Binary { operator, left, right } => self.binary(operator, left, right),
            Js::Conditional { condition, yes, no } => {
                let (yes, kind) = self.value(yes)?;
                Ok((self.expr(condition)?.choose(yes, self.expr(no)?), kind))
            }
            Js::Call { callee, arguments, .. } => match &**callee {
                Js::Name(name) => self.call(name, arguments),
                _ => Err("it calls what is no function".to_owned()),
            },
            _ => Err("it has what cannot be said here".to_owned()),
        }
    }

    fn argument(&self, item: &Item) -> Result<Expr, String> {
        match item {
            Item::One(js) => self.expr(js),
            Item::Spread(_) => Err("it has a range".to_owned()),
        }
    }

    fn binary(&self, operator: &str, left: &Js, right: &Js) -> Said {
        let (left, right) = (self.expr(left)?, self.expr(right)?);
        if operator == "<<" {
            let mut parts = Vec::new();
            for side in [left, right] {
                match side {
                    Expr::Joined(inner) => parts.extend(inner),
                    Expr::Text(text) => parts.push(Part::Literal(text)),
                    other => parts.push(Part::Value(present(other))),
                }
            }
            return Ok((Expr::Joined(parts), Kind::Text));
        }
        let operator = match operator {
            "===" => Operator::Equal,
            "!==" => Operator::Unequal,
            "<" => Operator::Less,
            "<=" => Operator::LessOrEqual,
            ">" => Operator::Greater,
            ">=" => Operator::GreaterOrEqual,
            "&&" => Operator::And,
            "||" => Operator::Or,
            "+" => Operator::Plus,
            "-" => Operator::Minus,
            "*" => Operator::Times,
            "/" => Operator::Divided,
            "%" => Operator::Remainder,
            "in" => Operator::In,
            other => return Err(format!("its operator `{other}` is not known")),
        };
        Ok((left.binary(operator, right), Kind::Any))
    }

    fn call(&self, name: &str, arguments: &[Item]) -> Said {
        let arguments = arguments.iter().map(|item| self.argument(item)).collect::<Result<Vec<_>, _>>()?;
        let mut arguments = arguments.into_iter();
        let text = |of: Expr, function: &str, rest: Vec<Expr>| Ok((present(of).method(function, rest), Kind::Text));
        let Some(first) = arguments.next() else {
            return match name {
                "$now" => Ok((Expr::call("now", []), Kind::Text)),
                "$millis" => Ok((Expr::call("now", []).method("to_unix_ms", []), Kind::Any)),
                "$random" => Ok((Expr::call("random", []), Kind::Any)),
                other => Err(format!("its function `{other}` is not known")),
            };
        };
        let rest: Vec<Expr> = arguments.collect();
        let plain = |function: &str, rest: Vec<Expr>| Ok((first.clone().method(function, rest), Kind::Any));
        match name {
            "$string" => Ok((first.method("to_text", []), Kind::Text)),
            "$number" => plain("parse_number", Vec::new()),
            "$boolean" => plain("is_truthy", Vec::new()),
            "$not" => Ok((first.method("is_truthy", []).negated(), Kind::Any)),
            "$exists" => Ok((first.binary(Operator::Unequal, Expr::Nothing), Kind::Any)),
            "$uppercase" => text(first, "upper", rest),
            "$lowercase" => text(first, "lower", rest),
            "$trim" => text(first, "collapse_blanks", rest),
            "$substringBefore" => text(first, "before", rest),
            "$substringAfter" => text(first, "after", rest),
            "$replace" if rest.len() == 2 => text(first, "replace", rest),
            "$contains" => Ok((present(first).method("contains", rest), Kind::Any)),
            "$split" => Ok((present(first).method("split", rest), Kind::Structure)),
            "$join" => Ok((over(first).method("join", rest), Kind::Text)),
            "$length" | "$count" => Ok((over(first).method("len", []), Kind::Any)),
            "$sum" => Ok((over(first).method("sum", []), Kind::Any)),
            "$max" => Ok((over(first).method("max", []), Kind::Any)),
            "$min" => Ok((over(first).method("min", []), Kind::Any)),
            "$average" => Ok((over(first).method("avg", []), Kind::Any)),
            "$round" | "$floor" | "$ceil" | "$abs" | "$sqrt" => plain(&name[1..], rest),
            "$power" => plain("pow", rest),
            "$keys" => plain("keys", Vec::new()),
            "$reverse" => plain("reverse", Vec::new()),
            "$distinct" => plain("distinct", Vec::new()),
            "$append" if rest.len() == 1 => {
                Ok((rest.into_iter().fold(first, |all, next| all.binary(Operator::Plus, next)), Kind::Structure))
            }
            "$merge" => match first {
                Expr::List(items) => {
                    let merged = items.into_iter().reduce(|all, next| all.method("merge", [next]));
                    Ok((merged.unwrap_or(Expr::Map(Vec::new())), Kind::Structure))
                }
                _ => Err("its function `$merge` takes a list that is computed".to_owned()),
            },
            "$toMillis" if rest.is_empty() => plain("to_unix_ms", Vec::new()),
            "$fromMillis" if rest.is_empty() => plain("from_unix_ms", Vec::new()),
            other => Err(format!("its function `{other}` is not known")),
        }
    }
}

/// A path that ends within the items of a list: `payload.lines.price` are the prices of all.
fn over(path: Expr) -> Expr {
    match path {
        Expr::Field(of, key, Presence::May) if matches!(*of, Expr::Field(_, _, Presence::May)) => {
            of.method("map", [Expr::closure("item", Expr::name("item").maybe(key))])
        }
        other => other,
    }
}

/// What is missing is nothing in a text.
fn present(value: Expr) -> Expr {
    match &value {
        Expr::Field(_, _, Presence::May) | Expr::Item(_, _, Presence::May) => value.or_else(Expr::text("")),
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(source: &str, expected: &str) {
        let message = Message::default().with("payload", Value::any(Expr::name("trigger").field("body")));
        let said = say(source, &message).map(|value| value.expr.to_string());
        assert_eq!(said.unwrap_or_else(|reason| format!("refused: {reason}")), expected, "{source}");
    }

    #[test]
    fn expressions_are_said() {
        check("payload.name", "trigger.body?.name");
        check("msg.payload.name", "trigger.body?.name");
        check(
            "\"Hi \" & payload.first & \" \" & $uppercase(payload.last)",
            "`Hi ${trigger.body?.first ?? \"\"} ${(trigger.body?.last ?? \"\").upper()}`",
        );
        check("payload.n > 3 and payload.kind = \"a\"", "trigger.body?.n > 3 && trigger.body?.kind == \"a\"");
        check("$sum(payload.lines.price)", "trigger.body?.lines.map(|item| item?.price).sum()");
        check("payload.list[0].x ? 1 : -2", "if trigger.body?.list?[0]?.x { 1 } else { -2 }");
        check("$round($number(payload) * 1.5, 1)", "(trigger.body.parse_number() * 1.5).round(1)");
        check("{\"a\": payload, \"b\": [1, 2]}", "#{a: trigger.body, b: [1, 2]}");
        check("$now()", "now()");
    }

    #[test]
    fn the_rest_is_refused_with_its_reason() {
        check("payload[price > 3]", "refused: its JSONata `payload[price > 3]`: it chooses items by a condition");
        check("$map(payload, f)", "refused: its JSONata `$map(payload, f)`: its function `$map` is not known");
        check("payload ~> $sum", "refused: its JSONata has `~`");
    }
}
