//! Callers that mean harm, or are merely slow, in numbers: the others are served, and memory stays bounded.

use crate::served::{PATIENCE, Served};
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::Barrier;
use std::time::{Duration, Instant};

const HELLO: &str = "
trigger: { webhook: { path: hello, verify: none } }
steps:
  - respond: { json: { response: Hello } }
";

fn connect(served: &Served) -> TcpStream {
    let stream = TcpStream::connect(served.address()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// The status of the answer; none where the connection was closed without one.
fn status(stream: &mut TcpStream) -> Option<u16> {
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).ok()?;
    std::str::from_utf8(&answer[9..]).ok()?.parse().ok()
}

#[test]
fn w8_two_thousand_slow_callers_stop_nobody() {
    // This process needs as many files as the server does.
    rlimit::increase_nofile_limit(1 << 16).unwrap();
    let served = Served::start(&[("hello.yaml", HELLO)]);
    let mut slow: Vec<TcpStream> = (0..2_000).map(|_| connect(&served)).collect();
    for stream in &mut slow {
        stream.write_all(b"POST /hook/hello HTTP/1.1\r\nhost: x\r\nx-slow: ").unwrap();
    }
    for _ in 0..20 {
        let begin = Instant::now();
        assert_eq!(served.get("/hook/hello").status, 200);
        assert!(begin.elapsed() < Duration::from_secs(2), "{:?}", begin.elapsed());
        for stream in &mut slow {
            // Those whose time is over are closed by now.
            let _ = stream.write_all(b"x");
        }
    }
}

#[test]
fn w8_a_head_that_comes_byte_by_byte_is_not_waited_for() {
    let served = Served::start(&[("hello.yaml", HELLO)]);
    let mut stream = connect(&served);
    stream.write_all(b"POST /hook/hello HTTP/1.1\r\nhost: x\r\nx-slow: ").unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    let begin = Instant::now();
    let mut answer = [0; 12];
    loop {
        match stream.read(&mut answer) {
            Ok(0) => break,
            Ok(_) => return assert_eq!(&answer, b"HTTP/1.1 408"),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(_) => break,
        }
        if stream.write_all(b"x").is_err() {
            break;
        }
        assert!(begin.elapsed() < Duration::from_secs(20), "the server still waits");
    }
}

/// 200 bodies of 4 MiB at once are more than the server holds at a time: as many as fit are taken, the others are told to
/// come again.
#[test]
fn w6_two_hundred_uploads_at_once_in_bounded_memory() {
    const LENGTH: usize = 4 << 20;
    let served = Served::start(&[("hello.yaml", HELLO)]);
    served.get("/hook/hello");
    served.forget_peak();
    let before = served.memory("VmRSS");
    let all_sent = Barrier::new(200);
    let answers: Vec<Option<u16>> = std::thread::scope(|scope| {
        let send = || {
            let mut stream = connect(&served);
            let head = format!(
                "POST /hook/hello HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\ncontent-length: {LENGTH}\r\n\r\n"
            );
            let sent = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&vec![b'x'; LENGTH - 1]));
            all_sent.wait();
            let _ = sent.and_then(|()| stream.write_all(b"x"));
            status(&mut stream)
        };
        let threads: Vec<_> = (0..200).map(|_| scope.spawn(send)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let grown = served.memory("VmHWM").saturating_sub(before);
    let taken = answers.iter().filter(|answer| **answer == Some(200)).count();
    let odd: Vec<_> = answers.iter().flatten().filter(|status| !matches!(status, 200 | 503)).collect();
    assert!(odd.is_empty(), "{odd:?}");
    assert!(taken >= 50, "{taken}");
    // 256 MiB of bodies, and each once more on its way to the disk. All of them would be 1.6 GiB.
    assert!(grown < 768 << 10, "{grown} KiB more than before");
    assert_eq!(served.post("/hook/hello", "{}").status, 200);
}

/// A stream of DEFLATE (RFC 1951) that is nothing but repetitions of one byte: 8 of them, of 258 bytes each, are 13 bytes.
fn bomb(length: usize) -> Vec<u8> {
    let mut bits = Vec::new();
    let mut write = |value: u32, count: u32, high_first: bool| {
        let order: Box<dyn Iterator<Item = u32>> =
            if high_first { Box::new((0..count).rev()) } else { Box::new(0..count) };
        bits.extend(order.map(|at| value >> at & 1 == 1));
    };
    write(0, 1, false); // not the last block
    write(1, 2, false); // fixed codes
    write(0x30, 8, true); // the byte 0
    for _ in 0..8 * length / 13 {
        write(0b1100_0101, 8, true); // 258 bytes…
        write(0, 5, true); // …from one byte back
    }
    let gzip_head = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    let packed = bits.chunks(8).map(|byte| byte.iter().rev().fold(0, |all, bit| all << 1 | u8::from(*bit)));
    gzip_head.into_iter().chain(packed).collect()
}

#[test]
fn w7_a_bomb_costs_little_memory() {
    let served = Served::start(&[("hello.yaml", HELLO)]);
    served.get("/hook/hello");
    let bomb = bomb(10 << 20);
    assert!(bomb.len() > 9 << 20, "{}", bomb.len());
    served.forget_peak();
    let before = served.memory("VmRSS");
    for content_type in ["application/json", "application/octet-stream", "multipart/form-data; boundary=x"] {
        let headers = [("content-type", content_type), ("content-encoding", "gzip")];
        let mut stream = connect(&served);
        let mut head = format!("POST /hook/hello HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n", bomb.len());
        headers.iter().for_each(|(name, value)| head.push_str(&format!("{name}: {value}\r\n")));
        // The server may answer, and close, before it has all.
        let _ = stream.write_all(format!("{head}\r\n").as_bytes()).and_then(|()| stream.write_all(&bomb));
        assert_eq!(status(&mut stream), Some(413), "{content_type}");
    }
    let grown = served.memory("VmHWM").saturating_sub(before);
    assert!(grown < 50 << 10, "{grown} KiB more than before");
    assert_eq!(served.get("/hook/hello").status, 200);
}

#[test]
fn w17_what_a_caller_sends_cannot_split_the_answer() {
    let served = Served::start(&[(
        "say.yaml",
        "
trigger: { webhook: { path: say, verify: none } }
steps:
  - respond: { headers: { X-Name: \"{{ trigger.query.name }}\" }, text: \"{{ trigger.query.name }}\" }
",
    )]);
    let answer = served.get("/hook/say?name=%E4%B8%AD%20x");
    assert_eq!((answer.status, answer.header("x-name")), (200, Some("中 x")));
    for name in ["a%0d%0aSet-Cookie:%20a=b", "a%0aX-Other:%201", "a%0d", "%00"] {
        let answer = served.get(&format!("/hook/say?name={name}"));
        assert_eq!(answer.status, 500, "{name}");
        assert!(answer.header("set-cookie").is_none() && answer.header("x-other").is_none(), "{:?}", answer.head);
    }
}

#[test]
fn w18_a_link_of_this_server_leads_where_its_author_wants() {
    let served = Served::start(&[
        (
            "go.yaml",
            "
trigger: { webhook: { path: go, verify: none } }
steps:
  - respond: { redirect: \"{{ trigger.query.to }}\", hosts: [pay.example.com] }
",
        ),
        (
            "by-header.yaml",
            "
trigger: { webhook: { path: by-header, verify: none } }
steps:
  - respond: { status: 307, headers: { Location: \"{{ trigger.query.to }}\" } }
",
        ),
    ]);
    let answer = served.get("/hook/go?to=https://pay.example.com/1");
    assert_eq!((answer.status, answer.header("location")), (302, Some("https://pay.example.com/1")));
    for path in ["go", "by-header"] {
        assert_eq!(served.get(&format!("/hook/{path}?to=/thanks")).header("location"), Some("/thanks"));
        for to in ["https://evil.example/", "//evil.example", "/%5Cevil.example", "/%09/evil.example"] {
            let answer = served.get(&format!("/hook/{path}?to={to}"));
            assert_eq!((answer.status, answer.header("location")), (500, None), "{path} {to}");
        }
    }
}

#[test]
fn w14_one_caller_cannot_take_all_calls() {
    let served = Served::start_with(&[("hello.yaml", HELLO)], &["--hook-rate", "3/1h"]);
    for _ in 0..3 {
        assert_eq!(served.get("/hook/hello").status, 200);
    }
    let answer = served.get("/hook/hello");
    assert_eq!(answer.status, 429);
    assert!(answer.header("retry-after").is_some());
    assert_eq!(served.get("/healthz").status, 200);
}
