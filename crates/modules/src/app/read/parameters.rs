//! Parameters of actions.

use super::{Presence, Reader, is_snake_case, marked, one_of};
use crate::app::read::fields::Fields;
use crate::app::shape::{Goes, Kind, Parameter, Words};
use crate::connections::text::{Key, Node, Tree};
use serde_json::Value;

const KINDS: [(&str, Kind); 11] = [
    ("text", Kind::Text),
    ("integer", Kind::Integer),
    ("number", Kind::Number),
    ("flag", Kind::Flag),
    ("time", Kind::Time),
    ("list", Kind::List),
    ("map", Kind::Map),
    ("any", Kind::Any),
    ("file", Kind::File),
    ("path", Kind::Path),
    ("url", Kind::Url),
];

const PLACES: [(&str, Goes); 7] = [
    ("query", Goes::Query),
    ("json", Goes::Json),
    ("form", Goes::Form),
    ("header", Goes::Header),
    ("path", Goes::Path),
    ("multipart", Goes::Multipart),
    ("none", Goes::Nowhere),
];

impl Reader<'_> {
    /// What several actions take.
    pub(super) fn parameters(&mut self, fields: &mut Fields<'_>) -> Vec<Parameter> {
        let Some(tree) = fields.take("parameters") else { return Vec::new() };
        let Some(fields) = self.fields(tree, "`parameters`") else { return Vec::new() };
        fields.rest().iter().filter_map(|(key, tree)| self.parameter(key, tree, None)).collect()
    }

    /// What one action takes; a definition that several share is filled in.
    pub(super) fn own_parameters(&mut self, fields: &mut Fields<'_>, shared: &[Parameter]) -> Vec<Parameter> {
        let Some(tree) = fields.take("parameters") else { return Vec::new() };
        let Some(fields) = self.fields(tree, "`parameters`") else { return Vec::new() };
        let mut found: Vec<Parameter> = Vec::new();
        for (key, tree) in fields.rest() {
            let (name, _) = marked(key);
            if found.iter().any(|it| it.name == name) {
                self.report(key.place, format!("there is a parameter `{name}` already"));
            }
            let usual = shared.iter().find(|it| it.name == name);
            if usual.is_none() && matches!(tree.node, Node::Null) {
                let known: Vec<&str> = shared.iter().map(|it| it.name.as_str()).collect();
                let message = format!("nothing is said of the parameter `{name}`");
                let hint =
                    if known.is_empty() { "`{ title: …, about: … }`".to_owned() } else { one_of(name, &known) };
                self.report_with(key.place, message, hint);
                continue;
            }
            found.extend(self.parameter(key, tree, usual));
        }
        found
    }

    fn parameter(&mut self, key: &Key, tree: &Tree, usual: Option<&Parameter>) -> Option<Parameter> {
        let (name, required) = marked(key);
        if !is_snake_case(name) || name == "connection" {
            let hint = "small letters, digits and `_`; `as:` says what it is called on the wire";
            self.report_with(key.place, format!("`{name}` cannot name a parameter"), hint);
        }
        let mut fields = self.fields(tree, format!("the parameter `{name}`"))?;
        let mut it = usual.cloned().unwrap_or_else(|| plain(name));
        it.required |= required;
        let must = if usual.is_some() { Presence::May } else { Presence::Must };
        for (key, must, words) in [("title", must, &mut it.title), ("about", Presence::May, &mut it.about)] {
            let said = self.words(&mut fields, key, must);
            if !said.is_empty() {
                *words = said;
            }
        }
        it.kind = self.one_word(&mut fields, "type", &KINDS).unwrap_or(it.kind);
        self.items(&mut fields, &mut it);
        if let Some(choices) = self.choices(&mut fields) {
            it.choices = choices;
        }
        it.default = fields.take("default").map(Tree::to_json).or(it.default);
        it.example = fields.take("example").map(Tree::to_json).or(it.example);
        it.secret |= self.flag(&mut fields, "secret");
        it.wire = self.text(&mut fields, "as").unwrap_or(it.wire);
        it.goes = self.one_word(&mut fields, "in", &PLACES).or(it.goes);
        self.finish(fields);
        if it.required && it.default.is_some() {
            self.report(key.place, format!("`{name}` must be given, so its default never counts"));
        }
        for (what, value) in [("default", &it.default), ("example", &it.example)] {
            if value.as_ref().is_some_and(|value| !it.fits(value)) {
                self.report(tree.place, format!("the {what} of `{name}` is nothing that it takes"));
            }
        }
        Some(it)
    }

    /// What a list holds: a type, or what each of its maps has.
    fn items(&mut self, fields: &mut Fields<'_>, it: &mut Parameter) {
        let Some(tree @ Tree { node: Node::Map(_), .. }) = fields.take("items") else {
            it.items = self.one_word(fields, "items", &KINDS).or(it.items);
            return;
        };
        it.items = Some(Kind::Map);
        let Some(fields) = self.fields(tree, "`items`") else { return };
        it.fields = fields.rest().iter().filter_map(|(key, tree)| self.field_of_item(key, tree)).collect();
        if it.kind != Kind::List {
            self.report_with(tree.place, format!("`{}` is no list, so it has no items", it.name), "`type: list`");
        }
    }

    /// Whatever the far side calls it: nothing names it but the item.
    fn field_of_item(&mut self, key: &Key, tree: &Tree) -> Option<Parameter> {
        let (name, required) = marked(key);
        if name.is_empty() || name.contains(['.', '=', '*']) {
            self.report(key.place, format!("`{name}` cannot name what an item has"));
        }
        let mut fields = self.fields(tree, format!("`{name}` of the items"))?;
        let mut it = Parameter { required, ..plain(name) };
        it.title = self.words(&mut fields, "title", Presence::Must);
        it.about = self.words(&mut fields, "about", Presence::May);
        it.kind = self.one_word(&mut fields, "type", &KINDS).unwrap_or(it.kind);
        it.choices = self.choices(&mut fields).unwrap_or_default();
        self.items(&mut fields, &mut it);
        self.finish(fields);
        Some(it)
    }

    fn choices(&mut self, fields: &mut Fields<'_>) -> Option<Vec<Value>> {
        let tree = fields.take("choices")?;
        let Node::List(items) = &tree.node else {
            self.report(tree.place, "`choices` must be a list");
            return None;
        };
        Some(items.iter().map(Tree::to_json).collect())
    }

    /// One of these words.
    pub(super) fn one_word<T: Copy>(
        &mut self,
        fields: &mut Fields<'_>,
        key: &'static str,
        known: &[(&str, T)],
    ) -> Option<T> {
        let tree = fields.take(key)?;
        let word = self.need_text(tree, key);
        let found = known.iter().find(|(name, _)| *name == word).map(|(_, value)| *value);
        if found.is_none() {
            let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
            self.report_with(tree.place, format!("`{key}` cannot be `{word}`"), one_of(&word, &names));
        }
        found
    }
}

/// A parameter of which nothing but the name is known.
fn plain(name: &str) -> Parameter {
    Parameter {
        name: name.to_owned(),
        required: false,
        kind: Kind::Text,
        items: None,
        fields: Vec::new(),
        choices: Vec::new(),
        default: None,
        example: None,
        secret: false,
        wire: name.to_owned(),
        goes: None,
        title: Words::default(),
        about: Words::default(),
    }
}

impl Parameter {
    /// Whether this is a value that it takes, as far as its type tells.
    fn fits(&self, value: &Value) -> bool {
        if !self.choices.is_empty() {
            return self.choices.contains(value);
        }
        match self.kind {
            Kind::Text | Kind::Time | Kind::Path | Kind::Url => value.is_string(),
            Kind::Integer => value.is_i64() || value.is_u64(),
            Kind::Number => value.is_number(),
            Kind::Flag => value.is_boolean(),
            Kind::List => value.is_array(),
            Kind::Map | Kind::File => value.is_object() || value.is_string(),
            Kind::Any => true,
        }
    }
}
