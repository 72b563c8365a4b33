//! What is at hand while a node is translated: its parameters, what it can read, and the names that are given.

use super::code;
use super::js;
use super::reading::Reading;
use super::translate::{self, Said, Sight, said};
use super::workflow::{Node, Workflow};
use crate::counterparts::Counterparts;
use crate::draft::{Data, Step};
use crate::ours::{Expr, Text};
use serde_json::Value;
use std::collections::BTreeMap;

/// A node on its way into our language.
pub(crate) struct Desk<'a> {
    pub(crate) workflow: &'a Workflow,
    pub(crate) at: usize,
    pub(crate) node: &'a Node,
    pub(crate) sight: Sight,
    /// What comes to each of its inputs.
    pub(crate) inputs: Vec<Option<Reading>>,
    /// Whether several branches meet at it, of which one is taken.
    pub(crate) joins: bool,
    /// The id of its step.
    pub(crate) id: String,
    pub(crate) known: &'a Counterparts,
    pub(crate) tally: Said,
    /// Expressions that JavaScript computes in a step before: their source.
    computed: Vec<String>,
    pub(crate) accounts: &'a mut Accounts,
    /// Types of connection that the node's step takes, and the name it has.
    pub(crate) connection: Option<(String, Vec<String>)>,
}

/// The connections that a file needs, by the names of their credentials.
#[derive(Debug, Default)]
pub(crate) struct Accounts {
    /// Type and name of a credential, and what the connection is called.
    known: BTreeMap<(String, String), String>,
}

impl Accounts {
    /// The connection of a node: of its first credential, where it has one.
    pub(crate) fn of(&mut self, node: &Node, app: &str) -> String {
        let (kind, was) = node.credentials.first().cloned().unwrap_or_else(|| (app.to_owned(), String::new()));
        self.name(app, &kind, &was)
    }

    /// The connection of this credential: called by the app, with a number where there are several.
    fn name(&mut self, app: &str, kind: &str, was: &str) -> String {
        let key = (format!("{app} {kind}"), was.to_owned());
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let taken: Vec<&String> = self.known.values().collect();
        let candidates = std::iter::once(app.to_owned()).chain((2..).map(|number| format!("{app}-{number}")));
        let name = candidates.into_iter().find(|name| !taken.contains(&name)).unwrap_or_else(|| app.to_owned());
        self.known.insert(key, name.clone());
        name
    }
}

impl<'a> Desk<'a> {
    pub(crate) fn new(
        (workflow, at): (&'a Workflow, usize),
        sight: Sight,
        id: String,
        known: &'a Counterparts,
        accounts: &'a mut Accounts,
    ) -> Self {
        let node = &workflow.nodes[at];
        Self {
            workflow,
            at,
            node,
            sight,
            inputs: Vec::new(),
            joins: false,
            id,
            known,
            tally: Said::default(),
            computed: Vec::new(),
            accounts,
            connection: None,
        }
    }

    /// What comes to its first input.
    pub(crate) fn input(&self) -> Option<&Reading> {
        self.sight.input.as_ref()
    }

    /// The items that come to its first input, as a list.
    pub(crate) fn items(&self) -> Expr {
        self.input().map_or(Expr::List(Vec::new()), Reading::all)
    }

    /// `now` or `today` in the zone of the workflow.
    pub(crate) fn zoned(&self, function: &str) -> Expr {
        Expr::call(function, self.sight.zone.as_deref().map(Expr::text))
    }

    /// A value of a parameter.
    pub(crate) fn say(&mut self, value: &Value) -> Data {
        let plain = locator(value);
        let Self { sight, tally, computed, id, .. } = self;
        said(plain, sight, tally, &mut |source| instead(source, sight, computed, id))
    }

    /// A value that is text.
    pub(crate) fn say_text(&mut self, value: &Value) -> Text {
        match self.say(value) {
            Data::Text(text) => text,
            other => Text::value(other.into_expr()),
        }
    }

    /// A text whose expressions count even where it does not begin with `=`: as n8n reads templates of HTML, and SQL.
    pub(crate) fn say_always(&mut self, value: &Value) -> Text {
        match value.as_str() {
            Some(text) if !text.starts_with('=') => self.say_text(&Value::String(format!("={text}"))),
            _ => self.say_text(value),
        }
    }

    /// A value as an expression.
    pub(crate) fn say_expr(&mut self, value: &Value) -> Expr {
        self.say(value).into_expr()
    }

    /// A text that is JSON: the value, where that is certain, else the text.
    pub(crate) fn say_json(&mut self, value: &Value) -> Data {
        let Some(text) = value.as_str() else { return self.say(value) };
        let Self { sight, tally, computed, id, .. } = &mut *self;
        let before = tally.clone();
        let structured =
            translate::json_template(text, sight, tally, &mut |source| instead(source, sight, computed, id));
        match structured {
            Some(data) => data,
            None => {
                self.tally = before;
                let data = self.say(value);
                // One expression that gives JSON as text, or the value itself.
                match data {
                    Data::Text(text) if text.as_value().is_none() => {
                        Data::value(text.into_expr().method("parse_json", []))
                    }
                    other => other,
                }
            }
        }
    }

    /// The file of this name that the current item carries.
    pub(crate) fn file(&self, name: &str) -> Result<Expr, String> {
        let file = self.input().and_then(|input| input.paired().file(name));
        file.ok_or_else(|| format!("no file “{name}” is known to come to it"))
    }

    /// The parameter of this path, said; nothing where it is not given.
    pub(crate) fn given(&mut self, path: &str) -> Option<Data> {
        let value = self.node.get(path);
        let is_empty = value.is_null() || value.as_str().is_some_and(str::is_empty);
        (!is_empty).then(|| self.say(value)).filter(|data| !data.is_empty())
    }

    /// The connection that the step needs, by the credential that the node had.
    pub(crate) fn connect(&mut self, app: &str, types: &[String]) -> Data {
        let name = self.accounts.of(self.node, app);
        self.connection = Some((name.clone(), types.to_vec()));
        Data::text(name)
    }

    /// Forgets what was said and asked for: the node does nothing.
    pub(crate) fn forget(&mut self) {
        self.tally = Said::default();
        self.computed.clear();
        self.connection = None;
    }

    /// The step that computes what only JavaScript says, if there is anything.
    pub(crate) fn helper(&self) -> Option<Step> {
        if self.computed.is_empty() {
            return None;
        }
        let fields = self.computed.iter().enumerate();
        let fields: Vec<String> = fields.map(|(place, source)| format!("  {}: {source},", value_name(place))).collect();
        let code = format!("return {{\n{}\n}}", fields.join("\n"));
        let names: Vec<String> = self.computed.iter().flat_map(|source| code::named_nodes(source)).collect();
        let with = script(&code, self.input().map(Reading::paired).map(|item| item.json()), &names, &self.sight);
        Some(Step::call("js.run", with).with_id(format!("{}_values", self.id)))
    }
}

/// The parameters of a step that runs JavaScript.
pub(crate) fn script(code: &str, items: Option<Expr>, names: &[String], sight: &Sight) -> Data {
    let mut with = vec![("code".to_owned(), Data::text(code))];
    if let Some(items) = items {
        with.push(("items".to_owned(), Data::value(items)));
    }
    let mut nodes: Vec<(String, Data)> = Vec::new();
    for name in names {
        let known = nodes.iter().any(|(given, _)| given == name);
        if let Some(reading) = sight.nodes.get(name).filter(|_| !known) {
            let value = match &reading.current {
                Some(_) => reading.paired().json(),
                None if reading.count == super::reading::Count::One => reading.json(),
                None => reading.all(),
            };
            nodes.push((name.clone(), Data::value(value)));
        }
    }
    if !nodes.is_empty() {
        with.push(("nodes".to_owned(), Data::Map(nodes)));
    }
    Data::Map(with)
}

fn value_name(place: usize) -> String {
    if place == 0 { "value".to_owned() } else { format!("value_{}", place + 1) }
}

/// What JavaScript computes in a step before, where it can.
fn instead(source: &str, sight: &Sight, computed: &mut Vec<String>, id: &str) -> Option<Expr> {
    const ABSENT: [&str; 8] =
        ["$fromAI", "binary", "resumeUrl", "resumeFormUrl", "$response", "$credentials", "$env", "$parameter"];
    let readable = js::parse(source).is_ok() && !ABSENT.iter().any(|absent| source.contains(absent));
    let seen = code::named_nodes(source).iter().all(|name| sight.nodes.contains_key(name));
    let reads = source.contains("$json") || source.contains("$input");
    if !readable || !seen || (reads && sight.input.is_none()) || code::missing(source).is_some() {
        return None;
    }
    let place = computed.iter().position(|known| known == source).unwrap_or_else(|| {
        computed.push(source.to_owned());
        computed.len() - 1
    });
    Some(Expr::name(format!("{id}_values")).field(value_name(place)))
}

/// The value of a resource locator; a URL of Google is its id.
pub(crate) fn locator(value: &Value) -> &Value {
    if value["__rl"] == Value::Bool(true) { &value["value"] } else { value }
}
