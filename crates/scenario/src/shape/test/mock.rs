//! `mock:` what stands in for steps.

use crate::check::Checker;
use crate::diagnostic::Diagnostic;
use crate::plan::{Mock, MockError};
use crate::text::{Entry, Node, Value};
use std::collections::BTreeMap;

/// Maps with one of these keys are no outputs.
const SPECIAL: &[&str] = &["$sequence", "$error", "$timeout", "$exactly"];
const ERROR_KEYS: &[&str] = &["code", "message", "status", "retry_after", "retry"];

impl Checker<'_> {
    /// The stand-in of each step, by id or module.
    pub(super) fn mocks(&mut self, node: &Node) -> BTreeMap<String, Mock> {
        let mut mocks = BTreeMap::new();
        let fields = self.open_fields(node, "`mock`");
        for Entry { key, node } in fields.map(|fields| fields.entries()).unwrap_or_default() {
            self.expect_step(key.place, &key.text);
            let asking = self.asking(&key.text);
            if asking.is_some_and(|asking| !asking.anyone) {
                self.report(Diagnostic::needless_mock(key.place, &key.text));
            }
            let mock = self.mock(node);
            if mock.as_ref().is_some_and(Mock::may_time_out) && !asking.is_some_and(|asking| asking.waits) {
                self.report(Diagnostic::bad_special(node.place, "$timeout", "is for `wait_for` steps alone"));
            }
            mocks.extend(mock.map(|mock| (key.text.clone(), mock)));
        }
        mocks
    }

    fn mock(&mut self, node: &Node) -> Option<Mock> {
        let Value::Map(entries) = &node.value else { return Some(Mock::Value(node.to_json())) };
        let Some(Entry { key, node: setting }) = entries.iter().find(|entry| entry.key.text.starts_with('$')) else {
            return Some(Mock::Value(node.to_json()));
        };
        if entries.len() > 1 {
            self.report(Diagnostic::bad_special(key.place, &key.text, "stands alone in its map"));
            return None;
        }
        match key.text.as_str() {
            "$exactly" => Some(Mock::Value(setting.to_json())),
            "$error" => self.mock_error(setting).map(Mock::Error),
            "$sequence" => {
                let items = self.list(setting, "`$sequence`")?;
                Some(Mock::Sequence(items.iter().filter_map(|item| self.mock(item)).collect()))
            }
            "$timeout" if matches!(setting.value, Value::Bool(true)) => Some(Mock::Timeout),
            "$timeout" => {
                self.report(Diagnostic::bad_special(setting.place, "$timeout", "is written `{ $timeout: true }`"));
                None
            }
            other => {
                self.report(Diagnostic::unknown_special(key.place, other, SPECIAL));
                None
            }
        }
    }

    fn mock_error(&mut self, node: &Node) -> Option<MockError> {
        let fields = self.fields(node, "`$error`", ERROR_KEYS)?;
        let mut text =
            |key: &str| fields.get(key).and_then(|node| self.text(node, &format!("`{key}`"))).map(str::to_owned);
        let (code, message) = (text("code"), text("message"));
        let status = fields.get("status").and_then(|node| self.whole(node, "`status`", 100..=599));
        let pause = fields.get("retry_after").and_then(|node| self.duration(node, "`retry_after`"));
        Some(MockError {
            code,
            message,
            status: status.and_then(|status| u16::try_from(status).ok()),
            retry_after: pause.and_then(|pause| u64::try_from(pause.as_millis()).ok()),
            retry: fields.get("retry").and_then(|node| self.flag(node, "`retry`")),
        })
    }
}
