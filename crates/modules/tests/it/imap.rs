//! Connections of the type `imap`, against a real Dovecot, and by a token against one that plays Google's part.

use crate::dovecot::{Dovecot, PASSWORD};
use crate::server::{Server, reply};
use crate::step::{Given, NOW, files, modules};
use modules::connections::probe::{Verdict, probe};
use modules::{Connections, Options};
use serde_json::json;
use std::collections::BTreeMap;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

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
    let Some(server) = Dovecot::start() else { return };
    server.deliver(b"Subject: one\n\nHello\n");
    let (certificates, (plain, tls)) = (&server.certificates, server.ports);
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
