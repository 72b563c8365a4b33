//! Functions that turn values into other forms and read parts of them.

use super::{Call, Function};
use crate::data;
use crate::expression::fault::{Fault, limit};
use crate::expression::value::list;
use jsonpath_rust::parser::{model::JpQuery, parse_json_path};
use jsonpath_rust::query::js_path_process;
use rhai::Dynamic;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

type Result = std::result::Result<Dynamic, Fault>;

pub(super) const TABLE: &[Function] = &[
    Function {
        name: "to_json",
        group: "convert",
        signature: "to_json(value) -> text",
        doc: "The value as JSON text.",
        errors: "",
        example: "#{a: [1, ()]}.to_json()",
        result: r#""{\"a\":[1,null]}""#,
        run: to_json,
    },
    Function {
        name: "parse_json",
        group: "convert",
        signature: "parse_json(text) -> value",
        doc: "The value of a JSON text; an error where it is none.",
        errors: "A text that is no JSON.",
        example: r#"`{"a": 1}`.parse_json().a"#,
        result: "1",
        run: parse_json,
    },
    Function {
        name: "path",
        group: "convert",
        signature: "path(value, query) -> list",
        doc: "All parts of the value that a JSONPath query (RFC 9535) finds.",
        errors: "A text that is no JSONPath query; a query longer than 1000 characters.",
        example: r#"[#{qty: 1, sku: "A"}, #{qty: 2, sku: "B"}].path("$[?@.qty > 1].sku")"#,
        result: r#"["B"]"#,
        run: path,
    },
];

fn to_json(call: &mut Call) -> Result {
    let text = data::to_text(call.any(0));
    call.spend_bytes(text.len())?;
    Ok(String::from_utf8_lossy(&text).into_owned().into())
}

fn parse_json(call: &mut Call) -> Result {
    let text = call.text(0)?;
    call.spend_bytes(text.len())?;
    data::parse(text.as_bytes()).map_err(|error| call.fail(&format!("this is no JSON: {error}")))
}

fn path(call: &mut Call) -> Result {
    let query = compiled(call)?;
    let json = data::to_json(call.any(0));
    let found = js_path_process(&query, &json).map_err(|error| call.fail(&error.to_string()))?;
    call.spend_bytes(found.len() * 64)?;
    Ok(list(found.into_iter().map(|found| data::of(found.val())).collect()))
}

/// The query, parsed at its first use.
fn compiled(call: &mut Call) -> std::result::Result<Arc<JpQuery>, Fault> {
    const KEPT: usize = 1000;
    const LONGEST: usize = 1000;
    const DESCENTS: usize = 2;
    static PARSED: LazyLock<RwLock<HashMap<String, Arc<JpQuery>>>> = LazyLock::new(Default::default);

    let text = call.text(1)?;
    if let Some(query) = PARSED.read().unwrap_or_else(PoisonError::into_inner).get(text.as_str()) {
        return Ok(query.clone());
    }
    if text.len() > LONGEST || text.matches("..").count() > DESCENTS {
        return Err(limit(format!("a query has at most {LONGEST} characters and {DESCENTS} times `..`")));
    }
    let parsed = parse_json_path(&text);
    let query = Arc::new(parsed.map_err(|error| call.fail(&format!("this is no JSONPath query: {error}")))?);
    let mut kept = PARSED.write().unwrap_or_else(PoisonError::into_inner);
    if kept.len() >= KEPT {
        kept.clear();
    }
    kept.insert(text.to_string(), query.clone());
    Ok(query)
}
