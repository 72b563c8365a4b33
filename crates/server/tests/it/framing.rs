//! Requests whose end is in doubt (RFC 9112 §6, §11.2), by raw sockets: two programs that read them differently would see
//! different requests.

use crate::gateway::site;
use crate::site::Site;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// All that is answered until the connection closes, or nothing more comes for a while.
async fn talk(site: &Site, text: &[u8]) -> (String, bool) {
    let mut stream = TcpStream::connect(site.base.trim_start_matches("http://")).await.unwrap();
    stream.write_all(text).await.unwrap();
    let (mut said, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        match timeout(Duration::from_millis(700), stream.read(&mut buffer)).await {
            Ok(Ok(0)) | Ok(Err(_)) => return (String::from_utf8_lossy(&said).into_owned(), true),
            Ok(Ok(length)) => said.extend_from_slice(&buffer[..length]),
            Err(_) => return (String::from_utf8_lossy(&said).into_owned(), false),
        }
    }
}

fn statuses(said: &str) -> Vec<&str> {
    said.match_indices("HTTP/1.1 ").map(|(at, _)| &said[at + 9..at + 12]).collect()
}

/// A request that would start a run if it were taken for one.
const SMUGGLED: &str = "POST /hook/hello HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}";

/// Is refused with 400, and nothing after it is looked at.
async fn refused(site: &Site, head: &str, body: &str) {
    let request = format!("POST /hook/hello HTTP/1.1\r\n{head}\r\n{body}{SMUGGLED}");
    let (said, closed) = talk(site, request.as_bytes()).await;
    assert_eq!(statuses(&said), ["400"], "{head:?} {body:?}: {said}");
    assert!(closed, "{head:?} {body:?}: the connection stays open");
}

#[tokio::test]
async fn w9_a_length_in_doubt_is_refused_and_the_connection_closed() {
    let site = site().await;
    for head in [
        "host: x\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n",
        "host: x\r\ntransfer-encoding: chunked\r\ncontent-length: 0\r\n",
        "host: x\r\ncontent-length: 2\r\ncontent-length: 3\r\n",
        "host: x\r\ncontent-length: 2\r\ncontent-length: 2\r\n",
        "host: x\r\ncontent-length: 2, 2\r\n",
        "host: x\r\ncontent-length: +2\r\n",
        "host: x\r\ncontent-length: -2\r\n",
        "host: x\r\ncontent-length: 0x2\r\n",
        "host: x\r\ncontent-length: 99999999999999999999\r\n",
        "host: x\r\ncontent-length : 2\r\n",
        "host: x\r\ntransfer-encoding: chunked, identity\r\n",
        "host: x\r\ntransfer-encoding: gzip, chunked\r\n",
        "host: x\r\ntransfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n",
        "host: x\r\ntransfer-encoding: xchunked\r\n",
        "host: x\r\ntransfer-encoding : chunked\r\n",
    ] {
        refused(&site, head, "0\r\n\r\n").await;
    }
    nothing_started(&site).await;
}

#[tokio::test]
async fn w9_lines_that_are_read_in_two_ways_are_refused() {
    let site = site().await;
    for head in [
        "host: x\r\nx-a: 1\r\n folded: 2\r\n",
        "host: x\r\nx-a: 1\r\n\tcontent-length: 2\r\n",
        "host: x\r\nx-a: 1\rcontent-length: 2\r\n",
        "host: x\rcontent-length: 2\r\n",
        "host: x\r\nx-a: 1\0\r\n",
        "host: x\r\nx a: 1\r\n",
        "host: x\r\n: 1\r\n",
        " host: x\r\n",
        "x-a: 1\r\n",
        "host: x\r\nhost: y\r\n",
    ] {
        refused(&site, head, "").await;
    }
    nothing_started(&site).await;
}

#[tokio::test]
async fn w9_chunks_that_are_read_in_two_ways_end_the_connection() {
    let site = site().await;
    let head = "host: x\r\ntransfer-encoding: chunked\r\n";
    for body in [
        "0x2\r\n{}\r\n0\r\n\r\n",
        "2\n{}\n0\n\n",
        "-2\r\n{}\r\n0\r\n\r\n",
        "2\r\n{}xx0\r\n\r\n",
        "g\r\n{}\r\n0\r\n\r\n",
    ] {
        let request = format!("POST /hook/hello HTTP/1.1\r\n{head}\r\n{body}{SMUGGLED}");
        let (said, closed) = talk(&site, request.as_bytes()).await;
        assert_eq!(statuses(&said), ["400"], "{body:?}: {said}");
        assert!(closed, "{body:?}: the connection stays open");
    }
    nothing_started(&site).await;
}

/// What a refused request had in its body is not taken for the next one.
#[tokio::test]
async fn w9_the_rest_of_a_refused_request_is_no_request() {
    let site = site().await;
    for (line, status) in [("POST /hook/nothing", "404"), ("PUT /hook/hello", "405"), ("HEAD /hook/hello", "200")] {
        let request = format!("{line} HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n{SMUGGLED}", SMUGGLED.len());
        let (said, _) = talk(&site, request.as_bytes()).await;
        assert_eq!(statuses(&said), [status], "{line}: {said}");
    }
    nothing_started(&site).await;
}

#[tokio::test]
async fn requests_in_a_row_are_answered_in_a_row() {
    let site = site().await;
    let (said, closed) = talk(&site, SMUGGLED.repeat(3).as_bytes()).await;
    assert_eq!((statuses(&said), closed), (vec!["200"; 3], false), "{said}");
}

#[tokio::test]
async fn a_caller_that_asks_first_is_told_to_go_on() {
    let site = site().await;
    let head = "POST /hook/hello HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n";
    let mut stream = TcpStream::connect(site.base.trim_start_matches("http://")).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut told = [0; 25];
    timeout(Duration::from_secs(20), stream.read_exact(&mut told)).await.unwrap().unwrap();
    assert_eq!(&told, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(b"{}").await.unwrap();
    let mut answer = [0; 12];
    timeout(Duration::from_secs(20), stream.read_exact(&mut answer)).await.unwrap().unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
}

async fn nothing_started(site: &Site) {
    assert_eq!(site.get("/runs").await["items"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn w9_a_web_socket_is_refused_at_once() {
    let site = site().await;
    for head in [
        "host: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n",
        "host: x\r\nupgrade: WebSocket\r\ncontent-length: 2\r\n",
        "host: x\r\nupgrade: h2c\r\nupgrade: websocket\r\ncontent-length: 0\r\n",
    ] {
        let request = format!("POST /hook/hello HTTP/1.1\r\n{head}\r\n{{}}{SMUGGLED}");
        let (said, _) = talk(&site, request.as_bytes()).await;
        assert_eq!(statuses(&said), ["400"], "{head:?}: {said}");
        assert!(said.contains("no_websocket"), "{head:?}: {said}");
    }
    let other = "POST /hook/hello HTTP/1.1\r\nhost: x\r\nupgrade: h2c\r\ncontent-length: 2\r\n\r\n{}";
    assert_eq!(statuses(&talk(&site, other.as_bytes()).await.0), ["200"]);
}
