//! A server to talk to.

use crate::document::assert_documented;
use crate::drawer::Drawer;
use crate::shelf::Shelf;
use crate::strangers::Strangers;
use actix_web::dev::ServerHandle;
use bytes::Bytes;
use engine::Engine;
use engine::captures::Bounds;
use reqwest::{Method, RequestBuilder, Response, StatusCode, redirect};
use run::call::BoxFuture;
use run::data_store::DataStores;
use run::files::Files;
use run::resume::ResumeKey;
use run::setting::Setting;
use scenario::catalog::{AppFace, Catalog, Effect, Face, Faces, ModuleSpec};
use serde_json::{Value, json};
use server::{
    Accounts, ApiToken, App, Asset, Assets, Drafts, Gateway, Inspector, Log, Options, Post, Template, TemplateWords,
    Trials,
};
use std::borrow::Cow;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;
use triggers::webhook::hooks::HookTable;
use triggers::webhook::intake::{FetchKeys, Intake, KeptTokens, KeyRing};
use triggers::webhook::public::PublicUrl;

/// The token of every server here.
pub(crate) const TOKEN: &str = "correct-horse-battery-staple";

/// Answers `{"response": "Hello"}`.
pub(crate) const HELLO: &str = "\
name: Hello
description: Says hello.
enabled: true
trigger:
  webhook:
    path: hello
    methods: [POST]
steps:
  - id: greeting
    set: { response: Hello }
  - respond:
      json: \"{{ greeting }}\"
";

/// Fails unless `trigger.body.order` exists.
pub(crate) const PICKY: &str = "\
name: Picky
trigger:
  manual: {}
steps:
  - id: order
    set: \"{{ trigger.body.order }}\"
  - respond:
      json: { order: \"{{ order }}\" }
";

/// Holds unless `trigger.body.order` exists, and again whenever it is tried.
pub(crate) const HOLDS: &str = "\
name: Holds
trigger:
  manual: {}
steps:
  - id: order
    set: \"{{ trigger.body.order }}\"
    on_error: hold
  - return: \"{{ order }}\"
";

/// Nobody publishes keys here.
#[derive(Debug)]
struct Unpublished;

impl FetchKeys for Unpublished {
    fn fetch<'a>(&'a self, url: &'a str) -> BoxFuture<'a, Result<Bytes, String>> {
        Box::pin(async move { Err(format!("there is nothing at {url}")) })
    }
}

/// A running server. It ends with the test's runtime.
pub(crate) struct Site {
    pub(crate) base: String,
    pub(crate) app: App,
    pub(crate) shelf: Arc<Shelf>,
    pub(crate) client: reqwest::Client,
    pub(crate) hooks: HookTable,
    pub(crate) stores: DataStores,
    pub(crate) inspector: Inspector,
    pub(crate) gateway: Gateway,
    server: ServerHandle,
    engine: Engine,
}

/// How links of this server begin, and by what they are signed.
fn setting(public_url: String) -> Arc<Setting> {
    Arc::new(Setting { public_url: public_url.into(), resume_key: ResumeKey([7; 32]), ..Setting::default() })
}

impl Site {
    pub(crate) async fn start() -> Self {
        Self::start_with(Assets::new(|_| None), "http").await
    }

    /// A server with these files, reached by this scheme through some proxy.
    pub(crate) async fn start_with(assets: Assets, scheme: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let catalog = Arc::new(Catalog::new([parcel()]).with_faces(faces()));
        let store = store::open("memory:").unwrap();
        let stores = DataStores::new(Arc::clone(&store.tables));
        let log = |captures| Log { captures, bounds: Bounds::default() };
        let inspector = Inspector::new(log(store.captures.clone()), log(store.bins.clone()), &store.tables).unwrap();
        let setting = setting(format!("{scheme}://{address}"));
        let (tables, accounts) = (Arc::clone(&store.tables), Arc::clone(&store.tables));
        let files = Files::new(Arc::clone(&store.blobs), &setting.resume_key);
        let options = engine::Options { setting: Arc::clone(&setting), ..engine::Options::default() };
        let engine = Engine::start(store, Arc::clone(&catalog), [], options);
        engine.resume().unwrap();
        let handle = engine.handle();
        let shelf = Arc::new(Shelf::new(handle.clone(), Arc::clone(&catalog)));
        let hooks = HookTable::default();
        let intake = Intake {
            handle,
            setting: Arc::clone(&setting),
            keys: KeyRing::of(Arc::new(Unpublished)),
            tokens: KeptTokens::in_tables(Arc::clone(&tables)),
            callers: None,
            public: PublicUrl { configured: None, listening: format!("{scheme}://{address}") },
            proxies: Default::default(),
            files,
        };
        let gateway = Gateway {
            intake,
            hooks: hooks.clone(),
            max_body: 1024 * 1024,
            max_file: 4 * 1024 * 1024,
            body_timeout: Duration::from_millis(200),
            bodies: Default::default(),
            inspector: inspector.clone(),
            trials: Trials::default(),
        };
        let options = Options {
            public_url: format!("{scheme}://{address}").parse().unwrap(),
            token: ApiToken::new(TOKEN).unwrap(),
            accounts: Arc::new(Accounts::open(Arc::clone(&accounts)).unwrap()),
            vault: Arc::new(Drawer::default()),
            assets,
            stores: stores.clone(),
            drafts: Drafts::new(tables),
            templates: Arc::new([template()]),
            imports: Arc::new(Strangers),
            post: Post { domain: "hook.example.com".to_owned(), open: false },
        };
        tokio::spawn(inspector.clone().follow(engine.handle()));
        let app = App::new(gateway.clone(), shelf.clone(), options);
        let server = server::serve(listener, app.clone()).unwrap();
        let stop = server.handle();
        tokio::spawn(server);
        let client = reqwest::Client::builder().redirect(redirect::Policy::none()).no_proxy().build().unwrap();
        let base = format!("http://{address}");
        Self { base, app, shelf, client, hooks, stores, inspector, gateway, server: stop, engine }
    }

    /// The engine behind it.
    pub(crate) fn engine(&self) -> engine::Handle {
        self.engine.handle()
    }

    /// A request of a stranger.
    pub(crate) fn request(&self, method: &str, path: &str) -> RequestBuilder {
        self.client.request(Method::from_bytes(method.as_bytes()).unwrap(), format!("{}{path}", self.base))
    }

    /// A request with the token.
    pub(crate) fn api(&self, method: &str, path: &str) -> RequestBuilder {
        self.request(method, &format!("/api/v1{path}")).bearer_auth(TOKEN)
    }

    /// Asks the API and gives the body of a 200.
    pub(crate) async fn get(&self, path: &str) -> Value {
        ok(self.api("GET", path)).await
    }

    /// Opens a session by its link and gives the cookie.
    pub(crate) async fn log_in(&self) -> String {
        let link = format!("/login/{}", self.app.new_login_code());
        let answer = self.request("GET", &link).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let cookie = answer.headers()["set-cookie"].to_str().unwrap();
        cookie.split(';').next().unwrap().to_owned()
    }

    /// Starts a run by hand, and gives it as soon as it is like this: `waiting`, `held`…
    pub(crate) async fn run_until(&self, scenario: &str, input: &Value, status: &str) -> Value {
        let told = self.api("POST", &format!("/scenarios/{scenario}/run?wait=0")).json(input).send().await.unwrap();
        let told: Value = told.json().await.unwrap();
        self.run_is(told["run"].as_str().unwrap(), status).await
    }

    /// The run as soon as it is like this.
    pub(crate) async fn run_is(&self, id: &str, status: &str) -> Value {
        for _ in 0..2_000 {
            let run = self.get(&format!("/runs/{id}")).await;
            if run["status"] == status {
                return run;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("the run is not {status}: {}", self.get(&format!("/runs/{id}")).await);
    }

    pub(crate) async fn stop(self) {
        self.server.stop(false).await;
    }
}

/// The body of a 200.
pub(crate) async fn ok(request: RequestBuilder) -> Value {
    answer(request, StatusCode::OK).await
}

/// The JSON body of an answer with this status. The API's are as its document says.
pub(crate) async fn answer(request: RequestBuilder, status: StatusCode) -> Value {
    let (client, request) = request.build_split();
    let request = request.unwrap();
    let (method, path) = (request.method().clone(), request.url().path().to_owned());
    let answer = client.execute(request).await.unwrap();
    let got = answer.status();
    let body = answer.text().await.unwrap();
    assert_eq!(got, status, "{body}");
    let body = serde_json::from_str(&body).unwrap_or_else(|error| panic!("{error}: {body}"));
    assert_documented(&method, &path, got, &body);
    body
}

/// Checks that an answer is a problem document of this status and code, and gives it.
pub(crate) async fn problem(answer: Response, status: u16, code: &str) -> Value {
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    let got = answer.status().as_u16();
    let problem: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    assert_eq!((got, problem["code"].as_str()), (status, Some(code)), "{problem}");
    assert_eq!(problem["status"], status);
    assert_eq!(problem["type"], "about:blank");
    assert!(problem["title"].is_string() && problem["detail"].is_string());
    problem
}

/// Sends, and checks that the answer is a problem.
pub(crate) async fn refused(request: RequestBuilder, status: u16, code: &str) -> Value {
    problem(request.send().await.unwrap(), status, code).await
}

/// Files as the editor's build makes them.
pub(crate) fn editor() -> Assets {
    Assets::new(|path| {
        let (text, media_type) = match path {
            "index.html" => ("<!doctype html><title>Editor</title>", "text/html"),
            "assets/index-1a2b3c4d.js" => ("export {};", "text/javascript"),
            _ => return None,
        };
        Some(Asset {
            bytes: Cow::Borrowed(text.as_bytes()),
            media_type: media_type.into(),
            digest: format!("{:x}", text.len()),
        })
    })
}

/// What a new scenario can begin as.
fn template() -> Template {
    let words = TemplateWords { name: "你好".into(), description: "打招呼。".into() };
    Template {
        id: "hello".into(),
        name: "Hello".into(),
        description: "Says hello.".into(),
        text: HELLO.into(),
        modules: vec!["webhook".into(), "respond".into()],
        i18n: [("zh-TW".to_owned(), words)].into(),
    }
}

/// How the modules are shown.
fn faces() -> Arc<Faces> {
    let words = |title: &str, to: &str| json!({ "title": title, "parameters": { "to": { "title": to } } });
    let i18n = json!({ "en": words("Send a parcel", "To"), "zh-TW": words("寄送包裹", "收件人") });
    let app = AppFace { name: "parcel".into(), title: "Parcels".into(), ..AppFace::default() };
    let aliases = vec!["post:sendParcel".to_owned()];
    let face = Face { app, aliases, i18n: serde_json::from_value(i18n).unwrap() };
    Arc::new(Faces { modules: [("parcel.send".to_owned(), face)].into(), ..Faces::default() })
}

fn parcel() -> ModuleSpec {
    ModuleSpec {
        name: "parcel.send".into(),
        summary: "Sends a parcel.".into(),
        description: "Sends a parcel.".into(),
        parameters: json!({ "type": "object", "properties": { "to": { "type": "string" } } }),
        example: json!({ "to": "Example Street 1" }),
        sample: json!({ "number": "P1" }),
        connections: vec!["bearer".into()],
        needs_connection: false,
        effect: Effect::Outside,
        url_parameter: None,
        retry_pauses: vec![60],
    }
}
