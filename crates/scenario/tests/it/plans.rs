//! What becomes of sound texts.

use crate::catalog::catalog;
use scenario::catalog::{Catalog, ModuleSpec};
use scenario::check;
use scenario::expression::Template;
use scenario::plan::{
    BODY, CatchUp, Content, Jitter, Kind, Mock, OnError, Plan, StepNo, Take, Trigger, TriggerReads, When,
};
use serde_json::json;
use std::collections::BTreeSet;
use std::time::Duration;

fn plan(text: &str) -> Plan {
    let (plan, findings) = check(text, &catalog());
    plan.unwrap_or_else(|| panic!("{findings:#?}"))
}

fn case(name: &str) -> Plan {
    let path = format!("{}/testdata/{name}.yaml", env!("CARGO_MANIFEST_DIR"));
    plan(&std::fs::read_to_string(path).unwrap())
}

fn reads(fields: &[&str]) -> TriggerReads {
    TriggerReads::Fields(fields.iter().map(ToString::to_string).collect::<BTreeSet<_>>())
}

#[test]
fn the_whole_of_a_scenario() {
    let plan = case("clean-ship-order");
    assert_eq!((plan.name.as_str(), plan.enabled, plan.timezone.as_str()), ("Ship order", true, "UTC"));
    assert_eq!(plan.version.0.len(), 32);
    assert!(plan.responds);
    assert_eq!(plan.trigger_reads, reads(&["body"]));
    assert_eq!(plan.block(BODY).steps.len(), 5);
    let [Trigger::Webhook(webhook)] = plan.triggers.as_slice() else { panic!("{:?}", plan.triggers) };
    assert_eq!((webhook.path.as_deref(), webhook.wait), (Some("ship-order"), None));
    assert_eq!((webhook.place.line, webhook.place.column), (6, 11));
    assert_eq!(webhook.input, Some(json!({ "type": "object", "required": ["order"] })));
    let row = plan.step(StepNo(2));
    assert_eq!((row.id.as_deref(), &*row.module, row.position), (Some("row"), "google_sheets.append", 2));
    assert_eq!((row.place.line, row.place.column), (22, 5));
    assert_eq!((row.retry.attempts, row.retry.backoff), (5, Duration::from_secs(2)));
    let Kind::Call(call) = &row.kind else { panic!("{row:?}") };
    assert_eq!((call.connection.as_deref(), call.author_host.as_deref()), (Some("office"), None));
    let Template::Map(parameters) = &call.parameters else { panic!("{call:?}") };
    let keys: Vec<String> = parameters.iter().map(|(key, _)| format!("{key:?}")).collect();
    let expected = [r#"Text("spreadsheet")"#, r#"Text("sheet")"#, r#"Text("row")"#];
    assert_eq!(keys, expected, "the connection is no parameter");
    let test = &plan.tests[0];
    assert_eq!((test.name.as_str(), test.expect.status), ("answers hello", Some(200)));
    assert_eq!(test.expect.skipped, ["email.send"]);
    assert_eq!(test.mock["row"], Mock::Value(json!({ "updated_range": "Shipments!A2" })));
}

#[test]
fn steps_and_blocks_are_numbered_in_the_order_of_the_text() {
    let plan = case("clean-flow");
    for (number, step) in plan.steps.iter().enumerate() {
        assert_eq!(step.no.0 as usize, number);
        assert_eq!(plan.block(step.block).steps[step.position as usize], step.no);
    }
    assert!(plan.steps.is_sorted_by_key(|step| step.place));
    for (number, block) in plan.blocks.iter().enumerate() {
        assert_eq!(block.owner.is_none(), number == 0);
    }
    let Kind::ForEach(each) = &plan.step(StepNo(1)).kind else { panic!("a loop") };
    assert_eq!((&*each.variable, each.collect.is_some()), ("row", true));
    assert_eq!(plan.block(each.block).owner, Some(StepNo(1)));
    assert_eq!(&*plan.step(StepNo(3)).label, "Say so");
    assert_eq!(plan.limits.timeout, Duration::from_secs(600));
    assert_eq!(plan.trigger_reads, reads(&[]));
    assert!(!plan.responds);
}

#[test]
fn routes_in_both_forms() {
    let route = |text: &str| match plan(text).steps.swap_remove(0).kind {
        Kind::Route(route) => (route.take, route.branches.len(), route.otherwise.is_some()),
        other => panic!("{other:?}"),
    };
    assert_eq!(route("steps: [{ route: [{ when: true, steps: [] }] }]"), (Take::All, 1, false));
    assert_eq!(route("steps: [{ route: [{ steps: [] }, { otherwise: [] }] }]"), (Take::All, 1, true));
    let map = "steps: [{ route: { take: first, branches: [{ steps: [] }], otherwise: [] } }]";
    assert_eq!(route(map), (Take::First, 1, true));
}

#[test]
fn retry_and_on_error() {
    let steps = case("clean-flow").steps;
    let tail = &steps[steps.len() - 2..];
    assert_eq!((tail[0].retry.attempts, tail[0].timeout), (5, Some(Duration::from_millis(1500))));
    assert!(matches!(tail[0].on_error, OnError::Use(Template::Map(_))));
    assert_eq!((tail[1].retry.attempts, tail[1].retry.backoff), (2, Duration::from_millis(500)));
    assert_eq!((tail[1].retry.factor, tail[1].retry.jitter), (1.5, Jitter::None));
    assert!(matches!(tail[1].on_error, OnError::Stop));
}

#[test]
fn a_module_says_how_it_is_tried_again_where_a_step_does_not() {
    let spec = |retry_pauses: &[u64]| ModuleSpec {
        name: "test.send".into(),
        retry_pauses: retry_pauses.to_vec(),
        ..scenario::catalog::builtins()[0].clone()
    };
    let retries = |pauses: &[u64], retry: &str| {
        let text = format!("trigger: {{ manual: {{}} }}\nsteps: [ {{ test.send: {{ a: 1 }}{retry} }} ]");
        let (plan, diagnostics) = check(&text, &Catalog::new([spec(pauses)]));
        let retry = plan.unwrap_or_else(|| panic!("{diagnostics:?}")).steps[0].retry.clone();
        (retry.attempts, retry.pauses.iter().map(Duration::as_secs).collect::<Vec<_>>())
    };
    assert_eq!(retries(&[], ""), (1, vec![]));
    assert_eq!(retries(&[5, 7200], ""), (3, vec![5, 7200]));
    assert_eq!(retries(&[5, 7200], ", retry: 2"), (2, vec![]));
    assert_eq!(retries(&[5], ", retry: { pauses: [1m, 2m, 1h] }"), (4, vec![60, 120, 3600]));
}

#[test]
fn answers() {
    let steps = case("clean-respond").steps;
    let answers = steps.into_iter().map(|step| match step.kind {
        Kind::Respond(respond) => (respond.status, respond.headers, respond.content),
        other => panic!("{other:?}"),
    });
    let answers: Vec<_> = answers.collect();
    let status = |number: usize| match &answers[number].0 {
        Template::Literal(status) => status.as_u64(),
        _ => None,
    };
    assert_eq!(
        (0..7).map(status).collect::<Vec<_>>(),
        [Some(204), Some(201), None, Some(303), Some(200), Some(200), Some(200)]
    );
    assert!(matches!(answers[0].2, Content::Empty));
    assert!(matches!(answers[3].2, Content::Redirect(_)));
    let headers: Vec<&str> = answers[1].1.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(headers, ["x-order", "content-type"]);
    assert!(matches!(&answers[1].1[0].1, Template::Literal(value) if value == "12"), "header values are text");
}

#[test]
fn triggers() {
    let plan = case("clean-triggers");
    let mut schedules = plan.triggers.iter().filter_map(|trigger| match trigger {
        Trigger::Schedule(schedule) => Some((schedule.when.clone(), schedule.timezone.as_str(), schedule.catch_up)),
        _ => None,
    });
    assert_eq!(schedules.next(), Some((When::Cron("30 7 * * 1-5".into()), "Europe/Berlin", CatchUp::Skip)));
    assert_eq!(schedules.next(), Some((When::Cron("0 30 7 * * *".into()), "America/New_York", CatchUp::One)));
    assert_eq!(schedules.next(), Some((When::Every(Duration::from_secs(90)), "Europe/Berlin", CatchUp::All)));
    let Trigger::Webhook(orders) = &plan.triggers[1] else { panic!("a webhook") };
    assert_eq!((orders.wait, orders.max_body), (Some(Duration::from_secs(300)), Some(10 << 20)));
    let Trigger::Webhook(orders) = &plan.triggers[2] else { panic!("a webhook") };
    let allow: Vec<String> = orders.allow.iter().map(|n| format!("{}/{}", n.address, n.prefix)).collect();
    assert_eq!(allow, ["203.0.113.7/32", "2001:db8::1/128", "10.0.0.0/8"]);
}

#[test]
fn the_authors_host_is_kept() {
    let hosts = case("clean-http").steps.into_iter().map(|step| match step.kind {
        Kind::Call(call) => call.author_host,
        other => panic!("{other:?}"),
    });
    let hosts: Vec<_> = hosts.collect();
    let hosts: Vec<Option<&str>> = hosts.iter().map(Option::as_deref).collect();
    assert_eq!(hosts, [Some("127.0.0.1:99"), None, Some("example.com")]);
}

#[test]
fn everything_of_the_trigger_is_read_where_it_is_used_whole() {
    assert_eq!(
        plan("steps: [{ set: '{{ trigger }}' }, { filter: trigger.query.a == 1 }]").trigger_reads,
        TriggerReads::All
    );
}
