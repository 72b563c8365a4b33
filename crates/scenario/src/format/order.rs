//! The canonical order of keys, and putting an outline into it.

use super::flow;
use super::tree::{Below, Block, Document, Row, Rows, Trivia};
use std::collections::HashSet;

/// What is known of the keys of a map, or of the maps of a list.
#[derive(Debug)]
pub(super) struct Shape {
    /// Keys that stand first, in their order.
    first: &'static [Key],
    /// Keys that stand between in the author's order, with all that are not listed anywhere.
    middle: &'static [Key],
    /// Keys that stand last, in their order.
    last: &'static [Key],
    /// The shape of the values of keys that are not listed.
    others: Option<&'static Shape>,
    /// Whether items of a list stand apart, with blank lines between them.
    pub(super) apart: bool,
}

/// A key, with what is known of its value.
type Key = (&'static str, Option<&'static Shape>);

/// A shape of which all keys are listed.
const fn closed(first: &'static [Key]) -> Shape {
    Shape { first, middle: &[], last: &[], others: None, apart: false }
}

impl Shape {
    fn keys(&self) -> impl Iterator<Item = &'static Key> + use<> {
        self.first.iter().chain(self.middle).chain(self.last)
    }

    fn find(&self, key: &str) -> Option<&'static Key> {
        self.keys().find(|(known, _)| *known == key)
    }
}

/// The sections of a scenario, each with a blank line above.
const SECTIONS: &[&str] = &["trigger", "limits", "keep", "alarms", "steps", "on_failure", "tests"];

pub(super) static SCENARIO: Shape = closed(&[
    ("name", None),
    ("description", None),
    ("enabled", None),
    ("timezone", None),
    ("trigger", Some(&TRIGGER)),
    ("limits", Some(&LIMITS)),
    ("keep", Some(&KEEP)),
    ("alarms", Some(&ALARMS)),
    ("steps", Some(&STEP)),
    ("on_failure", Some(&STEP)),
    ("tests", Some(&TEST)),
]);

static TRIGGER: Shape = closed(&[
    ("webhook", Some(&WEBHOOK)),
    ("schedule", Some(&SCHEDULE)),
    ("poll", Some(&POLL)),
    ("manual", None),
    ("mail", Some(&MAIL)),
    ("mailhook", Some(&MAILHOOK)),
    ("call", None),
    ("failure", None),
]);

static MAIL: Shape = closed(&[
    ("connection", None),
    ("folder", None),
    ("where", Some(&MAIL_WHERE)),
    ("after", None),
    ("every", None),
    ("since", None),
]);

static MAILHOOK: Shape = closed(&[("address", None), ("where", Some(&MAIL_WHERE)), ("require", None), ("rate", None)]);

static MAIL_WHERE: Shape = closed(&[
    ("from", None),
    ("to", None),
    ("subject", None),
    ("body", None),
    ("has_attachment", None),
    ("size", None),
    ("newer_than", None),
]);

static WEBHOOK: Shape = closed(&[
    ("path", None),
    ("methods", None),
    ("allow", None),
    ("cors", None),
    ("verify", None),
    ("dedupe", Some(&DEDUPE)),
    ("each", None),
    ("rate", None),
    ("input", None),
    ("wait", None),
    ("max_body", None),
]);

static DEDUPE: Shape = closed(&[("key", None), ("window", None)]);

static SCHEDULE: Shape = closed(&[
    ("cron", None),
    ("every", None),
    ("at", None),
    ("calendar", None),
    ("between", None),
    ("from", None),
    ("until", None),
    ("except", None),
    ("jitter", None),
    ("timezone", None),
    ("catch_up", None),
]);

static POLL: Shape = Shape {
    first: &[
        ("every", None),
        ("cron", None),
        ("calendar", None),
        ("between", None),
        ("from", None),
        ("until", None),
        ("except", None),
        ("jitter", None),
        ("timezone", None),
    ],
    middle: &[("feed", None)],
    last: &[("items", None), ("id", None), ("cursor", None), ("first", None), ("newest", None), ("batch", None)],
    others: None,
    apart: false,
};

static LIMITS: Shape = closed(&[
    ("timeout", None),
    ("deadline", None),
    ("concurrency", Some(&CONCURRENCY)),
    ("sequential", None),
    ("rate", None),
    ("queue", None),
    ("durability", None),
]);

static CONCURRENCY: Shape = closed(&[("limit", None), ("key", None), ("on_full", None)]);

static KEEP: Shape = closed(&[("for", None), ("runs", None), ("only", None)]);

static ALARMS: Shape = closed(&[("failures", None), ("silence", None), ("queue", None)]);

/// A step: what it is called, whether it runs, what it does, what happens when it fails.
static STEP: Shape = Shape {
    first: &[("id", None), ("name", None), ("note", None), ("disabled", None), ("when", None)],
    middle: &[
        ("respond", Some(&RESPOND)),
        ("route", Some(&ROUTE)),
        ("for_each", Some(&FOR_EACH)),
        ("repeat", Some(&REPEAT)),
        ("parallel", Some(&PARALLEL)),
        ("wait", Some(&WAIT)),
        ("wait_for", Some(&WAIT_FOR)),
        ("call", Some(&CALL)),
    ],
    last: &[("retry", Some(&RETRY)), ("timeout", None), ("after_crash", None), ("on_error", Some(&ON_ERROR))],
    others: None,
    apart: true,
};

static RESPOND: Shape = closed(&[
    ("status", None),
    ("headers", None),
    ("json", None),
    ("text", None),
    ("html", None),
    ("xml", None),
    ("body", None),
    ("redirect", None),
    ("hosts", None),
]);

/// `route` in both of its forms, and its branches.
static ROUTE: Shape = closed(&[
    ("take", None),
    ("name", None),
    ("when", None),
    ("steps", Some(&STEP)),
    ("branches", Some(&ROUTE)),
    ("otherwise", Some(&STEP)),
]);

static FOR_EACH: Shape = closed(&[
    ("in", None),
    ("as", None),
    ("parallel", None),
    ("batch", None),
    ("steps", Some(&STEP)),
    ("collect", None),
]);

static REPEAT: Shape = closed(&[
    ("times", None),
    ("while", None),
    ("until", None),
    ("max", None),
    ("steps", Some(&STEP)),
    ("collect", None),
]);

/// `parallel` in both of its forms.
static PARALLEL: Shape = Shape { others: Some(&STEP), ..closed(&[("name", None), ("steps", Some(&STEP))]) };

static WAIT: Shape = closed(&[("for", None), ("until", None)]);

static WAIT_FOR: Shape = closed(&[
    ("title", None),
    ("text", None),
    ("fields", None),
    ("choices", None),
    ("methods", None),
    ("deadline", None),
    ("steps", Some(&STEP)),
]);

static CALL: Shape = closed(&[("scenario", None), ("input", None), ("detach", None)]);

static RETRY: Shape = closed(&[
    ("attempts", None),
    ("backoff", None),
    ("factor", None),
    ("max", None),
    ("pauses", None),
    ("jitter", None),
    ("when", None),
]);

static ON_ERROR: Shape = closed(&[("use", None), ("hold", Some(&RETRY)), ("steps", Some(&STEP))]);

static TEST: Shape = Shape {
    last: &[("expect", Some(&EXPECT))],
    apart: true,
    ..closed(&[
        ("name", None),
        ("at", None),
        ("seed", None),
        ("trigger", None),
        ("stores", None),
        ("mock", None),
        ("http", None),
    ])
};

static EXPECT: Shape = closed(&[
    ("response", Some(&RESPONSE)),
    ("outputs", None),
    ("ran", None),
    ("skipped", None),
    ("calls", None),
    ("sent", None),
    ("vars", None),
    ("stores", None),
    ("returned", None),
    ("error", None),
    ("ends", None),
]);

static RESPONSE: Shape = closed(&[("status", None), ("headers", None), ("json", None), ("text", None)]);

/// The shape of the value under a key.
pub(super) fn below(shape: Option<&'static Shape>, key: &str) -> Option<&'static Shape> {
    let shape = shape?;
    match shape.find(bare(key)) {
        Some((_, below)) => *below,
        None => shape.others,
    }
}

/// Whether a key is one that every step may have, and no module.
pub(crate) fn is_common_key(key: &str) -> bool {
    STEP.first.iter().chain(STEP.last).any(|(known, _)| *known == key)
}

/// Whether a key of a scenario begins a section.
pub(super) fn is_section(key: &str) -> bool {
    SECTIONS.contains(&bare(key))
}

/// Where a key stands among the keys of its map.
pub(super) fn rank(shape: &Shape, key: &str) -> usize {
    let at = |keys: &[Key]| keys.iter().position(|(known, _)| *known == bare(key));
    let middle = shape.first.len();
    at(shape.first).or_else(|| at(shape.last).map(|at| middle + 1 + at)).unwrap_or(middle)
}

/// Puts every map of known shape into order, and comments where they belong then.
pub(super) fn arrange(document: &mut Document) {
    block(&mut document.block, Some(&SCENARIO));
}

fn block(block: &mut Block, shape: Option<&'static Shape>) {
    let is_map = matches!(block.rows, Rows::Map(_));
    let frozen = block.is_frozen();
    let rows = block.rows.list_mut();
    for row in rows.iter_mut() {
        let shape = if is_map { below(shape, &row.key) } else { shape };
        match &mut row.value.below {
            Below::Block(inner) => self::block(inner, shape),
            Below::Nothing if !row.value.frozen => tidy_head(row, shape),
            Below::Nothing | Below::Lines(_) => {}
        }
        if !is_map {
            hoist(row);
        }
    }
    if let Some(shape) = shape.filter(|_| is_map && !frozen && are_distinct(rows)) {
        sort(rows, shape);
    }
}

fn sort(rows: &mut [Row], shape: &Shape) {
    rows.sort_by_key(|row| rank(shape, &row.key));
}

/// No key stands twice: which of two counts must not change.
fn are_distinct(rows: &[Row]) -> bool {
    let mut seen = HashSet::new();
    rows.iter().all(|row| seen.insert(bare(&row.key)))
}

/// Writes a flow collection evenly.
fn tidy_head(row: &mut Row, shape: Option<&'static Shape>) {
    if let Some(tidied) = flow::tidy(&row.value.head, shape)
        && (tidied.chars().count() <= super::WIDTH || tidied.len() <= row.value.head.len())
    {
        row.value.head = tidied;
    }
}

/// What stands above the first entry of an item is about the item: it goes above its dash.
fn hoist(row: &mut Row) {
    let Below::Block(inner) = &mut row.value.below else { return };
    let Some(first) = inner.rows.list_mut().first_mut() else { return };
    let above = std::mem::take(&mut first.leading);
    let above = above.into_iter().skip_while(|trivia| *trivia == Trivia::Blank);
    row.leading.extend(above);
}

/// The key without quotes.
pub(crate) fn bare(key: &str) -> &str {
    let inside = |quote: char| key.strip_prefix(quote)?.strip_suffix(quote);
    inside('"').or_else(|| inside('\'')).unwrap_or(key)
}

/// The keys whose order is known under a path of keys (`steps/for_each`), for the test that holds them against the
/// language.
#[cfg(test)]
pub(crate) fn known_keys(path: &[&str]) -> Vec<&'static str> {
    let shape = path.iter().try_fold(&SCENARIO, |shape, key| below(Some(shape), key));
    shape.map(|shape| shape.keys().map(|(key, _)| *key).collect()).unwrap_or_default()
}
