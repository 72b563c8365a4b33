//! `mailhook:` mails that come to an address of this server start the scenario.

use crate::check::Checker;
use crate::diagnostic::{Diagnostic, Place};
use crate::plan::{MailhookTrigger, Proof, problem_of_address};
use crate::text::{Node, Value};
use std::sync::Arc;

pub(super) const KEYS: &[&str] = &["address", "where", "require", "rate"];

impl Checker<'_> {
    /// An address and which of its mails are meant. `place` is the key's.
    pub(super) fn mailhook(&mut self, node: &Node, place: Place) -> Option<MailhookTrigger> {
        let fields = self.fields(node, "`mailhook`", KEYS)?;
        let address = fields.get("address");
        Some(MailhookTrigger {
            address: address.and_then(|node| self.address(node)),
            rule: fields.get("where").and_then(|node| self.rule(node)).unwrap_or_default(),
            require: fields.get("require").map(|node| self.proofs(node)).unwrap_or_default(),
            rate: fields.get("rate").and_then(|node| self.rate(node, "mails in a time")),
            place: address.map_or(place, |node| node.place),
        })
    }

    fn address(&mut self, node: &Node) -> Option<Arc<str>> {
        let address = self.text(node, "`address`")?;
        if let Some(problem) = problem_of_address(address) {
            self.report(Diagnostic::bad_mailhook_address(node.place, address, &problem));
            return None;
        }
        Some(address.to_ascii_lowercase().into())
    }

    /// One proof, or a list of which all are asked for.
    fn proofs(&mut self, node: &Node) -> Vec<Proof> {
        let nodes = match &node.value {
            Value::List(_) => self.filled_list(node, "`require`"),
            _ => std::slice::from_ref(node),
        };
        nodes.iter().filter_map(|node| self.word(node, "`require`", &Proof::ALL)).collect()
    }
}
