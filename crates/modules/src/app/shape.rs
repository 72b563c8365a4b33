//! What an app is, once its file is read.

use super::template::{Code, Filled};
use reqwest::Method;
use scenario::plan::Rate;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A text in several languages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// In English.
    pub en: String,
    /// In other languages, by their tags.
    pub others: BTreeMap<String, String>,
}

impl Words {
    /// The text in this language, else in English.
    pub fn of(&self, language: &str) -> &str {
        self.others.get(language).unwrap_or(&self.en)
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.en.is_empty()
    }
}

/// An app: a service, and what can be done there.
#[derive(Debug)]
pub struct App {
    /// What its actions' names begin with.
    pub name: String,
    /// What people call it.
    pub title: Words,
    /// What it is for.
    pub about: Words,
    /// The colour of its discs.
    pub color: String,
    /// The name of its icon.
    pub icon: String,
    /// Where its API is described.
    pub docs: String,
    pub(crate) base: Option<Filled>,
    pub(crate) hosts: Vec<Filled>,
    pub(crate) connection: Login,
    pub(crate) headers: Filled,
    pub(crate) errors: Arc<Errors>,
    pub(crate) idempotency: Option<Idempotency>,
    /// What can be done there.
    pub actions: Vec<Arc<Action>>,
    /// What happens there.
    pub triggers: Vec<Trigger>,
}

impl App {
    /// The type of its connections; none where one need not log in.
    pub fn connection_type(&self) -> Option<&str> {
        self.connection.kind()
    }

    /// The type of its connections, where that is its own.
    pub(crate) fn own_connection(&self) -> Option<&Arc<ConnectionType>> {
        match &self.connection {
            Login::Own(own) => Some(own),
            _ => None,
        }
    }
}

/// How one logs in.
#[derive(Clone, Debug)]
pub(crate) enum Login {
    /// Not at all.
    None,
    /// By connections of this type, which somebody else defines.
    Named(String),
    /// By connections of the app's own type.
    Own(Arc<ConnectionType>),
}

impl Login {
    /// The type of its connections.
    pub(crate) fn kind(&self) -> Option<&str> {
        match self {
            Self::None => None,
            Self::Named(name) => Some(name),
            Self::Own(own) => Some(&own.name),
        }
    }
}

/// A type of connections that an app defines.
#[derive(Debug)]
pub struct ConnectionType {
    /// Its name.
    pub name: String,
    /// What people call it.
    pub title: Words,
    pub(crate) fields: Vec<Field>,
    pub(crate) auth: Auth,
    pub(crate) oauth2: Option<OAuth2>,
    pub(crate) probe: Option<Probe>,
    /// Where the app is: what a test of the connection is relative to.
    pub(crate) base: Option<Filled>,
    pub(crate) hosts: Vec<Filled>,
    pub(crate) headers: Filled,
    pub(crate) rate: Option<Rate>,
    /// How the app tells what went wrong.
    pub(crate) errors: Arc<Errors>,
}

/// A setting of a connection.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) required: bool,
    pub(crate) secret: bool,
    pub(crate) is_url: bool,
    pub(crate) title: Words,
    pub(crate) about: Words,
    pub(crate) example: Option<String>,
    pub(crate) default: Option<String>,
    pub(crate) choices: Vec<String>,
}

/// Where the credential goes.
#[derive(Debug)]
pub(crate) enum Auth {
    None,
    Bearer(Filled),
    Basic { user: Filled, password: Filled },
    Headers(Filled),
    Query(Filled),
    Aws(Box<Aws>),
}

/// What requests to Amazon Web Services are signed with.
#[derive(Debug)]
pub(crate) struct Aws {
    pub(crate) service: Filled,
    pub(crate) region: Filled,
    pub(crate) key_id: Filled,
    pub(crate) secret: Filled,
}

/// Where tokens come from.
#[derive(Clone, Debug)]
pub(crate) struct OAuth2 {
    pub(crate) authorize: Option<Filled>,
    pub(crate) token: Filled,
    pub(crate) scopes: Vec<String>,
    pub(crate) extra: BTreeMap<String, String>,
    pub(crate) client_by_basic: bool,
}

/// A harmless call.
#[derive(Debug)]
pub(crate) struct Probe {
    pub(crate) exchange: Exchange,
    pub(crate) shows: Option<Code>,
}

/// How an API tells what went wrong.
#[derive(Debug, Default)]
pub(crate) struct Errors {
    pub(crate) failed: Option<Code>,
    pub(crate) message: Option<Code>,
    pub(crate) code: Option<Code>,
    pub(crate) retry: Option<Code>,
    pub(crate) wait: Option<Code>,
    /// By status, or by the API's own code.
    pub(crate) hints: BTreeMap<String, Words>,
}

/// Where the key goes by which the far side knows a repeat.
#[derive(Clone, Debug)]
pub(crate) enum Idempotency {
    Header(String),
    Json(String),
}

/// Something that can be done.
#[derive(Debug)]
pub struct Action {
    /// Its name within the app.
    pub name: String,
    /// What people call it.
    pub title: Words,
    /// What it does.
    pub about: Words,
    /// Where it is described.
    pub docs: String,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) exchanges: Vec<Exchange>,
    /// Whether it is written as a list of calls.
    pub(crate) is_sequence: bool,
    pub(crate) pages: Option<Pages>,
    pub(crate) output: Option<Filled>,
    /// A successful output.
    pub sample: Value,
    pub(crate) idempotency: Option<Idempotency>,
    pub(crate) scopes: Vec<String>,
    /// The modules of Make that it stands for.
    pub make: Vec<Value>,
    /// The nodes of n8n that it stands for.
    pub n8n: Vec<Value>,
}

/// A parameter of an action.
#[derive(Clone, Debug)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) required: bool,
    pub(crate) kind: Kind,
    pub(crate) items: Option<Kind>,
    /// What each item has, where items are maps and it is known.
    pub(crate) fields: Vec<Parameter>,
    pub(crate) choices: Vec<Value>,
    pub(crate) default: Option<Value>,
    pub(crate) example: Option<Value>,
    pub(crate) secret: bool,
    /// Its name on the wire.
    pub(crate) wire: String,
    pub(crate) goes: Option<Goes>,
    pub(crate) title: Words,
    pub(crate) about: Words,
}

/// What a parameter holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Integer,
    Number,
    Flag,
    Time,
    List,
    Map,
    Any,
    File,
    Path,
    Url,
}

/// Where a parameter goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Goes {
    Query,
    Json,
    Form,
    Header,
    Path,
    Multipart,
    Nowhere,
}

/// One call.
#[derive(Debug)]
pub(crate) struct Exchange {
    /// What later ones call its output.
    pub(crate) id: String,
    pub(crate) when: Option<Code>,
    /// Another base than the app's.
    pub(crate) base: Option<Filled>,
    pub(crate) method: Method,
    /// A path below the base, or a whole URL.
    pub(crate) target: Filled,
    pub(crate) query: Option<Filled>,
    pub(crate) headers: Option<Filled>,
    pub(crate) body: Option<Content>,
    /// The type of a raw body that is a text.
    pub(crate) content_type: Option<String>,
    pub(crate) is_file: bool,
    pub(crate) output: Option<Filled>,
}

/// What a call carries, beside the parameters that go there by themselves.
#[derive(Debug)]
pub(crate) enum Content {
    Json(Option<Filled>),
    Form(Option<Filled>),
    Multipart(Option<Filled>),
    Raw(Filled),
}

/// How a list is read that comes in pages.
#[derive(Debug)]
pub(crate) struct Pages {
    pub(crate) items: Code,
    pub(crate) next: Next,
    /// The parameter that asks for so many at once, and how many at most.
    pub(crate) size: Option<(String, u64)>,
}

/// Where the next page is.
#[derive(Debug)]
pub(crate) enum Next {
    /// A cursor in the answer, sent under this name.
    Cursor { next: Code, wire: String },
    /// A `Link` with `rel=next`.
    Link,
    /// A URL in the answer.
    Url(Code),
    /// A page's number, sent under this name.
    Number { wire: String, from: u64 },
    /// How many items were read, sent under this name.
    Offset(String),
    /// There is but one page.
    Nowhere,
}

/// Something that happens.
#[derive(Debug)]
pub struct Trigger {
    /// Its name within the app.
    pub name: String,
    /// What people call it.
    pub title: Words,
    /// When it happens.
    pub about: Words,
    /// The webhook it comes by: the settings of `webhook`.
    pub webhook: Option<Value>,
    /// The action that is asked, and how.
    pub poll: Option<Value>,
    /// The modules of Make that it stands for.
    pub make: Vec<Value>,
    /// The nodes of n8n that it stands for.
    pub n8n: Vec<Value>,
}
