//! A mail that answers another one: to whom it goes, what it is called, and where in the conversation it stands.

use super::addresses::named;
use super::head::Head;
use lettre::message::Mailbox;
use run::error::StepError;
use schemars::JsonSchema;
use serde::Deserialize;

/// So many mails of a conversation are named at most: the first and the last ones. Nothing bounds the list (RFC 5322
/// §3.6.4), and a loop would have it grow for ever.
const MOST_NAMED: usize = 20;
/// How long the name of a mail may be, in characters.
const LONGEST_ID: usize = 250;
/// What stands before the subject of an answer, by the mailers of some languages.
const ANSWERS: &[&str] =
    &["re", "aw", "antw", "sv", "vs", "odp", "回覆", "回复", "答覆", "答复", "回信", "返信", "회신"];

/// The mail that is answered: what a trigger `mail` gives, or `email.download`. All else in it is passed over.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Answered {
    from: Option<Person>,
    reply_to: Option<Person>,
    subject: Option<String>,
    message_id: Option<String>,
    in_reply_to: Option<String>,
    references: Option<Vec<String>>,
    auto: Option<bool>,
}

/// Somebody.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Person {
    name: Option<String>,
    address: Option<String>,
}

impl Answered {
    /// To whom the answer goes if nobody else is named.
    pub(super) fn recipient(&self) -> Result<Option<Mailbox>, StepError> {
        let known = [&self.reply_to, &self.from].into_iter().flatten();
        let mut known =
            known.filter_map(|person| Some((person, person.address.as_deref().filter(|it| !it.is_empty())?)));
        let Some((person, address)) = known.next() else { return Ok(None) };
        named("answers", person.name.as_deref().unwrap_or_default(), address).map(Some)
    }

    /// What the answer is about if nothing else is said: the same, with one `Re:` before it.
    pub(super) fn subject(&self) -> String {
        let said = self.subject.as_deref().unwrap_or_default();
        let one_line: String = said.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        format!("Re: {}", bare(&one_line)).trim().to_owned()
    }

    /// Why no program should answer it (RFC 3834 §2), if that is so.
    pub(super) fn refusal(&self, sender: &Mailbox) -> Option<String> {
        let from = self.from.as_ref().and_then(|person| person.address.as_deref()).unwrap_or_default();
        if self.auto == Some(true) {
            return Some("the mail was written by a program or came by a list".to_owned());
        }
        let own = sender.email.to_string();
        from.eq_ignore_ascii_case(&own).then(|| format!("the mail came from {own} itself"))
    }

    /// Adds where in the conversation the answer stands (RFC 5322 §3.6.4), and that a program gives it (RFC 3834 §5).
    pub(super) fn write(&self, head: &mut Head) {
        let own = self.message_id.as_deref().and_then(bracketed);
        let before: Vec<String> = match self.references.as_deref().unwrap_or_default() {
            [] => self.in_reply_to.as_deref().and_then(bracketed).into_iter().collect(),
            ids => ids.iter().filter_map(|id| bracketed(id)).collect(),
        };
        if let Some(own) = &own {
            head.tokens("In-Reply-To", [own.as_str()], " ");
        }
        let mut named: Vec<String> =
            before.into_iter().filter(|id| Some(id) != own.as_ref()).chain(own.clone()).collect();
        if named.len() > MOST_NAMED {
            named.drain(1..=named.len() - MOST_NAMED);
        }
        if !named.is_empty() {
            head.tokens("References", named.iter().map(String::as_str), " ");
        }
        head.text("Auto-Submitted", "auto-replied");
    }
}

/// The subject without what answers put before it, however often.
fn bare(subject: &str) -> &str {
    let mut rest = subject.trim();
    while let Some((before, after)) = rest.split_once([':', '：']) {
        // `Re[2]:` counts, as some mailers do.
        let word = before.trim().split(['[', '(']).next().unwrap_or_default().trim_end();
        if !ANSWERS.iter().any(|known| known.eq_ignore_ascii_case(word)) {
            break;
        }
        rest = after.trim_start();
    }
    rest
}

/// A mail's name as it stands in a field; none where it could be taken for more than that.
fn bracketed(id: &str) -> Option<String> {
    let id = id.trim().trim_start_matches('<').trim_end_matches('>');
    let fits = !id.is_empty() && id.len() <= LONGEST_ID && id.bytes().all(|byte| byte.is_ascii_graphic());
    (fits && !id.contains(['<', '>', ','])).then(|| format!("<{id}>"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_re_stands_before_the_subject() {
        let check = |said: &str, expected: &str| {
            let answered = Answered { subject: Some(said.to_owned()), ..Answered::default() };
            assert_eq!(answered.subject(), expected, "{said}");
        };
        check("Order", "Re: Order");
        check("Re: Order", "Re: Order");
        check("RE: re:  AW: Order: big", "Re: Order: big");
        check("Re[2]: Order", "Re: Order");
        check("回覆: 銀行明細", "Re: 銀行明細");
        check("答复：回复：銀行明細", "Re: 銀行明細");
        check("Note: Re: this", "Re: Note: Re: this");
        check("a\r\nBcc: b", "Re: a  Bcc: b");
        check("", "Re:");
    }

    #[test]
    fn a_conversation_is_named_within_bounds() {
        let ids: Vec<String> = (0..40).map(|number| format!("{number}@a")).collect();
        let answered = Answered { message_id: Some("last@a".into()), references: Some(ids), ..Answered::default() };
        let mut head = Head::default();
        answered.write(&mut head);
        let mail = mail::read(head.lines().as_bytes());
        assert_eq!(mail.in_reply_to.as_deref(), Some("last@a"));
        assert_eq!(mail.references.len(), MOST_NAMED);
        assert_eq!((&*mail.references[0], &*mail.references[1], &*mail.references[19]), ("0@a", "22@a", "last@a"));
        assert!(mail.auto);
        let hostile = ["a\r\nBcc: b@c", "a b", "", "a>,<b"].map(|id| Answered {
            message_id: Some(id.to_owned()),
            in_reply_to: Some("before@a".to_owned()),
            ..Answered::default()
        });
        for answered in hostile {
            let mut head = Head::default();
            answered.write(&mut head);
            assert_eq!(head.lines(), "References: <before@a>\r\nAuto-Submitted: auto-replied\r\n");
        }
    }
}
