//! The server: who connects is let in, within bounds, and shown out when the server ends.

use super::Office;
use super::connection::{Ending, Surroundings, asked_to_stop, converse};
use super::limits::{Limits, Occupied, Seat};
use super::reply::Reply;
use super::session::{House, Offer, Secrecy, Session};
use rustls::ServerConfig;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};
use tokio_rustls::TlsAcceptor;

/// How long mails that are coming in may go on once the server is to end.
const GRACE: Duration = Duration::from_secs(5);
/// How long it is waited where the system has no connections left.
const PAUSE: Duration = Duration::from_millis(100);
/// How long somebody is told that there is no place.
const FAREWELL: Duration = Duration::from_secs(2);
/// How long TLS may take to begin.
const HANDSHAKE: Duration = Duration::from_secs(30);
/// So many are told at once that there is no place; others are not even told.
const MOST_FAREWELLS: usize = 64;

/// How the server presents itself.
#[derive(Clone, Debug)]
pub struct Greeting {
    /// The domains whose mails are taken; it calls itself by the first.
    pub domains: Vec<String>,
    /// By which connections can be made secret ones.
    pub tls: Option<Arc<ServerConfig>>,
}

/// A server that takes mails in.
#[derive(Debug)]
pub struct Reception {
    office: Arc<Office>,
    house: Arc<House>,
    tls: Option<Arc<ServerConfig>>,
    limits: Arc<Limits>,
    occupied: Arc<Occupied>,
}

impl Reception {
    /// One that leaves mails with this office.
    pub fn new(office: Office, greeting: Greeting, limits: Limits) -> Self {
        let Greeting { domains, tls } = greeting;
        let offer = if tls.is_some() { Offer::StartTls } else { Offer::Nothing };
        let domains = domains.iter().map(|domain| domain.to_lowercase()).collect();
        let Limits { size, recipients, errors, .. } = limits;
        let house = Arc::new(House { domains, size, recipients, errors, tls: offer });
        let occupied = Occupied::none(&limits);
        Self { office: Arc::new(office), house, tls, limits: Arc::new(limits), occupied }
    }

    /// Takes mails in until `stopping` turns true; then nobody new, and what is coming in may end.
    pub async fn serve(self, listener: TcpListener, mut stopping: watch::Receiver<bool>) {
        let (mut visits, mut farewells) = (JoinSet::new(), JoinSet::new());
        let asked = stopping.clone();
        loop {
            let arrived = tokio::select! {
                () = asked_to_stop(&mut stopping) => break,
                Some(_) = visits.join_next() => continue,
                Some(_) = farewells.join_next() => continue,
                arrived = listener.accept() => arrived,
            };
            let (stream, from) = match arrived {
                Ok(arrived) => arrived,
                Err(error) => {
                    tracing::warn!(%error, "a connection by SMTP could not be taken");
                    sleep(PAUSE).await;
                    continue;
                }
            };
            match self.occupied.enter(from.ip(), &self.limits) {
                Some(seat) => _ = visits.spawn(self.visit(stream, from, seat, asked.clone())),
                None if farewells.len() < MOST_FAREWELLS => _ = farewells.spawn(farewell(stream)),
                None => {}
            }
        }
        drop(listener);
        let ended = timeout(GRACE, async { while visits.join_next().await.is_some() {} }).await;
        if ended.is_err() {
            tracing::warn!(count = visits.len(), "mails that were coming in are given up; their senders try again");
        }
    }

    /// One connection, from the greeting to its end.
    fn visit(
        &self,
        stream: TcpStream,
        from: SocketAddr,
        seat: Seat,
        stopping: watch::Receiver<bool>,
    ) -> impl Future<Output = ()> + Send + use<> {
        let (office, occupied, limits) = (&self.office, &self.occupied, &self.limits);
        let around = Surroundings {
            office: Arc::clone(office),
            occupied: Arc::clone(occupied),
            limits: Arc::clone(limits),
            host: self.house.domains.first().cloned().unwrap_or_default(),
            stopping,
            until: Instant::now() + limits.connection,
        };
        let (house, tls) = (Arc::clone(&self.house), self.tls.clone());
        async move {
            let _seat = seat;
            if let Err(error) = Box::pin(talk(stream, from.ip(), house, tls, &around)).await {
                tracing::debug!(%from, %error, "a connection by SMTP broke");
            }
        }
    }
}

async fn talk(
    mut stream: TcpStream,
    ip: IpAddr,
    house: Arc<House>,
    tls: Option<Arc<ServerConfig>>,
    around: &Surroundings,
) -> io::Result<()> {
    // Answers are short, and each is waited for.
    stream.set_nodelay(true)?;
    let mut session = Session::new(Arc::clone(&house), ip, Secrecy::Plain);
    stream.write_all(&session.greeting().bytes()).await?;
    if converse(&mut stream, &mut session, around, ip).await? == Ending::Closed {
        return stream.shutdown().await;
    }
    let Some(config) = tls else { return Ok(()) };
    let mut stream = timeout(HANDSHAKE, TlsAcceptor::from(config).accept(stream)).await??;
    // What was said before is worth nothing (RFC 3207 §4.2).
    let mut session = Session::new(house, ip, Secrecy::Tls);
    converse(&mut stream, &mut session, around, ip).await?;
    stream.shutdown().await
}

async fn farewell(mut stream: TcpStream) {
    let told = timeout(FAREWELL, stream.write_all(&Reply::too_many_connections().bytes())).await;
    if let Ok(Ok(())) = told {
        // Whoever is gone already need not be told.
        drop(stream.shutdown().await);
    }
}
