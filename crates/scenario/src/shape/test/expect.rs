//! `expect:` what must hold, and the matchers that stand for values which are not known exactly.

use crate::check::{Checker, Fields};
use crate::diagnostic::Diagnostic;
use crate::functions::problem_of_pattern;
use crate::plan::{Expect, ExpectedError, StoreContents};
use crate::text::{Entry, Node, Value};
use std::collections::BTreeMap;

pub(in crate::shape) const KEYS: &[&str] =
    &["response", "ends", "error", "returned", "ran", "skipped", "calls", "sent", "outputs", "vars", "stores"];
pub(in crate::shape) const RESPONSE_KEYS: &[&str] = &["status", "json", "text", "headers"];
pub(in crate::shape) const ERROR_KEYS: &[&str] = &["code", "message", "step"];
const ENDS: &[(&str, &str)] = &[
    ("succeeded", "succeeded"),
    ("failed", "failed"),
    ("stopped", "stopped"),
    ("returned", "returned"),
    ("held", "held"),
];
/// Maps with one of these keys stand for values of a kind.
const MATCHERS: &[&str] = &["$any", "$type", "$matches", "$contains", "$exactly"];
/// More different patterns than the tests of one scenario need.
const MOST_PATTERNS: usize = 500;
const TYPES: &[(&str, ())] = &[("text", ()), ("number", ()), ("boolean", ()), ("list", ()), ("map", ()), ("null", ())];

impl Checker<'_> {
    pub(super) fn expect(&mut self, node: &Node) -> Option<Expect> {
        let fields = self.fields(node, "`expect`", KEYS)?;
        let mut expect = Expect {
            skipped: fields.get("skipped").map(|node| self.step_list(node, "`skipped`")).unwrap_or_default(),
            ran: fields.get("ran").map(|node| self.step_list(node, "`ran`")).unwrap_or_default(),
            calls: fields.get("calls").map(|node| self.counts(node)).unwrap_or_default(),
            sent: fields.get("sent").map(|node| self.values_by_step(node, "`sent`")).unwrap_or_default(),
            outputs: fields.get("outputs").map(|node| self.values_by_step(node, "`outputs`")).unwrap_or_default(),
            vars: fields.get("vars").map(|node| self.values_by_name(node, "`vars`")).unwrap_or_default(),
            stores: fields.get("stores").map(|node| self.expected_stores(node)).unwrap_or_default(),
            returned: fields.get("returned").map(|node| self.expected(node)),
            ends: fields.get("ends").and_then(|node| self.word(node, "`ends`", ENDS)).map(str::to_owned),
            error: fields.get("error").and_then(|node| self.expected_error(node)),
            ..Expect::default()
        };
        if let Some(node) = fields.get("response")
            && let Some(response) = self.fields(node, "`response`", RESPONSE_KEYS)
        {
            self.expect_response(response, &mut expect);
        }
        Some(expect)
    }

    fn expect_response(&mut self, fields: Fields<'_>, expect: &mut Expect) {
        let status = fields.get("status").and_then(|node| self.whole(node, "`status`", 100..=599));
        expect.status = status.and_then(|status| u16::try_from(status).ok());
        expect.json = fields.get("json").map(|node| self.expected(node));
        expect.text = fields.get("text").and_then(|node| self.expected_text(node, "`text`"));
        let headers = fields.get("headers").and_then(|node| self.open_fields(node, "`headers`"));
        for Entry { key, node } in headers.map(|headers| headers.entries()).unwrap_or_default() {
            let value = match &node.value {
                Value::Bool(_) | Value::Number(_) => Some(node.written(self.source).into()),
                _ => self.expected_text(node, &format!("the header `{}`", key.text)),
            };
            expect.headers.extend(value.map(|value| (key.text.to_ascii_lowercase(), value)));
        }
    }

    fn expected_error(&mut self, node: &Node) -> Option<ExpectedError> {
        let fields = self.fields(node, "`error`", ERROR_KEYS)?;
        let step = fields.get("step").and_then(|node| {
            let name = self.text(node, "`step`")?;
            self.expect_step(node.place, name);
            Some(name.to_owned())
        });
        Some(ExpectedError {
            code: fields.get("code").and_then(|node| self.expected_text(node, "`code`")),
            message: fields.get("message").and_then(|node| self.expected_text(node, "`message`")),
            step,
        })
    }

    fn counts(&mut self, node: &Node) -> BTreeMap<String, u64> {
        let mut counts = BTreeMap::new();
        let fields = self.open_fields(node, "`calls`");
        for Entry { key, node } in fields.map(|fields| fields.entries()).unwrap_or_default() {
            self.expect_step(key.place, &key.text);
            let count = self.whole(node, &format!("the calls of `{}`", key.text), 0..=u64::MAX);
            counts.extend(count.map(|count| (key.text.clone(), count)));
        }
        counts
    }

    fn values_by_step(&mut self, node: &Node, what: &str) -> BTreeMap<String, serde_json::Value> {
        if let Value::Map(entries) = &node.value {
            entries.iter().for_each(|Entry { key, .. }| self.expect_step(key.place, &key.text));
        }
        self.values_by_name(node, what)
    }

    fn values_by_name(&mut self, node: &Node, what: &str) -> BTreeMap<String, serde_json::Value> {
        let fields = self.open_fields(node, what);
        let entries = fields.map(|fields| fields.entries()).unwrap_or_default();
        entries.iter().map(|Entry { key, node }| (key.text.clone(), self.expected(node))).collect()
    }

    fn expected_stores(&mut self, node: &Node) -> StoreContents {
        let fields = self.open_fields(node, "`stores`");
        let tables = fields.map(|fields| fields.entries()).unwrap_or_default();
        let records = |Entry { key, node }: &Entry| {
            (key.text.clone(), self.values_by_name(node, &format!("the table `{}`", key.text)))
        };
        tables.iter().map(records).collect()
    }

    /// A text, or a matcher.
    fn expected_text(&mut self, node: &Node, what: &str) -> Option<serde_json::Value> {
        match &node.value {
            Value::Map(_) => Some(self.expected(node)),
            _ => self.text(node, what).map(Into::into),
        }
    }

    /// Any value, of which each matcher is looked at.
    pub(super) fn expected(&mut self, node: &Node) -> serde_json::Value {
        self.matchers(node);
        node.to_json()
    }

    fn matchers(&mut self, node: &Node) {
        match &node.value {
            Value::List(items) => items.iter().for_each(|item| self.matchers(item)),
            Value::Map(entries) => match entries.iter().find(|entry| entry.key.text.starts_with('$')) {
                None => entries.iter().for_each(|entry| self.matchers(&entry.node)),
                Some(Entry { key, .. }) if entries.len() > 1 => {
                    self.report(Diagnostic::bad_special(key.place, &key.text, "stands alone in its map"));
                }
                Some(matcher) => self.matcher(matcher),
            },
            _ => {}
        }
    }

    fn matcher(&mut self, Entry { key, node }: &Entry) {
        match key.text.as_str() {
            "$any" if matches!(node.value, Value::Bool(true)) => {}
            "$any" => self.report(Diagnostic::bad_special(node.place, "$any", "is written `{ $any: true }`")),
            "$type" => _ = self.word(node, "`$type`", TYPES),
            "$matches" => self.pattern(node),
            "$contains" => self.matchers(node),
            "$exactly" => {}
            other => self.report(Diagnostic::unknown_special(key.place, other, MATCHERS)),
        }
    }

    /// A regular expression. To look whether a text is one takes its time, so those that were looked at are remembered.
    fn pattern(&mut self, node: &Node) {
        let Some(pattern) = self.text(node, "`$matches`") else { return };
        if self.patterns.contains(pattern) {
            return;
        }
        if self.patterns.len() == MOST_PATTERNS {
            let range = format!("one of at most {MOST_PATTERNS} different patterns");
            self.report(Diagnostic::out_of_range(node.place, "`$matches`", &range, "one more"));
            return;
        }
        if let Some(reason) = problem_of_pattern(pattern) {
            let reason = format!("is no regular expression: {reason}");
            self.report(Diagnostic::bad_special(node.place, "$matches", &reason));
        }
        self.patterns.insert(pattern.to_owned());
    }
}
