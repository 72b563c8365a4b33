//! What callers meet while the server changes or ends under them.

use crate::binary::HELLO;
use crate::served::{Connection, PATIENCE, Served, TOKEN};
use serde_json::json;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// How long a server may take to end, whoever holds on to it.
const LONGEST_END: Duration = Duration::from_secs(25);

fn saying(version: usize) -> String {
    HELLO.replace("response: Hello", &format!("response: {version}"))
}

/// Calls again and again on a kept connection until it is told to stop or the server is gone; the answers, in order.
fn call(address: SocketAddr, stop: &AtomicBool) -> Vec<(u16, String, Option<String>)> {
    let mut answers = Vec::new();
    let Ok(mut connection) = Connection::open(address) else { return answers };
    while !stop.load(Ordering::Relaxed) {
        let Ok(answer) = connection.send("POST", "/hook/hello", &[("content-type", "application/json")], b"{}") else {
            break;
        };
        answers.push((answer.status, answer.text(), answer.header("hookmill-run").map(str::to_owned)));
    }
    answers
}

#[test]
fn every_call_is_answered_by_the_version_before_or_after_a_change() {
    const VERSIONS: usize = 30;
    let mut served = Served::start(&[("hello.yaml", &saying(0))]);
    let (stop, address) = (AtomicBool::new(false), served.address());
    let answers = thread::scope(|scope| {
        let callers: Vec<_> = (0..4).map(|_| scope.spawn(|| call(address, &stop))).collect();
        for version in 1..=VERSIONS {
            if version % 3 == 0 {
                let put = json!({ "text": saying(version) }).to_string();
                assert_eq!(served.api("PUT", "/scenarios/hello", &put).status, 200);
            } else {
                served.write("hello.yaml", &saying(version));
            }
            served
                .write(&format!("other{version}.yaml"), &saying(version).replace("hello", &format!("other{version}")));
            let expected = format!("{{\"response\":{version}}}");
            served.wait_for("the change", |served| served.get("/hook/hello").text() == expected);
        }
        stop.store(true, Ordering::Relaxed);
        callers.into_iter().map(|caller| caller.join().unwrap()).collect::<Vec<_>>()
    });
    for answers in answers {
        let versions: Vec<usize> = answers
            .iter()
            .map(|(status, text, _)| {
                let version = text.strip_prefix("{\"response\":").and_then(|rest| rest.strip_suffix('}'));
                version.and_then(|it| it.parse().ok()).unwrap_or_else(|| panic!("{status}: {text}"))
            })
            .collect();
        assert!(versions.len() > VERSIONS, "only {} calls", versions.len());
        assert!(versions.is_sorted(), "an older version answered after a newer one");
    }
}

/// Opens a connection, sends this, and reads nothing.
fn hang(address: SocketAddr, request: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    stream
}

#[test]
fn a_server_that_is_asked_to_end_keeps_what_it_acknowledged_and_waits_for_nobody_for_long() {
    let mut served = Served::start(&[("hello.yaml", HELLO)]);
    assert_eq!(served.api("POST", "/hooks", r#"{"path":"probe"}"#).status, 201);
    let address = served.address();
    let bearer = format!("authorization: Bearer {TOKEN}\r\n");
    let held = [
        format!("GET /api/v1/events HTTP/1.1\r\nhost: x\r\n{bearer}\r\n"),
        format!("GET /api/v1/hooks/probe/listen HTTP/1.1\r\nhost: x\r\n{bearer}\r\n"),
        format!("GET /api/v1/hooks/hello/requests/events HTTP/1.1\r\nhost: x\r\n{bearer}\r\n"),
        "POST /hook/hello HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{".to_owned(),
        "POST /hook/hello HTTP/1.1\r\nhost: x\r\n".to_owned(),
        String::new(),
    ];
    let held: Vec<TcpStream> = held.iter().map(|request| hang(address, request)).collect();
    // The listener is so far behind that its connection takes no more.
    let large = vec![b'x'; 8 << 20];
    (0..4).for_each(|_| assert_eq!(served.send("POST", "/hook/probe", &[], &large).status, 200));
    let stop = AtomicBool::new(false);
    let (answers, took) = thread::scope(|scope| {
        let callers: Vec<_> = (0..4).map(|_| scope.spawn(|| call(address, &stop))).collect();
        served.wait_for("some calls", |served| {
            served.api("GET", "/runs?scenario=hello&limit=100", "").json()["items"].as_array().unwrap().len() >= 100
        });
        let began = Instant::now();
        served.stop();
        (callers.into_iter().flat_map(|caller| caller.join().unwrap()).collect::<Vec<_>>(), began.elapsed())
    });
    assert!(took < LONGEST_END, "it took {took:?} to end");
    drop(held);
    served.restart();
    let acknowledged: Vec<&str> =
        answers.iter().filter(|(status, ..)| *status == 200).filter_map(|(.., run)| run.as_deref()).collect();
    assert!(acknowledged.len() >= 100);
    for run in acknowledged {
        assert_eq!(served.api("GET", &format!("/runs/{run}"), "").json()["status"], "succeeded", "{run}");
    }
    for (status, text, _) in &answers {
        assert!(matches!(status, 200 | 503), "{status}: {text}");
    }
}

#[test]
fn a_burst_of_callers_is_let_in_without_waiting_for_a_second_try() {
    let served = Served::start(&[("hello.yaml", HELLO)]);
    let began = Instant::now();
    let mut streams: Vec<TcpStream> = (0..1_500)
        .map(|_| hang(served.address(), "POST /hook/hello HTTP/1.1\r\nhost: x\r\nconnection: close\r\n"))
        .collect();
    streams.iter_mut().for_each(|stream| stream.write_all(b"content-length: 2\r\n\r\n{}").unwrap());
    for stream in &mut streams {
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(&answer, b"HTTP/1.1 200");
    }
    assert!(began.elapsed() < PATIENCE, "{:?}", began.elapsed());
}
