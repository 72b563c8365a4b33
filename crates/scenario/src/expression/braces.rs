//! Finds the expressions in a text: `{{ … }}`. Braces within an expression's texts, maps and blocks do not end it.

/// A part of a text. Offsets are in characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// As it stands, escapes undone.
    Text(String),
    /// What stands between the braces, without the blanks around it, and where it begins.
    Expression { source: String, start: usize },
    /// `{{` at this offset has no end.
    Unclosed(usize),
}

/// How often a match for quotes and braces is looked for in vain, each time through the whole text.
const UNMATCHED: usize = 20;

/// Splits a text. `\{{` stands for `{{` as text.
pub(super) fn split(text: &str) -> Vec<Part> {
    let characters: Vec<char> = text.chars().collect();
    let mut parts = Vec::new();
    let mut plain = String::new();
    let mut at = 0;
    let mut unmatched = 0;
    while at < characters.len() {
        match characters[at..] {
            ['\\', '{', '{', ..] => {
                plain.push_str("{{");
                at += 3;
            }
            ['{', '{', ..] => {
                if !plain.is_empty() {
                    parts.push(Part::Text(std::mem::take(&mut plain)));
                }
                let inside = at + 2;
                let matching = if unmatched < UNMATCHED { end_of(&characters, inside) } else { None };
                unmatched += usize::from(matching.is_none());
                let Some(end) = matching.or_else(|| next_braces(&characters, inside)) else {
                    parts.push(Part::Unclosed(at));
                    return parts;
                };
                parts.push(expression(&characters[inside..end], inside));
                at = end + 2;
            }
            _ => {
                plain.push(characters[at]);
                at += 1;
            }
        }
    }
    if !plain.is_empty() {
        parts.push(Part::Text(plain));
    }
    parts
}

fn expression(inside: &[char], start: usize) -> Part {
    let blanks = inside.iter().take_while(|character| character.is_whitespace()).count();
    let source: String = inside.iter().collect();
    Part::Expression { source: source.trim().to_owned(), start: start + blanks }
}

/// Where the `}}` stands that ends the expression beginning here.
fn end_of(characters: &[char], start: usize) -> Option<usize> {
    let mut open = 0_usize;
    let mut at = start;
    while at < characters.len() {
        at = match characters[at..] {
            ['}', '}', ..] if open == 0 => return Some(at),
            ['"' | '`' | '\'', ..] => after_quote(characters, at)?,
            ['/', '/', ..] => characters[at..].iter().position(|&c| c == '\n').map(|line| at + line)?,
            ['/', '*', ..] => at + 2 + characters[at + 2..].windows(2).position(|pair| pair == ['*', '/'])? + 2,
            ['{', ..] => {
                open += 1;
                at + 1
            }
            ['}', ..] => {
                open = open.saturating_sub(1);
                at + 1
            }
            _ => at + 1,
        };
    }
    None
}

/// For an expression whose quotes or braces do not match: where it was probably meant to end. That it cannot be read is
/// then said about this expression alone.
fn next_braces(characters: &[char], start: usize) -> Option<usize> {
    characters[start..].windows(2).position(|pair| pair == ['}', '}']).map(|found| start + found)
}

/// The offset behind the text that begins with the quote at this offset. Texts within interpolations within texts are
/// kept on a stack of our own, because a hostile text has thousands of them.
fn after_quote(characters: &[char], start: usize) -> Option<usize> {
    let mut open = vec![Open::Quote(characters[start])];
    let mut at = start + 1;
    while let Some(innermost) = open.last_mut() {
        let next = *characters.get(at)?;
        match innermost {
            Open::Quote(quote) => match characters[at..] {
                ['\\', ..] if *quote != '`' => at += 1,
                ['$', '{', ..] if *quote == '`' => {
                    open.push(Open::Interpolation(1));
                    at += 1;
                }
                _ if next == *quote => {
                    open.pop();
                }
                _ => {}
            },
            Open::Interpolation(braces) => match next {
                '"' | '`' | '\'' => open.push(Open::Quote(next)),
                '{' => *braces += 1,
                '}' if *braces == 1 => {
                    open.pop();
                }
                '}' => *braces -= 1,
                _ => {}
            },
        }
        at += 1;
    }
    Some(at)
}

/// What has not ended yet.
enum Open {
    /// A text in these quotes.
    Quote(char),
    /// `${`, with so many braces open.
    Interpolation(usize),
}
