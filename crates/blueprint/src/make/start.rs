//! What starts a scenario: webhooks, schedules, and what apps tell or are asked.

use super::bundles::Output;
use super::file::{Module, plain};
use super::flow::bundles_of;
use super::translator::{Done, Translator, as_it_is};
use super::typed::{Type, Typed};
use crate::counterparts::{AppTrigger, Ours};
use crate::draft::{Data, Step, Trigger};
use crate::ours::Expr;
use crate::report::State;
use serde_json::Value;

/// What a blueprint begins with.
pub(super) struct Start {
    /// What starts it.
    pub(super) trigger: Trigger,
    /// What became of the first module, where it is what starts it; none where it is a step like any other.
    pub(super) done: Option<Done>,
    /// Whether each bundle is a run of its own: they go one after another, as Make has them.
    pub(super) in_line: bool,
}

impl Start {
    fn by(trigger: Trigger, done: Option<Done>) -> Self {
        Self { trigger, done, in_line: false }
    }
}

impl Translator<'_> {
    /// What starts the blueprint: its first module, or its schedule.
    pub(super) fn start(&mut self, modules: &[Module<'_>], scheduling: &Value) -> Start {
        let scheduled = |done: Option<Done>| Start::by(schedule(scheduling), done);
        let Some(module) = modules.first() else { return scheduled(None) };
        match module.kind {
            "gateway:CustomWebHook" => {
                self.note(module, Some("trigger"), State::Runs, None);
                let data = Expr::name("trigger").field("data");
                let output = as_it_is(module, data)
                    .with("value", Typed::maybe(Expr::name("trigger").field("raw"), Type::Text))
                    .with("__IMTHEADERS__", Typed::maybe(Expr::name("trigger").field("headers"), Type::Map))
                    .with("__IMTMETHOD__", Typed::sure(Expr::name("trigger").field("method"), Type::Text));
                Start::by(trigger("webhook", Data::Map(Vec::new())), Some(Done::folded(output)))
            }
            "scenario-service:StartSubscenario" => {
                self.note(module, Some("trigger"), State::Runs, None);
                let output = as_it_is(module, Expr::name("trigger").field("body"));
                Start::by(trigger("call", Data::Map(Vec::new())), Some(Done::folded(output)))
            }
            "util:BasicTrigger" => {
                let done = self.values_of_trigger(module);
                scheduled(Some(done))
            }
            "rss:TriggerNewArticle" => self.new_articles(modules, scheduling),
            "gateway:CustomMailHook" => self.mailhook(modules),
            _ if self.is_mailbox(module) => self.mailbox(modules),
            _ => self.app_start(modules, scheduling),
        }
    }

    fn app_start(&mut self, modules: &[Module<'_>], scheduling: &Value) -> Start {
        let module = &modules[0];
        let counterparts = self.counterparts;
        let found = counterparts.make(module.kind).iter().find_map(|counterpart| match &counterpart.ours {
            Ours::Trigger(trigger) => Some((trigger, counterpart)),
            Ours::Module(_) => None,
        });
        let asked = match found {
            Some((AppTrigger { webhook: Some(webhook), app, .. }, _)) => return self.told(module, app, webhook),
            Some((app, counterpart)) => self.watched(modules, app, counterpart, scheduling),
            None => None,
        };
        asked.unwrap_or_else(|| Start::by(schedule(scheduling), None))
    }

    /// An app that tells by a webhook.
    fn told(&mut self, module: &Module<'_>, app: &str, webhook: &Value) -> Start {
        // What proves who sent it is a secret, which nobody has given yet; the path alone is unguessable, as it was.
        let preset = webhook["verify"].as_str();
        let entries = webhook.as_object().into_iter().flatten().filter(|(key, _)| *key != "verify");
        let with = Data::Map(entries.map(|(key, value)| (key.clone(), Data::of(value))).collect());
        let mut trigger = trigger("webhook", with);
        if let Some(preset) = preset {
            let line = format!("verify: {{ {preset}: \"{{{{ secrets.{} }}}}\" }}", preset.replace('-', "_"));
            trigger.remarks.push(format!("With a secret in secrets.yaml, `{line}` proves who sent it."));
        }
        let decision = format!("put the address of this webhook into {app}");
        self.note(module, Some("trigger"), State::NeedsConnection, Some(decision));
        let output = as_it_is(module, Expr::name("trigger").field("body"));
        Start::by(trigger, Some(Done::folded(output)))
    }

    fn values_of_trigger(&mut self, module: &Module<'_>) -> Done {
        let bundles = module.given("values").and_then(Value::as_array).into_iter().flatten();
        let bundles: Vec<Data> = bundles
            .map(|bundle| {
                let fields = bundle["spec"].as_array().into_iter().flatten();
                let field = |it: &Value| Some((it["name"].as_str()?.to_owned(), self.values.data(&it["value"])));
                Data::Map(fields.filter_map(field).collect())
            })
            .collect();
        let id = self.id(module, "bundles");
        let mut step = self.named(module, Step::call("set", Data::List(bundles)), id.clone());
        step.id = Some(id.clone());
        self.note(module, Some(&id), State::Runs, None);
        let item = self.ids.give("", "bundle");
        Done { steps: vec![step], output: Output::of(Expr::Nothing), many: Some(bundles_of(Expr::name(id), item)) }
    }
}

pub(super) fn trigger(kind: &str, with: Data) -> Trigger {
    Trigger { kind: kind.to_owned(), with, remarks: Vec::new() }
}

/// The schedule, where the file has one. Files from Make's editor have none; every 15 minutes is what Make begins with.
pub(super) fn schedule(scheduling: &Value) -> Trigger {
    let text = |value: Option<&Value>| value.and_then(plain);
    let time = |value: Option<&Value>| {
        let time = text(value).unwrap_or_else(|| "0:00".to_owned());
        let (hour, minute) = time.split_once(':').unwrap_or(("0", "0"));
        let number = |text: &str| text.trim().parse::<u32>().unwrap_or(0);
        (number(hour).min(23), number(minute).min(59))
    };
    let days = |key: &str| {
        let days = scheduling[key].as_array().into_iter().flatten().filter_map(plain);
        let days = days.collect::<Vec<_>>().join(",");
        if days.is_empty() { "*".to_owned() } else { days }
    };
    let (hour, minute) = time(scheduling.get("time"));
    let cron = |rest: String| trigger("schedule", Data::map([("cron", Data::text(format!("{minute} {hour} {rest}")))]));
    match scheduling["type"].as_str() {
        Some("daily") => cron("* * *".to_owned()),
        Some("weekly") => cron(format!("* * {}", days("days"))),
        Some("monthly") => cron(format!("{} * *", days("days"))),
        Some("yearly") => cron(format!("{} {} *", days("days"), days("months"))),
        Some("once") => match text(scheduling.get("date")) {
            Some(date) => trigger("schedule", Data::map([("at", Data::text(date))])),
            None => usual(),
        },
        Some("on-demand") => trigger("manual", Data::Map(Vec::new())),
        Some("indefinitely") => {
            let seconds = scheduling["interval"].as_u64().unwrap_or(900).max(60);
            let every = if seconds.is_multiple_of(60) { format!("{}m", seconds / 60) } else { format!("{seconds}s") };
            trigger("schedule", Data::map([("every", Data::text(every))]))
        }
        _ => usual(),
    }
}

fn usual() -> Trigger {
    let mut trigger = trigger("schedule", Data::map([("every", Data::text("15m"))]));
    trigger.remarks.push("Make keeps the schedule outside of the file; this is the one it begins with.".to_owned());
    trigger
}
