//! From an app's text to the app, with everything that is wrong with it: each with its place and what was probably meant.

mod action;
mod expressions;
mod fields;
mod login;
mod parameters;
mod triggers;

use super::shape::{App, Errors, Idempotency, Login, Words};
use super::template::{Code, Filled};
use crate::connections::HostPattern;
use crate::connections::text::{self, Key, Node, Tree};
use action::Shared;
use fields::Fields;
use scenario::diagnostic::Place;
use scenario::plan::Rate;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// The icons that the editor has.
const ICONS: [&str; 27] = [
    "mail",
    "file",
    "table",
    "globe",
    "chat",
    "database",
    "list",
    "hook",
    "branch",
    "bolt",
    "calendar",
    "user",
    "cart",
    "card",
    "video",
    "image",
    "brain",
    "code",
    "cloud",
    "phone",
    "megaphone",
    "ticket",
    "chart",
    "folder",
    "music",
    "map",
    "key",
];

/// And these, which make the list longer than a line is worth.
const MORE_ICONS: [&str; 2] = ["lock", "clock"];

/// Something wrong with an app's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where in the text.
    pub place: Place,
    /// What is wrong, in one sentence without a final dot.
    pub message: String,
    /// What to try.
    pub hint: Option<String>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.place.line, self.place.column, self.message)?;
        self.hint.as_ref().map_or(Ok(()), |hint| write!(f, " ({hint})"))
    }
}

/// The app of this name that the text describes, and all that is wrong with it; there is no app where it makes no sense.
pub fn read(name: &str, text: &str) -> (Option<App>, Vec<Finding>) {
    let tree = match text::parse(text) {
        Ok(tree) => tree,
        Err((place, message)) => return (None, vec![Finding { place, message, hint: None }]),
    };
    let mut reader = Reader::over(text);
    let app = reader.app(name, &tree);
    if let Some(app) = &app {
        reader.expressions(app, &tree);
    }
    let mut findings = reader.findings;
    findings.sort_by_key(|finding| finding.place);
    findings.dedup();
    (app.filter(|_| findings.is_empty()), findings)
}

/// The app that this value describes, which was read and found sound before.
pub(super) fn trusted(name: &str, value: Value) -> Option<App> {
    let tree = Tree::of(value);
    Reader::over("").app(name, &tree)
}

/// What is read, and what was found on the way.
pub(super) struct Reader<'s> {
    lines: Vec<&'s str>,
    findings: Vec<Finding>,
}

impl<'s> Reader<'s> {
    fn over(text: &'s str) -> Self {
        Self { lines: text.lines().collect(), findings: Vec::new() }
    }

    fn report(&mut self, place: Place, message: impl Into<String>) {
        self.findings.push(Finding { place, message: message.into(), hint: None });
    }

    fn report_with(&mut self, place: Place, message: impl Into<String>, hint: impl Into<String>) {
        self.findings.push(Finding { place, message: message.into(), hint: Some(hint.into()) });
    }

    fn app(&mut self, name: &str, tree: &Tree) -> Option<App> {
        if !is_snake_case(name) {
            self.report_with(tree.place, format!("`{name}` cannot name an app"), "name the file `my_service.yaml`");
        }
        let mut fields = self.fields(tree, "an app")?;
        let title = self.words(&mut fields, "title", Presence::Must);
        let about = self.words(&mut fields, "about", Presence::Must);
        let color = self.text(&mut fields, "color").unwrap_or_else(|| "#5a6475".to_owned());
        self.check_color(&fields, &color);
        let icon = self.text(&mut fields, "icon").unwrap_or_else(|| "globe".to_owned());
        if !ICONS.contains(&icon.as_str()) && !MORE_ICONS.contains(&icon.as_str()) {
            let known = ICONS.iter().chain(&MORE_ICONS).copied().collect::<Vec<_>>();
            self.report_with(fields.place_of("icon"), format!("there is no icon `{icon}`"), one_of(&icon, &known));
        }
        let docs = self.text(&mut fields, "docs").unwrap_or_default();
        let base = fields.take("base").map(|tree| Filled::of(&tree.to_json()));
        let hosts = self.hosts(&mut fields);
        let rate = self.rate(&mut fields);
        let headers = self.map(&mut fields, "headers").unwrap_or_else(Filled::nothing);
        let scopes = self.texts(&mut fields, "scopes");
        let errors = Arc::new(self.errors(&mut fields));
        let idempotency = self.idempotency(&mut fields).flatten();
        let around = login::Around { base: &base, hosts: &hosts, headers: &headers, errors: &errors, rate };
        let connection = self.login(&mut fields, name, &title, &around);
        let shared = Shared { parameters: self.parameters(&mut fields), scopes };
        let actions = self.actions(&mut fields, &shared);
        let triggers = self.triggers(&mut fields, &actions);
        if actions.is_empty() && triggers.is_empty() {
            self.report_with(tree.place, "it has no `actions`", "`actions: { get_thing: { title: …, get: /things } }`");
        }
        if base.is_none() && matches!(connection, Login::None | Login::Own(_)) && !actions.is_empty() {
            self.report_with(tree.place, "it has no `base`", "`base: https://api.example.com`");
        }
        self.finish(fields);
        let name = name.to_owned();
        let actions = actions.into_iter().map(Arc::new).collect();
        #[rustfmt::skip]
        let app = App { name, title, about, color, icon, docs, base, hosts, connection, headers, errors, idempotency, actions, triggers };
        Some(app)
    }

    fn check_color(&mut self, fields: &Fields<'_>, color: &str) {
        let place = fields.place_of("color");
        match contrast_with_white(color) {
            None => self.report_with(place, format!("`{color}` is no colour"), "`\"#1f7fb8\"`"),
            Some(contrast) if contrast < 4.5 => {
                let message = format!("white on {color} is read with pains: its contrast is {contrast:.1}");
                self.report_with(place, message, "take a darker colour: 4.5 at least");
            }
            Some(_) => {}
        }
    }

    fn hosts(&mut self, fields: &mut Fields<'_>) -> Vec<Filled> {
        let Some(tree) = fields.take("hosts") else { return Vec::new() };
        let Node::List(items) = &tree.node else {
            self.report(tree.place, "`hosts` is a list of hosts");
            return Vec::new();
        };
        for item in items {
            let text = text_of(item).unwrap_or_default();
            if !text.contains("{{") && text.parse::<HostPattern>().is_err() {
                self.report_with(item.place, "this is no host", "`api.example.com` or `*.example.com`");
            }
        }
        items.iter().map(|item| Filled::of(&item.to_json())).collect()
    }

    fn rate(&mut self, fields: &mut Fields<'_>) -> Option<Rate> {
        let text = self.text(fields, "rate")?;
        let rate = Rate::parse(&text);
        if rate.is_none() {
            let place = fields.place_of("rate");
            self.report_with(place, format!("`{text}` is no number of calls in a time"), "`10/s`, `100/m` or `5/15m`");
        }
        rate
    }

    fn errors(&mut self, fields: &mut Fields<'_>) -> Errors {
        let Some(tree) = fields.take("errors") else { return Errors::default() };
        let Some(mut fields) = self.fields(tree, "`errors`") else { return Errors::default() };
        let mut code = |key| self.code(&mut fields, key);
        let (failed, message, name) = (code("failed"), code("message"), code("code"));
        let (retry, wait) = (code("retry"), code("wait"));
        let mut hints = BTreeMap::new();
        if let Some(tree) = fields.take("hints")
            && let Some(told) = self.fields(tree, "`hints`")
        {
            for (key, tree) in told.rest() {
                hints.insert(key.text.clone(), self.words_of(tree));
            }
        }
        self.finish(fields);
        Errors { failed, message, code: name, retry, wait, hints }
    }

    /// None: nothing is said. `Some(None)`: not here.
    fn idempotency(&mut self, fields: &mut Fields<'_>) -> Option<Option<Idempotency>> {
        let tree = fields.take("idempotency")?;
        if matches!(tree.node, Node::Bool(false)) {
            return Some(None);
        }
        let mut inner = self.fields(tree, "`idempotency`")?;
        let header = self.text(&mut inner, "header").map(Idempotency::Header);
        let json = self.text(&mut inner, "json").map(Idempotency::Json);
        self.finish(inner);
        if header.is_some() == json.is_some() {
            self.report_with(tree.place, "this says not where the key goes", "`{ header: Idempotency-Key }`");
        }
        Some(header.or(json))
    }
}

/// Whether something has to be said.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    Must,
    May,
}

impl Reader<'_> {
    fn words(&mut self, fields: &mut Fields<'_>, key: &'static str, presence: Presence) -> Words {
        match fields.take(key) {
            Some(tree) => self.words_of(tree),
            None => {
                if presence == Presence::Must {
                    let message = format!("{} has no `{key}`", fields.what());
                    self.report_with(
                        fields.place(),
                        message,
                        format!("`{key}: …`, or {{ en: …, zh-TW: …, zh-CN: … }}"),
                    );
                }
                Words::default()
            }
        }
    }

    fn words_of(&mut self, tree: &Tree) -> Words {
        if let Some(en) = text_of(tree) {
            return Words { en, others: BTreeMap::new() };
        }
        let Some(fields) = self.fields(tree, "a text in several languages") else { return Words::default() };
        let mut words = Words::default();
        for (key, tree) in fields.rest() {
            let text = self.need_text(tree, &key.text);
            match key.text.as_str() {
                "en" => words.en = text,
                language if is_language(language) => drop(words.others.insert(language.to_owned(), text)),
                other => {
                    self.report_with(key.place, format!("`{other}` is no language"), "`en`, `zh-TW`, `zh-CN`");
                }
            }
        }
        if words.en.is_empty() {
            self.report_with(tree.place, "this is not said in English", "`{ en: …, zh-TW: …, zh-CN: … }`");
        }
        words
    }

    fn text(&mut self, fields: &mut Fields<'_>, key: &'static str) -> Option<String> {
        let tree = fields.take(key)?;
        Some(self.need_text(tree, key))
    }

    fn need_text(&mut self, tree: &Tree, what: &str) -> String {
        text_of(tree).unwrap_or_else(|| {
            self.report(tree.place, format!("`{what}` must be a text"));
            String::new()
        })
    }

    fn flag(&mut self, fields: &mut Fields<'_>, key: &'static str) -> bool {
        match fields.take(key).map(|tree| (&tree.node, tree.place)) {
            None => false,
            Some((Node::Bool(value), _)) => *value,
            Some((_, place)) => {
                self.report(place, format!("`{key}` must be true or false"));
                false
            }
        }
    }

    fn texts(&mut self, fields: &mut Fields<'_>, key: &'static str) -> Vec<String> {
        match fields.take(key).map(|tree| (&tree.node, tree)) {
            None => Vec::new(),
            Some((Node::List(items), _)) => items.iter().map(|item| self.need_text(item, key)).collect(),
            Some((_, tree)) => {
                self.report(tree.place, format!("`{key}` must be a list of texts"));
                Vec::new()
            }
        }
    }

    fn code(&mut self, fields: &mut Fields<'_>, key: &'static str) -> Option<Code> {
        let tree = fields.take(key)?;
        Some(Code::of(&self.source(tree, key)))
    }

    /// The text of an expression; `true` and numbers are expressions, too.
    fn source(&mut self, tree: &Tree, what: &str) -> String {
        if let Node::Bool(value) = tree.node {
            return value.to_string();
        }
        self.need_text(tree, what)
    }

    /// A map of templates.
    fn map(&mut self, fields: &mut Fields<'_>, key: &'static str) -> Option<Filled> {
        let tree = fields.take(key)?;
        if !matches!(tree.node, Node::Map(_)) {
            self.report(tree.place, format!("`{key}` must be a map"));
        }
        Some(Filled::of(&tree.to_json()))
    }
}

/// The text of a scalar; numbers are taken as they are written.
pub(super) fn text_of(tree: &Tree) -> Option<String> {
    match &tree.node {
        Node::Text(text) => Some(text.clone()),
        Node::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Whether the name is made of small letters, digits and underscores.
pub(super) fn is_snake_case(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

fn is_language(text: &str) -> bool {
    let (first, rest) = text.split_once('-').unwrap_or((text, "XX"));
    (2..=3).contains(&first.len()) && first.chars().all(|c| c.is_ascii_lowercase()) && !rest.is_empty()
}

/// "did you mean …", or all there are.
pub(super) fn one_of(word: &str, known: &[&str]) -> String {
    crate::connections::did_you_mean(word, known.iter().copied())
        .unwrap_or_else(|| format!("one of {}", known.join(", ")))
}

/// As WCAG 2 counts it; none where that is no colour.
fn contrast_with_white(color: &str) -> Option<f64> {
    let digits = color.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
    let part = |at: usize| {
        let value = f64::from(u8::from_str_radix(&digits[at..at + 2], 16).ok()?) / 255.0;
        Some(if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) })
    };
    Some(1.05 / (0.2126 * part(0)? + 0.7152 * part(2)? + 0.0722 * part(4)? + 0.05))
}

/// A key without the mark of what must be given, and whether it has that.
pub(super) fn marked(key: &Key) -> (&str, bool) {
    key.text.strip_suffix('!').map_or((key.text.as_str(), false), |name| (name, true))
}

#[cfg(test)]
mod tests;
