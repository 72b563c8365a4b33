//! What every request handler shares: the way in to the engine, the scenarios, and who may come in.

use crate::api::Template;
use crate::assets::Assets;
use crate::auth::{Accounts, ApiToken, Consents, LoginCodes, Sessions, Throttle};
use crate::drafts::Drafts;
use crate::gateway::Gateway;
use crate::imports::Imports;
use crate::inspector::Inspector;
use crate::library::Library;
use crate::packed::Packed;
use crate::vault::Vault;
use engine::Handle;
use run::data_store::DataStores;
use run::id::Millis;
use scenario::catalog::{Catalog, Shelf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::{fmt, io};
use url::Url;

/// How the server is set up.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where people and callers reach the server: the start of every address it shows.
    pub public_url: Url,
    /// The token that may do everything.
    pub token: ApiToken,
    /// Who may come in otherwise.
    pub accounts: Arc<Accounts>,
    /// The connections and secrets that people make.
    pub vault: Arc<dyn Vault>,
    /// The editor's files.
    pub assets: Assets,
    /// The tables that scenarios write, for people to look at and change.
    pub stores: DataStores,
    /// The texts that people are writing.
    pub drafts: Drafts,
    /// What a new scenario can begin as.
    pub templates: Arc<[Template]>,
    /// What imports need of the outside.
    pub imports: Arc<dyn Imports>,
    /// Where mailhooks are.
    pub post: Post,
}

/// Where mails to the server go.
#[derive(Clone, Debug, Default)]
pub struct Post {
    /// What stands behind the `@` of its addresses.
    pub domain: String,
    /// Whether it takes mails in.
    pub open: bool,
}

/// What every request handler shares. Clones are cheap and mean the same server.
#[derive(Clone)]
pub struct App(Arc<State>);

struct State {
    gateway: Gateway,
    library: Arc<dyn Library>,
    /// What the modules are, made when it is asked for first.
    modules: Mutex<Option<Told>>,
    options: Options,
    sessions: Sessions,
    login_codes: LoginCodes,
    consents: Consents,
    throttle: Throttle,
    ready: AtomicBool,
}

/// What the modules are, as long as they are those of this shelf.
struct Told {
    shelf: Option<Arc<dyn Shelf>>,
    modules: Arc<Packed>,
}

impl App {
    /// A server in front of the gateway's engine and these scenarios. Not [ready](Self::set_ready) yet, and nobody is
    /// logged in.
    pub fn new(gateway: Gateway, library: Arc<dyn Library>, options: Options) -> Self {
        Self(Arc::new(State {
            gateway,
            library,
            modules: Mutex::default(),
            options,
            sessions: Sessions::default(),
            login_codes: LoginCodes::default(),
            consents: Consents::default(),
            throttle: Throttle::default(),
            ready: AtomicBool::new(false),
        }))
    }

    /// Makes a link that logs in whoever opens it first, within 24 hours.
    pub fn new_login_link(&self) -> String {
        let code = self.new_login_code();
        format!("{}/login/{code}", self.base())
    }

    /// Makes the code of such a link: `/login/{code}` opens a session once, within 24 hours.
    pub fn new_login_code(&self) -> String {
        self.0.login_codes.make(self.now())
    }

    /// Says that scenarios are loaded and old runs taken up: `/readyz` answers 200 from now on.
    pub fn set_ready(&self) {
        self.0.ready.store(true, Ordering::Release);
    }

    pub(crate) fn is_ready(&self) -> bool {
        self.0.ready.load(Ordering::Acquire)
    }

    pub(crate) fn handle(&self) -> &Handle {
        self.0.gateway.handle()
    }

    pub(crate) fn gateway(&self) -> &Gateway {
        &self.0.gateway
    }

    pub(crate) fn inspector(&self) -> &Inspector {
        &self.0.gateway.inspector
    }

    pub(crate) fn library(&self) -> &dyn Library {
        &*self.0.library
    }

    /// What the modules are, told by `make` unless the same ones were told before.
    pub(crate) fn modules(&self, make: impl FnOnce(&Catalog) -> io::Result<Packed>) -> io::Result<Arc<Packed>> {
        let catalog = self.library().catalog();
        let mut told = self.0.modules.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(told) = told.as_ref().filter(|told| same(told.shelf.as_ref(), catalog.shelf())) {
            return Ok(Arc::clone(&told.modules));
        }
        let modules = Arc::new(make(&catalog)?);
        *told = Some(Told { shelf: catalog.shelf().cloned(), modules: Arc::clone(&modules) });
        Ok(modules)
    }

    pub(crate) fn options(&self) -> &Options {
        &self.0.options
    }

    pub(crate) fn stores(&self) -> &DataStores {
        &self.0.options.stores
    }

    pub(crate) fn accounts(&self) -> &Accounts {
        &self.0.options.accounts
    }

    pub(crate) fn drafts(&self) -> &Drafts {
        &self.0.options.drafts
    }

    pub(crate) fn vault(&self) -> &dyn Vault {
        &*self.0.options.vault
    }

    pub(crate) fn sessions(&self) -> &Sessions {
        &self.0.sessions
    }

    pub(crate) fn login_codes(&self) -> &LoginCodes {
        &self.0.login_codes
    }

    pub(crate) fn consents(&self) -> &Consents {
        &self.0.consents
    }

    pub(crate) fn throttle(&self) -> &Throttle {
        &self.0.throttle
    }

    /// Whether people reach the server by TLS, so that cookies may insist on it.
    pub(crate) fn is_secure(&self) -> bool {
        self.0.options.public_url.scheme() == "https"
    }

    /// The public address without a final slash.
    pub(crate) fn base(&self) -> &str {
        self.0.options.public_url.as_str().trim_end_matches('/')
    }

    /// The engine's time.
    pub(crate) fn now(&self) -> Millis {
        self.handle().clock().now()
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("options", &self.0.options).finish_non_exhaustive()
    }
}

/// Whether both are one. What stands on none does not change while the program runs.
fn same(one: Option<&Arc<dyn Shelf>>, other: Option<&Arc<dyn Shelf>>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => std::ptr::addr_eq(Arc::as_ptr(one), Arc::as_ptr(other)),
        (one, other) => one.is_none() && other.is_none(),
    }
}
