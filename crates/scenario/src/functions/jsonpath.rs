//! JSONPath (RFC 9535). Queries are parsed once and kept; values are walked as they are, without a copy.

mod filter;
mod walk;

use super::{Call, Function};
use crate::expression::fault::{Fault, limit};
use crate::expression::value::list;
use jsonpath_rust::parser::{model::JpQuery, parse_json_path};
use rhai::Dynamic;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};
use walk::Walk;

type Result<T = Dynamic> = std::result::Result<T, Fault>;

const ERRORS: &str = "A text that is no JSONPath query.";

pub(super) const TABLE: &[Function] = &[
    Function {
        name: "path",
        group: "json",
        signature: "path(value, query) -> list",
        doc: "All parts of the value that a JSONPath query (RFC 9535) finds.",
        errors: ERRORS,
        example: r#"[#{qty: 1, sku: "A"}, #{qty: 2, sku: "B"}].path("$[?@.qty > 1].sku")"#,
        result: r#"["B"]"#,
        run: |call| Ok(list(found(call)?)),
    },
    Function {
        name: "path_one",
        group: "json",
        signature: "path_one(value, query) -> value",
        doc: "The first part of the value that a JSONPath query (RFC 9535) finds, or `()`.",
        errors: ERRORS,
        example: r#"#{order: #{lines: [#{sku: "A"}]}}.path_one("$..sku")"#,
        result: r#""A""#,
        run: |call| Ok(found(call)?.into_iter().next().unwrap_or_default()),
    },
    Function {
        name: "path_exists",
        group: "json",
        signature: "path_exists(value, query) -> bool",
        doc: "Whether a JSONPath query (RFC 9535) finds anything in the value.",
        errors: ERRORS,
        example: r#"#{a: [1]}.path_exists("$.a[1]")"#,
        result: "false",
        run: |call| Ok((!found(call)?.is_empty()).into()),
    },
];

fn found(call: &mut Call) -> Result<Vec<Dynamic>> {
    let query = compiled(call)?;
    let root = call.any(0);
    Walk::new(call, root).select(&query.segments, root)
}

/// The query, parsed at its first use.
fn compiled(call: &mut Call) -> Result<Arc<JpQuery>> {
    const KEPT: usize = 1000;
    const LONGEST: usize = 1000;
    static PARSED: LazyLock<RwLock<HashMap<String, Arc<JpQuery>>>> = LazyLock::new(Default::default);

    let text = call.text(1)?;
    if let Some(query) = PARSED.read().unwrap_or_else(PoisonError::into_inner).get(text.as_str()) {
        return Ok(query.clone());
    }
    if text.len() > LONGEST {
        return Err(limit(format!("a query has at most {LONGEST} characters")));
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

#[cfg(test)]
mod tests;
