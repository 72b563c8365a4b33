//! Expressions of n8n with the values that its documentation and JavaScript give, evaluated in our language.

use super::template::parts;
use super::*;
use crate::n8n::js::parse;
use crate::n8n::reading::Shape;
use rhai_values::eval;
use serde_json::{Value, json};

mod rhai_values {
    //! Our side: the written expression, compiled and evaluated.

    use rhai::Dynamic;
    use scenario::data;
    use scenario::diagnostic::Place;
    use scenario::expression::{Expression, Moment, Names};
    use serde_json::Value;

    struct Given(Value);

    impl Names for Given {
        fn get(&self, name: &str) -> Option<Dynamic> {
            self.0.get(name).map(data::of)
        }
    }

    pub(super) fn eval(source: &str, given: &Value) -> Result<Value, String> {
        let compiled = Expression::compile(source, &|_| Place { line: 1, column: 1 });
        let compiled = compiled.map_err(|error| format!("{source}: {}", error.message))?;
        // 2026-11-23T09:30:15.250Z
        let moment = Moment { now: 1_795_426_215_250, seed: 7, first_line: 1 };
        let value = compiled.eval(&Given(given.clone()), &moment);
        value.map(|value| data::to_json(&value)).map_err(|error| format!("{source}: {}", error.message))
    }
}

fn sight() -> Sight {
    let mut nodes = BTreeMap::new();
    nodes.insert("Webhook".to_owned(), Reading::one(Expr::name("trigger")).shaped(Shape::Webhook));
    nodes.insert("Get rows".to_owned(), Reading::many(Expr::name("rows")));
    nodes.insert("HTTP".to_owned(), Reading::one(Expr::name("answer")).shaped(Shape::Body));
    Sight { input: Some(Reading::one(Expr::name("order"))), nodes, workflow: "Shop".to_owned(), ..Sight::default() }
}

fn given() -> Value {
    json!({
        "order": {
            "name": "Ann Lee", "empty": "", "zero": 0, "no": false, "n": 7, "price": 2.5, "text": "a-b-c",
            "list": [3, 1, 2], "words": ["x", "y", "x"], "date": "2024-02-29T10:30:00.000Z", "html": "<b>Hi</b> there",
            "lines": [{ "sku": "A", "qty": 2 }, { "sku": "B", "qty": 5 }], "json": "{\"a\":1}", "map": { "b": 2, "a": 1 },
            "mail": "write to ann@example.com now", "a b": "blank", "5": "five"
        },
        "trigger": { "body": { "name": "Bo" }, "query": { "q": "1" }, "headers": {}, "params": {} },
        "rows": [{ "id": 1 }, { "id": 2 }],
        "answer": { "status": 200, "headers": {}, "body": { "id": 9 } },
        "run": { "id": "r1", "scenario": "shop", "version": "v" }
    })
}

#[track_caller]
fn check(code: &str, expected: Value) {
    let js = parse(code).unwrap_or_else(|fault| panic!("{code}: {fault:?}"));
    let expr = translate(&js, &sight()).unwrap_or_else(|unsaid| panic!("{code}: {unsaid}"));
    let value = eval(&expr.to_string(), &given()).unwrap_or_else(|error| panic!("{code}: {error}"));
    // 3.0 is 3 in JavaScript.
    let same = match (value.as_f64(), expected.as_f64()) {
        (Some(value), Some(expected)) => (value - expected).abs() < 1e-9,
        _ => value == expected,
    };
    assert!(same, "{code} → {expr}: {value}, not {expected}");
}

#[track_caller]
fn reads(code: &str, expected: &str) {
    let expr = translate(&parse(code).unwrap(), &sight()).unwrap_or_else(|unsaid| panic!("{code}: {unsaid}"));
    assert_eq!(expr.to_string(), expected, "{code}");
}

#[test]
fn paths_read_as_people_write_them() {
    reads("$json.name", "order?.name");
    reads("$json[\"a b\"]", "order?[\"a b\"]");
    reads("$json.list[0]", "order?.list?[0]");
    reads("$('Webhook').item.json.body.name", "trigger.body?.name");
    reads("$node[\"Webhook\"].json[\"query\"].q", "trigger.query?.q");
    reads("$('Get rows').first().json.id", "rows.first()?.id");
    reads("$('Get rows').all().map(row => row.json.id)", "rows.map(|row| row?.id)");
    reads("$('HTTP').item.json.id", "answer.body?.id");
    reads("$now.toFormat('yyyy-MM-dd')", "now().format_date(\"YYYY-MM-DD\")");
    reads("$json.name ?? 'x'", "order?.name ?? \"x\"");
    reads("$execution.id", "run.id");
}

#[test]
fn values_of_paths_and_operators() {
    check("$json.name", json!("Ann Lee"));
    check("$json['a b']", json!("blank"));
    check("$json.missing", json!(null));
    check("$json.missing.deeper.still", json!(null));
    check("$json.lines[1].sku", json!("B"));
    check("$json.lines[9]?.sku", json!(null));
    check("$('Webhook').first().json.body.name", json!("Bo"));
    check("$node['HTTP'].json.id + 1", json!(10));
    check("$input.first().json.n", json!(7));
    check("$('Get rows').all().length", json!(2));
    check("$items('Get rows')[1].json.id", json!(2));
    check("$json.n / 2", json!(3.5));
    check("$json.n % 4 + 2 * 3", json!(9));
    check("2 ** 3", json!(8));
    check("'a' + $json.n + 1", json!("a71"));
    check("1 + 2 + 'a'", json!("3a"));
    check("`${$json.name}: ${$json.n}`", json!("Ann Lee: 7"));
    check("$json.n > 5 && $json.name === 'Ann Lee'", json!(true));
    check("$json.n == '7'", json!(true));
    check("$json.no ? 1 : 2", json!(2));
    check("!$json.empty", json!(true));
    check("-$json.n", json!(-7));
    check("typeof $json.n", json!("number"));
}

#[test]
fn values_of_defaults_as_javascript_has_them() {
    check("$json.empty || 'none'", json!("none"));
    check("$json.zero || 5", json!(5));
    check("$json.no || 'x'", json!("x"));
    check("$json.name || 'none'", json!("Ann Lee"));
    check("$json.missing || $json.empty || 'last'", json!("last"));
    check("$json.zero ?? 5", json!(0));
    check("($json.missing || []).length", json!(0));
    check("$json.empty ? 'a' : 'b'", json!("b"));
    check("$json.list ? 'a' : 'b'", json!("a"));
    check("$json.name && $json.n", json!(7));
    check("$if($json.zero, 1, 2)", json!(2));
    check("$ifEmpty($json.empty, 'none')", json!("none"));
}

#[test]
fn values_of_texts() {
    check("$json.name.toLowerCase()", json!("ann lee"));
    check("$json.name.split(' ')[0]", json!("Ann"));
    check("$json.text.replace('-', '+')", json!("a+b-c"));
    check("$json.text.replaceAll('-', '+')", json!("a+b+c"));
    check("$json.text.replace(/-/g, '')", json!("abc"));
    check("$json.text.replace(/[a-z]/, 'z')", json!("z-b-c"));
    check("$json.text.split('-').reverse().join('_')", json!("c_b_a"));
    check("$json.name.includes('Lee')", json!(true));
    check("$json.name.indexOf('zz')", json!(-1));
    check("$json.name.substring(0, 3)", json!("Ann"));
    check("$json.name.slice(-3)", json!("Lee"));
    check("$json.name.length", json!(7));
    check("$json.name.charAt(0).toUpperCase() + $json.name.slice(1)", json!("Ann Lee"));
    check("$json.text.match(/(\\w)-(\\w)/)[2]", json!("b"));
    check("$json.text.match(/[a-z]/g).length", json!(3));
    check("/lee$/i.test($json.name)", json!(true));
    check("String($json.n).padStart(3, '0')", json!("007"));
    check("encodeURIComponent('a b&c')", json!("a%20b%26c"));
    check("$json.name.toSnakeCase()", json!("ann_lee"));
    check("$json.html.removeTags()", json!("Hi there"));
    check("$json.mail.extractEmail()", json!("ann@example.com"));
    check("$json.name.hash('md5').length", json!(32));
    check("$json.empty.isEmpty()", json!(true));
    check("$json.name.base64Encode()", json!("QW5uIExlZQ=="));
}

#[test]
fn values_of_lists_maps_and_json() {
    check("$json.lines.map(l => l.sku).join(', ')", json!("A, B"));
    check("$json.lines.map(l => `${l.qty} ${l.sku}`)", json!(["2 A", "5 B"]));
    check("$json.lines.filter(l => l.qty > 2).length", json!(1));
    check("$json.lines.find(l => l.sku == 'B').qty", json!(5));
    check("$json.lines.some(l => l.qty > 9)", json!(false));
    check("$json.lines.every(l => l.qty)", json!(true));
    check("$json.lines.reduce((sum, l) => sum + l.qty, 0)", json!(7));
    check("$json.lines.sort((a, b) => b.qty - a.qty)[0].sku", json!("B"));
    check("$json.words.unique().length", json!(2));
    check("$json.list.sum()", json!(6));
    check("$json.list.last()", json!(2));
    check("$json.list.includes(3)", json!(true));
    check("[].concat($json.n)", json!([7]));
    check("[...$json.list, 4].length", json!(4));
    check("$json.lines.pluck('sku')", json!(["A", "B"]));
    check("Object.keys($json.map)", json!(["a", "b"]));
    check("Object.entries($json.map).map(e => e[0] + e[1])", json!(["a1", "b2"]));
    check("({ ...$json.map, b: 3 })", json!({ "a": 1, "b": 3 }));
    check("JSON.stringify($json.map)", json!("{\"a\":1,\"b\":2}"));
    check("JSON.parse($json.json).a", json!(1));
    check("$json.json.parseJson().a", json!(1));
    check("$json.map.toJsonString()", json!("{\"a\":1,\"b\":2}"));
    check("Array.isArray($json.list)", json!(true));
}

#[test]
fn values_of_numbers() {
    check("Math.round($json.price * 10) / 10", json!(2.5));
    check("Math.max($json.n, 9)", json!(9));
    check("Math.floor($json.n / 2)", json!(3));
    check("$json.price.toFixed(2)", json!("2.50"));
    check("Number('12.5') + 1", json!(13.5));
    check("parseInt('42')", json!(42));
    check("'12'.toNumber()", json!(12));
    check("$json.price.round()", json!(3));
    check("$json.n.isOdd()", json!(true));
}

#[test]
fn values_of_moments() {
    check("$now.toISO()", json!("2026-11-23T09:30:15.250Z"));
    check("new Date().toISOString()", json!("2026-11-23T09:30:15.250Z"));
    check("$now.minus({ days: 1 }).toFormat('yyyy-MM-dd')", json!("2026-11-22"));
    check("$now.plus(2, 'weeks').toFormat(\"dd LLL yyyy 'at' HH:mm\")", json!("07 Dec 2026 at 09:30"));
    check("$today.toISODate()", json!("2026-11-23"));
    check("DateTime.fromISO($json.date).toFormat('dd/MM/yyyy')", json!("29/02/2024"));
    check("DateTime.fromISO($json.date).setZone('Europe/Paris').toFormat('HH:mm')", json!("11:30"));
    check("$json.date.toDateTime().plus({ months: 1 }).month", json!(3));
    check("$now.startOf('month').toISODate()", json!("2026-11-01"));
    check("new Date($json.date).getTime()", json!(1_709_202_600_000_i64));
    check("new Date(Date.now() - 30 * 60 * 1000).toISOString()", json!("2026-11-23T09:00:15.250Z"));
    check("new Date($json.date).getUTCFullYear() + '/' + (new Date($json.date).getUTCMonth() + 1)", json!("2024/2"));
    check("DateTime.fromISO('2024-03-02').diff(DateTime.fromISO('2024-02-28'), 'days').days", json!(3));
    check("$now.weekday", json!(1));
    check("$now > DateTime.fromISO($json.date)", json!(true));
    check("Math.floor(Date.now() / 1000)", json!(1_795_426_215));
}

#[test]
fn what_cannot_be_said_tells_why() {
    for (code, reason) in [
        ("$('Nobody').item.json.a", "Nobody"),
        ("$json.list.map(x => { return x })", "statements"),
        ("$fromAI('a')", "model"),
        ("$binary.data.fileName", "file"),
        ("$json.name.replace(/(?=a)/, '')", "looks around"),
        ("$execution.resumeUrl", "wait_for"),
        ("unknown(1)", "unknown"),
        ("a & b", "a"),
    ] {
        let unsaid = translate(&parse(code).unwrap(), &sight()).unwrap_err();
        assert!(unsaid.contains(reason), "{code}: {unsaid}");
    }
}

#[test]
fn strings_are_split_at_braces() {
    let code = |text: &str| template::Written::Code(text.to_owned());
    let text = |text: &str| template::Written::Text(text.to_owned());
    assert_eq!(parts("{{ $json.a }}"), [code("$json.a")]);
    assert_eq!(parts("a {{ 1 }} b {{2}}"), [text("a "), code("1"), text(" b "), code("2")]);
    assert_eq!(parts("\\{{ a }} {{ b }}"), [text("{{ a }} "), code("b")]);
    assert_eq!(parts("a {{ b"), [text("a {{ b")]);
    assert_eq!(parts("{{ {a: 1}}}"), [code("{a: 1}")]);
}

#[test]
fn texts_that_become_json_become_values() {
    let text = "={ \"name\": \"{{ $json.name }}\", \"all\": {{ $json.list }}, \"hello\": \"Hi {{ $json.n }}!\" }";
    let data = json_template(text, &sight(), &mut Said::default(), &mut |_| None).unwrap();
    let shown = |key: &str| match data.get(key) {
        Some(crate::draft::Data::Text(text)) => text.to_string(),
        other => panic!("{other:?}"),
    };
    assert_eq!(shown("name"), "{{ order?.name.to_text() }}");
    assert_eq!(shown("all"), "{{ order?.list }}");
    assert_eq!(shown("hello"), "Hi {{ order?.n }}!");
    assert!(json_template("={{ $json.text }} {", &sight(), &mut Said::default(), &mut |_| None).is_none());
}
