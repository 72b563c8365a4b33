//! What each rule finds, what it does not, and what fixes make of a text.

use super::lint;
use crate::catalog::{Assurance, Catalog, Effect, ModuleSpec, ProviderSpec, SettingKind, SettingSpec};
use crate::diagnostic::{Fix, apply};
use std::path::Path;

fn catalog() -> Catalog {
    let spec = |name: &str, effect: Effect| ModuleSpec {
        name: name.into(),
        summary: String::new(),
        description: String::new(),
        parameters: serde_json::json!({}),
        example: serde_json::json!({}),
        sample: serde_json::json!({}),
        connections: Vec::new(),
        needs_connection: false,
        effect,
        url_parameter: None,
        retry_pauses: Vec::new(),
    };
    Catalog::new([
        spec("http.request", Effect::Outside),
        spec("email.send", Effect::Outside),
        spec("store.get", Effect::Outside),
        spec("text.shorten", Effect::Pure),
    ])
    .with_providers([
        provider("github", &["secret"], Assurance::Verifies),
        provider("meta", &["secret", "verify_token"], Assurance::Verifies),
        provider("hmac", &["secret", "header"], Assurance::Verifies),
        provider("survey", &[], Assurance::Recognises),
    ])
}

/// A sender whose requests have the header `x-NAME-event`. What is called `header` is no secret.
fn provider(name: &str, settings: &[&str], assurance: Assurance) -> ProviderSpec {
    let setting = |name: &&str| SettingSpec {
        name: (*name).to_owned(),
        summary: String::new(),
        kind: if *name == "header" { SettingKind::Text } else { SettingKind::Secrets },
        required: true,
    };
    ProviderSpec {
        name: name.into(),
        aliases: Vec::new(),
        title: name.into(),
        summary: String::new(),
        settings: settings.iter().map(setting).collect(),
        one_of: Vec::new(),
        assurance,
        telltale_headers: vec![format!("x-{name}-event")],
        has_event: false,
        has_id: false,
        deadline: None,
        docs: String::new(),
    }
}

#[test]
fn the_line_that_closes_a_hook_is_sound() {
    for spec in catalog().providers().unwrap().values().filter(|spec| spec.assurance == Assurance::Verifies) {
        let text = format!("trigger:\n  webhook:\n    path: a\n    {}\nsteps: []\n", spec.line());
        let (plan, findings) = crate::check(&text, &catalog());
        assert!(plan.is_some() && lint(&text, &catalog()).is_empty(), "{text}{findings:?}");
    }
}

/// Each `testdata/lint/<case>.yaml` has the findings that `<case>.findings` shows, with the text after all fixes.
/// `UPDATE_EXPECT=1` writes them.
#[test]
fn findings_are_as_recorded() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/lint");
    let files = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let mut cases: Vec<_> = files.filter(|path| path.extension().is_some_and(|kind| kind == "yaml")).collect();
    cases.sort();
    assert!(cases.len() >= 11, "the cases are gone");
    let mut wrong = Vec::new();
    for case in cases {
        let text = std::fs::read_to_string(&case).unwrap();
        let name = case.file_name().unwrap().to_str().unwrap();
        let findings = lint(&text, &catalog());
        let mut found: String = findings.iter().map(|finding| finding.render(name) + "\n").collect();
        let fixes: Vec<&Fix> = findings.iter().filter_map(|finding| finding.fix.as_ref()).collect();
        if !fixes.is_empty() {
            let fixed = apply(&text, &fixes);
            assert_eq!(fixed.applied.len(), fixes.len(), "{name}: fixes stand in each other's way");
            assert!(lint(&fixed.text, &catalog()).len() < findings.len(), "{name}: fixes mend nothing");
            found += "--- fixed\n";
            found += &fixed.text;
        }
        let expected = case.with_extension("findings");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(&expected, &found).unwrap();
        } else if std::fs::read_to_string(&expected).unwrap_or_default() != found {
            wrong.push(format!("--- {}\n{found}", case.display()));
        }
    }
    assert!(wrong.is_empty(), "other findings than recorded; UPDATE_EXPECT=1 records these:\n{}", wrong.join("\n"));
}

#[test]
fn what_is_no_yaml_has_no_findings() {
    assert!(lint("steps: [", &catalog()).is_empty());
    assert!(lint("", &catalog()).is_empty());
}
