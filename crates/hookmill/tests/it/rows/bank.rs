//! A bank's statement by mail: it goes out by `email.send` over a real Exim, is found by IMAP in a real Dovecot, becomes
//! rows of a sheet, and is answered in its conversation.

use super::google::Sheets;
use super::{runs, serve};
use crate::dovecot::{Dovecot, PASSWORD};
use crate::exim::Exim;
use serde_json::json;
use std::fs;

/// Plays the bank.
const BANK: &str = r#"
trigger: { webhook: { path: bank, verify: none } }
steps:
  - id: mail
    email.send:
      connection: shop-mail
      from: 第一銀行 <statement@bank.example>
      to: shop@example.com
      subject: "【第一銀行】銀行明細 2026/11"
      html: "<p>Dear customer,<br>.<br>your statement</p><img src='cid:logo'>"
      inline: { logo: { filename: logo.png, content_type: image/png, base64: AQID } }
      attachments: { filename: 明細.csv, content_type: text/csv, base64: "{{ trigger.body.file }}" }
  - respond: { json: { id: "{{ mail.message_id }}" } }
"#;

#[test]
fn row_08_a_bank_statement_by_mail_becomes_rows_and_is_answered() {
    let Some(mailboxes) = Dovecot::start() else { return };
    let Some(exim) = Exim::start(&mailboxes) else { return };
    let sheets = Sheets::start();
    let (google, key) = sheets.connection();
    let connections = format!(
        "office: {google}\n\
         mailbox: {{ type: imap, url: 'imap://127.0.0.1:{}?tls=none', user: ann, password: {{ file: password }} }}\n\
         shop-mail: {{ type: smtp, url: 'smtp://127.0.0.1:{}', from: Shop <shop@example.com> }}\n",
        mailboxes.ports.0,
        exim.port(),
    );
    let shipped = fs::read_to_string(crate::binary::root().join("scenarios/bank-statement.yaml")).unwrap();
    let statement = shipped.replace("    after: seen\n", "    after: seen\n    since: all\n");
    assert_ne!(shipped, statement);
    let files = [
        ("connections.yaml", connections.as_str()),
        ("key.json", &key),
        ("password", PASSWORD),
        ("bank.yaml", BANK),
        ("bank-statement.yaml", &statement),
    ];
    let served = &mut serve(&[], &files, &[]);
    // 日期,摘要,金額 / 2026/11/01,轉帳,"1,000" / 2026/11/02,房租,-1200, in Big5.
    let file = "pOm0wSy6S61uLKr3w0INCjIwMjYvMTEvMDEswuCxYiwiMSwwMDAiDQoyMDI2LzExLzAyLKnQr7IsLTEyMDANCg==";
    let answer = served.post("/hook/bank", &json!({ "file": file }).to_string());
    let sent = answer.json()["id"].as_str().unwrap().to_owned();
    let sent = sent.trim_matches(['<', '>']);
    served.wait_for("the rows", |_| sheets.rows().len() == 2);
    assert_eq!(sheets.rows(), [json!(["2026-11-01", "轉帳", 1000, sent]), json!(["2026-11-02", "房租", -1200, sent])]);
    // The answer goes to the same mailbox, which starts no other run: it has no file.
    served.wait_for("the answer", |_| mailboxes.mails("INBOX").len() == 2);
    served.wait_for("the end", |served| runs(served, "bank-statement").iter().all(|run| run["status"] == "succeeded"));
    let mails: Vec<mail::Mail> = mailboxes.contents("INBOX").iter().map(|bytes| mail::read(bytes)).collect();
    let answer = mails.iter().find(|mail| mail.in_reply_to.is_some()).unwrap();
    assert_eq!((answer.in_reply_to.as_deref(), answer.references.as_slice()), (Some(sent), &[sent.to_owned()][..]));
    assert_eq!(answer.subject, "Re: 【第一銀行】銀行明細 2026/11");
    assert_eq!((answer.to[0].name.as_str(), answer.to[0].address.as_str()), ("第一銀行", "statement@bank.example"));
    assert_eq!((answer.auto, answer.headers["return-path"].as_str()), (true, Some("<shop@example.com>")));
    assert!(answer.text.contains("2 lines are booked,\nin: 1000, out: 1200."), "{}", answer.text);
    let statement = mails.iter().find(|mail| mail.in_reply_to.is_none()).unwrap();
    assert_eq!(statement.text.lines().collect::<Vec<_>>(), ["Dear customer,", ".", "your statement"]);
    let names: Vec<_> = statement.attachments.iter().map(|file| (file.name.as_str(), file.inline)).collect();
    assert_eq!(names, [("logo.png", true), ("明細.csv", false)]);
    assert_eq!(runs(served, "bank-statement").len(), 1);
}
