//! YAML documents, read by the reader of scenarios themselves.

use super::{Call, Function};
use crate::data::{self, Json};
use crate::expression::fault::Fault;
use rhai::Dynamic;

type Result = std::result::Result<Dynamic, Fault>;

pub(super) const TABLE: &[Function] = &[
    Function {
        name: "parse_yaml",
        group: "format",
        signature: "parse_yaml(text) -> value",
        doc: "The value of a YAML document, read as scenarios are: `yes`, `no` and `0123` are texts.",
        errors: "A text that is no YAML, has several documents, is longer than 1 MiB, or uses too many aliases.",
        example: "\"a: 1\\nb: [x, yes]\".parse_yaml()",
        result: r#"{"a":1,"b":["x","yes"]}"#,
        run: parse,
    },
    Function {
        name: "to_yaml",
        group: "format",
        signature: "to_yaml(value) -> text",
        doc: "The value as a YAML document.",
        errors: "",
        example: r#"#{a: 1, b: ["x", "yes"]}.to_yaml()"#,
        result: r#""a: 1\nb:\n- x\n- \"yes\"\n""#,
        run: write,
    },
];

fn parse(call: &mut Call) -> Result {
    let text = call.text(0)?;
    call.spend_bytes(text.len().saturating_mul(8))?;
    call.reserve(text.len().saturating_mul(8))?;
    let document = crate::text::read(&text)
        .map_err(|found| call.fail(&format!("this is no YAML: {}, at line {}", found.message, found.place.line)))?;
    Ok(data::of(&document.to_json()))
}

fn write(call: &mut Call) -> Result {
    call.spend_whole(0)?;
    let written = serde_yaml::to_string(&Json(call.any(0))).map_err(|error| call.fail(&error.to_string()))?;
    call.spend_bytes(written.len().saturating_mul(4))?;
    Ok(written.into())
}
