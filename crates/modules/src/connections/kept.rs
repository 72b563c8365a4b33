//! Connections and secrets that people made in the editor, and that no file has. They hold what was typed: a reference to a
//! variable or a file of the server would let whoever types read the machine.

use super::settings::Sources;
use super::text::{Key, Node, Tree};
use super::types::{self, FieldKind, Type};
use super::{Connections, Entry, Origin, Read, read};
use crate::app::Apps;
use scenario::diagnostic::Place;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What was kept, by name; an error says why it cannot be used.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    /// Connections: their settings, `type` among them.
    pub connections: BTreeMap<String, Result<Map<String, Value>, String>>,
    /// Secrets: their values.
    pub secrets: BTreeMap<String, Result<String, String>>,
}

/// Something wrong with one of the settings of a connection. Holds no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldFault {
    /// Which setting; none: the connection as a whole.
    pub field: Option<String>,
    /// What is wrong, in one sentence without a final dot.
    pub message: String,
    /// What to try.
    pub hint: Option<String>,
}

/// The settings as `connections.yaml` would have them: what a form sends as text becomes what is meant, and what is empty
/// is left out.
pub fn settings(apps: &Apps, kind: &str, given: &Map<String, Value>) -> Map<String, Value> {
    let known = types::of(apps, kind);
    let typed = given.iter().filter_map(|(name, value)| {
        let field = known.as_ref().and_then(|known| known.field(name));
        let value = match (field.map(|field| field.kind), value) {
            (_, Value::Null) => return None,
            (_, Value::String(text)) if text.trim().is_empty() => return None,
            (Some(FieldKind::List), Value::String(text)) => listed(text),
            (Some(FieldKind::Choice), Value::String(text)) => flag(text),
            (_, other) => other.clone(),
        };
        Some((name.clone(), value))
    });
    let kind = ("type".to_owned(), Value::String(kind.to_owned()));
    std::iter::once(kind).chain(typed.filter(|(name, _)| name != "type")).collect()
}

/// What is wrong with these settings.
pub fn faults(apps: &Apps, kind: &str, given: &Map<String, Value>) -> Vec<FieldFault> {
    let settings = settings(apps, kind, given);
    let known = types::of(apps, kind);
    let known = known.as_ref();
    let names: Vec<String> = settings.keys().cloned().collect();
    let mut faults: Vec<FieldFault> =
        settings.iter().filter_map(|(name, value)| revealing(known, name, value)).collect();
    let problems = read(&key("it"), tree(&settings), &Nothing, apps).problems;
    faults.extend(problems.into_iter().map(|problem| {
        let field = names.get((problem.place.line as usize).wrapping_sub(1)).cloned();
        let missing = || known?.fields.iter().find(|it| problem.message.contains(&format!("`{}`", it.name)));
        let field = field.or_else(|| missing().map(|field| field.name.clone()));
        // References are what the file has, and a form has not.
        let hint = problem.hint.filter(|hint| !hint.contains("{ env"));
        FieldFault { field, message: problem.message, hint }
    }));
    faults
}

/// A password in a URL, which would be shown with it.
fn revealing(known: Option<&Type>, name: &str, value: &Value) -> Option<FieldFault> {
    let is_shown = known?.field(name).is_some_and(|field| !field.kind.is_secret());
    url::Url::parse(value.as_str()?).ok().filter(|url| is_shown && url.password().is_some())?;
    let has_field = known?.field("password").is_some();
    let hint = has_field.then(|| "it has a field of its own".to_owned());
    Some(FieldFault { field: Some(name.to_owned()), message: format!("`{name}` holds a password"), hint })
}

impl Connections {
    /// These, and those that were kept. A name that the file has is the file's.
    #[must_use]
    pub fn with_kept(mut self, kept: &Kept) -> Self {
        for (name, settings) in &kept.connections {
            if self.entries.contains_key(name) {
                continue;
            }
            let entry = match settings {
                Ok(settings) => entry(name, settings, &self.apps),
                Err(why) => {
                    let state = Err(why.clone());
                    Entry { kind: String::new(), rate: None, sandbox: false, origin: Origin::Editor, state }
                }
            };
            self.entries.insert(name.clone(), entry);
        }
        self
    }
}

impl Connections {
    /// One connection of this type with these fields, for a case of an app.
    pub(crate) fn of_case(
        apps: &std::sync::Arc<Apps>,
        name: &str,
        kind: &str,
        fields: &Map<String, Value>,
    ) -> Result<Self, String> {
        let mut settings = Map::from_iter([("type".to_owned(), Value::from(kind))]);
        settings.extend(fields.clone());
        let mut connections = Self::of(apps);
        let entry = entry(name, &settings, apps);
        if let Err(why) = &entry.state {
            return Err(format!("the connection of the case cannot be used: {why}"));
        }
        connections.entries.insert(name.to_owned(), entry);
        Ok(connections)
    }
}

fn entry(name: &str, settings: &Map<String, Value>, apps: &Apps) -> Entry {
    let Read { kind, rate, sandbox, service, problems } = read(&key(name), tree(settings), &Nothing, apps);
    let state = match (problems.first(), service) {
        (None, Some(service)) => Ok(service),
        (problem, _) => Err(problem.map_or_else(|| "its settings cannot be used".to_owned(), |it| it.message.clone())),
    };
    Entry { kind, rate, sandbox, origin: Origin::Editor, state }
}

/// The settings as they would be read from a text in which each stands on a line of its own.
fn tree(settings: &Map<String, Value>) -> Tree {
    let fields = settings.iter().zip(1..).map(|((name, value), line)| {
        let place = Place { line, column: 1 };
        (Key { text: name.clone(), place }, node(value, place))
    });
    Tree { node: Node::Map(fields.collect()), place: Place::default() }
}

fn node(value: &Value, place: Place) -> Tree {
    let node = match value {
        Value::Null => Node::Null,
        Value::Bool(value) => Node::Bool(*value),
        Value::Number(number) => Node::Number(number.clone()),
        Value::String(text) => Node::Text(text.clone()),
        Value::Array(items) => Node::List(items.iter().map(|item| node(item, place)).collect()),
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| (Key { text: name.clone(), place }, node(value, place)));
            Node::Map(fields.collect())
        }
    };
    Tree { node, place }
}

fn key(name: &str) -> Key {
    Key { text: name.to_owned(), place: Place::default() }
}

fn listed(text: &str) -> Value {
    text.split([',', '\n']).map(str::trim).filter(|item| !item.is_empty()).map(Value::from).collect()
}

fn flag(text: &str) -> Value {
    match text {
        "true" => true.into(),
        "false" => false.into(),
        other => other.into(),
    }
}

/// No variable, and no file.
struct Nothing;

impl Sources for Nothing {
    fn env(&self, _: &str) -> Option<String> {
        None
    }

    fn file(&self, _: &str) -> Result<String, String> {
        Err("what is made in the editor refers to no files".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fields(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    fn told(kind: &str, given: Value) -> Vec<(Option<String>, String)> {
        faults(&Apps::shipped(), kind, &fields(given)).into_iter().map(|fault| (fault.field, fault.message)).collect()
    }

    #[test]
    fn what_a_form_sends_becomes_what_is_meant() {
        let given = fields(json!({ "token": "t", "allow": "a.example.com, *.b.example.com", "sandbox": "true",
            "base": "", "rate": null }));
        let expected = json!({ "type": "bearer", "token": "t", "allow": ["a.example.com", "*.b.example.com"],
            "sandbox": true });
        assert_eq!(Value::Object(settings(&Apps::shipped(), "bearer", &given)), expected);
        assert!(faults(&Apps::shipped(), "bearer", &given).is_empty());
    }

    #[test]
    fn faults_name_their_field_and_no_secret() {
        for (kind, given, field) in [
            ("bearer", json!({ "token": "hunter2\n" }), Some("token")),
            ("bearer", json!({}), Some("token")),
            ("bearer", json!({ "token": "t", "base": "hunter2" }), Some("base")),
            ("bearer", json!({ "token": "t", "bsae": "hunter2" }), Some("bsae")),
            ("bearer", json!({ "token": "t", "rate": "hunter2" }), Some("rate")),
            ("smtp", json!({ "url": "smtps://a:hunter2@mail.example.com" }), Some("url")),
            ("http", json!({ "base": "https://a:hunter2@example.com" }), Some("base")),
            ("google", json!({ "service_account": "hunter2" }), Some("service_account")),
            ("google", json!({ "service_account": { "client_email": "hunter2" } }), Some("service_account")),
            ("nothing", json!({}), Some("type")),
            ("api_key", json!({ "value": "hunter2" }), Some("header")),
        ] {
            let told = told(kind, given.clone());
            assert_eq!(told.first().and_then(|it| it.0.as_deref()), field, "{kind} {given}: {told:?}");
            assert!(!format!("{told:?}").contains("hunter2"), "{told:?}");
        }
    }

    #[test]
    fn nothing_that_is_typed_reads_the_machine() {
        for reference in [json!({ "file": "/etc/passwd" }), json!({ "env": "PATH" })] {
            let told = told("bearer", json!({ "token": reference }));
            assert_eq!(told.len(), 1, "{told:?}");
        }
    }

    #[test]
    fn a_name_of_the_file_stays_the_files() {
        let file = Connections::parse("shop: { type: http }", &Nothing).unwrap();
        let mut kept = Kept::default();
        for (name, settings) in [
            ("shop", Ok(fields(json!({ "type": "bearer", "token": "t" })))),
            ("mail", Ok(fields(json!({ "type": "smtp", "url": "smtp://localhost" })))),
            ("lost", Err("another key sealed it".to_owned())),
        ] {
            kept.connections.insert(name.to_owned(), settings);
        }
        let all = file.with_kept(&kept);
        let listed: Vec<_> = all.list().map(|it| (it.name, it.kind, it.origin, it.broken.is_some())).collect();
        let expected = [
            ("lost", "", Origin::Editor, true),
            ("mail", "smtp", Origin::Editor, false),
            ("shop", "http", Origin::File, false),
        ];
        assert_eq!(listed, expected);
        assert!(all.smtp("mail").is_ok());
        assert!(all.http("lost").unwrap_err().message.contains("another key"));
    }
}
