//! A server of names on a free port, which knows what the test tells it and answers over UDP as any other does.

use mail_auth::hickory_resolver::proto::op::{Message, MessageType, ResponseCode};
use mail_auth::hickory_resolver::proto::rr::rdata::{A, TXT};
use mail_auth::hickory_resolver::proto::rr::{RData, Record, RecordType};
use mail_auth::hickory_resolver::proto::serialize::binary::{BinDecodable, BinEncodable};
use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use tokio::net::UdpSocket;

/// The texts of names, and names to which no answer comes.
#[derive(Debug, Default)]
struct Known {
    texts: HashMap<String, String>,
    silent: Vec<String>,
}

pub(super) struct Names {
    pub(super) address: SocketAddr,
    known: Arc<Mutex<Known>>,
}

impl Names {
    pub(super) async fn start() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let (address, known) = (socket.local_addr().unwrap(), Arc::new(Mutex::new(Known::default())));
        let kept = Arc::clone(&known);
        tokio::spawn(async move {
            let mut buffer = vec![0; 4_096];
            while let Ok((count, from)) = socket.recv_from(&mut buffer).await {
                let Ok(asked) = Message::from_bytes(&buffer[..count]) else { continue };
                if let Some(answer) = answer(&asked, &kept) {
                    drop(socket.send_to(&answer.to_bytes().unwrap(), from).await);
                }
            }
        });
        Self { address, known }
    }

    /// This name has this text.
    pub(super) fn text(&self, name: &str, text: &str) {
        self.known.lock().unwrap().texts.insert(format!("{name}."), text.to_owned());
    }

    /// Nobody answers to questions about this name.
    pub(super) fn silence(&self, name: &str) {
        self.known.lock().unwrap().silent.push(format!("{name}."));
    }
}

fn answer(asked: &Message, known: &Mutex<Known>) -> Option<Message> {
    let known = known.lock().unwrap();
    let query = asked.queries.first()?.clone();
    let name = query.name().to_lowercase().to_string();
    if known.silent.contains(&name) {
        return None;
    }
    let mut answer = asked.clone();
    answer.metadata.message_type = MessageType::Response;
    answer.metadata.recursion_available = true;
    let record = match query.query_type() {
        RecordType::TXT => known.texts.get(&name).map(|text| {
            let pieces = text.as_bytes().chunks(200).map(|piece| String::from_utf8(piece.to_vec()).unwrap());
            RData::TXT(TXT::new(pieces.collect()))
        }),
        RecordType::A if name == "mail.shop.example." => Some(RData::A(A(Ipv4Addr::LOCALHOST))),
        _ => None,
    };
    match record {
        Some(data) => answer.answers = vec![Record::from_rdata(query.name().clone(), 60, data)],
        None => answer.metadata.response_code = ResponseCode::NXDomain,
    }
    Some(answer)
}
