//! Actions: what is sent, what comes back, and what it is called.

use super::fields::Fields;
use super::{Presence, Reader, is_snake_case};
use crate::app::shape::{Action, Content, Exchange, Next, Pages, Parameter, Words};
use crate::app::template::{Code, Filled};
use crate::connections::text::{Key, Node, Tree};
use reqwest::Method;
use serde_json::Value;

/// The methods, by the keys that name them.
const METHODS: [(&str, &str); 9] = [
    ("get", "GET"),
    ("post", "POST"),
    ("put", "PUT"),
    ("patch", "PATCH"),
    ("delete", "DELETE"),
    // WebDAV (RFC 4918 §9)
    ("mkcol", "MKCOL"),
    ("move", "MOVE"),
    ("copy", "COPY"),
    ("propfind", "PROPFIND"),
];

/// A key that says what is carried, and what its value becomes.
type Carrier = (&'static str, fn(Option<Filled>) -> Content);

/// What all actions of an app have at hand.
pub(super) struct Shared {
    pub(super) parameters: Vec<Parameter>,
    pub(super) scopes: Vec<String>,
}

impl Reader<'_> {
    pub(super) fn actions(&mut self, fields: &mut Fields<'_>, shared: &Shared) -> Vec<Action> {
        let Some(tree) = fields.take("actions") else { return Vec::new() };
        let Some(fields) = self.fields(tree, "`actions`") else { return Vec::new() };
        fields.rest().iter().filter_map(|(key, tree)| self.action(key, tree, shared)).collect()
    }

    fn action(&mut self, key: &Key, tree: &Tree, shared: &Shared) -> Option<Action> {
        let name = key.text.clone();
        if !is_snake_case(&name) {
            let hint = "a verb first: `create_row`, `send_message`";
            self.report_with(key.place, format!("`{name}` cannot name an action"), hint);
        }
        let mut fields = self.fields(tree, format!("the action `{name}`"))?;
        let title = self.words(&mut fields, "title", Presence::Must);
        let about = self.words(&mut fields, "about", Presence::Must);
        let docs = self.text(&mut fields, "docs").unwrap_or_default();
        let parameters = self.own_parameters(&mut fields, &shared.parameters);
        let pages = self.pages(&mut fields);
        let mut parameters = parameters;
        if pages.is_some() {
            let place = fields.place();
            if parameters.iter().any(|it| it.name == "limit") {
                self.report(place, "an action with `pages` has the parameter `limit` by itself");
            }
            parameters.push(limit());
        }
        let output = self.output(&mut fields);
        let sample = fields.take("sample").map(Tree::to_json).unwrap_or_default();
        let idempotency = self.idempotency(&mut fields);
        let mut scopes = self.texts(&mut fields, "scopes");
        scopes.extend(shared.scopes.iter().filter(|_| scopes.is_empty()).cloned().collect::<Vec<_>>());
        let (make, n8n) = (self.stands_for(&mut fields, "make"), self.stands_for(&mut fields, "n8n"));
        let calls = fields.take("calls");
        let exchanges = match calls {
            Some(calls) => self.calls(calls),
            None => self.exchange(&mut fields, &name).into_iter().collect(),
        };
        self.finish(fields);
        let is_sequence = calls.is_some();
        #[rustfmt::skip]
        let action = Action { name, title, about, docs, parameters, exchanges, is_sequence, pages, output, sample, idempotency: idempotency.flatten(), scopes, make, n8n };
        Some(action)
    }

    fn calls(&mut self, tree: &Tree) -> Vec<Exchange> {
        let Node::List(items) = &tree.node else {
            self.report_with(tree.place, "`calls` must be a list", "`[ { id: first, get: /things }, … ]`");
            return Vec::new();
        };
        let mut exchanges = Vec::new();
        for (number, item) in items.iter().enumerate() {
            let Some(mut fields) = self.fields(item, "a call") else { continue };
            let id = self.text(&mut fields, "id").unwrap_or_else(|| format!("call_{}", number + 1));
            let when = self.code(&mut fields, "when");
            let output = self.output(&mut fields);
            if let Some(exchange) = self.exchange(&mut fields, "a call") {
                exchanges.push(Exchange { id, when, output, ..exchange });
            }
            self.finish(fields);
        }
        exchanges
    }

    /// One call: the method with where it goes, and what it carries.
    pub(super) fn exchange(&mut self, fields: &mut Fields<'_>, what: &str) -> Option<Exchange> {
        let mut found = Vec::new();
        for (key, method) in METHODS {
            if let Some(tree) = fields.take(key) {
                found.push((method, tree));
            }
        }
        let base = fields.take("base").map(|tree| Filled::of(&tree.to_json()));
        let query = fields.take("query").map(|tree| Filled::of(&tree.to_json()));
        let headers = self.map(fields, "headers");
        let body = self.content(fields);
        let content_type = self.text(fields, "content_type");
        let is_file = self.is_file(fields);
        let (method, tree) = match found.as_slice() {
            [(method, tree)] => (Method::from_bytes(method.as_bytes()).unwrap_or_default(), *tree),
            [] => {
                self.report_with(fields.place(), format!("`{what}` says not what it calls"), "`get: /things`");
                return None;
            }
            [_, (_, second), ..] => {
                self.report_with(second.place, format!("`{what}` calls more than one thing"), "use `calls: [ … ]`");
                return None;
            }
        };
        let path = self.need_text(tree, "the path");
        if !(path.is_empty() || path.starts_with(['/', '?', '{', '.']) || path.starts_with("https://")) {
            self.report_with(tree.place, "a path begins with `/`", "`/things/{{ id }}`, below `base`");
        }
        let target = Filled::of(&Value::String(path));
        let id = String::new();
        Some(Exchange {
            id,
            when: None,
            base,
            method,
            target,
            query,
            headers,
            body,
            content_type,
            is_file,
            output: None,
        })
    }

    fn is_file(&mut self, fields: &mut Fields<'_>) -> bool {
        self.one_word(fields, "response", &[("file", true), ("value", false)]).unwrap_or_default()
    }

    fn content(&mut self, fields: &mut Fields<'_>) -> Option<Content> {
        let mut found = Vec::new();
        let kinds: [Carrier; 3] = [("json", Content::Json), ("form", Content::Form), ("multipart", Content::Multipart)];
        for (key, make) in kinds {
            let Some(tree) = fields.take(key) else { continue };
            let filled = match &tree.node {
                Node::Bool(true) => None,
                _ => Some(Filled::of(&tree.to_json())),
            };
            if key != "json" && filled.as_ref().is_some_and(|filled| !filled.is_map()) {
                let is_template = matches!(&tree.node, Node::Text(text) if text.contains("{{"));
                if !is_template {
                    self.report(tree.place, format!("`{key}` must be true or a map"));
                }
            }
            found.push((make(filled), tree));
        }
        found.extend(fields.take("body").map(|tree| (Content::Raw(Filled::of(&tree.to_json())), tree)));
        if let [_, (_, second), ..] = found.as_slice() {
            self.report(second.place, "only one of `json`, `form`, `multipart` and `body` can be sent");
        }
        found.into_iter().next().map(|(content, _)| content)
    }

    /// A bare expression, or a map of templates.
    fn output(&mut self, fields: &mut Fields<'_>) -> Option<Filled> {
        let tree = fields.take("output")?;
        Some(match &tree.node {
            Node::Text(text) if text.contains("{{") => Filled::of(&tree.to_json()),
            Node::Text(text) => Filled::expression(text),
            _ => Filled::of(&tree.to_json()),
        })
    }

    fn pages(&mut self, fields: &mut Fields<'_>) -> Option<Pages> {
        let tree = fields.take("pages")?;
        let mut fields = self.fields(tree, "`pages`")?;
        let items = self.code(&mut fields, "items");
        if items.is_none() {
            self.report_with(tree.place, "`pages` says not where the items are", "`items: answer.results`");
        }
        let cursor = self.code(&mut fields, "next");
        let wire = self.text(&mut fields, "as");
        let link = self.flag(&mut fields, "link");
        let url = self.code(&mut fields, "url");
        let number = self.text(&mut fields, "number");
        let from = self.text(&mut fields, "from").and_then(|from| from.parse().ok()).unwrap_or(1);
        let offset = self.text(&mut fields, "offset");
        let size = self.size(&mut fields);
        self.finish(fields);
        let mut ways = Vec::new();
        match (cursor, wire) {
            (Some(next), Some(wire)) => ways.push(Next::Cursor { next, wire }),
            (None, None) => {}
            _ => self.report_with(tree.place, "a cursor has `next` and `as`", "`next: answer.next, as: cursor`"),
        }
        ways.extend(link.then_some(Next::Link));
        ways.extend(url.map(Next::Url));
        ways.extend(number.map(|wire| Next::Number { wire, from }));
        ways.extend(offset.map(Next::Offset));
        if ways.len() > 1 {
            self.report(tree.place, "`pages` says in more than one way where the next page is");
        }
        let next = ways.into_iter().next().unwrap_or(Next::Nowhere);
        Some(Pages { items: items.unwrap_or_else(|| Code::of("[]")), next, size })
    }

    fn size(&mut self, fields: &mut Fields<'_>) -> Option<(String, u64)> {
        let tree = fields.take("size")?;
        if let Node::Map(entries) = &tree.node
            && let [(key, Tree { node: Node::Number(number), .. })] = entries.as_slice()
            && let Some(most) = number.as_u64().filter(|most| *most > 0)
        {
            return Some((key.text.clone(), most));
        }
        self.report_with(tree.place, "`size` names the parameter and its largest value", "`size: { per_page: 100 }`");
        None
    }

    /// The modules elsewhere that an action or a trigger stands for: one or a list.
    pub(super) fn stands_for(&mut self, fields: &mut Fields<'_>, key: &'static str) -> Vec<Value> {
        let Some(tree) = fields.take(key) else { return Vec::new() };
        let items = match &tree.node {
            Node::List(items) => items.iter().collect(),
            _ => vec![tree],
        };
        for item in &items {
            let named = if key == "make" { "module" } else { "node" };
            let (known, fits) = match (&item.node, key) {
                (Node::Text(text), "make") => (true, text.contains(':')),
                (Node::Map(entries), _) => (
                    entries.iter().all(|(key, _)| is_known_mapping(&key.text)),
                    entries.iter().any(|(key, value)| key.text == named && matches!(value.node, Node::Text(_))),
                ),
                _ => (true, false),
            };
            if !known || !fits {
                let hint = if key == "make" {
                    "`app:Module`, or `{ module: app:Module, parameters: { ours: theirs } }`"
                } else {
                    "`{ node: slack, resource: message, operation: post, parameters: { ours: theirs } }`"
                };
                self.report_with(item.place, format!("this is no counterpart in {key}"), hint);
            }
        }
        items.into_iter().map(Tree::to_json).collect()
    }
}

/// What a counterpart elsewhere is described by.
fn is_known_mapping(key: &str) -> bool {
    [
        "module",
        "node",
        "resource",
        "operation",
        "default",
        "parameters",
        "values",
        "event",
        "events",
        "when",
        "version",
        "mode",
    ]
    .contains(&key)
}

/// How many items an action gives that reads pages.
fn limit() -> Parameter {
    let words = |en: &str, taiwan: &str, mainland: &str| Words {
        en: en.to_owned(),
        others: [("zh-TW", taiwan), ("zh-CN", mainland)].map(|(tag, text)| (tag.to_owned(), text.to_owned())).into(),
    };
    Parameter {
        name: "limit".to_owned(),
        required: false,
        kind: crate::app::shape::Kind::Integer,
        items: None,
        fields: Vec::new(),
        choices: Vec::new(),
        default: None,
        example: Some(100.into()),
        secret: false,
        wire: "limit".to_owned(),
        goes: Some(crate::app::shape::Goes::Nowhere),
        title: words("Limit", "筆數上限", "条数上限"),
        about: words(
            "How many items to read at most; 100 without it.",
            "最多讀取幾筆；不填則為 100。",
            "最多读取多少条；不填则为 100。",
        ),
    }
}
