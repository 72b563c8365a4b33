//! The real binary, serving a scratch folder on a free port.

use crate::far_side::{header, read_head};
use std::io::{BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

pub(crate) const TOKEN: &str = "test-token-0123456789abcdef0123456789";

/// How long anything is waited for.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A server and its folders; killed when dropped.
pub(crate) struct Served {
    folder: TempDir,
    address: SocketAddr,
    arguments: Vec<String>,
    process: Option<Child>,
}

impl Served {
    /// A server of these files, started and ready.
    pub(crate) fn start(files: &[(&str, &str)]) -> Self {
        Self::start_with(files, &[])
    }

    pub(crate) fn start_with(files: &[(&str, &str)], arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("scenarios")).unwrap();
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let arguments = arguments.iter().map(|text| (*text).to_owned()).collect();
        let mut served = Self { folder, address: free, arguments, process: None };
        for (name, text) in files {
            served.write(name, text);
        }
        served.restart();
        served
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join("scenarios").join(name), text).unwrap();
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Starts the process again on the same folders, and waits until it is ready.
    pub(crate) fn restart(&mut self) {
        let log = std::fs::File::options().create(true).append(true).open(self.folder.path().join("log")).unwrap();
        let binary = std::env::var("HOOKMILL_BIN").unwrap_or_else(|_| env!("CARGO_BIN_EXE_hookmill").to_owned());
        let process = Command::new(binary)
            .arg("serve")
            .arg(self.folder.path().join("scenarios"))
            .args(["--listen", &self.address.to_string(), "--data"])
            .arg(self.data())
            .args(&self.arguments)
            .env("HOOKMILL_TOKEN", TOKEN)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        self.process = Some(process);
        self.wait_for("the server to be ready", |served| {
            served.try_get("/readyz").is_some_and(|answer| answer.status == 200)
        });
    }

    /// Kills it as a power cut would: no signal handler runs.
    pub(crate) fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }

    /// Asks it to end, and waits for it.
    pub(crate) fn stop(&mut self) {
        let Some(mut process) = self.process.take() else { return };
        Command::new("kill").args(["-TERM", &process.id().to_string()]).status().unwrap();
        let end = Instant::now() + PATIENCE;
        while process.try_wait().unwrap().is_none() {
            assert!(Instant::now() < end, "the server did not end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// A line of the process's `/proc/PID/status` (proc(5)): `VmRSS`, `VmHWM`; in KiB.
    pub(crate) fn memory(&self, line: &str) -> u64 {
        let id = self.process.as_ref().expect("it runs").id();
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
        let found = status.lines().find_map(|text| text.strip_prefix(line)?.strip_prefix(':')).unwrap();
        found.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// Lets `VmHWM`, the peak, begin anew at what is used now.
    pub(crate) fn forget_peak(&self) {
        let id = self.process.as_ref().expect("it runs").id();
        std::fs::write(format!("/proc/{id}/clear_refs"), "5").unwrap();
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Looks again and again until it holds.
    pub(crate) fn wait_for(&mut self, what: &str, mut holds: impl FnMut(&mut Self) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !holds(self) {
            let ended = self.process.as_mut().and_then(|process| process.try_wait().unwrap());
            assert!(ended.is_none(), "waiting for {what}, the server ended:\n{}", self.log());
            assert!(Instant::now() < end, "waited too long for {what}:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    pub(crate) fn connect(&self) -> std::io::Result<Connection> {
        Connection::open(self.address)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn try_get(&self, path: &str) -> Option<Answer> {
        self.connect().ok()?.send("GET", path, &[], b"").ok()
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.try_get(path).expect("the server answers")
    }

    pub(crate) fn post(&self, path: &str, json: &str) -> Answer {
        let headers = [("content-type", "application/json")];
        self.connect().unwrap().send("POST", path, &headers, json.as_bytes()).unwrap()
    }

    /// Any request, on a connection of its own.
    pub(crate) fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        self.connect().unwrap().send(method, path, headers, body).unwrap()
    }

    /// A run, once it is over.
    pub(crate) fn ended(&mut self, run: &str) -> serde_json::Value {
        let mut seen = serde_json::Value::Null;
        self.wait_for("the run to end", |served| {
            seen = served.api("GET", &format!("/runs/{run}"), "").json();
            !matches!(seen["status"].as_str(), Some("running" | "waiting"))
        });
        seen
    }

    /// A call of the API.
    pub(crate) fn api(&self, method: &str, path: &str, json: &str) -> Answer {
        let bearer = format!("Bearer {TOKEN}");
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        self.connect().unwrap().send(method, &format!("/api/v1{path}"), &headers, json.as_bytes()).unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A connection that is kept open.
pub(crate) struct Connection(BufReader<TcpStream>);

impl Connection {
    pub(crate) fn open(address: SocketAddr) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self(BufReader::new(stream)))
    }

    pub(crate) fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> std::io::Result<Answer> {
        let mut request = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\n", body.len());
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str("\r\n");
        let mut bytes = request.into_bytes();
        bytes.extend_from_slice(body);
        self.0.get_mut().write_all(&bytes)?;
        self.receive()
    }

    fn receive(&mut self) -> std::io::Result<Answer> {
        let closed = || std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
        let head = read_head(&mut self.0).ok_or_else(closed)?;
        let status = head.first().and_then(|line| line.split(' ').nth(1)?.parse().ok()).ok_or_else(closed)?;
        let mut body = Vec::new();
        match header(&head, "content-length").and_then(|value| value.parse().ok()) {
            Some(length) => {
                body.resize(length, 0);
                self.0.read_exact(&mut body)?;
            }
            None if header(&head, "transfer-encoding").is_some() => self.receive_chunks(&mut body)?,
            None => {}
        }
        Ok(Answer { status, head, body })
    }

    fn receive_chunks(&mut self, body: &mut Vec<u8>) -> std::io::Result<()> {
        use std::io::BufRead;
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line)?;
            let length = usize::from_str_radix(line.trim(), 16).map_err(std::io::Error::other)?;
            let start = body.len();
            body.resize(start + length + 2, 0);
            self.0.read_exact(&mut body[start..])?;
            body.truncate(start + length);
            if length == 0 {
                return Ok(());
            }
        }
    }
}

/// What the server said.
pub(crate) struct Answer {
    pub status: u16,
    pub head: Vec<String>,
    pub body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{} is JSON", self.text()))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }
}
