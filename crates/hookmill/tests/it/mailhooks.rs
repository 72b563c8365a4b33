//! Mails that are sent to the server itself: the real binary, Python's SMTP client and that of `email.send`, kills.
//!
//! `HOOKMILL_CHAOS_MAILS` sets the number of mails that are sent while the server is killed.

use crate::served::{PATIENCE, Served, TOKEN};
use run::entry::{self, Entry};
use serde_json::Value;
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const STATEMENTS: &str = "
name: Bank statements
trigger:
  mailhook:
    address: bank
    where: { from: \"*@bank.example\", subject: 銀行明細, has_attachment: \"*.csv\" }
steps:
  - id: rows
    csv.parse: { text: \"{{ trigger.attachments[0].file }}\", charset: big5 }
  - for_each:
      in: rows
      steps:
        - store.put:
            table: statements
            key: \"{{ item['日期'] }}\"
            value: { what: \"{{ item['摘要'] }}\", to: \"{{ trigger.envelope.to }}\", tls: \"{{ trigger.envelope.tls }}\" }
";
const STATEMENT: &[u8] = include_bytes!("../../../mail/testdata/bank-statement.eml");

fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// A server of names that knows none, as any would answer that is asked for `a.example` (RFC 1035 §4.1.1).
fn names() -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let at = socket.local_addr().unwrap();
    std::thread::spawn(move || {
        let mut message = [0; 4_096];
        while let Ok((count, from)) = socket.recv_from(&mut message) {
            if count < 12 {
                continue;
            }
            // An answer, with recursion: there is no such name.
            (message[2], message[3]) = (message[2] | 0x80, 0x83);
            drop(socket.send_to(&message[..count], from));
        }
    });
    at
}

fn serve_at(at: SocketAddr, files: &[(&str, &str)]) -> Served {
    let (smtp, names) = (at.to_string(), names().to_string());
    Served::start_with(files, &["--smtp", &smtp, "--smtp-domain", "hook.example.com", "--dns", &names])
}

fn serve(files: &[(&str, &str)]) -> (Served, SocketAddr) {
    let at = free();
    (serve_at(at, files), at)
}

/// Sends by Python's client; what was said. None where there is no Python, which is said.
fn send_by_python(at: SocketAddr, certificate: &str, from: &str, to: &[&str], mail: &[u8]) -> Option<Value> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/mailhook/send_mail.py");
    let mut command = Command::new("python3");
    command.arg(script).args([&at.port().to_string(), certificate, from]).args(to);
    let Ok(mut child) = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn() else {
        eprintln!("skipped: python3 is needed to send mails");
        return None;
    };
    child.stdin.take().unwrap().write_all(mail).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

fn runs(served: &Served, scenario: &str) -> Vec<Value> {
    let found = served.api("GET", &format!("/runs?limit=500&scenario={scenario}"), "").json();
    found["items"].as_array().cloned().unwrap_or_default()
}

#[test]
fn a_statement_in_big5_that_is_sent_to_the_server_becomes_rows() {
    let (mut served, at) = serve(&[
        ("statements.yaml", STATEMENTS),
        ("other.yaml", "trigger: { mailhook: { address: bank } }\nsteps: []\n"),
    ]);
    let served = &mut served;
    let to = ["bank+november@hook.example.com", "nobody@hook.example.com", "bank@elsewhere.example"];
    let Some(said) = send_by_python(at, "-", "news@bank.example", &to, STATEMENT) else { return };
    assert_eq!(said["refused"], serde_json::json!({ "nobody@hook.example.com": 550, "bank@elsewhere.example": 550 }));
    assert_eq!(
        said["features"],
        serde_json::json!(["8bitmime", "enhancedstatuscodes", "pipelining", "size", "smtputf8"])
    );
    served.wait_for("the row", |served| served.api("GET", "/stores/statements/2026%2F11%2F01", "").status == 200);
    let row = served.api("GET", "/stores/statements/2026%2F11%2F01", "").json();
    let expected = serde_json::json!({ "what": "轉帳", "to": "bank+november@hook.example.com", "tls": false });
    assert_eq!(row["value"], expected, "{row}");
    assert_eq!([runs(served, "statements").len(), runs(served, "other").len()], [1, 1]);
    let hello = b"From: friend@example.com\r\nSubject: hello\r\n\r\n.\r\n..\r\n";
    let said = send_by_python(at, "-", "friend@example.com", &["bank@hook.example.com"], hello).unwrap();
    assert_eq!((&said["refused"], &said["told"][0]), (&serde_json::json!({}), &0.into()));
    assert_eq!([runs(served, "statements").len(), runs(served, "other").len()], [1, 2]);
    assert!(served.log().contains("a mail starts no run: `from` asks for"), "{}", served.log());
    // Switched off, its senders come again; gone, they do not.
    served.write("statements.yaml", &format!("enabled: false\n{STATEMENTS}"));
    served.write("other.yaml", "enabled: false\ntrigger: { mailhook: { address: bank } }\nsteps: []\n");
    let told = |served: &mut Served, code: &str| {
        let mut last = String::new();
        served.wait_for(code, |_| {
            last = Talk::begin(at).unwrap().recipient("bank@hook.example.com").unwrap();
            last.starts_with(code)
        });
        last
    };
    assert_eq!(told(served, "450"), "450 4.2.1 This address takes no mails at the moment; try again later");
}

#[test]
fn addresses_are_shown_and_made_up_ones_stay() {
    let made_up = "trigger: [{ mailhook: {} }, { mailhook: { address: Own } }]\nsteps: []\n";
    let (mut served, at) = serve(&[("two.yaml", made_up)]);
    let shown = |served: &Served| {
        let scenario = served.api("GET", "/scenarios/two", "").json();
        scenario["triggers"].as_array().unwrap().clone()
    };
    let before = shown(&served);
    assert_eq!(before[1], serde_json::json!({ "kind": "mailhook", "address": "own@hook.example.com", "open": true }));
    let address = before[0]["address"].as_str().unwrap().to_owned();
    assert_eq!(address.len(), 32 + "@hook.example.com".len());
    assert!(served.log().contains(&format!("mailhook {address}")), "{}", served.log());
    served.stop();
    served.restart();
    assert_eq!(shown(&served), before);
    assert!(Talk::begin(at).unwrap().recipient(&address).unwrap().starts_with("250 "));
    assert!(Talk::begin(at).unwrap().recipient("OWN@hook.example.com").unwrap().starts_with("250 "));
    // A server that takes no mails in says so.
    let closed = Served::start(&[("two.yaml", made_up)]);
    assert_eq!(shown(&closed)[1], serde_json::json!({ "kind": "mailhook", "address": "own@localhost", "open": false }));
    assert!(closed.log().contains("not taken in: `--smtp` is not given"), "{}", closed.log());
}

#[test]
fn what_a_step_sends_is_taken_in() {
    let at = free();
    let connections = format!("post: {{ type: smtp, url: \"smtp://{at}\" }}\n");
    let send = "
trigger: { webhook: { path: send } }
steps:
  - email.send:
      connection: post
      from: shop@shop.example
      to: [orders@hook.example.com, other@hook.example.com]
      subject: 訂單 7
      text: |
        first
        .
        last
  - respond: { text: sent }
";
    let receive = "
trigger: [{ mailhook: { address: orders } }, { mailhook: { address: other } }]
steps:
  - store.put: { table: got, key: \"{{ trigger.envelope.to }}\", value: \"{{ trigger.subject + '/' + trigger.text + '/' + trigger.envelope.from }}\" }
";
    let files = [("connections.yaml", connections.as_str()), ("send.yaml", send), ("receive.yaml", receive)];
    let mut served = serve_at(at, &files);
    let answer = served.post("/hook/send", "{}");
    assert_eq!(answer.status, 200, "{}\n{}", answer.text(), served.log());
    for key in ["orders%40hook.example.com", "other%40hook.example.com"] {
        served.wait_for(key, |served| served.api("GET", &format!("/stores/got/{key}"), "").status == 200);
        let got = served.api("GET", &format!("/stores/got/{key}"), "").json();
        let value = got["value"].as_str().unwrap().replace("\r\n", "\n");
        assert_eq!(value, "訂單 7/first\n.\nlast/shop@shop.example");
    }
}

/// A server with the certificate of this folder, for HTTP and SMTP.
fn by_tls(folder: &Path, at: SocketAddr, address: SocketAddr) -> Child {
    let log = std::fs::File::create(folder.join("log")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_hookmill"));
    command.arg("serve").arg(folder.join("scenarios")).args(["--listen", &address.to_string(), "--data"]);
    command.arg(folder.join("data")).args(["--smtp", &at.to_string(), "--smtp-domain", "hook.example.com"]);
    command.args(["--dns", &names().to_string(), "--tls-cert"]).arg(folder.join("chain.pem")).arg("--tls-key");
    command.arg(folder.join("key.pem")).env("HOOKMILL_TOKEN", TOKEN).stdin(Stdio::null());
    command.stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap()
}

#[test]
fn a_long_mail_takes_a_few_times_its_length_in_memory() {
    let (mut served, at) = serve(&[("all.yaml", "trigger: { mailhook: { address: a } }\nsteps: [{ set: 1 }]\n")]);
    // 76 characters in a line, as programs write them: 18 MB of nothing in particular, 25 MB as it is sent.
    let line = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2\r\n";
    let body = line.repeat(25_000_000 / line.len());
    let head =
        "Subject: long\r\nContent-Transfer-Encoding: base64\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\n";
    let mut talk = Talk::begin(at).unwrap();
    assert!(talk.recipient("a@hook.example.com").unwrap().starts_with("250 "));
    assert!(talk.say("DATA").unwrap().starts_with("354 "));
    let before = served.memory("VmRSS");
    talk.send(format!("{head}{body}.\r\n").as_bytes()).unwrap();
    assert!(talk.answer().unwrap().starts_with("250 "));
    let peak = served.memory("VmHWM");
    assert!(peak - before < 5 * 25_000, "{} KiB for a mail of 25 MB", peak - before);
    served.wait_for("the run", |served| runs(served, "all").len() == 1);
    let run = runs(&served, "all")[0]["id"].as_str().unwrap().to_owned();
    let shown = served.api("GET", &format!("/runs/{run}"), "").text();
    assert!(shown.contains("a.pdf") && shown.len() < 20_000, "{shown}");
}

/// The server by TLS, which the API is reached by, too.
#[tokio::test(flavor = "multi_thread")]
async fn mails_come_by_tls_where_there_is_a_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::create_dir(folder.join("scenarios")).unwrap();
    std::fs::write(folder.join("scenarios/statements.yaml"), STATEMENTS).unwrap();
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let (chain, key) = (folder.join("chain.pem"), folder.join("key.pem"));
    std::fs::write(&chain, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let (at, address) = (free(), free());
    let mut process = by_tls(folder, at, address);
    let until = Instant::now() + PATIENCE;
    let mut talk = loop {
        match Talk::begin(at) {
            Ok(talk) => break talk,
            Err(error) => assert!(Instant::now() < until, "{error}"),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    // What is said before TLS counts for nothing, and what comes with it is forgotten.
    assert!(talk.recipient("bank@hook.example.com").unwrap().starts_with("250 "));
    talk.send(b"STARTTLS\r\nRSET\r\nNOOP\r\nQUIT\r\n").unwrap();
    assert_eq!(talk.answer().unwrap(), "220 2.0.0 Go ahead");
    assert!(talk.answer().is_err(), "the server waits for TLS, and what came in plain is no TLS");
    let told = send_by_python(at, chain.to_str().unwrap(), "news@bank.example", &["bank@hook.example.com"], STATEMENT);
    if let Some(told) = told {
        assert!(told["features"].as_array().unwrap().contains(&"starttls".into()), "{told}");
        assert_eq!(told["refused"], serde_json::json!({}));
        let root = reqwest::Certificate::from_der(made.cert.der()).unwrap();
        let client = reqwest::Client::builder().tls_certs_only([root]).no_proxy().build().unwrap();
        let row = format!("https://{address}/api/v1/stores/statements/2026%2F11%2F01");
        let found = loop {
            let asked = client.get(&row).bearer_auth(TOKEN).send().await.unwrap();
            if asked.status() == 200 {
                break serde_json::from_slice::<Value>(&asked.bytes().await.unwrap()).unwrap();
            }
            assert!(Instant::now() < until, "{}", std::fs::read_to_string(folder.join("log")).unwrap());
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        assert_eq!(found["value"]["tls"], true, "{found}");
    }
    process.kill().unwrap();
    process.wait().unwrap();
}

/// Senders that try again until they hear a 250, and sometimes do not listen for it, while the server is killed.
#[test]
fn whenever_it_is_killed_each_mail_that_is_sent_starts_one_run() {
    let most = std::env::var("HOOKMILL_CHAOS_MAILS").ok().and_then(|text| text.parse().ok()).unwrap_or(60);
    let scenario = "trigger: [{ mailhook: { address: a } }, { mailhook: { address: b } }]\nsteps: [{ set: \"{{ trigger.subject }}\" }]\n";
    let (mut served, at) =
        serve(&[("all.yaml", scenario), ("one.yaml", "trigger: { mailhook: { address: a } }\nsteps: []\n")]);
    send_while_it_is_killed(&mut served, at, most);
    served.wait_for("the runs to end", |served| runs(served, "all").iter().all(|run| run["status"] == "succeeded"));
    served.stop();
    let store = store::open(&format!("sled:{}", served.data().display())).unwrap();
    let mut seen: HashMap<(String, String, String), u32> = HashMap::new();
    for (run, head) in store.journal.list(&store::Filter::default(), 100_000).unwrap() {
        let journaled = store.journal.read(run).unwrap().expect("a run that is listed can be read");
        let first = journaled.pieces.iter().flat_map(|piece| entry::decode(piece).unwrap()).next();
        let Some(Entry::Created(created)) = first else { panic!("{run} begins with {first:?}") };
        let trigger: Value = serde_json::from_slice(created.input.body.text()).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        *seen
            .entry((head.scenario.to_string(), text(&trigger["subject"]), text(&trigger["envelope"]["to"])))
            .or_default() += 1;
    }
    let doubled: Vec<_> = seen.iter().filter(|(_, count)| **count > 1).collect();
    assert!(doubled.is_empty(), "{doubled:?}");
    assert_eq!(seen.len(), 3 * most, "{most} mails, each to two addresses, one of which two scenarios have");
}

/// Four senders, each of which tries again until it hears a 250, and five kills.
fn send_while_it_is_killed(served: &mut Served, at: SocketAddr, most: usize) {
    let (next, taken) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for sender in 0..4 {
            let (next, taken) = (&next, &taken);
            scope.spawn(move || {
                let mut tries = 0;
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= most {
                        return;
                    }
                    loop {
                        tries += 1;
                        // Every third one goes away before it is told, as where a line breaks.
                        let is_deaf = (tries + sender) % 3 == 0;
                        match Talk::begin(at).and_then(|talk| talk.deliver(number, is_deaf)) {
                            Ok(told) if told.starts_with("250 ") => break,
                            Ok(told) => assert!(told.starts_with('4'), "{told}"),
                            Err(_) => {}
                        }
                        assert!(tries < 100_000, "nothing is taken");
                        std::thread::sleep(Duration::from_millis(5));
                    }
                    taken.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let mut killed = 0;
        while taken.load(Ordering::Relaxed) < most {
            let aim = (killed + 1) * most / 6;
            let end = Instant::now() + Duration::from_secs(120);
            while taken.load(Ordering::Relaxed) < aim.min(most) {
                assert!(Instant::now() < end, "{}", served.log());
                std::thread::sleep(Duration::from_millis(1));
            }
            if killed < 5 {
                killed += 1;
                served.kill();
                served.restart();
            }
        }
    });
}

/// A conversation, line by line.
struct Talk(BufReader<TcpStream>);

impl Talk {
    /// Connects, is greeted, and says who it is.
    fn begin(at: SocketAddr) -> std::io::Result<Self> {
        let stream = TcpStream::connect(at)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let mut talk = Self(BufReader::new(stream));
        talk.answer()?;
        talk.say("HELO client.example")?;
        Ok(talk)
    }

    fn send(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.0.get_mut().write_all(bytes)
    }

    fn answer(&mut self) -> std::io::Result<String> {
        let mut line = String::new();
        match self.0.read_line(&mut line)? {
            0 => Err(std::io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(line.trim_end().to_owned()),
        }
    }

    fn say(&mut self, line: &str) -> std::io::Result<String> {
        self.send(format!("{line}\r\n").as_bytes())?;
        self.answer()
    }

    /// What is said to a recipient.
    fn recipient(&mut self, address: &str) -> std::io::Result<String> {
        self.say("RSET")?;
        self.say("MAIL FROM:<a@b.example>")?;
        self.say(&format!("RCPT TO:<{address}>"))
    }

    /// Sends the mail of this number to two addresses; what is said to it.
    fn deliver(mut self, number: usize, is_deaf: bool) -> std::io::Result<String> {
        for line in ["MAIL FROM:<a@b.example>", "RCPT TO:<a@hook.example.com>", "RCPT TO:<b@hook.example.com>", "DATA"]
        {
            let told = self.say(line)?;
            if !told.starts_with('2') && !told.starts_with('3') {
                return Ok(told);
            }
        }
        self.send(format!("Message-ID: <{number}@b.example>\r\nSubject: {number}\r\n\r\ntext\r\n.\r\n").as_bytes())?;
        if is_deaf {
            return Err(std::io::ErrorKind::ConnectionAborted.into());
        }
        self.answer()
    }
}
