//! What `trigger` tells of a delivery.

use super::*;
use serde_json::{Value, json};

fn seen(body: Value, recognised: Option<&Recognised>) -> Value {
    let body = Payload::of_value(&body);
    let input = Input { source: Source::Webhook, at: 0, request: None, body, raw: None, files: None };
    let mut seen: Value =
        serde_json::from_slice(&data::to_text(&trigger(&input, recognised, &TriggerReads::All))).unwrap();
    let fields = seen.as_object_mut().unwrap();
    fields.retain(|name, _| ["provider", "event", "id", "item", "index"].contains(&name.as_str()));
    seen
}

fn item(path: &[&str], body: Value) -> Value {
    let path = path.iter().map(|name| (*name).to_owned()).collect();
    let item = Some(Item { path, index: 4, count: 5 });
    seen(body, Some(&Recognised { item, ..Recognised::default() }))["item"].clone()
}

#[test]
fn what_is_not_known_of_a_delivery_is_nothing_rather_than_missing() {
    let nothing = json!({ "provider": null, "event": null, "id": null });
    assert_eq!(seen(json!({ "id": 1 }), None), nothing);
    assert_eq!(seen(json!({ "id": 1 }), Some(&Recognised::default())), nothing);
    let (provider, event, id) = (Some("github".to_owned()), Some("push".to_owned()), Some("8f2c".to_owned()));
    let recognised = Recognised { provider, event, id, item: None, at: 7 };
    assert_eq!(seen(json!({}), Some(&recognised)), json!({ "provider": "github", "event": "push", "id": "8f2c" }));
}

#[test]
fn the_item_is_where_the_path_leads() {
    assert_eq!(item(&[], json!([{ "n": 1 }])), json!({ "n": 1 }));
    assert_eq!(item(&[], json!([[1, 2]])), json!([1, 2]), "an item may be a list");
    assert_eq!(item(&["events"], json!({ "to": "us", "events": [{ "n": 1 }] })), json!({ "n": 1 }));
    let body = json!({ "entry": [{ "id": 3, "changes": [{ "field": "feed" }] }] });
    assert_eq!(item(&["entry", "changes"], body), json!({ "field": "feed" }));
    assert_eq!(item(&["a"], json!([[{ "a": ["x"] }]])), json!("x"));
    assert_eq!(item(&[], json!([0, 1]))["index"], Value::Null);
    for elsewhere in [json!(null), json!({}), json!({ "events": null }), json!({ "events": [] }), json!([]), json!("x")]
    {
        assert_eq!(item(&["events"], elsewhere), Value::Null);
    }
}
