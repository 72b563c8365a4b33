//! Functions of time and chance. Both come with the call, so that a resumed run computes the same again.

use super::{Call, Function};
use crate::expression::fault::Fault;
use jiff::Timestamp;
use rhai::Dynamic;

type Result = std::result::Result<Dynamic, Fault>;

pub(super) const TABLE: &[Function] = &[
    Function {
        name: "now",
        group: "time",
        signature: "now() -> text",
        doc: "The present moment in UTC, as RFC 3339 has it, with milliseconds.",
        errors: "",
        example: "now()",
        result: r#""2026-11-22T10:30:00.250Z""#,
        run: now,
    },
    Function {
        name: "uuid",
        group: "time",
        signature: "uuid() -> text",
        doc: "A random identifier (RFC 9562, version 4).",
        errors: "",
        example: "uuid().len()",
        result: "36",
        run: uuid,
    },
];

fn now(call: &mut Call) -> Result {
    let now = call.moment().now;
    let time = Timestamp::from_millisecond(now).map_err(|_| call.fail("the clock shows an impossible time"))?;
    Ok(format!("{time:.3}").into())
}

fn uuid(call: &mut Call) -> Result {
    let random = (u128::from(call.draw()) << 64) | u128::from(call.draw());
    let version = random & !(0xf << 76) | (0x4 << 76);
    let variant = version & !(0x3 << 62) | (0x2 << 62);
    let hex = format!("{variant:032x}");
    Ok(format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]).into())
}
