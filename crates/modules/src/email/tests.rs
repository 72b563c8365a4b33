//! Nothing that is given can be more than it is given for: what is sent, read back, has the fields, people and texts that
//! were meant, and no others.

use super::message::{People, build};
use super::{Mail, Parameters, attached};
use crate::connections::Smtp;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use run::call::{Call, Delivery, Origin};
use run::error::StepError;
use run::files::Files;
use run::id::{RunId, Spot, Turns};
use run::resume::ResumeKey;
use scenario::plan::StepNo;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

/// What people have tried to get into mails.
const HOSTILE: &[&str] = &[
    "\r\nBcc: evil@example.net\r\n",
    "\nBcc: evil@example.net",
    "\rBcc: evil@example.net",
    "\r\n\r\nA body",
    "\r\n.\r\nMAIL FROM:<evil@example.net>\r\n",
    "\n.\n",
    "\r.\r",
    "\0",
    "\u{85}Bcc: evil@example.net",
    "\u{2028}Bcc: evil@example.net",
    "\u{2029}",
    "\u{b}",
    "\u{c}",
    "\u{7f}",
    "\u{202e}moc.elpmaxe",
    "\u{feff}",
    "=?utf-8?Q?=0D=0ABcc:_evil@example.net?=",
    "=?utf-8?B?DQpCY2M6IGV2aWxAZXhhbXBsZS5uZXQ=?=",
    "=?",
    "?=",
    ">\r\nDATA",
    "<evil@example.net>",
    ", evil@example.net",
    "; evil@example.net",
    "\"",
    "\\",
    "(comment",
    "\r\n--hookmill",
    "%0d%0aBcc: evil@example.net",
    "嘊嘍Bcc: evil@example.net",
    "  ",
    "\t",
    "銀行明細",
    "🦀",
];

/// A text with hostile parts in it, or a long one.
fn hostile() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        4 => select(HOSTILE).prop_map(str::to_owned),
        2 => "[a-zA-Z ]{0,12}",
        1 => "\\PC{0,8}",
        1 => "[a-z]{1,3}".prop_map(|text| text.repeat(700)),
    ];
    prop::collection::vec(part, 0..4).prop_map(|parts| parts.concat())
}

/// The same, mostly without what is refused at once where a line is wanted.
fn line() -> impl Strategy<Value = String> {
    let kept = |text: String| text.chars().filter(|c| !c.is_control()).collect::<String>();
    prop_oneof![12 => hostile().prop_map(kept), 1 => hostile()]
}

/// An address with something around or within it, or as it should be.
fn address() -> impl Strategy<Value = String> {
    let plain = select(vec!["ann@example.com", "Bob@Example.com", "größe@example.com", "x+y@bücher.example"]);
    prop_oneof![
        12 => plain.clone().prop_map(str::to_owned),
        4 => (line(), plain.clone()).prop_map(|(name, plain)| format!("{} <{plain}>", name.replace(['<', '>', ',', ';', '"', '\\', '(', ')', '@', ':'], " "))),
        2 => (line(), plain.clone()).prop_map(|(name, plain)| format!("\"{}\" <{plain}>", name.replace('\\', "\\\\").replace('"', "\\\""))),
        1 => (plain, hostile()).prop_map(|(plain, after)| format!("{plain}{after}")),
        1 => hostile(),
    ]
}

fn addresses() -> impl Strategy<Value = Value> {
    prop_oneof![
        3 => Just(json!([])),
        2 => prop::collection::vec(address(), 1..3).prop_map(|all| json!(all)),
        1 => address().prop_map(|one| json!(one)),
    ]
}

fn maybe<T: std::fmt::Debug>(inner: impl Strategy<Value = T>) -> impl Strategy<Value = Option<T>> {
    prop::option::weighted(0.4, inner)
}

prop_compose! {
    fn answered()(from in address(), name in hostile(), subject in hostile(), id in hostile(), ids in prop::collection::vec(hostile(), 0..4))
        -> Value {
        json!({ "from": { "name": name, "address": from }, "subject": subject, "message_id": id, "references": ids })
    }
}

prop_compose! {
    fn list()(id in prop_oneof![9 => Just("news.example.com".to_owned()), 1 => hostile()], name in line(), way in maybe(line())) -> Value {
        json!({ "id": id, "name": name, "unsubscribe": way.map_or_else(|| json!([]), |way| json!(format!("https://example.com/{way}"))) })
    }
}

prop_compose! {
    fn file()(name in hostile(), kind in prop_oneof![Just("image/png".to_owned()), hostile()], text in hostile()) -> Value {
        json!({ "filename": name, "content_type": kind, "text": text })
    }
}

prop_compose! {
    fn given()(
        people in (prop_oneof![address().prop_map(|one| json!(one)), addresses()], addresses(), addresses(), addresses()),
        single in (maybe(address()), maybe(address()), maybe(address())),
        said in (maybe(line()), hostile(), maybe(hostile())),
        files in prop::collection::vec(file(), 0..3),
        inline in maybe((prop_oneof![9 => "[a-z.]{1,9}", 1 => hostile()], file())),
        others in (maybe(answered()), maybe(list()), maybe((prop_oneof![9 => "[A-Za-z-]{1,9}", 1 => hostile()], line())), any::<bool>()),
    ) -> Value {
        let (to, cc, bcc, reply_to) = people;
        let (from, sender, return_path) = single;
        let (subject, text, html) = said;
        let (answers, list, header, answer_programs) = others;
        let headers = header.map(|(name, value)| json!({ format!("X-{name}"): value })).unwrap_or_else(|| json!({}));
        let inline = inline.map(|(name, file)| json!({ name: file })).unwrap_or_else(|| json!({}));
        json!({
            "to": to, "cc": cc, "bcc": bcc, "reply_to": reply_to, "from": from, "sender": sender, "return_path": return_path,
            "subject": subject, "text": text, "html": html, "attachments": files, "inline": inline, "answers": answers,
            "list": list, "headers": headers, "answer_programs": answer_programs, "priority": "high",
        })
    }
}

fn built(given: &Value) -> Result<Mail, StepError> {
    let parameters: Parameters = serde_json::from_value(given.clone()).unwrap();
    let from = Some("Shop <shop@example.com>".parse().unwrap());
    let smtp = Smtp { server: None, from, dkim: None, delivery: Delivery::Sandbox };
    let files = Files::new(store::open("memory:").unwrap().blobs, &ResumeKey([7; 32]));
    let (scenario, spot) = ("test".parse().unwrap(), Spot { step: StepNo(0), turns: Turns::new() });
    let origin = Origin { scenario: &scenario, run: RunId(uuid::Uuid::nil()), spot: &spot, attempt: 1, depth: 0 };
    let call = Call {
        parameters: given,
        connection: None,
        idempotency_key: "0190-key.3",
        author_host: None,
        timeout: Duration::from_secs(1),
        now: 1_795_305_600_000,
        origin,
    };
    let people = People::read(&parameters, &smtp)?;
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let attached = runtime.block_on(attached::read(&parameters.attachments, &parameters.inline, &files))?;
    build(&parameters, people, attached, files.boundary("0190-key.3"), &call)
}

/// The names of the fields, as any server reads them.
fn names(head: &str) -> Vec<String> {
    let fields = head.split("\r\n").filter(|line| !line.starts_with([' ', '\t']));
    fields.map(|line| line.split_once(':').unwrap_or_else(|| panic!("{line:?} in {head}")).0.to_lowercase()).collect()
}

/// All addresses that stand in these parameters, in small letters.
fn written(given: &Value) -> String {
    let keys = ["to", "cc", "bcc", "reply_to", "from", "sender", "return_path", "answers"];
    keys.iter().map(|key| given[key].to_string()).collect::<String>().to_lowercase()
}

/// A text as a reader may show it: a byte order mark is nothing to see.
fn shown(text: &str) -> String {
    text.replace(['\0', '\u{feff}'], "").replace("\r\n", "\n").replace('\r', "\n").trim_end_matches('\n').to_owned()
}

fn hold(given: &Value, mail: &Mail) {
    let text = String::from_utf8(mail.bytes.clone()).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    for line in text.split("\r\n") {
        assert!(line.len() <= 998 && !line.contains(['\r', '\n', '\0']), "{line:?} in {text}");
    }
    assert!(body.is_ascii(), "{body}");
    let fields = names(head);
    let unlike: BTreeSet<_> = fields.iter().collect();
    assert_eq!(unlike.len(), fields.len(), "{fields:?}");
    let mut known: BTreeSet<String> = [
        "message-id",
        "date",
        "from",
        "subject",
        "x-priority",
        "importance",
        "priority",
        "mime-version",
        "content-type",
    ]
    .map(str::to_owned)
    .into();
    let mut may = |name: &str, is_meant: bool| {
        known.extend(is_meant.then(|| name.to_owned()));
    };
    may("to", true);
    may("content-transfer-encoding", true);
    for (name, key) in [
        ("cc", "cc"),
        ("reply-to", "reply_to"),
        ("sender", "sender"),
        ("auto-submitted", "answers"),
        ("in-reply-to", "answers"),
        ("references", "answers"),
        ("list-id", "list"),
        ("list-unsubscribe", "list"),
        ("precedence", "list"),
    ] {
        may(name, !given[key].is_null() && given[key] != json!([]));
    }
    given["headers"].as_object().unwrap().keys().for_each(|name| may(&name.to_lowercase(), true));
    assert!(unlike.iter().all(|name| known.contains(*name)), "{fields:?} of {given}");
    assert!(!fields.contains(&"bcc".to_owned()));
    people(given, mail, &text);
}

fn people(given: &Value, sent: &Mail, text: &str) {
    let (read, written) = (mail::read(text.as_bytes()), written(given));
    // A domain in other letters is given in those of the wire.
    let is_given = |address: &str| {
        let (address, user) = (address.to_lowercase(), address.split_inclusive('@').next().unwrap().to_lowercase());
        address == "shop@example.com"
            || written.contains(&address)
            || address.contains("xn--") && !written.is_ascii() && written.contains(&user)
    };
    for address in sent.envelope.to().iter().chain(sent.envelope.from()) {
        assert!(is_given(address.as_ref()), "{address} of {given}");
    }
    assert_eq!(read.to.len(), sent.people.to.len(), "{text}");
    assert_eq!(read.cc.len(), sent.people.cc.len(), "{text}");
    for (read, sent) in read.to.iter().chain(&read.cc).zip(sent.people.to.iter().chain(&sent.people.cc)) {
        assert_eq!(read.address, sent.email.to_string());
        let name = sent.name.as_deref().unwrap_or_default();
        assert_eq!(shown(&read.name).trim(), shown(name).trim(), "{text}");
    }
    if let Some(subject) = given["subject"].as_str() {
        assert_eq!(shown(&read.subject).trim(), shown(subject).trim(), "{text}");
    }
    let text_given = given["text"].as_str().unwrap();
    if !shown(text_given).trim().is_empty() || given["html"].as_str().unwrap_or_default().is_empty() {
        assert_eq!(shown(&read.text).trim_end(), shown(text_given).trim_end(), "{text}");
    }
    let count = given["attachments"].as_array().unwrap().len() + given["inline"].as_object().unwrap().len();
    assert_eq!(read.attachments.len(), count, "{text}");
    for attachment in &read.attachments {
        assert!(!attachment.name.contains(|c: char| c.is_control() || "/\\\u{202e}".contains(c)), "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn i1_whatever_is_given_the_mail_has_what_was_meant_and_no_more(given in given()) {
        match built(&given) {
            Ok(mail) => hold(&given, &mail),
            Err(error) => {
                let known = ["invalid_parameters", "invalid_address", "header_injection", "header_refused", "image_unknown"];
                prop_assert!(known.contains(&error.code.as_str()), "{error:?}");
            }
        }
    }
}

#[test]
fn the_property_is_of_mails_too_and_not_of_refusals_alone() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let strategy = given();
    let drawn = (0..400).map(|_| strategy.new_tree(&mut runner).unwrap().current());
    let sent = drawn.filter(|given| built(given).is_ok()).count();
    assert!(sent >= 80, "{sent} of 400 were sent");
}
