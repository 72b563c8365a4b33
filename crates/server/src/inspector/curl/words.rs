//! The words of a line of a POSIX shell (Shell Command Language §2.2), with `$'…'` as browsers write it.

use std::iter::Peekable;
use std::str::Chars;

/// The words, with nothing expanded: what only a shell could tell is an error.
pub(super) fn split(line: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = line.trim().chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            ' ' | '\t' | '\r' | '\n' => words.extend(word.take()),
            '\\' => match chars.next() {
                // A line that goes on in the next one.
                Some('\n') => {}
                Some('\r') if chars.next_if_eq(&'\n').is_some() => {}
                Some(c) => word.get_or_insert_default().push(c),
                None => return Err("the line ends in `\\`".to_owned()),
            },
            '\'' => single(&mut chars, word.get_or_insert_default())?,
            '"' => double(&mut chars, word.get_or_insert_default())?,
            '$' if chars.next_if_eq(&'\'').is_some() => escaped(&mut chars, word.get_or_insert_default())?,
            '$' | '`' | '|' | '&' | ';' | '<' | '>' | '(' | ')' => {
                return Err(format!("`{c}` stands outside of quotes, where a shell would do something of its own"));
            }
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Ok(words)
}

fn single(chars: &mut Peekable<Chars<'_>>, word: &mut String) -> Result<(), String> {
    loop {
        match chars.next().ok_or("a quote `'` is not closed")? {
            '\'' => return Ok(()),
            c => word.push(c),
        }
    }
}

fn double(chars: &mut Peekable<Chars<'_>>, word: &mut String) -> Result<(), String> {
    loop {
        match chars.next().ok_or("a quote `\"` is not closed")? {
            '"' => return Ok(()),
            '\\' => match chars.next() {
                Some('\n') => {}
                Some(c @ ('"' | '\\' | '$' | '`')) => word.push(c),
                Some(c) => word.extend(['\\', c]),
                None => {}
            },
            '$' if chars.peek().is_some_and(|next| next.is_ascii_alphanumeric() || "_{(".contains(*next)) => {
                return Err("the value of a variable is not known here".to_owned());
            }
            '`' => return Err("a command within the line is not run".to_owned()),
            c => word.push(c),
        }
    }
}

/// `$'…'`: escapes as in C.
fn escaped(chars: &mut Peekable<Chars<'_>>, word: &mut String) -> Result<(), String> {
    let unclosed = "a quote `$'` is not closed";
    loop {
        match chars.next().ok_or(unclosed)? {
            '\'' => return Ok(()),
            '\\' => match chars.next().ok_or(unclosed)? {
                'n' => word.push('\n'),
                'r' => word.push('\r'),
                't' => word.push('\t'),
                'u' => word.push(code_point(chars, 4)?),
                'U' => word.push(code_point(chars, 8)?),
                'x' => word.push(code_point(chars, 2)?),
                c @ ('\\' | '\'' | '"' | '?' | '!') => word.push(c),
                c => return Err(format!("`\\{c}` is not known here")),
            },
            c => word.push(c),
        }
    }
}

fn code_point(chars: &mut Peekable<Chars<'_>>, most: usize) -> Result<char, String> {
    let mut digits = String::new();
    while digits.len() < most
        && let Some(digit) = chars.next_if(char::is_ascii_hexdigit)
    {
        digits.push(digit);
    }
    let code = u32::from_str_radix(&digits, 16).ok().filter(|code| most > 2 || *code < 0x80);
    code.and_then(char::from_u32).ok_or_else(|| format!("`\\u{digits}` is no character"))
}
