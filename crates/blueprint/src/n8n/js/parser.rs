//! The grammar of expressions, read by the strength of operators.

use super::cursor::Cursor;
use super::{Access, Entry, Fault, Item, Js, Piece};

/// How deep an expression may be nested.
const DEEPEST: usize = 64;
/// How many operators and accesses an expression may have: each puts what stands before it one level deeper.
const MOST_LINKS: usize = 400;
/// How long an expression may be, in bytes.
const LONGEST: usize = 64 * 1024;
/// Operators between two values, the longer ones first, with how strong they bind.
const BINARY: [(&str, u8); 27] = [
    ("instanceof", 9),
    (">>>", 10),
    ("===", 8),
    ("!==", 8),
    ("**", 13),
    ("<<", 10),
    (">>", 10),
    ("<=", 9),
    (">=", 9),
    ("==", 8),
    ("!=", 8),
    ("&&", 4),
    ("||", 3),
    ("??", 3),
    ("in", 9),
    ("<", 9),
    (">", 9),
    ("+", 11),
    ("-", 11),
    ("*", 12),
    ("/", 12),
    ("%", 12),
    ("&", 7),
    ("^", 6),
    ("|", 5),
    ("=>", 0),
    ("=", 0),
];

/// Reads a text that is one expression; a semicolon may end it.
pub(crate) fn parse(text: &str) -> Result<Js, Fault> {
    if text.len() > LONGEST {
        return Err(Fault { message: "an expression that is too long", at: LONGEST });
    }
    let mut parser = Parser { cursor: Cursor::new(text), depth: 0, links: 0 };
    let read = parser.expression()?;
    parser.cursor.blanks()?;
    while parser.cursor.take(";") {
        parser.cursor.blanks()?;
    }
    match parser.cursor.peek() {
        None => Ok(read),
        Some(_) => Err(parser.cursor.fault("something behind the expression")),
    }
}

struct Parser {
    cursor: Cursor,
    depth: usize,
    links: usize,
}

impl Parser {
    fn expression(&mut self) -> Result<Js, Fault> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.cursor.fault("an expression that is nested too deeply"));
        }
        let read = self.conditional();
        self.depth -= 1;
        read
    }

    fn conditional(&mut self) -> Result<Js, Fault> {
        let condition = self.binary(1)?;
        self.cursor.blanks()?;
        let optional = self.cursor.stands("?.") && !self.cursor.ahead(2).is_some_and(|next| next.is_ascii_digit());
        if optional || self.cursor.stands("??") || !self.cursor.take("?") {
            return Ok(condition);
        }
        let yes = self.expression()?;
        self.cursor.expect(":", "a `?` without its `:`")?;
        let no = self.expression()?;
        Ok(Js::Conditional { condition: Box::new(condition), yes: Box::new(yes), no: Box::new(no) })
    }

    fn binary(&mut self, weakest: u8) -> Result<Js, Fault> {
        let mut left = self.unary()?;
        loop {
            self.cursor.blanks()?;
            let Some((operator, strength)) = self.operator() else { return Ok(left) };
            if strength < weakest {
                return Ok(left);
            }
            self.cursor.take(operator);
            self.link()?;
            let right = self.binary(if operator == "**" { strength } else { strength + 1 })?;
            left = Js::Binary { operator, left: Box::new(left), right: Box::new(right) };
        }
    }

    /// One operator or access more.
    fn link(&mut self) -> Result<(), Fault> {
        self.links += 1;
        if self.links > MOST_LINKS {
            return Err(self.cursor.fault("an expression with too many parts"));
        }
        Ok(())
    }

    /// The operator that stands here, without passing it.
    fn operator(&self) -> Option<(&'static str, u8)> {
        let found = BINARY.iter().find(|(sign, _)| self.cursor.stands(sign))?;
        let is_word = found.0.starts_with(|letter: char| letter.is_alphabetic());
        let goes_on = self.cursor.ahead(found.0.len()).is_some_and(|next| next.is_alphanumeric() || next == '_');
        (found.1 > 0 && !(is_word && goes_on)).then_some(*found)
    }

    fn unary(&mut self) -> Result<Js, Fault> {
        self.cursor.blanks()?;
        for operator in ["!", "-", "+", "~"] {
            if self.cursor.take(operator) {
                return self.applied(operator);
            }
        }
        for operator in ["typeof", "void", "await"] {
            let stands = self.cursor.stands(operator);
            let ends = self.cursor.ahead(operator.len()).is_some_and(|next| next.is_whitespace() || next == '(');
            if stands && ends {
                self.cursor.take(operator);
                return self.applied(operator);
            }
        }
        let operand = self.operand()?;
        self.chain(operand)
    }

    fn applied(&mut self, operator: &'static str) -> Result<Js, Fault> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.cursor.fault("an expression that is nested too deeply"));
        }
        let value = self.unary();
        self.depth -= 1;
        Ok(Js::Unary { operator, value: Box::new(value?) })
    }

    /// What stands behind a value: properties, indexes and calls.
    fn chain(&mut self, first: Js) -> Result<Js, Fault> {
        let mut value = first;
        loop {
            self.link()?;
            self.cursor.blanks()?;
            let decimal = self.cursor.ahead(2).is_some_and(|next| next.is_ascii_digit());
            if self.cursor.stands("?.") && !decimal {
                self.cursor.take("?.");
                self.cursor.blanks()?;
                value = match self.cursor.peek() {
                    Some('[') => self.index(value, Access::Optional)?,
                    Some('(') => self.call(value, Access::Optional)?,
                    _ => self.member(value, Access::Optional)?,
                };
                continue;
            }
            value = match self.cursor.peek() {
                Some('.') => {
                    self.cursor.next();
                    self.cursor.blanks()?;
                    self.member(value, Access::Plain)?
                }
                Some('[') => self.index(value, Access::Plain)?,
                Some('(') => self.call(value, Access::Plain)?,
                _ => return Ok(value),
            };
        }
    }

    fn member(&mut self, of: Js, access: Access) -> Result<Js, Fault> {
        let name = self.cursor.name();
        if name.is_empty() {
            return Err(self.cursor.fault("a `.` without a name"));
        }
        Ok(Js::Member { of: Box::new(of), name, access })
    }

    fn index(&mut self, of: Js, access: Access) -> Result<Js, Fault> {
        self.cursor.take("[");
        let at = self.expression()?;
        self.cursor.expect("]", "a `[` without its `]`")?;
        Ok(Js::Index { of: Box::new(of), at: Box::new(at), access })
    }

    fn call(&mut self, callee: Js, access: Access) -> Result<Js, Fault> {
        self.cursor.take("(");
        let arguments = self.items(")")?;
        Ok(Js::Call { callee: Box::new(callee), arguments, access })
    }

    /// Values with commas between, up to a sign that ends them.
    fn items(&mut self, end: &'static str) -> Result<Vec<Item>, Fault> {
        let mut items = Vec::new();
        loop {
            self.cursor.blanks()?;
            if self.cursor.take(end) {
                return Ok(items);
            }
            let spread = self.cursor.take("...");
            let value = self.expression()?;
            items.push(if spread { Item::Spread(value) } else { Item::One(value) });
            self.cursor.blanks()?;
            if !self.cursor.take(",") && !self.cursor.stands(end) {
                return Err(self.cursor.fault("a list without an end"));
            }
        }
    }

    fn operand(&mut self) -> Result<Js, Fault> {
        match self.cursor.peek().ok_or_else(|| self.cursor.fault("a value is missing"))? {
            '(' => self.parentheses(),
            '[' => {
                self.cursor.next();
                Ok(Js::List(self.items("]")?))
            }
            '{' => self.map(),
            quote @ ('"' | '\'') => {
                self.cursor.next();
                self.cursor.quoted(quote).map(Js::Text)
            }
            '`' => self.template(),
            '/' => {
                self.cursor.next();
                let (source, flags) = self.cursor.regex()?;
                Ok(Js::Regex { source, flags })
            }
            digit if digit.is_ascii_digit() => self.cursor.number().map(Js::Number),
            '.' if self.cursor.ahead(1).is_some_and(|next| next.is_ascii_digit()) => {
                self.cursor.number().map(Js::Number)
            }
            _ => self.word(),
        }
    }

    /// A name, or a word of the language.
    fn word(&mut self) -> Result<Js, Fault> {
        let name = self.cursor.name();
        match name.as_str() {
            "" => Err(self.cursor.fault("a value is missing")),
            "null" => Ok(Js::Null),
            "undefined" => Ok(Js::Undefined),
            "true" => Ok(Js::Bool(true)),
            "false" => Ok(Js::Bool(false)),
            "new" => self.new_object(),
            "function" => self.function(),
            "async" | "class" | "delete" | "yield" | "let" | "const" | "var" | "return" | "if" | "for" | "while"
            | "throw" | "try" | "switch" => Err(self.cursor.fault("a statement, where an expression is meant")),
            _ => self.arrow_or_name(name),
        }
    }

    fn arrow_or_name(&mut self, name: String) -> Result<Js, Fault> {
        let behind = self.cursor.at;
        self.cursor.blanks()?;
        if self.cursor.take("=>") {
            return self.arrow_body(Some(vec![name]));
        }
        self.cursor.at = behind;
        Ok(Js::Name(name))
    }

    fn new_object(&mut self) -> Result<Js, Fault> {
        self.cursor.blanks()?;
        let mut callee = Js::Name(self.cursor.name());
        while self.cursor.take(".") {
            callee = self.member(callee, Access::Plain)?;
        }
        self.cursor.blanks()?;
        let arguments = if self.cursor.take("(") { self.items(")")? } else { Vec::new() };
        Ok(Js::New { callee: Box::new(callee), arguments })
    }

    fn function(&mut self) -> Result<Js, Fault> {
        self.cursor.blanks()?;
        self.cursor.name();
        self.cursor.expect("(", "a function without parameters")?;
        self.cursor.skip_block()?;
        self.cursor.expect("{", "a function without a body")?;
        self.cursor.skip_block()?;
        Ok(Js::Statements)
    }

    /// An expression in parentheses, or the parameters of a function.
    fn parentheses(&mut self) -> Result<Js, Fault> {
        let begin = self.cursor.at;
        self.cursor.next();
        if let Some(parameters) = self.function_parameters() {
            return self.arrow_body(parameters);
        }
        self.cursor.at = begin + 1;
        let inside = self.expression()?;
        self.cursor.expect(")", "a `(` without its `)`")?;
        Ok(inside)
    }

    /// The parameters, where it is a function that stands here.
    fn function_parameters(&mut self) -> Option<Option<Vec<String>>> {
        let begin = self.cursor.at;
        let mut parameters = self.parameters().ok()?;
        if parameters.is_none() {
            self.cursor.at = begin;
            self.cursor.skip_block().ok()?;
            parameters = None;
        }
        self.cursor.blanks().ok()?;
        self.cursor.take("=>").then_some(parameters)
    }

    /// The names of parameters; none where they are more than names.
    fn parameters(&mut self) -> Result<Option<Vec<String>>, Fault> {
        let mut names = Vec::new();
        loop {
            self.cursor.blanks()?;
            if self.cursor.take(")") {
                return Ok(Some(names));
            }
            let name = self.cursor.name();
            self.cursor.blanks()?;
            if name.is_empty() || !(self.cursor.take(",") || self.cursor.stands(")")) {
                return Ok(None);
            }
            names.push(name);
        }
    }

    fn arrow_body(&mut self, parameters: Option<Vec<String>>) -> Result<Js, Fault> {
        self.cursor.blanks()?;
        if self.cursor.take("{") {
            self.cursor.skip_block()?;
            return Ok(Js::Statements);
        }
        let body = self.expression()?;
        Ok(match parameters {
            Some(parameters) => Js::Function { parameters, body: Box::new(body) },
            None => Js::Statements,
        })
    }

    fn template(&mut self) -> Result<Js, Fault> {
        self.cursor.next();
        let (mut pieces, mut text) = (Vec::new(), String::new());
        loop {
            if self.cursor.take("${") {
                if !text.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut text)));
                }
                pieces.push(Piece::Value(self.expression()?));
                self.cursor.expect("}", "a `${` without its `}`")?;
                continue;
            }
            match self.cursor.next() {
                None => return Err(self.cursor.fault("a text without an end")),
                Some('`') => break,
                Some('\\') => self.cursor.escape(&mut text)?,
                Some(other) => text.push(other),
            }
        }
        if !text.is_empty() {
            pieces.push(Piece::Text(text));
        }
        Ok(Js::Template(pieces))
    }

    fn map(&mut self) -> Result<Js, Fault> {
        self.cursor.next();
        let mut entries = Vec::new();
        loop {
            self.cursor.blanks()?;
            if self.cursor.take("}") {
                return Ok(Js::Map(entries));
            }
            entries.push(self.entry()?);
            self.cursor.blanks()?;
            if !self.cursor.take(",") && !self.cursor.stands("}") {
                return Err(self.cursor.fault("a map without an end"));
            }
        }
    }

    fn entry(&mut self) -> Result<Entry, Fault> {
        if self.cursor.take("...") {
            return self.expression().map(Entry::Spread);
        }
        if self.cursor.take("[") {
            let key = self.expression()?;
            self.cursor.expect("]", "a `[` without its `]`")?;
            self.cursor.expect(":", "a key without a value")?;
            return Ok(Entry::Computed(key, self.expression()?));
        }
        let key = match self.cursor.peek() {
            Some(quote @ ('"' | '\'')) => {
                self.cursor.next();
                self.cursor.quoted(quote)?
            }
            Some(digit) if digit.is_ascii_digit() => self.cursor.number()?,
            _ => self.cursor.name(),
        };
        self.cursor.blanks()?;
        if self.cursor.take(":") {
            return Ok(Entry::Field(key, self.expression()?));
        }
        if key.is_empty() || !(self.cursor.stands(",") || self.cursor.stands("}")) {
            return Err(self.cursor.fault("a key without a value"));
        }
        Ok(Entry::Field(key.clone(), Js::Name(key)))
    }
}
