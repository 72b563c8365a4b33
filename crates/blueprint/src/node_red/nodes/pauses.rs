//! `delay` and `trigger`: pauses, and what is sent after them.

use super::At;
use crate::draft::{Data, Step};
use crate::node_red::message::Value;
use crate::node_red::walk::{Around, Refused, Sends};
use crate::ours::{Expr, Part, Text};
use crate::report::State;

/// `delay`.
pub(crate) fn delay(at: &mut At<'_, '_, '_, '_>) -> Result<Sends, Refused> {
    let node = at.node;
    match node.text("pauseType", "delay") {
        "delay" => {
            let unit = unit(node.text("timeoutUnits", "seconds"));
            let length = node.number("timeout").unwrap_or(5.0);
            at.push(Step::call("wait", duration(length, unit)));
        }
        "delayv" => {
            let milliseconds = at.message.get("delay").expr;
            if milliseconds == Expr::Nothing {
                return Err("how long it waits comes with the message".to_owned());
            }
            let text = Text::of([Part::Value(milliseconds), Part::Literal("ms".to_owned())]);
            at.push(Step::call("wait", Data::map([("for", Data::Text(text))])));
        }
        "rate" | "queue" | "timed" => {
            let (count, units) =
                (node.number("rate").unwrap_or(1.0).max(1.0), node.number("nbRateUnits").unwrap_or(1.0));
            let unit = unit(node.text("rateUnits", "second"));
            if at.around.in_loop {
                at.push(Step::call("wait", duration(units / count, unit)));
            } else {
                let time = if units == 1.0 { unit.to_owned() } else { format!("{units:.0}{unit}") };
                let rate = Data::text(format!("{count:.0}/{time}"));
                at.walk.limits.retain(|(key, _)| key != "rate");
                at.walk.limits.push(("rate".to_owned(), rate));
            }
        }
        other => return Err(format!("it pauses by “{other}”")),
    }
    Ok(Sends::On)
}

/// The letter of a unit of time.
fn unit(words: &str) -> &'static str {
    match words {
        "milliseconds" | "ms" => "ms",
        "minutes" | "minute" | "min" => "m",
        "hours" | "hour" | "hr" => "h",
        "days" | "day" => "d",
        _ => "s",
    }
}

fn duration(length: f64, unit: &str) -> Data {
    let length = length.max(0.0);
    if length.fract() == 0.0 && length < 1e9 {
        return Data::text(format!("{length:.0}{unit}"));
    }
    let factor = match unit {
        "ms" => 1.0,
        "s" => 1e3,
        "m" => 6e4,
        "h" => 3.6e6,
        _ => 8.64e7,
    };
    Data::text(format!("{:.0}ms", length * factor))
}

/// `trigger`: one message at once, another after a time.
pub(crate) fn trigger(at: &mut At<'_, '_, '_, '_>) -> Result<Sends, Refused> {
    let node = at.node;
    let length = node.number("duration").unwrap_or(250.0);
    if node.wires.len() > 1 {
        return Err("it has an output of its own for what comes later".to_owned());
    }
    if length <= 0.0 {
        return Err("it waits until it is reset".to_owned());
    }
    let first = sent(at, "op1", "op1type")?;
    let second = sent(at, "op2", "op2type")?;
    let origin = &node.origin;
    at.walk.ledger.tell(
        origin,
        None,
        State::NeedsDecision,
        Some("a message that comes meanwhile starts its own time here: each run waits for itself".to_owned()),
    );
    let around = Around { is_last: false, until: None, ..at.around.deeper() };
    let targets = at.walk.graph.leaving(at.target, 0);
    if let Some(first) = first {
        let message = at.message.clone().with("payload", first);
        let walked = at.walk.follow(targets.clone(), message, around);
        at.made.extend(walked.steps);
    }
    if let Some(second) = second {
        let unit = unit(node.text("units", "ms"));
        at.push(Step::call("wait", duration(length, unit)));
        let message = at.message.clone().with("payload", second);
        let walked = at.walk.follow(targets, message, around);
        at.made.extend(walked.steps);
    }
    Ok(Sends::Walked)
}

/// What is sent; nothing where it sends nothing.
fn sent(at: &mut At<'_, '_, '_, '_>, key: &str, kind: &str) -> Result<Option<Value>, Refused> {
    let node = at.node;
    match node.text(kind, "str") {
        "nul" => Ok(None),
        "pay" | "payl" => Ok(Some(at.message.get("payload"))),
        kind => at.value(kind, &node.value[key]).map(Some),
    }
}
