//! Blueprints that are made of scenarios: what they say, and the way back.

use super::conditions::filter;
use super::iml::{Bundle, Names, text};
use super::{Exported, make};
use crate::{Counterparts, Imported, import};
use scenario::changes::changes;
use serde_json::{Value, json};

const SCENARIO: &str = "\
# Ask Ada before this changes.
name: Orders

trigger:
  webhook: { path: orders }

steps:
  - id: order
    set: { number: \"{{ trigger.data.number }}\", total: \"{{ trigger.data.total * 2 }}\" }

  - filter: order.total > 0

  # One mail for each.
  - for_each:
      in: trigger.data.lines
      as: line
      steps:
        - id: told
          set: { text: \"Line {{ line.name.upper() }}\" }
      collect: \"{{ told.text }}\"
    id: lines

  - id: odd
    rhai: \"let x = 1; x\"

  - route:
      branches:
        - name: large
          when: order.total >= 100 && trigger.data.vip == \"yes\"
          steps:
            - respond: { text: \"large: {{ order.number }}\" }
      otherwise:
        - respond: { text: small }

  - id: last
    set: { done: true }
    on_error: ignore
";

fn exported(yaml: &str) -> Exported {
    make("orders", yaml, &Counterparts::default()).unwrap()
}

fn back(blueprint: &Value) -> Imported {
    import("x.json", blueprint.to_string().as_bytes(), &Counterparts::default()).unwrap().remove(0)
}

/// The kinds of all modules, those of routes in brackets.
fn kinds(flow: &Value) -> String {
    let of_module = |module: &Value| {
        let kind = module["module"].as_str().unwrap();
        let routes: Vec<String> = module["routes"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|route| format!("[{}]", kinds(&route["flow"])))
            .collect();
        format!("{}{}", kind.split(':').next_back().unwrap(), routes.concat())
    };
    flow.as_array().unwrap().iter().map(of_module).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_scenario_is_said_in_makes_words() {
    let Exported { blueprint, left } = exported(SCENARIO);
    assert_eq!(
        kinds(&blueprint["flow"]),
        "CustomWebHook SetVariables BasicFeeder SetVariables BasicAggregator Placeholder \
         BasicRouter[BasicRouter[WebhookRespond][WebhookRespond]][SetVariables]"
    );
    let module = |at: usize| &blueprint["flow"][at];
    assert_eq!(module(1)["mapper"]["variables"][1]["value"], "{{1.total * 2}}");
    assert_eq!(module(2)["filter"]["conditions"], json!([[{ "a": "{{2.total}}", "o": "number:greater", "b": "0" }]]));
    assert_eq!(module(2)["mapper"]["array"], "{{1.lines}}");
    assert_eq!(module(3)["mapper"]["variables"][0]["value"], "Line {{upper(3.name)}}");
    assert_eq!(module(4)["parameters"]["feeder"], 3);
    let way = &module(6)["routes"][0]["flow"][0];
    assert_eq!(way["parameters"]["else"], 1);
    let filter = &way["routes"][0]["flow"][0]["filter"];
    assert_eq!(filter["name"], "large");
    assert_eq!(filter["conditions"][0][1], json!({ "a": "{{1.vip}}", "o": "text:equal", "b": "yes" }));
    assert_eq!(module(6)["routes"][1]["flow"][0]["onerror"][0]["module"], "builtin:Resume");
    let steps: Vec<&str> = left.iter().map(|it| it.step.as_str()).collect();
    assert_eq!(steps, ["odd"], "{left:?}");
    assert!(blueprint["metadata"]["notes"][0]["content"].as_str().unwrap().contains("let x = 1"));
    for module in blueprint["flow"].as_array().unwrap() {
        assert!(module["metadata"]["designer"]["x"].is_number() && module["id"].is_number(), "{module}");
    }
}

#[test]
fn the_way_back_is_exact() {
    let blueprint = exported(SCENARIO).blueprint;
    let imported = back(&blueprint);
    assert_eq!((imported.yaml.as_str(), imported.id.as_str()), (SCENARIO, "orders"));
    assert_eq!(imported.report.modules.todo, 0, "{}", imported.report);
    // Editors move modules about and keep things of their own beside them.
    let mut moved = blueprint;
    moved["flow"][1]["metadata"]["designer"]["x"] = json!(-5);
    moved["flow"][1]["metadata"]["restore"] = json!({ "expect": {} });
    moved["metadata"]["zone"] = json!("us1.make.com");
    assert_eq!(back(&moved).yaml, SCENARIO);
}

#[test]
fn what_was_changed_in_make_is_merged() {
    let mut blueprint = exported(SCENARIO).blueprint;
    blueprint["flow"][3]["mapper"]["variables"][0]["value"] = json!("Zeile {{upper(3.name)}}");
    let imported = back(&blueprint);
    assert!(imported.yaml.contains("Zeile "), "{}", imported.yaml);
    for kept in ["# Ask Ada before this changes.", "# One mail for each.", "rhai: \"let x = 1; x\""] {
        assert!(imported.yaml.contains(kept), "`{kept}` is lost:\n{}", imported.yaml);
    }
    let found = changes(SCENARIO, &imported.yaml).unwrap();
    assert_eq!(found.len(), 1, "{found:#?}");
}

#[test]
fn without_the_text_it_is_a_blueprint_like_any_other() {
    let mut blueprint = exported(SCENARIO).blueprint;
    blueprint["metadata"].as_object_mut().unwrap().remove("hookmill");
    let imported = back(&blueprint);
    assert_eq!(imported.report.modules.todo, 1, "the slot alone: {}", imported.report);
    assert!(imported.yaml.contains("when: ") && imported.yaml.contains("collect:"), "{}", imported.yaml);
}

#[test]
fn a_text_that_is_no_scenario_is_nothing_to_go_back_to() {
    for text in [json!("steps: ["), json!("steps: [{ nobody.knows: {} }]"), json!(5)] {
        let file = json!({ "name": "a", "flow": [{ "id": 1, "module": "gateway:CustomWebHook" }],
            "metadata": { "hookmill": { "id": "../../a", "text": text } } });
        assert!(back(&file).yaml.contains("webhook"), "{text}");
    }
}

#[test]
fn what_was_left_to_do_is_the_module_that_it_was() {
    let file = json!({ "name": "a", "flow": [
        { "id": 1, "module": "gateway:CustomWebHook", "version": 1 },
        { "id": 2, "module": "nobody:Knows", "version": 4, "parameters": { "a": 1 }, "mapper": { "b": "{{1.c}}" } },
    ] });
    let flow = exported(&back(&file).yaml).blueprint["flow"].clone();
    // Before it stands the answer that Make gives by itself.
    let module = flow.as_array().and_then(|flow| flow.last()).unwrap();
    assert_eq!((&module["module"], &module["version"]), (&json!("nobody:Knows"), &json!(4)));
    assert_eq!(module["mapper"], json!({ "b": "{{1.c}}" }));
}

fn names() -> Names {
    let bundle = |module| Bundle { module, within: None, fields: &[("body", "data"), ("status", "statusCode")] };
    let row = Bundle { module: 7, within: Some("value"), fields: &[] };
    [("trigger", bundle(1)), ("answer", bundle(2)), ("row", row)]
        .into_iter()
        .map(|(name, it)| (name.to_owned(), it))
        .collect()
}

#[test]
fn expressions_are_said_in_makes_language() {
    for (ours, theirs) in [
        ("{{ trigger.data.name }}", "{{1.name}}"),
        ("{{ trigger.data?.name.to_text().trim() }}", "{{trim(1.name)}}"),
        ("{{ answer.body.items[0].id }} of {{ answer.status }}", "{{2.data.items[1].id}} of {{2.statusCode}}"),
        ("{{ trigger.body[\"First name\"] ?? \"?\" }}", "{{ifempty(1.`First name`; \"?\")}}"),
        ("{{ now().add_days(7).format_date(\"YYYY-MM-DD\") }}", "{{formatDate(addDays(now; 7); \"YYYY-MM-DD\")}}"),
        ("{{ (row + 1) * 2 }}", "{{(7.value + 1) * 2}}"),
        ("{{ row - (1 - 2) }}", "{{7.value - (1 - 2)}}"),
        ("{{ row > 3 && !trigger.data.b || false }}", "{{7.value > 3 & !1.b | false}}"),
        ("{{ `Hi ${trigger.data.name}!` }}", "{{\"Hi \" + 1.name + \"!\"}}"),
        ("{{ \"}} \\\"x\\\"\" }}", "{{\"}} \\\"x\\\"\"}}"),
        ("plain", "plain"),
    ] {
        assert_eq!(text(ours, &names()).as_deref(), Ok(theirs), "{ours}");
    }
    for ours in [
        "{{ unknown.x }}",
        "{{ trigger.headers.host }}",
        "{{ row.map(|x| x + 1) }}",
        "{{ if row { 1 } else { 2 } }}",
        "{{ row",
    ] {
        assert!(text(ours, &names()).is_err(), "{ours}");
    }
}

#[test]
fn conditions_become_filters() {
    let check = |condition: &str, expected: Value| {
        assert_eq!(filter(None, condition, &names()).unwrap()["conditions"], expected, "{condition}");
    };
    check("!row.is_blank()", json!([[{ "a": "{{7.value}}", "o": "exist" }]]));
    check("row == \"a || b\"", json!([[{ "a": "{{7.value}}", "o": "text:equal", "b": "a || b" }]]));
    check(
        "row == 1 || row.len() != 2",
        json!([[{ "a": "{{7.value}}", "o": "number:equal", "b": "1" }], [{ "a": "{{length(7.value)}}", "o": "number:notequal", "b": "2" }]]),
    );
    check("row.contains(\"x\")", json!([[{ "a": "{{contains(7.value; \"x\")}}", "o": "boolean:equal", "b": "true" }]]));
    assert!(filter(None, "unknown > 1", &names()).is_err());
}
