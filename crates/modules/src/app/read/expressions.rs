//! The expressions of an app's file: whether each can be read, and whether what it names exists.

use super::Reader;
use crate::app::shape::{App, Login};
use crate::app::template::bare;
use crate::connections::text::{Key, Node, Tree};
use scenario::diagnostic::{Diagnostic, Place};
use scenario::expression::{Expression, Template};

/// What the answer to a call adds.
const ANSWERED: [&str; 3] = ["answer", "status", "headers"];

/// Names in scope at one place of the file.
#[derive(Clone, Default)]
struct Known(Vec<String>);

impl Known {
    fn with<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> Self {
        let names = names.into_iter().map(str::to_owned);
        Self(self.0.iter().cloned().chain(names).collect())
    }
}

impl Reader<'_> {
    /// Compiles all expressions at their places.
    pub(super) fn expressions(&mut self, app: &App, tree: &Tree) {
        let fields: Vec<&str> = match &app.connection {
            Login::Own(own) => own.fields.iter().map(|field| field.name.as_str()).collect(),
            _ => Vec::new(),
        };
        let plain = Known::default().with(["connection", "idempotency_key"]);
        let login = plain.with(fields.iter().copied());
        let answered = Known::default().with(ANSWERED);
        for (key, value) in entries(tree) {
            match key.text.as_str() {
                "base" => self.template_at(value, &login),
                "headers" | "hosts" => self.templates_below(value, &login),
                "errors" => self.codes_below(value, &answered, &["failed", "message", "code", "retry", "wait"]),
                "connection" => self.connection(value, &login),
                "actions" => {
                    for (name, value) in entries(value) {
                        let action = app.actions.iter().find(|action| action.name == name.text);
                        let parameters = action.iter().flat_map(|it| &it.parameters).map(|it| it.name.as_str());
                        self.action_expressions(value, &plain.with(parameters), &login);
                    }
                }
                _ => {}
            }
        }
    }

    fn connection(&mut self, tree: &Tree, login: &Known) {
        for (key, value) in entries(tree) {
            match key.text.as_str() {
                "auth" | "oauth2" => self.templates_below(value, login),
                "test" => {
                    self.codes_below(value, &login.with(ANSWERED), &["shows"]);
                    let sent = entries(value).iter().filter(|(key, _)| key.text != "shows");
                    sent.for_each(|(_, value)| self.templates_below(value, login));
                }
                _ => {}
            }
        }
    }

    fn action_expressions(&mut self, tree: &Tree, plain: &Known, login: &Known) {
        let is_paged = entries(tree).iter().any(|(key, _)| key.text == "pages");
        let ids: Vec<String> = called(tree);
        let answered = plain.with(ANSWERED).with(ids.iter().map(String::as_str));
        let output = if is_paged { plain.with(["items"]) } else { answered.clone() };
        for (key, value) in entries(tree) {
            match key.text.as_str() {
                "output" => self.output_at(value, &output),
                "pages" => self.codes_below(value, &answered, &["items", "next", "url"]),
                "calls" => self.calls_expressions(value, plain, login),
                "base" => self.template_at(value, login),
                "get" | "post" | "put" | "patch" | "delete" | "mkcol" | "move" | "copy" | "propfind" | "query"
                | "json" | "form" | "multipart" | "headers" | "body" => self.templates_below(value, plain),
                _ => {}
            }
        }
    }

    fn calls_expressions(&mut self, tree: &Tree, plain: &Known, login: &Known) {
        let Node::List(calls) = &tree.node else { return };
        let mut known = plain.clone();
        for call in calls {
            for (key, value) in entries(call) {
                match key.text.as_str() {
                    "when" => self.code_at(value, &known),
                    "output" => self.output_at(value, &known.with(ANSWERED)),
                    "base" => self.template_at(value, login),
                    "id" | "response" => {}
                    _ => self.templates_below(value, &known),
                }
            }
            let id =
                entries(call).iter().find(|(key, _)| key.text == "id").and_then(|(_, value)| super::text_of(value));
            known = known.with(id.iter().map(String::as_str));
        }
    }

    fn output_at(&mut self, tree: &Tree, known: &Known) {
        match &tree.node {
            Node::Text(text) if !text.contains("{{") => self.code_at(tree, known),
            _ => self.templates_below(tree, known),
        }
    }

    fn codes_below(&mut self, tree: &Tree, known: &Known, keys: &[&str]) {
        for (key, value) in entries(tree) {
            if keys.contains(&key.text.as_str()) {
                self.code_at(value, known);
            }
        }
    }

    fn code_at(&mut self, tree: &Tree, known: &Known) {
        let Node::Text(text) = &tree.node else { return };
        let source = bare(text);
        let before = text.find(source).map_or(0, |at| text[..at].chars().count());
        let place_of = self.places(tree, text);
        match Expression::compile(source, &|offset| place_of(before + offset)) {
            Ok(expression) => self.names_of(&expression, known),
            Err(found) => self.unreadable(&found),
        }
    }

    fn templates_below(&mut self, tree: &Tree, known: &Known) {
        match &tree.node {
            Node::Text(_) => self.template_at(tree, known),
            Node::List(items) => items.iter().for_each(|item| self.templates_below(item, known)),
            Node::Map(entries) => entries.iter().for_each(|(_, value)| self.templates_below(value, known)),
            _ => {}
        }
    }

    fn template_at(&mut self, tree: &Tree, known: &Known) {
        let Node::Text(text) = &tree.node else { return };
        if !text.contains("{{") {
            return;
        }
        let place_of = self.places(tree, text);
        match Template::parse(text, &place_of) {
            Ok(template) => template.expressions().into_iter().for_each(|it| self.names_of(it, known)),
            Err(found) => found.iter().for_each(|found| self.unreadable(found)),
        }
    }

    fn names_of(&mut self, expression: &Expression, Known(known): &Known) {
        for (name, place) in expression.names() {
            if !known.contains(name) {
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                self.report_with(*place, format!("nothing here is called `{name}`"), super::one_of(name, &known));
            }
        }
    }

    fn unreadable(&mut self, found: &Diagnostic) {
        self.findings.push(super::Finding {
            place: found.place,
            message: found.message.clone(),
            hint: found.hint.clone(),
        });
    }

    /// The places of a text's characters: exact where it stands on one line, else where it begins.
    fn places(&self, tree: &Tree, text: &str) -> impl Fn(usize) -> Place + use<> {
        let start = tree.place;
        let written = self.lines.get((start.line as usize).wrapping_sub(1)).copied().unwrap_or_default();
        let rest: String = written.chars().skip((start.column as usize).saturating_sub(1)).collect();
        let quote = u32::from(rest.starts_with(['"', '\'']));
        let plain = rest.get(quote as usize..).is_some_and(|rest| rest.starts_with(text));
        move |offset| {
            let offset = u32::try_from(offset).unwrap_or(u32::MAX);
            let column = start.column.saturating_add(quote).saturating_add(offset);
            if plain { Place { column, ..start } } else { start }
        }
    }
}

/// The ids of an action's calls.
fn called(tree: &Tree) -> Vec<String> {
    let calls = entries(tree).iter().find(|(key, _)| key.text == "calls").map(|(_, calls)| calls);
    let Some(Tree { node: Node::List(calls), .. }) = calls else { return Vec::new() };
    let ids = calls.iter().flat_map(entries).filter(|(key, _)| key.text == "id");
    ids.filter_map(|(_, value)| super::text_of(value)).collect()
}

fn entries(tree: &Tree) -> &[(Key, Tree)] {
    match &tree.node {
        Node::Map(entries) => entries,
        _ => &[],
    }
}
