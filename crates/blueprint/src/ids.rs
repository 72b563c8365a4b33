//! Ids of steps out of the labels that people gave: short, readable, each one once.

use scenario::is_identifier;
use std::collections::{HashMap, HashSet};

/// How long an id becomes, in characters.
const LONGEST: usize = 32;

/// The ids that were given.
#[derive(Debug, Default)]
pub struct Ids {
    taken: HashSet<String>,
    /// The number that the last id of these words has.
    numbers: HashMap<String, u64>,
}

impl Ids {
    /// A new id: that of the label where its words make one, else of the other.
    pub fn give(&mut self, label: &str, otherwise: &str) -> String {
        let words = said(label).or_else(|| said(otherwise)).unwrap_or_else(|| "step".to_owned());
        let number = self.numbers.entry(words.clone()).or_default();
        let id = loop {
            *number += 1;
            let id = if *number == 1 { words.clone() } else { format!("{words}_{number}") };
            if is_identifier(&id) && !self.taken.contains(&id) {
                break id;
            }
        };
        self.taken.insert(id.clone());
        id
    }

    /// Whether an id of these words was given.
    pub fn has(&self, words: &str) -> bool {
        said(words).is_some_and(|words| self.numbers.contains_key(&words))
    }
}

/// The words of a label with underscores between, where that says what the label says.
fn said(label: &str) -> Option<String> {
    let letters = label.chars().filter(|c| c.is_alphanumeric()).count();
    let kept = label.chars().filter(char::is_ascii_alphanumeric).count();
    // Of a label in another script, a few Latin letters would say nothing.
    if kept == 0 || kept * 2 < letters {
        return None;
    }
    let mut id = String::new();
    for word in words(label) {
        if !id.is_empty() && id.len() + word.len() >= LONGEST {
            break;
        }
        if !id.is_empty() {
            id.push('_');
        }
        id.push_str(&word);
    }
    id.truncate(LONGEST);
    if id.starts_with(|c: char| c.is_ascii_digit()) {
        id.insert_str(0, "step_");
    }
    (!id.is_empty()).then_some(id)
}

/// The words of a label in lower case; a change to upper case begins one, too.
fn words(label: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for c in label.chars() {
        let plain = without_accent(c);
        let begins = !plain.is_ascii_alphanumeric() || plain.is_ascii_uppercase() && before.is_ascii_lowercase();
        // An apostrophe stands within a word.
        if begins && !matches!(plain, '\'' | '\u{2019}') {
            words.push(String::new());
        }
        if let (true, Some(word)) = (plain.is_ascii_alphanumeric(), words.last_mut()) {
            word.push(plain.to_ascii_lowercase());
        }
        before = plain;
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The letter without its accent, for the accents of Western Europe; any other is left as it is.
fn without_accent(c: char) -> char {
    const PLAIN: [(&str, char); 15] = [
        ("àáâãäåā", 'a'),
        ("ÀÁÂÃÄÅ", 'A'),
        ("çćč", 'c'),
        ("èéêëēě", 'e'),
        ("ÈÉÊË", 'E'),
        ("ìíîïī", 'i'),
        ("ñń", 'n'),
        ("òóôõöø", 'o'),
        ("ÒÓÔÕÖØ", 'O'),
        ("ùúûüū", 'u'),
        ("ÙÚÛÜ", 'U'),
        ("ýÿ", 'y'),
        ("šś", 's'),
        ("žźż", 'z'),
        ("ř", 'r'),
    ];
    PLAIN.iter().find(|(accented, _)| accented.contains(c)).map_or(c, |(_, plain)| *plain)
}

/// The words of a name with hyphens between, as ids of scenarios and paths are written.
pub fn slug(name: &str, otherwise: &str) -> String {
    let mut slug = words(name).join("-");
    slug.truncate(60);
    if slug.is_empty() { otherwise.to_owned() } else { slug.trim_end_matches('-').to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_become_ids_that_can_be_read() {
        let mut ids = Ids::default();
        let mut check = |label: &str, expected: &str| assert_eq!(ids.give(label, "send_mail"), expected, "{label}");
        check("Add a row", "add_a_row");
        check("Add a row", "add_a_row_2");
        check("CustomWebHook", "custom_web_hook");
        check("Böse Überraschung!", "bose_uberraschung");
        check("寄信給客戶", "send_mail");
        check("3 things", "step_3_things");
        check("Trigger", "trigger_2");
        check("if", "if_2");
        check("Don't stop", "dont_stop");
        check("", "send_mail_2");
        check("a very long label that says everything there is to say", "a_very_long_label_that_says");
        check("💥", "send_mail_3");
    }

    #[test]
    fn names_become_slugs() {
        assert_eq!(slug("New Orders: 2026!", "x"), "new-orders-2026");
        assert_eq!(slug("訂單", "imported"), "imported");
    }
}
