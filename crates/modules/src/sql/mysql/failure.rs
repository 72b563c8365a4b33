//! What a refusal of MySQL means for the step.

use super::packets::Reader;
use crate::wire::refused_login;
use run::error::StepError;

/// A refusal of the server.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Refusal {
    pub(super) number: u64,
    pub(super) message: String,
}

impl Refusal {
    /// The refusal in a packet.
    pub(super) fn read(mut packet: Reader) -> Option<Self> {
        packet.take(1)?;
        let number = packet.number(2)?;
        let text = String::from_utf8_lossy(&packet.rest()).into_owned();
        // `#42S02` before the message, once it is agreed on how to talk.
        let message = text.strip_prefix('#').and_then(|text| text.get(5..)).unwrap_or(&text).to_owned();
        Some(Self { number, message })
    }
}

/// The refusal as the step's failure.
pub(super) fn refused(host: &str, refusal: &Refusal) -> StepError {
    let Refusal { number, message } = refusal;
    let told = format!("{host}: {message} ({number})");
    match number {
        1044 | 1045 | 1251 | 1698 => refused_login(host, message),
        1062 => StepError::permanent("already_exists", told),
        // A statement that took too long, in MySQL, when it was killed, and in MariaDB.
        3024 | 1317 | 1969 => StepError::passing("timeout", told),
        // Too many connections, a server that ends, a lock that was not free, a deadlock, a read-only primary.
        1040 | 1203 | 1226 | 1205 | 1213 | 1290 => StepError::passing("server_refused", told),
        1053 | 1152 | 1927 => StepError::passing("connection_failed", told),
        _ => StepError::permanent("server_refused", told),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use run::error::Recovery;

    #[test]
    fn a_refusal_is_read_with_and_without_its_state() {
        let read = |bytes: &[u8]| Refusal::read(Reader::of(bytes)).map(|it| (it.number, it.message));
        assert_eq!(read(b"\xff\x7a\x04#42S02No such table"), Some((1146, "No such table".to_owned())));
        assert_eq!(read(b"\xff\x10\x04Too many connections"), Some((1040, "Too many connections".to_owned())));
        assert_eq!(read(b"\xff"), None);
    }

    #[test]
    fn the_number_says_whether_to_try_again() {
        let check = |number, code: &str, recovery| {
            let error = refused("db", &Refusal { number, message: "no".to_owned() });
            assert_eq!((error.code.as_str(), error.recovery), (code, recovery), "{number}");
        };
        check(1045, "login_refused", Recovery::Permanent);
        check(1146, "server_refused", Recovery::Permanent);
        check(1062, "already_exists", Recovery::Permanent);
        check(1213, "server_refused", Recovery::Retry);
        check(3024, "timeout", Recovery::Retry);
    }
}
