//! The shipped scenarios, as templates for new ones.

use scenario::catalog::{Catalog, builtins};
use serde_json::Value;
use server::{Template, TemplateWords};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The texts, by id.
const TEXTS: [(&str, &str); 27] = [
    ("app-installs", include_str!("../../../scenarios/app-installs.yaml")),
    ("approve-refund", include_str!("../../../scenarios/approve-refund.yaml")),
    ("bank-statement", include_str!("../../../scenarios/bank-statement.yaml")),
    ("branch-events", include_str!("../../../scenarios/branch-events.yaml")),
    ("branch-figures", include_str!("../../../scenarios/branch-figures.yaml")),
    ("call-a-partner", include_str!("../../../scenarios/call-a-partner.yaml")),
    ("course-enrolled", include_str!("../../../scenarios/course-enrolled.yaml")),
    ("customers-mirror", include_str!("../../../scenarios/customers-mirror.yaml")),
    ("deploy-on-push", include_str!("../../../scenarios/deploy-on-push.yaml")),
    ("failure-alarm", include_str!("../../../scenarios/failure-alarm.yaml")),
    ("hello-name", include_str!("../../../scenarios/hello-name.yaml")),
    ("hello", include_str!("../../../scenarios/hello.yaml")),
    ("keep-documents", include_str!("../../../scenarios/keep-documents.yaml")),
    ("learning-events", include_str!("../../../scenarios/learning-events.yaml")),
    ("line-keyword-reply", include_str!("../../../scenarios/line-keyword-reply.yaml")),
    ("new-tickets", include_str!("../../../scenarios/new-tickets.yaml")),
    ("nightly-report", include_str!("../../../scenarios/nightly-report.yaml")),
    ("notify-team", include_str!("../../../scenarios/notify-team.yaml")),
    ("price-of", include_str!("../../../scenarios/price-of.yaml")),
    ("quote", include_str!("../../../scenarios/quote.yaml")),
    ("ship-order", include_str!("../../../scenarios/ship-order.yaml")),
    ("shop-order", include_str!("../../../scenarios/shop-order.yaml")),
    ("split-order", include_str!("../../../scenarios/split-order.yaml")),
    ("stock-feed", include_str!("../../../scenarios/stock-feed.yaml")),
    ("stock-update", include_str!("../../../scenarios/stock-update.yaml")),
    ("survey-mail", include_str!("../../../scenarios/survey-mail.yaml")),
    ("tell-partner", include_str!("../../../scenarios/tell-partner.yaml")),
];

/// Everything that a new scenario can begin as.
pub(crate) fn templates(catalog: &Catalog) -> Arc<[Template]> {
    let mut words = words();
    TEXTS
        .iter()
        .map(|(id, text)| {
            let said = scenario::value(text).unwrap_or_default();
            let line = |key: &str| said[key].as_str().unwrap_or_default().to_owned();
            Template {
                id: (*id).to_owned(),
                name: line("name"),
                description: line("description"),
                text: (*text).to_owned(),
                modules: modules(&said, catalog),
                i18n: words.remove(*id).unwrap_or_default(),
            }
        })
        .collect()
}

fn words() -> BTreeMap<String, BTreeMap<String, TemplateWords>> {
    let words = scenario::value(include_str!("templates/words.yaml")).expect("the file is part of the program");
    serde_json::from_value(words).expect("the file is part of the program, and a test reads it")
}

/// What starts it, and what its steps use, each once.
fn modules(scenario: &Value, catalog: &Catalog) -> Vec<String> {
    let mut found = Vec::new();
    let triggers = match &scenario["trigger"] {
        Value::Array(triggers) => triggers.as_slice(),
        trigger => std::slice::from_ref(trigger),
    };
    for key in triggers.iter().filter_map(Value::as_object).flat_map(|trigger| trigger.keys()) {
        add(key, &mut found);
    }
    steps(&scenario["steps"], catalog, &mut found);
    found
}

fn steps(value: &Value, catalog: &Catalog, found: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| steps(item, catalog, found)),
        Value::Object(fields) => {
            for (key, inner) in fields {
                let is_flow = builtins().iter().any(|flow| flow.name == *key);
                if catalog.has_module(key) {
                    add(key, found);
                    continue;
                }
                if is_flow {
                    add(key, found);
                }
                steps(inner, catalog, found);
            }
        }
        _ => {}
    }
}

fn add(name: &str, found: &mut Vec<String>) {
    if !found.iter().any(|known| known == name) {
        found.push(name.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::Path;

    fn all() -> Arc<[Template]> {
        templates(&crate::language::catalog())
    }

    #[test]
    fn every_shipped_scenario_is_a_template_with_all_its_words() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let shipped: BTreeSet<String> = files
            .filter_map(|file| file.strip_suffix(".yaml").map(str::to_owned))
            .filter(|id| id != "connections" && id != "secrets" && !id.ends_with(".test"))
            .collect();
        let all = all();
        assert_eq!(all.iter().map(|template| template.id.clone()).collect::<BTreeSet<_>>(), shipped);
        assert_eq!(words().into_keys().collect::<BTreeSet<_>>(), shipped);
        for Template { id, name, description, i18n, .. } in all.iter() {
            assert!(!name.is_empty() && !description.is_empty(), "{id}");
            let told = ["zh-TW", "zh-CN"].iter().all(|language| !i18n[*language].description.is_empty());
            assert!(told, "{id}");
        }
    }

    #[test]
    fn a_template_says_what_it_is_made_of() {
        let all = all();
        let order = all.iter().find(|template| template.id == "ship-order").unwrap();
        for name in ["webhook", "google_sheets.append", "email.send", "respond"] {
            assert!(order.modules.iter().any(|known| known == name), "{name} in {:?}", order.modules);
        }
        assert!(order.modules.iter().all(|name| name != "json" && name != "retry"), "{:?}", order.modules);
    }
}
