//! What scenarios may name, whatever folder they are in: modules, and senders of webhooks.

use blueprint::counterparts::{AppTrigger, Counterparts, Ours};
use modules::Apps;
use modules::counterparts::Counterpart;
use scenario::catalog::{Catalog, Shelf};
use std::sync::Arc;
use triggers::webhook::providers::{self, Provider};

/// All modules, and all senders and schemes of `verify`; connections, secrets and other scenarios are unknown.
pub(crate) fn catalog() -> Catalog {
    Catalog::default()
        .with_modules(modules::built_in_specs().iter().cloned())
        .with_shelf(Apps::shipped())
        .with_providers(providers::all().map(Provider::spec))
        .with_faces(modules::translations::faces())
}

/// All modules with these apps, and what they stand for in Make and n8n.
pub(crate) fn counterparts(apps: &Arc<Apps>) -> Counterparts {
    let mut known = Counterparts::new(catalog().with_shelf(Arc::clone(apps) as Arc<dyn Shelf>));
    for Counterpart { app, name, trigger, make, n8n } in modules::counterparts(apps) {
        let ours = match trigger {
            None => Ours::Module(format!("{app}.{name}")),
            Some(source) => Ours::Trigger(AppTrigger { app, name, webhook: source.webhook, poll: source.poll }),
        };
        known.add(&ours, &make, &n8n);
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;
    use scenario::catalog::Assurance;

    /// What is wrong with a webhook that has this line.
    fn findings(line: &str) -> Vec<String> {
        let text = format!("trigger:\n  webhook:\n    path: a\n    {line}\nsteps: []\n");
        let (_, findings) = scenario::lint::review(&text, &catalog());
        findings.iter().map(|finding| finding.render(line)).collect()
    }

    #[test]
    fn presets_are_written_as_they_say() {
        let mut count = 0;
        for provider in providers::all() {
            let open = provider.spec().assurance == Assurance::Recognises;
            for line in [format!("verify: {{ {} }}", provider.example), provider.spec().line()] {
                let found = findings(&line);
                assert!(found.iter().all(|finding| open && finding.contains("[W0501]")), "{line}: {found:#?}");
                assert_eq!(found.is_empty(), !open, "{line}");
            }
            count += 1;
        }
        assert!(count > 30, "the presets are gone");
    }

    #[test]
    fn other_names_of_presets_are_understood() {
        for provider in providers::all() {
            for alias in provider.aliases {
                let found = findings(&format!("verify: {{ {alias}: x }}"));
                assert!(found[0].contains(&format!("did you mean `{}`?", provider.name)), "{found:#?}");
            }
        }
    }
}
