//! `on_error:`.

use crate::check::Checker;
use crate::diagnostic::Diagnostic;
use crate::plan::{OnError, Role, StepNo};
use crate::text::{Node, Value};

pub(super) const KEYS: &[&str] = &["use", "steps", "hold"];

#[derive(Clone, Copy)]
enum Word {
    Fail,
    Ignore,
    Stop,
    Hold,
}

const WORDS: &[(&str, Word)] =
    &[("fail", Word::Fail), ("ignore", Word::Ignore), ("stop", Word::Stop), ("hold", Word::Hold)];

impl Checker<'_> {
    /// What happens when a step has failed for good: a word, or a map with one key.
    pub(super) fn on_error(&mut self, node: &Node, owner: StepNo) -> Option<OnError> {
        if !matches!(node.value, Value::Map(_)) {
            return Some(match self.word(node, "`on_error`", WORDS)? {
                Word::Fail => OnError::Fail,
                Word::Ignore => OnError::Ignore,
                Word::Stop => OnError::Stop,
                Word::Hold => OnError::Hold(None),
            });
        }
        let fields = self.fields(node, "`on_error`", KEYS)?;
        if fields.entries().len() != 1 {
            self.report(Diagnostic::one_of_keys(fields.place, "`on_error`", KEYS));
        }
        let hold = fields.get("hold").and_then(|policy| self.hold(policy));
        let steps = fields.get("steps").map(|steps| self.handler(steps, "`steps`", Some(owner), Role::Handler));
        let value = fields.get("use").and_then(|value| self.with_error(|checker| checker.template(value)));
        hold.or(steps.map(OnError::Steps)).or(value.map(OnError::Use))
    }

    /// Holds until a person comes, or tries again by itself.
    fn hold(&mut self, policy: &Node) -> Option<OnError> {
        if matches!(policy.value, Value::Null) {
            return Some(OnError::Hold(None));
        }
        self.retry(policy).map(|policy| OnError::Hold(Some(Box::new(policy))))
    }
}
