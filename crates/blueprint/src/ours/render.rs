//! Writing expressions: as few parentheses as the language needs, and those that readers need.

use super::{Expr, Operator, Part, Presence, Text};
use std::fmt::{self, Display, Formatter, Write};

/// How tightly an expression holds together.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Tightness {
    /// `if`, closures: they take all that follows.
    Loose,
    Or,
    And,
    Equality,
    Comparison,
    Default,
    Sum,
    Product,
    Power,
    Sign,
    Whole,
}

impl Operator {
    fn sign(self) -> &'static str {
        match self {
            Self::Or => "||",
            Self::And => "&&",
            Self::Equal => "==",
            Self::Unequal => "!=",
            Self::In => "in",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Default => "??",
            Self::Plus => "+",
            Self::Minus => "-",
            Self::Times => "*",
            Self::Divided => "/",
            Self::Remainder => "%",
            Self::Power => "**",
        }
    }

    fn tightness(self) -> Tightness {
        match self {
            Self::Or => Tightness::Or,
            Self::And => Tightness::And,
            Self::Equal | Self::Unequal => Tightness::Equality,
            Self::In | Self::Less | Self::LessOrEqual | Self::Greater | Self::GreaterOrEqual => Tightness::Comparison,
            Self::Default => Tightness::Default,
            Self::Plus | Self::Minus => Tightness::Sum,
            Self::Times | Self::Divided | Self::Remainder => Tightness::Product,
            Self::Power => Tightness::Power,
        }
    }

    /// Whether a chain of it means the same however it is grouped.
    fn is_chained(self) -> bool {
        matches!(self, Self::Or | Self::And | Self::Default)
    }
}

impl Expr {
    fn tightness(&self) -> Tightness {
        match self {
            Self::If(..) | Self::Closure(..) => Tightness::Loose,
            Self::Binary(operator, ..) => operator.tightness(),
            Self::Not(_) | Self::Minus(_) => Tightness::Sign,
            Self::Int(number) if *number < 0 => Tightness::Sign,
            Self::Float(number) if number.is_sign_negative() => Tightness::Sign,
            _ => Tightness::Whole,
        }
    }

    fn write(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => out.write_str("()"),
            Self::Bool(value) => write!(out, "{value}"),
            // The smallest whole number has no literal.
            Self::Int(i64::MIN) => out.write_str("(-9223372036854775807 - 1)"),
            Self::Int(number) => write!(out, "{number}"),
            Self::Float(number) => write!(out, "{number:?}"),
            Self::Text(text) => write_text(text, out),
            Self::Name(name) => out.write_str(name),
            Self::Field(of, key, presence) => write_field(of, key, *presence, out),
            Self::Item(of, at, presence) => {
                write_within(of, Tightness::Whole, out)?;
                out.write_str(if *presence == Presence::May { "?[" } else { "[" })?;
                write!(out, "{at}]")
            }
            Self::Method(of, name, arguments) => {
                write_within(of, Tightness::Whole, out)?;
                write!(out, ".{name}(")?;
                write_list(arguments, out)?;
                out.write_char(')')
            }
            Self::Call(name, arguments) => {
                write!(out, "{name}(")?;
                write_list(arguments, out)?;
                out.write_char(')')
            }
            Self::Not(of) | Self::Minus(of) => {
                out.write_char(if matches!(self, Self::Not(_)) { '!' } else { '-' })?;
                write_within(of, Tightness::Whole, out)
            }
            Self::Binary(operator, left, right) => write_binary(*operator, left, right, out),
            Self::If(condition, then, otherwise) => write_if(condition, then, otherwise, out),
            Self::List(items) => {
                out.write_char('[')?;
                write_list(items, out)?;
                out.write_char(']')
            }
            Self::Map(entries) => write_map(entries, out),
            Self::Closure(parameters, body) => write!(out, "|{}| {body}", parameters.join(", ")),
            Self::Joined(parts) => write_joined(parts, out),
        }
    }
}

impl Expr {
    /// The expression on several lines, none much longer than `width`: conditions that are linked, calls in a chain and
    /// long lists stand below each other. None where it fits on one, or cannot be broken.
    pub fn on_lines(&self, width: usize) -> Option<Vec<String>> {
        let whole = self.to_string();
        // Within a text, a line's end means something.
        if whole.chars().count() <= width || whole.contains('\n') {
            return None;
        }
        let lines = self.broken(width);
        (lines.len() > 1).then_some(lines)
    }

    fn broken(&self, width: usize) -> Vec<String> {
        let whole = self.to_string();
        if whole.chars().count() <= width {
            return vec![whole];
        }
        match self {
            Self::Binary(
                operator @ (Operator::Or | Operator::And | Operator::Plus | Operator::Default),
                left,
                right,
            ) => {
                let mut lines = match &**left {
                    Self::Binary(inner, ..) if inner == operator => left.broken(width),
                    _ => Operand(*operator, left, Tightness::Whole).broken(width),
                };
                let mut right = Operand(*operator, right, Tightness::Sign).broken(width);
                if let Some(first) = right.first_mut() {
                    *first = format!("{} {first}", operator.sign());
                }
                lines.append(&mut right);
                lines
            }
            Self::Not(of) if of.tightness() >= Tightness::Whole => {
                let mut lines = of.broken(width);
                if let Some(first) = lines.first_mut() {
                    first.insert(0, '!');
                }
                lines
            }
            Self::Method(of, name, arguments) if of.tightness() >= Tightness::Whole => {
                let mut lines = of.broken(width);
                let call = Self::Method(Box::new(Self::Name(String::new())), name.clone(), arguments.clone());
                let call = call.to_string();
                let is_read = matches!(**of, Self::Name(_) | Self::Field(..) | Self::Item(..) | Self::Call(..));
                match lines.last_mut() {
                    // What has only been read stays with its first call, if that is short.
                    Some(last) if is_read && last.chars().count() + call.chars().count() <= width => {
                        last.push_str(&call);
                    }
                    _ => lines.push(call),
                }
                lines
            }
            Self::If(condition, then, otherwise) => {
                let mut lines = vec![format!("if {condition} {{ {then} }}")];
                lines.append(&mut otherwise.as_other_case(width));
                lines
            }
            Self::List(items) => enclosed("[", items.iter().map(ToString::to_string), "]"),
            Self::Map(entries) => {
                let entries = entries.iter().map(|entry| {
                    let text = Self::Map(vec![entry.clone()]).to_string();
                    text[2..text.len() - 1].to_owned()
                });
                enclosed("#{", entries, "}")
            }
            _ => vec![whole],
        }
    }
}

impl Expr {
    /// `else` with this, on its lines.
    fn as_other_case(&self, width: usize) -> Vec<String> {
        let Self::If(..) = self else { return vec![format!("else {{ {self} }}")] };
        let mut lines = self.broken(width);
        if let Some(first) = lines.first_mut() {
            first.insert_str(0, "else ");
        }
        lines
    }
}

fn enclosed(open: &str, parts: impl Iterator<Item = String>, close: &str) -> Vec<String> {
    let mut lines = vec![open.to_owned()];
    lines.extend(parts.map(|part| format!("{part},")));
    lines.push(close.to_owned());
    lines
}

/// An operand as it stands beside an operator.
struct Operand<'a>(Operator, &'a Expr, Tightness);

impl Operand<'_> {
    fn broken(&self, width: usize) -> Vec<String> {
        let whole = self.to_string();
        // In parentheses it stays together, and so does what another operator links, unless it is far too long.
        let is_short = whole.chars().count() <= width * 2;
        let stays = matches!(self.1, Expr::Binary(..)) && is_short || whole != self.1.to_string();
        if stays { vec![whole] } else { self.1.broken(width) }
    }
}

impl Display for Operand<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        write_operand(self.0, self.1, self.2, out)
    }
}

impl Display for Expr {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        self.write(out)
    }
}

impl Display for Text {
    /// The string as it stands in a scenario, without quotes around it.
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let mut parts = self.parts().iter().peekable();
        while let Some(part) = parts.next() {
            match part {
                Part::Value(expr) => write!(out, "{{{{ {expr} }}}}")?,
                Part::Literal(text) => {
                    // A brace before those of an expression would be taken for one of them.
                    let before = text.trim_end_matches('{');
                    let braces = &text[before.len()..];
                    if braces.is_empty() || parts.peek().is_none() {
                        out.write_str(&text.replace("{{", "\\{{"))?;
                    } else {
                        write!(out, "{}{{{{ {} }}}}", before.replace("{{", "\\{{"), Expr::text(braces))?;
                    }
                }
            }
        }
        Ok(())
    }
}

fn write_within(expr: &Expr, least: Tightness, out: &mut Formatter<'_>) -> fmt::Result {
    if expr.tightness() >= least { expr.write(out) } else { write!(out, "({expr})") }
}

fn write_binary(operator: Operator, left: &Expr, right: &Expr, out: &mut Formatter<'_>) -> fmt::Result {
    write_operand(operator, left, Tightness::Whole, out)?;
    write!(out, " {} ", operator.sign())?;
    write_operand(operator, right, Tightness::Sign, out)
}

/// An operand: what binds tighter stands as it is. On the right, the same operator needs parentheses.
fn write_operand(of: Operator, operand: &Expr, side: Tightness, out: &mut Formatter<'_>) -> fmt::Result {
    let is_left = side == Tightness::Whole;
    let bare = match operand {
        Expr::Binary(inner, ..) if *inner == of => is_left || of.is_chained(),
        // Few know how `??` binds.
        Expr::Binary(Operator::Default, ..) => matches!(of, Operator::Or | Operator::And),
        Expr::Binary(..) if of == Operator::Default => false,
        Expr::Binary(inner, ..) if is_left => inner.tightness() >= of.tightness(),
        Expr::Binary(inner, ..) => inner.tightness() > of.tightness(),
        other => other.tightness() > Tightness::Power,
    };
    if bare { operand.write(out) } else { write!(out, "({operand})") }
}

fn write_field(of: &Expr, key: &str, presence: Presence, out: &mut Formatter<'_>) -> fmt::Result {
    write_within(of, Tightness::Whole, out)?;
    match (presence, is_plain_key(key)) {
        (Presence::Must, true) => write!(out, ".{key}"),
        (Presence::May, true) => write!(out, "?.{key}"),
        (presence, false) => {
            out.write_str(if presence == Presence::May { "?[" } else { "[" })?;
            write_text(key, out)?;
            out.write_char(']')
        }
    }
}

fn write_if(condition: &Expr, then: &Expr, otherwise: &Expr, out: &mut Formatter<'_>) -> fmt::Result {
    write!(out, "if {condition} {{ {then} }} else ")?;
    match otherwise {
        Expr::If(..) => otherwise.write(out),
        other => write!(out, "{{ {other} }}"),
    }
}

fn write_list(items: &[Expr], out: &mut Formatter<'_>) -> fmt::Result {
    for (position, item) in items.iter().enumerate() {
        if position > 0 {
            out.write_str(", ")?;
        }
        item.write(out)?;
    }
    Ok(())
}

fn write_map(entries: &[(String, Expr)], out: &mut Formatter<'_>) -> fmt::Result {
    out.write_str("#{")?;
    for (position, (key, value)) in entries.iter().enumerate() {
        if position > 0 {
            out.write_str(", ")?;
        }
        if is_plain_key(key) {
            out.write_str(key)?;
        } else {
            write_text(key, out)?;
        }
        write!(out, ": {value}")?;
    }
    out.write_char('}')
}

fn write_joined(parts: &[Part], out: &mut Formatter<'_>) -> fmt::Result {
    out.write_char('`')?;
    for part in parts {
        match part {
            Part::Literal(text) => out.write_str(&text.replace('`', "``").replace("${", "${\"${\"}"))?,
            Part::Value(expr) => write!(out, "${{{expr}}}")?,
        }
    }
    out.write_char('`')
}

fn write_text(text: &str, out: &mut Formatter<'_>) -> fmt::Result {
    out.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' => out.write_str("\\\"")?,
            '\\' => out.write_str("\\\\")?,
            '\n' => out.write_str("\\n")?,
            '\r' => out.write_str("\\r")?,
            '\t' => out.write_str("\\t")?,
            c if c.is_control() => write!(out, "\\u{:04x}", u32::from(c))?,
            c => out.write_char(c)?,
        }
    }
    out.write_char('"')
}

/// Whether the key can stand behind a dot: our language takes words of rhai for keys there.
fn is_plain_key(key: &str) -> bool {
    let begins = key.trim_start_matches('_').starts_with(|c: char| c.is_ascii_alphabetic());
    begins && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use scenario::diagnostic::Place;
    use scenario::expression::{Expression, KEYWORDS, Template};

    const HERE: Place = Place { line: 1, column: 1 };

    fn name(name: &str) -> Expr {
        Expr::name(name)
    }

    #[track_caller]
    fn check(expr: &Expr, expected: &str) {
        assert_eq!(expr.to_string(), expected);
        let compiled = Expression::compile(expected, &|_| HERE);
        assert!(compiled.is_ok(), "{expected}: {:?}", compiled.err());
    }

    #[test]
    fn parentheses_stand_where_they_are_needed() {
        let (a, b, c) = (name("a"), name("b"), name("c"));
        let sum = a.clone().binary(Operator::Plus, b.clone());
        check(&sum.clone().binary(Operator::Times, c.clone()), "(a + b) * c");
        check(&sum.clone().binary(Operator::Plus, c.clone()), "a + b + c");
        check(&c.clone().binary(Operator::Minus, sum.clone()), "c - (a + b)");
        check(&c.clone().binary(Operator::Plus, a.clone().binary(Operator::Minus, b.clone())), "c + (a - b)");
        check(&sum.clone().or_else(Expr::Int(1)), "(a + b) ?? 1");
        check(&a.clone().or_else(Expr::text("x")).binary(Operator::Equal, Expr::text("y")), "(a ?? \"x\") == \"y\"");
        check(&Expr::any([Expr::all([a.clone(), b.clone()]), c.clone()]), "a && b || c");
        check(&Expr::all([Expr::any([a.clone(), b.clone()]), c.clone()]), "(a || b) && c");
        check(&sum.clone().method("round", []), "(a + b).round()");
        check(&Expr::Int(-3).method("abs", []), "(-3).abs()");
        check(&Expr::Not(Box::new(sum)), "!(a + b)");
        let choice = a.choose(Expr::Int(1), Expr::Int(2));
        check(&choice.clone().binary(Operator::Plus, Expr::Int(1)), "(if a { 1 } else { 2 }) + 1");
        check(&b.choose(Expr::text("x"), choice), "if b { \"x\" } else if a { 1 } else { 2 }");
    }

    #[test]
    fn keys_stand_behind_a_dot_where_they_can() {
        check(&name("a").field("b").maybe("c"), "a.b?.c");
        check(&name("a").maybe("1 - x").field("default"), "a?[\"1 - x\"].default");
        check(&name("a").maybe_item(Expr::Int(0)).maybe("名"), "a?[0]?[\"名\"]");
        check(&name("a").field("_0").field("_b").field("__c1"), "a[\"_0\"]._b.__c1");
        check(
            &Expr::Map(vec![("a".to_owned(), Expr::Int(1)), ("b c".to_owned(), Expr::Nothing)]),
            "#{a: 1, \"b c\": ()}",
        );
    }

    #[test]
    fn words_of_the_language_are_keys_like_others() {
        for word in KEYWORDS.iter().filter(|word| **word != "_") {
            check(&name("a").field(*word).maybe(*word), &format!("a.{word}?.{word}"));
            check(&Expr::Map(vec![((*word).to_owned(), Expr::Int(1))]), &format!("#{{{word}: 1}}"));
        }
    }

    #[test]
    fn long_expressions_stand_on_several_lines() {
        let check = |expr: &Expr, expected: &[&str]| {
            assert_eq!(expr.on_lines(20).unwrap_or_default(), expected);
            let joined = expected.join(" ");
            assert!(Expression::compile(&joined, &|_| HERE).is_ok(), "{joined}");
        };
        let (long, other) = (name("trigger").field("a_long_name"), name("trigger").field("another"));
        assert_eq!(name("a").on_lines(20), None);
        let any = Expr::any([long.clone(), Expr::all([other.clone(), long.clone()]), other.clone()]);
        check(&any, &["trigger.a_long_name", "|| trigger.another && trigger.a_long_name", "|| trigger.another"]);
        let chain = long.clone().method("trim", []).method("upper", []).method("to_text", []);
        check(&chain, &["trigger.a_long_name", ".trim()", ".upper()", ".to_text()"]);
        check(&long.clone().choose(Expr::Int(1), Expr::Int(2)), &["if trigger.a_long_name { 1 }", "else { 2 }"]);
        check(&Expr::List(vec![long.clone(), other]), &["[", "trigger.a_long_name,", "trigger.another,", "]"]);
        let map = Expr::Map(vec![("a".to_owned(), long.clone()), ("b".to_owned(), Expr::Int(1))]);
        check(&map, &["#{", "a: trigger.a_long_name,", "b: 1,", "}"]);
        check(&long.binary(Operator::Plus, Expr::text("a\nb")), &["trigger.a_long_name", "+ \"a\\nb\""]);
    }

    #[test]
    fn texts_are_quoted() {
        check(&Expr::text("a\"b\\c\n\u{1}"), "\"a\\\"b\\\\c\\n\\u0001\"");
        let joined = vec![Part::Literal("a`${".to_owned()), Part::Value(name("b"))];
        check(&Expr::Joined(joined), "`a``${\"${\"}${b}`");
    }

    #[test]
    fn strings_of_a_scenario_keep_their_braces() {
        let check = |parts: Vec<Part>, expected: &str| {
            let text = Text::of(parts).to_string();
            assert_eq!(text, expected);
            assert!(Template::parse(&text, &|_| HERE).is_ok(), "{text}");
        };
        let literal = |text: &str| Part::Literal(text.to_owned());
        let value = || Part::Value(name("a"));
        check(vec![literal("Hello "), value(), literal("!")], "Hello {{ a }}!");
        check(vec![literal("{\"x\":{"), value(), literal("}}")], "{\"x\":{{ \"{\" }}{{ a }}}}");
        check(vec![literal("{{ not }}")], "\\{{ not }}");
    }
}
