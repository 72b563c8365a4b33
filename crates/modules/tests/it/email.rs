//! `email.send` against a real SMTP server.

use crate::smtp_server::SmtpServer;
use crate::step::{modules, step};
use modules::Options;
use run::call::{Delivery, Module};
use run::error::Recovery;
use serde_json::{Value, json};
use std::process::Command;
use std::sync::Arc;

fn connect(url: &str, more: &str) -> Vec<Arc<dyn Module>> {
    let text = format!("mail: {{ type: smtp, url: '{url}', from: 'Shop <shop@example.com>'{more} }}");
    modules(&text, &[], Options::default())
}

fn plain(server: &SmtpServer) -> Vec<Arc<dyn Module>> {
    connect(&format!("smtp://127.0.0.1:{}", server.port), "")
}

fn mail(more: Value) -> Value {
    let mut parameters = json!({"to": "ann@example.com", "subject": "Hello", "text": "Hi"});
    parameters.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    parameters
}

#[tokio::test(flavor = "multi_thread")]
async fn row_13_a_mail_arrives_with_all_its_parts() {
    let Some(mut server) = SmtpServer::start(&["plain"]) else { return };
    let parameters = json!({
        "to": ["Ann Lee <ann@example.com>", "bob@example.com"],
        "cc": "carl@example.com, Dörte <doerte@example.com>",
        "bcc": ["eve@example.com"],
        "reply_to": "desk@example.com",
        "subject": "Größe ✓",
        "text": "plain é\n.\nafter the dot",
        "html": "<b>bold</b>",
    });
    let modules = plain(&server);
    let outcome = step(&modules, "email.send").connection("mail").call(parameters).await.unwrap();
    let mail = server.mail();
    assert_eq!(mail["from"], "shop@example.com");
    let all =
        json!(["ann@example.com", "bob@example.com", "carl@example.com", "doerte@example.com", "eve@example.com"]);
    assert_eq!((&mail["to"], &outcome.output["accepted"]), (&all, &all));
    assert_eq!(outcome.output["message_id"], "<0190-key.3@example.com>");
    assert!(outcome.output["response"].as_str().unwrap().contains("taken"), "{}", outcome.output);
    assert_eq!((outcome.delivery, &outcome.sent["subject"]), (Delivery::Real, &json!("Größe ✓")));
    let content = mail["content"].as_str().unwrap();
    for line in [
        "Message-ID: <0190-key.3@example.com>",
        "From: Shop <shop@example.com>",
        "Reply-To: desk@example.com",
        "Date: Sun, 22 Nov 2026 00:00:00 +0000",
        "Subject: =?utf-8?B?R3LDtsOfZSDinJM=?=",
        "<b>bold</b>",
        "after the dot",
    ] {
        assert!(content.contains(line), "{line} in {content}");
    }
    assert!(content.contains("multipart/alternative"), "{content}");
    assert!(!content.contains("eve@example.com"), "bcc is hidden: {content}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_servers_answer_decides_whether_to_try_again() {
    let Some(mut server) = SmtpServer::start(&["plain"]) else { return };
    let modules = plain(&server);
    let step = || step(&modules, "email.send").connection("mail");
    let error = step().call(mail(json!({"to": "refused@example.com"}))).await.unwrap_err();
    assert_eq!((error.code.as_str(), error.status, error.recovery), ("mail_refused", Some(550), Recovery::Permanent));
    assert!(error.message.contains("no such user"), "{}", error.message);
    let error = step().call(mail(json!({"to": "later@example.com"}))).await.unwrap_err();
    assert_eq!((error.code.as_str(), error.status, error.recovery), ("mail_refused", Some(451), Recovery::Retry));
    step().call(mail(json!({"text": "still open"}))).await.unwrap();
    assert!(server.mail()["content"].as_str().unwrap().contains("still open"));
    drop(server);
    let error = step().call(mail(json!({}))).await.unwrap_err();
    assert_eq!((error.code.as_str(), error.recovery), ("connection_failed", Recovery::Retry), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_is_made_and_kept_secret() {
    let Some(mut server) = SmtpServer::start(&["login"]) else { return };
    let url = format!("smtp://shop%40example.com@127.0.0.1:{}", server.port);
    let right = connect(&url, ", password: geheim");
    let outcome = step(&right, "email.send").connection("mail").call(mail(json!({}))).await.unwrap();
    assert_eq!(server.mail()["login"], "shop@example.com");
    assert!(!outcome.sent.to_string().contains("geheim"), "{}", outcome.sent);
    let wrong = connect(&url, ", password: falsch-geraten");
    let error = step(&wrong, "email.send").connection("mail").call(mail(json!({}))).await.unwrap_err();
    assert_eq!((error.status, error.recovery), (Some(535), Recovery::Permanent));
    assert!(!format!("{error:?}").contains("falsch-geraten"));
}

#[tokio::test(flavor = "multi_thread")]
async fn row_13_tls_is_as_the_url_says() {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = (folder.path().join("certificate.pem"), folder.path().join("key.pem"));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"])
        .args(["-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE"])
        .arg("-out")
        .arg(&certificate)
        .arg("-keyout")
        .arg(&key)
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    let pem = std::fs::read_to_string(&certificate).unwrap();
    let (certificate, key) = (certificate.to_str().unwrap(), key.to_str().unwrap());
    for (mode, scheme) in [("tls", "smtps"), ("starttls", "smtp+starttls")] {
        let Some(mut server) = SmtpServer::start(&[mode, certificate, key]) else { return };
        let url = format!("{scheme}://localhost:{}", server.port);
        let unknown = connect(&url, "");
        let error = step(&unknown, "email.send").connection("mail").call(mail(json!({}))).await.unwrap_err();
        assert_eq!(error.code, "connection_failed", "{mode}: {error:?}");
        let text = format!("mail: {{ type: smtp, url: '{url}', from: shop@example.com, ca: {{ file: ca.pem }} }}");
        let trusting = modules(&text, &[("ca.pem", &pem)], Options::default());
        step(&trusting, "email.send").connection("mail").call(mail(json!({}))).await.unwrap();
        assert_eq!(server.mail()["tls"], true, "{mode}");
    }
    let Some(server) = SmtpServer::start(&["plain"]) else { return };
    let demanding = connect(&format!("smtp+starttls://localhost:{}", server.port), "");
    step(&demanding, "email.send").connection("mail").call(mail(json!({}))).await.unwrap_err();
}

#[tokio::test]
async fn i1_nothing_can_be_smuggled_into_the_mail() {
    let modules = modules("mail: { type: smtp, sandbox: true }", &[], Options::default());
    let check = async |more: Value, code: &str| {
        let error = step(&modules, "email.send").connection("mail").call(mail(more.clone())).await.unwrap_err();
        assert_eq!((error.code.as_str(), error.recovery), (code, Recovery::Permanent), "{more}");
    };
    for parameter in ["to", "cc", "bcc", "reply_to", "from"] {
        for address in
            ["a@example.com\r\nBcc: b@example.com", "a@example.com>\r\nDATA", "\"A\nB\" <a@example.com>", "nobody"]
        {
            check(json!({parameter: address}), "invalid_address").await;
        }
    }
    check(json!({"to": ["ann@example.com", "Ann\r\n <ann@example.com>"]}), "invalid_address").await;
    check(json!({"subject": "a\r\nBcc: b@example.com"}), "header_injection").await;
    check(json!({"subject": "a\nb"}), "header_injection").await;
    check(json!({"subject": "x".repeat(2_001)}), "invalid_parameters").await;
    check(json!({"to": []}), "invalid_parameters").await;
    check(json!({"text": null}), "invalid_parameters").await;
    check(json!({"hedaers": {}}), "invalid_parameters").await;
}

#[tokio::test]
async fn a_sandbox_shows_the_mail() {
    let modules = modules("mail: { type: smtp, sandbox: true }", &[], Options::default());
    let outcome = step(&modules, "email.send").connection("mail").call(mail(json!({}))).await.unwrap();
    assert_eq!(outcome.delivery, Delivery::Sandbox);
    assert_eq!((&outcome.sent["to"], &outcome.sent["text"]), (&json!(["ann@example.com"]), &json!("Hi")));
    assert!(outcome.output["message_id"].is_string());
}

#[tokio::test]
async fn i1_a_mail_has_a_thousand_recipients_at_most() {
    let modules = modules("mail: { type: smtp, url: 'smtp://localhost', sandbox: true }", &[], Options::default());
    let step = || step(&modules, "email.send").connection("mail");
    let to = |count: usize| (0..count).map(|number| format!("a{number}@example.com")).collect::<Vec<_>>();
    assert!(step().call(mail(json!({ "to": to(998), "cc": "b@example.com", "bcc": "c@example.com" }))).await.is_ok());
    for more in [json!({ "to": to(1_001) }), json!({ "to": to(1_000).join(","), "bcc": "c@example.com" })] {
        assert_eq!(step().call(mail(more)).await.unwrap_err().code, "invalid_parameters");
    }
}
