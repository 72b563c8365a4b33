//! Named credentials from `connections.yaml`, typed and resolved. One that cannot be resolved (a variable not set, a
//! file not there) breaks only the calls that use it.

mod dkim;
mod google;
mod hosts;
mod http;
pub mod kept;
mod mtls;
mod oauth2;
pub mod probe;
mod remote;
mod settings;
mod signed;
mod slack;
mod smtp;
mod surveycake;
pub(crate) mod text;
pub mod types;

pub use scenario::secret::Secret;
pub use settings::{Fault, Problem, Sources};

pub(crate) use google::Google;
pub(crate) use hosts::HostPattern;
pub(crate) use http::{Chosen, HttpAccess};
pub(crate) use remote::{Privacy, Protocol, Remote, RemoteConnection};
pub(crate) use settings::{Settings, did_you_mean, reference, referred};
pub(crate) use slack::Slack;
pub(crate) use smtp::{Encryption, Server, Smtp, decoded};
pub(crate) use surveycake::SurveyCake;

use crate::app::Apps;
use crate::app::connection::AppConnection;
use crate::auth::Grantor;
use run::call::Delivery;
use run::error::StepError;
use run::id::Millis;
use scenario::diagnostic::Place;
use scenario::plan::Rate;
use settings::Name;
use std::collections::{BTreeMap, HashMap};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use text::{Node, Tree};

/// The types that a connection can have.
pub const KINDS: [&str; 19] = [
    "api_key",
    "aws_sigv4",
    "basic",
    "bearer",
    "google",
    "headers",
    "http",
    "imap",
    "jwt",
    "mqtt",
    "mtls",
    "mysql",
    "oauth2",
    "postgres",
    "redis",
    "slack",
    "smtp",
    "surveycake",
    "webhook",
];

/// Those that any HTTP call can use.
pub(crate) const FOR_HTTP: &[&str] =
    &["api_key", "aws_sigv4", "basic", "bearer", "headers", "http", "jwt", "mtls", "oauth2"];

/// Those that outgoing webhooks can use.
pub(crate) const FOR_WEBHOOKS: &[&str] =
    &["api_key", "aws_sigv4", "basic", "bearer", "headers", "http", "jwt", "mtls", "oauth2", "webhook"];

/// All connections of a folder. Never changes: a changed file is loaded anew.
#[derive(Debug)]
pub struct Connections {
    /// Those that define types of connections, and use them.
    apps: Arc<Apps>,
    entries: BTreeMap<String, Entry>,
    missing: Vec<Problem>,
}

/// Who made a connection or a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The file of the folder.
    File,
    /// Someone in the editor.
    Editor,
}

/// A connection, as it may be shown.
#[derive(Clone, Copy, Debug)]
pub struct Listed<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its type; empty where that is not known.
    pub kind: &'a str,
    /// Who made it.
    pub origin: Origin,
    /// Whether nothing is sent over it.
    pub sandbox: bool,
    /// Why it cannot be used.
    pub broken: Option<&'a str>,
}

#[derive(Debug)]
struct Entry {
    kind: String,
    sandbox: bool,
    origin: Origin,
    /// How fast it is used at most.
    rate: Option<Rate>,
    /// The service, or why it cannot be used.
    state: Result<Service, String>,
}

#[derive(Debug)]
enum Service {
    Http(http::Http),
    Google(Google),
    Slack(Slack),
    Smtp(Smtp),
    Remote(RemoteConnection),
    SurveyCake(SurveyCake),
    App(AppConnection),
}

impl Default for Connections {
    fn default() -> Self {
        Self::of(&Apps::shipped())
    }
}

impl Connections {
    /// No connections.
    pub fn empty() -> Self {
        Self::default()
    }

    /// No connections, with these apps.
    pub fn of(apps: &Arc<Apps>) -> Self {
        Self { apps: Arc::clone(apps), entries: BTreeMap::new(), missing: Vec::new() }
    }

    /// The apps whose connections these may be.
    pub fn apps(&self) -> &Arc<Apps> {
        &self.apps
    }

    /// The connections of this file, with references resolved in the environment and in the file's folder. A file
    /// that does not exist holds none. All mistakes in the text come at once; what is merely missing outside of it
    /// (see [`Connections::missing`]) is none.
    pub fn load(path: &Path) -> Result<Self, Vec<Problem>> {
        Self::load_with(path, &Apps::shipped())
    }

    /// The same, with these apps.
    pub fn load_with(path: &Path, apps: &Arc<Apps>) -> Result<Self, Vec<Problem>> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::of(apps)),
            Err(error) => return Err(vec![Problem::of_file(format!("{} cannot be read: {error}", path.display()))]),
        };
        Self::parse_with(&text, &Machine::around(path), apps)
    }

    /// The same for rehearsals, which reach nobody: a variable that is not set stands for a credential of no worth, so
    /// that calls can be made up without it.
    pub fn rehearsed(path: &Path, apps: &Arc<Apps>) -> Self {
        let Ok(text) = std::fs::read_to_string(path) else { return Self::of(apps) };
        let rehearsed = Self::parse_with(&text, &Rehearsal(Machine::around(path)), apps);
        rehearsed.or_else(|_| Self::load_with(path, apps)).unwrap_or_else(|_| Self::of(apps))
    }

    /// The connections of this text, with references resolved by `sources`.
    pub fn parse(text: &str, sources: &dyn Sources) -> Result<Self, Vec<Problem>> {
        Self::parse_with(text, sources, &Apps::shipped())
    }

    /// The same, with these apps.
    pub fn parse_with(text: &str, sources: &dyn Sources, apps: &Arc<Apps>) -> Result<Self, Vec<Problem>> {
        let tree = text::parse(text).map_err(|(place, message)| vec![Problem::of_text(place, message)])?;
        let fields = match tree.node {
            Node::Null => return Ok(Self::of(apps)),
            Node::Map(fields) => fields,
            _ => {
                let message = "connections.yaml must hold names with their settings";
                return Err(vec![Problem::of_text(tree.place, message).hint("`shop-mail: { type: smtp, url: … }`")]);
            }
        };
        let mut connections = Self::of(apps);
        let mut mistakes = Vec::new();
        for (name, tree) in fields {
            let Read { kind, rate, sandbox, service, problems } = read(&name, tree, sources, apps);
            let state = match (problems.first(), service) {
                (Some(problem), _) => Err(problem.message.clone()),
                (None, Some(service)) => Ok(service),
                (None, None) => Err("its settings cannot be used".to_owned()),
            };
            let (mistaken, missing): (Vec<_>, Vec<_>) =
                problems.into_iter().partition(|problem| problem.fault == Fault::Mistake);
            mistakes.extend(mistaken);
            connections.missing.extend(missing);
            connections.entries.insert(name.text, Entry { kind, rate, sandbox, origin: Origin::File, state });
        }
        if mistakes.is_empty() { Ok(connections) } else { Err(mistakes) }
    }

    /// Name → type of every connection, the broken ones included.
    pub fn kinds(&self) -> BTreeMap<String, String> {
        self.entries.iter().map(|(name, entry)| (name.clone(), entry.kind.clone())).collect()
    }

    /// All of them, by name.
    pub fn list(&self) -> impl Iterator<Item = Listed<'_>> {
        self.entries.iter().map(|(name, Entry { kind, sandbox, origin, state, .. })| {
            let broken = state.as_ref().err().map(String::as_str);
            Listed { name, kind, origin: *origin, sandbox: *sandbox, broken }
        })
    }

    /// How fast connections are used at most, by name; those without a `rate` are not in it.
    pub fn rates(&self) -> HashMap<String, Rate> {
        self.entries.iter().filter_map(|(name, entry)| Some((name.clone(), entry.rate?))).collect()
    }

    /// What connections refer to that is not there. A connection named here fails every call with
    /// `connection_broken`.
    pub fn missing(&self) -> &[Problem] {
        &self.missing
    }

    /// The connection as one for HTTP calls.
    pub(crate) fn http(&self, name: &str) -> Result<HttpAccess<'_>, StepError> {
        match self.service(name)? {
            Service::Http(http) => Ok(HttpAccess::of(http)),
            _ => Err(self.unfit(name)),
        }
    }

    /// The connection as one to Google.
    pub(crate) fn google(&self, name: &str) -> Result<&Google, StepError> {
        match self.service(name)? {
            Service::Google(google) => Ok(google),
            _ => Err(self.unfit(name)),
        }
    }

    /// When the certificate of the connection ends, where it has one.
    pub(crate) fn certificate_ends(&self, name: &str) -> Option<Millis> {
        match self.service(name).ok()? {
            Service::Http(http) => http.ends(),
            _ => None,
        }
    }

    /// What gives the tokens of the connection; none where it has none.
    pub(crate) fn grantor(&self, name: &str) -> Result<Option<&Arc<Grantor>>, StepError> {
        Ok(match self.service(name)? {
            Service::Http(http) => http.grantor(),
            Service::Google(google) => google.grantor(),
            Service::App(connection) => connection.grantor(),
            Service::Remote(_) | Service::Slack(_) | Service::Smtp(_) | Service::SurveyCake(_) => None,
        })
    }

    /// The connection as one to a channel of Slack.
    pub(crate) fn slack(&self, name: &str) -> Result<&Slack, StepError> {
        match self.service(name)? {
            Service::Slack(slack) => Ok(slack),
            _ => Err(self.unfit(name)),
        }
    }

    /// The connection as one to a survey of SurveyCake.
    pub(crate) fn surveycake(&self, name: &str) -> Result<&SurveyCake, StepError> {
        match self.service(name)? {
            Service::SurveyCake(survey) => Ok(survey),
            _ => Err(self.unfit(name)),
        }
    }

    /// The connection as one of this type, which an app defines.
    pub(crate) fn app(&self, name: &str, kind: &str) -> Result<&AppConnection, StepError> {
        match self.service(name)? {
            Service::App(connection) if connection.shape.name == kind => Ok(connection),
            _ => Err(self.unfit(name)),
        }
    }

    /// The connection as one to a server that speaks this.
    pub(crate) fn remote(&self, name: &str, protocol: Protocol) -> Result<&RemoteConnection, StepError> {
        match self.service(name)? {
            Service::Remote(connection) if connection.protocol == protocol => Ok(connection),
            _ => Err(self.unfit(name)),
        }
    }

    /// The connection as one to a mail server.
    pub(crate) fn smtp(&self, name: &str) -> Result<&Smtp, StepError> {
        match self.service(name)? {
            Service::Smtp(smtp) => Ok(smtp),
            _ => Err(self.unfit(name)),
        }
    }

    fn service(&self, name: &str) -> Result<&Service, StepError> {
        let Some(entry) = self.entries.get(name) else {
            let error = StepError::permanent("connection_unknown", format!("there is no connection `{name}`"));
            let names = self.entries.keys().map(String::as_str);
            return Err(match did_you_mean(name, names) {
                Some(hint) => error.hint(hint),
                None => error.hint("make it in the editor, or add it to connections.yaml"),
            });
        };
        entry.state.as_ref().map_err(|reason| {
            StepError::permanent("connection_broken", format!("the connection `{name}` cannot be used: {reason}"))
        })
    }

    pub(crate) fn unfit(&self, name: &str) -> StepError {
        let kind = self.entries.get(name).map_or("", |entry| entry.kind.as_str());
        StepError::permanent("connection_unfit", format!("the connection `{name}` is of the type `{kind}`"))
    }
}

/// The step's connection, where its module cannot do without.
pub(crate) fn required(name: Option<&str>) -> Result<&str, StepError> {
    name.ok_or_else(|| StepError::permanent("connection_unknown", "the step names no connection"))
}

/// The refusal to make a real call without what only a sandbox may lack.
pub(crate) fn incomplete() -> StepError {
    StepError::permanent("connection_broken", "the connection lacks its credentials")
}

/// One connection, as it is written.
struct Read {
    kind: String,
    rate: Option<Rate>,
    sandbox: bool,
    /// None where it is broken.
    service: Option<Service>,
    /// Everything that is wrong with it.
    problems: Vec<Problem>,
}

fn read(name: &text::Key, tree: Tree, sources: &dyn Sources, apps: &Apps) -> Read {
    let owner = Name { text: name.text.clone(), place: name.place };
    let Node::Map(fields) = tree.node else {
        let problem = Problem::of_connection(&owner, tree.place, "a connection is a list of settings");
        let problems = vec![problem.hint("`{ type: bearer, token: { env: API_TOKEN } }`")];
        return Read { kind: String::new(), rate: None, sandbox: false, service: None, problems };
    };
    let mut settings = Settings::new(owner, fields, sources);
    let of_apps: Vec<&str> = apps.connection_names().collect();
    let kind = settings.kind(&KINDS, &of_apps);
    let own = apps.connection_type(&kind);
    let rate = settings.rate().or(own.as_ref().and_then(|own| own.rate));
    let service = match kind.as_str() {
        "api_key" => Some(Service::Http(http::Http::api_key(&mut settings))),
        "basic" => Some(Service::Http(http::Http::basic(&mut settings))),
        "bearer" => Some(Service::Http(http::Http::bearer(&mut settings))),
        "aws_sigv4" => Some(Service::Http(signed::aws(&mut settings))),
        "headers" => Some(Service::Http(http::Http::headers(&mut settings))),
        "jwt" => Some(Service::Http(signed::jwt(&mut settings))),
        "mtls" => Some(Service::Http(mtls::read(&mut settings))),
        "oauth2" => Some(Service::Http(oauth2::read(&mut settings))),
        "http" => Some(Service::Http(http::Http::plain(&mut settings))),
        "webhook" => Some(Service::Http(http::Http::webhook(&mut settings))),
        "google" => Some(Service::Google(Google::read(&mut settings))),
        "slack" => Some(Service::Slack(Slack::read(&mut settings))),
        "surveycake" => Some(Service::SurveyCake(SurveyCake::read(&mut settings))),
        "smtp" => Some(Service::Smtp(Smtp::read(&mut settings))),
        "imap" => Some(Service::Remote(RemoteConnection::read(Protocol::Imap, &mut settings))),
        "mqtt" => Some(Service::Remote(RemoteConnection::read(Protocol::Mqtt, &mut settings))),
        "mysql" => Some(Service::Remote(RemoteConnection::read(Protocol::Mysql, &mut settings))),
        "postgres" => Some(Service::Remote(RemoteConnection::read(Protocol::Postgres, &mut settings))),
        "redis" => Some(Service::Remote(RemoteConnection::read(Protocol::Redis, &mut settings))),
        _ => own.map(|shape| Service::App(AppConnection::read(&shape, &mut settings))),
    };
    let sandbox = settings.is_sandbox();
    let problems = settings.finish(service.is_some());
    Read { kind, rate, sandbox, service, problems }
}

/// The environment and the files of this machine.
pub(crate) struct Machine {
    folder: PathBuf,
}

impl Machine {
    /// The machine as a file sees it whose references are relative to its folder.
    pub(crate) fn around(file: &Path) -> Self {
        Self { folder: file.parent().unwrap_or(Path::new("")).to_path_buf() }
    }
}

impl Sources for Machine {
    fn env(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn file(&self, path: &str) -> Result<String, String> {
        std::fs::read_to_string(self.folder.join(path)).map_err(|error| error.to_string())
    }
}

/// A machine that lacks no variable.
struct Rehearsal(Machine);

impl Sources for Rehearsal {
    fn env(&self, name: &str) -> Option<String> {
        self.0.env(name).or_else(|| Some("not-set".to_owned()))
    }

    fn file(&self, path: &str) -> Result<String, String> {
        self.0.file(path)
    }
}

/// Whether calls over a connection leave the machine.
pub(crate) fn delivery(sandbox: bool) -> Delivery {
    if sandbox { Delivery::Sandbox } else { Delivery::Real }
}

fn place_of(location: serde_yaml::Location) -> Place {
    let number = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
    Place { line: number(location.line()), column: number(location.column()) }
}

#[cfg(test)]
mod tests;
