//! Presets of senders: how each signs, greets, names its events and repeats them. All of it is data, one file for each;
//! the schemes are in [`verify`](super::verify).

mod adobe_learning_manager;
mod basic;
mod bearer;
mod branch;
mod calendly;
mod discord;
mod dropbox;
mod github;
mod gitlab;
mod google_drive;
mod google_pubsub;
mod header;
mod hmac;
mod hubspot;
mod intercom;
mod jira;
mod jwt;
mod line;
mod linear;
mod mailgun;
mod meta;
mod msgraph;
mod notion;
mod paypal;
mod query;
mod sendgrid;
mod setting;
mod shopify;
mod slack;
mod square;
mod standard;
mod stripe;
mod surveycake;
mod svix;
mod telegram;
mod trello;
mod twilio;
mod typeform;
mod zoom;

#[cfg(test)]
mod reference;

pub use setting::{Kind, Need, Setting};

use super::verify::{
    Fact, Facts, Fault, Greeting, Handshake, Incoming, KeyRequest, Keys, Scheme, Settings, Token, TokenPlace,
};
use scenario::catalog::{Assurance, ProviderSpec};
use serde_json::Value;
use std::time::Duration;

/// A sender, or a scheme that many senders share.
#[derive(Clone, Copy, Debug)]
pub struct Provider {
    /// Its key under `verify`: `github`.
    pub name: &'static str,
    /// Other names it goes by.
    pub aliases: &'static [&'static str],
    /// What people call it.
    pub title: &'static str,
    /// How it proves itself, in one sentence.
    pub summary: &'static str,
    /// The page on which it explains that.
    pub docs: &'static str,
    /// What has to be known. The first is what the short form gives.
    pub settings: &'static [Setting],
    /// Settings of which exactly one must be given.
    pub one_of: &'static [&'static str],
    /// How it proves itself.
    pub scheme: Scheme,
    /// Headers, lower-case, that only its requests have.
    pub telltales: &'static [&'static str],
    /// The field of a form in which it sends JSON, where it sends forms of one field.
    pub form_field: Option<&'static str>,
    /// What it asks before it sends events.
    pub handshake: Handshake,
    /// Where the kind of an event stands.
    pub event: Fact,
    /// Where the id of a delivery stands.
    pub id: Fact,
    /// What it means that it sends the same again.
    pub same_again: SameAgain,
    /// For how long a delivery may be repeated.
    pub window: Duration,
    /// After how long without an answer it takes a delivery for lost, where it says so.
    pub deadline: Option<Duration>,
    /// What it is answered when the run is not over by then.
    pub late: Late,
    /// A request as it sends one.
    pub sample: Sample,
    /// One line of YAML below `verify:`.
    pub example: &'static str,
}

/// What it means that a sender sends the same bytes again, where nothing in them names the delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SameAgain {
    /// It was not answered, or did not hear it.
    Repeat,
    /// Something has happened again: all it ever says is that something has.
    Event,
}

/// An answer that says: taken, and not done yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Late {
    /// 200 or 202.
    pub status: u16,
    /// The body in JSON; none: that of any accepted delivery.
    pub body: Option<&'static str>,
}

/// A body as the sender writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Its type.
    pub content_type: &'static str,
    /// The text.
    pub body: &'static str,
}

const ONE_MINUTE: Duration = Duration::from_secs(60);
const THREE_MINUTES: Duration = Duration::from_secs(180);
const FIVE_MINUTES: Duration = Duration::from_secs(300);

const SEVEN_DAYS: Duration = Duration::from_secs(7 * 86_400);
/// For those who try again for seven days: a repeat is known a little longer than it may come.
const EIGHT_DAYS: Duration = Duration::from_secs(8 * 86_400);

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

impl Provider {
    /// What presets are unless they say otherwise.
    const BASE: Self = Self {
        name: "",
        aliases: &[],
        title: "",
        summary: "",
        docs: "",
        settings: &[],
        one_of: &[],
        scheme: Scheme::Unverifiable,
        telltales: &[],
        form_field: None,
        handshake: Handshake::None,
        event: Fact::Nowhere,
        id: Fact::Nowhere,
        same_again: SameAgain::Repeat,
        window: SEVEN_DAYS,
        deadline: None,
        late: Late { status: 200, body: None },
        sample: Sample { content_type: JSON, body: "{}" },
        example: "",
    };

    /// The keys that must be fetched before [`verify`](Self::verify) can say anything.
    pub fn keys_wanted(&self, settings: &Settings, incoming: &Incoming<'_>) -> Option<KeyRequest> {
        if settings.blank().is_some() {
            return None;
        }
        self.scheme.keys_wanted(settings, incoming)
    }

    /// What in the settings refuses every request, whatever their secrets are.
    pub fn check(&self, settings: &Settings) -> Result<(), Fault> {
        self.scheme.check(settings)
    }

    /// Whether the request is from whom it says. Every mistake in it, and every setting that is missing or empty, is a
    /// fault: nothing passes by chance.
    pub fn verify(&self, settings: &Settings, incoming: &Incoming<'_>, keys: Option<&Keys>) -> Result<(), Fault> {
        if let Some(name) = settings.blank() {
            return Err(Fault::no_secret(name));
        }
        self.scheme.verify(settings, incoming, keys)
    }

    /// The answer, where the request is a handshake and not an event. To be asked after [`verify`](Self::verify), whose
    /// verdict says which handshakes may be answered; it outweighs that verdict.
    pub fn handshake(
        &self,
        settings: &Settings,
        incoming: &Incoming<'_>,
        verdict: &Result<(), Fault>,
    ) -> Option<Greeting> {
        self.handshake.answer(settings, incoming, verdict)
    }

    /// What the request says of its event. `body` is the parsed body, or that cut down to one item of a batch.
    pub fn facts(&self, settings: &Settings, incoming: &Incoming<'_>, body: &Value) -> Facts {
        Facts { event: self.event.read(settings, incoming, body), id: self.id.read(settings, incoming, body) }
    }

    /// Whether it knows of what kind an event is, by which id it is repeated, or how soon it has to be answered.
    pub fn tells(&self) -> bool {
        self.event.exists() || self.id.exists() || self.deadline.is_some()
    }

    /// Whether its requests can only be verified with their bodies.
    pub fn reads_body(&self) -> bool {
        self.proves() && self.scheme.reads_body() || !matches!(self.handshake, Handshake::None | Handshake::Head)
    }

    /// The query parameter in which its callers send a secret, where they do. `setting` gives what was set for a name.
    pub fn secret_parameter<'s>(&self, setting: impl Fn(&str) -> Option<&'s str>) -> Option<&'s str> {
        match self.scheme {
            Scheme::Token(Token { place: TokenPlace::NamedParameter, .. }) => setting("name"),
            _ => None,
        }
    }

    /// The headers, lower-case, in which its callers send a secret, or a signature that could be played again; besides
    /// `Authorization`. `setting` gives what was set for a name.
    pub fn secret_headers<'s>(&self, setting: impl Fn(&str) -> Option<&'s str>) -> Vec<String> {
        self.scheme.secret_headers(&setting)
    }

    /// The settings that name where a secret stands: they are texts with nothing to be put in.
    pub fn naming_settings(&self) -> &'static [&'static str] {
        self.scheme.naming_settings()
    }

    /// Whether it sends its secret by itself, before anything else.
    pub fn keeps_token(&self) -> bool {
        matches!(self.handshake, Handshake::KeepToken)
    }

    /// How a caller that sent no credentials is told which are wanted (RFC 9110 §11.6.1), where it is a scheme of HTTP.
    pub fn challenge(&self) -> Option<&'static str> {
        match self.scheme {
            Scheme::Login => Some("Basic realm=\"webhook\", charset=\"UTF-8\""),
            Scheme::Jwt(_) | Scheme::Token(Token { place: TokenPlace::Bearer, .. }) => Some("Bearer"),
            _ => None,
        }
    }

    /// Whether a webhook with this check is closed to strangers.
    pub fn proves(&self) -> bool {
        self.scheme.proves()
    }

    /// The preset as the language knows it.
    pub fn spec(&self) -> ProviderSpec {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        ProviderSpec {
            name: self.name.to_owned(),
            aliases: owned(self.aliases),
            title: self.title.to_owned(),
            summary: self.summary.to_owned(),
            settings: self.settings.iter().map(Setting::spec).collect(),
            one_of: owned(self.one_of),
            assurance: if self.proves() { Assurance::Verifies } else { Assurance::Recognises },
            telltale_headers: owned(self.telltales),
            has_event: self.event.exists(),
            has_id: self.id.exists(),
            deadline: self.deadline,
            docs: self.docs.to_owned(),
        }
    }
}

/// All presets, by title, and after them the schemes that are nobody's own.
pub fn all() -> impl Iterator<Item = &'static Provider> {
    ALL.iter().copied()
}

/// The preset of this name or alias.
pub fn find(name: &str) -> Option<&'static Provider> {
    all().find(|provider| provider.name == name || provider.aliases.contains(&name))
}

/// In the order in which people look for them.
const ALL: &[&Provider] = &[
    &adobe_learning_manager::PROVIDER,
    &branch::PROVIDER,
    &calendly::PROVIDER,
    &discord::PROVIDER,
    &dropbox::PROVIDER,
    &github::PROVIDER,
    &gitlab::PROVIDER,
    &google_drive::PROVIDER,
    &google_pubsub::PROVIDER,
    &hubspot::PROVIDER,
    &intercom::PROVIDER,
    &jira::PROVIDER,
    &line::PROVIDER,
    &linear::PROVIDER,
    &mailgun::PROVIDER,
    &meta::PROVIDER,
    &msgraph::PROVIDER,
    &notion::PROVIDER,
    &paypal::PROVIDER,
    &sendgrid::PROVIDER,
    &shopify::PROVIDER,
    &slack::PROVIDER,
    &square::PROVIDER,
    &stripe::PROVIDER,
    &surveycake::PROVIDER,
    &svix::PROVIDER,
    &telegram::PROVIDER,
    &trello::PROVIDER,
    &twilio::PROVIDER,
    &typeform::PROVIDER,
    &zoom::PROVIDER,
    &standard::PROVIDER,
    &hmac::PROVIDER,
    &basic::PROVIDER,
    &bearer::PROVIDER,
    &header::PROVIDER,
    &query::PROVIDER,
    &jwt::PROVIDER,
];
