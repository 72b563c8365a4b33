//! Connections of the type `imap`, against a real Dovecot, and by a token against one that plays Google's part.

use crate::daemon::{Certificates, Daemon, free_port, program};
use crate::server::{Server, reply};
use crate::step::{Given, NOW, files, modules};
use modules::connections::probe::{Verdict, probe};
use modules::{Connections, Options};
use serde_json::json;
use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::process::Command;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

/// A password that no message may tell.
const PASSWORD: &str = "cAnAry-{6a}\"\\3f";

async fn tested(text: &str, authority: &str) -> Verdict {
    // Sets up what TLS needs.
    modules("", &[], Options::default());
    let given = Given(BTreeMap::from([("ca.pem", authority.to_owned()), ("password", PASSWORD.to_owned())]));
    let connections = Connections::parse(text, &given).unwrap();
    let verdict = probe(&connections, "it", &files(), Options::default(), NOW).await;
    assert!(!format!("{verdict:?}").contains("cAnAry"), "{verdict:?}");
    verdict
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_is_looked_into() {
    let Some(program) = program("dovecot", "dovecot-imapd") else { return };
    if std::fs::metadata("/proc/self").unwrap().uid() != 0 {
        eprintln!("skipped: Dovecot wants to be started by root");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let certificates = Certificates::new();
    let (plain, tls) = (free_port(), free_port());
    let home = folder.path().display();
    std::fs::write(folder.path().join("users"), format!("ann:{{PLAIN}}{PASSWORD}\n")).unwrap();
    Command::new("chmod").args(["-R", "a+rX"]).arg(folder.path()).status().unwrap();
    let config = format!(
        "protocols = imap\nlisten = 127.0.0.1\nbase_dir = {home}/run\nlog_path = {home}/log\nssl = yes\n\
         ssl_cert = <{}\nssl_key = <{}\ndisable_plaintext_auth = yes\nauth_mechanisms = plain\n\
         mail_location = maildir:~/Maildir\npassdb {{\n driver = passwd-file\n args = {home}/users\n}}\n\
         userdb {{\n driver = static\n args = uid=nobody gid=nogroup home={home}/mail/%u\n}}\nfirst_valid_uid = 1\n\
         service imap-login {{\n inet_listener imap {{\n port = {plain}\n }}\n inet_listener imaps {{\n port = {tls}\n }}\n}}\n",
        certificates.certificate.display(),
        certificates.key.display(),
    );
    let mails = folder.path().join("mail/ann/Maildir/new");
    std::fs::create_dir_all(&mails).unwrap();
    std::fs::create_dir_all(folder.path().join("mail/ann/Maildir/cur")).unwrap();
    std::fs::create_dir_all(folder.path().join("mail/ann/Maildir/tmp")).unwrap();
    std::fs::write(mails.join("1.a.localhost"), "Subject: one\n\nHello\n").unwrap();
    Command::new("chown").args(["-R", "nobody:nogroup"]).arg(folder.path().join("mail")).status().unwrap();
    let file = folder.path().join("dovecot.conf");
    std::fs::write(&file, config).unwrap();
    let _daemon = Daemon::start(tls, move || {
        let mut command = Command::new(&program);
        command.arg("-F").arg("-c").arg(&file);
        command
    });
    let login = "user: ann, password: { file: password }";
    for (url, more, code) in [
        (format!("imaps://localhost:{tls}"), login, None),
        (format!("imap+starttls://localhost:{plain}"), login, None),
        (format!("imaps://localhost:{tls}"), "user: ann, password: falsch", Some("login_refused")),
        (format!("imaps://localhost:{tls}"), "user: ann", Some("login_refused")),
        (format!("imap://localhost:{plain}?tls=none"), login, None),
        (format!("imap+starttls://127.0.0.1:{plain}"), login, Some("connection_failed")),
    ] {
        let text = format!("it: {{ type: imap, url: '{url}', {more}, ca: {{ file: ca.pem }} }}");
        let verdict = tested(&text, &certificates.authority).await;
        // Dovecot takes a connection from this machine itself for a private one.
        assert_eq!(verdict.code.as_deref(), code, "{text}: {verdict:?}");
        if code.is_none() {
            assert!(verdict.message.contains("the inbox has 1 mails"), "{verdict:?}");
        }
    }
}

/// A server that knows one token, and says of others what Google says.
async fn google() -> u16 {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (read, mut write) = stream.into_split();
                let mut lines = BufReader::new(read).lines();
                write.write_all(b"* OK here\r\n").await?;
                while let Some(line) = lines.next_line().await? {
                    // `user=ann@example.com`, `auth=Bearer good-token-1`
                    let good = "dXNlcj1hbm5AZXhhbXBsZS5jb20BYXV0aD1CZWFyZXIgZ29vZC10b2tlbi0xAQE=";
                    let answer = match line.split(' ').nth(1) {
                        Some("AUTHENTICATE") => "+ \r\n",
                        Some("EXAMINE") => "* FLAGS {3}\r\na\r\n)\r\n* 172 EXISTS\r\nh2 OK [READ-ONLY]\r\n",
                        Some("LOGOUT") => "* BYE\r\nh3 OK\r\n",
                        _ if line == good => "h1 OK\r\n",
                        _ if line.is_empty() => "h1 NO [AUTHENTICATIONFAILED] Invalid credentials\r\n",
                        _ => "+ eyJzdGF0dXMiOiI0MDAifQ==\r\n",
                    };
                    write.write_all(answer.as_bytes()).await?;
                }
                std::io::Result::Ok(())
            });
        }
    });
    port
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_another_connection_lets_in() {
    let port = google().await;
    for (token, code) in [("good-token-1", None), ("other-token-2", Some("login_refused"))] {
        let answer = json!({ "access_token": token, "expires_in": 3600 }).to_string();
        let server = Server::start(move |_| reply(200, &[], answer.clone())).await;
        let text = format!(
            "grant: {{ type: oauth2, token: '{}', client_id: mill, client_secret: cAnAry-5 }}\n\
             it: {{ type: imap, url: 'imap://ann%40example.com@127.0.0.1:{port}?tls=none', oauth: grant }}",
            server.url("/token")
        );
        let verdict = tested(&text, "").await;
        assert_eq!(verdict.code.as_deref(), code, "{verdict:?}");
        assert!(!format!("{verdict:?}").contains(token), "{verdict:?}");
        assert!(code.is_some() || verdict.message.contains("172 mails"), "{verdict:?}");
    }
    let lost = format!("it: {{ type: imap, url: 'imap://ann@127.0.0.1:{port}?tls=none', oauth: nowhere }}");
    assert_eq!(tested(&lost, "").await.code.as_deref(), Some("connection_unknown"));
}
