//! Times in words: `every weekday at 09:00`, `on the last day of the month at 23:00`, `每週一、四 18:30`. From the text to a
//! [`Calendar`], and from any schedule to words in the languages of the page.

mod cron;
mod describe;
mod sentence;
mod tokens;
mod words;

use crate::plan::Calendar;
use jiff::civil::Weekday;

pub use describe::{Language, describe};
pub use words::{Misread, known};

/// What a text in words says: its times, and the zone that it names.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    /// The times.
    pub calendar: Calendar,
    /// The IANA zone at its end, as written; whether it exists is not looked at.
    pub zone: Option<String>,
}

/// Reads times in words. The order of days and times is free; what is not understood, or contradicts itself, is an error
/// with its place, and nothing is guessed.
pub fn read(text: &str) -> Result<Said, Misread> {
    sentence::read(&tokens::read(text)?, text.chars().count())
}

/// The weekdays of a word: `saturday`, `weekend`, `週六`.
pub fn weekdays(word: &str) -> Option<Vec<Weekday>> {
    use words::Token;
    let words = tokens::read(word).ok()?;
    let mut found = Vec::new();
    for word in words {
        match word.is {
            Token::Weekday(weekday) => found.push(weekday),
            Token::Workday => found.extend(sentence::workdays()),
            Token::Weekend => found.extend([Weekday::Saturday, Weekday::Sunday]),
            Token::And => {}
            _ => return None,
        }
    }
    (!found.is_empty()).then_some(found)
}

#[cfg(test)]
mod tests;
