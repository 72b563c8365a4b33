//! Reading Make's expressions. Whatever stands there, there is an answer: a tree, or the text as it was.

use super::{Iml, Operator, Piece, Reference, Segment, Template};

/// How deep expressions may be nested.
const DEEPEST: usize = 60;

/// How many operators an expression may have: each puts what stands before it one level deeper.
const MOST_LINKS: usize = 400;

/// Reads a string of a blueprint.
pub(crate) fn parse(text: &str) -> Template {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("{{") {
        push_text(&mut pieces, &rest[..at]);
        let inside = &rest[at + 2..];
        let mut parser = Parser { rest: inside, depth: 0, links: 0 };
        match parser.whole() {
            Some(expr) => {
                pieces.push(Piece::Value(expr));
                rest = parser.rest;
            }
            None => {
                let end = inside.find("}}").map_or(inside.len(), |end| end + 2);
                let read = &rest[..at + 2 + end];
                pieces.push(Piece::Unreadable(read[at..].to_owned()));
                rest = &rest[read.len()..];
            }
        }
    }
    push_text(&mut pieces, rest);
    Template { pieces }
}

fn push_text(pieces: &mut Vec<Piece>, text: &str) {
    if !text.is_empty() {
        pieces.push(Piece::Text(text.to_owned()));
    }
}

struct Parser<'a> {
    rest: &'a str,
    depth: usize,
    links: usize,
}

impl<'a> Parser<'a> {
    /// An expression and the braces that end it.
    fn whole(&mut self) -> Option<Iml> {
        self.blanks();
        if self.eat("}}") {
            return Some(Iml::Nothing);
        }
        let expr = self.or()?;
        self.blanks();
        self.eat("}}").then_some(expr)
    }

    /// `left operator right`, unless that makes the expression longer than people write.
    fn linked(&mut self, operator: Operator, left: Iml, right: fn(&mut Self) -> Option<Iml>) -> Option<Iml> {
        self.links += 1;
        if self.links > MOST_LINKS {
            return None;
        }
        Some(binary(operator, left, right(self)?))
    }

    fn or(&mut self) -> Option<Iml> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let mut left = self.and()?;
        while self.sign(&["||", "|"]) || self.word("or") {
            left = self.linked(Operator::Or, left, Self::and)?;
        }
        self.depth -= 1;
        Some(left)
    }

    fn and(&mut self) -> Option<Iml> {
        let mut left = self.comparison()?;
        while self.sign(&["&&", "&"]) || self.word("and") {
            left = self.linked(Operator::And, left, Self::comparison)?;
        }
        Some(left)
    }

    fn comparison(&mut self) -> Option<Iml> {
        const SIGNS: [(&str, Operator); 7] = [
            ("!=", Operator::Unequal),
            ("<=", Operator::LessOrEqual),
            (">=", Operator::GreaterOrEqual),
            ("==", Operator::Equal),
            ("=", Operator::Equal),
            ("<", Operator::Less),
            (">", Operator::Greater),
        ];
        let mut left = self.sum()?;
        while let Some((_, operator)) = SIGNS.iter().find(|(sign, _)| self.sign(&[sign])) {
            left = self.linked(*operator, left, Self::sum)?;
        }
        Some(left)
    }

    fn sum(&mut self) -> Option<Iml> {
        let mut left = self.product()?;
        loop {
            let operator = match () {
                () if self.sign(&["+"]) => Operator::Plus,
                () if self.sign(&["-"]) => Operator::Minus,
                () => return Some(left),
            };
            left = self.linked(operator, left, Self::product)?;
        }
    }

    fn product(&mut self) -> Option<Iml> {
        let mut left = self.unary()?;
        loop {
            let operator = match () {
                () if self.sign(&["*"]) => Operator::Times,
                () if self.sign(&["/"]) => Operator::Divided,
                () if self.sign(&["%"]) || self.word("mod") => Operator::Remainder,
                () => return Some(left),
            };
            left = self.linked(operator, left, Self::unary)?;
        }
    }

    fn unary(&mut self) -> Option<Iml> {
        self.blanks();
        let (mut signs, start) = (Vec::new(), self.rest);
        while let Some(sign) = self.rest.chars().next().filter(|c| matches!(c, '-' | '!')) {
            self.rest = &self.rest[1..];
            self.blanks();
            signs.push(sign);
            if signs.len() > DEEPEST {
                self.rest = start;
                return None;
            }
        }
        let mut expr = self.primary()?;
        for sign in signs.into_iter().rev() {
            expr = match (sign, expr) {
                ('-', Iml::Number(number)) => Iml::Number(-number),
                ('-', other) => Iml::Minus(Box::new(other)),
                (_, other) => Iml::Not(Box::new(other)),
            };
        }
        Some(expr)
    }

    fn primary(&mut self) -> Option<Iml> {
        self.blanks();
        match self.rest.chars().next()? {
            '"' | '\'' => self.text().map(Iml::Text),
            '(' => {
                self.rest = &self.rest[1..];
                let inner = self.or()?;
                self.sign(&[")"]).then_some(inner)
            }
            '`' => {
                let name = self.quoted()?;
                let path = self.path()?;
                let is_module = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
                Some(if is_module { reference(&name, path) } else { Iml::Word(name, path) })
            }
            c if c.is_ascii_digit() || c == '.' => self.number_or_reference(),
            c if is_word(c) => self.named(),
            _ => None,
        }
    }

    /// `12.name`, `12[1]`, `1.5`, `12`.
    fn number_or_reference(&mut self) -> Option<Iml> {
        let digits = self.take_while(|c| c.is_ascii_digit());
        let mut after = self.rest.chars();
        match (after.next(), after.next()) {
            (Some('.'), Some(c)) if c.is_ascii_digit() => {
                self.rest = &self.rest[1..];
                let fraction = self.take_while(|c| c.is_ascii_digit());
                format!("{digits}.{fraction}").parse().ok().map(Iml::Number)
            }
            (Some('.'), Some(c)) if !digits.is_empty() && (c == '`' || is_word(c)) => {
                let path = self.path()?;
                Some(reference(digits, path))
            }
            (Some('['), _) if !digits.is_empty() => {
                let path = self.path()?;
                Some(reference(digits, path))
            }
            _ if digits.is_empty() => None,
            _ => digits.parse().ok().map(Iml::Number),
        }
    }

    /// A call, a keyword, or the path of a field.
    fn named(&mut self) -> Option<Iml> {
        let name = self.take_while(is_word);
        let before = self.rest;
        self.blanks();
        if self.rest.starts_with('(') {
            self.rest = &self.rest[1..];
            return Some(Iml::Call(name.to_owned(), self.arguments()?));
        }
        self.rest = before;
        Some(Iml::Word(name.to_owned(), self.path()?))
    }

    fn arguments(&mut self) -> Option<Vec<Iml>> {
        let mut arguments = Vec::new();
        self.blanks();
        if self.eat(")") {
            return Some(arguments);
        }
        loop {
            self.blanks();
            let is_empty = self.rest.starts_with([';', ')']);
            arguments.push(if is_empty { Iml::Nothing } else { self.or()? });
            self.blanks();
            if self.eat(")") {
                return Some(arguments);
            }
            if !self.eat(";") {
                return None;
            }
        }
    }

    fn path(&mut self) -> Option<Vec<Segment>> {
        let mut path = Vec::new();
        loop {
            if path.len() > DEEPEST {
                return None;
            }
            let mut next = self.rest.chars();
            match (next.next(), next.next()) {
                (Some('.'), Some('`')) => {
                    self.rest = &self.rest[1..];
                    path.push(Segment::Key(self.quoted()?));
                }
                (Some('.'), Some(c)) if is_word(c) || c.is_ascii_digit() => {
                    self.rest = &self.rest[1..];
                    path.push(Segment::Key(self.take_while(is_word).to_owned()));
                }
                (Some('['), _) => {
                    self.rest = &self.rest[1..];
                    path.push(self.index()?);
                }
                _ => return Some(path),
            }
        }
    }

    fn index(&mut self) -> Option<Segment> {
        self.blanks();
        if self.eat("]") {
            return Some(Segment::First);
        }
        let at = self.or()?;
        self.sign(&["]"]).then(|| Segment::Item(Box::new(at)))
    }

    fn text(&mut self) -> Option<String> {
        let quote = self.rest.chars().next()?;
        let mut text = String::new();
        let mut characters = self.rest.char_indices().skip(1);
        while let Some((at, c)) = characters.next() {
            match c {
                '\\' => match characters.next()?.1 {
                    'n' => text.push('\n'),
                    'r' => text.push('\r'),
                    't' => text.push('\t'),
                    c @ ('"' | '\'' | '\\') => text.push(c),
                    // Patterns such as `\d` are written with one backslash.
                    c => text.extend(['\\', c]),
                },
                // Doubled, as in a table of comma-separated values, it is one of the text.
                c if c == quote && self.rest[at + 1..].starts_with(quote) => {
                    characters.next();
                    text.push(quote);
                }
                c if c == quote => {
                    self.rest = &self.rest[at + 1..];
                    return Some(text);
                }
                c => text.push(c),
            }
        }
        None
    }

    fn quoted(&mut self) -> Option<String> {
        let inside = self.rest.strip_prefix('`')?;
        let end = inside.find('`')?;
        self.rest = &inside[end + 1..];
        Some(inside[..end].to_owned())
    }

    fn blanks(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn eat(&mut self, sign: &str) -> bool {
        match self.rest.strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// One of these signs, with blanks before it.
    fn sign(&mut self, signs: &[&str]) -> bool {
        self.blanks();
        signs.iter().any(|sign| self.eat(sign))
    }

    /// This word, with blanks before it and no letter behind it.
    fn word(&mut self, word: &str) -> bool {
        self.blanks();
        match self.rest.strip_prefix(word) {
            Some(rest) if !rest.starts_with(is_word) => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    fn take_while(&mut self, belongs: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !belongs(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$')
}

fn binary(operator: Operator, left: Iml, right: Iml) -> Iml {
    Iml::Binary(operator, Box::new(left), Box::new(right))
}

fn reference(module: &str, path: Vec<Segment>) -> Iml {
    Iml::Reference(Reference { module: module.to_owned(), path })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn one(text: &str) -> Iml {
        let template = parse(&format!("{{{{{text}}}}}"));
        match template.pieces.as_slice() {
            [Piece::Value(expr)] => expr.clone(),
            other => panic!("{text}: {other:?}"),
        }
    }

    fn key(key: &str) -> Segment {
        Segment::Key(key.to_owned())
    }

    #[test]
    fn references_are_read_with_their_paths() {
        assert_eq!(one("3.data.a"), reference("3", vec![key("data"), key("a")]));
        assert_eq!(one("12.`First name`"), reference("12", vec![key("First name")]));
        assert_eq!(one("5.`0`"), reference("5", vec![key("0")]));
        assert_eq!(one("`9`"), reference("9", vec![]));
        assert_eq!(one("1.a[].b"), reference("1", vec![key("a"), Segment::First, key("b")]));
        let second = Segment::Item(Box::new(Iml::Number(2.0)));
        assert_eq!(one("1.a[2]"), reference("1", vec![key("a"), second]));
        assert_eq!(one("1.`a}}b`"), reference("1", vec![key("a}}b")]));
        assert_eq!(one("1.5"), Iml::Number(1.5));
        assert_eq!(one("var.scenario.name"), Iml::Word("var".to_owned(), vec![key("scenario"), key("name")]));
    }

    #[test]
    fn operators_bind_as_usual() {
        let number = |number: f64| Iml::Number(number);
        let product = binary(Operator::Times, number(2.0), number(3.0));
        assert_eq!(one("1 + 2 * 3"), binary(Operator::Plus, number(1.0), product.clone()));
        assert_eq!(
            one("(1 + 2) = -3"),
            binary(Operator::Equal, binary(Operator::Plus, number(1.0), number(2.0)), number(-3.0))
        );
        assert_eq!(one("2*3 and !1"), binary(Operator::And, product, Iml::Not(Box::new(number(1.0)))));
    }

    #[test]
    fn calls_may_leave_arguments_out() {
        let call = |arguments: Vec<Iml>| Iml::Call("if".to_owned(), arguments);
        let text = |text: &str| Iml::Text(text.to_owned());
        assert_eq!(one("if(1; ; \"x;y\")"), call(vec![Iml::Number(1.0), Iml::Nothing, text("x;y")]));
        assert_eq!(one("now()"), Iml::Call("now".to_owned(), vec![]));
        assert_eq!(one(r#"if(""""; ""; "a ""b""")"#), call(vec![text("\""), text(""), text("a \"b\"")]));
        assert_eq!(one(r#"if("a\"b"; "\n"; "/\d+/g")"#), call(vec![text("a\"b"), text("\n"), text("/\\d+/g")]));
        assert_eq!(
            one(r#"if('{\"a\": 1}'; 'it\'s'; "it's")"#),
            call(vec![text("{\"a\": 1}"), text("it's"), text("it's")])
        );
    }

    #[test]
    fn texts_and_what_cannot_be_read_stay() {
        let pieces = parse("a {{1.b}} c {{ \"x }} d {{1.c}}").pieces;
        assert_eq!(pieces.len(), 6, "{pieces:?}");
        assert_eq!(pieces[3], Piece::Unreadable("{{ \"x }}".to_owned()));
        assert_eq!(parse("{\"a\":{{1.b}}}").pieces.len(), 3);
        assert_eq!(parse("{{").pieces, [Piece::Unreadable("{{".to_owned())]);
    }

    proptest! {
        #[test]
        fn nothing_panics_and_no_text_is_lost(text in "([{}`\"'.;()\\[\\]0-9a-z+!&|=\\\\ ü]|\\{\\{|\\}\\}|if\\(){0,60}") {
            let template = parse(&text);
            let literal: usize = template.pieces.iter().map(|piece| match piece {
                Piece::Text(text) | Piece::Unreadable(text) => text.len(),
                Piece::Value(_) => 0,
            }).sum();
            prop_assert!(literal <= text.len());
        }

        #[test]
        fn depth_is_bounded(depth in 1_usize..5_000) {
            let text = format!("{{{{{}1{}}}}}", "(".repeat(depth), ")".repeat(depth));
            prop_assert_eq!(parse(&text).pieces.len(), 1);
            parse(&format!("{{{{{}", "if(".repeat(depth)));
            parse(&format!("{{{{{}1}}}}", "!".repeat(depth)));
            parse(&format!("{{{{1{}}}}}", "[1".repeat(depth)));
        }
    }
}
