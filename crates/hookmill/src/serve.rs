//! `hookmill serve`: engine, gateway, API and pages around one folder of scenarios.

mod announce;
mod gateway;
mod grants;
mod keeper;
mod own_hooks;
mod renewal;
mod requests;
mod smtp;
mod strangers;
mod tls;
mod token;

use crate::folder::{self, Folder, Parts};
use crate::home::Home;
use crate::setting::{self, AllowEnv, CurrentSecrets};
use crate::terminal::{Done, say};
use crate::vault::{Keys, Records};
use anyhow::Context;
use clap::Args;
use engine::{Engine, Options};
use gateway::Around;
use grants::Grants;
use keeper::Keeper;
use modules::AllowedCommand;
use modules::auth::Tokens;
use modules::connections::kept::Kept;
use modules::guard::Allowed;
use modules::own_hooks::OwnHooks;
use own_hooks::Inside;
use renewal::{Reach, Renewal, Renewing};
use run::data_store::DataStores;
use run::retention::Keep;
use run::setting::Setting;
use scenario::plan::Rate;
use server::library::Library;
use server::{Accounts, App, Assets, Drafts, Gateway};
use smtp::Smtp;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use strangers::Strangers;
use tls::Tls;
use tokio::net::TcpSocket;
use tokio::task::JoinHandle;
use triggers::webhook::address::Forwarding;
use triggers::webhook::hooks::HookTable;
use url::Url;

/// How long the body of a webhook call may take to come.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// How long runs in flight may go on once the server is asked to end.
const GRACE: Duration = Duration::from_secs(8);

/// How many callers may wait to be let in, where the system allows it: all that come while the server starts, and bursts.
const BACKLOG: u32 = 4096;

/// How many files and connections may be open, where the system allows it.
const MOST_FILES: u64 = 1 << 20;

/// Serve a folder of scenarios
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// The folder with `*.yaml` scenarios and `connections.yaml`; it is watched
    #[arg(default_value = "scenarios")]
    dir: PathBuf,
    /// Where to listen
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The folder that keeps runs and records
    #[arg(long, value_name = "DIR", default_value = ".hookmill")]
    data: PathBuf,
    /// Where callers and people reach the server, if not at the address it listens on
    #[arg(long, value_name = "URL")]
    public_url: Option<Url>,
    /// A network of proxies whose forwarding header is believed; may be given several times
    #[arg(long, value_name = "CIDR")]
    trust_proxy: Vec<ipnet::IpNet>,
    /// The header by which these proxies name the caller
    #[arg(long, value_name = "HEADER", default_value = "x-forwarded-for")]
    forwarding: ForwardingHeader,
    /// A private host, address or network that steps may call even when it comes out of data; may be given several times
    #[arg(long, value_name = "HOST")]
    allow_private: Vec<Allowed>,
    /// A program of this machine that steps may run by this name; may be given several times
    #[arg(long, value_name = "NAME=PATH")]
    allow_command: Vec<AllowedCommand>,
    /// A server to which every HTTP call of a step goes in place of its own host, below that host's name: for tests
    #[arg(long, value_name = "URL")]
    stand_in: Option<Url>,
    /// The largest webhook body that is parsed, in bytes; with files in it, where the webhook sets no bound
    #[arg(long, value_name = "BYTES", default_value_t = 16 << 20)]
    max_body: u64,
    /// How many runs that no caller waits for are worked on at once, each of them one call of a far side or more
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    workers: u32,
    /// How many runs may wait, over all scenarios, before callers are told to come again
    #[arg(long, value_name = "N", default_value_t = 2_000_000)]
    queue_limit: usize,
    /// The largest webhook body with files in it, in bytes, whatever the webhook's `max_body` says
    #[arg(long, value_name = "BYTES", default_value_t = 1 << 30)]
    max_file: u64,
    /// How long runs are kept once they are over, as 12h or 30d, or `forever`; scenarios may say otherwise
    #[arg(long, value_name = "TIME", default_value = "30d")]
    keep: KeepTime,
    /// How many bytes all runs may take on disk, without large values: beyond it the oldest go [default: any number]
    #[arg(long, value_name = "BYTES")]
    keep_bytes: Option<u64>,
    /// How many webhook calls one address may make, as 100/1m; more are told to come again [default: any number]
    #[arg(long, value_name = "RATE", value_parser = rate)]
    hook_rate: Option<Rate>,
    #[command(flatten)]
    tls: Tls,
    #[command(flatten)]
    smtp: Smtp,
    #[command(flatten)]
    keeping: requests::Keeping,
    #[command(flatten)]
    allow_env: AllowEnv,
}

/// How long runs are kept.
#[derive(Clone, Copy, Debug)]
struct KeepTime(Option<Duration>);

impl FromStr for KeepTime {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "forever" => Ok(Self(None)),
            time => {
                scenario::duration::parse(time).map(|age| Self(Some(age))).ok_or("a time, as 12h or 30d, or `forever`")
            }
        }
    }
}

/// A rate, as scenarios write it.
fn rate(text: &str) -> Result<Rate, &'static str> {
    Rate::parse(text).ok_or("so many in a time, as 100/1m or 10/s")
}

/// The header by which proxies name the caller.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum ForwardingHeader {
    XForwardedFor,
    Forwarded,
}

impl From<ForwardingHeader> for Forwarding {
    fn from(header: ForwardingHeader) -> Self {
        match header {
            ForwardingHeader::XForwardedFor => Self::XForwardedFor,
            ForwardingHeader::Forwarded => Self::Forwarded,
        }
    }
}

impl Serve {
    pub(crate) fn run(self) -> Done {
        // Each connection takes a file; what is allowed at first is often no more than 1,024.
        if let Err(error) = rlimit::increase_nofile_limit(MOST_FILES) {
            tracing::warn!(%error, "the number of open files could not be raised");
        }
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(self.serve())
    }

    async fn serve(self) -> Done {
        let certificate = self.tls.certificate()?;
        let listener = listen(self.listen)?;
        let (address, post) = (listener.local_addr()?, self.smtp.listen()?);
        let store = open(&self.data)?;
        let keys = (token::of(&self.data)?, Arc::new(Accounts::open(Arc::clone(&store.tables))?));
        let read = folder::Credentials::of(&self.dir);
        let records = Arc::new(Records::open(Arc::clone(&store.tables), Keys::of(&self.data)?)?);
        let grants = Grants::over(&records);
        let home = sound_home(&self.dir, &records.kept())?;
        let (secrets, inside) = (Arc::new(CurrentSecrets::of(Arc::clone(&home.secrets))), Arc::new(Inside::default()));
        let setting = Arc::new(self.setting(address, &store, Arc::clone(&secrets))?);
        let reach = self.reach(address, &store, &setting, Arc::clone(&inside), Arc::clone(&grants))?;
        let loaded = reach.modules(Arc::clone(&home.connections));
        let options = self.engine_options(Arc::clone(&setting));
        let engine = Engine::start(store.clone(), Arc::clone(&home.catalog), loaded, options);
        engine.handle().use_rates(home.connections.rates());
        let (hooks, inspector) = (HookTable::default(), self.keeping.inspector(&store)?);
        let starters = reach.starters(engine.handle(), &store.tables, Arc::clone(&home.connections));
        let folder = Arc::new(Folder::new(Parts {
            path: self.dir.clone(),
            handle: engine.handle(),
            tables: Arc::clone(&store.tables),
            hooks: hooks.clone(),
            starters: starters.clone(),
            catalog: Arc::clone(&home.catalog),
        }));
        folder.reload()?;
        let resumed = engine.resume()?;
        let (tables, drafts) = (Arc::clone(&store.tables), Drafts::new(Arc::clone(&store.tables)));
        let (handle, listening) = (engine.handle(), address);
        let around = Around { handle, hooks, setting, tables, listening, inspector: inspector.clone() };
        let gateway = self.gateway(around, &reach);
        inside.lead_to(gateway.clone());
        let stores = (reach.stores.clone(), drafts);
        let renewal = Renewal { folder: Arc::clone(&folder), handle: engine.handle(), secrets, reach, records };
        let renewing = Arc::new(Renewing::from(renewal, &home));
        let (vault, imports) = (Arc::new(Keeper::over(&renewing)), Arc::new(Strangers::over(&renewing)));
        let looking = grants.follow(&renewing);
        let app = self.app(address, keys, gateway, (&folder, vault, imports), stores)?;
        let server = server::serve_as(listener, certificate.as_ref(), app.clone())?;
        let (stopper, serving) = (server.handle(), tokio::spawn(server));
        app.set_ready();
        let receiving = self.smtp.begin(post, &self.public_url(address)?, certificate.as_ref(), &starters)?;
        self.announce(&app, address, &folder, resumed)?;
        let renewal = certificate.map(|certificate| tokio::spawn(certificate.follow(tls::LOOK)));
        folder::watch(folder, read, move || renewing.again())?;
        let starting = tokio::spawn(starters.run());
        let keeping = requests::keep(&inspector, engine.handle());
        asked_to_end(engine.handle()).await?;
        say("ending: no new runs; what is not over goes on at the next start");
        [Some(starting), Some(keeping), Some(looking), renewal].iter().flatten().for_each(JoinHandle::abort);
        engine.handle().end_signals();
        smtp::end(receiving).await?;
        stopper.stop(true).await;
        engine.stop(GRACE).await?;
        serving.await??;
        requests::settle(&inspector);
        Ok(ExitCode::SUCCESS)
    }

    /// Says that it is ready, where, and what is to be seen to.
    fn announce(&self, app: &App, address: SocketAddr, folder: &Folder, resumed: usize) -> anyhow::Result<()> {
        let public_url = self.public_url(address)?;
        self.tls.warning(address, &public_url).into_iter().for_each(|warning| tracing::warn!("{warning}"));
        announce::all(app, &public_url, &self.smtp.post(&public_url), folder, resumed);
        Ok(())
    }

    /// What modules reach: `inside` leads to the server's own webhooks.
    fn reach(
        &self,
        address: SocketAddr,
        store: &Store,
        setting: &Setting,
        inside: Arc<Inside>,
        grants: Arc<Grants>,
    ) -> anyhow::Result<Reach> {
        let own_hooks = OwnHooks { public_url: self.public_url(address)?, hooks: inside };
        if let Some(stand_in) = &self.stand_in {
            tracing::warn!("no HTTP call of a step reaches its own host: {stand_in} stands in for all of them");
        }
        let options = modules::Options {
            allow_private: self.allow_private.clone(),
            listeners: vec![address],
            own_hooks: Some(own_hooks),
            stand_in: self.stand_in.clone(),
            tokens: Tokens::kept_by(grants),
            commands: self.allow_command.clone(),
        };
        Ok(Reach::over(store, setting, options))
    }

    fn app(
        &self,
        address: SocketAddr,
        (token, accounts): (server::ApiToken, Arc<Accounts>),
        gateway: Gateway,
        (folder, vault, imports): (&Arc<Folder>, Arc<Keeper>, Arc<Strangers>),
        (stores, drafts): (DataStores, Drafts),
    ) -> anyhow::Result<App> {
        let library = Arc::clone(folder) as Arc<dyn Library>;
        let public_url = self.public_url(address)?;
        let assets = editor_files();
        let templates = crate::templates::templates(&library.catalog());
        let post = self.smtp.post(&public_url);
        let options =
            server::Options { public_url, token, accounts, vault, assets, stores, drafts, templates, imports, post };
        Ok(App::new(gateway, library, options))
    }

    fn engine_options(&self, setting: Arc<Setting>) -> Options {
        let keep = Keep { age: self.keep.0, ..Keep::default() };
        let (unattended_runs, waiting_runs) = (self.workers, self.queue_limit);
        let keep_bytes = self.keep_bytes;
        Options { unattended_runs, waiting_runs, setting, keep, keep_bytes, ..Options::default() }
    }

    fn setting(&self, address: SocketAddr, store: &Store, secrets: Arc<CurrentSecrets>) -> anyhow::Result<Setting> {
        Ok(Setting {
            public_url: self.public_url(address)?.as_str().trim_end_matches('/').into(),
            env: self.allow_env.variables(),
            resume_key: setting::resume_key(&*store.tables)?,
            secrets,
        })
    }

    fn public_url(&self, address: SocketAddr) -> anyhow::Result<Url> {
        match &self.public_url {
            Some(url) => Ok(url.clone()),
            None => Ok(Url::parse(&format!("{}://{address}", self.tls.scheme()))?),
        }
    }
}

/// The folder's connections and secrets. Runs that are taken up would fail for want of them where their files are wrong.
fn sound_home(folder: &Path, kept: &Kept) -> anyhow::Result<Home> {
    let home = Home::open_with(folder, kept);
    let mistakes = home.mistakes();
    if mistakes.is_empty() {
        home.broken_apps().for_each(|problem| tracing::error!("{problem}"));
        return Ok(home);
    }
    mistakes.iter().for_each(say);
    anyhow::bail!("connections.yaml or secrets.yaml has mistakes; nothing is served until they are mended");
}

fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    bind(address).with_context(|| format!("cannot listen on {address}; `--listen` chooses another address"))
}

fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // A restart need not wait until the last connections of the server before are forgotten.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)?.into_std()
}

fn open(data: &Path) -> anyhow::Result<Store> {
    store::open(&format!("sled:{}", data.display()))
        .with_context(|| format!("cannot open the data folder {}", data.display()))
}

/// Comes back when the process is asked to end; an error if the store fails. To go on would be to refuse everything, while
/// whoever looks after the process starts it anew, and the store finds out at its opening what is on disk.
async fn asked_to_end(handle: engine::Handle) -> anyhow::Result<()> {
    tokio::select! {
        () = signalled() => Ok(()),
        error = handle.store_failed() => {
            Err(error).context("ending; started anew, nothing that was answered is lost")
        }
    }
}

/// Comes back at Ctrl+C or SIGTERM.
async fn signalled() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => drop(tokio::signal::ctrl_c().await),
    }
}

/// The editor's files: those in the binary. A development build takes them from the folder `HOOKMILL_WEB_DIST`, where
/// that is set, so that the page can be worked on without building anew.
fn editor_files() -> Assets {
    let elsewhere = if cfg!(debug_assertions) { std::env::var_os("HOOKMILL_WEB_DIST") } else { None };
    let folder = elsewhere.and_then(|folder| PathBuf::from(folder).canonicalize().ok());
    folder.map_or_else(Assets::default, Assets::folder)
}
