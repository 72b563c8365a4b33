//! Where mails come from, by a server of names and mails that are really signed.

use super::process::Process;
use mail_auth::common::crypto::Ed25519Key;
use mail_auth::common::headers::HeaderWriter;
use mail_auth::dkim::DkimSigner;
use serde_json::{Value, json};

const SCENARIOS: [(&str, &str); 4] = [
    ("any", "  mailhook: { address: any }"),
    ("proven", "  mailhook: { address: proven, require: dmarc }"),
    (
        "both",
        "\n  - mailhook: { address: both, require: dkim }\n  - mailhook: { address: both, where: { subject: open } }",
    ),
    ("strict", "  mailhook: { address: strict, require: [spf, dkim] }"),
];

fn key() -> (Ed25519Key, String) {
    let key = Ed25519Key::from_pkcs8_maybe_unchecked_der(&Ed25519Key::generate_pkcs8().unwrap()).unwrap();
    let public = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, key.public_key());
    (key, format!("v=DKIM1; k=ed25519; p={public}"))
}

/// A mail of the shop, signed by it. The digest tells mails apart, so each has a number.
fn signed(key: Ed25519Key, number: u32) -> Vec<u8> {
    let mail = format!("From: Ann <ann@shop.example>\r\nSubject: order {number}\r\n\r\ntext\r\n");
    let signer = DkimSigner::from_key(key).domain("shop.example").selector("one").headers(["From", "Subject"]);
    let signature = signer.sign(mail.as_bytes()).unwrap();
    format!("{}{mail}", signature.to_header()).into_bytes()
}

fn plain(number: u32) -> Vec<u8> {
    format!("From: Ann <ann@shop.example>\r\nSubject: order {number}\r\n\r\ntext\r\n").into_bytes()
}

/// What a scenario sees of a mail's origin.
async fn origin(process: &Process, from: &str, mail: &[u8]) -> Value {
    let told = process.connect().await.deliver(from, &["any@hook.example.com"], mail).await;
    assert!(told.starts_with("250 "), "{told}");
    let newest = *process.runs("any").first().unwrap();
    process.trigger(newest)["auth"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_mail_proves_is_a_field_of_the_trigger() {
    let process = Process::start(&store::open("memory:").unwrap(), &SCENARIOS).await;
    let (key, record) = key();
    process.names.text("one._domainkey.shop.example", &record);
    process.names.text("_dmarc.shop.example", "v=DMARC1; p=reject; adkim=s");
    process.names.text("shop.example", "v=spf1 a:mail.shop.example -all");
    process.names.text("other.example", "v=spf1 ip4:192.0.2.1 ~all");
    process.names.text("closed.example", "v=spf1 -all");
    process.names.text("broken.example", "v=spf1 include:");
    let mail = signed(key, 1);
    let expected = json!({
        "spf": "pass", "spf_domain": "shop.example",
        "dkim": "pass", "dkim_domains": ["shop.example"],
        "dmarc": "pass", "dmarc_domain": "shop.example", "dmarc_policy": "reject",
    });
    assert_eq!(origin(&process, "ann@shop.example", &mail).await, expected);
    // By the way of somebody else, the signature still holds; once the text is changed, it does not.
    let found = origin(&process, "list@other.example", &[b"X-Way: 1\r\n".to_vec(), mail.clone()].concat()).await;
    assert_eq!([&found["spf"], &found["dkim"], &found["dmarc"]], ["softfail", "pass", "pass"]);
    let changed = String::from_utf8(mail).unwrap().replace("text\r\n", "other text\r\n");
    let found = origin(&process, "list@closed.example", changed.as_bytes()).await;
    assert_eq!([&found["spf"], &found["dkim"], &found["dmarc"]], ["fail", "fail", "fail"]);
    assert_eq!(found["dkim_domains"], json!([]));
    // Without a signature, what the sending machine proves is enough, if it is that of the same domain.
    let found = origin(&process, "ann@shop.example", &plain(2)).await;
    assert_eq!([&found["spf"], &found["dkim"], &found["dmarc"]], ["pass", "none", "pass"]);
    let found = origin(&process, "x@broken.example", &plain(3)).await;
    assert_eq!([&found["spf"], &found["dmarc"]], ["permerror", "fail"]);
    // Of whom nobody knows anything.
    let found = origin(&process, "", b"From: x@nowhere.example\r\nSubject: 4\r\n\r\n").await;
    assert_eq!([&found["spf"], &found["dkim"], &found["dmarc"], &found["dmarc_policy"]], ["none", "none", "none", ""]);
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_cannot_be_asked_hinder_nobody_who_asks_for_no_proof() {
    let process = Process::start(&store::open("memory:").unwrap(), &SCENARIOS).await;
    process.names.silence("shop.example");
    process.names.silence("_dmarc.shop.example");
    let found = origin(&process, "ann@shop.example", &plain(1)).await;
    assert_eq!([&found["spf"], &found["dmarc"]], ["temperror", "temperror"]);
    let told = process.connect().await.deliver("ann@shop.example", &["proven@hook.example.com"], &plain(1)).await;
    assert_eq!(told, "451 4.7.0 DMARC could not be checked now; try again later");
    assert!(process.runs("proven").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn mails_without_the_proof_that_is_asked_for_are_refused() {
    let process = Process::start(&store::open("memory:").unwrap(), &SCENARIOS).await;
    let (key, record) = key();
    process.names.text("one._domainkey.shop.example", &record);
    process.names.text("_dmarc.shop.example", "v=DMARC1; p=none");
    let mail = signed(key, 1);
    let mut client = process.connect().await;
    for (to, mail, expected) in [
        ("proven", plain(1), "550 5.7.1 Mails to this address need DMARC"),
        ("proven", mail.clone(), "250 "),
        ("both", plain(2), "550 5.7.1 Mails to this address need DKIM"),
        ("both", mail.clone(), "250 "),
        ("both", b"From: a@b.example\r\nSubject: open\r\n\r\n".to_vec(), "250 "),
        // SPF says nothing about the shop: both are asked for.
        ("strict", mail, "550 5.7.1 Mails to this address need SPF"),
    ] {
        let told = client.deliver("ann@shop.example", &[&format!("{to}@hook.example.com")], &mail).await;
        assert!(told.starts_with(expected), "{to}: {told}");
    }
    let counts = ["proven", "both", "strict"].map(|scenario| process.runs(scenario).len());
    assert_eq!(counts, [1, 2, 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_of_many_signatures_is_not_looked_at() {
    let process = Process::start(&store::open("memory:").unwrap(), &SCENARIOS).await;
    let many: String = (0..11)
        .map(|at| format!("DKIM-Signature: v=1; a=rsa-sha256; d=a.example; s=s; l={at}; h=from; bh=AA==; b=AA==\r\n"))
        .collect();
    let mail = format!("{many}From: a@b.example\r\nSubject: many\r\n\r\ntext\r\n");
    let found = origin(&process, "a@b.example", mail.as_bytes()).await;
    assert_eq!([&found["spf"], &found["dkim"], &found["dmarc"]], ["none", "permerror", "permerror"]);
}

/// Readers of such mails disagree on who wrote them: what proves one writer is no proof of another.
#[tokio::test(flavor = "multi_thread")]
async fn a_proof_is_about_the_writer_that_is_told() {
    let process = Process::start(&store::open("memory:").unwrap(), &SCENARIOS).await;
    let (_, record) = key();
    process.names.text("_dmarc.evil.example", "v=DMARC1; p=reject");
    process.names.text("evil.example", "v=spf1 +all");
    process.names.text("one._domainkey.evil.example", &record);
    for head in [
        "Sender: ceo@shop.example\r\nX: a\r\n \r\nFrom: me@evil.example\r\n",
        "From: me@evil.example\r\nFr\0om: ceo@shop.example\r\n",
    ] {
        let mail = format!("{head}Subject: order\r\n\r\ntext\r\n");
        let seen = origin(&process, "me@evil.example", mail.as_bytes()).await;
        assert_ne!(seen["dmarc"], "pass", "{head:?} {seen}");
        let told =
            process.connect().await.deliver("me@evil.example", &["proven@hook.example.com"], mail.as_bytes()).await;
        assert!(told.starts_with("550 "), "{head:?} {told}");
    }
    let honest = b"From: me@EVIL.example\r\nSubject: order\r\n\r\ntext\r\n";
    let seen = origin(&process, "me@evil.example", honest).await;
    assert_eq!(seen["dmarc"], "pass", "{seen}");
}
