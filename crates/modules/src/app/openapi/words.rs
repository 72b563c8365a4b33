//! Names and texts of a description, as an app may have them.

use crate::app::read::is_snake_case;
use scenario::diagnostic::Place;
use scenario::expression::Expression;

/// The longest name.
const LONGEST_NAME: usize = 60;

/// The name in small letters with `_`; none where nothing of it is left.
pub(super) fn snake_case(text: &str) -> Option<String> {
    let letters: Vec<char> = text.chars().take(4 * LONGEST_NAME).collect();
    let mut name = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let after = letters.get(at + 1);
        let begins = letter.is_ascii_uppercase()
            && before.is_some_and(|it| {
                it.is_ascii_lowercase()
                    || it.is_ascii_digit()
                    || (it.is_ascii_uppercase() && after.is_some_and(char::is_ascii_lowercase))
            });
        if (begins || !letter.is_ascii_alphanumeric()) && !name.ends_with('_') {
            name.push('_');
        }
        if letter.is_ascii_alphanumeric() {
            name.push(letter.to_ascii_lowercase());
        }
    }
    name.truncate(LONGEST_NAME);
    let name = name.trim_matches('_');
    if name.is_empty() {
        return None;
    }
    let name = if name.starts_with(|c: char| c.is_ascii_digit()) { format!("x_{name}") } else { name.to_owned() };
    Some(name).filter(|name| is_snake_case(name))
}

/// The name, if an expression can read it; else one that it can.
pub(super) fn readable(name: String) -> String {
    let compiled = Expression::compile(&name, &|_| Place::default());
    let is_read = compiled.is_ok_and(|it| it.names().iter().any(|(read, _)| *read == name));
    if is_read { name } else { format!("{name}_") }
}

/// The first name like this one that nobody has.
pub(super) fn unused(name: String, mut taken: impl FnMut(&str) -> bool) -> String {
    if !taken(&name) {
        return name;
    }
    let mut number = 2_u32;
    loop {
        let other = format!("{name}_{number}");
        if !taken(&other) {
            return other;
        }
        number += 1;
    }
}

/// A name as people read it: `order_id` is `Order ID`.
pub(super) fn title(name: &str) -> String {
    let words = name.split('_').filter(|word| !word.is_empty()).map(|word| match word {
        "id" | "url" | "api" | "uuid" | "uri" | "ip" => word.to_uppercase(),
        word => word.to_owned(),
    });
    let text = words.collect::<Vec<_>>().join(" ");
    let mut letters = text.chars();
    letters.next().map_or_else(|| name.to_owned(), |first| first.to_uppercase().chain(letters).collect())
}

/// The text in one line, without marks that do not show; cut at a word.
pub(super) fn line(text: &str, most: usize) -> String {
    let shown = text.chars().take(20 * most).filter(|c| !is_hidden(*c));
    let plain = without_tags(&shown.collect::<String>());
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    if plain.chars().count() <= most {
        return plain;
    }
    let cut: String = plain.chars().take(most).collect();
    let at = cut.rfind(' ').filter(|at| *at > most / 2).unwrap_or(cut.len());
    format!("{}…", cut[..at].trim_end_matches(|c: char| c.is_ascii_punctuation()))
}

/// As much of the text as whole sentences fill.
pub(super) fn sentences(text: &str, most: usize) -> String {
    let whole = line(text, 4 * most);
    if whole.chars().count() <= most {
        return ended(whole);
    }
    let cut: String = whole.chars().take(most).collect();
    match cut.rfind(". ") {
        Some(end) => cut[..=end].to_owned(),
        None => line(&whole, most),
    }
}

fn ended(text: String) -> String {
    if text.is_empty() || text.ends_with(['.', '!', '?', '…', '。', ':']) { text } else { format!("{text}.") }
}

/// Marks that steer or hide what is beside them, and control characters that are no space.
fn is_hidden(c: char) -> bool {
    (c.is_control() && !c.is_whitespace())
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{ffff}')
}

/// Without `<…>` that begins as tags do.
fn without_tags(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let tag = &rest[at + 1..];
        let is_tag = tag.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
        match tag.find('>').filter(|_| is_tag) {
            Some(end) => {
                plain.push_str(&rest[..at]);
                plain.push(' ');
                rest = &tag[end + 1..];
            }
            None => {
                plain.push_str(&rest[..=at]);
                rest = tag;
            }
        }
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_of_whatever_is_written() {
        for (text, expected) in [
            ("listOrders", Some("list_orders")),
            ("HTTPServer-List", Some("http_server_list")),
            ("getV2Thing", Some("get_v2_thing")),
            ("orders/list.all", Some("orders_list_all")),
            ("+1", Some("x_1")),
            ("__a__", Some("a")),
            ("訂單", None),
            ("", None),
        ] {
            assert_eq!(snake_case(text).as_deref(), expected, "{text}");
        }
        assert!(snake_case(&"a".repeat(500)).unwrap().len() <= LONGEST_NAME);
    }

    #[test]
    fn names_that_the_language_has_are_not_taken() {
        assert_eq!(readable("order_id".to_owned()), "order_id");
        for taken in ["fn", "true", "let"] {
            assert_eq!(readable(taken.to_owned()), format!("{taken}_"));
        }
        assert_eq!(unused("a".to_owned(), |name| name == "a" || name == "a_2"), "a_3");
        assert_eq!((title("order_id"), title("x")), ("Order ID".to_owned(), "X".to_owned()));
    }

    #[test]
    fn texts_are_one_line_without_tricks() {
        assert_eq!(line("a\n  <b>b</b> \u{202e}c\u{7} 1 < 2", 80), "a b c 1 < 2");
        assert_eq!(line(&"word ".repeat(50), 20), "word word word word…");
        assert_eq!(sentences("First. Second one is longer than that.", 10), "First.");
        assert_eq!(sentences("No end", 10), "No end.");
    }
}
