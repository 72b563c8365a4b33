//! JavaScript as n8n runs it: what it finds and gives, and that it ends and reaches nothing.

use crate::step::{modules, step};
use modules::Options;
use run::error::StepError;
use serde_json::{Value, json};
use std::time::Instant;

async fn call(parameters: Value) -> Result<Value, StepError> {
    let modules = modules("", &[], Options::default());
    step(&modules, "js.run").call(parameters).await.map(|outcome| outcome.output)
}

async fn check(code: &str, expected: Value) {
    let given = json!({
        "code": code,
        "items": [{ "a": 1, "b": "x" }, { "a": 2, "b": "y" }],
        "nodes": { "Webhook": { "body": { "name": "Ann" } }, "Rows": [{ "n": 1 }, { "n": 2 }] }
    });
    assert_eq!(call(given).await, Ok(expected), "{code}");
}

async fn refused(code: &str) -> StepError {
    call(json!({ "code": code, "items": [{}] })).await.unwrap_err()
}

#[tokio::test]
async fn the_example_gives_its_sample() {
    let spec = modules::specs().into_iter().find(|spec| spec.name == "js.run").unwrap();
    assert_eq!(call(spec.example).await, Ok(spec.sample));
}

#[tokio::test]
async fn code_finds_the_items_and_the_nodes() {
    check("return items.map(i => ({ json: { a: i.json.a * 2 } }))", json!([{ "a": 2 }, { "a": 4 }])).await;
    check("return $input.all().length", json!(2)).await;
    check(
        "for (const item of $input.all()) item.json.c = 1;\nreturn $input.all();",
        json!([{ "a": 1, "b": "x", "c": 1 }, { "a": 2, "b": "y", "c": 1 }]),
    )
    .await;
    check(
        "return [{ json: { first: $input.first().json.a, last: $input.last().json.b } }]",
        json!([{ "first": 1, "last": "y" }]),
    )
    .await;
    check("return { name: $('Webhook').first().json.body.name }", json!({ "name": "Ann" })).await;
    check("return $('Webhook').item.json.body.name + $node['Webhook'].json.body.name", json!("AnnAnn")).await;
    check("return $items('Rows').map(row => row.json.n)", json!([1, 2])).await;
    check("return $('Rows').all().length + $json.a", json!(3)).await;
    check("const x = await Promise.resolve(7); return x", json!(7)).await;
    check("items[0].json.z = undefined", json!(null)).await;
    check(
        "return DateTime.fromISO('2024-01-31T10:00:00Z').plus({ months: 1 }).toFormat(\"yyyy-LL-dd 'at' HH:mm\")",
        json!("2024-02-29 at 10:00"),
    )
    .await;
}

#[tokio::test]
async fn code_runs_for_each_item() {
    let code = "item.total = item.price * 2; return item;";
    let each = |items: Value| call(json!({ "code": code, "items": items, "mode": "each" }));
    assert_eq!(
        each(json!([{ "price": 1 }, { "price": 2 }])).await,
        Ok(json!([{ "price": 1, "total": 2 }, { "price": 2, "total": 4 }]))
    );
    assert_eq!(each(json!({ "price": 3 })).await, Ok(json!({ "price": 3, "total": 6 })));
    let index =
        json!({ "code": "return { json: { at: $itemIndex, a: $json.a } }", "items": [{ "a": 5 }], "mode": "each" });
    assert_eq!(call(index).await, Ok(json!([{ "at": 0, "a": 5 }])));
    let first = json!({ "code": "return [{ json: { a: 1 } }]", "items": [], "first": true });
    assert_eq!(call(first).await, Ok(json!({ "a": 1 })));
}

#[tokio::test]
async fn failures_name_the_message_and_the_line() {
    let thrown = refused("const a = 1;\nthrow new Error('no name');").await;
    assert_eq!((thrown.code.as_str(), thrown.message.as_str()), ("javascript", "no name (line 2)"));
    assert!(refused("return $json.a.b.c").await.message.contains("line 1"));
    assert_eq!(refused("return (").await.code, "javascript");
    assert!(refused("throw 'plain'").await.message.contains("plain"));
    assert!(refused("return $('Nobody').first()").await.message.contains("Nobody"));
    assert!(refused("return require('fs')").await.message.contains("no packages"));
    assert_eq!(refused("await new Promise(() => {})").await.code, "javascript");
}

#[tokio::test]
async fn there_is_no_way_out() {
    for name in
        ["process", "require", "std", "os", "fetch", "XMLHttpRequest", "WebSocket", "Deno", "scriptArgs", "print"]
    {
        let found = call(json!({ "code": format!("return typeof globalThis.{name}") })).await;
        assert_eq!(found, Ok(json!("undefined")), "{name}");
    }
    assert!(refused("return await import('fs')").await.code == "javascript");
    assert!(refused("return await import('/etc/passwd')").await.code == "javascript");
    let left = call(json!({ "code": "globalThis.left = 1; return 1" })).await;
    assert_eq!(left, Ok(json!(1)));
    assert_eq!(call(json!({ "code": "return typeof globalThis.left" })).await, Ok(json!("undefined")));
}

#[tokio::test]
async fn memory_and_the_stack_have_an_end() {
    for code in [
        "const a = []; for (;;) a.push('x'.repeat(100000) + a.length)",
        "return 'x'.repeat(2 ** 29)",
        "return new Uint8Array(2 ** 30).length",
        "function f() { return f() + 1 } return f()",
        "let a = []; for (let i = 0; i < 100000; i++) a = [a]; return a",
    ] {
        let begin = Instant::now();
        let error = refused(code).await;
        assert!(["limit", "javascript"].contains(&error.code.as_str()), "{code}: {error:?}");
        assert!(begin.elapsed().as_secs() < 30, "{code}");
    }
}

async fn ends(code: &str) {
    let begin = Instant::now();
    let error = refused(code).await;
    assert_eq!(error.code, "limit", "{code}: {error:?}");
    assert!(begin.elapsed().as_secs() < 40, "{code}");
}

#[tokio::test]
async fn a_loop_without_end_is_ended() {
    ends("try { for (;;) {} } catch { for (;;) {} } finally { for (;;) {} }").await;
}

#[tokio::test]
async fn a_pattern_without_end_is_ended() {
    ends("return /(a+)+b/.test('a'.repeat(50))").await;
}
