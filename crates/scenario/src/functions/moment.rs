//! Functions of time. It comes with the call, so that a resumed run computes the same again.

use super::{Call, Function};
use crate::expression::fault::Fault;
use jiff::Timestamp;
use rhai::Dynamic;

type Result = std::result::Result<Dynamic, Fault>;

pub(super) const TABLE: &[Function] = &[Function {
    name: "now",
    group: "time",
    signature: "now() -> text",
    doc: "The present moment in UTC, as RFC 3339 has it, with milliseconds.",
    errors: "",
    example: "now()",
    result: r#""2026-11-22T10:30:00.250Z""#,
    run: now,
}];

fn now(call: &mut Call) -> Result {
    let now = call.moment().now;
    let time = Timestamp::from_millisecond(now).map_err(|_| call.fail("the clock shows an impossible time"))?;
    Ok(format!("{time:.3}").into())
}
