//! What is checked of a request.

use super::*;
use serde_json::json;

fn order() -> Schema {
    let order = json!({ "type": "string", "pattern": "^[A-Z][0-9]+$" });
    Schema::compile(&json!({ "type": "object", "required": ["order"], "properties": { "order": order } })).unwrap()
}

#[test]
fn what_is_checked_is_the_body_or_else_the_query() {
    let schema = order();
    let told = |body: Value, query: &[(&str, &str)], status: Option<u16>| {
        let pairs = query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let request = Request { query: pairs, ..Request::default() };
        assert_eq!(
            check(&schema, &body, Some(&request)).err().map(|refusal| refusal.status),
            status,
            "{body} {query:?}"
        );
    };
    told(json!({"order": "A1"}), &[], None);
    told(json!(null), &[("order", "A1")], None);
    told(json!(null), &[("order", "A1"), ("order", "A2")], Some(422));
    told(json!(null), &[], Some(422));
    told(json!({}), &[("order", "A1")], Some(422));
}
