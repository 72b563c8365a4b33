//! What starts a Zap.

use super::Walk;
use super::file::Node;
use super::values::{Reading, Shape};
use crate::counterparts::AppTrigger;
use crate::draft::{Data, Draft, Trigger};
use crate::ours::Expr;
use crate::report::State;
use serde_json::Value;

impl Walk<'_, '_, '_, '_> {
    /// The trigger, and what it gives.
    pub(super) fn start(&mut self, at: usize, draft: &mut Draft) {
        let node = &self.zap.nodes[at];
        let (kind, with, reading, decision) = match self.started(node) {
            Ok(started) => started,
            Err(reason) => {
                draft.steps.push(self.todo(node, reason));
                return;
            }
        };
        let remarks = node.origin.notes.clone();
        draft.triggers.push(Trigger { kind: kind.to_owned(), with, remarks });
        self.readings.insert(node.origin.id.clone(), reading);
        let state = if decision.is_some() { State::NeedsDecision } else { State::Runs };
        self.ledger.tell(&node.origin, Some("trigger"), state, decision);
    }

    /// The kind of trigger with its settings, what it gives, and what somebody has to decide.
    fn started(&self, node: &Node<'_>) -> Result<(&'static str, Data, Reading, Option<String>), String> {
        let came = Expr::name("trigger");
        let body = Reading::plain(came.clone().field("body"));
        if node.is_of("WebHook") || node.is_of("Webhook") {
            const RAW: &[(&str, &str)] =
                &[("raw_body", "raw"), ("body", "raw"), ("headers", "headers"), ("querystring", "query")];
            let reading = if node.action.contains("raw") {
                Reading { base: came, shape: Shape::Named(RAW) }
            } else {
                Reading::plain(came.field("data"))
            };
            let methods = ["GET", "POST", "PUT"].map(Data::text);
            let with = Data::map([("methods", Data::List(methods.to_vec()))]);
            let decision = "who sends to the old address has to send to this webhook";
            return Ok(("webhook", with, reading, Some(decision.to_owned())));
        }
        if node.is_of("Schedule") {
            let reading = Reading { base: came.field("at"), shape: Shape::Moment };
            return schedule(node.action, node.value).map(|with| ("schedule", with, reading, None));
        }
        if node.is_of("ZapierSubZap") || node.is_of("SubZap") {
            return Ok(("call", Data::Map(Vec::new()), body, None));
        }
        match super::apps::trigger(self.ledger.known, node.app, node.action) {
            Some(AppTrigger { app, webhook: Some(settings), .. }) => {
                // What proves who sent it is a secret, which nobody has given yet.
                let settings = settings.as_object().into_iter().flatten().filter(|(key, _)| *key != "verify");
                let with = Data::Map(settings.map(|(key, value)| (key.clone(), Data::of(value))).collect());
                Ok(("webhook", with, body, Some(format!("put the address of this webhook into {app}"))))
            }
            _ => Err("Zapier asks for it time and again: a schedule with a search and a data store does that here"
                .to_owned()),
        }
    }
}

/// `every_day`, `everyWeek`, …, as settings of a schedule.
fn schedule(action: &str, node: &Value) -> Result<Data, String> {
    let params = &node["params"];
    let number = |keys: &[&str]| {
        keys.iter().find_map(|key| match &params[*key] {
            Value::Number(number) => number.as_u64(),
            Value::String(text) => text.split(':').next().and_then(|hour| hour.trim().parse().ok()),
            _ => None,
        })
    };
    let hour = number(&["hod", "hour", "time_of_day"]).unwrap_or(0).min(23);
    let minute = params["hod"]
        .as_str()
        .and_then(|time| time.split(':').nth(1))
        .and_then(|minute| minute.get(..2)?.parse::<u64>().ok());
    let minute = minute.or_else(|| number(&["minute"])).unwrap_or(0).min(59);
    let days = || {
        let days = match &params["dow"] {
            Value::Array(days) => days.clone(),
            Value::Null => Vec::new(),
            one => vec![one.clone()],
        };
        let days = days.iter().filter_map(|day| match day {
            Value::Number(day) => day.as_u64(),
            Value::String(day) => day.trim().parse().ok(),
            _ => None,
        });
        // Zapier counts from Monday, 0; crontabs from Sunday.
        let days: Vec<String> = days.map(|day| ((day + 1) % 7).to_string()).collect();
        if days.is_empty() { "1".to_owned() } else { days.join(",") }
    };
    let cron = match action.to_ascii_lowercase().replace('_', "").as_str() {
        "everyhour" => format!("{minute} * * * *"),
        "everyday" if params["weekends"] == false || params["weekends"] == "false" => {
            format!("{minute} {hour} * * 1-5")
        }
        "everyday" => format!("{minute} {hour} * * *"),
        "everyweek" => format!("{minute} {hour} * * {}", days()),
        "everymonth" => format!("{minute} {hour} {} * *", number(&["dom", "day_of_month"]).unwrap_or(1).clamp(1, 31)),
        "every15min" => return Ok(Data::map([("every", Data::text("15m"))])),
        _ => return Err(format!("the schedule “{action}” is not known")),
    };
    Ok(Data::map([("cron", Data::text(cron))]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(action: &str, params: Value, expected: &str) {
        let said = schedule(action, &json!({ "params": params }))
            .map(|data| data.get("cron").and_then(Data::as_literal).unwrap_or_default().to_owned());
        assert_eq!(said.unwrap_or_else(|reason| reason), expected);
    }

    #[test]
    fn schedules_are_crontabs() {
        check("every_week", json!({ "dow": 0, "hod": "9:30am" }), "30 9 * * 1");
        check("every_day", json!({ "hod": "8", "weekends": false }), "0 8 * * 1-5");
        check("everyMonth", json!({ "dom": "15", "hod": 7 }), "0 7 15 * *");
        check("every_moon", json!({}), "the schedule “every_moon” is not known");
    }
}
