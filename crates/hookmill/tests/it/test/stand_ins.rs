//! Who stands in for the outside in a test: mocks, recorded HTTP, data stores, answers, called scenarios.

use crate::binary::{folder, hookmill};

/// The tests of these files pass, so many of them.
fn pass(files: &[(&str, &str)], count: usize) {
    let folder = folder(files);
    let said = hookmill(folder.path(), &["test", "."]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.err.contains(&format!("{count} passed, 0 failed")), "{}", said.err);
}

/// The tests of this text fail, and this is said.
fn fail(text: &str, lines: &[&str]) {
    let folder = folder(&[("a.yaml", text)]);
    let said = hookmill(folder.path(), &["test", "."]);
    assert_eq!(said.code, 1, "{}", said.err);
    for line in lines {
        assert!(said.err.contains(line), "{line:?} is not in\n{}", said.err);
    }
}

const CALLS: &str = r#"
steps:
  - id: far
    http.request: { url: "https://far.example.com/{{ trigger.body }}" }
    retry: { attempts: 3, backoff: 20s }
  - id: each
    for_each: { in: "[1, 2]", steps: [{ id: mail, email.send: { connection: m, to: [a@example.com], subject: "{{ item }}", text: x } }] }
  - id: at
    set: "{{ now() }}"
"#;
const CONNECTIONS: &str = "m: { type: smtp, url: \"smtp://mail.example.com\" }\n";

#[test]
fn sequences_give_one_value_for_each_call_and_retries_take_no_time() {
    let tests = r#"
tests:
  - name: retries
    at: 2026-05-01T10:00:00Z
    trigger: { body: a }
    mock:
      far: { $sequence: [{ $error: { status: 503, retry_after: 10m } }, { $error: { code: timeout } }, { status: 200 }] }
      mail: { $sequence: [{ id: first }, { id: second }] }
    expect:
      outputs: { far: { status: 200 }, mail: [{ id: first }, { id: second }], at: { $matches: "^2026-05-01T10:10" } }
      calls: { far: 3, mail: 2 }
      sent:
        far: { url: "https://far.example.com/a" }
        mail: [{ subject: 1 }, { to: [{ $contains: "@" }], subject: 2 }]
  - name: a status that another try does not mend
    trigger: { body: a }
    mock: { far: { $error: { status: 404, message: no such thing } } }
    expect:
      calls: { far: 1, mail: 0 }
      error: { code: http_status, message: { $contains: no such }, step: far }
      ends: failed
  - name: unless it is said
    trigger: { body: a }
    mock: { far: { $error: { status: 404, retry: true } } }
    expect: { calls: { far: 3 }, error: { code: http_status } }
"#;
    pass(&[("a.yaml", &format!("{CALLS}{tests}")), ("connections.yaml", CONNECTIONS)], 3);
}

#[test]
fn a_sequence_that_runs_out_fails_the_test() {
    let tests = r#"
tests:
  - name: too few
    mock: { list: { $sequence: [{ $error: {} }] } }
    expect: { ends: failed }
"#;
    fail(&format!("{PAGES}{tests}"), &["mock.list: `$sequence` has 1 value, and this is call 2", "0 passed, 1 failed"]);
}

const PAGES: &str = r#"
steps:
  - id: list
    http.request: { url: "https://api.example.com/v1/orders", query: { page: 2 }, headers: { x-a: b } }
    retry: { attempts: 2 }
  - id: made
    http.request: { url: "https://api.example.com/v1/orders/{{ list.body.items[0].id }}", json: { amount: 5, note: x } }
    on_error: { use: { status: "{{ 0 }}" } }
"#;

#[test]
fn recorded_answers_are_shaped_as_real_ones() {
    let tests = r#"
tests:
  - name: recorded
    http:
      - { url: "https://api.example.com/v1/orders", request: { query: { page: "1" } }, json: { items: [] } }
      - { url: "https://api.example.com/v1/orders", times: 1, status: 503, headers: { retry-after: 2 } }
      - url: "https://api.example.com/*/orders"
        method: get
        headers: { Set-Cookie: [a=1, b=2], x-count: 7 }
        json: { items: [{ id: A1 }] }
      - { url: "https://api.example.com/**", method: POST, request: { json: { amount: { $type: number } } }, status: 201, text: made }
    expect:
      calls: { list: 2, made: 1 }
      sent: { made: { json: { amount: 5 } } }
      outputs:
        list:
          status: 200
          headers: { set-cookie: [a=1, b=2], x-count: "7", content-type: application/json }
          body: { items: [{ id: A1 }] }
        made: { status: 201, headers: { content-type: "text/plain; charset=utf-8" }, body: made }
  - name: an error status is an error
    http:
      - { url: "**/orders", json: { items: [{ id: A1 }] } }
      - { url: "**/orders/A1", status: 422, json: { reason: x } }
    expect: { outputs: { made: { status: 0 } } }
  - name: a mock goes before a record
    mock: { made: { status: 7 } }
    http: [{ url: "**", json: { items: [{ id: A1 }] } }]
    expect: { outputs: { made: { status: 7 } }, calls: { made: 1 } }
"#;
    pass(&[("a.yaml", &format!("{PAGES}{tests}"))], 3);
}

#[test]
fn a_request_that_nothing_recorded_fits_fails_the_test() {
    let tests = r#"
tests:
  - name: unrecorded
    http: [{ url: "https://api.example.com/v1/orders", json: { items: [{ id: A1 }] } }]
    expect: { ends: succeeded }
"#;
    fail(
        &format!("{PAGES}{tests}"),
        &["http: nothing is recorded that answers POST https://api.example.com/v1/orders/A1"],
    );
}

#[test]
fn credentials_are_not_needed() {
    let connections =
        "shop: { type: bearer, base: \"https://shop.example.com/api\", token: { env: NO_SUCH_VARIABLE } }\n";
    let scenario = r#"
steps: [{ id: get, http.request: { connection: shop, url: items } }]
tests:
  - name: recorded
    http: [{ url: "https://shop.example.com/api/items", json: [1] }]
    expect: { outputs: { get: { $contains: { body: [1] } } } }
"#;
    pass(&[("a.yaml", scenario), ("connections.yaml", connections)], 1);
}

#[test]
fn data_stores_are_real_and_in_memory() {
    let scenario = r#"
trigger: { webhook: { path: a } }
steps:
  - id: visits
    store.add: { table: counters, key: "{{ trigger.query.who }}", by: 1 }
  - id: customer
    store.get: { table: customers, key: "{{ trigger.query.who }}" }
  - store.put: { table: customers, key: bob, value: { name: Bob } }
  - store.delete: { table: customers, key: eve }
  - respond: { json: { visits: "{{ visits }}" } }
tests:
  - name: stores
    trigger: { query: { who: ada } }
    stores: { counters: { ada: 4 }, customers: { ada: { name: Ada }, eve: 1 } }
    expect:
      stores: { counters: { ada: 5 }, customers: { bob: { name: Bob }, eve: null, ada: { name: { $type: text } } } }
  - name: every test has its own
    trigger: { query: { who: ada } }
    stores: { customers: { ada: 1 } }
    expect: { stores: { counters: { ada: 1 } } }
  - name: what is missing is an error
    trigger: { query: { who: nobody } }
    expect: { error: { code: not_found, step: customer } }
"#;
    pass(&[("a.yaml", scenario)], 3);
    let wrong = scenario.replace("{ ada: 5 }", "{ ada: 6 }").replace("bob: { name: Bob }", "bob: null");
    fail(
        &wrong,
        &["stores.counters.ada: expected 6, was 5", "stores.customers.bob: expected null, was {\"name\":\"Bob\"}"],
    );
}

const APPROVAL: &str = r#"
steps:
  - id: ok
    wait_for:
      choices: [approve, reject]
      fields: { note: { type: text }, amount: { type: number } }
      deadline: 7d
      steps: [{ id: ask, http.request: { url: "https://chat.example.com", json: { link: "{{ resume.url }}" } } }]
    on_error: { use: { choice: nobody } }
  - wait: 30d
  - assign: { decision: "{{ ok.choice }}" }
  - id: at
    set: "{{ now() }}"
  - return: "{{ ok.choice }}"
"#;

#[test]
fn waits_pass_at_once_and_answers_are_mocked() {
    let tests = r#"
tests:
  - name: approved
    mock: { ok: { choice: approve, note: fine, amount: "12", by: ada } }
    expect:
      ends: returned
      returned: approve
      vars: { decision: approve }
      outputs:
        ok: { choice: approve, note: fine, amount: 12, by: ada, at: { $type: text } }
        at: { $matches: "^2026-01-31T" }
      sent: { ask: { json: { link: { $matches: "^http://localhost/resume/" } } } }
  - name: nobody
    mock: { ok: { $timeout: true } }
    expect: { ends: succeeded, returned: nobody, outputs: { at: { $matches: "^2026-02-07T" } } }
"#;
    pass(&[("a.yaml", &format!("{APPROVAL}{tests}"))], 2);
    let wrong = r#"
tests:
  - { name: no answer, expect: { returned: nobody } }
  - { name: no such choice, mock: { ok: { choice: perhaps } }, expect: { returned: approve, vars: { decision: x, other: 1 } } }
"#;
    fail(
        &format!("{APPROVAL}{wrong}"),
        &[
            "mock: `ok` waits for an answer, and the test gives none",
            "mock.ok.choice: choose one of approve, reject",
            "returned: expected \"approve\", was \"nobody\"",
            "vars.decision: expected \"x\", was \"nobody\"",
            "vars.other: expected 1, but it was never assigned",
        ],
    );
}

#[test]
fn called_scenarios_run_or_are_mocked() {
    let caller = r#"
steps:
  - id: tax
    call: { scenario: tax, input: { net: "{{ trigger.body }}" } }
  - return: "{{ tax }}"
tests:
  - name: for real
    trigger: { body: 100 }
    http: [{ url: "https://rates.example.com/*", json: { rate: 7 } }]
    expect: { returned: 107, sent: { tax: { scenario: tax, input: { net: 100 } } }, calls: { tax: 1 } }
  - name: mocked
    trigger: { body: 100 }
    mock: { tax: 5 }
    expect: { returned: 5 }
  - name: refused
    trigger: { body: none }
    expect: { error: { code: invalid_input, step: tax } }
  - name: failing
    trigger: { body: 100 }
    http: [{ url: "https://rates.example.com/*", status: 400 }]
    expect: { error: { code: http_status, message: { $contains: the called run failed } } }
"#;
    let callee = r#"
trigger: { call: { input: { type: object, properties: { net: { type: number } } } } }
steps:
  - id: rates
    http.request: { url: "https://rates.example.com/vat" }
  - return: "{{ trigger.body.net + rates.body.rate }}"
"#;
    pass(&[("caller.yaml", caller), ("tax.yaml", callee)], 4);
}

#[test]
fn held_runs_are_told() {
    let scenario = r#"
steps:
  - id: far
    http.request: { url: "https://far.example.com" }
    on_error: hold
tests:
  - name: held
    mock: { far: { $error: { code: gone, retry: false } } }
    expect: { ends: held, error: { code: gone, step: far } }
"#;
    pass(&[("a.yaml", scenario)], 1);
    fail(
        &scenario.replace("ends: held, error: { code: gone, step: far }", "ran: [far]"),
        &["ends: expected succeeded, was held", "[gone] the test lets this call fail"],
    );
}

#[test]
fn chance_follows_the_seed() {
    let scenario = r#"
steps: [{ id: one, set: "{{ uuid() }}" }, { id: two, set: "{{ uuid() }}" }]
tests:
  - { name: a, seed: 7, expect: { outputs: { one: FIRST } } }
  - { name: b, seed: 7, expect: { outputs: { one: FIRST } } }
  - { name: c, seed: 8, expect: { outputs: { one: FIRST, two: FIRST } } }
"#;
    let folder = folder(&[("a.yaml", scenario)]);
    let said = hookmill(folder.path(), &["test", "--format", "json"]).json();
    let found = |test: usize, finding: usize| said["tests"][test]["findings"][finding].to_string();
    assert_eq!(found(0, 0), found(1, 0));
    assert_ne!(found(0, 0), found(2, 0));
    assert_ne!(found(2, 0).replace("one", "two"), found(2, 1));
}
