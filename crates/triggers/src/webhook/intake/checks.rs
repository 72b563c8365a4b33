//! Whether a request is from whom it says: the checks that `verify` names, with their secrets put in.

use super::diagnosis::Patient;
use super::keys::Renewal;
use super::note::{Note, Settled, Verdict};
use super::{Arrival, Errand, Intake, Opened};
use crate::webhook::answer::Answered;
use crate::webhook::hooks::Hook;
use crate::webhook::problem::Refusal;
use crate::webhook::providers::{self, Provider};
use crate::webhook::upload::Body;
use crate::webhook::verify::{Effect, Fault, Greeting, Incoming, Settings};
use bytes::Bytes;
use run::setting::Setting;
use scenario::plan::{Check, Credential};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::task::spawn_blocking;

/// A check of a webhook.
#[derive(Debug)]
pub struct Armed {
    /// How its sender is verified.
    pub provider: &'static Provider,
    credentials: BTreeMap<Arc<str>, Vec<Credential>>,
}

impl Armed {
    /// The check that a scenario names; none where nobody knows how that is verified.
    pub fn of(check: &Check) -> Option<Self> {
        let provider = providers::find(&check.provider)?;
        Some(Self { provider, credentials: check.settings.clone() })
    }

    /// What in its settings refuses every request, as far as they stand in the scenario. A value that comes from elsewhere
    /// is taken for a sound one.
    pub fn check(&self) -> Result<(), Fault> {
        let mut settings = Settings::default();
        for (name, credentials) in &self.credentials {
            let sound = if &**name == "signed" { "{body}" } else { "elsewhere" };
            for credential in credentials {
                settings.add(name, credential.plain().unwrap_or(sound).as_bytes());
            }
        }
        self.provider.check(&settings)
    }

    /// What the author set, with secrets as they are now. One that has no value is there without it, so that nothing
    /// passes.
    pub(super) fn settings(&self, setting: &Setting) -> Settings {
        let mut settings = Settings::default();
        for (name, credentials) in &self.credentials {
            for credential in credentials {
                let value =
                    credential.resolve(|name| setting.secrets.secret(name), |name| setting.env.get(name).cloned());
                settings.add(name, value.as_ref().map_or("", |value| value.reveal()).as_bytes());
            }
        }
        settings
    }

    /// Whether its sender gives a token before anything else, and the author has not set it as the secret yet.
    pub fn awaits_token(&self, setting: &Setting) -> bool {
        self.provider.keeps_token() && self.settings(setting).lack("secret")
    }

    /// The query parameter in which callers send a secret, where they do.
    pub(in crate::webhook) fn secret_parameter(&self) -> Option<&str> {
        self.provider.secret_parameter(|name| self.plain(name))
    }

    /// The headers, lower-case, in which callers send a secret or a signature.
    pub(in crate::webhook) fn secret_headers(&self) -> Vec<String> {
        self.provider.secret_headers(|name| self.plain(name))
    }

    /// A setting that names where a secret stands, and cannot be known before a request comes: the secret could not be
    /// masked.
    pub(in crate::webhook) fn unnamed(&self) -> Option<&'static str> {
        let is_open = |name: &&&str| self.credentials.contains_key(**name) && self.plain(name).is_none();
        self.provider.naming_settings().iter().find(is_open).copied()
    }

    fn plain(&self, name: &str) -> Option<&str> {
        self.credentials.get(name)?.first()?.plain()
    }
}

/// How far a request was looked at before its body was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Passed {
    /// Its head proves what a head can prove.
    Head,
    /// An operator sends it.
    Unasked,
}

/// What a check says.
struct Checked<'h> {
    armed: &'h Armed,
    settings: Settings,
    verdict: Result<(), Fault>,
}

/// A request as checks see it.
struct Seen<'a> {
    arrival: &'a Arrival<'a>,
    /// The public one.
    url: String,
    /// As far as it is there.
    body: &'a Bytes,
}

impl Seen<'_> {
    fn incoming(&self) -> Incoming<'_> {
        let Arrival { method, headers, at: now, .. } = *self.arrival;
        Incoming { method, url: &self.url, query: self.arrival.query(), headers, body: self.body, now }
    }
}

impl Intake {
    /// What can be verified without the body is verified before it is read: strangers send nothing.
    pub(super) async fn verify_head<'h>(&self, hook: &'h Hook, arrival: &Arrival<'_>) -> Result<Passed, Settled<'h>> {
        if hook.checks.iter().all(|armed| armed.provider.reads_body()) {
            return Ok(Passed::Head);
        }
        let none = Bytes::new();
        let seen = self.seen(arrival, &none);
        for armed in &hook.checks {
            if armed.provider.reads_body() {
                continue;
            }
            let checked = self.check(armed, &seen).await;
            if let Err(fault) = &checked.verdict {
                return Err(self.unverified(hook, &checked, fault, &seen).await);
            }
        }
        Ok(Passed::Head)
    }

    /// Verifies what the head alone does not prove, and answers handshakes.
    pub(super) async fn verify<'h>(
        &self,
        opened: &Opened<'h, '_>,
        arrival: &Arrival<'_>,
        body: &Body,
    ) -> Result<(), Settled<'h>> {
        let hook = opened.hook;
        match (opened.passed, opened.errand) {
            (Passed::Unasked, Errand::Handshake) => return Err(Settled::refused(hook, hook.other_method())),
            (Passed::Unasked, Errand::Any) => return Ok(()),
            (Passed::Head, _) if hook.checks.is_empty() => return Ok(()),
            (Passed::Head, _) => {}
        }
        if hook.verifies_body() {
            let none = Bytes::new();
            let bytes = match body {
                Body::Whole(bytes) => bytes,
                Body::Parts { .. } | Body::File(_) => &none,
            };
            self.verify_body(hook, &self.seen(arrival, bytes)).await?;
        }
        match opened.errand {
            Errand::Handshake => Err(Settled::refused(hook, hook.other_method())),
            Errand::Any => hook.count(arrival.at).map_err(|refusal| Settled::refused(hook, refusal)),
        }
    }

    /// By the checks that look at the body. Handshakes are theirs, too: what is asked with a head alone (`HEAD`) is answered
    /// before.
    async fn verify_body<'h>(&self, hook: &'h Hook, seen: &Seen<'_>) -> Result<(), Settled<'h>> {
        let mut all = Vec::with_capacity(hook.checks.len());
        for armed in &hook.checks {
            if armed.provider.reads_body() {
                all.push(self.check(armed, seen).await);
            }
        }
        let incoming = seen.incoming();
        let greeting = all.iter().enumerate().find_map(|(at, Checked { armed, settings, verdict })| {
            armed.provider.handshake(settings, &incoming, verdict).map(|greeting| (at, greeting))
        });
        let greeter = greeting.as_ref().map(|(at, _)| *at);
        for (at, checked) in all.iter().enumerate() {
            if let Err(fault) = &checked.verdict
                && greeter != Some(at)
            {
                return Err(self.unverified(hook, checked, fault, seen).await);
            }
        }
        match greeting {
            Some((at, greeting)) => Err(self.greet(hook, all[at].armed, greeting).await),
            None => Ok(()),
        }
    }

    async fn check<'h>(&self, armed: &'h Armed, seen: &Seen<'_>) -> Checked<'h> {
        let settings = armed.settings(&self.setting);
        let verdict = self.verdict(armed.provider, &settings, &seen.incoming()).await;
        Checked { armed, settings, verdict }
    }

    async fn verdict(&self, provider: &Provider, settings: &Settings, incoming: &Incoming<'_>) -> Result<(), Fault> {
        if !provider.proves() {
            return Ok(());
        }
        let Some(wanted) = provider.keys_wanted(settings, incoming) else {
            return provider.verify(settings, incoming, None);
        };
        let keys = self.keys.get(&wanted, Renewal::WhenOld, incoming.now).await;
        match provider.verify(settings, incoming, keys.as_deref()) {
            // Its sender may have changed its keys since.
            Err(fault) if fault.code == "unknown_key" => {
                let keys = self.keys.get(&wanted, Renewal::AtOnce, incoming.now).await;
                provider.verify(settings, incoming, keys.as_deref())
            }
            verdict => verdict,
        }
    }

    async fn greet<'h>(&self, hook: &'h Hook, armed: &Armed, greeting: Greeting) -> Settled<'h> {
        if let Some(Effect::Keep(token)) = &greeting.effect {
            let (tokens, path, token) = (self.tokens.clone(), Arc::clone(&hook.path), token.reveal().to_owned());
            match spawn_blocking(move || tokens.keep_first(&path, &token)).await {
                Ok(Ok(true)) => {}
                Ok(Ok(false)) => return Settled::refused(hook, Refusal::unverified(401)),
                Ok(Err(_)) | Err(_) => return Settled::refused(hook, Refusal::unverified(503)),
            }
        }
        let answer = Answered::greeting(&greeting);
        let verdict = match greeting.status {
            200..300 => Verdict::Handshake,
            _ => Verdict::Refused {
                code: "bad_handshake",
                detail: "a handshake that does not fit what the webhook knows, such as its `verify_token`".into(),
                diagnosis: None,
            },
        };
        let note = Note { provider: Some(armed.provider.name), ..Note::new(verdict) };
        Settled::new(hook, answer, note)
    }

    /// The caller is told next to nothing; the author of the webhook is told what went wrong, as long as that is not asked
    /// for too often.
    async fn unverified<'h>(
        &self,
        hook: &'h Hook,
        checked: &Checked<'h>,
        fault: &Fault,
        seen: &Seen<'_>,
    ) -> Settled<'h> {
        let provider = checked.armed.provider;
        let diagnosis = match hook.diagnoses.take(seen.arrival.at) {
            Ok(()) => patient(hook, checked, fault, seen).diagnosis().await,
            Err(_) => None,
        };
        if fault.code == "no_secret" && diagnosis.is_some() {
            tracing::warn!(
                scenario = hook.deployment.id.as_str(),
                provider = provider.name,
                reason = fault.detail,
                "a webhook can verify nothing and refuses everyone"
            );
        }
        let mut settled = Settled::refused(hook, Refusal::unverified(fault.status));
        if let (401, Some(challenge)) = (fault.status, provider.challenge()) {
            settled.answer = settled.answer.with("www-authenticate", challenge);
        }
        settled.note.provider = Some(provider.name);
        settled.note.verdict = Verdict::Refused { code: fault.code, detail: fault.detail.clone().into(), diagnosis };
        settled
    }

    fn seen<'a>(&self, arrival: &'a Arrival<'a>, body: &'a Bytes) -> Seen<'a> {
        let url = self.public.of(&self.proxies, arrival.peer, arrival.headers, arrival.target);
        Seen { arrival, url, body }
    }
}

fn patient(hook: &Hook, checked: &Checked<'_>, fault: &Fault, seen: &Seen<'_>) -> Patient {
    let Arrival { method, headers, at: now, .. } = *seen.arrival;
    Patient {
        provider: checked.armed.provider,
        settings: checked.settings.clone(),
        fault: fault.clone(),
        secret_parameters: hook.secret_parameters.clone(),
        method: method.to_owned(),
        url: seen.url.clone(),
        query: seen.arrival.query().to_owned(),
        headers: headers.iter().map(|(name, value)| ((*name).to_owned(), value.to_vec())).collect(),
        body: seen.body.clone(),
        now,
    }
}
