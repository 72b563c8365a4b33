//! Own small descriptions: what comes of them passes `app check` and `app test`, and hostile ones end in a sentence.

use super::*;
use crate::app::{Apps, cases as trial};
use run::files::Files;
use run::resume::ResumeKey;
use serde_json::{Value, json};
use std::sync::Arc;

const SHOP: &str = include_str!("../../../testdata/openapi/shop.yaml");
const SHOP_APP: &str = include_str!("../../../testdata/openapi/shop.app.yaml");
const AWKWARD: &str = include_str!("../../../testdata/openapi/awkward.json");

fn wanted(name: &str) -> Wanted {
    Wanted { name: Some(name.to_owned()), source: "https://example.com/openapi.yaml".to_owned(), ..Wanted::default() }
}

fn made(text: &str, wanted: &Wanted) -> Imported {
    import(text, wanted).unwrap_or_else(|refusal| panic!("{refusal}"))
}

/// What is wrong with the cases of an imported app.
async fn faults(imported: &Imported) -> Vec<String> {
    let apps = Arc::new(Apps::shipped().replacing(&imported.name, &imported.app).unwrap());
    let (cases, findings) = trial::read(&imported.cases);
    assert_eq!(findings, [], "{}", imported.cases);
    assert_eq!(trial::gaps(&apps, &imported.name, &cases), Vec::<String>::new());
    let files = Files::new(store::open("memory:").unwrap().blobs, &ResumeKey([0; 32]));
    let verdicts = trial::run(&apps, &imported.name, &cases, &files).await;
    let told =
        |it: &trial::Verdict| it.faults.iter().map(|fault| format!("{}: {fault}", it.action)).collect::<Vec<_>>();
    verdicts.iter().flat_map(told).collect()
}

#[tokio::test]
async fn a_description_becomes_an_app_that_people_can_read() {
    let shop = made(SHOP, &wanted("shop"));
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/openapi/shop.app.yaml"), &shop.app).unwrap();
    }
    assert_eq!(shop.app, SHOP_APP);
    assert_eq!(faults(&shop).await, Vec::<String>::new(), "{}", shop.cases);
    assert_eq!(shop.left_out, ["GET /old-orders: it is deprecated"]);
}

#[tokio::test]
async fn an_awkward_description_becomes_an_app_that_works() {
    let imported = made(AWKWARD, &wanted("awkward"));
    assert_eq!(faults(&imported).await, Vec::<String>::new(), "{}\n{}", imported.app, imported.cases);
    assert!(!imported.app.contains(['\u{202e}', '\u{7}']), "{}", imported.app);
    assert!(imported.left_out.iter().any(|told| told.contains("/broken/{")), "{:?}", imported.left_out);
}

#[tokio::test]
async fn the_projects_own_description_becomes_an_app() {
    let text =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference/openapi.json")).unwrap();
    let imported = made(&text, &wanted("own_api"));
    assert!(imported.actions > 80, "{}", imported.actions);
    assert_eq!(faults(&imported).await, Vec::<String>::new());
    let at = Some(Url::parse("https://hooks.example.com/api/openapi.json").unwrap());
    let some = made(&text, &Wanted { only: vec!["alarms".to_owned()], at, ..wanted("own_api") });
    assert!(some.actions < 5 && some.app.contains("base: https://hooks.example.com\n"), "{}", some.app);
    let none = import(&text, &Wanted { only: vec!["cats".to_owned()], ..wanted("own_api") }).unwrap_err();
    assert!(none.to_string().contains("alarms"), "{none}");
}

/// What is said of a text that makes no app.
fn refused(text: &str, expected: &str) {
    let refusal = import(text, &wanted("x")).map(|it| it.app).unwrap_err().to_string();
    assert!(refusal.contains(expected), "{refusal}");
}

#[test]
fn what_makes_no_app_is_refused_in_a_sentence() {
    refused("", "no `openapi`");
    refused("[1]", "no `openapi`");
    refused("openapi: 3.0.0\npaths: {}", "no operation");
    refused("swagger: '2.0'", "OpenAPI 2.0");
    refused("openapi: 4.0.0", "OpenAPI 4.0.0");
    refused("{ a: [ }", "no YAML");
    refused(&" ".repeat(MOST + 1), "larger than 20 MiB");
    refused(&"{\"a\":".repeat(20_000), "");
    let many: Value =
        (0..1_001).map(|at| (format!("/{at}"), json!({ "get": {} }))).collect::<serde_json::Map<_, _>>().into();
    refused(&json!({ "openapi": "3.1.0", "paths": many }).to_string(), "1001 operations");
    assert!(import(SHOP, &wanted("No Name")).is_err());
}

/// References that multiply: each of twenty schemas is made of ten of the next.
#[test]
fn references_that_multiply_come_to_an_end() {
    let mut schemas = serde_json::Map::new();
    for level in 0..20 {
        let next = json!({ "$ref": format!("#/components/schemas/s{}", level + 1) });
        let properties: serde_json::Map<String, Value> = (0..10).map(|at| (format!("p{at}"), next.clone())).collect();
        schemas.insert(format!("s{level}"), json!({ "allOf": vec![next.clone(); 10], "properties": properties }));
    }
    let schema = json!({ "$ref": "#/components/schemas/s0" });
    let content = json!({ "content": { "application/json": { "schema": schema } } });
    let post = json!({ "requestBody": content, "responses": { "200": content } });
    let text = json!({ "openapi": "3.0.3", "components": { "schemas": schemas }, "paths": { "/a": { "post": post } } });
    let began = std::time::Instant::now();
    let _ = import(&text.to_string(), &wanted("x"));
    assert!(began.elapsed().as_secs() < 30, "{:?}", began.elapsed());
}

/// A generator of chance that is the same every time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most
    }

    fn value(&mut self, depth: usize) -> Value {
        const TEXTS: [&str; 24] = [
            "",
            "string",
            "array",
            "object",
            "query",
            "path",
            "header",
            "#/components/schemas/a",
            "#/paths",
            "{{ secrets.a }}",
            "id",
            "../x",
            "https://a.example/{b}",
            "{",
            "date-time",
            "binary",
            "\u{202e}\u{0}",
            "limit",
            "cursor",
            "next",
            "訂單",
            "true",
            "a: b #c",
            "fn",
        ];
        match self.below(if depth == 0 { 5 } else { 7 }) {
            0 => Value::Null,
            1 => json!(self.below(3) == 0),
            2 => json!(self.below(1000) as f64 / 7.0),
            3 | 4 => TEXTS[self.below(TEXTS.len())].into(),
            5 => (0..self.below(4)).map(|_| self.value(depth - 1)).collect(),
            _ => (0..self.below(5))
                .map(|_| (self.key(), self.value(depth - 1)))
                .collect::<serde_json::Map<_, _>>()
                .into(),
        }
    }

    fn key(&mut self) -> String {
        const KEYS: [&str; 26] = [
            "schema",
            "type",
            "properties",
            "items",
            "$ref",
            "allOf",
            "oneOf",
            "enum",
            "example",
            "default",
            "required",
            "format",
            "name",
            "in",
            "content",
            "application/json",
            "multipart/form-data",
            "examples",
            "description",
            "a",
            "id",
            "limit",
            "next",
            "x.y",
            "\u{0}{{",
            "url",
        ];
        KEYS[self.below(KEYS.len())].to_owned()
    }

    /// A description whose parts are sound, or anything.
    fn description(&mut self) -> Value {
        let mut text = serde_yaml::from_str::<Value>(SHOP).unwrap();
        let mut places = Vec::new();
        pointers(&text, String::new(), &mut places);
        for _ in 0..=self.below(6) {
            let at = self.below(places.len());
            let value = self.value(3);
            if let Some(place) = text.pointer_mut(&places[at]) {
                *place = value;
            }
        }
        if let Some(fields) = text.as_object_mut() {
            fields.insert("openapi".to_owned(), "3.1.0".into());
        }
        text
    }
}

fn pointers(value: &Value, at: String, found: &mut Vec<String>) {
    let escaped = |key: &str| key.replace('~', "~0").replace('/', "~1");
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(key, it)| pointers(it, format!("{at}/{}", escaped(key)), found))
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(key, it)| pointers(it, format!("{at}/{key}"), found))
        }
        _ => {}
    }
    found.push(at);
}

/// Whatever a description says: a sentence, or an app that passes the check and whose cases can be read.
#[tokio::test]
async fn any_description_is_an_app_or_a_refusal() {
    let (mut apps, mut unfit) = (0, Vec::new());
    for seed in 0..400 {
        let text = Chance(seed * 7_919 + 1).description();
        match import(&text.to_string(), &wanted("x")) {
            Ok(imported) => {
                apps += 1;
                if seed % 10 == 0 {
                    unfit.extend(
                        faults(&imported).await.into_iter().map(|fault| format!("{seed}: {fault}\n{}", imported.app)),
                    );
                }
            }
            Err(Refusal::Unfit(finding)) => unfit.push(format!("{seed}: {finding}\n{text}")),
            Err(_) => {}
        }
    }
    assert!(unfit.is_empty(), "{}: {}", unfit.len(), unfit[0]);
    assert!(apps > 200, "{apps}");
}
