//! The text of an expression and the place in it: blanks, names, numbers and texts.

use super::Fault;

/// Where the reader is.
pub(super) struct Cursor {
    text: Vec<char>,
    pub(super) at: usize,
}

impl Cursor {
    pub(super) fn new(text: &str) -> Self {
        Self { text: text.chars().collect(), at: 0 }
    }

    pub(super) fn fault(&self, message: &'static str) -> Fault {
        Fault { message, at: self.at }
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    pub(super) fn ahead(&self, steps: usize) -> Option<char> {
        self.text.get(self.at + steps).copied()
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let next = self.peek();
        self.at += usize::from(next.is_some());
        next
    }

    /// Whether this stands here; if so, it is passed.
    pub(super) fn take(&mut self, sign: &str) -> bool {
        let stands = self.stands(sign);
        if stands {
            self.at += sign.chars().count();
        }
        stands
    }

    pub(super) fn stands(&self, sign: &str) -> bool {
        sign.chars().enumerate().all(|(place, wanted)| self.ahead(place) == Some(wanted))
    }

    pub(super) fn expect(&mut self, sign: &'static str, message: &'static str) -> Result<(), Fault> {
        self.blanks()?;
        if self.take(sign) { Ok(()) } else { Err(self.fault(message)) }
    }

    /// Passes blanks and comments.
    pub(super) fn blanks(&mut self) -> Result<(), Fault> {
        loop {
            match self.peek() {
                Some(blank) if blank.is_whitespace() || blank == '\u{feff}' => self.at += 1,
                Some('/') if self.ahead(1) == Some('/') => {
                    while self.peek().is_some_and(|next| next != '\n') {
                        self.at += 1;
                    }
                }
                Some('/') if self.ahead(1) == Some('*') => {
                    self.at += 2;
                    while !self.take("*/") {
                        self.next().ok_or_else(|| self.fault("a comment without an end"))?;
                    }
                }
                _ => return Ok(()),
            }
        }
    }

    /// A name, or a word of the language; empty where none stands.
    pub(super) fn name(&mut self) -> String {
        let begin = self.at;
        while let Some(next) = self.peek() {
            let digit = next.is_ascii_digit() && self.at > begin;
            if !(digit || next == '$' || next == '_' || next.is_alphabetic()) {
                break;
            }
            self.at += 1;
        }
        self.text[begin..self.at].iter().collect()
    }

    /// A number as it is written.
    pub(super) fn number(&mut self) -> Result<String, Fault> {
        let begin = self.at;
        if self.peek() == Some('0') && matches!(self.ahead(1), Some('x' | 'X' | 'b' | 'B' | 'o' | 'O')) {
            return self.based_number();
        }
        self.digits();
        if self.peek() == Some('.') {
            self.at += 1;
            self.digits();
        }
        if matches!(self.peek(), Some('e' | 'E')) {
            self.at += 1;
            if matches!(self.peek(), Some('+' | '-')) {
                self.at += 1;
            }
            self.digits();
        }
        let written: String = self.text[begin..self.at].iter().filter(|digit| **digit != '_').collect();
        if written.parse::<f64>().is_ok() { Ok(written) } else { Err(self.fault("a number that is none")) }
    }

    fn based_number(&mut self) -> Result<String, Fault> {
        let base = match self.ahead(1) {
            Some('x' | 'X') => 16,
            Some('b' | 'B') => 2,
            _ => 8,
        };
        self.at += 2;
        let begin = self.at;
        while self.peek().is_some_and(|next| next.is_ascii_alphanumeric()) {
            self.at += 1;
        }
        let digits: String = self.text[begin..self.at].iter().collect();
        let number = i64::from_str_radix(&digits, base);
        number.map(|number| number.to_string()).map_err(|_| self.fault("a number that is none"))
    }

    fn digits(&mut self) {
        while self.peek().is_some_and(|next| next.is_ascii_digit() || next == '_') {
            self.at += 1;
        }
    }

    /// A text in quotes, of which the first is passed.
    pub(super) fn quoted(&mut self, quote: char) -> Result<String, Fault> {
        let mut text = String::new();
        loop {
            match self.next() {
                None => return Err(self.fault("a text without an end")),
                Some(end) if end == quote => return Ok(text),
                Some('\\') => self.escape(&mut text)?,
                Some(other) => text.push(other),
            }
        }
    }

    /// What stands behind a backslash.
    pub(super) fn escape(&mut self, text: &mut String) -> Result<(), Fault> {
        match self.next().ok_or_else(|| self.fault("a text without an end"))? {
            'n' => text.push('\n'),
            't' => text.push('\t'),
            'r' => text.push('\r'),
            'b' => text.push('\u{8}'),
            'f' => text.push('\u{c}'),
            'v' => text.push('\u{b}'),
            '0' => text.push('\0'),
            '\n' => {}
            'x' => text.push(self.hexadecimal(2)?),
            'u' => text.push(self.unicode()?),
            other => text.push(other),
        }
        Ok(())
    }

    fn unicode(&mut self) -> Result<char, Fault> {
        if self.take("{") {
            let begin = self.at;
            while self.peek().is_some_and(|next| next.is_ascii_hexdigit()) && self.at - begin < 6 {
                self.at += 1;
            }
            let digits: String = self.text[begin..self.at].iter().collect();
            let closed = self.take("}");
            let letter = u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32).filter(|_| closed);
            return letter.ok_or_else(|| self.fault("an escape that is none"));
        }
        let first = self.digits_of(4)?;
        if (0xd800..0xdc00).contains(&first) && self.take("\\u") {
            let second = self.digits_of(4)?;
            let pair = 0x1_0000 + ((first - 0xd800) << 10) + second.wrapping_sub(0xdc00);
            return char::from_u32(pair).ok_or_else(|| self.fault("an escape that is none"));
        }
        Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn hexadecimal(&mut self, digits: usize) -> Result<char, Fault> {
        let code = self.digits_of(digits)?;
        char::from_u32(code).ok_or_else(|| self.fault("an escape that is none"))
    }

    fn digits_of(&mut self, count: usize) -> Result<u32, Fault> {
        let end = self.at + count;
        let digits: String = self.text.get(self.at..end).unwrap_or_default().iter().collect();
        let hexadecimal = digits.len() == count && digits.chars().all(|digit| digit.is_ascii_hexdigit());
        let code = u32::from_str_radix(&digits, 16).ok().filter(|_| hexadecimal);
        self.at = end.min(self.text.len());
        code.ok_or_else(|| self.fault("an escape that is none"))
    }

    /// A regular expression, of which the first slash is passed: its source and its flags.
    pub(super) fn regex(&mut self) -> Result<(String, String), Fault> {
        let mut source = String::new();
        let mut in_class = false;
        loop {
            match self.next() {
                None | Some('\n') => return Err(self.fault("a regular expression without an end")),
                Some('/') if !in_class => break,
                Some('\\') => {
                    source.push('\\');
                    source.push(self.next().ok_or_else(|| self.fault("a regular expression without an end"))?);
                }
                Some(other) => {
                    in_class = (in_class || other == '[') && other != ']';
                    source.push(other);
                }
            }
        }
        Ok((source, self.name()))
    }

    /// Passes what stands between braces, of which the first is passed: statements.
    pub(super) fn skip_block(&mut self) -> Result<(), Fault> {
        let mut depth = 1_usize;
        let mut last = '{';
        while depth > 0 {
            self.blanks()?;
            let next = self.next().ok_or_else(|| self.fault("a function without an end"))?;
            match next {
                '{' | '(' | '[' => depth += 1,
                '}' | ')' | ']' => depth -= 1,
                '"' | '\'' | '`' => {
                    self.quoted(next)?;
                }
                '/' if "({[,;=:!&|?+".contains(last) => {
                    self.regex()?;
                }
                _ => {}
            }
            last = next;
        }
        Ok(())
    }
}
