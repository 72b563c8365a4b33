//! `email.search`, `download`, `mark` and `move`, and the mailboxes that triggers are given, against a real Dovecot.

use crate::dovecot::{Dovecot, PASSWORD};
use crate::server::{Server, reply};
use crate::step::{Given, NOW, files, modules, step};
use modules::{Connections, Options};
use run::mailbox::{Act, Mailbox, Mailboxes};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

fn connection(server: &Dovecot) -> String {
    let port = server.ports.1;
    format!(
        "box: {{ type: imap, url: 'imaps://localhost:{port}', user: ann, password: {{ file: password }}, \
         ca: {{ file: ca.pem }} }}\nsand: {{ type: imap, url: 'imaps://localhost:{port}', sandbox: true }}"
    )
}

fn given_by(server: &Dovecot) -> [(&'static str, String); 2] {
    [("password", PASSWORD.to_owned()), ("ca.pem", server.certificates.authority.clone())]
}

async fn opened(server: &Dovecot) -> Box<dyn Mailbox> {
    mailboxes(server).open("box", NOW).await.unwrap().unwrap()
}

fn mailboxes(server: &Dovecot) -> Arc<dyn Mailboxes> {
    // Sets up what TLS needs.
    modules("", &[], Options::default());
    let connections = Connections::parse(&connection(server), &Given(BTreeMap::from(given_by(server)))).unwrap();
    modules::mailboxes(Arc::new(connections), &files(), Options::default())
}

fn mail(subject: &str, text: &str) -> Vec<u8> {
    format!("From: Bank <bank@example.com>\r\nSubject: {subject}\r\nMessage-ID: <{subject}@x>\r\n\r\n{text}\r\n")
        .into_bytes()
}

#[tokio::test(flavor = "multi_thread")]
async fn steps_find_read_mark_and_move_mails() {
    let Some(server) = Dovecot::start() else { return };
    server.deliver(&mail("one", "first"));
    server.deliver(
        "Subject: =?utf-8?B?6YqA6KGM5piO57Sw?=\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n餘額".as_bytes(),
    );
    server.deliver(
        b"Subject: file\r\nContent-Type: text/csv; name=a.csv\r\nContent-Disposition: attachment\r\n\r\na,b\r\n1,2",
    );
    let given = given_by(&server);
    let given: Vec<_> = given.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let modules = modules(&connection(&server), &given, Options::default());
    let call = async |name: &str, parameters: Value| step(&modules, name).connection("box").call(parameters).await;
    let found = call("email.search", json!({})).await.unwrap().output;
    let uids = |found: &Value| {
        found["mails"].as_array().unwrap().iter().map(|it| it["uid"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(uids(&found), [3, 2, 1]);
    assert_eq!(found["mails"][1]["subject"], "銀行明細");
    for (parameters, expected) in [
        (json!({ "from": "bank@" }), vec![1]),
        (json!({ "subject": "one", "state": "unseen" }), vec![1]),
        (json!({ "subject": "銀行" }), vec![2]),
        (json!({ "text": "餘額" }), vec![2]),
        (json!({ "state": "seen" }), vec![]),
        (json!({ "before": "2001-01-01" }), vec![]),
        (json!({ "limit": 2 }), vec![3, 2]),
    ] {
        assert_eq!(uids(&call("email.search", parameters.clone()).await.unwrap().output), expected, "{parameters}");
    }
    let read = call("email.download", json!({ "uid": 3 })).await.unwrap().output;
    assert_eq!(read["attachments"][0]["file"]["base64"], "YSxiDQoxLDI=");
    assert_eq!(call("email.download", json!({ "uid": 99 })).await.unwrap_err().code, "mail_unknown");
    assert_eq!(call("email.search", json!({ "folder": "Nowhere" })).await.unwrap_err().code, "folder_unknown");
    call("email.mark", json!({ "uid": [1, 2], "as": "seen" })).await.unwrap();
    assert_eq!(uids(&call("email.search", json!({ "state": "unseen" })).await.unwrap().output), [3]);
    call("email.mark", json!({ "uid": 1, "as": "deleted" })).await.unwrap();
    call("email.move", json!({ "uid": 2, "to": "已處理" })).await.unwrap();
    assert_eq!(uids(&call("email.search", json!({})).await.unwrap().output), [3]);
    let moved = call("email.search", json!({ "folder": "已處理" })).await.unwrap().output;
    assert_eq!(moved["mails"][0]["subject"], "銀行明細");
    let sandbox = step(&modules, "email.move").connection("sand").call(json!({ "uid": 3, "to": "x" })).await.unwrap();
    assert_eq!(sandbox.output, json!({ "count": 1 }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_lets_in_and_is_replaced_once_it_is_refused() {
    let (given, good) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(1)));
    let (giving, asking) = (Arc::clone(&given), Arc::clone(&good));
    let grantor = Server::start(move |seen| {
        if seen.target == "/token" {
            let number = giving.fetch_add(1, Ordering::SeqCst) + 1;
            let token =
                json!({ "access_token": format!("token-{number}"), "token_type": "Bearer", "expires_in": 3600 });
            return reply(200, &[("content-type", "application/json")], token.to_string());
        }
        // Dovecot adds who it is itself.
        let token = seen.target.strip_prefix("/asked?token=token-").and_then(|rest| rest.split('&').next());
        let number = token.and_then(|number| number.parse::<u32>().ok());
        let is_good = number.is_some_and(|number| number >= asking.load(Ordering::SeqCst));
        let told = json!({ "active": is_good, "user": "ann" });
        reply(200, &[("content-type", "application/json")], told.to_string())
    })
    .await;
    let Some(server) = Dovecot::trusting(&grantor.url("/asked?token=")) else { return };
    modules("", &[], Options::default());
    let text = format!(
        "box: {{ type: imap, url: 'imaps://localhost:{}', user: ann, oauth: grant, ca: {{ file: ca.pem }} }}\n\
         grant: {{ type: oauth2, base: '{}', token: '{}', client_id: mill, client_secret: secret }}",
        server.ports.1,
        grantor.url("/"),
        grantor.url("/token")
    );
    let connections = Connections::parse(&text, &Given(BTreeMap::from(given_by(&server)))).unwrap();
    let mailboxes = modules::mailboxes(Arc::new(connections), &files(), Options::default());
    let inbox = async |now| mailboxes.open("box", now).await.unwrap().unwrap().select("INBOX").await;
    inbox(NOW).await.unwrap();
    inbox(NOW).await.unwrap();
    assert_eq!(given.load(Ordering::SeqCst), 1, "one token is enough for two logins");
    // Whoever gave it has taken it back, long before its time is over.
    good.store(2, Ordering::SeqCst);
    inbox(NOW).await.unwrap();
    assert_eq!(given.load(Ordering::SeqCst), 2);
    good.store(99, Ordering::SeqCst);
    for _ in 0..5 {
        let Err(error) = mailboxes.open("box", NOW).await else { panic!("a token that is no good lets in") };
        assert_eq!(error.code, "login_refused", "{error}");
        assert!(!error.message.contains("token-"), "{error}");
    }
    assert!(given.load(Ordering::SeqCst) <= 4, "who is refused does not ask again and again");
    // Another may be had after a while.
    good.store(3, Ordering::SeqCst);
    inbox(NOW + 3_600_000).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_tells_how_full_it_is() {
    let Some(server) = Dovecot::bounded(100) else { return };
    let mut mailbox = opened(&server).await;
    mailbox.select("INBOX").await.unwrap();
    assert_eq!(mailbox.taken().await.unwrap(), Some(0));
    server.deliver(&mail("large", &"0123456789abcdef".repeat(6_200)));
    mailbox.wait(Duration::from_secs(10)).await.unwrap();
    assert_eq!((mailbox.above(0, None).await.unwrap(), mailbox.taken().await.unwrap()), (vec![1], Some(97)));
    mailbox.act(1, &Act::Delete).await.unwrap();
    assert_eq!(mailbox.taken().await.unwrap(), Some(0));
    let Some(unbounded) = Dovecot::start() else { return };
    let mut mailbox = opened(&unbounded).await;
    mailbox.select("INBOX").await.unwrap();
    assert_eq!(mailbox.taken().await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_tells_of_what_comes() {
    let Some(mut server) = Dovecot::start() else { return };
    assert!(mailboxes(&server).open("sand", NOW).await.unwrap().is_none());
    server.deliver(&mail("one", "first"));
    let mut mailbox = opened(&server).await;
    let folder = mailbox.select("INBOX").await.unwrap();
    assert_eq!((folder.next, mailbox.account().starts_with("ann@localhost:")), (Some(2), true));
    assert_eq!(mailbox.above(0, None).await.unwrap(), [1]);
    assert_eq!(mailbox.above(1, None).await.unwrap(), Vec::<u32>::new());
    // The mail arrives while somebody waits.
    let waiting = tokio::spawn(async move {
        mailbox.wait(Duration::from_secs(30)).await.unwrap();
        mailbox
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    let begun = Instant::now();
    let large = mail("two", &"0123456789abcdef\r\n".repeat(150_000));
    server.deliver(&large);
    let mut mailbox = waiting.await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert_eq!(mailbox.above(1, None).await.unwrap(), [2]);
    assert_eq!(mailbox.above(0, Some(NOW + 10 * 365 * 86_400_000)).await.unwrap(), Vec::<u32>::new());
    let envelopes = mailbox.envelopes(&[1, 2, 7]).await.unwrap();
    assert_eq!((envelopes.len(), envelopes[1].size), (2, large.len() as u64));
    assert_eq!(mailbox.whole(2).await.unwrap(), Some(large));
    assert!(mailbox.head(1).await.unwrap().unwrap().ends_with(b"\r\n\r\n"));
    assert_eq!((mailbox.head(7).await.unwrap(), mailbox.whole(7).await.unwrap()), (None, None));
    for act in [Act::Seen, Act::Flag, Act::Flag, Act::Unseen, Act::Seen, Act::Unflag, Act::Move("A & B".to_owned())] {
        mailbox.act(1, &act).await.unwrap();
    }
    mailbox.act(2, &Act::Delete).await.unwrap();
    mailbox.act(2, &Act::Move("Gone".to_owned())).await.unwrap();
    assert_eq!(server.mails("INBOX"), Vec::<String>::new());
    let moved = server.mails("A &- B");
    assert!(moved.len() == 1 && moved[0].ends_with(":2,S"), "{moved:?}");
    // What is cut is noticed, and not only when the time is over. Dovecot's children outlive it by some seconds.
    let waiting = tokio::spawn(async move { mailbox.wait(Duration::from_secs(30)).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    server.cut();
    let begun = Instant::now();
    assert_eq!(waiting.await.unwrap().unwrap_err().code, "connection_failed");
    assert!(begun.elapsed() < Duration::from_secs(28), "{:?}", begun.elapsed());
}
