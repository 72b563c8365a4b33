//! Requests that do not come over a wire: calls of the server's own hooks by its own runs, and those that people send by
//! hand.

use super::{Gateway, Wire};
use bytes::Bytes;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Instant;
use triggers::webhook::answer::Answered;
use triggers::webhook::intake::{Arrival, Sender};

impl Gateway {
    /// What a webhook answers to a request that a run of this server makes. `target` begins with `/hook/`.
    pub async fn call(&self, method: &str, target: &str, headers: &[(&str, &[u8])], body: Bytes) -> Answered {
        self.take(method, target, headers, body, Sender::Caller).await
    }

    /// The same for one whom nothing keeps out, and whose request is no repeat.
    pub(crate) async fn send(&self, method: &str, target: &str, headers: &[(&str, &[u8])], body: Bytes) -> Answered {
        self.take(method, target, headers, body, Sender::Operator).await
    }

    async fn take(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &[u8])],
        body: Bytes,
        sender: Sender,
    ) -> Answered {
        let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let at = self.handle().clock().now();
        let arrival = Arrival { method, target, headers, peer: here, ip: here, at, sender };
        self.answer(Wire::Read(body), &arrival, Instant::now()).await
    }
}
