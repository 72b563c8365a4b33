//! One connection's settings: asked for by key, with what is wrong gathered on the way.

use super::Secret;
use super::text::{Key, Node, Tree};
use scenario::diagnostic::Place;
use scenario::plan::Rate;
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use url::Url;

/// Where references lead to.
pub trait Sources {
    /// The value of an environment variable; none where it is not set.
    fn env(&self, name: &str) -> Option<String>;
    /// The text of a file, the path relative to the folder of the file that refers to it; or why there is none.
    fn file(&self, path: &str) -> Result<String, String>;
}

/// Whose fault a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The text is wrong.
    Mistake,
    /// What the text refers to is not there, or is not what it should be.
    Missing,
}

/// Something wrong with `connections.yaml` or `secrets.yaml`. Holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The name of the connection or secret; none where the file as a whole is meant.
    pub name: Option<String>,
    /// Where in the text; 0:0 where it could not even be read.
    pub place: Place,
    /// In the text or outside of it.
    pub fault: Fault,
    /// What is wrong, in one sentence without a final dot.
    pub message: String,
    /// What to try.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl Problem {
    pub(crate) fn of_file(message: String) -> Self {
        Self::of_text(Place::default(), message)
    }

    /// Something wrong with what has this name.
    pub(crate) fn named(self, name: &str) -> Self {
        Self { name: Some(name.to_owned()), ..self }
    }

    pub(crate) fn of_text(place: Place, message: impl Into<String>) -> Self {
        Self { name: None, place, fault: Fault::Mistake, message: message.into(), hint: None }
    }

    pub(super) fn of_connection(name: &Name, place: Place, message: impl Into<String>) -> Self {
        Self { name: Some(name.text.clone()), ..Self::of_text(place, message) }
    }

    #[must_use]
    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.place.line, self.place.column)?;
        if let Some(name) = &self.name {
            write!(f, "{name}: ")?;
        }
        f.write_str(&self.message)?;
        self.hint.as_ref().map_or(Ok(()), |hint| write!(f, " ({hint})"))
    }
}

/// A connection's name and where it stands.
pub(super) struct Name {
    pub(super) text: String,
    pub(super) place: Place,
}

/// The settings of one connection while they are read.
pub(crate) struct Settings<'a> {
    name: Name,
    fields: Vec<(Key, Tree)>,
    asked: BTreeSet<String>,
    sources: &'a dyn Sources,
    problems: Vec<Problem>,
    sandbox: bool,
}

impl<'a> Settings<'a> {
    pub(super) fn new(name: Name, fields: Vec<(Key, Tree)>, sources: &'a dyn Sources) -> Self {
        let mut settings = Self { name, fields, asked: BTreeSet::new(), sources, problems: Vec::new(), sandbox: false };
        settings.sandbox = settings.flag("sandbox");
        settings
    }

    /// Whether calls stay here. Such a connection may lack its credentials.
    pub(crate) fn is_sandbox(&self) -> bool {
        self.sandbox
    }

    /// The value of `type`, one of these, or of those that apps define.
    pub(super) fn kind(&mut self, kinds: &[&str], of_apps: &[&str]) -> String {
        let Some(tree) = self.find("type") else {
            self.report(self.name.place, "it has no `type`", Some(format!("one of {}", kinds.join(", "))));
            return String::new();
        };
        let Node::Text(kind) = tree.node else {
            self.report(tree.place, "`type` must be a text", Some(format!("one of {}", kinds.join(", "))));
            return String::new();
        };
        if !kinds.contains(&kind.as_str()) && !of_apps.contains(&kind.as_str()) {
            let hint = did_you_mean(&kind, kinds.iter().chain(of_apps).copied())
                .unwrap_or(format!("one of {}", kinds.join(", ")));
            self.report(tree.place, format!("there is no connection type `{kind}`"), Some(hint));
        }
        kind
    }

    /// How fast the connection is used at most.
    pub(super) fn rate(&mut self) -> Option<Rate> {
        let text = self.text("rate")?;
        let rate = Rate::parse(&text);
        if rate.is_none() {
            self.reject("rate", "is no number of calls in a time", Some("`10/s`, `100/m` or `5/15m`"));
        }
        rate
    }

    /// Whether anything is wrong so far.
    pub(crate) fn has_problems(&self) -> bool {
        !self.problems.is_empty()
    }

    /// Whether the key is given.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.fields.iter().any(|(found, tree)| found.text == key && !matches!(tree.node, Node::Null))
    }

    /// Names with their texts: a map; or, as a form has it, `name=value` in a list.
    pub(super) fn pairs(&mut self, key: &str) -> Vec<(String, String)> {
        let Some(tree) = self.find(key) else { return Vec::new() };
        if let Node::Map(fields) = &tree.node {
            let pairs = fields.iter().filter_map(|(name, value)| Some((name.text.clone(), self.resolve(key, value)?)));
            return pairs.collect();
        }
        let texts = self.texts(key).unwrap_or_default();
        let trimmed = |(name, value): (&str, &str)| (name.trim().to_owned(), value.trim().to_owned());
        let pairs: Vec<_> = texts.iter().filter_map(|text| text.split_once('=').map(trimmed)).collect();
        if pairs.len() != texts.len() {
            self.reject(key, "must be names with their texts", Some("`audience=https://api.example.com`"));
        }
        pairs
    }

    /// Names with credentials, which a connection that is no sandbox must have: a map, or JSON that holds one.
    pub(super) fn required_secrets(&mut self, key: &str) -> Vec<(String, Secret)> {
        let Some(tree) = self.required(key) else { return Vec::new() };
        if let (Node::Map(fields), None) = (&tree.node, reference(&tree)) {
            let secret =
                |(name, value): &(Key, Tree)| Some((name.text.clone(), Secret::new(self.resolve(key, value)?)));
            return fields.iter().filter_map(secret).collect();
        }
        let Some(text) = self.resolve(key, &tree) else { return Vec::new() };
        match serde_json::from_str::<BTreeMap<String, String>>(&text) {
            Ok(map) => map.into_iter().map(|(name, value)| (name, Secret::new(value))).collect(),
            Err(_) => {
                self.miss(tree.place, format!("`{key}` holds no JSON with names and their texts"));
                Vec::new()
            }
        }
    }

    /// A setting of the type that says nothing beside the others that are given.
    pub(super) fn leaves(&mut self, key: &str) {
        if self.find(key).is_some() {
            self.reject(key, "says nothing beside what else is given", None);
        }
    }

    /// A text, given or by reference.
    pub(crate) fn text(&mut self, key: &str) -> Option<String> {
        let tree = self.find(key)?;
        self.resolve(key, &tree)
    }

    /// A text that a connection which is no sandbox must have.
    pub(crate) fn required_text(&mut self, key: &str) -> Option<String> {
        let tree = self.required(key)?;
        self.resolve(key, &tree)
    }

    /// A text that is a credential.
    pub(super) fn secret(&mut self, key: &str) -> Option<Secret> {
        self.text(key).map(Secret::new)
    }

    /// A credential that a connection which is no sandbox must have.
    pub(super) fn required_secret(&mut self, key: &str) -> Option<Secret> {
        self.required_text(key).map(Secret::new)
    }

    /// An `http://` or `https://` URL.
    pub(super) fn http_url(&mut self, key: &str) -> Option<Url> {
        let text = self.text(key)?;
        match Url::parse(&text) {
            Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Some(url),
            _ => {
                self.reject(key, "is no http:// or https:// URL", None);
                None
            }
        }
    }

    /// A JSON value: a map as it stands, or a text or reference that holds JSON.
    pub(super) fn required_json(&mut self, key: &str) -> Option<Value> {
        let tree = self.required(key)?;
        if matches!(&tree.node, Node::Map(_)) && reference(&tree).is_none() {
            return Some(tree.to_json());
        }
        let text = self.resolve(key, &tree)?;
        match serde_json::from_str(&text) {
            Ok(value) => Some(value),
            Err(error) => {
                // The line and column of the JSON, never its text, which is secret.
                let (line, column) = (error.line(), error.column());
                self.miss(tree.place, format!("`{key}` holds no JSON (line {line}, column {column})"));
                None
            }
        }
    }

    /// A list of texts, or one.
    pub(super) fn texts(&mut self, key: &str) -> Option<Vec<String>> {
        let tree = self.find(key)?;
        let items = match tree.node {
            Node::List(items) => items,
            _ => vec![tree],
        };
        Some(items.iter().filter_map(|item| self.resolve(key, item)).collect())
    }

    /// One text or more, which a connection that is no sandbox must have. What they refer to may be missing.
    pub(super) fn required_texts(&mut self, key: &str, hint: &str) -> Vec<String> {
        let is_empty = |tree: &Tree| {
            matches!(&tree.node, Node::Null) || matches!(&tree.node, Node::List(items) if items.is_empty())
        };
        if !self.sandbox && self.find(key).as_ref().is_none_or(is_empty) {
            self.reject(key, "must be given", Some(hint));
            return Vec::new();
        }
        self.texts(key).unwrap_or_default()
    }

    /// Which of two keys is given, where exactly one must be.
    pub(super) fn one_of(&mut self, first: &'static str, second: &'static str) -> Option<(&'static str, String)> {
        match (self.text(first), self.text(second)) {
            (Some(text), None) => Some((first, text)),
            (None, Some(text)) => Some((second, text)),
            (Some(_), Some(_)) => {
                self.reject(second, &format!("and `{first}` exclude each other"), None);
                None
            }
            (None, None) => {
                if !self.sandbox && self.problems.is_empty() {
                    self.report(self.name.place, format!("it has neither `{first}` nor `{second}`"), None);
                }
                None
            }
        }
    }

    /// Says that the value of a key cannot be meant. The value itself is not told: it may be secret.
    pub(crate) fn reject(&mut self, key: &str, reason: &str, hint: Option<&str>) {
        let place = self.find(key).map_or(self.name.place, |tree| tree.place);
        self.report(place, format!("`{key}` {reason}"), hint.map(str::to_owned));
    }

    /// Says that what a key refers to is not what it should be.
    pub(super) fn reject_content(&mut self, key: &str, reason: &str) {
        let place = self.find(key).map_or(self.name.place, |tree| tree.place);
        self.miss(place, format!("`{key}` {reason}"));
    }

    /// Everything that is wrong. Keys that nobody asked for are mistakes, unless the type itself is unknown.
    pub(super) fn finish(mut self, knows_type: bool) -> Vec<Problem> {
        if knows_type {
            let unknown = self.fields.iter().filter(|(key, _)| !self.asked.contains(key.text.as_str()));
            let problems = unknown.map(|(key, _)| {
                let keys = self.asked.iter().map(String::as_str).collect::<Vec<_>>();
                let hint = did_you_mean(&key.text, keys.iter().copied())
                    .unwrap_or_else(|| format!("it takes {}", keys.join(", ")));
                Problem::of_connection(&self.name, key.place, format!("there is no setting `{}`", key.text)).hint(hint)
            });
            let problems: Vec<_> = problems.collect();
            self.problems.extend(problems);
        }
        self.problems.sort_by_key(|problem| problem.place);
        self.problems
    }

    fn flag(&mut self, key: &str) -> bool {
        match self.find(key) {
            None => false,
            Some(Tree { node: Node::Bool(value), .. }) => value,
            Some(tree) => {
                self.report(tree.place, format!("`{key}` must be true or false"), None);
                false
            }
        }
    }

    fn find(&mut self, key: &str) -> Option<Tree> {
        self.asked.insert(key.to_owned());
        self.fields.iter().find(|(found, _)| found.text == key).map(|(_, tree)| tree.clone())
    }

    fn required(&mut self, key: &str) -> Option<Tree> {
        let tree = self.find(key);
        if tree.is_none() && !self.sandbox {
            self.report(self.name.place, format!("it has no `{key}`"), None);
        }
        tree
    }

    /// The text of a value: itself, or what `{ env: … }` or `{ file: … }` leads to, without a final line break.
    fn resolve(&mut self, key: &str, tree: &Tree) -> Option<String> {
        let found = match (&tree.node, reference(tree)) {
            (Node::Text(text), _) => return Some(text.clone()),
            (Node::Number(number), _) => return Some(number.to_string()),
            (_, Some((kind, to))) => referred(kind, to, self.sources),
            _ => {
                let hint = "a text, `{ env: NAME }` or `{ file: path }`".to_owned();
                self.report(tree.place, format!("`{key}` is no text"), Some(hint));
                return None;
            }
        };
        match found {
            Ok(text) => Some(text),
            Err(message) => {
                self.miss(tree.place, message);
                None
            }
        }
    }

    fn report(&mut self, place: Place, message: impl Into<String>, hint: Option<String>) {
        self.problems.push(Problem { hint, ..Problem::of_connection(&self.name, place, message) });
    }

    /// Something outside of the text is not there, which a sandbox does not need.
    fn miss(&mut self, place: Place, message: String) {
        if !self.sandbox {
            let problem = Problem::of_connection(&self.name, place, message);
            self.problems.push(Problem { fault: Fault::Missing, ..problem });
        }
    }
}

/// PEM as it should be: a field of one line makes spaces of its line breaks.
pub(super) fn pem_of(text: &str) -> String {
    let mut lines = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("-----BEGIN ") {
        let Some(label) = rest[start + 11..].find("-----").map(|end| &rest[start + 11..start + 11 + end]) else {
            break;
        };
        let end = format!("-----END {label}-----");
        let Some(length) = rest[start..].find(&end) else { break };
        let body = &rest[start + 16 + label.len()..start + length];
        lines.push_str(&format!("-----BEGIN {label}-----\n"));
        let words: Vec<&str> = body.split_whitespace().collect();
        // Headers within, as old encrypted keys have them, need their own lines.
        let body = if body.contains(':') { body.trim().to_owned() } else { words.join("\n") };
        lines.push_str(&format!("{body}\n{end}\n"));
        rest = &rest[start + length + end.len()..];
    }
    if lines.is_empty() { text.to_owned() } else { lines }
}

/// "did you mean …" for a word that is nearly one of these.
pub(crate) fn did_you_mean<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let near = known.map(|name| (strsim::osa_distance(word, name), name));
    let (distance, name) = near.min()?;
    (distance <= 1 + name.len() / 4).then(|| format!("did you mean `{name}`?"))
}

/// What a reference leads to, without a final line break; or why it leads nowhere.
pub(crate) fn referred(kind: &str, to: &str, sources: &dyn Sources) -> Result<String, String> {
    let text = match kind {
        "env" => sources.env(to).ok_or_else(|| format!("the environment variable {to} is not set"))?,
        _ => sources.file(to).map_err(|error| format!("the file {to} cannot be read: {error}"))?,
    };
    Ok(text.strip_suffix('\n').map_or(text.as_str(), |line| line.trim_end_matches('\r')).to_owned())
}

/// `{ env: NAME }` or `{ file: path }`.
pub(crate) fn reference(tree: &Tree) -> Option<(&str, &str)> {
    let Node::Map(fields) = &tree.node else { return None };
    match fields.as_slice() {
        [(key, Tree { node: Node::Text(to), .. })] if matches!(key.text.as_str(), "env" | "file") => {
            Some((key.text.as_str(), to))
        }
        _ => None,
    }
}
