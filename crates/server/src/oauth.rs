//! `/oauth/callback`: where people come back to who were sent to allow a connection to act for them. The page says what came
//! of it, tells the editor's other windows, and closes itself where all went well.

use crate::App;
use crate::auth::{self, Stray};
use crate::resume::language::Language;
use crate::resume::page;
use crate::vault::{Allowed, VaultError};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, get, web};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use scenario::secret::Secret;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::sync::OnceLock;
use url::Url;

/// What the page does: the windows of the editor hear of it, whatever opened this one.
const SCRIPT: &str = include_str!("oauth/told.js");

/// The path to which people come back.
const PATH: &str = "/oauth/callback";

/// The most of another server's words that is shown, in characters.
const MOST_WORDS: usize = 300;

/// What another server sends people back with (RFC 6749 §4.1.2).
#[derive(Deserialize)]
pub(crate) struct Brought {
    #[serde(default)]
    state: String,
    code: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

/// What came of it.
enum Outcome {
    Allowed(String),
    /// Which connection, and why not.
    Refused(String, String),
    Stray(Stray),
}

/// Where people come back to, for whoever has to tell the other server beforehand.
pub(crate) fn redirect(app: &App) -> Option<Url> {
    Url::parse(&format!("{}{PATH}", app.base())).ok()
}

/// `GET /oauth/callback`
#[get("/oauth/callback")]
pub(crate) async fn callback(request: HttpRequest, app: web::Data<App>, brought: web::Query<Brought>) -> HttpResponse {
    let session = auth::session(&request, &app);
    let outcome = match app.consents().end(&brought.state, session, app.now()) {
        Err(stray) => Outcome::Stray(stray),
        Ok(errand) => {
            let connection = errand.connection.clone();
            match take(&app, errand, brought.into_inner()).await {
                Ok(()) => Outcome::Allowed(connection),
                Err(why) => Outcome::Refused(connection, why),
            }
        }
    };
    shown(&outcome, Language::of(request.headers()))
}

async fn take(app: &App, errand: auth::Errand, brought: Brought) -> Result<(), String> {
    if let Some(error) = brought.error {
        let about = brought.error_description.map(|about| format!(": {about}")).unwrap_or_default();
        return Err(words(&format!("{error}{about}")));
    }
    let Some(code) = brought.code.filter(|code| !code.is_empty()) else {
        return Err("the answer holds no code".to_owned());
    };
    let auth::Errand { connection, verifier, redirect } = errand;
    let allowed = Allowed { code: Secret::new(code), verifier, redirect };
    app.vault().redeem(&connection, allowed).await.map_err(|error| match error {
        VaultError::Store(error) => {
            tracing::error!(%error, %connection, "what was allowed could not be kept");
            "it could not be kept; the server's log says why".to_owned()
        }
        error => words(&error.to_string()),
    })
}

/// Another server's words, on one line and not endless.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(MOST_WORDS).collect()
}

fn shown(outcome: &Outcome, language: Language) -> HttpResponse {
    let said = Said::of(language);
    let (status, title, text, name) = match outcome {
        Outcome::Allowed(name) => (StatusCode::OK, said.allowed, said.close.to_owned(), name.as_str()),
        Outcome::Refused(name, why) => (StatusCode::BAD_REQUEST, said.refused, why.clone(), name.as_str()),
        Outcome::Stray(Stray::Unknown) => (StatusCode::BAD_REQUEST, said.refused, said.late.to_owned(), ""),
        Outcome::Stray(Stray::OtherBrowser) => (StatusCode::FORBIDDEN, said.refused, said.elsewhere.to_owned(), ""),
    };
    let html = page::telling(language, title, &text, (name, status == StatusCode::OK), SCRIPT);
    HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy())))
        // The address held a code.
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .body(html)
}

/// The page may run its own script, and nothing else.
fn policy() -> &'static str {
    static POLICY: OnceLock<String> = OnceLock::new();
    POLICY.get_or_init(|| {
        let digest = BASE64_STANDARD.encode(Sha256::digest(SCRIPT));
        format!("{}; script-src 'sha256-{digest}'", page::policy())
    })
}

/// The page's words.
struct Said {
    allowed: &'static str,
    refused: &'static str,
    close: &'static str,
    late: &'static str,
    elsewhere: &'static str,
}

impl Said {
    fn of(language: Language) -> Self {
        match language {
            Language::English => Self {
                allowed: "The connection is authorized",
                refused: "The connection is not authorized",
                close: "You can close this page.",
                late: "Nothing is waited for here any more: it was done before, or it took more than ten minutes. \
                       Please begin again.",
                elsewhere: "This was begun in another browser, or you have logged out meanwhile. Please begin again.",
            },
            Language::TraditionalChinese => Self {
                allowed: "連線已授權",
                refused: "連線未獲授權",
                close: "可以關閉這個頁面了。",
                late: "這次授權已經完成，或已超過十分鐘。請重新開始。",
                elsewhere: "這次授權是在另一個瀏覽器開始的，或您已經登出。請重新開始。",
            },
            Language::SimplifiedChinese => Self {
                allowed: "连接已授权",
                refused: "连接未获授权",
                close: "可以关闭这个页面了。",
                late: "这次授权已经完成，或已超过十分钟。请重新开始。",
                elsewhere: "这次授权是在另一个浏览器开始的，或您已经退出登录。请重新开始。",
            },
        }
    }
}
