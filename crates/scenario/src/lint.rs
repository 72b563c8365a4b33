//! The linter: what a scenario may say, and most probably should not.
//!
//! It looks at the text's tree, not at the plan, so it has something to say about scenarios with errors, too. Each
//! rule stands in a file of its own and looks at the [outline] of steps. `# hookmill: allow W0503` in the text keeps
//! a finding back.

mod allow;
mod answers;
mod conditions;
mod hooks;
mod items;
mod loops;
mod nodes;
mod outline;
mod retries;
mod secrets;
mod types;
mod unreachable;
mod unused;

use crate::catalog::Catalog;
use crate::check;
use crate::diagnostic::{Diagnostic, Source};
use crate::plan::Plan;
use crate::text::{self, Node};
use outline::Outline;

/// No text gets more findings: looking up places takes its time.
const MOST: usize = 200;

/// All that there is to say about a text: what [`check`](crate::check()) finds and what the linter does, in the order of
/// the text.
pub fn review(text: &str, catalog: &Catalog) -> (Option<Plan>, Vec<Diagnostic>) {
    let root = match text::read(text) {
        Ok(root) => root,
        Err(diagnostic) => return (None, vec![*diagnostic]),
    };
    let (plan, mut findings) = check::tree(&root, text, catalog);
    findings.extend(tree(&root, text, catalog));
    findings.sort_by_key(|finding| finding.place);
    (plan, findings)
}

/// What a scenario should better not say, in the order of the text. All are warnings; a text that is no YAML has none.
pub fn lint(text: &str, catalog: &Catalog) -> Vec<Diagnostic> {
    text::read(text).map(|root| tree(&root, text, catalog)).unwrap_or_default()
}

/// The same, of a text that was read.
fn tree(root: &Node, text: &str, catalog: &Catalog) -> Vec<Diagnostic> {
    let outline = Outline::of(root, text, catalog);
    let rules = [
        hooks::find,
        answers::find,
        secrets::find,
        unreachable::find,
        loops::find,
        unused::find,
        types::find,
        items::find,
        retries::find,
    ];
    let mut findings: Vec<Diagnostic> = rules.iter().flat_map(|rule| rule(&outline)).collect();
    findings.sort_by(|a, b| (a.place, a.code, &a.message).cmp(&(b.place, b.code, &b.message)));
    findings.dedup();
    let allowed = allow::read(text);
    findings.retain(|finding| !allowed.iter().any(|allow| allow.covers(finding)));
    findings.truncate(MOST);
    let source = Source::of(text);
    findings.iter_mut().for_each(|finding| finding.settle_fix(&source));
    findings
}

#[cfg(test)]
mod tests;
