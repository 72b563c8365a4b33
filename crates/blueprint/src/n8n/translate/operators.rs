//! Operators: what JavaScript makes of values of any kind, said for the kinds that are known.

use super::{Kind, Meaning, Translator, Unsaid, value_of};
use crate::n8n::js::Js;
use crate::ours::{Expr, Operator, Part};

impl Translator<'_> {
    /// The value, with what is known of it.
    pub(super) fn typed(&mut self, js: &Js) -> Result<(Expr, Kind), Unsaid> {
        Ok(match self.meaning(js)? {
            Meaning::Value(expr, kind) => (expr, kind),
            Meaning::Json(reading) => (reading.json(), Kind::Map),
            other => (value_of(other)?, Kind::Any),
        })
    }

    /// What JavaScript takes for true.
    pub(super) fn condition(&mut self, js: &Js) -> Result<Expr, Unsaid> {
        match js {
            Js::Unary { operator: "!", value } => Ok(self.condition(value)?.negated()),
            Js::Binary { operator: "&&", left, right } => {
                let (left, right) = (self.condition(left)?, self.condition(right)?);
                Ok(Expr::all([left, right]))
            }
            Js::Binary { operator: "||", left, right } => {
                let (left, right) = (self.condition(left)?, self.condition(right)?);
                Ok(Expr::any([left, right]))
            }
            _ => {
                if let Some(found) = self.matches_at_all(js)? {
                    return Ok(found);
                }
                let (expr, kind) = self.typed(js)?;
                Ok(truth(expr, kind))
            }
        }
    }

    pub(super) fn unary(&mut self, operator: &str, value: &Js) -> Result<Meaning, Unsaid> {
        match operator {
            "!" => Ok(Meaning::Value(self.condition(value)?.negated(), Kind::Bool)),
            "-" => {
                let negative = match self.expr(value)? {
                    Expr::Int(number) => Expr::Int(-number),
                    Expr::Float(number) => Expr::Float(-number),
                    other => Expr::Minus(Box::new(other)),
                };
                Ok(Meaning::Value(negative, Kind::Number))
            }
            "+" => {
                let (expr, kind) = self.typed(value)?;
                Ok(Meaning::Value(super::calls::to_number(expr, kind), Kind::Number))
            }
            "typeof" => {
                let kind = self.expr(value)?.method("kind_of", []);
                Ok(Meaning::Value(kind, Kind::Text))
            }
            "await" => self.meaning(value),
            _ => Err(format!("`{operator}` is not said here")),
        }
    }

    pub(super) fn conditional(&mut self, condition: &Js, yes: &Js, no: &Js) -> Result<Meaning, Unsaid> {
        let condition = self.condition(condition)?;
        let ((yes, yes_kind), (no, no_kind)) = (self.typed(yes)?, self.typed(no)?);
        let kind = if yes_kind == no_kind { yes_kind } else { Kind::Any };
        Ok(Meaning::Value(condition.choose(yes, no), kind))
    }

    pub(super) fn binary(&mut self, operator: &str, left: &Js, right: &Js) -> Result<Meaning, Unsaid> {
        match operator {
            "+" => self.plus(left, right),
            "&&" => self.and(left, right),
            "||" => self.or(left, right),
            "??" => {
                let ((left, kind), (right, other)) = (self.typed(left)?, self.typed(right)?);
                let kind = if kind == other { kind } else { Kind::Any };
                Ok(Meaning::Value(left.or_else(right), kind))
            }
            "===" | "!==" | "==" | "!=" => self.equality(operator, left, right),
            "<" | "<=" | ">" | ">=" => self.comparison(operator, left, right),
            "in" => {
                let (key, of) = (self.expr(left)?, self.expr(right)?);
                Ok(Meaning::Value(of.method("has", [key]), Kind::Bool))
            }
            _ => self.arithmetic(operator, left, right),
        }
    }

    /// `+`: of texts and what is joined with them a text, of numbers their sum.
    fn plus(&mut self, left: &Js, right: &Js) -> Result<Meaning, Unsaid> {
        let ((left, left_kind), (right, right_kind)) = (self.typed(left)?, self.typed(right)?);
        let is_text = |kind| matches!(kind, Kind::Text | Kind::Time);
        if is_text(left_kind) || is_text(right_kind) {
            let parts = [left, right].into_iter().flat_map(|side| match side {
                Expr::Text(text) => vec![Part::Literal(text)],
                Expr::Joined(parts) => parts,
                other => vec![Part::Value(other)],
            });
            let mut joined: Vec<Part> = Vec::new();
            for part in parts {
                match (joined.last_mut(), part) {
                    (Some(Part::Literal(last)), Part::Literal(next)) => last.push_str(&next),
                    (_, part) => joined.push(part),
                }
            }
            let expr = match joined.as_slice() {
                [Part::Literal(text)] => Expr::text(text.as_str()),
                _ => Expr::Joined(joined),
            };
            return Ok(Meaning::Value(expr, Kind::Text));
        }
        let kind = if left_kind == Kind::Number && right_kind == Kind::Number { Kind::Number } else { Kind::Any };
        Ok(Meaning::Value(sum(left, right), kind))
    }

    fn and(&mut self, left: &Js, right: &Js) -> Result<Meaning, Unsaid> {
        let (expr, kind) = self.typed(left)?;
        let (value, other) = self.typed(right)?;
        if kind == Kind::Bool && other == Kind::Bool {
            return Ok(Meaning::Value(Expr::all([expr, value]), Kind::Bool));
        }
        // `a && a.b`: what is missing stays so.
        let condition = self.condition(left)?;
        Ok(Meaning::Value(condition.choose(value, expr), Kind::Any))
    }

    fn or(&mut self, left: &Js, right: &Js) -> Result<Meaning, Unsaid> {
        let (expr, kind) = self.typed(left)?;
        let (value, other) = self.typed(right)?;
        Ok(match (kind, other) {
            (Kind::Bool, Kind::Bool) => Meaning::Value(Expr::any([expr, value]), Kind::Bool),
            (Kind::List | Kind::Map, _) => Meaning::Value(expr, kind),
            (_, Kind::List | Kind::Map) => Meaning::Value(expr.or_else(value), other),
            (_, other) => {
                let kind = if kind == other {
                    kind
                } else if kind == Kind::Any {
                    other
                } else {
                    Kind::Any
                };
                Meaning::Value(expr.method("if_falsy", [value]), kind)
            }
        })
    }

    fn equality(&mut self, operator: &str, left: &Js, right: &Js) -> Result<Meaning, Unsaid> {
        let ((mut left, left_kind), (mut right, right_kind)) = (self.typed(left)?, self.typed(right)?);
        if operator.len() == 2 {
            // Loose: `"5" == 5`.
            let says_number = |expr: &Expr| matches!(expr, Expr::Text(text) if text.trim().parse::<f64>().is_ok());
            if says_number(&right) && left_kind != Kind::Text {
                left = left.method("to_text", []);
            } else if matches!((left_kind, right_kind), (Kind::Any, Kind::Number) | (Kind::Number, Kind::Any)) {
                (left, right) = (left.method("to_text", []), right.method("to_text", []));
            }
            right = as_literal_text(right);
            left = as_literal_text(left);
        }
        let sign = if operator.starts_with('!') { Operator::Unequal } else { Operator::Equal };
        // `x === true` for what is true or false says the same twice.
        let expr = match (left_kind, sign, &right) {
            (Kind::Bool, Operator::Equal, Expr::Bool(true)) => left,
            (Kind::Bool, Operator::Equal, Expr::Bool(false)) => left.negated(),
            _ => left.binary(sign, right),
        };
        Ok(Meaning::Value(expr, Kind::Bool))
    }

    fn comparison(&mut self, operator: &str, left: &Js, right: &Js) -> Result<Meaning, Unsaid> {
        let ((left, left_kind), (right, right_kind)) = (self.typed(left)?, self.typed(right)?);
        if left_kind == Kind::Time || right_kind == Kind::Time {
            let expr = match operator {
                "<" => left.method("is_before", [right]),
                ">" => left.method("is_after", [right]),
                "<=" => left.method("is_after", [right]).negated(),
                _ => left.method("is_before", [right]).negated(),
            };
            return Ok(Meaning::Value(expr, Kind::Bool));
        }
        let sign = match operator {
            "<" => Operator::Less,
            "<=" => Operator::LessOrEqual,
            ">" => Operator::Greater,
            _ => Operator::GreaterOrEqual,
        };
        Ok(Meaning::Value(left.binary(sign, right), Kind::Bool))
    }

    fn arithmetic(&mut self, operator: &str, left: &Js, right: &Js) -> Result<Meaning, Unsaid> {
        let (left, right) = (self.typed(left)?, self.typed(right)?);
        let (left, right) = (amount(left.0, left.1), amount(right.0, right.1));
        let expr = match operator {
            "-" => left.binary(Operator::Minus, right),
            "*" => left.binary(Operator::Times, right),
            "/" => divided(left, right),
            "%" => left.binary(Operator::Remainder, right),
            "**" => left.binary(Operator::Power, right),
            _ => return Err(format!("`{operator}` is not said here")),
        };
        Ok(Meaning::Value(expr, Kind::Number))
    }
}

/// What JavaScript takes for true, of a value.
fn truth(expr: Expr, kind: Kind) -> Expr {
    match kind {
        Kind::Bool => expr,
        Kind::Text | Kind::Time => expr.binary(Operator::Unequal, Expr::text("")),
        Kind::Number => expr.binary(Operator::Unequal, Expr::Int(0)),
        Kind::List | Kind::Items | Kind::Map => expr.binary(Operator::Unequal, Expr::Nothing),
        Kind::Any => expr.method("is_truthy", []),
    }
}

/// What is counted with: of a moment, its milliseconds.
fn amount(expr: Expr, kind: Kind) -> Expr {
    if kind == Kind::Time { expr.method("to_unix_ms", []) } else { expr }
}

/// A sum; what was taken away before, as `getMonth() + 1` does here, is counted together.
fn sum(left: Expr, right: Expr) -> Expr {
    match (left, right) {
        (Expr::Binary(Operator::Minus, of, less), Expr::Int(more)) if matches!(*less, Expr::Int(_)) => {
            let less = if let Expr::Int(less) = *less { less } else { 0 };
            match more.saturating_sub(less) {
                0 => *of,
                more if more > 0 => of.binary(Operator::Plus, Expr::Int(more)),
                less => of.binary(Operator::Minus, Expr::Int(less.saturating_neg())),
            }
        }
        (left, right) => left.binary(Operator::Plus, right),
    }
}

/// A quotient that keeps its fraction.
fn divided(left: Expr, right: Expr) -> Expr {
    let right = match right {
        #[allow(clippy::cast_precision_loss, reason = "JavaScript has no other numbers")]
        Expr::Int(number) => Expr::Float(number as f64),
        other => return left.binary(Operator::Times, Expr::Float(1.0)).binary(Operator::Divided, other),
    };
    left.binary(Operator::Divided, right)
}

/// `5.to_text()` is `"5"`.
fn as_literal_text(expr: Expr) -> Expr {
    match expr {
        Expr::Method(of, name, arguments) if name == "to_text" => match *of {
            Expr::Int(number) => Expr::text(number.to_string()),
            of => Expr::Method(Box::new(of), name, arguments),
        },
        other => other,
    }
}
