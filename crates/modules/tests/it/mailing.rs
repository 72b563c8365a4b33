//! What `email.send` can put into a mail, read back from what a real SMTP server was given.

use crate::server::{Server, reply};
use crate::smtp_server::{SmtpServer, is_signed};
use crate::step::{Given, NOW, files, modules, modules_over, step};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use mail::Mail;
use modules::{Connections, Options};
use run::call::{Delivery, Module, Outcome};
use run::error::{Recovery, StepError};
use serde_json::{Value, json};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The modules with a connection `mail` to this server.
fn connected(server: &SmtpServer) -> Vec<Arc<dyn Module>> {
    let text =
        format!("mail: {{ type: smtp, url: 'smtp://127.0.0.1:{}', from: 'Shop <shop@example.com>' }}", server.port);
    modules(&text, &[], Options::default())
}

async fn send(modules: &[Arc<dyn Module>], more: Value) -> Result<Outcome, StepError> {
    let mut parameters = json!({"to": "ann@example.com", "subject": "Hello", "text": "Hi"});
    for (name, value) in more.as_object().unwrap() {
        parameters[name] = value.clone();
    }
    step(modules, "email.send").connection("mail").call(parameters).await
}

/// The bytes that the server took next, and what they say.
fn taken(server: &mut SmtpServer) -> (String, Mail) {
    let content = server.mail()["content"].as_str().unwrap().to_owned();
    let mail = mail::read(content.as_bytes());
    (content, mail)
}

#[tokio::test(flavor = "multi_thread")]
async fn row_13_files_of_any_name_go_with_a_mail_and_within_it() {
    let Some(mut server) = SmtpServer::start(&["plain"]) else { return };
    let modules = connected(&server);
    let large = vec![0xA7; 200_000];
    let kept =
        serde_json::to_value(files().keep("明細 2026年11月.csv", "text/csv; charset=big5", &large).unwrap()).unwrap();
    let small = json!({ "filename": "a \"b\".txt", "text": "one\n.\ntwo", "content_type": "text/plain" });
    let more = json!({
        "text": null,
        "html": "<p>See <a href='https://example.com/x'>it</a> <img src=\"cid:logo\" alt=\"Logo\"></p>",
        "attachments": [kept, small, { "file": { "filename": "x", "text": "y" }, "name": "Grüße.pdf", "content_type": "application/pdf" }],
        "inline": { "logo": { "filename": "logo.png", "content_type": "image/png", "base64": BASE64_STANDARD.encode([1, 2, 3]) } },
    });
    let outcome = send(&modules, more).await.unwrap();
    let (content, mail) = taken(&mut server);
    assert_eq!(mail.text, "See it (https://example.com/x) Logo");
    let found: Vec<_> = mail
        .attachments
        .iter()
        .map(|it| (it.name.as_str(), it.content_type.as_str(), it.inline, it.content.len()))
        .collect();
    assert_eq!(
        found,
        [
            ("logo.png", "image/png", true, 3),
            ("明細 2026年11月.csv", "text/csv", false, 200_000),
            ("a \"b\".txt", "text/plain", false, 9),
            ("Grüße.pdf", "application/pdf", false, 1),
        ],
        "{content}"
    );
    assert_eq!(mail.attachments[0].content_id.as_deref(), Some("logo"));
    assert!(mail.attachments[1].content == large && mail.attachments[2].content == b"one\n.\ntwo");
    // For readers of either kind.
    assert!(content.contains("name=\"=?utf-8?B?") && content.contains("filename*0*=utf-8''"), "{content}");
    for kind in ["multipart/mixed", "multipart/alternative", "multipart/related"] {
        assert_eq!(content.matches(kind).count(), 1, "{kind}");
    }
    assert!(content.lines().all(|line| line.len() <= 998) && content.is_ascii());
    let shown = &outcome.sent["attachments"];
    assert_eq!((&shown[0]["filename"], &shown[0]["size"]), (&json!("明細 2026年11月.csv"), &json!(200_000)));
    // Another attempt sends the same bytes.
    let again = json!({ "attachments": { "filename": "a", "text": "b" } });
    send(&modules, again.clone()).await.unwrap();
    let first = taken(&mut server).0;
    send(&modules, again).await.unwrap();
    assert_eq!(first, taken(&mut server).0);
}

#[tokio::test(flavor = "multi_thread")]
async fn attachments_of_a_mail_are_passed_on_as_they_came() {
    let Some(mut server) = SmtpServer::start(&["plain"]) else { return };
    let modules = connected(&server);
    let file = json!({ "filename": "p.png", "content_type": "image/png", "base64": "AQID" });
    let came = json!([{ "name": "p.png", "content_type": "image/png", "size": 3, "inline": true, "content_id": "p@1", "file": file }]);
    send(&modules, json!({ "html": "<img src='cid:p@1'>", "attachments": came })).await.unwrap();
    let (_, mail) = taken(&mut server);
    assert_eq!((mail.text.as_str(), mail.attachments[0].inline), ("Hi", true));
    // Where nothing shows it, it is beside the text.
    send(&modules, json!({ "attachments": came })).await.unwrap();
    assert!(!taken(&mut server).1.attachments[0].inline);
    send(&modules, json!({ "text": null, "attachments": came })).await.unwrap();
    assert_eq!(taken(&mut server).1.text, "");
    // Names that nobody could show, or that two files have, hinder nothing.
    let odd: Vec<Value> =
        ["Invoice (1).pdf", "", "p@1", "p@1"].iter().map(|id| json!({ "content_id": id, "file": file })).collect();
    send(&modules, json!({ "attachments": odd })).await.unwrap();
    assert_eq!(taken(&mut server).1.attachments.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn i1_dots_long_lines_and_odd_line_ends_arrive_as_they_are() {
    let Some(mut server) = SmtpServer::start(&["plain"]) else { return };
    let modules = connected(&server);
    let long = "x".repeat(5_000);
    for text in [
        ".\n..\n...\n.x\n".to_owned(),
        "a\r\n.\r\nMAIL FROM:<evil@example.com>\r\nRCPT TO:<evil@example.com>\r\nDATA\r\n".to_owned(),
        "a\n.\rb\r.\r\rc".to_owned(),
        format!("{long}\n.\n{long}"),
        format!("é{long}\n.\n銀行"),
        "From here\n--hookmill\n\n\n".to_owned(),
    ] {
        send(&modules, json!({ "text": text })).await.unwrap();
        let (content, mail) = taken(&mut server);
        let meant = text.replace("\r\n", "\n").replace('\r', "\n");
        assert_eq!(mail.text.replace("\r\n", "\n").trim_end(), meant.trim_end(), "{content}");
        assert!(content.split("\r\n").all(|line| line.len() <= 998 && !line.contains(['\r', '\n'])), "{content}");
    }
    // Nothing came besides.
    send(&modules, json!({ "subject": "last" })).await.unwrap();
    assert_eq!(taken(&mut server).1.subject, "last");
}

#[tokio::test]
async fn files_that_cannot_be_meant_are_refused() {
    let modules = modules("mail: { type: smtp, sandbox: true }", &[], Options::default());
    let check = async |more: Value, code: &str, part: &str| {
        let error = send(&modules, more.clone()).await.unwrap_err();
        assert_eq!((error.code.as_str(), error.recovery), (code, Recovery::Permanent), "{more}: {error:?}");
        assert!(error.message.contains(part), "{}", error.message);
    };
    let file = json!({ "filename": "a", "text": "b" });
    check(json!({ "html": "<img src=cid:logo>" }), "image_unknown", "cid:logo").await;
    check(json!({ "html": "<img src=cid:logo>", "inline": { "loge": file } }), "image_unknown", "cid:logo").await;
    check(json!({ "inline": { "a b": file } }), "invalid_parameters", "a b").await;
    check(json!({ "inline": { "a>\r\nBcc: b": file } }), "invalid_parameters", "Bcc").await;
    check(json!({ "attachments": { "filename": "a" } }), "invalid_parameters", "file").await;
    check(json!({ "attachments": [file, "b"] }), "invalid_parameters", "attachments[1]").await;
    check(json!({ "attachments": vec![&file; 101] }), "invalid_parameters", "101").await;
    check(json!({ "attachments": { "file": "hookmill-file:made-up" } }), "file_unknown", "reference").await;
    let half = json!({ "filename": "a", "text": "x".repeat(13 * 1024 * 1024) });
    check(json!({ "attachments": [half, half] }), "too_large", "26214400").await;
    assert_eq!(send(&modules, json!({ "attachments": [half] })).await.unwrap().delivery, Delivery::Sandbox);
}

/// What a trigger gives of a mail.
fn trigger(message: &str) -> Value {
    let mail = serde_json::to_value(mail::read(message.as_bytes())).unwrap();
    json!({ "uid": 7, "folder": "INBOX", "body": mail.clone(), "subject": mail["subject"], "from": mail["from"],
        "reply_to": mail["reply_to"], "message_id": mail["message_id"], "in_reply_to": mail["in_reply_to"],
        "references": mail["references"], "auto": mail["auto"] })
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_stands_in_its_conversation() {
    let Some(mut server) = SmtpServer::start(&["plain"]) else { return };
    let modules = connected(&server);
    let asked = trigger(
        "From: =?utf-8?B?5bCP5piO?= <ming@example.com>\r\nReply-To: desk@example.com\r\nSubject: Re: =?utf-8?B?6YqA6KGM5piO57Sw?=\r\n\
         Message-ID: <b@example.com>\r\nIn-Reply-To: <a@example.com>\r\nReferences: <0@example.com> <a@example.com>\r\n\r\nHi",
    );
    let outcome = send(&modules, json!({ "to": [], "subject": null, "answers": asked })).await.unwrap();
    let (_, mail) = taken(&mut server);
    assert_eq!((mail.to[0].address.as_str(), mail.subject.as_str()), ("desk@example.com", "Re: 銀行明細"));
    assert_eq!(mail.in_reply_to.as_deref(), Some("b@example.com"));
    assert_eq!(mail.references, ["0@example.com", "a@example.com", "b@example.com"]);
    assert_eq!(mail.headers["auto-submitted"], "auto-replied");
    assert_eq!((&outcome.output["skipped"], &outcome.sent["subject"]), (&Value::Null, &json!("Re: 銀行明細")));
    // What is said counts.
    send(&modules, json!({ "to": "ann@example.com", "subject": "Other", "answers": asked })).await.unwrap();
    let (_, mail) = taken(&mut server);
    assert_eq!((mail.to.len(), mail.to[0].address.as_str(), mail.subject.as_str()), (1, "ann@example.com", "Other"));
    let asked = trigger("From: ming@example.com\r\nSubject: =?utf-8?Q?a=0D=0ABcc:_b@example.com?=\r\n\r\nHi");
    send(&modules, json!({ "to": null, "subject": null, "answers": asked })).await.unwrap_err();
    send(&modules, json!({ "to": [], "subject": null, "answers": asked })).await.unwrap();
    let (content, mail) = taken(&mut server);
    assert!(mail.subject.starts_with("Re: a") && !content.to_lowercase().contains("\nbcc"), "{content}");
    assert!(mail.in_reply_to.is_none() && mail.references.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_are_not_answered_unless_that_is_meant() {
    let Some(mut server) = SmtpServer::start(&["plain"]) else { return };
    let modules = connected(&server);
    for head in [
        "Auto-Submitted: auto-replied",
        "Precedence: bulk",
        "List-Id: <news.example.com>",
        "Return-Path: <>",
        "From: shop@example.com",
    ] {
        let asked = trigger(&format!("From: ming@example.com\r\n{head}\r\nSubject: x\r\n\r\nHi"));
        let outcome = send(&modules, json!({ "to": [], "answers": asked })).await.unwrap();
        assert!(outcome.output["skipped"].is_string(), "{head}: {}", outcome.output);
        assert_eq!((&outcome.output["accepted"], &outcome.output["message_id"]), (&json!([]), &Value::Null));
    }
    let asked = trigger("Precedence: bulk\r\nFrom: ming@example.com\r\nSubject: yes\r\n\r\nHi");
    let more = json!({ "to": [], "subject": null, "answers": asked, "answer_programs": true });
    send(&modules, more).await.unwrap();
    // It is the first one that the server was given.
    assert_eq!(taken(&mut server).1.subject, "Re: yes");
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_weights_and_own_fields_are_written() {
    let Some(mut server) = SmtpServer::start(&["plain"]) else { return };
    let modules = connected(&server);
    let more = json!({
        "list": { "id": "news.example.com", "name": "News, daily", "one_click": true,
            "unsubscribe": ["https://example.com/leave?who=ann@example.com&list=1,2", "leave@example.com"] },
        "priority": "high",
        "headers": { "X-Order": "A1", "x-größe-no": null, "Feedback-ID": "a:b", "X-Note": "Größe" },
        "sender": "Office <office@example.com>",
    });
    let mut refused = more.clone();
    refused["headers"] = json!({ "x-größe-no": null });
    assert_eq!(send(&modules, refused).await.unwrap_err().code, "header_refused");
    let mut more = more;
    more["headers"].as_object_mut().unwrap().remove("x-größe-no");
    send(&modules, more).await.unwrap();
    let given = server.mail();
    assert_eq!(given["from"], "office@example.com");
    let mail = mail::read(given["content"].as_str().unwrap().as_bytes());
    let head = |name: &str| mail.headers[name].as_str().unwrap();
    assert_eq!(mail.list_id.as_deref(), Some("news.example.com"));
    assert_eq!(
        head("list-unsubscribe"),
        "<https://example.com/leave?who=ann@example.com&list=1%2C2>, <mailto:leave@example.com>"
    );
    assert_eq!((head("list-unsubscribe-post"), head("precedence")), ("List-Unsubscribe=One-Click", "list"));
    assert_eq!((head("x-priority"), head("importance"), head("priority")), ("1 (Highest)", "high", "urgent"));
    assert_eq!((head("x-order"), head("feedback-id"), head("x-note")), ("A1", "a:b", "Größe"));
    assert_eq!(head("sender"), "Office <office@example.com>");
    // Nowhere to come back to; each address is named once.
    let more = json!({ "return_path": "<>", "cc": "ann@example.com, bob@example.com" });
    send(&modules, more).await.unwrap();
    let given = server.mail();
    assert_eq!((&given["from"], &given["to"]), (&json!("<>"), &json!(["ann@example.com", "bob@example.com"])));
    send(&modules, json!({ "return_path": "bounces+ann@example.com" })).await.unwrap();
    assert_eq!(server.mail()["from"], "bounces+ann@example.com");
}

#[tokio::test]
async fn fields_that_say_who_and_what_are_not_written_by_hand() {
    let modules = modules("mail: { type: smtp, sandbox: true }", &[], Options::default());
    let check = async |more: Value, code: &str| {
        let error = send(&modules, more.clone()).await.unwrap_err();
        assert_eq!((error.code.as_str(), error.recovery), (code, Recovery::Permanent), "{more}");
    };
    for name in [
        "Bcc",
        "from",
        "TO",
        "Cc",
        "Date",
        "Subject",
        "Message-ID",
        "Content-Type",
        "MIME-Version",
        "Received",
        "Return-Path",
        "DKIM-Signature",
        "X-",
        "X-A: b",
        "X-A\r\nBcc",
        "X A",
        "",
        "Resent-To",
        "Reply-To",
        "References",
    ] {
        check(json!({ "headers": { name: "x" } }), "header_refused").await;
    }
    check(json!({ "headers": { "X-Priority": "1" }, "priority": "low" }), "header_refused").await;
    check(json!({ "headers": { "X-A": "1", "x-a": "2" } }), "header_refused").await;
    check(json!({ "headers": { "X-A": "a\r\nBcc: b@example.com" } }), "header_injection").await;
    check(json!({ "headers": { "X-A": ["a"] } }), "invalid_parameters").await;
    check(json!({ "headers": { "X-A": "a".repeat(2_001) } }), "invalid_parameters").await;
    check(json!({ "list": { "id": "news" } }), "invalid_parameters").await;
    check(json!({ "list": { "id": "a.b>\r\nBcc: c" } }), "invalid_parameters").await;
    check(json!({ "list": { "id": "a.b", "name": "a\nb" } }), "header_injection").await;
    check(json!({ "list": { "id": "a.b", "unsubscribe": "javascript:alert(1)" } }), "invalid_parameters").await;
    check(
        json!({ "list": { "id": "a.b", "unsubscribe": "leave@example.com", "one_click": true } }),
        "invalid_parameters",
    )
    .await;
    check(json!({ "return_path": "a@b.c\r\nDATA" }), "invalid_address").await;
    check(json!({ "sender": "a@b.c>" }), "invalid_address").await;
}

/// A private key in PEM, made by another program.
fn private_key(kind: &[&str]) -> String {
    let made = Command::new("openssl").arg("genpkey").args(["-algorithm"]).args(kind).output().unwrap();
    assert!(made.status.success(), "{made:?}");
    String::from_utf8(made.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn signatures_are_good_to_another_program() {
    let Some(mut server) = SmtpServer::start(&["plain"]) else { return };
    for kind in [&["ed25519"][..], &["RSA", "-pkeyopt", "rsa_keygen_bits:2048"]] {
        let key = private_key(kind);
        let text = format!(
            "mail: {{ type: smtp, url: 'smtp://127.0.0.1:{}', from: shop@example.com, dkim_domain: example.com, \
             dkim_selector: mail2026, dkim_key: {{ file: key.pem }} }}",
            server.port
        );
        let given = Given([("key.pem", key.clone())].into());
        let connections = Arc::new(Connections::parse(&text, &given).unwrap());
        let verdict = modules::connections::probe::probe(&connections, "mail", &files(), Options::default(), NOW).await;
        let (_, said) = verdict.message.split_once("record: ").unwrap();
        let (name, record) = said.split_once(" \"").unwrap();
        let record = record.trim_end_matches('"');
        assert_eq!(name, "mail2026._domainkey.example.com");
        let modules = modules_over(&connections, Options::default());
        let more = json!({
            "subject": "Größe ".repeat(30), "text": ".\n..\nlast \n\n\n", "html": "<p>x  y</p>\n\n",
            "list": { "id": "news.example.com", "unsubscribe": "https://example.com/leave", "one_click": true },
            "attachments": { "filename": "a.txt", "text": "a" },
        });
        let outcome = send(&modules, more).await.unwrap();
        let (content, mail) = taken(&mut server);
        assert!(is_signed(&content, (name, record)), "{kind:?}: {content}");
        assert!(!is_signed(&content.replacen("Size", "x", 1).replacen("<p>x", "<p>z", 1), (name, record)));
        let signature = mail.headers["dkim-signature"].as_str().unwrap().to_lowercase();
        assert!(signature.contains("list-unsubscribe-post") && !signature.contains("in-reply-to"), "{signature}");
        // The key is nowhere to be seen.
        let secret = key.lines().nth(1).unwrap();
        for shown in [format!("{connections:?}"), format!("{outcome:?}"), format!("{verdict:?}"), content] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}

#[test]
fn a_key_that_cannot_sign_is_told_with_its_place() {
    let short = private_key(&["RSA", "-pkeyopt", "rsa_keygen_bits:1024"]);
    let check = |more: &str, part: &str| {
        let text = format!("mail:\n  type: smtp\n  url: smtp://localhost\n{more}");
        let given = Given([("key.pem", "cAnAry-9".to_owned()), ("short.pem", short.clone())].into());
        let said = match Connections::parse(&text, &given) {
            Ok(connections) => connections.missing().to_vec(),
            Err(problems) => problems,
        };
        let told = said.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        assert!(told.contains(part) && !told.contains("cAnAry"), "{more}: {told}");
        assert!(said.iter().all(|problem| problem.place.line > 3), "{told}");
    };
    let all = |key: &str| format!("  dkim_domain: example.com\n  dkim_selector: a\n  dkim_key: {key}\n");
    check(&all("{ file: key.pem }"), "6:13: mail: `dkim_key` is no private key in PEM");
    check(&all("{ file: short.pem }"), "`dkim_key` is no private key in PEM");
    check("  dkim_domain: example.com\n", "`dkim_domain` needs `dkim_key` beside it");
    check(
        "  dkim_domain: 'a b'\n  dkim_selector: a\n  dkim_key: { file: key.pem }\n",
        "`dkim_domain` is no name in the DNS",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_another_connection_hands_mails_in() {
    let Some(mut server) = SmtpServer::start(&["token"]) else { return };
    // The last one is refused before its time, and replaced.
    for (given, code) in [
        (&["good-token-1"][..], None),
        (&["other-token-2"], Some("mail_refused")),
        (&["other-token-2", "good-token-1"], None),
    ] {
        let (count, token) = (AtomicUsize::new(0), *given.last().unwrap());
        let answer = move |_: &_| {
            let at = count.fetch_add(1, Ordering::Relaxed).min(given.len() - 1);
            reply(200, &[], json!({ "access_token": given[at], "expires_in": 3600 }).to_string())
        };
        let grants = Server::start(answer).await;
        let text = format!(
            "grant: {{ type: oauth2, token: '{}', client_id: mill, client_secret: cAnAry-5 }}\n\
             mail: {{ type: smtp, url: 'smtp://shop%40example.com@127.0.0.1:{}', oauth: grant }}",
            grants.url("/token"),
            server.port
        );
        let options = Options { allow_private: vec![grants.host().parse().unwrap()], ..Options::default() };
        let modules = modules(&text, &[], options);
        let sent = send(&modules, json!({})).await;
        assert_eq!(sent.as_ref().err().map(|error| error.code.as_str()), code, "{sent:?}");
        assert!(!format!("{sent:?}").contains(token), "{sent:?}");
        if code.is_none() {
            assert_eq!(server.mail()["login"], "shop@example.com good-token-1");
        }
    }
}
