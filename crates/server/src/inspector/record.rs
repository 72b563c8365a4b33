//! How a request is kept: one encoding, written straight from what the gateway has at hand, with every credential masked
//! on the way, and read back piece by piece.

use super::captured::{Captured, Verdict};
use bytes::Bytes;
use run::id::RunId;
use serde::ser::{SerializeSeq, Serializer};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::net::IpAddr;
use triggers::webhook::{compression, redact};

/// The version of the encoding. A record of another one is shown as unreadable, not guessed at.
const VERSION: u8 = 1;

/// How many bytes of a body are kept.
pub(crate) const MOST_BODY: usize = 1 << 20;

/// How many bytes of a refused body are kept: enough to see what it is, and not enough for strangers to flush what others
/// sent.
pub(crate) const MOST_REFUSED_BODY: usize = 16 << 10;

/// How many bytes of an answer are kept.
const MOST_ANSWER: usize = 64 << 10;

/// A request as it is kept. The order of fields is the encoding.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Record<'a, Headers = Vec<(Cow<'a, str>, Raw<'a>)>> {
    version: u8,
    /// In microseconds.
    pub(crate) took: u64,
    pub(crate) ip: IpAddr,
    #[serde(borrow)]
    pub(crate) method: Cow<'a, str>,
    pub(crate) target: Cow<'a, str>,
    pub(crate) headers: Headers,
    #[serde(borrow)]
    pub(crate) body: Raw<'a>,
    pub(crate) body_length: u64,
    pub(crate) code: Option<Cow<'a, str>>,
    pub(crate) detail: Option<Cow<'a, str>>,
    /// JSON text.
    pub(crate) diagnosis: Option<Cow<'a, str>>,
    pub(crate) provider: Option<Cow<'a, str>>,
    pub(crate) event: Option<Cow<'a, str>>,
    pub(crate) id: Option<Cow<'a, str>>,
    pub(crate) status: u16,
    pub(crate) answer_headers: Headers,
    pub(crate) answer: Raw<'a>,
    pub(crate) run: Option<RunId>,
    pub(crate) runs: u32,
    pub(crate) of: Option<u64>,
}

/// Bytes that are copied as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Raw<'a>(pub(crate) &'a [u8]);

/// Header fields on their way to the disk: what carries a credential is masked.
struct Masked<'a> {
    fields: &'a [(&'a str, &'a [u8])],
    /// Names, lower-case, of fields that carry one, besides those that look like it.
    secret: &'a [String],
}

/// Adds a request to a buffer.
pub(super) fn encode(captured: &Captured<'_>, buffer: &mut Vec<u8>) {
    let (code, detail, diagnosis) = match &captured.verdict {
        Verdict::Refused { code, detail, diagnosis } => (Some(*code), Some(*detail), *diagnosis),
        _ => (None, None, None),
    };
    let record = Record {
        version: VERSION,
        took: u64::try_from(captured.took.as_micros()).unwrap_or(u64::MAX),
        ip: captured.ip,
        method: captured.method.into(),
        target: redact::target(captured.target, captured.secret_params),
        headers: Masked { fields: captured.headers, secret: captured.secret_headers },
        body: Raw(beginning(&captured.body, most_of_body(captured))),
        body_length: length(captured),
        code: code.map(Cow::Borrowed),
        detail: detail.map(Cow::Borrowed),
        diagnosis: diagnosis.map(|diagnosis| diagnosis.to_string().into()),
        provider: captured.provider.map(Cow::Borrowed),
        event: captured.event.map(Cow::Borrowed),
        id: captured.id.map(Cow::Borrowed),
        status: captured.status,
        answer_headers: Masked { fields: captured.answer_headers, secret: &[] },
        answer: Raw(beginning(captured.answer, MOST_ANSWER)),
        run: captured.run,
        runs: captured.runs,
        of: captured.of,
    };
    // Nothing in it can fail to be written to memory; if it did, the record would be unreadable, and be left out.
    let _ = postcard::to_io(&record, buffer);
}

fn most_of_body(captured: &Captured<'_>) -> usize {
    match captured.verdict {
        Verdict::Refused { .. } => MOST_REFUSED_BODY,
        Verdict::Taken | Verdict::Repeat | Verdict::Handshake | Verdict::Kept => MOST_BODY,
    }
}

/// How long the body was. One that was not read, because its head was enough to refuse it, is as long as it announced.
fn length(captured: &Captured<'_>) -> u64 {
    if captured.body_length > 0 || !captured.body.is_empty() {
        return captured.body_length.max(captured.body.len() as u64);
    }
    let announced = captured.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    announced.and_then(|(_, value)| std::str::from_utf8(value).ok()?.parse().ok()).unwrap_or_default()
}

/// The request in these bytes; none where they are not of this release's making.
pub(crate) fn decode(bytes: &[u8]) -> Option<Record<'_>> {
    postcard::from_bytes(bytes).ok().filter(|record: &Record<'_>| record.version == VERSION)
}

impl Record<'_> {
    /// Whether all of its body is here.
    pub(crate) fn is_whole(&self) -> bool {
        self.body_length == self.body.0.len() as u64
    }

    /// The first header field of this name, lower-case, as text.
    pub(crate) fn header(&self, name: &str) -> Option<Cow<'_, str>> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| String::from_utf8_lossy(value.0))
    }

    /// The body as it may be shown: decoded where it was sent compressed, and with what looks like a credential masked.
    pub(crate) fn shown_body(&self) -> Cow<'_, [u8]> {
        self.shown().bytes
    }

    /// The same, and whether it has the coding in which it was sent.
    pub(super) fn shown(&self) -> Shown<'_> {
        let coding = self.header("content-encoding");
        let content_type = self.header("content-type");
        let coding = coding.as_deref().map(str::as_bytes).filter(|coding| !coding.eq_ignore_ascii_case(b"identity"));
        if coding.is_none() {
            return Shown { bytes: redact::body(content_type.as_deref(), self.body.0), is_as_sent: true };
        }
        let sent = Bytes::copy_from_slice(self.body.0);
        match compression::decompress(coding, sent, MOST_BODY as u64, |_| Ok(())) {
            Ok(decoded) => {
                let masked = redact::body(content_type.as_deref(), &decoded).into_owned();
                Shown { bytes: Cow::Owned(masked), is_as_sent: false }
            }
            // What cannot be looked into may hold anything; only what it is not can be said.
            Err(_) => Shown { bytes: Cow::Borrowed(b""), is_as_sent: true },
        }
    }

    /// The body of the answer, as it may be shown.
    pub(crate) fn shown_answer(&self) -> Cow<'_, [u8]> {
        redact::body(None, self.answer.0)
    }
}

/// A body as it may be shown.
pub(super) struct Shown<'r> {
    pub(super) bytes: Cow<'r, [u8]>,
    /// Whether `content-encoding` is still true of it.
    pub(super) is_as_sent: bool,
}

impl<'a> Raw<'a> {
    /// As text: UTF-8, else Latin-1, in which every byte is a character.
    pub(crate) fn text(&self) -> Cow<'a, str> {
        match std::str::from_utf8(self.0) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => Cow::Owned(self.0.iter().copied().map(char::from).collect()),
        }
    }
}

fn beginning(bytes: &[u8], most: usize) -> &[u8] {
    bytes.get(..most).unwrap_or(bytes)
}

impl Serialize for Raw<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Raw<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&[u8]>::deserialize(deserializer).map(Raw)
    }
}

impl Serialize for Masked<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_seq(Some(self.fields.len()))?;
        for (name, value) in self.fields {
            fields.serialize_element(&(name, Raw(redact::header(name, value, self.secret))))?;
        }
        fields.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;
    use std::time::Duration;

    fn captured() -> Captured<'static> {
        Captured {
            hook: "orders/{id}",
            at: 1,
            took: Duration::from_micros(1_500),
            ip: Ipv4Addr::LOCALHOST.into(),
            method: "POST",
            target: "/hook/orders/7?token=abc&door=open&page=2",
            secret_params: &[],
            secret_headers: &[],
            headers: &[("X-Trace", b"caf\xe9"), ("Authorization", b"Bearer abc"), ("cookie", b"a=1")],
            body: Bytes::from_static(b"{\"a\":1}"),
            body_length: 7,
            verdict: Verdict::Refused { code: "unverified", detail: "why", diagnosis: None },
            provider: Some("github"),
            event: None,
            id: Some("7"),
            status: 401,
            answer_headers: &[("set-cookie", b"s=1"), ("x-a", b"b")],
            answer: b"no",
            run: Some(RunId(uuid::Uuid::from_u128(5))),
            runs: 1,
            of: Some(3),
        }
    }

    #[test]
    fn a2_what_is_kept_has_no_credentials() {
        let mut bytes = b"before".to_vec();
        let (door, lock) = (["door".to_owned()], ["x-lock".to_owned()]);
        let headers: [(&str, &[u8]); 4] =
            [("X-Trace", b"caf\xe9"), ("Authorization", b"Bearer abc"), ("cookie", b"a=1"), ("X-Lock", b"key")];
        let secret = Captured { secret_params: &door, secret_headers: &lock, headers: &headers, ..captured() };
        encode(&secret, &mut bytes);
        let record = decode(&bytes[6..]).unwrap();
        assert_eq!(record.target, "/hook/orders/7?token=•••&door=•••&page=2");
        let mask = "•••".as_bytes();
        let headers: Vec<_> = record.headers.iter().map(|(name, value)| (&**name, value.0)).collect();
        assert_eq!(
            headers,
            [("X-Trace", &b"caf\xe9"[..]), ("Authorization", mask), ("cookie", mask), ("X-Lock", mask)]
        );
        let answer: Vec<_> = record.answer_headers.iter().map(|(name, value)| (&**name, value.0)).collect();
        assert_eq!(answer, [("set-cookie", mask), ("x-a", b"b")]);
    }

    #[test]
    fn everything_else_comes_back_as_it_was() {
        let mut bytes = Vec::new();
        encode(&captured(), &mut bytes);
        let record = decode(&bytes).unwrap();
        assert_eq!((record.took, record.ip, &*record.method), (1_500, captured().ip, "POST"));
        assert_eq!((record.body.0, record.body_length, record.is_whole()), (&b"{\"a\":1}"[..], 7, true));
        assert_eq!((record.code.as_deref(), record.detail.as_deref()), (Some("unverified"), Some("why")));
        assert_eq!((record.provider.as_deref(), record.event, record.id.as_deref()), (Some("github"), None, Some("7")));
        assert_eq!((record.status, record.answer.0, record.run), (401, &b"no"[..], captured().run));
        assert_eq!((record.runs, record.of), (1, Some(3)));
    }

    #[test]
    fn a_long_body_is_cut_and_says_so() {
        let body = Bytes::from(vec![b'x'; MOST_BODY + 1]);
        let refused = captured().verdict;
        for (verdict, most) in [(Verdict::Taken, MOST_BODY), (Verdict::Kept, MOST_BODY), (refused, MOST_REFUSED_BODY)] {
            let mut bytes = Vec::new();
            let body_length = body.len() as u64;
            encode(&Captured { body: body.clone(), body_length, verdict, ..captured() }, &mut bytes);
            let record = decode(&bytes).unwrap();
            assert_eq!((record.body.0.len(), record.body_length), (most, body_length));
            assert!(!record.is_whole());
        }
    }

    #[test]
    fn bytes_of_another_making_are_not_guessed_at() {
        let mut bytes = Vec::new();
        encode(&captured(), &mut bytes);
        assert!((0..bytes.len()).all(|length| decode(&bytes[..length]).is_none()));
        bytes[0] = VERSION + 1;
        assert!(decode(&bytes).is_none());
    }
}
