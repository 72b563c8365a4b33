//! Files that mean harm, or are merely broken: each is refused with a code and a hint, or becomes a scenario that does none.

use super::{hold, known};
use crate::{ImportError, Imported, Paths, import, import_with};
use serde_json::{Value, json};

/// What becomes of a file: the code of its refusal, or `scenarios`.
fn verdict(bytes: &[u8]) -> (String, Vec<Imported>) {
    match import("../../etc/\u{202e}passwd.json", bytes, &known()) {
        Ok(all) => ("scenarios".to_owned(), all),
        Err(error) => {
            assert!(!error.hint().is_empty());
            assert!(!error.to_string().chars().any(char::is_control), "{error}");
            (error.code().to_owned(), Vec::new())
        }
    }
}

#[track_caller]
fn check(what: &str, bytes: &[u8], expected: &str) {
    let (found, all) = verdict(bytes);
    assert_eq!(found, expected, "{what}");
    for one in &all {
        assert!(one.yaml.len() <= scenario::MAX_TEXT, "{what}: {} bytes", one.yaml.len());
    }
    hold(&all, &known());
}

fn bytes(value: &Value) -> Vec<u8> {
    serde_json::to_vec(value).expect("a value is JSON")
}

/// One file of each kind: a step that is known, and one that nobody knows, with this label, type, key and value.
fn of_each_kind(label: &str, kind: &str, key: &str, value: &Value) -> [Vec<u8>; 4] {
    let given = json!({ key: value, "value": value, "url": value, "name": "x" });
    let make = json!({ "name": label, "flow": [
        { "id": 1, "module": "gateway:CustomWebHook", "metadata": { "designer": { "name": label } } },
        { "id": 2, "module": kind, "mapper": given, "metadata": { "designer": { "name": label } } },
        { "id": 3, "module": "http:ActionSendData", "mapper": given },
    ], "metadata": { "notes": [{ "content": label, "moduleIds": [2] }] } });
    let n8n = json!({ "name": label, "nodes": [
        { "name": label, "type": "n8n-nodes-base.webhook", "parameters": { "path": label }, "notes": label },
        { "name": "b", "type": kind, "parameters": given },
        { "name": "c", "type": "n8n-nodes-base.set", "typeVersion": 3.4, "parameters": { "assignments": { "assignments": [{ "name": key, "value": value, "type": "string" }] } } },
    ], "connections": { label: { "main": [[{ "node": "b", "index": 0 }, { "node": "c", "index": 0 }]] } } });
    let zapier = json!({ "zaps": [{ "title": label, "nodes": {
        "1": { "id": 1, "parent_id": null, "type_of": "read", "selected_api": "WebHookCLIAPI@1", "action": "hook_v2", "meta": { "stepTitle": label } },
        "2": { "id": 2, "parent_id": 1, "type_of": "write", "selected_api": "WebHookCLIAPI@1", "action": "post", "params": { "url": value, "data": given }, "meta": { "stepTitle": label } },
        "3": { "id": 3, "parent_id": 2, "type_of": "write", "selected_api": kind, "action": kind, "params": given, "meta": { "stepTitle": label } },
    } }] });
    let node_red = json!([
        { "id": "t", "type": "tab", "label": label, "info": label },
        { "id": "a", "type": "http in", "z": "t", "name": label, "url": label, "x": 1, "y": 1, "wires": [["b", "c"]] },
        { "id": "b", "type": "change", "z": "t", "name": label, "x": 1, "y": 2, "rules": [{ "t": "set", "p": key, "to": value, "tot": "str" }, { "t": "set", "p": "payload", "to": value, "tot": "jsonata" }], "wires": [["c"]] },
        { "id": "c", "type": kind, "z": "t", "name": label, "x": 1, "y": 3, key: value, "wires": [["d"]] },
        { "id": "d", "type": "template", "z": "t", "x": 1, "y": 4, "template": value, "wires": [["e"]] },
        { "id": "e", "type": "http response", "z": "t", "x": 1, "y": 5, "headers": { key: value }, "wires": [] },
    ]);
    [make, n8n, zapier, node_red].map(|file| bytes(&file))
}

#[test]
fn what_is_no_file_of_theirs_is_refused() {
    for (what, file, code) in [
        ("nothing", &b""[..], "not_json"),
        ("cut off", b"{\"name\": \"a\", \"flow\": [{\"id\": 1, \"modu", "not_json"),
        ("a number that is none", b"{\"flow\": [NaN]}", "not_json"),
        ("a number that is too large", b"{\"flow\": [1e999]}", "not_json"),
        ("bytes that are no text", b"{\"flow\": [\"\xff\xfe\xfd\"]}", "not_json"),
        ("half a letter", b"{\"flow\": [\"\\ud800\"]}", "not_json"),
        ("an archive", b"PK\x03\x04\x14\x00\x00\x00", "not_json"),
        ("a packed file", b"\x1f\x8b\x08\x00\x00\x00", "not_json"),
        ("something else", b"{\"a\": 1}", "nobodys_file"),
        ("a text", b"\"flow\"", "nobodys_file"),
        ("a module without a name", b"{\"flow\": [{\"id\": 1}]}", "unsound"),
    ] {
        check(what, file, code);
    }
    let places = import("a", b"{\n  \"flow\": [1,\n  x", &known()).expect_err("refused");
    assert_eq!(places.place(), Some((3, 3)), "{places}");
}

#[test]
fn marks_of_the_order_of_bytes_are_passed_over() {
    let text = "{\"name\": \"Grüße\", \"flow\": []}";
    let wide = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    check("UTF-8", &[b"\xef\xbb\xbf", text.as_bytes()].concat(), "scenarios");
    check("UTF-16", &[&[0xff, 0xfe][..], &wide(u16::to_le_bytes)].concat(), "scenarios");
    check("UTF-16, the other way round", &[&[0xfe, 0xff][..], &wide(u16::to_be_bytes)].concat(), "scenarios");
    check("half of UTF-16", &[0xff, 0xfe, 0x7b], "not_json");
}

#[test]
fn what_is_too_much_is_refused() {
    check("a hundred megabytes", &vec![b'['; crate::MAX_FILE + 1], "too_large");
    check("nested deeply", "[".repeat(1_000_000).as_bytes(), "too_large");
    check("nested a little less deeply", &[vec![b'['; 5_000], vec![b']'; 5_000]].concat(), "not_json");
    check("millions of nothings", format!("[{}0]", "{},".repeat(4_000_000)).as_bytes(), "too_large");
    let many = |one: &str, count: usize| vec![one; count].join(",");
    let module = r#"{"id":1,"module":"util:FunctionSleep"}"#;
    check(
        "a hundred thousand modules",
        format!("{{\"flow\":[{}]}}", many(module, 100_000)).as_bytes(),
        "too_many_modules",
    );
    check("a million modules", format!("{{\"flow\":[{}]}}", many(module, 700_000)).as_bytes(), "too_large");
    let node = r#"{"type":"n8n-nodes-base.noOp","name":"a"}"#;
    check(
        "many nodes",
        format!("{{\"nodes\":[{}],\"connections\":{{}}}}", many(node, 6_000)).as_bytes(),
        "too_many_modules",
    );
    let target = r#"{"node":"a","index":0}"#;
    let links = format!("{{\"nodes\":[{node}],\"connections\":{{\"a\":{{\"main\":[[{}]]}}}}}}", many(target, 150_000));
    check("many links", links.as_bytes(), "scenarios");
    let nodes: Vec<Value> =
        (0..6_000).map(|at| json!({ "id": at.to_string(), "type": "debug", "wires": [] })).collect();
    check("many flows", &bytes(&json!(nodes)), "too_many_modules");
    let zaps = many("{\"nodes\":{}}", 6_000);
    check("many Zaps", format!("{{\"zaps\":[{zaps}]}}").as_bytes(), "too_many_modules");
}

#[test]
fn lists_where_maps_belong_are_passed_over() {
    let rules = json!({ "dataType": "string", "value1": "={{ $json.a }}", "rules": { "rules": [["a"], 5, { "value2": "b" }] } });
    let switch = |version: f64| {
        let node =
            json!({ "name": "Which", "type": "n8n-nodes-base.switch", "typeVersion": version, "parameters": rules });
        bytes(&json!({ "name": "a", "nodes": [node], "connections": {} }))
    };
    check("rules of the first form", &switch(1.0), "scenarios");
    check("rules of the second form", &switch(2.0), "scenarios");
}

#[test]
fn names_are_but_names() {
    let long = "x ".repeat(20_000);
    for name in [
        "../../etc/passwd",
        "C:\\Windows\\x",
        "<script>alert(1)</script>",
        "\u{0}\u{7}\u{1b}[31m\n\r\t",
        "\u{202e}gpj.exe\u{200b}\u{feff}",
        "a: b\n- c: {{ d }} #e\n---\n!!x &y *z",
        "steps",
        "trigger",
        "#@step@0",
        "{{ secrets.admin }}",
        "${x} `y` \" ' \\",
        "",
        &long,
    ] {
        for file in of_each_kind(name, "nobody:Knows", "payload", &json!("a")) {
            check(&name.chars().take(30).collect::<String>(), &file, "scenarios");
            let (_, all) = verdict(&file);
            let names =
                all.iter().flat_map(|it| it.yaml.lines()).filter(|line| line.trim_start().starts_with("name: "));
            names.for_each(|line| assert!(!line.contains(['\u{202e}', '\u{0}', '\u{1b}']), "{line:?}"));
        }
        for file in of_each_kind("plain", name, name, &json!(name)) {
            let (found, all) = verdict(&file);
            assert!(matches!(found.as_str(), "scenarios" | "unsound" | "too_long"), "{found}");
            hold(&all, &known());
        }
    }
}

#[test]
fn expressions_that_explode_do_not() {
    let nested = |open: &str, inner: &str, close: &str, count: usize| {
        format!("{}{inner}{}", open.repeat(count), close.repeat(count))
    };
    for expression in [
        nested("{{(", "1", ")}}", 10_000),
        format!("{{{{{}}}}}", nested("(", "1", ")", 2_000)),
        format!("={{{{ {} }}}}", nested("(", "1", ")", 2_000)),
        format!("={{{{ {}1 }}}}", "1+".repeat(10_000)),
        format!("{{{{{}1}}}}", "1+".repeat(10_000)),
        format!("={{{{ $json{} }}}}", ".a".repeat(8_000)),
        format!("{{{{1{}}}}}", ".a".repeat(8_000)),
        format!("={{{{ {}1 }}}}", "!-".repeat(8_000)),
        format!("={{{{ {} }}}}", nested("`${", "1", "}`", 5_000)),
        format!("={{{{ {}1 }}}}", "a=>".repeat(2_000)),
        format!("={{{{ {}1{} }}}}", "true?".repeat(5_000), ":2".repeat(5_000)),
        format!("{{{{{}}}}}", nested("if(", "1", ";1;2)", 3_000)),
        "{{".repeat(20_000),
        format!("={{{{ {}", "[".repeat(20_000)),
        nested("{{#a}}", "x", "{{/a}}", 5_000),
        format!("{{{{=gives{}}}}}", "[\"1\"]".repeat(5_000)),
        format!("{{{{1__{}}}}}", "a__".repeat(8_000)),
        format!("{{{{1__{}}}}}", "a[]".repeat(8_000)),
        format!("payload{}", "[0]".repeat(8_000)),
        "x".repeat(1_200_000),
    ] {
        for file in of_each_kind("plain", "util:SetVariable2", "payload", &json!(expression)) {
            let expected = if expression.len() > scenario::MAX_TEXT { "too_long" } else { "scenarios" };
            check(&expression.chars().take(40).collect::<String>(), &file, expected);
        }
    }
}

#[test]
fn a_value_that_grows_with_every_node_is_computed_step_by_step() {
    let rule = json!({ "t": "set", "p": "payload", "to": "payload & payload", "tot": "jsonata" });
    let mut nodes: Vec<Value> = (0..200)
        .map(|at: usize| json!({ "id": at.to_string(), "type": "change", "z": "t", "x": at, "rules": [rule, rule], "wires": [[(at + 1).to_string()]] }))
        .collect();
    nodes.push(json!({ "id": "in", "type": "http in", "z": "t", "x": 0, "url": "/a", "wires": [["0"]] }));
    check("doubled", &bytes(&json!(nodes)), "scenarios");
}

#[test]
fn a_scenario_that_is_longer_than_scenarios_may_be_is_cut_down_or_refused() {
    let code = "x = 1;\n".repeat(20_000);
    let flow: Vec<Value> =
        (0..20).map(|id| json!({ "id": id, "module": "nobody:Knows", "mapper": { "code": code } })).collect();
    check("what nobody knows is told shortly", &bytes(&json!({ "flow": flow })), "scenarios");
    let text = "word ".repeat(20_000);
    let flow: Vec<Value> = (0..20)
        .map(|id| json!({ "id": id, "module": "util:SetVariable2", "mapper": { "name": "a", "value": text } }))
        .collect();
    let refused = import("long", &bytes(&json!({ "flow": flow })), &known()).expect_err("refused");
    assert!(matches!(refused, ImportError::TooLong), "{refused}");
}

/// What stands in a file never comes alive: credentials are left behind, braces are letters, addresses are made anew.
#[test]
fn no_secrets_are_carried() {
    let n8n = json!({ "nodes": [
        { "name": "a", "type": "n8n-nodes-base.webhook", "webhookId": "wh-hush", "parameters": { "path": "3f0c6b1e-1111-4222-8333-444455556666" } },
        { "name": "b", "type": "nobody.knows", "credentials": { "api": { "id": "hush-id", "name": "Team", "token": "hush-token" } }, "parameters": {} },
    ], "connections": { "a": { "main": [[{ "node": "b" }]] } } });
    let node_red = json!([
        { "id": "m", "type": "mqtt-broker", "name": "Home", "broker": "b", "credentials": { "user": "hush-user", "password": "hush-word" } },
        { "id": "a", "type": "http in", "z": "t", "x": 1, "url": "", "wires": [["b", "c"]] },
        { "id": "b", "type": "mqtt out", "z": "t", "x": 1, "topic": "a", "broker": "m", "wires": [] },
        { "id": "c", "type": "nobody-knows", "z": "t", "x": 1, "credentials": { "password": "hush-word" }, "env": [{ "name": "K", "value": "hush-env" }], "wires": [] },
    ]);
    let zapier = json!({ "zaps": [{ "nodes": { "1": { "id": 1, "parent_id": null, "type_of": "read", "selected_api": "WebHookCLIAPI", "action": "hook_v2", "account_id": "hush-account", "customuser_id": "hush-user", "meta": { "validation": "hush" } } } }] });
    let make = json!({ "flow": [{ "id": 1, "module": "gateway:CustomWebHook", "parameters": { "hook": "hush-hook" }, "metadata": { "restore": { "parameters": { "hook": { "label": "x", "data": { "url": "hush-url" } } } } } }] });
    for file in [n8n, node_red, zapier, make] {
        let all = import_with("a.json", &bytes(&file), &known(), Paths::Fresh).expect("sound");
        for one in &all {
            assert!(!one.yaml.contains("hush") && !one.yaml.contains("3f0c6b1e"), "{}", one.yaml);
            assert!(!one.report.to_string().contains("hush"), "{}", one.report);
            assert!(!one.yaml.contains("enabled: true") && !one.yaml.contains("sandbox"), "{}", one.yaml);
        }
    }
}

/// Every text of a scenario that is neither a name nor the original of a `todo`.
fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(entries) => {
            entries
                .iter()
                .filter(|(key, _)| !matches!(key.as_str(), "todo" | "name"))
                .for_each(|(_, value)| texts(value, found));
        }
        _ => {}
    }
}

#[test]
fn braces_of_a_file_are_letters_unless_they_are_its_own_expressions() {
    for hostile in ["{{ secrets.admin }}", "${secrets.admin}", "{{secrets.admin}}", "`${secrets.admin}`"] {
        for file in of_each_kind(hostile, "nobody:Knows", "payload", &json!(hostile)) {
            let (_, all) = verdict(&file);
            for one in &all {
                let mut found = Vec::new();
                texts(&scenario::value(&one.yaml).expect("sound"), &mut found);
                for text in found.iter().filter(|text| text.contains("secrets.admin")) {
                    let alive = text.match_indices("{{").any(|(at, _)| {
                        !text[..at].ends_with('\\')
                            && text[at..].split("}}").next().is_some_and(|inside| {
                                inside.contains("secrets.admin")
                                    && !inside.contains("\"secrets")
                                    && !inside.contains("{{ secrets.admin\"")
                            })
                    });
                    assert!(!alive, "{text}\n{}", one.yaml);
                }
            }
        }
    }
}
