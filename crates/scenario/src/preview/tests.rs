//! What previews come to.

use super::*;
use serde_json::json;

const MOMENT: Moment = Moment { now: 1_800_000_000_000, seed: 1, first_line: 1 };

fn scope() -> Scope {
    let mut scope = Scope::new(["HOME".to_owned()]);
    scope.set("order", data::of(&json!({ "number": "A1", "total": 12.5, "lines": [{ "sku": "x" }] })));
    scope.set("trigger", data::of(&json!({ "body": null })));
    scope
}

#[test]
fn values_are_those_that_the_scope_has() {
    for (draft, expected) in [
        (Draft::Expression("order.total * 2"), json!(25.0)),
        (Draft::Expression("order.lines.map(|line| line.sku)"), json!(["x"])),
        (Draft::Template("{{ order.total }}"), json!(12.5)),
        (Draft::Template("Order {{ order.number }} of {{ trigger.body }}."), json!("Order A1 of .")),
        (Draft::Template("no braces"), json!("no braces")),
        (Draft::Template(""), json!("")),
        (Draft::Expression("later ?? 1"), json!(1)),
    ] {
        assert_eq!(preview(draft, &scope(), &MOMENT), Ok(expected), "{draft:?}");
    }
}

#[test]
fn secrets_and_variables_are_masked_with_what_came_of_them() {
    for (draft, expected) in [
        (Draft::Expression("secrets.key"), "•••"),
        (Draft::Template("Bearer {{ secrets.key }}"), "Bearer •••"),
        (Draft::Template("v1={{ hmac_sha256(order.number, secrets.key) }}"), "v1=•••"),
        (Draft::Expression("env.HOME"), "•••"),
        (Draft::Template("at {{ env.HOME }}"), "at •••"),
    ] {
        assert_eq!(preview(draft, &scope(), &MOMENT), Ok(expected.into()), "{draft:?}");
    }
}

#[test]
fn failures_say_where_and_what_to_try() {
    for (draft, code, hint, at) in [
        (Draft::Expression("order.totl"), "missing_property", "total", (1, 7)),
        (Draft::Expression("ordr.total"), "no_value", "did you mean `order`?", (1, 1)),
        (Draft::Template("a\n{{ order.totl }}"), "missing_property", "total", (2, 10)),
        (Draft::Expression("order.total +"), "E0301", "at the end", (1, 14)),
        (Draft::Template("{{ order.total"), "E0302", "", (1, 1)),
        (Draft::Expression(""), "E0303", "", (1, 1)),
        (Draft::Expression("env.USER"), "missing_property", "", (1, 5)),
        (Draft::Expression("range(0, 100000).map(|x| range(0, 1000))"), "limit", "", (1, 1)),
    ] {
        let failure = preview(draft, &scope(), &MOMENT).expect_err("a failure");
        assert_eq!(failure.code, code, "{draft:?}: {failure:?}");
        assert!(failure.hint.as_deref().unwrap_or_default().contains(hint), "{draft:?}: {failure:?}");
        if code != "limit" {
            assert_eq!((failure.at.line, failure.at.column), at, "{draft:?}: {failure:?}");
        }
    }
}
