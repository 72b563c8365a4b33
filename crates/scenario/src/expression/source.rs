//! What people write out of habit from JavaScript and JSON, made readable for rhai: texts in single quotes, `null`,
//! `\u{…}`, and properties whose names are words of rhai (`order.type`, `#{default: 1}`). Places stay those of what was
//! written.

/// The words that rhai keeps for itself. As names of properties they mean nothing special to us.
pub const KEYWORDS: &[&str] = &[
    "Fn",
    "_",
    "as",
    "async",
    "await",
    "break",
    "call",
    "case",
    "catch",
    "const",
    "continue",
    "curry",
    "debug",
    "default",
    "do",
    "else",
    "eval",
    "exit",
    "export",
    "false",
    "fn",
    "for",
    "go",
    "goto",
    "if",
    "import",
    "in",
    "is",
    "is_def_fn",
    "is_def_var",
    "is_shared",
    "let",
    "loop",
    "match",
    "module",
    "new",
    "nil",
    "null",
    "package",
    "print",
    "private",
    "protected",
    "public",
    "return",
    "shared",
    "spawn",
    "static",
    "super",
    "switch",
    "sync",
    "this",
    "thread",
    "throw",
    "true",
    "try",
    "type_of",
    "until",
    "use",
    "var",
    "void",
    "while",
    "with",
    "yield",
];

/// An expression or a script as rhai reads it.
pub(super) struct Source {
    text: String,
    /// For each character of the text, and for its end, the offset of what it was written as; empty where nothing differs.
    origins: Vec<usize>,
}

impl Source {
    /// Of what was written.
    pub(super) fn of(written: &str) -> Self {
        let mut reader = Reader {
            written: written.chars().collect(),
            at: 0,
            text: String::new(),
            origins: Vec::new(),
            single_ended: true,
        };
        reader.read();
        reader.origins.push(reader.at);
        let origins = if reader.text == written { Vec::new() } else { reader.origins };
        Self { text: reader.text, origins }
    }

    /// As rhai reads it.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Where the character at this offset was written. Offsets count characters.
    pub(super) fn origin(&self, offset: usize) -> usize {
        self.origins.get(offset).or(self.origins.last()).copied().unwrap_or(offset)
    }
}

struct Reader {
    written: Vec<char>,
    at: usize,
    text: String,
    origins: Vec<usize>,
    /// False once a single quote was found that nothing closes: rhai refuses it, whatever comes behind it, and to look
    /// for the end of each further one would take the square of the time.
    single_ended: bool,
}

impl Reader {
    /// Reads to the end. The stack holds, for each `${` that is open, how many braces are open within it.
    fn read(&mut self) {
        let mut interpolations: Vec<usize> = Vec::new();
        while let Some(character) = self.peek(0) {
            match character {
                '"' => self.double_quoted(),
                '\'' if self.single_ended => self.single_quoted(),
                '`' => {
                    self.keep(1);
                    self.text_of_template(&mut interpolations);
                }
                '/' if self.peek(1) == Some('/') => self.keep_until(&['\n']),
                '/' if self.peek(1) == Some('*') => self.keep_until(&['*', '/']),
                '{' => {
                    interpolations.last_mut().into_iter().for_each(|open| *open += 1);
                    self.keep(1);
                }
                '}' => {
                    self.keep(1);
                    match interpolations.last_mut() {
                        Some(0) => {
                            interpolations.pop();
                            self.text_of_template(&mut interpolations);
                        }
                        Some(open) => *open -= 1,
                        None => {}
                    }
                }
                '0'..='9' => self.keep(self.word_length()),
                'A'..='Z' | 'a'..='z' | '_' => self.word(),
                _ => self.keep(1),
            }
        }
    }

    /// Within backticks, up to their end or to the next `${`.
    fn text_of_template(&mut self, interpolations: &mut Vec<usize>) {
        while let Some(character) = self.peek(0) {
            match (character, self.peek(1)) {
                ('`', _) => return self.keep(1),
                ('$', Some('{')) => {
                    interpolations.push(0);
                    return self.keep(2);
                }
                _ => self.keep(1),
            }
        }
    }

    fn double_quoted(&mut self) {
        self.keep(1);
        while let Some(character) = self.peek(0) {
            match character {
                '"' => return self.keep(1),
                '\\' => self.escape(),
                _ => self.keep(1),
            }
        }
    }

    fn single_quoted(&mut self) {
        let Some(end) = self.end_of_single_quoted() else {
            self.single_ended = false;
            return self.keep(1);
        };
        self.write("\"", 1);
        while self.at < end {
            match (self.written[self.at], self.peek(1)) {
                ('"', _) => self.write("\\\"", 1),
                ('\n', _) => self.write("\\n", 1),
                ('\r', _) => self.write("\\r", 1),
                ('\\', Some('\'')) => self.write("'", 2),
                ('\\', _) => self.escape(),
                _ => self.keep(1),
            }
        }
        self.write("\"", 1);
    }

    fn end_of_single_quoted(&self) -> Option<usize> {
        let mut at = self.at + 1;
        loop {
            match self.written.get(at)? {
                '\'' => return Some(at),
                '\\' => at += 2,
                _ => at += 1,
            }
        }
    }

    /// A backslash and what belongs to it.
    fn escape(&mut self) {
        if self.peek(1) == Some('/') {
            return self.write("/", 2);
        }
        match self.braced_escape().or_else(|| self.escaped_surrogates()) {
            Some((character, length)) => self.write(&format!("\\U{:08x}", u32::from(character)), length),
            None => self.keep(2),
        }
    }

    /// `\u{1f600}`.
    fn braced_escape(&self) -> Option<(char, usize)> {
        if (self.peek(1), self.peek(2)) != (Some('u'), Some('{')) {
            return None;
        }
        let digits: String = self.written[self.at + 3..].iter().take(7).take_while(|&&digit| digit != '}').collect();
        let character = char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?;
        let length = 3 + digits.len();
        (self.peek(length) == Some('}')).then_some((character, length + 1))
    }

    /// `\ud83d\ude00`, as JSON writes what is beyond 16 bits.
    fn escaped_surrogates(&self) -> Option<(char, usize)> {
        let unit = |at: usize| {
            let digits: String = self.written.get(at..at + 6)?.iter().collect();
            u16::from_str_radix(digits.strip_prefix("\\u")?, 16).ok()
        };
        let pair = [unit(self.at)?, unit(self.at + 6)?];
        match char::decode_utf16(pair).next()? {
            Ok(character) if u32::from(character) > 0xffff => Some((character, 12)),
            _ => None,
        }
    }

    fn word(&mut self) {
        let length = self.word_length();
        let word: String = self.written[self.at..self.at + length].iter().collect();
        if !KEYWORDS.contains(&word.as_str()) {
            return self.keep(length);
        }
        let behind = self.written[self.at + length..].iter().copied().filter(|next| !next.is_whitespace());
        let mut behind = behind.take(2);
        let (next, after) = (behind.next(), behind.next());
        if self.is_property() && next != Some('(') {
            self.text.pop();
            let dot = self.origins.pop().unwrap_or(self.at);
            self.text.push('[');
            self.origins.push(dot);
            self.write(&format!("\"{word}\"]"), length);
        } else if self.text.trim_end().ends_with(['{', ',']) && next == Some(':') && after != Some(':') {
            self.write(&format!("\"{word}\""), length);
        } else if word == "null" && next != Some('(') {
            self.write("()", length);
        } else {
            self.keep(length);
        }
    }

    /// Whether a dot stands before, and not two.
    fn is_property(&self) -> bool {
        self.text.ends_with('.') && !self.text.ends_with("..")
    }

    fn word_length(&self) -> usize {
        let inside = |character: &&char| character.is_ascii_alphanumeric() || **character == '_';
        self.written[self.at..].iter().take_while(inside).count()
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.written.get(self.at + ahead).copied()
    }

    /// Takes over so many characters as they are.
    fn keep(&mut self, count: usize) {
        for _ in 0..count {
            let Some(character) = self.peek(0) else { return };
            self.text.push(character);
            self.origins.push(self.at);
            self.at += 1;
        }
    }

    /// Takes over everything up to and with this end.
    fn keep_until(&mut self, end: &[char]) {
        let rest = &self.written[self.at..];
        let found = rest.windows(end.len()).skip(end.len()).position(|part| part == end);
        self.keep(found.map_or(rest.len(), |found| found + 2 * end.len()));
    }

    /// Writes this in place of so many characters.
    fn write(&mut self, replacement: &str, count: usize) {
        self.text.push_str(replacement);
        self.origins.extend(replacement.chars().map(|_| self.at));
        self.at = (self.at + count).min(self.written.len());
    }
}
