//! `hookmill listen`: what comes to a real server reaches a program on this machine as it came.

use crate::far_side::{header, read_head};
use crate::served::{PATIENCE, Served, TOKEN};
use std::io::{BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};

/// A request as the program got it: its head, and its body.
type Got = (Vec<String>, Vec<u8>);

/// A program that answers 202 and tells what it got.
fn program() -> (SocketAddr, Receiver<Got>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut stream = stream;
            while let Some(head) = read_head(&mut reader) {
                let length = header(&head, "content-length").and_then(|value| value.parse().ok()).unwrap_or(0);
                let mut body = vec![0; length];
                reader.read_exact(&mut body).unwrap();
                stream.write_all(b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n").unwrap();
                sender.send((head, body)).unwrap();
            }
        }
    });
    (address, receiver)
}

/// A listening command, which ends with the test.
struct Listening(Child);

impl Listening {
    fn start(served: &Served, path: &str, forward: &str) -> Self {
        let binary = std::env::var("HOOKMILL_BIN").unwrap_or_else(|_| env!("CARGO_BIN_EXE_hookmill").to_owned());
        let log = std::fs::File::create(served.path().join("listening")).unwrap();
        let child = Command::new(binary)
            .args(["listen", path, "--forward", forward, "--server", &format!("http://{}", served.address())])
            .env("HOOKMILL_TOKEN", TOKEN)
            .stdout(Stdio::null())
            .stderr(log)
            .spawn();
        Self(child.unwrap())
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

fn said(served: &Served) -> String {
    std::fs::read_to_string(served.path().join("listening")).unwrap_or_default()
}

/// Calls until the program has got something: the command may not listen yet, or again.
fn call_until_got(served: &Served, target: &str, got: &Receiver<Got>) -> Got {
    let end = std::time::Instant::now() + PATIENCE;
    loop {
        let headers = [("x-signature", "sha256=abc"), ("content-type", "application/json"), ("te", "trailers")];
        let sent = served.connect().and_then(|mut to| to.send("PUT", target, &headers, b"{\"a\": 1.0}\xff\n"));
        assert!(sent.is_ok_and(|answer| answer.status == 200));
        if let Ok(got) = got.recv_timeout(std::time::Duration::from_millis(200)) {
            return got;
        }
        assert!(std::time::Instant::now() < end, "nothing was handed on: {}", said(served));
    }
}

#[test]
fn row_27_what_comes_is_handed_on_as_it_came_and_after_a_restart_too() {
    let mut served = Served::start(&[]);
    let (address, got) = program();
    let _listening = Listening::start(&served, "probe/{id}", &format!("http://{address}/in"));
    served.wait_for("the bin", |served| served.api("GET", "/hooks", "").text().contains("probe/{id}"));
    for _ in 0..2 {
        let (head, body) = call_until_got(&served, "/hook/probe/7%2F8?x=1&token=abc", &got);
        assert_eq!(head[0], "PUT /in/7%2F8?x=1&token=abc HTTP/1.1");
        assert_eq!(body, b"{\"a\": 1.0}\xff\n");
        assert_eq!(header(&head, "x-signature"), Some("sha256=abc"));
        assert_eq!(header(&head, "host"), Some(address.to_string().as_str()));
        assert_eq!(header(&head, "te"), None);
        served.wait_for("the line", |served| said(served).contains("kept  →  202 in "));
        served.stop();
        served.restart();
    }
    let kept = served.api("GET", "/hooks/probe%2F%7Bid%7D/requests", "").json();
    assert!(kept["requests"].as_array().unwrap().len() >= 2, "requests outlive restarts: {kept}");
    assert_eq!(kept["requests"][0]["target"], "/hook/probe/7%2F8?x=1&token=•••");
    assert!(!served.log().contains("probe/7"), "paths are in no log");
}

#[test]
fn what_a_bin_answered_for_survives_a_kill() {
    let mut served = Served::start(&[]);
    served.api("POST", "/hooks", r#"{"path":"probe"}"#);
    let mut connection = served.connect().unwrap();
    for number in 0..50 {
        assert_eq!(connection.send("POST", "/hook/probe", &[], format!("n{number}").as_bytes()).unwrap().status, 200);
    }
    served.kill();
    served.restart();
    let kept = served.api("GET", "/hooks/probe/requests?limit=200", "").json();
    let lengths: Vec<u64> =
        kept["requests"].as_array().unwrap().iter().map(|request| request["length"].as_u64().unwrap()).collect();
    assert_eq!((lengths.len(), lengths[0], lengths[49]), (50, 3, 2));
}
