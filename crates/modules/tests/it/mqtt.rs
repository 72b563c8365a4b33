//! `mqtt.publish` against a real Mosquitto.

use crate::daemon::{Certificates, Daemon, free_port, program};
use crate::step::{Given, NOW, files, modules, step};
use modules::connections::probe::probe;
use modules::{Connections, Options};
use run::call::{Delivery, Module};
use run::error::{Recovery, StepError};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::process::Command;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

struct Broker {
    daemon: Daemon,
    modules: Vec<Arc<dyn Module>>,
    _folder: TempDir,
}

impl Broker {
    /// A broker with these lines in its configuration.
    fn start(lines: &str) -> Option<Self> {
        let program = program("mosquitto", "mosquitto")?;
        let folder = tempfile::tempdir().unwrap();
        let (file, port) = (folder.path().join("mosquitto.conf"), free_port());
        let user = std::env::var("USER").unwrap_or_else(|_| "root".to_owned());
        std::fs::write(&file, format!("listener {port} 127.0.0.1\nuser {user}\n{lines}\n")).unwrap();
        let daemon = Daemon::start(port, move || {
            let mut command = Command::new(&program);
            command.arg("-c").arg(&file);
            command
        });
        let text = format!("broker: {{ type: mqtt, url: 'mqtt://127.0.0.1:{port}' }}");
        Some(Self { daemon, modules: modules(&text, &[], Options::default()), _folder: folder })
    }

    async fn publish(&self, parameters: Value) -> Result<Value, StepError> {
        let outcome = step(&self.modules, "mqtt.publish").connection("broker").call(parameters).await;
        outcome.map(|outcome| outcome.output)
    }
}

/// Someone who listens to everything, and reads whole messages of less than 128 bytes.
struct Listener(TcpStream);

impl Listener {
    async fn new(port: u16) -> Self {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        stream.write_all(b"\x10\x13\0\x04MQTT\x04\x02\0\0\0\x07watcher").await.unwrap();
        stream.write_all(b"\x82\x06\0\x01\0\x01#\0").await.unwrap();
        let mut answers = [0; 9];
        stream.read_exact(&mut answers).await.unwrap();
        assert_eq!(&answers, b"\x20\x02\0\0\x90\x03\0\x01\0");
        Self(stream)
    }

    /// Topic, message, and whether it was kept from before.
    async fn next(&mut self) -> (String, String, bool) {
        let mut head = [0; 2];
        self.0.read_exact(&mut head).await.unwrap();
        let mut body = vec![0; usize::from(head[1])];
        self.0.read_exact(&mut body).await.unwrap();
        let length = usize::from(body[1]);
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        (text(&body[2..2 + length]), text(&body[2 + length..]), head[0] & 1 == 1)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_arrive_with_every_quality_of_service() {
    let Some(mut broker) = Broker::start("allow_anonymous true") else { return };
    let mut listener = Listener::new(broker.daemon.port).await;
    for qos in [0, 1, 2] {
        let message = json!({ "topic": "shop/größe", "message": { "qos": qos }, "qos": qos });
        assert_eq!(broker.publish(message).await, Ok(json!({ "topic": "shop/größe", "bytes": 9 })), "{qos}");
        assert_eq!(listener.next().await, ("shop/größe".to_owned(), format!("{{\"qos\":{qos}}}"), false));
    }
    broker.publish(json!({ "topic": "kept", "message": "a text", "retain": true })).await.unwrap();
    assert_eq!(Listener::new(broker.daemon.port).await.next().await, ("kept".to_owned(), "a text".to_owned(), true));
    for parameters in [
        json!({ "topic": "a/#", "message": "" }),
        json!({ "topic": "", "message": "" }),
        json!({ "topic": "a", "message": "", "qos": 3 }),
    ] {
        let error = broker.publish(parameters.clone()).await.unwrap_err();
        assert_eq!(error.code, "invalid_parameters", "{parameters}");
    }
    broker.daemon.kill();
    let error = broker.publish(json!({ "topic": "a", "message": "b" })).await.unwrap_err();
    assert_eq!((error.code.as_str(), error.recovery), ("connection_failed", Recovery::Retry), "{error:?}");
    broker.daemon.restart();
    broker.publish(json!({ "topic": "a", "message": "b" })).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_is_told_so() {
    let Some(closed) = Broker::start("allow_anonymous false") else { return };
    let error = closed.publish(json!({ "topic": "a", "message": "b" })).await.unwrap_err();
    assert_eq!((error.code.as_str(), error.recovery), ("login_refused", Recovery::Permanent), "{error:?}");
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("acl");
    std::fs::write(&list, "topic write shop/#\n").unwrap();
    let Some(broker) = Broker::start(&format!("allow_anonymous true\nacl_file {}", list.display())) else { return };
    broker.publish(json!({ "topic": "shop/a", "message": "b" })).await.unwrap();
    let error = broker.publish(json!({ "topic": "other", "message": "b" })).await.unwrap_err();
    assert_eq!((error.code.as_str(), error.recovery), ("server_refused", Recovery::Permanent), "{error:?}");
    broker.publish(json!({ "topic": "shop/a", "message": "b" })).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_and_the_probe_are_as_the_connection_says() {
    let certificates = Certificates::new();
    let lines = format!(
        "allow_anonymous true\ncertfile {}\nkeyfile {}",
        certificates.certificate.display(),
        certificates.key.display()
    );
    let Some(broker) = Broker::start(&lines) else { return };
    let url = format!("mqtts://localhost:{}", broker.daemon.port);
    for (ca, code) in [(", ca: { file: ca.pem }", None), ("", Some("connection_failed"))] {
        let given = Given(BTreeMap::from([("ca.pem", certificates.authority.clone())]));
        let connections = Connections::parse(&format!("it: {{ type: mqtt, url: '{url}'{ca} }}"), &given).unwrap();
        let verdict = probe(&connections, "it", &files(), Options::default(), NOW).await;
        assert_eq!(verdict.code.as_deref(), code, "{verdict:?}");
    }
}

#[tokio::test]
async fn an_older_broker_is_spoken_to_in_its_own_version() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = tokio::spawn(async move {
        let mut levels = Vec::new();
        for answer in [&b"\x20\x02\0\x01"[..], b"\x20\x02\0\0"] {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut hello = [0; 64];
            let read = stream.read(&mut hello).await.unwrap();
            assert!(read > 9);
            levels.push(hello[8]);
            stream.write_all(answer).await.unwrap();
            if levels.len() == 2 {
                // Topic, number and message, without the properties of version 5.
                let mut message = [0; 8];
                stream.read_exact(&mut message).await.unwrap();
                assert_eq!(&message, b"\x32\x06\0\x01a\0\x01b");
                stream.write_all(b"\x40\x02\0\x01").await.unwrap();
            }
        }
        levels
    });
    let modules = modules(&format!("it: {{ type: mqtt, url: 'mqtt://127.0.0.1:{port}' }}"), &[], Options::default());
    let publish = step(&modules, "mqtt.publish").connection("it");
    let outcome = publish.call(json!({ "topic": "a", "message": "b" })).await.unwrap();
    assert_eq!(outcome.delivery, Delivery::Real);
    assert_eq!(server.await.unwrap(), [5, 4]);
}
