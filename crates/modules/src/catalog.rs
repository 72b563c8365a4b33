//! The list of modules. Adding one is a file and a line here.

use crate::app::{AppAction, Apps};
use crate::auth::Tokens;
use crate::client::Client;
use crate::command::AllowedCommand;
use crate::connections::Connections;
use crate::far_side::FarSide;
use crate::google;
use crate::guard::{Allowed, Guard};
use crate::own_hooks::OwnHooks;
use crate::wire::Pool;
use crate::{
    command, crypto, csv, date, email, file, html, http, image, imap, js, json, line, markdown, mqtt, pdf, redis, rss,
    slack, sql, store, surveycake, text, webhook, xml, zip,
};
use bytes::Bytes;
use run::call::Module;
use run::data_store::DataStores;
use run::files::Files;
use run::resume::ResumeKey;
use run::tables::{BlobReader, BlobWriter, Blobs, Digest, Expected, Record, StoreError, Tables};
use scenario::catalog::{ModuleSpec, Shelf};
use std::net::SocketAddr;
use std::sync::{Arc, LazyLock};
use url::Url;

/// What the operator decides for all modules.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Private hosts and networks that may be called even where the host comes out of data.
    pub allow_private: Vec<Allowed>,
    /// Where this server listens: not to be called where the host comes out of data, whatever else is allowed.
    pub listeners: Vec<SocketAddr>,
    /// This server's own hooks, which calls reach without a network.
    pub own_hooks: Option<OwnHooks>,
    /// A server that stands in for all others: every request over HTTP goes there, below the name of its own host.
    pub stand_in: Option<Url>,
    /// The tokens of connections.
    pub tokens: Tokens,
    /// The programs of this machine that steps may run.
    pub commands: Vec<AllowedCommand>,
}

/// What every module is made from.
pub(crate) struct Shared {
    pub(crate) connections: Arc<Connections>,
    pub(crate) client: Arc<Client>,
    pub(crate) tokens: Tokens,
    pub(crate) mailers: email::Mailers,
    pub(crate) imap: Pool<imap::Session>,
    pub(crate) mqtt: mqtt::Mqtt,
    pub(crate) mysql: Pool<sql::Mysql>,
    pub(crate) postgres: Pool<sql::Postgres>,
    pub(crate) redis: redis::Redis,
    /// The programs that the operator allows.
    pub(crate) commands: Vec<AllowedCommand>,
}

impl Shared {
    /// Nothing is open yet.
    pub(crate) fn new(connections: Arc<Connections>, client: Arc<Client>, tokens: Tokens) -> Self {
        let (mailers, mqtt, mysql) = (email::Mailers::default(), Pool::default(), Pool::default());
        let (imap, postgres, redis) = (Pool::default(), Pool::default(), Pool::default());
        Self { connections, client, tokens, mailers, imap, mqtt, mysql, postgres, redis, commands: Vec::new() }
    }
}

/// All modules, ready to be called with these connections, data stores and files. Changed connections need a new set:
/// make it, and let the old one go with its last call.
pub fn catalog(
    connections: Arc<Connections>,
    stores: &DataStores,
    files: &Files,
    options: Options,
) -> Vec<Arc<dyn Module>> {
    let guard = Guard::new(options.allow_private).listening(options.listeners);
    let client = Client::new(guard, files.clone()).with_own_hooks(options.own_hooks).with_detour(options.stand_in);
    made(connections, stores, files, client, options.tokens, options.commands)
}

/// The same modules for rehearsals: `far_side` answers what goes over HTTP, and nothing leaves the machine that way.
pub fn rehearsed(
    connections: Arc<Connections>,
    stores: &DataStores,
    files: &Files,
    far_side: Arc<dyn FarSide>,
) -> Vec<Arc<dyn Module>> {
    let client = Client::rehearsed(Guard::new(Vec::new()), files.clone(), far_side);
    made(connections, stores, files, client, Tokens::default(), Vec::new())
}

fn made(
    connections: Arc<Connections>,
    stores: &DataStores,
    files: &Files,
    client: Client,
    tokens: Tokens,
    commands: Vec<AllowedCommand>,
) -> Vec<Arc<dyn Module>> {
    let client = Arc::new(client);
    let shared = Arc::new(Shared { commands, ..Shared::new(connections, client, tokens) });
    let mut modules = built_in(&shared, stores, files);
    for entry in shared.connections.apps().entries() {
        modules.extend(AppAction::all(entry, &shared).map(|action| Arc::new(action) as Arc<dyn Module>));
    }
    modules.sort_by(|a, b| a.name().cmp(b.name()));
    modules
}

/// The modules that are written in Rust.
fn built_in(shared: &Arc<Shared>, stores: &DataStores, files: &Files) -> Vec<Arc<dyn Module>> {
    let mut modules: Vec<Arc<dyn Module>> = vec![
        Arc::new(command::Run::new(&shared.commands)),
        Arc::new(email::Send::new(shared, files)),
        Arc::new(file::Read::new(files)),
        Arc::new(google::sheets::append::Append::new(shared)),
        Arc::new(google::sheets::find::Find::new(shared)),
        Arc::new(google::sheets::get::Get::new(shared)),
        Arc::new(google::sheets::update::Update::new(shared)),
        Arc::new(http::Request::new(shared)),
        Arc::new(line::Push::new(shared)),
        Arc::new(line::Reply::new(shared)),
        Arc::new(slack::Send::new(shared)),
    ];
    modules.extend(store::all(stores));
    modules.push(Arc::new(surveycake::Fetch::new(shared)));
    modules.push(Arc::new(webhook::Send::new(shared, stores)));
    modules.extend(crypto::all(files));
    modules.extend(csv::all(files));
    modules.extend(date::all(files));
    modules.extend(file::all(files));
    modules.extend(html::all(files));
    modules.extend(image::all(files));
    modules.extend(imap::all(shared, files));
    modules.push(js::module(files));
    modules.extend(json::all(files));
    modules.push(markdown::module(files));
    modules.push(Arc::new(mqtt::Publish::new(shared)));
    modules.extend(redis::all(shared));
    modules.extend(sql::all(shared));
    modules.push(pdf::module(files));
    modules.push(Arc::new(rss::Read::new(shared)));
    modules.extend(text::all(files));
    modules.extend(xml::all(files));
    modules.extend(zip::all(files));
    modules
}

/// What all shipped modules are, as data, for checking and reference.
pub fn specs() -> Vec<ModuleSpec> {
    let of_apps = Shelf::all(&*Apps::shipped()).map(|it| Arc::unwrap_or_clone(it.spec)).collect::<Vec<_>>();
    let mut specs: Vec<ModuleSpec> = built_in_specs().iter().map(|spec| ModuleSpec::clone(spec)).collect();
    specs.extend(of_apps);
    specs.sort_by(|a, b| a.name.cmp(&b.name));
    specs
}

/// What the modules are that no app has, made once and shared.
pub fn built_in_specs() -> &'static [Arc<ModuleSpec>] {
    static SPECS: LazyLock<Vec<Arc<ModuleSpec>>> = LazyLock::new(made_specs);
    &SPECS
}

fn made_specs() -> Vec<Arc<ModuleSpec>> {
    let stores = DataStores::new(Arc::new(Unopened));
    let files = Files::new(Arc::new(Unopened), &ResumeKey([0; 32]));
    let client = Arc::new(Client::new(Guard::new(Vec::new()), files.clone()));
    let connections = Arc::new(Connections::empty());
    let shared = Arc::new(Shared::new(connections, client, Tokens::default()));
    let modules = built_in(&shared, &stores, &files);
    let mut specs: Vec<_> = modules.iter().map(|module| Arc::clone(module.spec())).collect();
    specs.sort_by(|a, b| a.name.cmp(&b.name));
    specs
}

/// Tables and blobs for modules that are only asked what they are.
#[derive(Debug)]
struct Unopened;

impl Tables for Unopened {
    fn get(&self, _table: &str, _key: &str) -> Result<Option<Record>, StoreError> {
        Err(StoreError::Closed)
    }

    fn put(&self, _table: &str, _key: &str, _value: &[u8], _expected: Expected) -> Result<u64, StoreError> {
        Err(StoreError::Closed)
    }

    fn delete(&self, _table: &str, _key: &str, _expected: Expected) -> Result<bool, StoreError> {
        Err(StoreError::Closed)
    }

    fn scan(&self, _: &str, _: &str, _: Option<&str>, _: usize) -> Result<Vec<(String, Record)>, StoreError> {
        Err(StoreError::Closed)
    }
}

impl Blobs for Unopened {
    fn put(&self, _bytes: &[u8]) -> Result<Digest, StoreError> {
        Err(StoreError::Closed)
    }

    fn get(&self, _digest: &Digest) -> Result<Option<Bytes>, StoreError> {
        Err(StoreError::Closed)
    }

    fn create(&self) -> Result<Box<dyn BlobWriter>, StoreError> {
        Err(StoreError::Closed)
    }

    fn open(&self, _digest: &Digest) -> Result<Option<Box<dyn BlobReader>>, StoreError> {
        Err(StoreError::Closed)
    }
}

#[cfg(test)]
mod tests;
