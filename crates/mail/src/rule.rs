//! Which mails are meant: conditions on who wrote, to whom, about what, with what.

use crate::letter::Mail;
use crate::normal::{composed, plain};
use regex::{Regex, RegexBuilder};
use std::fmt;
use std::time::Duration;

/// How large a compiled pattern may be, in bytes.
const MOST_PATTERN: usize = 1024 * 1024;

/// What is looked for in a text. Case makes no difference, nor do full-width letters (Unicode NFKC).
#[derive(Clone, Debug)]
pub struct Pattern {
    written: String,
    way: Way,
}

#[derive(Clone, Debug)]
enum Way {
    /// It stands somewhere in the text.
    Within(String),
    /// The text as a whole is like this.
    Like(Regex),
    /// It is found in the text.
    Found(Regex),
}

/// Why a pattern cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadPattern {
    /// It fits everything, which nobody means.
    #[error("it is empty")]
    Empty,
    /// What stands between the strokes is no regular expression.
    #[error("it is no regular expression: {0}")]
    Expression(String),
}

impl Pattern {
    /// Reads a pattern: `/…/` is a regular expression, a text with `*` or `?` in it is compared as a whole, where these
    /// stand for anything and for one character, and any other text is to stand somewhere.
    pub fn parse(written: &str) -> Result<Self, BadPattern> {
        let text = written.trim();
        if text.is_empty() {
            return Err(BadPattern::Empty);
        }
        let expression = text.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')).filter(|it| !it.is_empty());
        let way = match expression {
            Some(expression) => Way::Found(compiled(expression)?),
            None if text.contains(['*', '?']) => Way::Like(compiled(&glob(&plain(text)))?),
            None => Way::Within(plain(text)),
        };
        Ok(Self { written: written.to_owned(), way })
    }

    /// Whether it fits.
    pub fn fits(&self, text: &str) -> bool {
        match &self.way {
            Way::Within(part) => plain(text).contains(part),
            Way::Like(like) => like.is_match(&plain(text)),
            Way::Found(expression) => expression.is_match(&composed(text)),
        }
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.written == other.written
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

fn compiled(expression: &str) -> Result<Regex, BadPattern> {
    let built = RegexBuilder::new(expression).case_insensitive(true).size_limit(MOST_PATTERN).build();
    built.map_err(|error| {
        let told = error.to_string();
        let last = told.lines().last().unwrap_or_default();
        BadPattern::Expression(last.trim_start_matches("error: ").to_owned())
    })
}

/// The expression of a text in which `*` and `?` stand for others.
fn glob(text: &str) -> String {
    let mut expression = String::from("(?s)^");
    for c in text.chars() {
        match c {
            '*' => expression.push_str(".*"),
            '?' => expression.push('.'),
            c => expression.push_str(&regex::escape(c.encode_utf8(&mut [0; 4]))),
        }
    }
    expression + "$"
}

/// What of attachments is asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Has {
    /// Any file that is not shown within the text.
    Any,
    /// None.
    None,
    /// One whose name fits one of these.
    Named(Vec<Pattern>),
}

/// Conditions, all of which a mail has to fulfil. Of several patterns one is enough. Without conditions every mail fits.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rule {
    /// Who wrote: the address, the name, or both as `Name <address>`.
    pub from: Vec<Pattern>,
    /// To whom it went, as `to` or `cc`.
    pub to: Vec<Pattern>,
    /// What it is about.
    pub subject: Vec<Pattern>,
    /// What it says, as text.
    pub body: Vec<Pattern>,
    /// What is attached.
    pub has_attachment: Option<Has>,
    /// It is at least so long, in bytes.
    pub min_size: Option<u64>,
    /// It is at most so long, in bytes.
    pub max_size: Option<u64>,
    /// It came no longer ago than this.
    pub newer_than: Option<Duration>,
}

/// Why a mail is not meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// The condition, as `subject`.
    pub key: &'static str,
    /// What the condition asks for.
    pub wanted: String,
    /// What the mail has instead.
    pub found: String,
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, wanted, found } = self;
        write!(f, "`{key}` asks for {wanted}, and the mail has {found}")
    }
}

impl Rule {
    /// Whether the mail is meant, as far as its header tells: without text and attachments. `age` is how long ago it came.
    pub fn fits_head(&self, mail: &Mail, age: Duration) -> Result<(), Misfit> {
        let from: Vec<String> = mail.from.iter().flat_map(shown).collect();
        fits("from", &self.from, &from)?;
        let to: Vec<String> = mail.to.iter().chain(&mail.cc).flat_map(shown).collect();
        fits("to", &self.to, &to)?;
        fits("subject", &self.subject, std::slice::from_ref(&mail.subject))?;
        let misfit = |key, wanted, found| Err(Misfit { key, wanted, found });
        if let Some(min) = self.min_size.filter(|min| mail.size < *min) {
            return misfit("size", format!("at least {min} bytes"), format!("{} bytes", mail.size));
        }
        if let Some(max) = self.max_size.filter(|max| mail.size > *max) {
            return misfit("size", format!("at most {max} bytes"), format!("{} bytes", mail.size));
        }
        match self.newer_than.filter(|most| age > *most) {
            Some(most) => {
                let (wanted, found) = (format!("at most {} s of age", most.as_secs()), format!("{} s", age.as_secs()));
                misfit("newer_than", wanted, found)
            }
            None => Ok(()),
        }
    }

    /// Whether the mail is meant. `age` is how long ago it came.
    pub fn fits(&self, mail: &Mail, age: Duration) -> Result<(), Misfit> {
        self.fits_head(mail, age)?;
        fits("body", &self.body, std::slice::from_ref(&mail.text))?;
        let names: Vec<String> = mail.attachments.iter().map(|it| it.name.clone()).collect();
        let count = mail.attachments.iter().filter(|it| !it.inline).count();
        let misfit = |wanted: &str, found| Err(Misfit { key: "has_attachment", wanted: wanted.to_owned(), found });
        match &self.has_attachment {
            Some(Has::Any) if count == 0 => misfit("an attachment", "none".to_owned()),
            Some(Has::None) if count > 0 => misfit("no attachment", format!("{count}")),
            Some(Has::Named(patterns)) => fits("has_attachment", patterns, &names),
            _ => Ok(()),
        }
    }

    /// Whether more than a header is needed to tell.
    pub fn needs_body(&self) -> bool {
        !self.body.is_empty() || self.has_attachment.is_some()
    }
}

/// The forms in which people write an address.
fn shown(address: &crate::Address) -> Vec<String> {
    let crate::Address { name, address } = address;
    if name.is_empty() {
        return vec![address.clone()];
    }
    vec![address.clone(), name.clone(), format!("{name} <{address}>")]
}

/// How much of a mail's text is shown in a reason, in characters.
const SHOWN: usize = 80;

/// One of the patterns has to fit one of the texts, where there is any pattern.
fn fits(key: &'static str, patterns: &[Pattern], texts: &[String]) -> Result<(), Misfit> {
    if patterns.is_empty() || patterns.iter().any(|pattern| texts.iter().any(|text| pattern.fits(text))) {
        return Ok(());
    }
    let wanted: Vec<String> = patterns.iter().map(|pattern| format!("`{pattern}`")).collect();
    let found: Vec<String> = texts.iter().map(|text| format!("`{}`", start(text))).collect();
    let found = if found.is_empty() { "nothing".to_owned() } else { found.join(", ") };
    Err(Misfit { key, wanted: wanted.join(" or "), found })
}

/// The beginning of a text, in one line.
fn start(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_of_three_kinds_and_spelling_makes_no_difference() {
        let check = |pattern: &str, text: &str, expected: bool| {
            assert_eq!(Pattern::parse(pattern).unwrap().fits(text), expected, "{pattern} in {text}");
        };
        check("invoice", "Your INVOICE of May", true);
        check("銀行明細", "【通知】銀行明細 11 月", true);
        check("*銀行明細", "【通知】銀行明細 11 月", false);
        check("*銀行明細*", "【通知】銀行明細 11 月", true);
        check("ＡＢＣ", "abc", true);
        check("Cafe\u{301}", "café", true);
        check("report ??.csv", "Report 07.CSV", true);
        check("report ?.csv", "report 07.csv", false);
        check("a.c*", "abc", false);
        check("/^re: .*\\d{3}$/", "Re: order 123", true);
        check("/^order/", "re: order", false);
        check("a b", "a\r\n  b", true);
        check("/", "a/b", true);
        check("*", "", true);
        assert_eq!(Pattern::parse(" ").unwrap_err(), BadPattern::Empty);
        assert!(matches!(Pattern::parse("/(/").unwrap_err(), BadPattern::Expression(_)));
        assert!(matches!(Pattern::parse("/(a{1000}){1000}/").unwrap_err(), BadPattern::Expression(_)));
    }

    #[test]
    fn a_mail_that_does_not_fit_is_told_why() {
        let text = "From: Bank <news@bank.example>\r\nTo: me@shop.example\r\nSubject: Hello\r\n\r\nBalance 12";
        let mail = crate::read(text.as_bytes());
        let pattern = |text: &str| vec![Pattern::parse(text).unwrap()];
        let day = Duration::from_secs(86_400);
        let check = |rule: Rule, expected: &str| {
            let told = rule.fits(&mail, day).map_or_else(|misfit| misfit.to_string(), |()| String::new());
            assert_eq!(told, expected, "{rule:?}");
        };
        check(Rule::default(), "");
        check(Rule { from: pattern("*@bank.example"), ..Rule::default() }, "");
        check(Rule { from: pattern("Bank <*>"), ..Rule::default() }, "");
        check(Rule { to: pattern("me@shop.example"), body: pattern("balance"), ..Rule::default() }, "");
        let rule = Rule { subject: pattern("bye"), ..Rule::default() };
        check(rule, "`subject` asks for `bye`, and the mail has `Hello`");
        let rule = Rule { has_attachment: Some(Has::Any), ..Rule::default() };
        check(rule, "`has_attachment` asks for an attachment, and the mail has none");
        let rule = Rule { has_attachment: Some(Has::Named(pattern("*.csv"))), ..Rule::default() };
        check(rule, "`has_attachment` asks for `*.csv`, and the mail has nothing");
        let rule = Rule { newer_than: Some(day / 2), ..Rule::default() };
        check(rule, "`newer_than` asks for at most 43200 s of age, and the mail has 86400 s");
        let rule = Rule { min_size: Some(1_000), ..Rule::default() };
        check(rule, "`size` asks for at least 1000 bytes, and the mail has 81 bytes");
    }
}
