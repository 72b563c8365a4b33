//! What starts a workflow.

use super::watch;
use crate::counterparts::{Counterparts, Ours};
use crate::draft::{Data, Step, Trigger};
use crate::n8n::desk::Accounts;
use crate::n8n::reading::{Reading, Shape};
use crate::n8n::workflow::Node;
use crate::ours::{Expr, Text};
use serde_json::Value;

/// What became of a trigger.
pub(crate) struct Started {
    pub(crate) triggers: Vec<Trigger>,
    pub(crate) reading: Reading,
    pub(crate) decision: Option<String>,
    /// The connection that it needs, with its types.
    pub(crate) connection: Option<(String, Vec<String>)>,
    /// What fetches the rest of what it tells of.
    pub(crate) steps: Vec<Step>,
}

impl Started {
    /// By one trigger, which needs no connection.
    pub(super) fn by(kind: &str, with: Data, reading: Reading) -> Self {
        let trigger = Trigger { kind: kind.to_owned(), with, remarks: Vec::new() };
        Self { triggers: vec![trigger], reading, decision: None, connection: None, steps: Vec::new() }
    }

    /// The same, where somebody has to decide something.
    pub(super) fn decided(self, decision: Option<&str>) -> Self {
        Self { decision: decision.map(str::to_owned), ..self }
    }
}

/// A trigger in our language; the reason where there is none. `id` is the node's, for a step of its own.
pub(crate) fn trigger(node: &Node, known: &Counterparts, accounts: &mut Accounts, id: &str) -> Result<Started, String> {
    let came = Reading::one(Expr::name("trigger"));
    let body = Reading::one(Expr::name("trigger").field("body"));
    let one = |kind: &str, with: Data, reading: Reading, decision: Option<&str>| {
        Ok(Started::by(kind, with, reading).decided(decision))
    };
    match node.kind.as_str() {
        "webhook" => webhook(node, came.shaped(Shape::Webhook)),
        "scheduleTrigger" | "cron" | "interval" => {
            let schedules = schedules(node)?;
            let triggers =
                schedules.into_iter().map(|with| Trigger { kind: "schedule".to_owned(), with, remarks: Vec::new() });
            let triggers = triggers.collect();
            Ok(Started { triggers, ..Started::by("schedule", Data::Null, came.shaped(Shape::Schedule)) })
        }
        "manualTrigger" | "start" => one("manual", Data::Map(Vec::new()), body, None),
        "executeWorkflowTrigger" => one("call", Data::Map(Vec::new()), body, None),
        "errorTrigger" => {
            let decision = "it runs for every scenario that fails: `scenarios` says for which";
            one("failure", Data::Map(Vec::new()), came.shaped(Shape::Failure), Some(decision))
        }
        "formTrigger" => {
            let with = Data::Map(path_of(node));
            let fields = node.get("formFields.values").as_array().into_iter().flatten();
            let files = fields.filter(|field| field["fieldType"] == "file");
            let body = files.fold(body, |body, field| {
                let label = field["fieldLabel"].as_str().unwrap_or("data");
                body.with_file_at(label.replace(' ', "_"), Expr::name("trigger").field("file"))
            });
            one(
                "webhook",
                with,
                body,
                Some("the form itself is not made: a page has to send the fields to this webhook"),
            )
        }
        "@n8n/n8n-nodes-langchain.chatTrigger" => {
            let with = Data::Map(path_of(node));
            one(
                "webhook",
                with,
                body,
                Some("the chat itself is not made: a page has to send `chatInput` to this webhook"),
            )
        }
        "emailReadImap" => Ok(watch::mailbox(node, accounts)),
        "rssFeedReadTrigger" => watch::feed(node),
        _ => of_app(node, known, accounts, id),
    }
}

/// The path, where there is one that can be: callers know it.
fn path_of(node: &Node) -> Vec<(String, Data)> {
    let given = node.text("path", "").trim_matches('/');
    let given = if given.is_empty() { node.text("options.path", "").trim_matches('/') } else { given };
    if given.is_empty() || given.starts_with('=') {
        return Vec::new();
    }
    let segments = given.split('/').map(|segment| match segment.strip_prefix(':') {
        Some(name) => format!("{{{name}}}"),
        None => segment.chars().filter(|c| c.is_ascii_alphanumeric() || "-_.~".contains(*c)).collect(),
    });
    let path = segments.filter(|segment: &String| !segment.is_empty()).collect::<Vec<_>>().join("/");
    if path.is_empty() { Vec::new() } else { vec![("path".to_owned(), Data::text(path))] }
}

fn webhook(node: &Node, reading: Reading) -> Result<Started, String> {
    let mut with = path_of(node);
    let methods: Vec<Data> = match node.get("httpMethod") {
        Value::Array(several) => several.iter().filter_map(Value::as_str).map(Data::text).collect(),
        Value::String(one) => vec![Data::text(one.as_str())],
        _ => vec![Data::text("GET")],
    };
    with.push(("methods".to_owned(), Data::List(methods)));
    let decision = match node.text("authentication", "none") {
        "none" => {
            with.push(("verify".to_owned(), Data::text("none")));
            None
        }
        "basicAuth" => Some("callers log in by user and password: `verify: { basic: … }` says which"),
        "headerAuth" => Some("callers send a header that is known: `verify: { header: … }` says which"),
        _ => Some("callers send a token: `verify` says how it is known"),
    };
    Ok(Started::by("webhook", Data::Map(with), reading).decided(decision))
}

/// All schedules of a node.
fn schedules(node: &Node) -> Result<Vec<Data>, String> {
    let found = match node.kind.as_str() {
        "interval" => {
            let unit = match node.text("unit", "seconds") {
                "minutes" => "m",
                "hours" => "h",
                _ => "s",
            };
            vec![every(node.get("interval").as_u64().unwrap_or(1), unit)]
        }
        "cron" => list(node.get("triggerTimes.item")).iter().map(old_cron).collect::<Result<_, _>>()?,
        _ => list(node.get("rule.interval")).iter().map(interval).collect::<Result<_, _>>()?,
    };
    Ok(if found.is_empty() { vec![cron("0 0 * * *")] } else { found })
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

fn cron(expression: &str) -> Data {
    Data::map([("cron", Data::Text(Text::literal(expression)))])
}

fn every(count: u64, unit: &str) -> Data {
    Data::map([("every", Data::text(format!("{}{unit}", count.max(1))))])
}

/// A number of the rule, or what it is unless given.
fn at(rule: &Value, key: &str, unless_given: u64) -> u64 {
    let value = &rule[key];
    value.as_u64().or_else(|| value.as_str().and_then(|text| text.parse().ok())).unwrap_or(unless_given)
}

fn interval(rule: &Value) -> Result<Data, String> {
    let (hour, minute) = (at(rule, "triggerAtHour", 0), at(rule, "triggerAtMinute", 0));
    Ok(match rule["field"].as_str().unwrap_or("days") {
        "seconds" => every(at(rule, "secondsInterval", 30), "s"),
        "minutes" => every(at(rule, "minutesInterval", 5), "m"),
        "hours" => match at(rule, "hoursInterval", 1) {
            1 => cron(&format!("{minute} * * * *")),
            hours if hours < 24 && 24 % hours == 0 => cron(&format!("{minute} */{hours} * * *")),
            hours => every(hours, "h"),
        },
        "days" => match at(rule, "daysInterval", 1) {
            1 => cron(&format!("{minute} {hour} * * *")),
            days => cron(&format!("{minute} {hour} */{days} * *")),
        },
        "weeks" => {
            let days = rule["triggerAtDay"].as_array().cloned().unwrap_or_else(|| vec![Value::from(0)]);
            let days: Vec<String> = days.iter().filter_map(Value::as_u64).map(|day| day.to_string()).collect();
            if at(rule, "weeksInterval", 1) == 1 {
                cron(&format!("{minute} {hour} * * {}", if days.is_empty() { "0".to_owned() } else { days.join(",") }))
            } else {
                every(at(rule, "weeksInterval", 1) * 7, "d")
            }
        }
        "months" => {
            let day = at(rule, "triggerAtDayOfMonth", 1);
            let months = match at(rule, "monthsInterval", 1) {
                1 => "*".to_owned(),
                several => format!("*/{several}"),
            };
            cron(&format!("{minute} {hour} {day} {months} *"))
        }
        "cronExpression" => written(rule["expression"].as_str().unwrap_or_default())?,
        other => return Err(format!("the schedule “{other}” is not known")),
    })
}

fn written(expression: &str) -> Result<Data, String> {
    let expression = expression.trim();
    if expression.is_empty() || expression.starts_with('=') {
        return Err("its schedule is computed".to_owned());
    }
    Ok(cron(expression))
}

pub(super) fn old_cron(rule: &Value) -> Result<Data, String> {
    let (hour, minute) = (at(rule, "hour", 14), at(rule, "minute", 0));
    Ok(match rule["mode"].as_str().unwrap_or("everyDay") {
        "everyMinute" => every(1, "m"),
        "everyHour" => cron(&format!("{minute} * * * *")),
        "everyDay" => cron(&format!("{minute} {hour} * * *")),
        "everyWeek" => cron(&format!("{minute} {hour} * * {}", at(rule, "weekday", 1))),
        "everyMonth" => cron(&format!("{minute} {hour} {} * *", at(rule, "dayOfMonth", 1))),
        "everyX" => every(at(rule, "value", 2), if rule["unit"] == "minutes" { "m" } else { "h" }),
        "custom" => written(rule["cronExpression"].as_str().unwrap_or_default())?,
        other => return Err(format!("the schedule “{other}” is not known")),
    })
}

/// A trigger of an app: by its webhook, or by asking time and again.
fn of_app(node: &Node, known: &Counterparts, accounts: &mut Accounts, id: &str) -> Result<Started, String> {
    let found = known.n8n(&node.kind).iter().find_map(|counterpart| match &counterpart.ours {
        Ours::Trigger(trigger) => Some((trigger, counterpart)),
        Ours::Module(_) => None,
    });
    let Some((found, counterpart)) = found else { return Err(format!("there is no trigger for {}", node.kind)) };
    let body = Reading::one(Expr::name("trigger").field("body"));
    let Some(settings) = &found.webhook else { return watch::app(node, (found, counterpart), known, accounts, id) };
    let mut with = path_of(node);
    // What proves who sent it is a secret, which nobody has given yet.
    for (key, value) in settings.as_object().into_iter().flatten().filter(|(key, _)| *key != "verify") {
        with.push((key.clone(), Data::of(value)));
    }
    let decision = format!("tell {} the address of this webhook", found.app);
    let mut started = Started::by("webhook", Data::Map(with), body).decided(Some(&decision));
    if let Some(preset) = settings["verify"].as_str() {
        let line = format!("verify: {{ {preset}: \"{{{{ secrets.{} }}}}\" }}", preset.replace('-', "_"));
        let remark = format!("With a secret in secrets.yaml, `{line}` proves who sent it.");
        started.triggers.iter_mut().for_each(|trigger| trigger.remarks.push(remark.clone()));
    }
    Ok(started)
}
