//! Whether a connection works: the far side is asked as little as tells, and nothing is sent to anyone.

use super::{
    Connections, Google, HttpAccess, Protocol, RemoteConnection, Service, Slack, Smtp, SurveyCake, incomplete,
};
use crate::app::connection::AppConnection;
use crate::auth::{self, Token, Tokens};
use crate::catalog::Options;
use crate::client::{Bounds, Client, Outgoing, USER_AGENT};
use crate::connections::dkim::Dkim;
use crate::connections::http::Http;
use crate::email;
use crate::guard::{Guard, Trust};
use crate::wire::in_time;
use crate::{imap, mqtt, redis, sql};
use bytes::Bytes;
use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::{Method, StatusCode};
use run::call::Delivery;
use run::error::StepError;
use run::files::Files;
use run::id::Millis;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// How long a far side may take to answer.
const PATIENCE: Duration = Duration::from_secs(15);

/// As much of an answer is read.
const MOST: u64 = 64 * 1024;

/// What asking may cost. Redirects are not followed: they may lead anywhere.
const BOUNDS: Bounds = Bounds { redirects: 0, max_response: MOST, timeout: PATIENCE };

/// The scope that every account is given a token for.
const IDENTITY: &str = "https://www.googleapis.com/auth/userinfo.email";

/// Where SurveyCake is, unless the connection says otherwise.
const SURVEYCAKE: &str = "https://www.surveycake.com/";

/// What came of a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether the connection works, as far as can be told.
    pub ok: bool,
    /// Why it does not work: the code with which a step would fail.
    pub code: Option<String>,
    /// What was found, in a sentence without a final dot.
    pub message: String,
    /// What to try.
    pub hint: Option<String>,
}

impl Verdict {
    /// It works.
    pub(crate) fn good(message: impl Into<String>) -> Self {
        Self { ok: true, code: None, message: message.into(), hint: None }
    }

    /// It answers, and not as it should.
    fn bad(message: impl Into<String>, hint: Option<&str>) -> Self {
        let code = Some("http_status".to_owned());
        Self { ok: false, code, message: message.into(), hint: hint.map(str::to_owned) }
    }
}

impl From<StepError> for Verdict {
    fn from(error: StepError) -> Self {
        Self { ok: false, code: Some(error.code), message: error.message, hint: error.hint }
    }
}

/// Tests the connection of this name.
pub async fn probe(connections: &Connections, name: &str, files: &Files, options: Options, now: Millis) -> Verdict {
    let guard = Guard::new(options.allow_private).listening(options.listeners);
    let client = Arc::new(Client::new(guard, files.clone()).with_own_hooks(options.own_hooks));
    let asked = match connections.service(name) {
        Ok(service) if is_sandbox(service) => Ok(Verdict::good("its settings are sound; a sandbox sends nothing")),
        Ok(Service::Http(http)) => web(&Asking { client: &client, tokens: &options.tokens, name, now }, http).await,
        Ok(Service::Google(google)) => {
            token(&Asking { client: &client, tokens: &options.tokens, name, now }, google).await
        }
        Ok(Service::Slack(channel)) => slack(&client, channel).await,
        Ok(Service::Smtp(smtp)) => {
            mail(&Asking { client: &client, tokens: &options.tokens, name, now }, connections, smtp).await
        }
        Ok(Service::Remote(connection)) => {
            remote(&Asking { client: &client, tokens: &options.tokens, name, now }, connections, connection).await
        }
        Ok(Service::SurveyCake(survey)) => surveycake(&client, survey).await,
        Ok(Service::App(connection)) => {
            app(&Asking { client: &client, tokens: &options.tokens, name, now }, connection, files).await
        }
        Err(error) => Err(error),
    };
    asked.unwrap_or_else(Verdict::from)
}

fn is_sandbox(service: &Service) -> bool {
    let delivery = match service {
        Service::Http(http) => HttpAccess::of(http).delivery(),
        Service::Google(google) => google.delivery,
        Service::Slack(slack) => slack.delivery,
        Service::Smtp(smtp) => smtp.delivery,
        Service::Remote(connection) => connection.delivery,
        Service::SurveyCake(survey) => survey.delivery,
        Service::App(connection) => connection.delivery,
    };
    delivery == Delivery::Sandbox
}

/// Who asks, and with which tokens.
struct Asking<'a> {
    client: &'a Arc<Client>,
    tokens: &'a Tokens,
    name: &'a str,
    now: Millis,
}

/// Reads the base with the credential. What signs outgoing webhooks has none: it is enough that something answers.
async fn web(asking: &Asking<'_>, http: &Http) -> Result<Verdict, StepError> {
    let access = HttpAccess::of(http);
    let Some(base) = access.base() else {
        if http.grantor().is_some() {
            let pass = access.pass(Some(asking.name), Trust::default(), asking.now);
            auth::Way::new(asking.client, asking.tokens, pass, BOUNDS).token().await?;
            return Ok(Verdict::good("it is given a token"));
        }
        return Ok(Verdict::good("its settings are sound; without a base there is nobody to ask before a step is run"));
    };
    let mut request = asked(Method::GET, base);
    access.sign(&mut request, super::Chosen::ByAuthor)?;
    let pass = access.pass(Some(asking.name), access.trust(None, base), asking.now);
    let way = auth::Way::new(asking.client, asking.tokens, pass, BOUNDS);
    let token = way.token().await?;
    let (request, _) = way.signed(&request, token.as_ref())?;
    let status = asking.client.send_and_judge(request, pass.trust, BOUNDS, |_| true).await?.status;
    let host = base.host_str().unwrap_or_default();
    Ok(match status.as_u16() {
        401 | 403 if access.signing().is_empty() => {
            let hint = "check the credential, and that it is allowed to read the base URL";
            Verdict::bad(format!("{host} refuses the credential ({status})"), Some(hint))
        }
        407 | 500.. => Verdict::bad(format!("{host} answers {status}"), Some("try it again in a while")),
        200..=399 => Verdict::good(format!("{host} answers {status}")),
        _ => Verdict::good(format!("{host} is there; the base URL itself answers {status}")),
    })
}

/// Asks for a token, as each call does: a new one, where that costs nothing.
async fn token(asking: &Asking<'_>, google: &Google) -> Result<Verdict, StepError> {
    let tokens = google.account().map_or_else(|| asking.tokens.clone(), |_| Tokens::default());
    let trust = Trust::default();
    let pass = auth::Pass {
        connection: Some(asking.name),
        scheme: &google.scheme,
        scopes: &[IDENTITY],
        trust,
        now: asking.now,
    };
    auth::Way::new(asking.client, &tokens, pass, BOUNDS).token().await?;
    Ok(Verdict::good(match google.account() {
        Some(account) => format!("Google gives a token to {}", account.client_email),
        None => "Google gives a token".to_owned(),
    }))
}

/// Reads the incoming webhook, which writes nothing: Slack answers as a webhook that is there does, or that it is not.
async fn slack(client: &Client, channel: &Slack) -> Result<Verdict, StepError> {
    let url = channel.url().ok_or_else(incomplete)?;
    let status = status(client, asked(Method::GET, &url), &url).await.map_err(|mut error| {
        error.message = channel.mask().text(&error.message);
        error
    })?;
    let host = url.host_str().unwrap_or_default();
    Ok(match status.as_u16() {
        403 | 404 | 410 => {
            let hint = "copy the address of the incoming webhook from Slack again";
            Verdict::bad(format!("{host} knows no such webhook ({status})"), Some(hint))
        }
        500.. => Verdict::bad(format!("{host} answers {status}"), Some("try it again in a while")),
        _ => Verdict::good(format!("{host} answers; whether it takes a message, the first one shows")),
    })
}

/// Connects, agrees on keys and logs in.
async fn mail(asking: &Asking<'_>, connections: &Connections, smtp: &Smtp) -> Result<Verdict, StepError> {
    let server = smtp.server.as_ref().ok_or_else(incomplete)?;
    let Asking { client, tokens, now, .. } = *asking;
    let token = imap::token(imap::Asking { connections, client, tokens, now }, server.oauth.as_deref(), None).await?;
    email::knock(server, token.as_ref().map(Token::access), PATIENCE).await?;
    let is_known = server.user.is_some() && (server.password.is_some() || server.oauth.is_some());
    let how = if is_known { "lets us log in" } else { "answers" };
    Ok(Verdict::good(match smtp.dkim.as_ref().map(Dkim::record) {
        Some((name, text)) => format!("{} {how}. Signatures need this TXT record: {name} \"{text}\"", server.host),
        None => format!("{} {how}", server.host),
    }))
}

/// Connects, agrees on keys and logs in, and asks for nothing that anybody would notice.
async fn remote(
    asking: &Asking<'_>,
    connections: &Connections,
    connection: &RemoteConnection,
) -> Result<Verdict, StepError> {
    let server = connection.remote.as_ref().ok_or_else(incomplete)?;
    let said = match connection.protocol {
        Protocol::Imap => {
            let Asking { client, tokens, now, .. } = *asking;
            let asking = imap::Asking { connections, client, tokens, now };
            in_time(PATIENCE, server, imap::knock(asking, server)).await?
        }
        Protocol::Mqtt => in_time(PATIENCE, server, mqtt::knock(server)).await?,
        Protocol::Mysql => in_time(PATIENCE, server, sql::knock_mysql(server, PATIENCE)).await?,
        Protocol::Postgres => in_time(PATIENCE, server, sql::knock_postgres(server, PATIENCE)).await?,
        Protocol::Redis => in_time(PATIENCE, server, redis::knock(server)).await?,
    };
    let how = if server.password.is_some() || server.oauth.is_some() { "lets us log in" } else { "answers" };
    Ok(Verdict::good(format!("{} {how}: {said}", server.host)))
}

async fn surveycake(client: &Client, survey: &SurveyCake) -> Result<Verdict, StepError> {
    let usual = Url::parse(SURVEYCAKE).map_err(|_| incomplete())?;
    let base = survey.base.as_ref().unwrap_or(&usual);
    let status = status(client, asked(Method::GET, base), base).await?;
    let host = base.host_str().unwrap_or_default();
    Ok(if status.is_server_error() {
        Verdict::bad(format!("{host} answers {status}"), Some("try it again in a while"))
    } else {
        Verdict::good(format!("{host} answers; whether the keys fit, the first answer to the survey shows"))
    })
}

fn asked(method: Method, url: &Url) -> Outgoing {
    let headers = HeaderMap::from_iter([
        (header::USER_AGENT, HeaderValue::from_static(USER_AGENT)),
        (header::ACCEPT, HeaderValue::from_static("*/*")),
    ]);
    Outgoing { method, url: url.clone(), headers, body: Bytes::new().into() }
}

/// The status of the answer. Redirects are not followed: they may lead anywhere.
async fn status(client: &Client, request: Outgoing, endpoint: &Url) -> Result<StatusCode, StepError> {
    let trust = Trust { endpoint: Some(endpoint), ..Trust::default() };
    Ok(client.send_and_judge(request, trust, BOUNDS, |_| true).await?.status)
}

/// Makes the harmless call that the app names.
async fn app(asking: &Asking<'_>, connection: &AppConnection, files: &Files) -> Result<Verdict, StepError> {
    let Some(request) = connection.asked(files, asking.now)? else {
        return Ok(Verdict::good("its settings are sound; whether they are right, the first step shows"));
    };
    let endpoint = request.url.clone();
    let trust = Trust { endpoint: Some(&endpoint), ..Trust::default() };
    let pass = connection.pass(asking.name, trust, asking.now);
    let way = auth::Way::new(asking.client, asking.tokens, pass, BOUNDS);
    let token = way.token().await?;
    let (request, _) = way.signed(&request, token.as_ref())?;
    let answer = asking.client.send_and_judge(request, pass.trust, BOUNDS, |_| false).await;
    answer.map(|answer| connection.judged(&answer, asking.now)).map_err(|error| connection.masked(error))
}
