//! A server on a free port with its engine, and a client that says what it is told to.

use super::super::{AddressTable, Addresses, Armed, Examiner, Greeting, Limits, Named, Office, Reception};
use super::names::Names;
use engine::{Engine, Filter, Handle, Options};
use run::entry::Entry;
use run::files::Files;
use run::id::RunId;
use run::resume::ResumeKey;
use scenario::catalog::Catalog;
use scenario::plan::Trigger;
use serde_json::Value;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Longer than anything takes here.
const PATIENCE: Duration = Duration::from_secs(30);

pub(super) struct Process {
    engine: Engine,
    pub(super) handle: Handle,
    table: AddressTable,
    pub(super) address: SocketAddr,
    pub(super) names: Names,
    stop: watch::Sender<bool>,
    task: Option<JoinHandle<()>>,
}

/// Puts scenarios into use; their addresses. Those that begin with `off` are switched off.
fn deployed(handle: &Handle, scenarios: &[(&str, &str)]) -> Addresses {
    let mut addresses = Addresses::default();
    for (id, triggers) in scenarios {
        let (head, triggers) = triggers.strip_prefix("off").map_or(("", *triggers), |rest| ("enabled: false\n", rest));
        let text =
            format!("{head}trigger:\n{triggers}\nsteps:\n  - set: {{ subject: \"{{{{ trigger.subject }}}}\" }}\n");
        let (plan, diagnostics) = scenario::check(&text, &Catalog::default());
        let plan = plan.unwrap_or_else(|| panic!("{diagnostics:?}"));
        handle.deploy(id.parse().unwrap(), &text, Arc::new(plan)).unwrap();
        let deployment = handle.deployment(&id.parse().unwrap()).unwrap();
        for trigger in &deployment.plan.triggers {
            let Trigger::Mailhook(mailhook) = trigger else { panic!("{trigger:?}") };
            let address = mailhook.address.clone().unwrap();
            addresses.add(&address, Armed::new(Arc::clone(&deployment), mailhook.clone()));
        }
    }
    addresses
}

impl Process {
    pub(super) async fn start(store: &Store, scenarios: &[(&str, &str)]) -> Self {
        Self::start_with(store, scenarios, Options::default(), Self::limits()).await
    }

    pub(super) fn limits() -> Limits {
        Limits { size: 200_000, ..Limits::default() }
    }

    pub(super) async fn start_with(
        store: &Store,
        scenarios: &[(&str, &str)],
        options: Options,
        limits: Limits,
    ) -> Self {
        let engine = Engine::start(store.clone(), Arc::new(Catalog::default()), [], options);
        let (handle, table) = (engine.handle(), AddressTable::default());
        table.replace(deployed(&handle, scenarios));
        engine.resume().unwrap();
        let files = Files::new(Arc::clone(&store.blobs), &ResumeKey([7; 32]));
        let names = Names::start().await;
        let office = Office::new(
            handle.clone(),
            files,
            table.clone(),
            Examiner::asking(Named::At(names.address)).with_patience(Duration::from_millis(700)),
        );
        let greeting = Greeting { domains: vec!["hook.example.com".to_owned(), "other.example".to_owned()], tls: None };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopping) = watch::channel(false);
        let task = tokio::spawn(Reception::new(office, greeting, limits).serve(listener, stopping));
        Self { engine, handle, table, address, names, stop, task: Some(task) }
    }

    /// From now on, these scenarios have addresses.
    pub(super) fn replace(&self, scenarios: &[(&str, &str)]) {
        self.table.replace(deployed(&self.handle, scenarios));
    }

    /// A client that was greeted.
    pub(super) async fn connect(&self) -> Client {
        let mut client = Client::connect(self.address).await;
        assert_eq!(client.answer().await, "220 hook.example.com ESMTP Hookmill");
        client
    }

    pub(super) fn runs(&self, scenario: &str) -> Vec<RunId> {
        let filter = Filter { scenario: Some(scenario.parse().unwrap()), ..Filter::default() };
        self.handle.runs(&filter, 1_000).unwrap().into_iter().map(|(run, _)| run).collect()
    }

    /// What a run was given.
    pub(super) fn trigger(&self, run: RunId) -> Value {
        let (_, entries) = self.handle.journal(run).unwrap().unwrap();
        let Some(Entry::Created(created)) = entries.first() else { panic!("{entries:?}") };
        serde_json::from_slice(created.input.body.text()).unwrap()
    }

    pub(super) fn ask_to_end(&self) {
        self.stop.send(true).unwrap();
    }

    pub(super) async fn ended(&mut self) {
        tokio::time::timeout(PATIENCE, self.task.take().unwrap()).await.unwrap().unwrap();
    }

    pub(super) async fn stop(mut self) {
        self.ask_to_end();
        self.ended().await;
        self.engine.stop(PATIENCE).await.unwrap();
    }
}

pub(super) struct Client(BufReader<TcpStream>);

impl Client {
    pub(super) async fn connect(to: SocketAddr) -> Self {
        Self(BufReader::new(TcpStream::connect(to).await.unwrap()))
    }

    pub(super) async fn try_send(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.0.get_mut().write_all(bytes).await
    }

    /// A line of the server, without its end; empty: it has ended the connection.
    pub(super) async fn line(&mut self) -> String {
        let mut line = String::new();
        match tokio::time::timeout(PATIENCE, self.0.read_line(&mut line)).await.expect("the server says something") {
            Ok(_) => line.trim_end_matches("\r\n").to_owned(),
            // It has ended the connection before it had read everything.
            Err(_) => String::new(),
        }
    }

    /// The last line of an answer.
    pub(super) async fn answer(&mut self) -> String {
        loop {
            let line = self.line().await;
            if line.as_bytes().get(3) != Some(&b'-') {
                return line;
            }
        }
    }

    /// Says a command, and gives the last line of the answer.
    pub(super) async fn say(&mut self, command: &str) -> String {
        self.try_send(format!("{command}\r\n").as_bytes()).await.unwrap();
        self.answer().await
    }

    /// Sends a mail, and gives what is said to it as a whole.
    pub(super) async fn deliver(&mut self, from: &str, to: &[&str], mail: &[u8]) -> String {
        assert!(self.say("EHLO client.example").await.starts_with("250 "));
        let told = self.say(&format!("MAIL FROM:<{from}>")).await;
        assert!(told.starts_with("250 "), "{told}");
        for to in to {
            let told = self.say(&format!("RCPT TO:<{to}>")).await;
            assert!(told.starts_with("250 "), "{told}");
        }
        assert!(self.say("DATA").await.starts_with("354 "));
        let mut stuffed = Vec::new();
        for line in mail.split_inclusive(|byte| *byte == b'\n') {
            stuffed.extend_from_slice(if line.starts_with(b".") { b"." } else { b"" });
            stuffed.extend_from_slice(line);
        }
        self.try_send(&stuffed).await.unwrap();
        self.try_send(b".\r\n").await.unwrap();
        self.answer().await
    }

    /// Everything until the server ends the connection.
    pub(super) async fn rest(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        drop(tokio::time::timeout(PATIENCE, self.0.read_to_end(&mut rest)).await.expect("the server ends it"));
        rest
    }
}
