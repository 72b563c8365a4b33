//! Connections by OAuth 2, against a real authorization server.

use crate::oauth_server::{OAuthServer, REDIRECT, browse, who};
use crate::step::{Given, files, modules_over, step};
use modules::auth::{self, Code, TokenKeeper, Tokens};
use modules::{Connections, Options};
use run::call::Module;
use run::error::{Recovery, StepError};
use run::id::Millis;
use run::tables::StoreError;
use scenario::secret::Secret;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};
use url::Url;

const HOUR: Millis = 3_600_000;

/// Keeps tokens in memory, and what it hears of them.
#[derive(Debug, Default)]
struct Memory {
    kept: Mutex<BTreeMap<String, Secret>>,
    heard: Mutex<Vec<String>>,
    is_full: AtomicBool,
}

impl TokenKeeper for Memory {
    fn load(&self, connection: &str) -> Option<Secret> {
        self.kept.lock().unwrap().get(connection).cloned()
    }

    fn keep(&self, connection: &str, token: &Secret) -> Result<(), StoreError> {
        if self.is_full.load(SeqCst) {
            return Err(StoreError::Full("no room".into()));
        }
        self.kept.lock().unwrap().insert(connection.to_owned(), token.clone());
        Ok(())
    }

    fn refused(&self, connection: &str, why: &str) {
        self.heard.lock().unwrap().push(format!("{connection}: {why}"));
    }

    fn granted(&self, connection: &str) {
        self.heard.lock().unwrap().push(format!("{connection}: granted"));
    }
}

/// A server, a connection to it, and who keeps its tokens.
struct Scene {
    server: OAuthServer,
    memory: Arc<Memory>,
    connections: Arc<Connections>,
    options: Options,
    modules: Vec<Arc<dyn Module>>,
    now: Millis,
}

impl Scene {
    fn of(text: impl Fn(&OAuthServer) -> String) -> Self {
        let server = OAuthServer::start();
        let text = text(&server);
        let memory = Arc::<Memory>::default();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as Millis;
        let connections = Arc::new(Connections::parse(&text, &Given(BTreeMap::new())).unwrap());
        let options = Options { tokens: Tokens::kept_by(Arc::clone(&memory) as _), ..Options::default() };
        let modules = modules_over(&connections, options.clone());
        Self { server, memory, connections, options, modules, now }
    }

    /// The same after a restart: what was only in memory is gone.
    fn restarted(mut self) -> Self {
        self.options.tokens = Tokens::kept_by(Arc::clone(&self.memory) as _);
        self.modules = modules_over(&self.connections, self.options.clone());
        self
    }

    /// Ann allows the connection.
    async fn authorize(&self) -> Result<(), StepError> {
        let redirect = Url::parse(REDIRECT).unwrap();
        let consent = auth::consent(&self.connections, "crm", &redirect, "st-1").unwrap();
        let brought = browse(&consent.url).await;
        assert_eq!(brought["state"], "st-1");
        let code = Code { code: Secret::new(brought["code"].as_str()), verifier: consent.verifier, redirect };
        auth::redeem(&self.connections, "crm", code, &files(), self.options.clone(), self.now).await
    }

    async fn call(&self, later: Millis) -> Result<Value, StepError> {
        let step = step(&self.modules, "http.request").connection("crm").now(self.now + later);
        let outcome = step.call(json!({ "url": "/api" })).await?;
        assert_eq!(outcome.sent["headers"]["authorization"], "•••", "{}", outcome.sent);
        assert_eq!(outcome.output["body"]["told"], "•••", "a token that is told back is hidden: {}", outcome.output);
        Ok(outcome.output)
    }

    /// Many runs at the same time; how many went through, and the errors of the others.
    async fn storm(&self, runs: usize, later: Millis) -> (usize, Vec<StepError>) {
        let calls = futures_util::future::join_all((0..runs).map(|_| self.call(later))).await;
        let (well, wrong): (Vec<_>, Vec<_>) = calls.into_iter().partition(Result::is_ok);
        (well.len(), wrong.into_iter().filter_map(Result::err).collect())
    }
}

#[tokio::test]
async fn somebody_allows_it_and_a_storm_of_runs_makes_one_refresh() {
    let scene = Scene::of(OAuthServer::crm);
    let before = scene.call(0).await.unwrap_err();
    assert_eq!((before.code.as_str(), before.recovery), ("not_authorized", Recovery::Permanent));
    scene.authorize().await.unwrap();
    assert_eq!(who(&scene.call(0).await.unwrap()), "ann");
    assert_eq!(scene.server.asked("refresh_token").await, 0);
    // The token has ended for all of them at once.
    let (well, wrong) = scene.storm(100, 2 * HOUR).await;
    assert_eq!((well, wrong.len()), (100, 0), "{wrong:?}");
    assert_eq!(scene.server.asked("refresh_token").await, 1);
}

#[tokio::test]
async fn a_token_that_ends_on_the_way_is_replaced_once_for_all() {
    let scene = Scene::of(OAuthServer::crm);
    scene.authorize().await.unwrap();
    scene.call(0).await.unwrap();
    scene.server.steer("/expire").await;
    let (well, wrong) = scene.storm(40, 0).await;
    assert_eq!((well, wrong.len()), (40, 0), "{wrong:?}");
    assert_eq!(scene.server.asked("refresh_token").await, 1);
}

#[tokio::test]
async fn each_refresh_token_is_used_once_and_its_successor_outlives_a_restart() {
    let mut scene = Scene::of(OAuthServer::crm);
    scene.authorize().await.unwrap();
    let mut seen = vec![scene.memory.load("crm").unwrap()];
    for round in 1..=4 {
        scene.call(round * 2 * HOUR).await.unwrap();
        seen.push(scene.memory.load("crm").unwrap());
        scene = scene.restarted();
    }
    // The server ends everything that was allowed as soon as a token is used twice.
    assert_eq!(scene.server.asked("refresh_token").await, 4);
    assert!(seen.windows(2).all(|pair| pair[0] != pair[1]));
}

#[tokio::test]
async fn a_token_that_cannot_be_kept_is_not_used_and_not_lost() {
    let scene = Scene::of(OAuthServer::crm);
    scene.authorize().await.unwrap();
    let calls = async || scene.server.asked("api").await;
    let before = calls().await;
    scene.memory.is_full.store(true, SeqCst);
    for _ in 0..3 {
        let error = scene.call(2 * HOUR).await.unwrap_err();
        assert_eq!((error.code.as_str(), error.recovery), ("store_failed", Recovery::Retry));
    }
    assert_eq!(calls().await, before);
    scene.memory.is_full.store(false, SeqCst);
    scene.call(2 * HOUR).await.unwrap();
    assert_eq!(scene.server.asked("refresh_token").await, 1);
    scene.restarted().call(2 * HOUR).await.unwrap();
}

#[tokio::test]
async fn what_was_revoked_is_asked_for_once_until_it_is_allowed_again() {
    let scene = Scene::of(OAuthServer::crm);
    scene.authorize().await.unwrap();
    scene.server.steer("/revoke").await;
    let (well, wrong) = scene.storm(100, 2 * HOUR).await;
    assert_eq!((well, wrong.len()), (0, 100));
    assert!(wrong.iter().all(|error| error.code == "token_refused" && error.message.contains("invalid_grant")));
    assert_eq!(scene.server.asked("refresh_token").await, 1);
    // Remembered for a short while, and asked again after it.
    scene.call(2 * HOUR + 29_000).await.unwrap_err();
    assert_eq!(scene.server.asked("refresh_token").await, 1);
    scene.call(2 * HOUR + 31_000).await.unwrap_err();
    assert_eq!(scene.server.asked("refresh_token").await, 2);
    let standing = auth::standing(&scene.connections, "crm", &scene.options.tokens);
    assert_eq!(standing.fate.refused.map(|(since, _)| since), Some(scene.now + 2 * HOUR));
    scene.authorize().await.unwrap();
    scene.call(0).await.unwrap();
    assert!(auth::standing(&scene.connections, "crm", &scene.options.tokens).fate.refused.is_none());
    let heard = scene.memory.heard.lock().unwrap().clone();
    assert!(heard[1].contains("invalid_grant") && heard.last().is_some_and(|last| last == "crm: granted"), "{heard:?}");
    assert!(!format!("{heard:?} {wrong:?}").contains("cAnAry"));
}

#[tokio::test]
async fn a_code_is_worth_nothing_without_its_verifier() {
    let scene = Scene::of(OAuthServer::crm);
    let redirect = Url::parse(REDIRECT).unwrap();
    let consent = auth::consent(&scene.connections, "crm", &redirect, "st-1").unwrap();
    let brought = browse(&consent.url).await;
    let verifier = Secret::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    let code = Code { code: Secret::new(brought["code"].as_str()), verifier, redirect };
    let redeemed = auth::redeem(&scene.connections, "crm", code, &files(), scene.options.clone(), scene.now).await;
    assert!(redeemed.unwrap_err().message.contains("invalid_grant"));
    assert_eq!(scene.call(0).await.unwrap_err().code, "not_authorized");
    let mut denied = consent.url.clone();
    denied.query_pairs_mut().append_pair("login_hint", "nobody");
    assert_eq!(browse(&denied).await["error"], "access_denied");
}

#[tokio::test]
async fn a_client_has_a_token_by_its_own_credentials() {
    let scene = Scene::of(|server| {
        let issuer = &server.issuer;
        format!(
            "crm: {{ type: oauth2, base: '{issuer}', token: '{issuer}/token', client: basic, client_id: 'robot:1', \
             client_secret: 'cAnAry+robot/secret', scopes: [read] }}"
        )
    });
    let output = scene.call(0).await.unwrap();
    assert_eq!((who(&output), &output["body"]["scope"]), ("robot:1", &json!("read")));
    let (well, _) = scene.storm(50, 2 * HOUR).await;
    assert_eq!((well, scene.server.asked("client_credentials").await), (50, 2));
    assert!(scene.memory.kept.lock().unwrap().is_empty(), "it can be asked for again, and is not kept");
}

/// What was allowed for one server is never shown to another, whatever becomes of the connection of that name.
#[tokio::test]
async fn a_connection_that_leads_elsewhere_has_to_be_allowed_again() {
    let scene = Scene::of(OAuthServer::crm);
    scene.authorize().await.unwrap();
    let elsewhere = scene.server.crm().replace("/token'", "/other-token'");
    let connections = Arc::new(Connections::parse(&elsewhere, &Given(BTreeMap::new())).unwrap());
    let modules = modules_over(&connections, scene.options.clone());
    let call = step(&modules, "http.request").connection("crm").now(scene.now + 2 * HOUR);
    assert_eq!(call.call(json!({ "url": "/api" })).await.unwrap_err().code, "not_authorized");
    assert_eq!(auth::standing(&connections, "crm", &scene.options.tokens).consent, Some(false));
    assert_eq!(auth::standing(&scene.connections, "crm", &scene.options.tokens).consent, Some(true));
}
