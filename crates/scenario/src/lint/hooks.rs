//! W0501: a webhook that anyone may call who guesses its path.

use super::outline::{Outline, Step, entries_of};
use crate::catalog::{Assurance, ProviderSpec};
use crate::diagnostic::Diagnostic;
use crate::text::{Entry, Node, Value};
use std::cell::LazyCell;

/// Conditions on which the caller depends.
const CONDITIONS: &[&str] = &["filter", "route"];
/// What keeps strangers out, whoever the sender is.
const BEARER: &str = "verify: { bearer: \"{{ secrets.hook }}\" }";

pub(super) fn find(outline: &Outline<'_>) -> Vec<Diagnostic> {
    if outline.all_steps().any(looks_at_the_caller) {
        return Vec::new();
    }
    let effect = outline.all_steps().find(|step| outline.reaches_outside(step) && !step.is_disabled());
    let effect = effect.map(Step::name);
    let open = outline.triggers().into_iter().filter(|trigger| is_public(trigger));
    // The whole text is searched for it, so not for each webhook anew.
    let closing = LazyCell::new(|| closing_line(outline));
    let findings = open.filter_map(|trigger| {
        let place = trigger.key.place;
        match trigger.node.get("verify") {
            None => Some(Diagnostic::public_hook(place, effect, &closing)),
            Some(verify) => {
                let provider = unprovable(outline, verify)?;
                Some(Diagnostic::unprovable_sender(place, provider, effect))
            }
        }
    });
    findings.collect()
}

/// A path that was chosen can be guessed; one that was made cannot.
fn is_public(trigger: &Entry) -> bool {
    let has = |key: &str| entries_of(&trigger.node).iter().any(|entry| entry.key.text == key);
    trigger.key.text == "webhook" && has("path") && !has("allow")
}

/// The provider on which `verify` relies, where none of those it names keeps anyone out.
fn unprovable<'n>(outline: &Outline<'_>, verify: &'n Node) -> Option<&'n str> {
    let Value::Map(providers) = &verify.value else { return None };
    let known = outline.catalog.providers()?;
    let keeps_none_out =
        |entry: &Entry| known.get(&entry.key.text).is_some_and(|spec| spec.assurance == Assurance::Recognises);
    let first = providers.first()?;
    providers.iter().all(keeps_none_out).then_some(&first.key.text)
}

/// The one line that closes the webhook: the preset of the sender whose headers the scenario knows, else a token.
fn closing_line(outline: &Outline<'_>) -> String {
    let text = outline.source.to_ascii_lowercase();
    let is_known = |spec: &&ProviderSpec| spec.telltale_headers.iter().any(|header| text.contains(header.as_str()));
    let providers = outline.catalog.providers().into_iter().flatten().map(|(_, spec)| &**spec);
    let verifying = providers.filter(|spec| spec.assurance == Assurance::Verifies);
    verifying.filter(is_known).map(ProviderSpec::line).next().unwrap_or_else(|| BEARER.to_owned())
}

/// Whether a condition of this step reads what the caller says of itself: a header, or its address.
fn looks_at_the_caller(step: &Step<'_>) -> bool {
    let condition = CONDITIONS.contains(&step.name()) || step.entry("when").is_some();
    let reads = |field: &str| step.codes.iter().any(|code| code.expression.source().contains(field));
    condition && ["trigger.headers", "trigger.ip", "trigger?.headers"].into_iter().any(reads)
}
