//! `tests:` what a scenario says about itself.

mod exchange;
mod expect;
mod mock;

use crate::check::Checker;
use crate::diagnostic::Diagnostic;
use crate::plan::{StoreContents, Test};
use crate::text::{Entry, Node, Value};
use serde_json::json;

#[cfg(test)]
pub(super) use exchange::{KEYS as EXCHANGE_KEYS, REQUEST_KEYS};
#[cfg(test)]
pub(super) use expect::{ERROR_KEYS, KEYS as EXPECT_KEYS, RESPONSE_KEYS};

pub(super) const KEYS: &[&str] = &["name", "at", "seed", "trigger", "stores", "mock", "http", "expect"];
/// What `trigger` has (design of the gateway); a test may give any of it.
pub(super) const TRIGGER_KEYS: &[&str] = &[
    "method", "path", "params", "query", "headers", "body", "data", "raw", "files", "ip", "provider", "event", "id",
    "index", "at",
];

impl Checker<'_> {
    /// A file of tests: a list of them, or a map with `tests`.
    pub(crate) fn test_file(&mut self, root: &Node) -> Vec<Test> {
        if matches!(root.value, Value::List(_)) {
            return self.tests(root);
        }
        let Some(top) = self.fields(root, "a file of tests", &["tests"]) else { return Vec::new() };
        match top.get("tests") {
            Some(tests) => self.tests(tests),
            None => {
                self.report(Diagnostic::missing_key(top.place, "tests", "a file of tests"));
                Vec::new()
            }
        }
    }

    /// All tests. The steps were gone over before, so that their names are known.
    pub(super) fn tests(&mut self, node: &Node) -> Vec<Test> {
        let list = self.list(node, "`tests`").unwrap_or_default();
        list.iter().enumerate().filter_map(|(number, node)| self.test(node, number + 1)).collect()
    }

    fn test(&mut self, node: &Node, number: usize) -> Option<Test> {
        let fields = self.fields(node, "a test", KEYS)?;
        let name = fields.get("name").and_then(|node| self.text(node, "`name`")).map(str::to_owned);
        let trigger = fields.get("trigger").and_then(|node| {
            self.fields(node, "`trigger` of a test", TRIGGER_KEYS)?;
            Some(node.to_json()).filter(serde_json::Value::is_object)
        });
        Some(Test {
            name: name.unwrap_or_else(|| format!("test {number}")),
            place: node.place,
            at: fields.get("at").and_then(|node| self.instant(node)),
            seed: fields.get("seed").and_then(|node| self.whole(node, "`seed`", 0..=u64::MAX)),
            trigger: trigger.unwrap_or_else(|| json!({})),
            stores: fields.get("stores").map(|node| self.store_contents(node)).unwrap_or_default(),
            mock: fields.get("mock").map(|node| self.mocks(node)).unwrap_or_default(),
            http: fields.get("http").map(|node| self.exchanges(node)).unwrap_or_default(),
            expect: fields.get("expect").and_then(|node| self.expect(node)).unwrap_or_default(),
        })
    }

    /// An RFC 3339 time, in milliseconds since 1970.
    fn instant(&mut self, node: &Node) -> Option<i64> {
        let text = self.text(node, "`at`")?;
        match text.parse::<jiff::Timestamp>() {
            Ok(time) => Some(time.as_millisecond()),
            Err(_) => {
                self.report(Diagnostic::bad_time(node.place, text));
                None
            }
        }
    }

    /// Table → key → value.
    fn store_contents(&mut self, node: &Node) -> StoreContents {
        let mut contents = StoreContents::new();
        let tables = self.open_fields(node, "`stores`");
        for Entry { key, node } in tables.map(|tables| tables.entries()).unwrap_or_default() {
            let Some(records) = self.open_fields(node, &format!("the table `{}`", key.text)) else { continue };
            let records = records.entries().iter().map(|record| (record.key.text.clone(), record.node.to_json()));
            contents.insert(key.text.clone(), records.collect());
        }
        contents
    }

    fn step_list(&mut self, node: &Node, what: &str) -> Vec<String> {
        let mut names = Vec::new();
        for node in self.list(node, what).unwrap_or_default() {
            let Some(name) = self.text(node, "the name of a step") else { continue };
            self.expect_step(node.place, name);
            names.push(name.to_owned());
        }
        names
    }
}
