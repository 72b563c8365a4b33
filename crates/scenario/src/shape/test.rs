//! `tests:` what a scenario says about itself.

use crate::check::{Checker, Fields};
use crate::plan::{Expect, Test};
use crate::text::{Entry, Node, Value};
use std::collections::BTreeMap;

pub(super) const KEYS: &[&str] = &["name", "trigger", "mock", "expect"];
pub(super) const EXPECT_KEYS: &[&str] = &["response", "skipped", "ran", "outputs", "ends"];
pub(super) const RESPONSE_KEYS: &[&str] = &["status", "json", "text", "headers"];
/// What `trigger` has (design of the gateway); a test may give any of it.
pub(super) const TRIGGER_KEYS: &[&str] = &[
    "method", "path", "params", "query", "headers", "body", "data", "raw", "files", "ip", "provider", "event", "id",
    "at",
];
const ENDS: &[(&str, &str)] = &[("succeeded", "succeeded"), ("failed", "failed"), ("stopped", "stopped")];

impl Checker<'_> {
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
        let mock = fields.get("mock").map(|node| self.values_by_step(node, "`mock`")).unwrap_or_default();
        let expect = fields.get("expect").and_then(|node| self.expect(node)).unwrap_or_default();
        Some(Test {
            name: name.unwrap_or_else(|| format!("test {number}")),
            place: node.place,
            trigger: trigger.unwrap_or_else(|| serde_json::json!({})),
            mock,
            expect,
        })
    }

    fn expect(&mut self, node: &Node) -> Option<Expect> {
        let fields = self.fields(node, "`expect`", EXPECT_KEYS)?;
        let mut expect = Expect {
            skipped: fields.get("skipped").map(|node| self.step_list(node, "`skipped`")).unwrap_or_default(),
            ran: fields.get("ran").map(|node| self.step_list(node, "`ran`")).unwrap_or_default(),
            outputs: fields.get("outputs").map(|node| self.values_by_step(node, "`outputs`")).unwrap_or_default(),
            ends: fields.get("ends").and_then(|node| self.word(node, "`ends`", ENDS)).map(str::to_owned),
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
        expect.json = fields.get("json").map(Node::to_json);
        expect.text = fields.get("text").and_then(|node| self.text(node, "`text`")).map(str::to_owned);
        let headers = fields.get("headers").and_then(|node| self.open_fields(node, "`headers`"));
        for Entry { key, node } in headers.map(|headers| headers.entries()).unwrap_or_default() {
            let value = match &node.value {
                Value::Bool(_) | Value::Number(_) => Some(node.written(self.source)),
                _ => self.text(node, &format!("the header `{}`", key.text)),
            };
            expect.headers.extend(value.map(|value| (key.text.to_ascii_lowercase(), value.to_owned())));
        }
    }

    fn values_by_step(&mut self, node: &Node, what: &str) -> BTreeMap<String, serde_json::Value> {
        let mut values = BTreeMap::new();
        let fields = self.open_fields(node, what);
        for Entry { key, node } in fields.map(|fields| fields.entries()).unwrap_or_default() {
            self.expect_step(key.place, &key.text);
            values.insert(key.text.clone(), node.to_json());
        }
        values
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
