//! The words that calendars are written in, English and Chinese, and what each of them is.

use jiff::civil::{Time, Weekday};

/// A word, or what belongs together, with the place where it begins.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Word {
    /// In characters, from the beginning of the text.
    pub(super) at: usize,
    pub(super) is: Token,
}

/// What a word is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Every,
    Number(u32),
    Ordinal(i8),
    Last,
    Unit(Unit),
    Weekday(Weekday),
    Workday,
    Weekend,
    Month(i8),
    Time(Time),
    At,
    To,
    Between,
    /// What stands between the items of a list.
    And,
    Zone(String),
    /// What says nothing.
    Filler,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Second,
    Minute,
    HalfHour,
    Hour,
    Day,
    Week,
    Month,
    Year,
}

/// What cannot be read: where, what is wrong, and the word, where it is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misread {
    /// In characters, from the beginning of the text.
    pub at: usize,
    /// What is wrong, without a dot at its end.
    pub problem: String,
    /// The word that is not known.
    pub unknown: Option<String>,
}

impl Misread {
    pub(super) fn new(at: usize, problem: impl Into<String>) -> Self {
        Self { at, problem: problem.into(), unknown: None }
    }
}

/// English words, in lower case.
const ENGLISH: &[(&str, Token)] = &[
    ("every", Token::Every),
    ("each", Token::Every),
    ("daily", Token::Unit(Unit::Day)),
    ("hourly", Token::Unit(Unit::Hour)),
    ("weekly", Token::Unit(Unit::Week)),
    ("monthly", Token::Unit(Unit::Month)),
    ("yearly", Token::Unit(Unit::Year)),
    ("other", Token::Number(2)),
    ("two", Token::Number(2)),
    ("three", Token::Number(3)),
    ("four", Token::Number(4)),
    ("five", Token::Number(5)),
    ("six", Token::Number(6)),
    ("ten", Token::Number(10)),
    ("fifteen", Token::Number(15)),
    ("thirty", Token::Number(30)),
    ("half-hour", Token::Unit(Unit::HalfHour)),
    ("first", Token::Ordinal(1)),
    ("second", Token::Ordinal(2)),
    ("third", Token::Ordinal(3)),
    ("fourth", Token::Ordinal(4)),
    ("fifth", Token::Ordinal(5)),
    ("last", Token::Last),
    // One alone is what comes after the first.
    ("seconds", Token::Unit(Unit::Second)),
    ("sec", Token::Unit(Unit::Second)),
    ("minute", Token::Unit(Unit::Minute)),
    ("minutes", Token::Unit(Unit::Minute)),
    ("min", Token::Unit(Unit::Minute)),
    ("hour", Token::Unit(Unit::Hour)),
    ("hours", Token::Unit(Unit::Hour)),
    ("day", Token::Unit(Unit::Day)),
    ("days", Token::Unit(Unit::Day)),
    ("week", Token::Unit(Unit::Week)),
    ("weeks", Token::Unit(Unit::Week)),
    ("month", Token::Unit(Unit::Month)),
    ("months", Token::Unit(Unit::Month)),
    ("year", Token::Unit(Unit::Year)),
    ("years", Token::Unit(Unit::Year)),
    ("weekday", Token::Workday),
    ("weekdays", Token::Workday),
    ("workday", Token::Workday),
    ("workdays", Token::Workday),
    ("weekend", Token::Weekend),
    ("weekends", Token::Weekend),
    ("noon", Token::Time(Time::constant(12, 0, 0, 0))),
    ("midnight", Token::Time(Time::constant(0, 0, 0, 0))),
    ("at", Token::At),
    ("to", Token::To),
    ("until", Token::To),
    ("till", Token::To),
    ("through", Token::To),
    ("between", Token::Between),
    ("from", Token::Between),
    ("and", Token::And),
    ("or", Token::And),
    ("on", Token::Filler),
    ("of", Token::Filler),
    ("in", Token::Filler),
    ("the", Token::Filler),
    ("a", Token::Filler),
];

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Chinese words, in traditional and simplified characters. Of those that fit, the longest is meant.
const CHINESE: &[(&str, Token)] = &[
    ("每個", Token::Every),
    ("每个", Token::Every),
    ("每", Token::Every),
    ("最後一個", Token::Last),
    ("最后一个", Token::Last),
    ("最後一", Token::Last),
    ("最后一", Token::Last),
    ("最後", Token::Last),
    ("最后", Token::Last),
    ("秒鐘", Token::Unit(Unit::Second)),
    ("秒钟", Token::Unit(Unit::Second)),
    ("秒", Token::Unit(Unit::Second)),
    ("分鐘", Token::Unit(Unit::Minute)),
    ("分钟", Token::Unit(Unit::Minute)),
    ("分", Token::Unit(Unit::Minute)),
    ("半小時", Token::Unit(Unit::HalfHour)),
    ("半小时", Token::Unit(Unit::HalfHour)),
    ("半個小時", Token::Unit(Unit::HalfHour)),
    ("半个小时", Token::Unit(Unit::HalfHour)),
    ("小時", Token::Unit(Unit::Hour)),
    ("小时", Token::Unit(Unit::Hour)),
    ("個小時", Token::Unit(Unit::Hour)),
    ("个小时", Token::Unit(Unit::Hour)),
    ("天", Token::Unit(Unit::Day)),
    ("日", Token::Unit(Unit::Day)),
    ("號", Token::Unit(Unit::Day)),
    ("号", Token::Unit(Unit::Day)),
    ("週", Token::Unit(Unit::Week)),
    ("周", Token::Unit(Unit::Week)),
    ("星期", Token::Unit(Unit::Week)),
    ("個星期", Token::Unit(Unit::Week)),
    ("个星期", Token::Unit(Unit::Week)),
    ("月", Token::Unit(Unit::Month)),
    ("個月", Token::Unit(Unit::Month)),
    ("个月", Token::Unit(Unit::Month)),
    ("年", Token::Unit(Unit::Year)),
    ("工作日", Token::Workday),
    ("平日", Token::Workday),
    ("上班日", Token::Workday),
    ("週末", Token::Weekend),
    ("周末", Token::Weekend),
    ("正午", Token::Time(Time::constant(12, 0, 0, 0))),
    ("午夜", Token::Time(Time::constant(0, 0, 0, 0))),
    ("到", Token::To),
    ("至", Token::To),
    ("從", Token::Between),
    ("从", Token::Between),
    ("和", Token::And),
    ("與", Token::And),
    ("与", Token::And),
    ("及", Token::And),
    ("、", Token::And),
    ("，", Token::And),
    ("之間", Token::Filler),
    ("之间", Token::Filler),
    ("間", Token::Filler),
    ("间", Token::Filler),
    ("的", Token::Filler),
    ("在", Token::Filler),
];

/// The English words that are known, for whoever looks for the nearest.
pub fn known() -> impl Iterator<Item = &'static str> {
    let weekdays = WEEKDAYS.iter().map(|(name, _)| *name);
    ENGLISH.iter().map(|(word, _)| *word).chain(weekdays).chain(MONTHS)
}

/// The weekday of a name: whole, with an `s`, or its first three letters and more.
pub(super) fn weekday(word: &str) -> Option<Weekday> {
    let singular = word.strip_suffix('s').unwrap_or(word);
    let is = |name: &str| name == singular || (word.len() >= 3 && name.starts_with(word));
    WEEKDAYS.iter().find(|(name, _)| is(name)).map(|(_, weekday)| *weekday)
}

/// What an English word is, given in lower case.
pub(super) fn english(word: &str) -> Option<Token> {
    if let Some((_, token)) = ENGLISH.iter().find(|(known, _)| *known == word) {
        return Some(token.clone());
    }
    if let Some(weekday) = weekday(word) {
        return Some(Token::Weekday(weekday));
    }
    let month = MONTHS.iter().position(|name| word.len() >= 3 && name.starts_with(word))?;
    Some(Token::Month(month as i8 + 1))
}

/// What the Chinese word is that a text begins with, and how many characters it has.
pub(super) fn chinese(rest: &[char]) -> Option<(Token, usize)> {
    let begins = |word: &str| word.chars().enumerate().all(|(at, c)| rest.get(at) == Some(&c));
    let fitting = CHINESE.iter().filter(|(word, _)| begins(word));
    let (word, token) = fitting.max_by_key(|(word, _)| word.len())?;
    Some((token.clone(), word.chars().count()))
}

/// The digit that a Chinese numeral is.
pub(super) fn numeral(c: char) -> Option<u32> {
    let digit = "零一二三四五六七八九".chars().position(|digit| digit == c);
    digit.map(|digit| digit as u32).or(matches!(c, '兩' | '两').then_some(2))
}

/// The weekday behind `週` or its like.
pub(super) fn weekday_sign(c: char) -> Option<Weekday> {
    let signs = ["一", "二", "三", "四", "五", "六", "日天"];
    let at = signs.iter().position(|signs| signs.contains(c))?;
    Some(WEEKDAYS[at].1)
}
