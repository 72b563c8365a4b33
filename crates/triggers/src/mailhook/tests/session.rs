//! What is said on a connection, whatever is sent.

use super::super::addresses::Admission;
use super::super::session::{Door, House, Offer, Secrecy, Session, Step};
use super::process::{Client, Process};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

/// A door at which only `known` is let in.
struct Only(&'static str);

impl Door for Only {
    fn takes_another(&self) -> bool {
        true
    }

    fn admits(&self, local: &str) -> Admission {
        if local.starts_with(self.0) { Admission::Taken } else { Admission::Unknown }
    }
}

fn session(tls: Offer, secrecy: Secrecy) -> Session {
    let domains = vec!["hook.example.com".to_owned()];
    let house = House { domains, size: 1_000, recipients: 2, errors: 1_000_000, tls };
    Session::new(Arc::new(house), IpAddr::V4(Ipv4Addr::LOCALHOST), secrecy)
}

fn said(session: &mut Session, line: &str) -> String {
    match session.step(line.as_bytes(), &Only("known")) {
        Step::Say(reply) | Step::Mail(reply) | Step::Tls(reply) | Step::End(reply) => {
            String::from_utf8(reply.bytes()).unwrap()
        }
    }
}

#[test]
fn tls_is_offered_once_and_only_with_a_certificate() {
    let mut plain = session(Offer::StartTls, Secrecy::Plain);
    assert!(said(&mut plain, "EHLO a").ends_with("STARTTLS\r\n"));
    assert!(matches!(plain.step(b"STARTTLS", &Only("")), Step::Tls(_)));
    let mut secret = session(Offer::StartTls, Secrecy::Tls);
    assert!(!said(&mut secret, "EHLO a").contains("STARTTLS"));
    assert!(said(&mut secret, "STARTTLS").starts_with("503"));
    let mut without = session(Offer::Nothing, Secrecy::Plain);
    assert!(!said(&mut without, "EHLO a").contains("STARTTLS"));
    assert!(said(&mut without, "STARTTLS").starts_with("502"));
}

#[test]
fn a_mail_has_so_many_recipients_and_each_once() {
    let mut session = session(Offer::Nothing, Secrecy::Plain);
    for line in [
        "HELO a",
        "MAIL FROM:<>",
        "RCPT TO:<known1@hook.example.com>",
        "RCPT TO:<KNOWN1+x@hook.example.com>",
        "RCPT TO:<known2@hook.example.com>",
    ] {
        assert!(said(&mut session, line).starts_with("250"), "{line}");
    }
    assert!(said(&mut session, "RCPT TO:<known3@hook.example.com>").starts_with("452"));
    assert!(matches!(session.step(b"DATA", &Only("known")), Step::Mail(_)));
    let envelope = session.envelope().unwrap();
    let names: Vec<&str> = envelope.to.iter().map(|to| to.name.as_str()).collect();
    assert_eq!((names, &*envelope.from, &*envelope.helo), (vec!["known1", "known2"], "", "a"));
    // It is one mail's: the next one has none of it.
    assert!(session.envelope().is_none());
    assert!(said(&mut session, "DATA").starts_with("503"));
}

fn command() -> impl Strategy<Value = Vec<u8>> {
    let words = prop_oneof![
        Just("EHLO client.example".to_owned()),
        Just("HELO x".to_owned()),
        Just("DATA".to_owned()),
        Just("RSET".to_owned()),
        Just("NOOP".to_owned()),
        Just("MAIL FROM:<>".to_owned()),
        Just("RCPT TO:<known@hook.example.com>".to_owned()),
        "MAIL FROM:<[ -~]{0,300}>( [A-Z0-9=:;-]{0,40})?",
        "RCPT TO:<[ -~]{0,300}>( [A-Z0-9=:;-]{0,40})?",
        "(MAIL|RCPT|BDAT|AUTH|STARTTLS|ATRN|BURL|ETRN|HELP|VRFY)[ -~]{0,60}",
        "\\PC{0,60}",
    ];
    prop_oneof![words.prop_map(String::into_bytes), proptest::collection::vec(any::<u8>(), 0..80)]
}

proptest! {
    /// Whatever is said, each answer has a code of three digits and one line for each that it has, no mail begins without a
    /// recipient of ours, and no recipient is another's.
    #[test]
    fn whatever_is_said_is_answered(lines in proptest::collection::vec(command(), 1..60)) {
        let mut session = session(Offer::Nothing, Secrecy::Plain);
        for line in lines {
            let line: Vec<u8> = line.into_iter().filter(|byte| !matches!(byte, b'\r' | b'\n' | 0)).collect();
            let step = session.step(&line, &Only("known"));
            let is_mail = matches!(step, Step::Mail(_));
            let (Step::Say(reply) | Step::Mail(reply) | Step::Tls(reply) | Step::End(reply)) = step;
            let text = String::from_utf8(reply.bytes()).unwrap();
            prop_assert!(text.ends_with("\r\n") && text.split_terminator("\r\n").all(|line| line.starts_with(&reply.code.to_string())));
            prop_assert!((200..600).contains(&reply.code));
            if is_mail {
                let envelope = session.envelope().unwrap();
                prop_assert!(!envelope.to.is_empty() && envelope.to.len() <= 2);
                for to in envelope.to {
                    prop_assert!(to.address.to_ascii_lowercase().ends_with("@hook.example.com") && to.name.starts_with("known"));
                }
            }
        }
    }
}

/// Bytes from nowhere are answered or shown out, in time, and start nothing.
#[tokio::test(flavor = "multi_thread")]
async fn random_bytes_neither_hang_nor_start_anything() {
    let store = store::open("memory:").unwrap();
    let process = Process::start(&store, &[("a", "  mailhook: { address: a }")]).await;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let noise = proptest::collection::vec(any::<u8>(), 0..3_000);
    for _ in 0..60 {
        let bytes = noise.new_tree(&mut runner).unwrap().current();
        let mut client = Client::connect(process.address).await;
        // The server may have ended it before all is sent.
        drop(client.try_send(&bytes).await);
        drop(client.try_send(b"\r\nQUIT\r\n").await);
        drop(client.rest().await);
    }
    assert_eq!(super::all(&store), 0);
    assert!(process.connect().await.say("NOOP").await.starts_with("250"));
}
