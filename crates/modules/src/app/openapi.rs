//! From a description of an API (OpenAPI 3.0 and 3.1) to an app and its cases: what people would otherwise write by hand.
//!
//! What the description leaves open is left out, and told; nothing is made up but values of examples.

mod cases;
mod document;
mod fetch;
mod login;
mod operation;
mod pages;
mod schema;
#[cfg(test)]
mod tests;
mod words;
mod write;
mod yaml;

use super::read::Finding;
use document::Document;
pub use fetch::fetch;
use login::Login;
use operation::{Draft, Operation};
use scenario::diagnostic::Place;
use std::collections::BTreeSet;
use url::Url;

/// How many actions an app has at most.
const MOST_ACTIONS: usize = 1_000;

/// The longest description that is read, in bytes.
pub const MOST: usize = document::MOST;

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// The name of the app; none: its title makes one.
    pub name: Option<String>,
    /// Tags, paths (`/orders*` is all that begins so) or ids of the operations that are meant; empty: all.
    pub only: Vec<String>,
    /// Where the description is from, as it is told.
    pub source: String,
    /// The same, where it is a URL: paths of servers are below it.
    pub at: Option<Url>,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The name of the app.
    pub name: String,
    /// The text of its file.
    pub app: String,
    /// The text of its cases.
    pub cases: String,
    /// How many actions it has.
    pub actions: usize,
    /// What was left out, and why.
    pub left_out: Vec<String>,
}

/// Why a description makes no app.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Refusal {
    /// It is too long.
    #[error("the description is larger than {} MiB", document::MOST / 1024 / 1024)]
    TooLarge,
    /// It is neither JSON nor YAML.
    #[error("{}:{}: {message}", place.line, place.column)]
    NotRead {
        /// Where reading ended.
        place: Place,
        /// Why.
        message: String,
    },
    /// It is something else.
    #[error("this describes no API: it has no `openapi`")]
    NotOpenApi,
    /// It is of another version.
    #[error("this is OpenAPI {0}; 3.0 and 3.1 are read, and converters make one of the other")]
    Version(String),
    /// It has no operations, or none that is meant.
    #[error("there is no operation that an app can call{}", told(.0))]
    Nothing(Vec<String>),
    /// It has too many.
    #[error("{0} operations are more than an app should have: choose some by their tags or paths")]
    TooMany(usize),
    /// The name cannot name an app.
    #[error("`{0}` cannot name an app: small letters, digits and `_`")]
    Name(String),
    /// What was made of it is no app.
    #[error("what was made of it is no app: {0}")]
    Unfit(Finding),
}

fn told(tags: &[String]) -> String {
    if tags.is_empty() { String::new() } else { format!("; the description has the tags {}", tags.join(", ")) }
}

/// The app that a description makes.
pub fn import(text: &str, wanted: &Wanted) -> Result<Imported, Refusal> {
    let document = Document::read(text)?;
    let all = operation::all(&document);
    let (chosen, mut left_out) = chosen(&all, &wanted.only);
    if chosen.len() > MOST_ACTIONS {
        return Err(Refusal::TooMany(chosen.len()));
    }
    let written: Vec<_> = chosen.iter().map(|it| it.own).collect();
    let login = Login::of(&document, wanted.at.as_ref(), &written);
    left_out.extend(login.left_out.iter().cloned());
    let (drafts, refused) = drafts(&document, &chosen);
    left_out.extend(refused);
    if drafts.is_empty() {
        return Err(Refusal::Nothing(if wanted.only.is_empty() { Vec::new() } else { tags(&all) }));
    }
    let info = &document.root()["info"];
    let name = name(info["title"].as_str().unwrap_or_default(), wanted)?;
    let app = write::app(info, &name, wanted, &login, &drafts);
    let cases = cases::of(&wanted.source, &login, &drafts);
    let findings = super::read(&name, &app).1.into_iter().chain(super::cases::read(&cases).1);
    match findings.into_iter().next() {
        Some(finding) => Err(Refusal::Unfit(finding)),
        None => Ok(Imported { name, app, cases, actions: drafts.len(), left_out }),
    }
}

/// The operations that are meant, and what is said of the others.
fn chosen<'a, 'd>(all: &'a [Operation<'d>], only: &[String]) -> (Vec<&'a Operation<'d>>, Vec<String>) {
    let (deprecated, chosen): (Vec<_>, Vec<_>) =
        all.iter().filter(|it| it.is_among(only)).partition(|it| it.is_deprecated());
    (chosen, deprecated.iter().map(|it| format!("{}: it is deprecated", it.told())).collect())
}

fn drafts(document: &Document, chosen: &[&Operation<'_>]) -> (Vec<Draft>, Vec<String>) {
    let (mut drafts, mut left_out) = (Vec::<Draft>::new(), Vec::new());
    let mut taken: BTreeSet<String> = BTreeSet::new();
    for operation in chosen {
        let name = words::unused(operation.name(), |name| taken.contains(name));
        match operation.draft(document, name.clone()) {
            Ok(draft) => {
                taken.insert(name);
                drafts.push(draft);
            }
            Err(why) => left_out.push(format!("{}: {why}", operation.told())),
        }
    }
    (drafts, left_out)
}

/// The tags that operations have, for those who named one that there is not.
fn tags(all: &[Operation<'_>]) -> Vec<String> {
    let tags = all.iter().filter_map(|it| it.own["tags"].as_array()).flatten().filter_map(|it| it.as_str());
    let tags: BTreeSet<String> = tags.map(|tag| words::line(tag, 40)).collect();
    tags.into_iter().take(20).collect()
}

fn name(title: &str, wanted: &Wanted) -> Result<String, Refusal> {
    match &wanted.name {
        Some(name) if super::read::is_snake_case(name) => Ok(name.clone()),
        Some(name) => Err(Refusal::Name(words::line(name, 40))),
        None => {
            let name = words::snake_case(title).unwrap_or_default();
            let name = name.strip_suffix("_api").unwrap_or(&name).to_owned();
            Ok(if name.is_empty() { "my_service".to_owned() } else { name })
        }
    }
}
