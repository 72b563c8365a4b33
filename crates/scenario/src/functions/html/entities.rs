//! The named characters of HTML 4 (its section 24), which are those that mails and pages use, and characters by number.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

/// The text with entities resolved. What is none stays as it is.
pub(super) fn unescaped(text: &str) -> Cow<'_, str> {
    let Some(first) = text.find('&') else { return Cow::Borrowed(text) };
    let mut resolved = String::with_capacity(text.len());
    let (before, mut rest) = text.split_at(first);
    resolved.push_str(before);
    while let Some(inside) = rest.strip_prefix('&') {
        match entity(inside) {
            Some((char, length)) => {
                resolved.push(char);
                rest = &inside[length..];
            }
            None => {
                resolved.push('&');
                rest = inside;
            }
        }
        let plain = rest.find('&').unwrap_or(rest.len());
        resolved.push_str(&rest[..plain]);
        rest = &rest[plain..];
    }
    Cow::Owned(resolved)
}

/// The character that the text begins with as an entity, and how long its name with the semicolon is.
fn entity(text: &str) -> Option<(char, usize)> {
    const LONGEST: usize = 10;
    static NAMED: LazyLock<HashMap<&str, char>> = LazyLock::new(|| {
        let pairs = include_str!("entities.txt").split_whitespace().filter_map(|pair| pair.split_once('='));
        let characters = pairs.filter_map(|(name, number)| Some((name, by_number(number, 16)?)));
        // XML's fifth, which HTML 4 does not have.
        characters.chain([("apos", '\'')]).collect()
    });
    let end = text.bytes().take(LONGEST).position(|byte| byte == b';')?;
    let name = &text[..end];
    let char = match name.strip_prefix('#') {
        Some(number) => match number.strip_prefix(['x', 'X']) {
            Some(hexadecimal) => by_number(hexadecimal, 16),
            None => by_number(number, 10),
        },
        None => NAMED.get(name).copied(),
    };
    char.map(|char| (char, end + 1))
}

fn by_number(digits: &str, radix: u32) -> Option<char> {
    u32::from_str_radix(digits, radix).ok().filter(|number| *number != 0).and_then(char::from_u32)
}
