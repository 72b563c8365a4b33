//! W0512: the item of a batch, where requests are not cut into items.

use super::nodes::visit;
use super::outline::Outline;
use crate::diagnostic::Diagnostic;
use crate::expression::code::{Kind, Node, Step};

/// What `trigger` has where a webhook has `each`.
const FIELDS: &[&str] = &["item", "index"];

const EACH: &str = "say with `each: body.events` where the list is of which each item starts a run";
const POLL: &str = "what is new starts a run by itself: `trigger.body` is the item";

pub(super) fn find(outline: &Outline<'_>) -> Vec<Diagnostic> {
    if outline.triggers().iter().any(|trigger| trigger.node.get("each").is_some()) {
        return Vec::new();
    }
    let has_poll = outline.triggers().iter().any(|trigger| trigger.key.text == "poll");
    let hint = if has_poll { POLL } else { EACH };
    let mut findings = Vec::new();
    for code in outline.all_steps().flat_map(|step| &step.codes) {
        visit(code.expression.root(), &mut |node| findings.extend(item(node, hint)));
    }
    findings
}

/// `trigger.item`, unless it is read as something that may be missing.
fn item(node: &Node, hint: &str) -> Option<Diagnostic> {
    let Kind::Chain { root, links } = &node.kind else { return None };
    let Kind::Name { name, .. } = &root.kind else { return None };
    let link = links.first().filter(|link| name == "trigger" && !link.optional)?;
    match &link.step {
        Step::Property(field) if FIELDS.contains(&field.as_str()) => {
            Some(Diagnostic::item_without_each(node.place, field, hint))
        }
        _ => None,
    }
}
