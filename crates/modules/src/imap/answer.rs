//! What a server says, one answer at a time, as far as it matters here.

use super::folder_name;
use imap_proto::{
    AttributeValue, Capability, MailboxDatum, MessageSection, Response, ResponseCode, SectionPath, Status,
};
use jiff::fmt::strtime;
use run::id::Millis;

/// One answer.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Heard {
    /// The command is done, or is refused in these words.
    Done { is_ok: bool, words: String },
    /// The server waits for the rest of the command.
    GoOn,
    /// It ends the conversation, in these words.
    Bye(String),
    /// The folder has so many mails.
    Exists(u32),
    /// Numbers of mails hold as long as this stays the same.
    Validity(u32),
    /// The number of the next mail.
    Next(u32),
    /// What the server can do, in capitals.
    Capabilities(Vec<String>),
    /// A mail.
    Fetched(Fetched),
    /// Mails that were looked for.
    Found(Vec<u32>),
    /// The name of a folder.
    Folder(String),
    /// So much of the room for mails is taken, in percent.
    Taken(u64),
    /// Something that matters to nobody here.
    Other,
}

/// What is told of a mail.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Fetched {
    pub(super) uid: Option<u32>,
    pub(super) size: Option<u64>,
    pub(super) arrived: Option<Millis>,
    pub(super) flags: Vec<String>,
    /// All of it, or a piece.
    pub(super) body: Option<Vec<u8>>,
    pub(super) header: Option<Vec<u8>>,
}

/// Reads an answer, which ends with its line break. `tag` is that of the command.
pub(super) fn read(answer: &[u8], tag: &str) -> Heard {
    if let Some(rest) = answer.strip_prefix(tag.as_bytes()).and_then(|rest| rest.strip_prefix(b" ")) {
        let words = String::from_utf8_lossy(rest).trim().to_owned();
        return Heard::Done { is_ok: rest.get(..2).is_some_and(|it| it.eq_ignore_ascii_case(b"OK")), words };
    }
    if answer.first() == Some(&b'+') {
        return Heard::GoOn;
    }
    // Extensions that nobody asked for say things that no parser knows.
    let Ok((_, response)) = Response::parse(answer) else { return Heard::Other };
    match response {
        Response::Data { status: Status::Bye, outcome } => {
            Heard::Bye(outcome.information.unwrap_or_default().into_owned())
        }
        Response::Data { outcome, .. } => match outcome.code {
            Some(ResponseCode::UidValidity(validity)) => Heard::Validity(validity),
            Some(ResponseCode::UidNext(next)) => Heard::Next(next),
            _ => Heard::Other,
        },
        Response::Capabilities(capabilities) => Heard::Capabilities(capabilities.iter().map(name).collect()),
        Response::MailboxData(MailboxDatum::Exists(count)) => Heard::Exists(count),
        Response::MailboxData(MailboxDatum::Search(uids)) => Heard::Found(uids),
        Response::MailboxData(MailboxDatum::List(folder)) => Heard::Folder(folder_name::decoded(&folder.name)),
        Response::Fetch(_, values) => Heard::Fetched(fetched(values)),
        Response::Quota(quota) => {
            // What is without bound has 0.
            let bounded = quota.resources.iter().filter(|resource| resource.limit > 0);
            let taken = bounded.map(|resource| resource.usage.saturating_mul(100) / resource.limit).max();
            taken.map_or(Heard::Other, Heard::Taken)
        }
        _ => Heard::Other,
    }
}

fn name(capability: &Capability<'_>) -> String {
    match capability {
        Capability::Imap4rev1 => "IMAP4REV1".to_owned(),
        Capability::Auth(way) => format!("AUTH={way}").to_ascii_uppercase(),
        Capability::Atom(name) => name.to_ascii_uppercase(),
    }
}

fn fetched(values: Vec<AttributeValue<'_>>) -> Fetched {
    let mut fetched = Fetched::default();
    for value in values {
        match value {
            AttributeValue::Uid(uid) => fetched.uid = Some(uid),
            AttributeValue::Rfc822Size(size) => fetched.size = Some(size.into()),
            AttributeValue::InternalDate(date) => fetched.arrived = arrived(&date),
            AttributeValue::Flags(flags) => fetched.flags = flags.iter().map(|flag| flag.to_string()).collect(),
            AttributeValue::BodySection { section: None, data, .. } => {
                fetched.body = data.map(|data| data.into_owned());
            }
            AttributeValue::BodySection { section: Some(SectionPath::Full(MessageSection::Header)), data, .. } => {
                fetched.header = data.map(|data| data.into_owned());
            }
            _ => {}
        }
    }
    fetched
}

/// `23-Nov-2026 09:30:00 +0800` (RFC 3501, `date-time`).
fn arrived(date: &str) -> Option<Millis> {
    let time = strtime::parse("%d-%b-%Y %H:%M:%S %z", date.trim()).ok()?.to_timestamp().ok()?;
    Some(time.as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_told_apart() {
        let check = |answer: &str, expected: Heard| {
            assert_eq!(read(format!("{answer}\r\n").as_bytes(), "h7"), expected, "{answer}");
        };
        check("h7 OK [READ-WRITE] done", Heard::Done { is_ok: true, words: "OK [READ-WRITE] done".to_owned() });
        check("h7 NO [OVERQUOTA] full", Heard::Done { is_ok: false, words: "NO [OVERQUOTA] full".to_owned() });
        check("+ idling", Heard::GoOn);
        check("* BYE going down", Heard::Bye("going down".to_owned()));
        check("* 12 EXISTS", Heard::Exists(12));
        check("* OK [UIDVALIDITY 99] valid", Heard::Validity(99));
        check("* OK [UIDNEXT 4392] next", Heard::Next(4392));
        check("* SEARCH 1 2 3", Heard::Found(vec![1, 2, 3]));
        check("* SEARCH", Heard::Found(Vec::new()));
        check("* CAPABILITY IMAP4rev1 idle", Heard::Capabilities(vec!["IMAP4REV1".to_owned(), "IDLE".to_owned()]));
        check("* LIST (\\HasNoChildren) \"/\" \"&XfKGVXQG-\"", Heard::Folder("已處理".to_owned()));
        check("* QUOTA \"User quota\" (STORAGE 97 100 MESSAGE 4 1000)", Heard::Taken(97));
        check("* QUOTA \"\" (MESSAGE 4 0)", Heard::Other);
        check("* XUNHEARD (of", Heard::Other);
        let date = "INTERNALDATE \" 3-Nov-2026 09:30:00 +0800\"";
        let fetched = Fetched {
            uid: Some(7),
            size: Some(5),
            arrived: Some(1_793_669_400_000),
            body: Some(b"a\r\nb)".to_vec()),
            ..Fetched::default()
        };
        check(&format!("* 1 FETCH (UID 7 RFC822.SIZE 5 {date} BODY[]<0> {{5}}\r\na\r\nb))"), Heard::Fetched(fetched));
    }
}
