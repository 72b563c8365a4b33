//! `poll:` a module is asked now and then, and what is new in its answer starts runs.

use crate::catalog::Watch;
use crate::check::{Checker, Fields};
use crate::diagnostic::{Diagnostic, Place};
use crate::expression::{Expression, Key as Keyed, Template};
use crate::plan::{Batch, CallStep, First, Newest, Poll, Schedule};
use crate::text::{Entry, Node};
use serde_json::{Map, Value as Json};
use sha2::{Digest, Sha256};
use std::time::Duration;

pub(super) const KEYS: &[&str] = &[
    "every", "cron", "calendar", "between", "from", "until", "except", "jitter", "timezone", "feed", "items", "id",
    "cursor", "first", "newest", "batch",
];
const TIMES: &[&str] = &["every", "cron", "calendar"];
const FIRST: &[(&str, First)] = &[("skip", First::Skip), ("all", First::All)];
const NEWEST: &[(&str, Newest)] = &[("first", Newest::First), ("last", Newest::Last)];
/// What reads feeds.
const FEED: &str = "rss.read";
/// How many articles of a feed are looked at.
const MOST_ARTICLES: u64 = 1_000;
/// Names that have a value in runs alone.
const OF_RUNS: &[&str] = &["trigger", "run", "vars"];

/// What is asked: a module, or what an app says of one of its triggers.
struct Asked<'n> {
    entry: &'n Entry,
    watch: Option<Watch>,
}

impl Checker<'_> {
    /// What is asked, when, and what is new in it. `place` is the key's; `timezone` the scenario's.
    pub(super) fn poll(&mut self, node: &Node, place: Place, timezone: &str) -> Option<Poll> {
        let fields = self.open_fields(node, "`poll`")?;
        let feed = fields.entry("feed").map(|entry| self.feed(entry));
        let asked = self.asked(fields, feed.as_ref())?;
        let mark = self.scope.enter();
        self.scope.show("cursor".into());
        let call = self.call_of_poll(&asked);
        self.scope.show("output".into());
        let items = self.of_poll(fields, "items", asked.watch.as_ref().map(|watch| watch.items.as_str()));
        self.scope.show("item".into());
        let id = self.of_poll(fields, "id", asked.watch.as_ref().map(|watch| watch.id.as_str()));
        let cursor = self.of_poll(fields, "cursor", None);
        self.scope.take_back(mark);
        let schedule = self.poll_times(fields, asked.watch.as_ref(), (place, timezone));
        let first = fields.get("first").and_then(|node| self.word(node, "`first`", FIRST)).unwrap_or(First::Skip);
        let newest = fields.get("newest").and_then(|node| self.word(node, "`newest`", NEWEST));
        let usual = asked.watch.as_ref().map_or(Newest::Last, |watch| watch.newest);
        let batch = fields.get("batch").and_then(|node| self.flag(node, "`batch`")).unwrap_or(false);
        if items.is_none() && fields.get("items").is_none() {
            self.report(Diagnostic::poll_without_items(asked.entry.key.place, &asked.entry.key.text));
        }
        let module = asked.watch.as_ref().map_or(asked.entry.key.text.as_str(), |watch| &watch.module);
        Some(Poll {
            schedule: schedule?,
            module: module.into(),
            call: call?,
            items: items?,
            id,
            cursor,
            first,
            newest: newest.unwrap_or(usual),
            batch: if batch { Batch::All } else { Batch::Each },
            identity: identity(asked.entry, fields),
        })
    }

    /// The one key that says what is asked. Anything else is said here.
    fn asked<'n>(&mut self, fields: Fields<'n>, feed: Option<&'n Entry>) -> Option<Asked<'n>> {
        let others = fields.entries().iter().filter(|entry| !KEYS.contains(&entry.key.text.as_str()));
        let (mut asked, mut places) = (Vec::new(), Vec::new());
        for entry in feed.into_iter().chain(others) {
            let name = entry.key.text.as_str();
            let is_feed = feed.is_some_and(|feed| std::ptr::eq(entry, feed));
            let watch = if is_feed { Some(feed_watch()) } else { self.catalog.watch(name) };
            if watch.is_none() && !self.catalog.has_module(name) {
                self.unknown_poll(entry);
                continue;
            }
            places.push(entry.key.place);
            asked.push(Asked { entry, watch });
        }
        match places.as_slice() {
            [] if fields.entries().iter().all(|entry| KEYS.contains(&entry.key.text.as_str())) => {
                self.report(Diagnostic::poll_asks_nothing(fields.place));
            }
            [_, second, ..] => self.report(Diagnostic::poll_asks_twice(*second)),
            _ => {}
        }
        asked.into_iter().next()
    }

    fn unknown_poll(&mut self, entry: &Entry) {
        let catalog = self.catalog;
        let watches = catalog.watch_names();
        let known = KEYS.iter().copied().chain(catalog.module_names()).chain(watches.iter().map(String::as_str));
        let known = self.candidates(known);
        self.report(Diagnostic::unknown_poll(entry.key.place, &entry.key.text, known));
    }

    /// A feed as the call of the module that reads it.
    fn feed(&mut self, entry: &Entry) -> Entry {
        let Entry { key, node } = entry;
        let url = Entry { key: key.called("url"), node: node.clone() };
        Entry { key: key.called(FEED), node: node.with_entries(vec![url], key.place) }
    }

    fn call_of_poll(&mut self, asked: &Asked<'_>) -> Option<CallStep> {
        let Asked { entry, watch } = asked;
        let Some(watch) = watch else { return self.call(entry) };
        let mut call = self.call(&Entry { key: entry.key.called(&watch.module), node: entry.node.clone() })?;
        call.parameters = with_defaults(call.parameters, &watch.parameters);
        Some(call)
    }

    /// One of the expressions, as the author wrote it or as it usually is.
    fn of_poll(&mut self, fields: Fields<'_>, key: &str, usual: Option<&str>) -> Option<Expression> {
        let Some(Entry { key, node }) = fields.entry(key) else {
            return Expression::compile(usual?, &|_| fields.place).ok();
        };
        let expression = self.expression(node, &format!("`{}`", key.text))?;
        for (name, place) in expression.names().iter().filter(|(name, _)| OF_RUNS.contains(&name.as_str())) {
            self.report(Diagnostic::unknown_name(*place, name, ["item", "output", "cursor", "env"]));
        }
        Some(expression)
    }

    fn poll_times(&mut self, fields: Fields<'_>, watch: Option<&Watch>, at: (Place, &str)) -> Option<Schedule> {
        let says = fields.entries().iter().any(|entry| TIMES.contains(&entry.key.text.as_str()));
        match watch.and_then(|watch| crate::duration::parse(&watch.every)).filter(|_| !says) {
            None => self.schedule_of(fields, "`poll`", TIMES, at),
            Some(every) => self.usual_times(fields, every, at),
        }
    }

    /// As often as the app says.
    fn usual_times(
        &mut self,
        fields: Fields<'_>,
        every: Duration,
        (place, timezone): (Place, &str),
    ) -> Option<Schedule> {
        let mut schedule = Schedule::every(every, timezone, place);
        schedule.bounds = self.bounds(fields);
        let jitter = fields.get("jitter").and_then(|node| self.positive_duration(node, "`jitter`"));
        schedule.jitter = jitter.unwrap_or_default();
        Some(schedule)
    }
}

/// How feeds are watched.
fn feed_watch() -> Watch {
    Watch {
        name: "feed".to_owned(),
        module: FEED.to_owned(),
        about: "Articles of a feed: RSS, Atom or JSON Feed.".to_owned(),
        parameters: Map::from_iter([("limit".to_owned(), MOST_ARTICLES.into())]),
        items: "output.items".to_owned(),
        id: "item.id ?? item.url ?? item".to_owned(),
        newest: Newest::First,
        every: "15m".to_owned(),
    }
}

/// The parameters, with those that nobody gave.
fn with_defaults(parameters: Template, defaults: &Map<String, Json>) -> Template {
    match parameters {
        Template::Literal(Json::Object(mut given)) => {
            for (name, value) in defaults {
                given.entry(name.as_str()).or_insert_with(|| value.clone());
            }
            Template::Literal(given.into())
        }
        Template::Map(mut given) => {
            let is_given = |given: &[(Keyed, Template)], name: &str| {
                given.iter().any(|(key, _)| matches!(key, Keyed::Text(key) if key == name))
            };
            for (name, value) in defaults {
                if !is_given(&given, name) {
                    given.push((Keyed::Text(name.clone()), Template::Literal(value.clone())));
                }
            }
            Template::Map(given)
        }
        other => other,
    }
}

/// A digest of what is asked and of how items are known.
fn identity(asked: &Entry, fields: Fields<'_>) -> String {
    let of = |key: &str| fields.get(key).map(Node::to_json);
    let said = serde_json::json!([asked.key.text, asked.node.to_json(), of("items"), of("id"), of("cursor")]);
    Sha256::digest(said.to_string())[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}
