//! Somebody else's service: keeps what it is asked, and answers as a test has it answer.

use crate::far_side::{header, read_head};
use std::io::{BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A request that came.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) method: String,
    pub(super) target: String,
    head: Vec<String>,
    pub(super) body: String,
}

impl Asked {
    pub(super) fn header(&self, name: &str) -> &str {
        header(&self.head, name).unwrap_or_default()
    }

    pub(super) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{} is JSON", self.body))
    }
}

/// A status and a JSON body.
pub(super) type Told = (u16, String);

pub(super) struct StandIn {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl StandIn {
    pub(super) fn start(tell: impl Fn(&Asked) -> Told + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let (seen, tell) = (Arc::clone(&asked), Arc::new(tell));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (seen, tell) = (Arc::clone(&seen), Arc::clone(&tell));
                std::thread::spawn(move || serve(stream, &seen, &*tell));
            }
        });
        Self { address, asked }
    }

    /// One that takes everything.
    pub(super) fn content() -> Self {
        Self::start(|_| (200, r#"{"ok":true}"#.to_owned()))
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What came, in order.
    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn serve(stream: TcpStream, seen: &Mutex<Vec<Asked>>, tell: &dyn Fn(&Asked) -> Told) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut writer = stream.try_clone().ok()?;
    let mut reader = BufReader::new(stream);
    loop {
        let head = read_head(&mut reader)?;
        let length = header(&head, "content-length").and_then(|value| value.parse().ok()).unwrap_or(0);
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let mut line = head.first()?.split(' ').map(str::to_owned);
        let (method, target) = (line.next()?, line.next()?);
        let asked = Asked { method, target, body: String::from_utf8_lossy(&body).into_owned(), head };
        seen.lock().unwrap().push(asked.clone());
        let (status, text) = tell(&asked);
        let head = format!(
            "HTTP/1.1 {status} Said\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            text.len()
        );
        writer.write_all(head.as_bytes()).ok()?;
        writer.write_all(text.as_bytes()).ok()?;
    }
}
