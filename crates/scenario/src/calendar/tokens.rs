//! From a text to its words.

use super::words::{Misread, Token, Unit, Word, chinese, english, numeral, weekday_sign};
use jiff::civil::Time;

/// No text in words is longer, in characters.
const LONGEST: usize = 300;

/// The words of a text.
pub(super) fn read(text: &str) -> Result<Vec<Word>, Misread> {
    let written: Vec<char> = text.chars().collect();
    if written.len() > LONGEST {
        return Err(Misread::new(LONGEST, format!("it is longer than {LONGEST} characters")));
    }
    let text: Vec<char> = written.iter().copied().map(plain).collect();
    let mut reader = Reader { written: &written, text: &text, at: 0, words: Vec::new() };
    while reader.at < text.len() {
        reader.word()?;
    }
    Ok(reader.words)
}

/// Characters of full width as those that mean the same, and small letters.
fn plain(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' if c != '，' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c).to_ascii_lowercase(),
        '–' | '—' | '～' | '〜' => '-',
        c => c.to_ascii_lowercase(),
    }
}

struct Reader<'t> {
    /// As the author wrote it.
    written: &'t [char],
    /// The same, character by character, as it is looked up.
    text: &'t [char],
    at: usize,
    words: Vec<Word>,
}

/// What part of the day a Chinese time is in.
const PARTS: &[(&str, Half)] = &[
    ("凌晨", Half::First),
    ("早上", Half::First),
    ("上午", Half::First),
    ("中午", Half::Noon),
    ("下午", Half::Second),
    ("晚上", Half::Second),
    ("傍晚", Half::Second),
];

/// Which half of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Half {
    First,
    Noon,
    Second,
}

impl Half {
    /// The hour of the day that an hour of this half is: 12 is its beginning.
    fn hour(self, hour: u32) -> Option<u32> {
        match self {
            Self::First if hour <= 12 => Some(hour % 12),
            Self::Second if (1..=12).contains(&hour) => Some(hour % 12 + 12),
            // 13 to 23 say the same twice.
            Self::Second if (13..24).contains(&hour) => Some(hour),
            Self::Noon => [(11, 11), (12, 12), (1, 13)].iter().find(|(said, _)| *said == hour).map(|(_, hour)| *hour),
            _ => None,
        }
    }
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    fn push(&mut self, at: usize, is: Token) {
        self.words.push(Word { at, is });
    }

    fn word(&mut self) -> Result<(), Misread> {
        let (at, Some(c)) = (self.at, self.peek()) else { return Ok(()) };
        match c {
            c if c.is_whitespace() || matches!(c, '.' | '(' | ')') => self.at += 1,
            ',' | '&' | '，' => {
                self.at += 1;
                self.push(at, Token::And);
            }
            '-' => {
                self.at += 1;
                self.push(at, Token::To);
            }
            c if c.is_ascii_digit() => self.number()?,
            c if c.is_ascii_alphabetic() => self.letters()?,
            _ => self.characters()?,
        }
        Ok(())
    }

    fn letters(&mut self) -> Result<(), Misread> {
        let at = self.at;
        let is_part = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '\'' | '+') || *c == '-';
        let mut word: String = self.text[at..].iter().take_while(|c| is_part(c)).collect();
        // `mon-fri` are two words with something between; `half-hour` and `america/port-au-prince` are one.
        if !word.contains('/')
            && english(&word).is_none()
            && let Some((first, _)) = word.split_once('-')
        {
            word = first.to_owned();
        }
        self.at += word.chars().count();
        if word.contains('/') || matches!(word.as_str(), "utc" | "gmt") {
            self.push(at, Token::Zone(self.written[at..self.at].iter().collect()));
            return Ok(());
        }
        let token = english(&word).ok_or_else(|| unknown(at, &word))?;
        self.push(at, token);
        Ok(())
    }

    /// A number, a time, or a number that is counted by its ending.
    fn number(&mut self) -> Result<(), Misread> {
        let at = self.at;
        let number = self.digits(at)?;
        if self.peek() == Some(':') {
            return self.clock(at, number, None);
        }
        if let Some(half) = self.half_behind() {
            return self.time(at, half.hour(number), (0, 0));
        }
        for ending in ["st", "nd", "rd", "th"] {
            if self.begins(ending) {
                self.at += 2;
                let day = i8::try_from(number).ok().filter(|day| (1..=31).contains(day));
                let day = day.ok_or_else(|| Misread::new(at, format!("no month has a day {number}")))?;
                self.push(at, Token::Ordinal(day));
                return Ok(());
            }
        }
        self.counted(at, number, None)
    }

    /// `:30`, `:30:15`, and `am` or `pm` behind.
    fn clock(&mut self, at: usize, hour: u32, half: Option<Half>) -> Result<(), Misread> {
        let mut parts = [0, 0];
        for part in &mut parts {
            if self.peek() == Some(':') {
                self.at += 1;
                *part = self.digits(at)?;
            }
        }
        let half = half.or_else(|| self.half_behind());
        let hour = half.map_or(Some(hour), |half| half.hour(hour));
        self.time(at, hour, (parts[0], parts[1]))
    }

    fn time(&mut self, at: usize, hour: Option<u32>, (minute, second): (u32, u32)) -> Result<(), Misread> {
        let part = |part: u32| i8::try_from(part).ok();
        let made = hour.and_then(part).zip(part(minute)).zip(part(second));
        let time = made.and_then(|((hour, minute), second)| Time::new(hour, minute, second, 0).ok());
        // Some write the end of the day as 24:00.
        let time = time.or_else(|| (hour == Some(24) && (minute, second) == (0, 0)).then(Time::midnight));
        let time = time.ok_or_else(|| Misread::new(at, "there is no such time of day"))?;
        self.push(at, Token::Time(time));
        Ok(())
    }

    /// `am` or `pm`, a space before it or not.
    fn half_behind(&mut self) -> Option<Half> {
        let space = usize::from(self.peek() == Some(' '));
        let halves = [("a.m", Half::First), ("p.m", Half::Second), ("am", Half::First), ("pm", Half::Second)];
        let ends = |at: usize| !self.text.get(at).is_some_and(char::is_ascii_alphanumeric);
        let found = halves
            .iter()
            .find(|(word, _)| begins(&self.text[self.at + space..], word) && ends(self.at + space + word.len()))?;
        self.at += space + found.0.len();
        Some(found.1)
    }

    /// A number with what is counted behind it: `9點半`, `9時30分`, `12月`, or by itself.
    fn counted(&mut self, at: usize, number: u32, half: Option<Half>) -> Result<(), Misread> {
        let hour = half.map_or(Some(number), |half| half.hour(number));
        if self.peek() == Some(' ') && matches!(self.text.get(self.at + 1), Some('月' | '點' | '点')) {
            self.at += 1;
        }
        match self.peek() {
            Some('點' | '点' | '時' | '时') => {
                self.at += 1;
                let minute = self.minutes()?;
                self.time(at, hour, (minute, 0))
            }
            Some(':') => self.clock(at, number, half),
            _ if half.is_some() => Err(Misread::new(at, "a part of the day wants a time behind it")),
            Some('月') => {
                self.at += 1;
                let month = i8::try_from(number).ok().filter(|month| (1..=12).contains(month));
                let month = month.ok_or_else(|| Misread::new(at, format!("there is no month {number}")))?;
                self.push(at, Token::Month(month));
                Ok(())
            }
            _ => {
                self.push(at, Token::Number(number));
                Ok(())
            }
        }
    }

    /// The minutes behind a Chinese hour: `半`, `30分`, `三十分`, or none.
    fn minutes(&mut self) -> Result<u32, Misread> {
        let at = self.at;
        match self.peek() {
            Some('半') => {
                self.at += 1;
                return Ok(30);
            }
            Some('整' | '鐘' | '钟') => self.at += 1,
            Some(c) if c.is_ascii_digit() || is_numeral(c) => {
                let number = if c.is_ascii_digit() { self.digits(at)? } else { self.numerals() };
                if matches!(self.peek(), Some('分')) {
                    self.at += 1;
                }
                return Ok(number);
            }
            _ => {}
        }
        Ok(0)
    }

    fn characters(&mut self) -> Result<(), Misread> {
        let at = self.at;
        if let Some((word, half)) = PARTS.iter().find(|(word, _)| self.begins(word)) {
            self.at += word.chars().count();
            while self.peek() == Some(' ') {
                self.at += 1;
            }
            return match self.peek() {
                Some(c) if c.is_ascii_digit() => {
                    let number = self.digits(at)?;
                    self.counted(at, number, Some(*half))
                }
                Some(c) if is_numeral(c) => {
                    let number = self.numerals();
                    self.counted(at, number, Some(*half))
                }
                _ if *half == Half::Noon => self.time(at, Some(12), (0, 0)),
                _ => Err(Misread::new(at, "a part of the day wants a time behind it")),
            };
        }
        if self.begins("第") {
            return self.ordinal();
        }
        if self.begins("月底") || self.begins("月末") {
            self.at += 2;
            self.push(at, Token::Unit(Unit::Month));
            self.push(at, Token::Last);
            self.push(at, Token::Unit(Unit::Day));
            return Ok(());
        }
        if self.weekdays() {
            return Ok(());
        }
        if self.peek().is_some_and(is_numeral) {
            let number = self.numerals();
            return self.counted(at, number, None);
        }
        match chinese(&self.text[at..]) {
            Some((token, length)) => {
                self.at += length;
                self.push(at, token);
                Ok(())
            }
            None => Err(unknown(at, &self.text[at..].iter().take_while(|c| !c.is_whitespace()).collect::<String>())),
        }
    }

    /// `第一個`, `第3`.
    fn ordinal(&mut self) -> Result<(), Misread> {
        let at = self.at;
        self.at += 1;
        let number = match self.peek() {
            Some(c) if c.is_ascii_digit() => self.digits(at)?,
            Some(c) if is_numeral(c) => self.numerals(),
            _ => return Err(Misread::new(at, "which one?")),
        };
        if matches!(self.peek(), Some('個' | '个')) {
            self.at += 1;
        }
        let number = i8::try_from(number).ok().filter(|number| (1..=31).contains(number));
        let number = number.ok_or_else(|| Misread::new(at, "no month has so many"))?;
        self.push(at, Token::Ordinal(number));
        Ok(())
    }

    /// `週一`, `週一、四`, `星期一至五`: whether there are any.
    fn weekdays(&mut self) -> bool {
        let Some(length) = prefix(&self.text[self.at..]) else { return false };
        let Some(first) = self.text.get(self.at + length).copied().and_then(weekday_sign) else { return false };
        self.push(self.at, Token::Weekday(first));
        self.at += length + 1;
        self.joined_weekdays();
        loop {
            let is = match self.peek() {
                Some('、' | '和' | '及' | '與' | '与' | ',' | '，') => Token::And,
                Some('至' | '到' | '-') => Token::To,
                _ => return true,
            };
            let next = self.at + 1;
            let next = next + prefix(&self.text[next..]).unwrap_or(0);
            let Some(weekday) = self.text.get(next).copied().and_then(weekday_sign) else { return true };
            // `週一、三點` is not Wednesday.
            let behind = self.text.get(next + 1);
            if behind.is_some_and(|c| is_counting(*c)) {
                return true;
            }
            self.push(self.at, is);
            self.push(next, Token::Weekday(weekday));
            self.at = next + 1;
        }
    }

    /// The rest of `週一三五`: signs of weekdays that nothing stands between. In `週一三點` there are none.
    fn joined_weekdays(&mut self) {
        let signs: Vec<_> = self.text[self.at..].iter().map_while(|c| weekday_sign(*c)).collect();
        if self.text.get(self.at + signs.len()).is_some_and(|c| is_counting(*c)) {
            return;
        }
        for weekday in signs {
            self.push(self.at, Token::Weekday(weekday));
            self.at += 1;
        }
    }

    fn begins(&self, word: &str) -> bool {
        begins(&self.text[self.at..], word)
    }

    fn digits(&mut self, at: usize) -> Result<u32, Misread> {
        let digits: String = self.text[self.at..].iter().take_while(|c| c.is_ascii_digit()).collect();
        self.at += digits.len();
        let number = digits.parse().ok().filter(|_| digits.len() <= 5);
        number.ok_or_else(|| Misread::new(at, "this is no number that has a meaning here"))
    }

    /// A Chinese number up to 99.
    fn numerals(&mut self) -> u32 {
        let mut number = 0;
        while let Some(c) = self.peek().filter(|c| is_numeral(*c)) {
            self.at += 1;
            number = match numeral(c) {
                Some(digit) => number + digit,
                None => number.max(1) * 10,
            };
        }
        number
    }
}

/// How many characters stand before the sign of a weekday.
fn prefix(rest: &[char]) -> Option<usize> {
    ["星期", "禮拜", "礼拜", "週", "周"].into_iter().find(|word| begins(rest, word)).map(|word| word.chars().count())
}

fn begins(rest: &[char], word: &str) -> bool {
    word.chars().enumerate().all(|(at, c)| rest.get(at) == Some(&c))
}

/// What makes a number of the sign before it.
fn is_counting(c: char) -> bool {
    is_numeral(c) || "點点時时個个月日號号分天".contains(c)
}

fn is_numeral(c: char) -> bool {
    c == '十' || numeral(c).is_some()
}

fn unknown(at: usize, word: &str) -> Misread {
    let word: String = word.chars().take(40).collect();
    Misread { at, problem: format!("`{word}` means nothing here"), unknown: Some(word) }
}
