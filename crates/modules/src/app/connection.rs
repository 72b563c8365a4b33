//! Connections of a type that an app defines: their fields, and where the credential goes.

use super::answer;
use super::failure::failure;
use super::request::Making;
use super::scope::Scope;
use super::shape::{Auth, ConnectionType, Field};
use super::template::Filled;
use crate::auth::aws::Keys;
use crate::auth::oauth2::{ClientAuth, Grant, OAuth2};
use crate::auth::{Grantor, Pass, Scheme};
use crate::client::{Incoming, Outgoing};
use crate::connections::probe::Verdict;
use crate::connections::{HostPattern, Secret, Settings, delivery, incomplete};
use crate::guard::Trust;
use crate::mask::Mask;
use reqwest::header::HeaderName;
use run::call::Delivery;
use run::error::StepError;
use run::files::Files;
use run::id::Millis;
use scenario::expression::Moment;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use url::Url;

/// A connection of an app's own type.
#[derive(Debug)]
pub(crate) struct AppConnection {
    pub(crate) shape: Arc<ConnectionType>,
    plain: BTreeMap<String, String>,
    secret: BTreeMap<String, Secret>,
    /// Whether calls leave the machine.
    pub(crate) delivery: Delivery,
    /// How requests say on whose behalf they come.
    pub(crate) scheme: Scheme,
}

impl AppConnection {
    /// What `connections.yaml`, or a form, says.
    pub(crate) fn read(shape: &Arc<ConnectionType>, settings: &mut Settings<'_>) -> Self {
        let mut it = Self {
            shape: Arc::clone(shape),
            plain: BTreeMap::new(),
            secret: BTreeMap::new(),
            delivery: delivery(settings.is_sandbox()),
            scheme: Scheme::None,
        };
        for field in &shape.fields {
            let given = if field.required { settings.required_text(&field.name) } else { settings.text(&field.name) };
            if let Some(text) = &given
                && !field.choices.is_empty()
                && !field.choices.contains(text)
            {
                let hint = format!("one of {}", field.choices.join(", "));
                settings.reject(&field.name, "is none of its choices", Some(&hint));
            }
            let is_url = |text: &String| Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
            if field.is_url && given.as_ref().is_some_and(|text| !is_url(text)) {
                settings.reject(&field.name, "is no http:// or https:// URL", None);
            }
            it.keep(field, given.or_else(|| field.default.clone()));
        }
        match scheme(shape, &it) {
            Some(scheme) => it.scheme = scheme,
            None if !settings.is_sandbox() && !settings.has_problems() => {
                settings.reject("type", "lacks what its credential is made of", None);
            }
            None => {}
        }
        it
    }

    fn keep(&mut self, field: &Field, value: Option<String>) {
        let Some(value) = value else { return };
        if field.secret {
            self.secret.insert(field.name.clone(), Secret::new(value));
        } else {
            self.plain.insert(field.name.clone(), value);
        }
    }

    /// The field's value, whatever it is.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.plain.get(name).map(String::as_str).or_else(|| self.secret.get(name).map(Secret::reveal))
    }

    /// The fields that are no secrets, by name; one that was not given is null.
    pub(crate) fn shown(&self) -> Value {
        let fields = self.shape.fields.iter().filter(|field| !field.secret);
        let shown = fields.map(|field| (field.name.clone(), self.field(&field.name).map_or(Value::Null, Value::from)));
        Value::Object(shown.collect())
    }

    /// All fields by their names, the secret ones, too: what places of credentials may see.
    pub(crate) fn scope(&self, moment: Moment) -> Scope<'static> {
        let mut scope = Scope::empty(moment);
        for field in &self.shape.fields {
            let value = self.field(&field.name).map_or(Value::Null, Value::from);
            scope.set(&field.name, &value);
        }
        scope.with("connection", &self.shown())
    }

    /// What hides the credential.
    pub(crate) fn mask(&self) -> Mask {
        Mask::over(self.secret.values().map(Secret::reveal))
    }

    /// The error without secrets.
    pub(crate) fn masked(&self, error: StepError) -> StepError {
        let mask = self.mask();
        StepError { message: mask.text(&error.message), hint: error.hint.map(|hint| mask.text(&hint)), ..error }
    }

    /// What gives its tokens, if it is of a kind that has them.
    pub(crate) fn grantor(&self) -> Option<&Arc<Grantor>> {
        match &self.scheme {
            Scheme::Token(grantor) => Some(grantor),
            _ => None,
        }
    }

    /// The way of a request over this connection, which has this name.
    pub(crate) fn pass<'b>(&'b self, name: &'b str, trust: Trust<'b>, now: Millis) -> Pass<'b> {
        Pass { connection: Some(name), scheme: &self.scheme, scopes: &[], trust, now }
    }

    /// The app's own test of a connection, where it has one: a harmless request.
    pub(crate) fn asked(&self, files: &Files, now: Millis) -> Result<Option<Outgoing>, StepError> {
        let Some(probe) = &self.shape.probe else { return Ok(None) };
        let scope = self.scope(Moment { now, seed: 0, first_line: 0 });
        let base = self.shape.base.as_ref().map(|base| base.text(&scope)).transpose()?.flatten().unwrap_or_default();
        let base = Url::parse(&base).map_err(|_| incomplete())?;
        let making = Making {
            exchange: &probe.exchange,
            parameters: &[],
            moving: &[],
            headers: &self.shape.headers,
            idempotency: None,
            used: &BTreeSet::new(),
            base: Some(&base),
            files,
            idempotency_key: "",
            depth: None,
        };
        let mut request = making.request(&scope, &[])?;
        if request.url.origin() != base.origin() && !self.covers(&scope, &request.url)? {
            return Err(incomplete());
        }
        self.scheme.prepare(&mut request)?;
        Ok(Some(request))
    }

    /// Whether the app names the URL's host.
    fn covers(&self, scope: &Scope<'_>, url: &Url) -> Result<bool, StepError> {
        for host in &self.shape.hosts {
            if host.text(scope)?.and_then(|text| text.parse::<HostPattern>().ok()).is_some_and(|host| host.covers(url))
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What the answer to the test says.
    pub(crate) fn judged(&self, answer: &Incoming, now: Millis) -> Verdict {
        let moment = Moment { now, seed: 0, first_line: 0 };
        let mask = self.mask();
        let value = answer::body(answer, &mask);
        let scope = answer::seen(&self.scope(moment), answer, &value);
        if let Some(error) = failure(&self.shape.title.en, &self.shape.errors, answer, &scope, now, &mask) {
            return Verdict::from(error);
        }
        let shows = self.shape.probe.as_ref().and_then(|probe| probe.shows.as_ref());
        let who = match shows.map(|shows| shows.found(&scope)) {
            Some(Value::String(text)) => format!(": {}", mask.text(&text)),
            Some(other) if !other.is_null() => format!(": {}", mask.text(&other.to_string())),
            _ => String::new(),
        };
        Verdict::good(format!("{} answers{who}", self.shape.title.en))
    }
}

/// How requests say on whose behalf they come, by the app's templates.
fn scheme(shape: &ConnectionType, it: &AppConnection) -> Option<Scheme> {
    let scope = it.scope(Moment { now: 0, seed: 0, first_line: 0 });
    let text = |filled: &Filled| filled.text(&scope).ok().flatten();
    if let Some(oauth2) = &shape.oauth2
        && let Some(client_id) = it.field("client_id")
    {
        let authorize = oauth2.authorize.as_ref().and_then(text).and_then(|url| Url::parse(&url).ok());
        return Some(Scheme::Token(Arc::new(Grantor::OAuth2(OAuth2 {
            grant: if authorize.is_some() { Grant::AuthorizationCode } else { Grant::ClientCredentials },
            authorize,
            token: Url::parse(&text(&oauth2.token)?).ok()?,
            scopes: oauth2.scopes.clone(),
            extra: oauth2.extra.clone().into_iter().collect(),
            client: if oauth2.client_by_basic { ClientAuth::Basic } else { ClientAuth::Body },
            client_id: client_id.to_owned(),
            client_secret: it.field("client_secret").map(Secret::new),
            refresh_token: None,
        }))));
    }
    let secrets = |filled: &Filled| {
        let fields = filled.entries(&scope).ok()?;
        let texts = fields
            .into_iter()
            .map(|(name, value)| (name, Secret::new(value.as_str().map_or_else(|| value.to_string(), str::to_owned))));
        Some(texts.collect::<Vec<_>>())
    };
    Some(match &shape.auth {
        Auth::None => Scheme::None,
        Auth::Bearer(token) => Scheme::Bearer(Secret::new(text(token)?)),
        Auth::Basic { user, password } => Scheme::Basic {
            user: text(user).unwrap_or_default(),
            password: Secret::new(text(password).unwrap_or_default()),
        },
        Auth::Headers(filled) => {
            let named =
                |(name, secret): (String, Secret)| Some((HeaderName::from_bytes(name.as_bytes()).ok()?, secret));
            Scheme::Headers(secrets(filled)?.into_iter().map(named).collect::<Option<_>>()?)
        }
        Auth::Query(filled) => Scheme::Query(secrets(filled)?),
        Auth::Aws(aws) => Scheme::Aws(Box::new(Keys {
            key_id: text(&aws.key_id)?,
            secret: Secret::new(text(&aws.secret)?),
            session_token: None,
            service: text(&aws.service)?,
            region: text(&aws.region)?,
        })),
    })
}
