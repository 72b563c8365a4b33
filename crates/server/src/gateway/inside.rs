//! Requests that do not come over a wire: calls of the server's own hooks by its own runs, and those that people send by
//! hand.

use super::Gateway;
use bytes::Bytes;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Instant;
use triggers::webhook::address::Proxies;
use triggers::webhook::answer::Answered;
use triggers::webhook::intake::{Arrival, Intake, Sender};

impl Gateway {
    /// What a webhook answers to a request that a run of this server makes. `target` begins with `/hook/`.
    pub async fn call(&self, method: &str, target: &str, headers: &[(&str, &[u8])], body: Bytes) -> Answered {
        let arrival = self.arrival(method, target, headers, Sender::Caller);
        self.unproxied().answer(body, &arrival, Instant::now(), None).await
    }

    /// The same for one whom nothing keeps out, and whose request is no repeat; `of` is the kept request that is done
    /// again.
    pub(crate) async fn send(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &[u8])],
        body: Bytes,
        of: Option<u64>,
    ) -> Answered {
        let arrival = self.arrival(method, target, headers, Sender::Operator);
        self.unproxied().answer(body, &arrival, Instant::now(), of).await
    }

    /// The same gateway for requests that no proxy hands on: what a run writes into `X-Forwarded-…` is not believed, though
    /// this machine may be a trusted proxy's.
    fn unproxied(&self) -> Self {
        let intake = Intake { proxies: Proxies::default(), ..self.intake.clone() };
        Self { intake, ..self.clone() }
    }

    fn arrival<'a>(
        &self,
        method: &'a str,
        target: &'a str,
        headers: &'a [(&'a str, &'a [u8])],
        sender: Sender,
    ) -> Arrival<'a> {
        let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
        Arrival { method, target, headers, peer: here, ip: here, at: self.handle().clock().now(), sender }
    }
}
