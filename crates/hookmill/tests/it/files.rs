//! Large files flow from a webhook to a far side: byte for byte, in little memory, and whole again after a crash.

use crate::far_side::{header, read_head};
use crate::served::{Answer, Served};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::io::{BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// How large the file is, in bytes.
const SIZE: usize = 60_000_000;

/// How much more memory the server may come to use for it, in KiB.
const MEMORY: u64 = 25_000;

/// A body as the far side got it.
#[derive(Clone, Debug, PartialEq)]
struct Upload {
    content_type: String,
    key: String,
    length: u64,
    sha256: String,
}

/// A service that takes files and keeps their digests.
struct Sink {
    address: SocketAddr,
    uploads: Arc<Mutex<Vec<Upload>>>,
    /// Whether uploads are left lying after their first million bytes.
    stalls: Arc<AtomicBool>,
    stalled: Arc<AtomicBool>,
}

impl Sink {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (uploads, stalls, stalled) = (Arc::default(), Arc::default(), Arc::default());
        let sink = Self { address, uploads, stalls, stalled };
        let (uploads, stalls) = (Arc::clone(&sink.uploads), Arc::clone(&sink.stalls));
        let stalled = Arc::clone(&sink.stalled);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (uploads, stalls, stalled) = (Arc::clone(&uploads), Arc::clone(&stalls), Arc::clone(&stalled));
                std::thread::spawn(move || take(stream, &uploads, &stalls, &stalled));
            }
        });
        sink
    }

    fn uploads(&self) -> Vec<Upload> {
        self.uploads.lock().unwrap().clone()
    }
}

fn take(stream: TcpStream, uploads: &Mutex<Vec<Upload>>, stalls: &AtomicBool, stalled: &AtomicBool) -> Option<()> {
    let mut writer = stream.try_clone().ok()?;
    let mut reader = BufReader::new(stream);
    loop {
        let head = read_head(&mut reader)?;
        let text = |name: &str| header(&head, name).unwrap_or_default().to_owned();
        let length: u64 = text("content-length").parse().ok()?;
        let (mut hash, mut left, mut piece) = (Sha256::new(), length, vec![0; 65_536]);
        while left > 0 {
            let most = piece.len().min(usize::try_from(left).unwrap());
            let got = reader.read(&mut piece[..most]).ok().filter(|got| *got > 0)?;
            hash.update(&piece[..got]);
            left -= got as u64;
            while length - left > 1_000_000 && stalls.load(Ordering::Relaxed) {
                stalled.store(true, Ordering::Relaxed);
                std::thread::sleep(std::time::Duration::from_millis(2));
            }
        }
        let (content_type, key) = (text("content-type"), text("idempotency-key"));
        uploads.lock().unwrap().push(Upload { content_type, key, length, sha256: hex(&hash.finalize()) });
        writer.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").ok()?;
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn noise(size: usize) -> Vec<u8> {
    let mut word = 1_u32;
    let next = || {
        word = word.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        word.to_le_bytes()
    };
    std::iter::repeat_with(next).take(size / 4).flatten().collect()
}

fn scenario(sink: &Sink) -> String {
    let url = format!("http://{}/inbox", sink.address);
    format!(
        "trigger: {{ webhook: {{ path: files, max_body: 100mb }} }}\n\
         steps:\n  - id: sent\n    http.request: {{ url: \"{url}\", file: \"{{{{ trigger.file }}}}\" }}\n"
    )
}

fn form(bytes: &[u8]) -> Vec<u8> {
    let head = "--cut\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nHello\r\n\
                --cut\r\nContent-Disposition: form-data; name=\"doc\"; filename=\"a.mp4\"\r\n\
                Content-Type: video/mp4\r\n\r\n";
    [head.as_bytes(), bytes, b"\r\n--cut--\r\n"].concat()
}

fn post(served: &Served, content_type: &str, body: &[u8]) -> Answer {
    let headers = [("content-type", content_type)];
    served.connect().unwrap().send("POST", "/hook/files", &headers, body).unwrap()
}

fn accepted(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["run"].as_str().unwrap().to_owned()
}

fn ended(served: &mut Served, run: &str) -> Value {
    let path = format!("/runs/{run}");
    let is_over = |run: &Value| ["succeeded", "failed"].contains(&run["status"].as_str().unwrap());
    served.wait_for("the run to end", |served| is_over(&served.api("GET", &path, "").json()));
    served.api("GET", &path, "").json()
}

#[test]
fn a_large_file_flows_through_in_little_memory() {
    let sink = Sink::start();
    let mut served = Served::start(&[("files.yaml", &scenario(&sink))]);
    let bytes = noise(SIZE);
    let sha256 = hex(&Sha256::digest(&bytes));
    // Whatever is made once is made before.
    let run = accepted(&post(&served, "image/png", &bytes[..100_000]));
    ended(&mut served, &run);
    served.forget_peak();
    let before = served.memory("VmHWM");
    for (content_type, body, kind, filename) in [
        ("video/mp4", bytes.clone(), "video/mp4", ""),
        ("multipart/form-data; boundary=cut", form(&bytes), "video/mp4", "a.mp4"),
    ] {
        let run = accepted(&post(&served, content_type, &body));
        let told = ended(&mut served, &run);
        assert_eq!(told["status"], "succeeded", "{told:#}");
        let upload = sink.uploads().pop().unwrap();
        assert_eq!((upload.content_type.as_str(), upload.length, &upload.sha256), (kind, SIZE as u64, &sha256));
        let shown = json!({ "file": {
            "filename": filename, "content_type": kind, "size": SIZE, "sha256": sha256,
        }});
        assert_eq!(told["steps"][0]["sent"]["body"], shown, "{told:#}");
    }
    let more = served.memory("VmHWM").saturating_sub(before);
    println!("two files of {SIZE} bytes took {more} KiB more");
    assert!(more < MEMORY, "{more} KiB more for two files of {SIZE} bytes");
}

#[test]
fn a_crash_in_the_middle_of_an_upload_sends_the_file_again_whole() {
    let sink = Sink::start();
    let mut served = Served::start(&[("files.yaml", &scenario(&sink))]);
    let bytes = noise(8_000_000);
    sink.stalls.store(true, Ordering::Relaxed);
    let run = accepted(&post(&served, "application/zip", &bytes));
    served.wait_for("the upload to begin", |_| sink.stalled.load(Ordering::Relaxed));
    served.kill();
    sink.stalls.store(false, Ordering::Relaxed);
    served.restart();
    let told = ended(&mut served, &run);
    assert_eq!(told["status"], "succeeded", "{told:#}");
    let uploads = sink.uploads();
    assert_eq!(uploads.len(), 1, "{uploads:?}");
    assert_eq!(uploads[0].sha256, hex(&Sha256::digest(&bytes)));
    assert!(uploads[0].key.starts_with(&run.replace('-', "")), "{uploads:?}");
}

#[test]
fn a_reference_from_outside_opens_nothing() {
    let sink = Sink::start();
    let forged = scenario(&sink).replace("trigger.file ", "trigger.body ").replace("path: files", "path: forged");
    let mut served = Served::start(&[("files.yaml", &scenario(&sink)), ("forged.yaml", &forged)]);
    let bytes = noise(100_000);
    let run = accepted(&post(&served, "application/zip", &bytes));
    ended(&mut served, &run);
    assert_eq!(sink.uploads().len(), 1);
    let sha256 = hex(&Sha256::digest(&bytes));
    let made_up = format!("hookmill-file:{}", "A".repeat(64));
    for reference in [format!("sha256:{sha256}"), sha256.clone(), made_up] {
        let answer = served.post("/hook/forged", &json!({ "file": reference, "sha256": sha256 }).to_string());
        let told = ended(&mut served, &accepted(&answer));
        assert_eq!(told["steps"][0]["error"]["code"], "file_unknown", "{told:#}");
    }
    assert_eq!(sink.uploads().len(), 1);
}

#[test]
fn bodies_larger_than_they_may_be_are_refused() {
    let small = "trigger: { webhook: { path: files } }\nsteps: [{ set: \"{{ trigger.file }}\", id: it }]\n";
    let limits = ["--max-body", "50000", "--max-file", "200000"];
    let served = Served::start_with(&[("files.yaml", small)], &limits);
    assert_eq!(post(&served, "image/png", &noise(50_000)).status, 200);
    assert_eq!(post(&served, "image/png", &noise(50_004)).status, 413);
    served.write("files.yaml", &small.replace("path: files", "path: files, max_body: 10mb"));
    let mut served = served;
    served.wait_for("the new text", |served| post(served, "image/png", &noise(200_000)).status == 200);
    assert_eq!(post(&served, "image/png", &noise(200_004)).status, 413);
    assert_eq!(post(&served, "text/plain", &[b'x'; 50_000]).status, 200);
    assert_eq!(post(&served, "text/plain", &[b'x'; 50_001]).status, 413);
}
