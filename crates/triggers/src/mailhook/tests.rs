//! The whole of it on an engine and real sockets: conversations as files, limits, and what mails start.

mod conversations;
mod names;
mod origins;
mod process;
mod session;

use engine::Filter;
use process::{Client, Process};
use serde_json::{Value, json};
use std::time::Duration;
use store::Store;

const TWO: &str = "
  - mailhook: { address: bank, where: { subject: 銀行明細, has_attachment: \"*.csv\" } }
  - mailhook: { address: Bank, where: { from: \"*@shop.example\" } }
";

/// A statement as banks send them: header and file in Big5.
fn statement() -> Vec<u8> {
    let (name, _, _) = encoding_rs::BIG5.encode("明細.csv");
    let (table, _, _) = encoding_rs::BIG5.encode("日期,金額\r\n2026-11-01,三百\r\n");
    let mut mail = Vec::new();
    mail.extend_from_slice(b"From: Bank <news@bank.example>\r\nTo: me@shop.example\r\nSubject: =?big5?B?");
    mail.extend_from_slice(
        base64::Engine::encode(&base64::prelude::BASE64_STANDARD, encoding_rs::BIG5.encode("銀行明細").0).as_bytes(),
    );
    mail.extend_from_slice(b"?=\r\nMessage-ID: <1@bank.example>\r\nMIME-Version: 1.0\r\n");
    mail.extend_from_slice(
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=big5\r\n\r\n",
    );
    mail.extend_from_slice(&encoding_rs::BIG5.encode("請見附件").0);
    mail.extend_from_slice(b"\r\n--b\r\nContent-Type: text/csv; charset=big5\r\nContent-Transfer-Encoding: 8bit\r\nContent-Disposition: attachment; filename=\"");
    mail.extend_from_slice(&name);
    mail.extend_from_slice(b"\"\r\n\r\n");
    mail.extend_from_slice(&table);
    mail.extend_from_slice(b"\r\n--b--\r\n");
    mail
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_starts_a_run_with_all_that_it_says() {
    let store = store::open("memory:").unwrap();
    let process = Process::start(&store, &[("statements", TWO)]).await;
    let mut client = process.connect().await;
    let told = client.deliver("bounces@bank.example", &["bank+november@hook.example.com"], &statement()).await;
    assert!(told.starts_with("250 2.0.0 Taken as "), "{told}");
    let trigger = process.trigger(process.runs("statements")[0]);
    let expected = json!({ "from": "bounces@bank.example", "to": "bank+november@hook.example.com", "helo": "client.example",
        "ip": "127.0.0.1", "tls": false });
    assert_eq!(trigger["envelope"], expected);
    assert_eq!(trigger["subject"], "銀行明細");
    assert_eq!(trigger["text"].as_str().unwrap().trim(), "請見附件");
    assert_eq!(trigger["attachments"][0]["name"], "明細.csv");
    assert_eq!(trigger["attachments"][0]["file"]["size"], 28);
    assert!(trigger["auth"]["dkim_domains"].is_array() && trigger.get("uid").is_none());
    // What is sent again, with what the way has added to it, starts nothing; nor does what nobody means.
    let again = [b"Received: from a by b\r\n\twith SMTP\r\n".to_vec(), statement()].concat();
    assert_eq!(client.deliver("bounces@bank.example", &["bank@hook.example.com"], &again).await, told);
    let other = b"From: a@b.example\r\nSubject: Hello\r\n\r\ntext\r\n";
    assert!(client.deliver("a@b.example", &["bank@hook.example.com"], other).await.starts_with("250 "));
    assert_eq!(process.runs("statements").len(), 1);
    // The other rule of the same address.
    let order = b"From: Ann <ann@shop.example>\r\nSubject: Hello\r\n\r\ntext\r\n";
    assert!(client.deliver("", &["BANK@Hook.Example.COM"], order).await.starts_with("250 "));
    assert_eq!(process.runs("statements").len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_address_of_a_mail_has_its_runs() {
    let store = store::open("memory:").unwrap();
    let scenarios = [
        ("one", "  mailhook: { address: one }"),
        ("two", "  mailhook: { address: two }"),
        ("all", "\n  - mailhook: { address: one }\n  - mailhook: { address: two }\n  - mailhook: { address: two }"),
    ];
    let process = Process::start(&store, &scenarios).await;
    let mut client = process.connect().await;
    let mail = b"Subject: a\r\n\r\ntext\r\n";
    let to = ["one@hook.example.com", "two@hook.example.com", "two+more@hook.example.com"];
    assert!(client.deliver("a@b.example", &to, mail).await.starts_with("250 "));
    let counts = ["one", "two", "all"].map(|scenario| process.runs(scenario).len());
    assert_eq!(counts, [1, 1, 2]);
    let mut addresses: Vec<Value> =
        process.runs("all").iter().map(|run| process.trigger(*run)["envelope"]["to"].clone()).collect();
    addresses.sort_by_key(Value::to_string);
    assert_eq!(addresses, ["one@hook.example.com", "two@hook.example.com"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_comes_again_after_a_restart_is_known() {
    let store = store::open("memory:").unwrap();
    let scenarios = [("statements", "  mailhook: { address: bank }")];
    let mail = b"Message-ID: <a@x>\r\nSubject: a\r\n\r\ntext\r\n";
    for _ in 0..3 {
        let process = Process::start(&store, &scenarios).await;
        let mut client = process.connect().await;
        assert!(client.deliver("a@b.example", &["bank@hook.example.com"], mail).await.starts_with("250 "));
        assert_eq!(process.runs("statements").len(), 1);
        process.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_run_can_be_started_the_sender_tries_again() {
    let store = store::open("memory:").unwrap();
    let options = engine::Options { waiting_runs: 0, ..engine::Options::default() };
    let process = Process::start_with(&store, &[("a", "  mailhook: { address: a }")], options, Process::limits()).await;
    let mut client = process.connect().await;
    let told = client.deliver("a@b.example", &["a@hook.example.com"], b"Subject: a\r\n\r\n").await;
    assert!(told.starts_with("451 4.3.0"), "{told}");
    assert!(process.runs("a").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scenario_that_is_switched_off_while_the_mail_comes_loses_none() {
    const ON: [(&str, &str); 2] = [("a", "  mailhook: { address: a }"), ("b", "  mailhook: { address: b }")];
    let store = store::open("memory:").unwrap();
    let process = Process::start(&store, &ON).await;
    let mail = b"Subject: a\r\n\r\n";
    let mut client = process.connect().await;
    for command in ["EHLO x.example", "MAIL FROM:<a@b.example>", "RCPT TO:<a@hook.example.com>"] {
        assert!(client.say(command).await.starts_with("250"), "{command}");
    }
    assert!(client.say("RCPT TO:<b@hook.example.com>").await.starts_with("250"));
    assert!(client.say("DATA").await.starts_with("354"));
    process.replace(&[("a", "off  mailhook: { address: a }"), ON[1]]);
    let told = client.say("Subject: a\r\n\r\n.").await;
    assert!(told.starts_with("451 4.2.1"), "{told}");
    // It comes again, first for who is awake, and later for the other one.
    assert!(client.deliver("a@b.example", &["b@hook.example.com"], mail).await.starts_with("250"));
    process.replace(&ON);
    let both = ["a@hook.example.com", "b@hook.example.com"];
    assert!(client.deliver("a@b.example", &both, mail).await.starts_with("250"));
    assert_eq!(["a", "b"].map(|scenario| process.runs(scenario).len()), [1, 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_slow_or_many_is_shown_out() {
    let store = store::open("memory:").unwrap();
    let limits = super::Limits {
        connections_each: 2,
        command: Duration::from_millis(300),
        mail: Duration::from_millis(600),
        ..Process::limits()
    };
    let scenarios = [("a", "  mailhook: { address: a }")];
    let process = Process::start_with(&store, &scenarios, engine::Options::default(), limits).await;
    let (mut first, second) = (process.connect().await, process.connect().await);
    let mut third = Client::connect(process.address).await;
    assert_eq!(third.answer().await, "421 4.7.0 Too many connections; try again later");
    // A command that comes drop by drop does not keep the place for longer than one that does not come.
    for _ in 0..20 {
        if first.try_send(b"N").await.is_err() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    assert_eq!(first.answer().await, "421 4.4.2 Too slow");
    // Nor does a mail.
    drop((first, second));
    let mut second = process.connect().await;
    second.say("EHLO client.example").await;
    for command in ["MAIL FROM:<a@b.example>", "RCPT TO:<a@hook.example.com>", "DATA"] {
        second.say(command).await;
    }
    for _ in 0..40 {
        if second.try_send(b"x").await.is_err() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    assert_eq!(second.answer().await, "421 4.4.2 Too slow");
    // Their places are free again.
    drop(second);
    let mut again = process.connect().await;
    assert!(again.say("NOOP").await.starts_with("250 "));
    assert!(process.runs("a").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_memory_of_mails_that_come_in_is_bounded() {
    let store = store::open("memory:").unwrap();
    let limits = super::Limits { memory: 100_000, size: 1_000_000, ..Process::limits() };
    let process =
        Process::start_with(&store, &[("a", "  mailhook: { address: a }")], engine::Options::default(), limits).await;
    let mut client = process.connect().await;
    let large = [b"Subject: a\r\n\r\n".to_vec(), b"text and more of it\r\n".repeat(10_000)].concat();
    let told = client.deliver("a@b.example", &["a@hook.example.com"], &large).await;
    assert!(told.starts_with("452 4.3.1"), "{told}");
    let told = client.deliver("a@b.example", &["a@hook.example.com"], b"Subject: b\r\n\r\n").await;
    assert!(told.starts_with("250 "), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_ends_says_so_and_takes_what_is_coming_in() {
    let store = store::open("memory:").unwrap();
    let mut process = Process::start(&store, &[("a", "  mailhook: { address: a }")]).await;
    let (mut idle, mut busy) = (process.connect().await, process.connect().await);
    busy.say("EHLO client.example").await;
    for command in ["MAIL FROM:<a@b.example>", "RCPT TO:<a@hook.example.com>", "DATA"] {
        busy.say(command).await;
    }
    process.ask_to_end();
    assert_eq!(idle.answer().await, "421 4.3.2 The server is stopping; try again later");
    busy.try_send(b"Subject: a\r\n\r\n.\r\n").await.unwrap();
    assert!(busy.answer().await.starts_with("250 2.0.0 Taken"));
    assert_eq!(busy.answer().await, "421 4.3.2 The server is stopping; try again later");
    process.ended().await;
    assert_eq!(process.runs("a").len(), 1);
}

/// How many runs there are in all.
fn all(store: &Store) -> usize {
    store.journal.list(&Filter::default(), 1_000).unwrap().len()
}
