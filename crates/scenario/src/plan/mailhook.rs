//! `mailhook:` an address of this server, and which of the mails that come to it start runs.

use super::Rate;
use crate::diagnostic::Place;
use mail::Rule;
use std::sync::Arc;

/// The longest part of an address before its `@` (RFC 5321 §4.5.3.1.1).
const MOST_ADDRESS: usize = 64;

/// `mailhook:`.
#[derive(Clone, Debug, PartialEq)]
pub struct MailhookTrigger {
    /// The part before the `@`, lower-case. None: an unguessable one is made.
    pub address: Option<Arc<str>>,
    /// Which mails are meant.
    pub rule: Rule,
    /// What has to prove who wrote, all of it; a mail without it is refused.
    pub require: Vec<Proof>,
    /// How many mails are taken in a time; none: as many as come.
    pub rate: Option<Rate>,
    /// Where it stands in the text.
    pub place: Place,
}

/// What proves that a mail comes from where it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The domain of the envelope's sender lets this machine send for it (RFC 7208).
    Spf,
    /// A domain has signed it (RFC 6376).
    Dkim,
    /// One of both, by the domain that stands in `From` (RFC 7489).
    Dmarc,
}

impl Proof {
    /// All of them, by the words of the language.
    pub const ALL: [(&'static str, Self); 3] = [("spf", Self::Spf), ("dkim", Self::Dkim), ("dmarc", Self::Dmarc)];

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Spf => "spf",
            Self::Dkim => "dkim",
            Self::Dmarc => "dmarc",
        }
    }
}

/// Why no mailhook can have this before the `@` of its address; none: one can.
pub fn problem_of_address(address: &str) -> Option<String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if address.is_empty() {
        return Some("it is empty".into());
    }
    if let Some((local, _)) = address.split_once('@') {
        return Some(format!("what follows `{local}` is the server's"));
    }
    if let Some(other) = address.chars().find(|c| !is_plain(*c)) {
        return Some(format!("it has `{other}` in it"));
    }
    if address.len() > MOST_ADDRESS {
        return Some(format!("it is longer than {MOST_ADDRESS} characters"));
    }
    let is_dotted = address.starts_with('.') || address.ends_with('.') || address.contains("..");
    is_dotted.then(|| "a dot stands between other characters".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_what_every_mail_server_takes() {
        let check = |address: &str, good: bool| {
            assert_eq!(problem_of_address(address).is_none(), good, "{address}");
        };
        check("bank", true);
        check("Bank.Statements_2-x", true);
        check(&"a".repeat(64), true);
        check(&"a".repeat(65), false);
        for wrong in [
            "",
            "bank@hook.example.com",
            "a b",
            "a+b",
            ".a",
            "a.",
            "a..b",
            "銀行",
            "a\r\nb",
            "<a>",
            "\"a\"",
            "a%b",
            "a!b",
        ] {
            check(wrong, false);
        }
    }
}
