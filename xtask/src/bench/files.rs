//! A large file from a webhook to a far side: what it costs in memory and time.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Instant;

use anyhow::{Context, ensure};

use super::figure::{Bound, Figure};
use super::gauge::peak;
use super::http;
use super::profile::Profile;
use super::scratch::Scratch;
use super::server::{PATIENCE, Server};
use super::{Bench, RUNS};

const PATH: &str = "/hook/files";

/// How much more memory the server may come to use for one file of 100 MB, in MB.
const COST: Bound = Bound::AtMost(40.0);

/// Raw bodies first, then forms.
pub(crate) fn measure(bench: &Bench) -> anyhow::Result<Vec<Figure>> {
    let profile = Profile::read(&bench.profiles, "files")?;
    let sink = Sink::start()?;
    let text = profile.scenario().replace("ADDRESS", &sink.address.to_string());
    let scratch = Scratch::new(&bench.scratch, "files", [("files.yaml".to_owned(), text)])?;
    let server = Server::hookmill(bench, &scratch)?;
    let size = usize::try_from(profile.number("count")?)?;
    let bytes = noise(size);
    send(&server, &sink, "image/png", &bytes[..1_000_000], &bytes[..1_000_000])?;
    let form = form(&bytes);
    let mut figures = Vec::new();
    for (what, kind, body) in [("raw", "image/png", &bytes), ("in a form", "multipart/form-data; boundary=cut", &form)]
    {
        let (mut memory, mut times) = (Vec::new(), Vec::new());
        for _ in 0..RUNS {
            fs::write(format!("/proc/{}/clear_refs", server.pid()), "5").context("cannot reset the peak of memory")?;
            let before = peak(server.pid())?;
            let start = Instant::now();
            send(&server, &sink, kind, body, &bytes)?;
            times.push(start.elapsed().as_secs_f64() * 1e3);
            memory.push(peak(server.pid())? - before);
        }
        let size = size / 1_000_000;
        figures.push(Figure::new(format!("more memory for {size} MB {what}"), "MB", memory).bound(COST));
        figures.push(Figure::new(format!("{size} MB {what}, received, on disk, sent on"), "ms", times));
    }
    Ok(figures)
}

/// Posts a body, and fails unless the far side gets these bytes.
fn send(server: &Server, sink: &Sink, kind: &str, body: &[u8], expected: &[u8]) -> anyhow::Result<()> {
    let answer = http::post_as(server.address, PATH, kind, body)?;
    ensure!(answer.is_ok(), "answered {} {}", answer.status, String::from_utf8_lossy(&answer.body));
    let got = sink.bodies.recv_timeout(PATIENCE).context("the far side got nothing")?;
    ensure!(got == expected, "the far side got {} bytes that are not those of the file", got.len());
    Ok(())
}

/// A far side that hands out what it gets.
struct Sink {
    address: SocketAddr,
    bodies: Receiver<Vec<u8>>,
}

impl Sink {
    fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let (sender, bodies) = mpsc::channel();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let sender = sender.clone();
                thread::spawn(move || take(stream, &sender));
            }
        });
        Ok(Self { address, bodies })
    }
}

/// Takes the bodies of one connection until it ends.
fn take(stream: TcpStream, bodies: &Sender<Vec<u8>>) -> Option<()> {
    let mut writer = stream.try_clone().ok()?;
    let mut reader = BufReader::new(stream);
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
            let line = line.trim_end().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().ok()?;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        bodies.send(body).ok()?;
        writer.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").ok()?;
    }
}

/// Bytes that repeat only after a long time.
fn noise(size: usize) -> Vec<u8> {
    let mut word = 1_u32;
    let next = || {
        word = word.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        word.to_le_bytes()
    };
    std::iter::repeat_with(next).take(size / 4).flatten().collect()
}

fn form(bytes: &[u8]) -> Vec<u8> {
    let head = "--cut\r\nContent-Disposition: form-data; name=\"doc\"; filename=\"a.png\"\r\n\
                Content-Type: image/png\r\n\r\n";
    [head.as_bytes(), bytes, b"\r\n--cut--\r\n"].concat()
}
