//! Whole blueprints: what they become, and that nothing hostile does any harm.

use crate::report::State;
use crate::{Counterparts, ImportError, Imported, import};
use proptest::prelude::*;
use serde_json::{Value, json};

fn one(blueprint: &Value) -> Imported {
    let known = Counterparts::default();
    let mut found = import("a.json", blueprint.to_string().as_bytes(), &known).expect("sound");
    assert_eq!(found.len(), 1);
    found.remove(0)
}

fn folder(name: &str) -> String {
    format!("{}/testdata/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// What a blueprint becomes stands beside it; `UPDATE_EXPECT=1` writes it anew.
#[test]
fn blueprints_become_what_stands_beside_them() {
    let known = Counterparts::new(scenario::catalog::Catalog::new([http()]));
    for name in ["orders"] {
        let bytes = std::fs::read(folder(&format!("{name}.make.json"))).expect("a blueprint");
        let imported = import(&format!("{name}.make.json"), &bytes, &known).expect("sound").remove(0);
        assert_eq!(scenario::format::format(&imported.yaml).expect("sound"), imported.yaml);
        for (kind, text) in [("yaml", imported.yaml.clone()), ("report", imported.report.to_string())] {
            let path = folder(&format!("{name}.make.{kind}"));
            if std::env::var("UPDATE_EXPECT").is_ok() {
                std::fs::write(&path, &text).expect("can be written");
            }
            assert_eq!(text, std::fs::read_to_string(&path).unwrap_or_default(), "{path}");
        }
    }
}

/// A module that is called over HTTP, as far as the check looks at it.
fn http() -> scenario::catalog::ModuleSpec {
    scenario::catalog::ModuleSpec {
        name: "http.request".to_owned(),
        summary: "Calls.".to_owned(),
        description: "Calls.".to_owned(),
        parameters: json!({ "type": "object", "properties": { "url": { "type": "string" }, "headers": {} }, "required": ["url"] }),
        example: json!({}),
        sample: json!({ "status": 200 }),
        connections: vec!["basic".to_owned()],
        needs_connection: false,
        effect: scenario::catalog::Effect::Outside,
        url_parameter: Some("url".to_owned()),
        retry_pauses: Vec::new(),
    }
}

#[test]
fn what_does_not_pass_the_check_becomes_a_todo() {
    // No catalogue: `http.request` is no module here.
    let imported = one(&json!({ "name": "a", "flow": [
        { "id": 1, "module": "gateway:CustomWebHook" },
        { "id": 2, "module": "http:MakeRequest", "mapper": { "url": "https://example.com", "method": "get" } },
        { "id": 3, "module": "util:SetVariable2", "mapper": { "name": "x", "value": "{{2.data.y}}" } },
        { "id": 4, "module": "gateway:WebhookRespond", "mapper": { "body": "{{3.x}}", "status": "200" } },
    ] }));
    let states: Vec<State> = imported.report.items.iter().map(|item| item.state).collect();
    assert_eq!(states, [State::Runs, State::NotExecutable, State::Runs, State::Runs], "{}", imported.yaml);
    assert_eq!((imported.report.modules.total, imported.report.modules.todo), (4, 1));
    assert!(imported.yaml.contains("was: http:MakeRequest"), "{}", imported.yaml);
    assert!(imported.yaml.contains("{{ answer?.body?.y }}"), "{}", imported.yaml);
}

#[test]
fn a_mail_has_its_files_its_weight_and_its_markup() {
    let blueprint = json!({ "name": "a", "flow": [
        { "id": 1, "module": "gateway:CustomWebHook" },
        { "id": 2, "module": "email:ActionSendEmail", "version": 7, "parameters": { "account": 1 }, "mapper": {
            "to": ["a@example.com"], "cc": [], "subject": "Hi", "contentType": "html", "html": "<p>{{1.rows}}</p>",
            "sender": "desk@example.com", "priority": "high", "headers": [],
            "attachments": [{ "fileName": "{{1.name}}", "data": "{{1.file}}", "cid": "" }] } },
    ] });
    let imported = import("a.json", blueprint.to_string().as_bytes(), &crate::tests::known()).expect("sound").remove(0);
    for part in [
        "html: <p>{{ raw_html(trigger.data?.rows) }}</p>",
        "sender: desk@example.com",
        "priority: high",
        "file: \"{{ trigger.data?.file }}\"",
        "name: \"{{ trigger.data?.name }}\"",
    ] {
        assert!(imported.yaml.contains(part), "{part}: {}", imported.yaml);
    }
    assert!(imported.report.to_string().contains("see that `file` of each of `attachments` is a file"));
}

#[test]
fn files_that_are_none_are_refused() {
    let refused = |bytes: &[u8]| import("a", bytes, &Counterparts::default()).expect_err("refused");
    assert!(matches!(refused(b"{\"flow\": [{\"id\":"), ImportError::NotJson(_)));
    assert_eq!(refused(b"{\"a\":1}"), ImportError::NobodysFile);
    assert!(matches!(refused(b"{\"flow\":[{\"id\":1}]}"), ImportError::Unsound(_)));
    assert!(matches!(refused("[".repeat(100_000).as_bytes()), ImportError::NotJson(_)));
    assert_eq!(refused(&vec![b' '; crate::MAX_FILE + 1]), ImportError::TooLarge);
    let many: Vec<Value> =
        (0..=crate::MAX_MODULES).map(|id| json!({ "id": id, "module": "util:FunctionSleep" })).collect();
    assert_eq!(refused(json!({ "flow": many }).to_string().as_bytes()), ImportError::TooManyModules);
}

#[test]
fn hostile_names_are_but_names() {
    let name = "../../etc/passwd\u{0}\n: - {{ \u{202e}";
    let imported = one(&json!({ "name": name, "flow": [
        { "id": "x", "module": name, "mapper": { name: name }, "metadata": { "designer": { "name": name } } },
        { "id": "x", "module": "builtin:BasicFeeder", "mapper": { "array": "{{x.a}}" } },
        { "id": 3, "module": "builtin:BasicAggregator", "parameters": { "feeder": 3 } },
    ], "metadata": { "notes": [{ "content": "#@step@7\nsteps:", "moduleIds": ["x"] }] } }));
    assert!(imported.id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'), "{}", imported.id);
    let read = scenario::value(&imported.yaml).expect("sound");
    assert_eq!(read["steps"][0]["todo"]["was"], "../../etc/passwd\n: - {{ ", "what nobody sees is gone");
    assert_eq!(read["steps"][0]["todo"]["original"]["module"], name, "the original is as it was");
}

/// A module of some kind, with what stands in blueprints in places where it may not.
fn module(kind: &str, text: &str, nested: Value) -> Value {
    json!({
        "id": text.len() % 5, "module": kind, "parameters": { "feeder": text.len() % 4, "else": 0, "pattern": text },
        "mapper": { "array": text, "value": text, "url": text, "data": nested, "name": text, "variables": [{ "name": text }] },
        "filter": { "conditions": [[{ "a": text, "o": "text:equal", "b": nested }]] },
        "routes": [{ "flow": nested }], "onerror": nested,
    })
}

const KINDS: [&str; 14] = [
    "builtin:BasicRouter",
    "builtin:BasicFeeder",
    "builtin:BasicAggregator",
    "util:TextAggregator",
    "builtin:BasicRepeater",
    "util:SetVariable2",
    "util:GetVariable2",
    "http:ActionSendData",
    "google-sheets:filterRows",
    "datastore:SearchRecord",
    "regexp:Parser",
    "builtin:BasicIfElse",
    "gateway:WebhookRespond",
    "json:ParseJSON",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_stands_in_a_blueprint_there_is_a_scenario(
        kinds in proptest::collection::vec((0..KINDS.len(), "(\\{\\{[0-4]\\.[a-z`\\[\\]\"]{0,6}\\}\\}|[a-z:#\\n -]){0,6}"), 1..4)
    ) {
        let flow = kinds.iter().rev().fold(json!([]), |nested, (kind, text)| {
            json!([module(KINDS[*kind], text, json!([])), module(KINDS[*kind], text, nested)])
        });
        let imported = one(&json!({ "name": "x", "flow": flow }));
        let (_, found) = scenario::check(&imported.yaml, &scenario::catalog::Catalog::default());
        let wrong: Vec<_> = found.iter().filter(|found| found.is_error() && !found.is_todo()).collect();
        prop_assert!(wrong.is_empty(), "{wrong:?}\n{}", imported.yaml);
        prop_assert_eq!(scenario::format::format(&imported.yaml).expect("sound"), imported.yaml);
    }
}
