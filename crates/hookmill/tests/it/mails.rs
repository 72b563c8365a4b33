//! Mails that start runs: the real binary and a real Dovecot, which are cut, restarted and killed.
//!
//! `HOOKMILL_CHAOS_MAILS` sets the number of mails that are delivered meanwhile.

use crate::dovecot::{Dovecot, PASSWORD};
use crate::served::Served;
use run::entry::{self, Entry};
use serde_json::Value;
use std::collections::HashMap;
use std::time::{Duration, Instant};
use store::Filter;

/// The files of a folder whose connection `box` is the server's mailbox.
fn connections(server: &Dovecot) -> String {
    let port = server.ports.0;
    format!(
        "box: {{ type: imap, url: 'imap://127.0.0.1:{port}?tls=none', user: ann, password: {{ file: password }} }}\n"
    )
}

fn runs(served: &Served) -> Vec<Value> {
    served.api("GET", "/runs?limit=500", "").json()["items"].as_array().cloned().unwrap_or_default()
}

fn alarm(served: &Served, subject: &str) -> Option<String> {
    let alarms = served.api("GET", "/alarms?all=false", "").json();
    let found = alarms["items"].as_array()?.iter().find(|alarm| alarm["subject"] == subject)?;
    Some(found["message"].as_str()?.to_owned())
}

const STATEMENTS: &str = "
name: Bank statements
trigger:
  mail:
    connection: box
    where: { from: \"*@bank.example\", subject: 銀行明細, has_attachment: \"*.csv\" }
    after: { move: 已處理 }
steps:
  - id: rows
    csv.parse: { text: \"{{ trigger.attachments[0].file }}\", charset: big5 }
  - for_each:
      in: rows
      steps:
        - store.put:
            table: statements
            key: \"{{ item['日期'] }}\"
            value: { what: \"{{ item['摘要'] }}\", from: \"{{ trigger.from.name }}\", file: \"{{ trigger.file.filename }}\" }
tests:
  - name: a statement becomes a row
    trigger:
      body:
        from: { name: 第一銀行 }
        attachments: [{ file: { base64: pOm0wSy6S61uCjIwMjYtMTEtMDEswuCxYgo=, filename: a.csv } }]
      files: [{ filename: a.csv }]
    expect: { calls: { store.put: 1 } }
";

#[test]
fn a_statement_in_big5_becomes_rows_and_is_put_away() {
    let Some(server) = Dovecot::start() else { return };
    let served = &mut Served::start(&[
        ("password", PASSWORD),
        ("connections.yaml", &connections(&server)),
        ("statements.yaml", STATEMENTS),
    ]);
    let said = crate::binary::hookmill(&served.path().join("scenarios"), &["test", "statements.yaml"]);
    assert_eq!(said.code, 0, "{said:?}");
    let mail = include_bytes!("../../../mail/testdata/bank-statement.eml");
    // Until the mailbox has been looked into for the first time, what is there counts as old.
    wait_for_first_look(served);
    server.deliver(b"From: friend@example.com\r\nSubject: hello\r\n\r\nx");
    server.deliver(mail);
    served.wait_for("the row", |served| served.api("GET", "/stores/statements/2026%2F11%2F01", "").status == 200);
    let row = served.api("GET", "/stores/statements/2026%2F11%2F01", "").json();
    assert_eq!(row["value"]["what"], "轉帳", "{row}");
    assert_eq!((&row["value"]["from"], &row["value"]["file"]), (&"第一銀行".into(), &"明細.csv".into()), "{row}");
    let begun = runs(served);
    assert_eq!(begun.len(), 1, "{begun:#?}\n{}", served.log());
    // Its server puts it there before it takes it away here.
    let left = |server: &Dovecot| (server.mails("&XfKGVXQG-").len(), server.mails("INBOX").len());
    served.wait_for("the mail to be moved", |_| left(&server) == (1, 1));
    assert!(served.log().contains("a mail starts no run: `from` asks for"), "{}", served.log());
}

/// The mailbox is watched once somebody has logged in there, which its server writes down.
fn wait_for_first_look(served: &mut Served) {
    let id = runs(served).len();
    let data = served.data();
    served.wait_for("the first look", |served| {
        assert_eq!(runs(served).len(), id);
        served.api("GET", "/scenarios", "").json()["items"].as_array().is_some_and(|items| {
            items
                .iter()
                .flat_map(|item| item["triggers"].as_array().cloned().unwrap_or_default())
                .any(|trigger| trigger["kind"] == "mail" && trigger["looked"].is_string())
        }) && data.exists()
    });
}

#[test]
fn a_wrong_password_is_an_alarm_until_it_is_right_and_a_server_that_comes_back_is_found() {
    let Some(mut server) = Dovecot::start() else { return };
    let scenario = "trigger: { mail: { connection: box, since: all, after: flag } }\nsteps: [{ set: 1 }]\n";
    let files = [("password", "wrong"), ("connections.yaml", &connections(&server)), ("all.yaml", scenario)];
    let served = &mut Served::start(&files);
    let begun = Instant::now();
    served.wait_for("the alarm", |served| alarm(served, "mail:box/INBOX").is_some());
    assert!(begun.elapsed() < Duration::from_secs(60));
    let message = alarm(served, "mail:box/INBOX").unwrap();
    assert!(message.contains("refuses the login") && !message.contains("wrong"), "{message}");
    served.write("password", PASSWORD);
    served.write("connections.yaml", &format!("{}# mended\n", connections(&server)));
    server.deliver(b"Subject: one\r\n\r\nx");
    served.wait_for("a run", |served| runs(served).len() == 1);
    served.wait_for("no alarm", |served| alarm(served, "mail:box/INBOX").is_none());
    served.wait_for("the flag", |_| server.mails("INBOX").iter().any(|name| name.ends_with(":2,F")));
    server.cut();
    server.deliver(b"Subject: two\r\n\r\nx");
    served.wait_for("the alarm", |served| alarm(served, "mail:box/INBOX").is_some());
    server.daemon.restart();
    let back = Instant::now();
    served.wait_for("a second run", |served| runs(served).len() == 2);
    assert!(back.elapsed() < Duration::from_secs(10), "{:?}", back.elapsed());
    served.wait_for("no alarm", |served| alarm(served, "mail:box/INBOX").is_none());
    // A mail that arrives while the connection stands is there at once: the server tells of it.
    let sent = Instant::now();
    server.deliver(b"Subject: three\r\n\r\nx");
    served.wait_for("a third run", |served| runs(served).len() == 3);
    assert!(sent.elapsed() < Duration::from_secs(10), "{:?}", sent.elapsed());
    // Whose indexes are lost counts anew.
    server.cut();
    server.forget_numbers();
    server.deliver(b"Subject: four\r\n\r\nx");
    server.daemon.restart();
    served.wait_for("a fourth run", |served| runs(served).len() == 4);
    served.wait_for("the word", |served| alarm(served, "mail:box/INBOX:numbers").is_some());
    served.stop();
    assert_eq!(subjects(served).into_values().collect::<Vec<_>>(), [1, 1, 1, 1]);
}

#[test]
fn a_server_that_falls_silent_is_told_within_a_minute_and_found_again() {
    let Some(server) = Dovecot::start() else { return };
    let scenario = "trigger: { mail: { connection: box, since: all } }\nsteps: [{ set: 1 }]\n";
    let files = [("password", PASSWORD), ("connections.yaml", &connections(&server)), ("all.yaml", scenario)];
    let served = &mut Served::start(&files);
    wait_for_first_look(served);
    server.fall_silent();
    let begun = Instant::now();
    served.wait_for("the alarm", |served| alarm(served, "mail:box/INBOX").is_some());
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
    server.deliver(b"Subject: one\r\n\r\nx");
    server.wake();
    let back = Instant::now();
    served.wait_for("a run", |served| runs(served).len() == 1);
    assert!(back.elapsed() < Duration::from_secs(10), "{:?}", back.elapsed());
    served.wait_for("no alarm", |served| alarm(served, "mail:box/INBOX").is_none());
}

#[test]
fn whatever_is_cut_and_killed_each_mail_starts_one_run() {
    let count = std::env::var("HOOKMILL_CHAOS_MAILS").ok().and_then(|text| text.parse().ok()).unwrap_or(60);
    let Some(mut server) = Dovecot::start() else { return };
    let scenario = "trigger:\n  - mail: { connection: box, where: { subject: \"m-*\" }, since: all, after: { move: Done } }\n\
                    steps: [{ set: \"{{ trigger.subject }}\" }]\n";
    let files = [("password", PASSWORD), ("connections.yaml", &connections(&server)), ("all.yaml", scenario)];
    let served = &mut Served::start(&files);
    let (mut kills, mut cuts) = (0, 0);
    for number in 0..count {
        server.deliver(format!("Subject: m-{number}\r\nMessage-ID: <{number}@chaos>\r\n\r\nx").as_bytes());
        std::thread::sleep(Duration::from_millis(rand::random::<u64>() % 40));
        match rand::random::<u32>() % 14 {
            0 => {
                served.kill();
                served.restart();
                kills += 1;
            }
            1 => {
                server.cut();
                std::thread::sleep(Duration::from_millis(rand::random::<u64>() % 200));
                server.daemon.restart();
                cuts += 1;
            }
            _ => {}
        }
    }
    served.wait_for("every mail to be moved", |_| server.mails("INBOX").is_empty());
    served.stop();
    let seen = subjects(served);
    let doubled: Vec<_> = seen.iter().filter(|(_, runs)| **runs > 1).collect();
    assert!(doubled.is_empty(), "mails with more than one run: {doubled:?}");
    assert_eq!(seen.len(), count, "mails without a run after {kills} kills and {cuts} cuts");
    println!("{count} mails, {kills} kills, {cuts} cuts: each mail has one run");
}

/// How many runs each subject has.
fn subjects(served: &Served) -> HashMap<String, u32> {
    let store = store::open(&format!("sled:{}", served.data().display())).unwrap();
    let mut subjects = HashMap::new();
    for (run, _) in store.journal.list(&Filter::default(), usize::MAX).unwrap() {
        let journaled = store.journal.read(run).unwrap().expect("a run that is listed can be read");
        let first = journaled.pieces.iter().flat_map(|piece| entry::decode(piece).unwrap()).next();
        let Some(Entry::Created(created)) = first else { panic!("{run} begins with {first:?}") };
        let body: Value = serde_json::from_slice(created.input.body.text()).unwrap();
        *subjects.entry(body["subject"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    subjects
}
