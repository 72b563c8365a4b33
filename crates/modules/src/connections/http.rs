//! Connections for HTTP calls: a credential, and where it may go.

use super::Secret;
use super::delivery;
use super::hosts::HostPattern;
use super::settings::Settings;
use crate::auth::{Grantor, Pass, Scheme};
use crate::client::Outgoing;
use crate::client::identity::Identity;
use crate::guard::Trust;
use crate::http::request::FRAMING;
use crate::mask::Mask;
use reqwest::header::{HeaderName, HeaderValue};
use run::call::{Call, Delivery};
use run::error::StepError;
use run::id::Millis;
use std::sync::Arc;
use url::Url;

/// A connection of the type `api_key`, `basic`, `bearer`, `http` or `webhook`.
#[derive(Debug)]
pub(super) struct Http {
    base: Option<Url>,
    /// Where else it may be used; empty with a base: nowhere.
    allow: Vec<HostPattern>,
    scheme: Scheme,
    /// Who it is while a connection is made.
    identity: Option<Arc<Identity>>,
    /// What signs webhooks that say nothing of it.
    signing: Vec<Secret>,
    delivery: Delivery,
}

impl Http {
    fn has_credential(&self) -> bool {
        !self.scheme.is_none() || self.identity.is_some()
    }

    /// What gives its tokens, if it is of a kind that has them.
    pub(super) fn grantor(&self) -> Option<&Arc<Grantor>> {
        match &self.scheme {
            Scheme::Token(grantor) => Some(grantor),
            _ => None,
        }
    }

    /// Whether it may be used for this URL.
    fn admits(&self, url: &Url, chosen: Chosen) -> Result<(), StepError> {
        let is_base = self.base.as_ref().is_some_and(|base| base.origin() == url.origin());
        if is_base || self.allow.iter().any(|pattern| pattern.covers(url)) {
            return Ok(());
        }
        let refused = |message: &str| Err(StepError::permanent("credential_elsewhere", message));
        match (&self.base, self.allow.is_empty(), self.has_credential(), chosen) {
            (_, false, ..) => {
                refused("the connection may be used for the hosts in its `allow` only, and the URL is elsewhere")
            }
            (Some(_), true, true, _) => {
                refused("the connection's credential may go to its `base` only, and the URL is elsewhere")
            }
            (None, true, true, Chosen::ByData) => {
                refused("the host comes out of data, and the connection does not say where its credential may go")
                    .map_err(|error| error.hint("give the connection a `base`, or name the hosts in its `allow`"))
            }
            _ => Ok(()),
        }
    }

    /// `{ type: basic, user, password }`.
    pub(super) fn basic(settings: &mut Settings<'_>) -> Self {
        let (user, password) = (settings.required_text("user"), settings.required_secret("password"));
        if user.as_ref().is_some_and(|user| user.contains(':')) {
            settings.reject("user", "may hold no colon (RFC 7617 §2)", None);
        }
        let credential = user.zip(password).map(|(user, password)| Scheme::Basic { user, password });
        Self::with(credential, settings)
    }

    /// `{ type: bearer, token }`.
    pub(super) fn bearer(settings: &mut Settings<'_>) -> Self {
        let credential = settings.required_secret("token").map(Scheme::Bearer);
        if let Some(Scheme::Bearer(token)) = &credential
            && HeaderValue::from_str(token.reveal()).is_err()
        {
            settings.reject_content("token", "holds characters that no header can");
        }
        Self::with(credential, settings)
    }

    /// `{ type: api_key, header: X-Api-Key, value }` or `{ …, query: key, value }`.
    pub(super) fn api_key(settings: &mut Settings<'_>) -> Self {
        let carrier = settings.one_of("header", "query");
        let value = settings.required_secret("value");
        let credential = match carrier.zip(value) {
            Some((("header", name), value)) => match HeaderName::from_bytes(name.as_bytes()) {
                Ok(_) if HeaderValue::from_str(value.reveal()).is_err() => {
                    settings.reject_content("value", "holds characters that no header can");
                    None
                }
                Ok(name) => Some(Scheme::Headers(vec![(name, value)])),
                Err(_) => {
                    settings.reject("header", "is no header name", None);
                    None
                }
            },
            Some(((_, name), value)) => Some(Scheme::Query(vec![(name, value)])),
            None => None,
        };
        Self::with(credential, settings)
    }

    /// `{ type: headers, headers: { X-Api-Key: …, X-App: … } }`.
    pub(super) fn headers(settings: &mut Settings<'_>) -> Self {
        let mut headers = Vec::new();
        for (name, value) in settings.required_secrets("headers") {
            match HeaderName::from_bytes(name.as_bytes()) {
                Ok(_) if HeaderValue::from_str(value.reveal()).is_err() => {
                    settings.reject_content("headers", "holds characters that no header can");
                }
                Ok(name) if FRAMING.contains(&name) => {
                    settings.reject("headers", "names one by which connections are run", None);
                }
                Ok(name) => headers.push((name, value)),
                Err(_) => settings.reject("headers", "names something that is no header", None),
            }
        }
        Self::with((!headers.is_empty()).then_some(Scheme::Headers(headers)), settings)
    }

    /// By a certificate.
    pub(super) fn identified(identity: Option<Arc<Identity>>, settings: &mut Settings<'_>) -> Self {
        Self { identity, ..Self::with(None, settings) }
    }

    /// When its certificate ends, if it has one.
    pub(super) fn ends(&self) -> Option<Millis> {
        self.identity.as_ref()?.ends()
    }

    /// `{ type: http }`: no credential.
    pub(super) fn plain(settings: &mut Settings<'_>) -> Self {
        Self::with(None, settings)
    }

    /// `{ type: webhook, secret }`: no credential, but what signs.
    pub(super) fn webhook(settings: &mut Settings<'_>) -> Self {
        let hint = "what signs the calls: `{ env: NAME }`, or a list while receivers change";
        let secrets = settings.required_texts("secret", hint);
        Self { signing: secrets.into_iter().map(Secret::new).collect(), ..Self::with(None, settings) }
    }

    pub(super) fn with(scheme: Option<Scheme>, settings: &mut Settings<'_>) -> Self {
        let base = settings.http_url("base").map(|mut base| {
            if !base.path().ends_with('/') {
                base.set_path(&format!("{}/", base.path()));
            }
            base
        });
        let mut allow = Vec::new();
        for text in settings.texts("allow").unwrap_or_default() {
            match text.parse() {
                Ok(pattern) => allow.push(pattern),
                Err(reason) => {
                    settings.reject(
                        "allow",
                        reason,
                        Some("`api.example.com`, `api.example.com:8443` or `*.example.com`"),
                    );
                }
            }
        }
        let delivery = delivery(settings.is_sandbox());
        Self { base, allow, scheme: scheme.unwrap_or_default(), identity: None, signing: Vec::new(), delivery }
    }
}

/// Who chose the host of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Chosen {
    /// The scenario's author, the operator, or the module itself.
    ByAuthor,
    /// Whoever the data of the run comes from.
    ByData,
}

impl Chosen {
    /// By the author where the host stands literally in the scenario.
    pub(crate) fn of(call: &Call<'_>) -> Self {
        if call.author_host.is_some() { Self::ByAuthor } else { Self::ByData }
    }
}

/// How one HTTP call is made: anonymously, or with a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HttpAccess<'a> {
    connection: Option<&'a Http>,
}

impl<'a> HttpAccess<'a> {
    pub(super) fn of(connection: &'a Http) -> Self {
        Self { connection: Some(connection) }
    }

    /// Without a connection.
    pub(crate) fn anonymous() -> Self {
        Self { connection: None }
    }

    /// Whether the call leaves the machine.
    pub(crate) fn delivery(&self) -> Delivery {
        self.connection.map_or(Delivery::Real, |http| http.delivery)
    }

    /// What signs webhooks that say nothing of it.
    pub(crate) fn signing(&self) -> &'a [Secret] {
        self.connection.map_or(&[], |http| &http.signing)
    }

    /// What relative URLs are relative to. Its path ends with a slash.
    pub(crate) fn base(&self) -> Option<&'a Url> {
        self.connection?.base.as_ref()
    }

    /// Whom the call trusts.
    pub(crate) fn trust<'b>(&self, author_host: Option<&'b str>, url: &'b Url) -> Trust<'b>
    where
        'a: 'b,
    {
        let is_named = self.connection.is_some_and(|http| http.allow.iter().any(|pattern| pattern.names(url)));
        let identity = self.connection.and_then(|http| http.identity.as_deref());
        Trust { author_host, endpoint: if is_named { Some(url) } else { self.base() }, identity }
    }

    /// What hides the credential.
    pub(crate) fn mask(&self) -> Mask {
        match self.connection.and_then(|http| http.identity.as_ref()) {
            Some(identity) => Mask::over([identity.secret().reveal()]),
            None => self.scheme().mask(None),
        }
    }

    /// The way of a request over this connection, which has this name.
    pub(crate) fn pass<'b>(&self, name: Option<&'b str>, trust: Trust<'b>, now: Millis) -> Pass<'b>
    where
        'a: 'b,
    {
        Pass { connection: name, scheme: self.scheme(), scopes: &[], trust, now }
    }

    /// Puts the credential on the request. It goes to the connection's `base` and to the hosts of `allow`; where there
    /// are neither, to a host that its author chose.
    pub(crate) fn sign(&self, request: &mut Outgoing, chosen: Chosen) -> Result<(), StepError> {
        let Some(http) = self.connection else { return Ok(()) };
        http.admits(&request.url, chosen)?;
        http.scheme.prepare(request)
    }

    fn scheme(&self) -> &'a Scheme {
        self.connection.map_or(&Scheme::None, |http| &http.scheme)
    }
}
