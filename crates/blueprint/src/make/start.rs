//! What starts a scenario: webhooks, schedules, and what apps tell or are asked.

use super::bundles::Output;
use super::file::{Module, plain};
use super::flow::bundles_of;
use super::modules::row_fields;
use super::translator::{Done, Translator, as_it_is};
use super::typed::{Type, Typed};
use crate::counterparts::{AppTrigger, Ours};
use crate::draft::{Action, Data, OnError, Step, Trigger};
use crate::ours::{Expr, Operator};
use crate::report::State;
use serde_json::Value;

/// Fields of a mail by Make's names and by ours, where they differ.
const MAIL_FIELDS: [(&str, &str); 4] =
    [("fullTextBody", "text"), ("htmlBody", "html"), ("fromEmail", "from"), ("fromName", "from")];

/// What a blueprint begins with.
pub(super) struct Start {
    /// What starts it.
    pub(super) trigger: Trigger,
    /// What became of the first module, where it is what starts it; none where it is a step like any other.
    pub(super) done: Option<Done>,
}

impl Translator<'_> {
    /// What starts the blueprint: its first module, or its schedule.
    pub(super) fn start(&mut self, first: Option<&Module<'_>>, scheduling: &Value) -> Start {
        let scheduled = |done: Option<Done>| Start { trigger: schedule(scheduling), done };
        let Some(module) = first else { return scheduled(None) };
        match module.kind {
            "gateway:CustomWebHook" => {
                self.note(module, Some("trigger"), State::Runs, None);
                let data = Expr::name("trigger").field("data");
                let output = as_it_is(module, data)
                    .with("value", Typed::maybe(Expr::name("trigger").field("raw"), Type::Text))
                    .with("__IMTHEADERS__", Typed::maybe(Expr::name("trigger").field("headers"), Type::Map))
                    .with("__IMTMETHOD__", Typed::sure(Expr::name("trigger").field("method"), Type::Text));
                Start { trigger: trigger("webhook", Data::Map(Vec::new())), done: Some(Done::folded(output)) }
            }
            "scenario-service:StartSubscenario" => {
                self.note(module, Some("trigger"), State::Runs, None);
                let output = as_it_is(module, Expr::name("trigger").field("body"));
                Start { trigger: trigger("call", Data::Map(Vec::new())), done: Some(Done::folded(output)) }
            }
            "util:BasicTrigger" => {
                let done = self.values_of_trigger(module);
                scheduled(Some(done))
            }
            "rss:TriggerNewArticle" => {
                let done = self.new_articles(module);
                scheduled(Some(done))
            }
            _ => self.app_start(module, scheduling),
        }
    }

    fn app_start(&mut self, module: &Module<'_>, scheduling: &Value) -> Start {
        let counterparts = self.counterparts;
        let found = counterparts.make(module.kind).iter().find_map(|counterpart| match &counterpart.ours {
            Ours::Trigger(trigger) => Some((trigger, counterpart)),
            Ours::Module(_) => None,
        });
        let Some((app, counterpart)) = found else {
            return Start { trigger: schedule(scheduling), done: None };
        };
        if let Some(webhook) = &app.webhook {
            return self.told(module, app, webhook);
        }
        let Some(poll) = &app.poll else { return Start { trigger: schedule(scheduling), done: None } };
        let mut given: Vec<(String, Data)> = Vec::new();
        for (ours, paths) in counterpart.parameters() {
            let value = paths.iter().find_map(|path| module.given(path));
            given.extend(value.map(|value| (ours.to_owned(), self.values.data(value))));
        }
        let done = self.asked_for(module, app, poll, given);
        let every = poll["every"].as_str().unwrap_or("15m");
        let trigger = trigger("schedule", Data::map([("every", Data::text(every))]));
        Start { trigger, done }
    }

    /// An app that tells by a webhook.
    fn told(&mut self, module: &Module<'_>, app: &AppTrigger, webhook: &Value) -> Start {
        // What proves who sent it is a secret, which nobody has given yet; the path alone is unguessable, as it was.
        let preset = webhook["verify"].as_str();
        let entries = webhook.as_object().into_iter().flatten().filter(|(key, _)| *key != "verify");
        let with = Data::Map(entries.map(|(key, value)| (key.clone(), Data::of(value))).collect());
        let mut trigger = trigger("webhook", with);
        if let Some(preset) = preset {
            let line = format!("verify: {{ {preset}: \"{{{{ secrets.{} }}}}\" }}", preset.replace('-', "_"));
            trigger.remarks.push(format!("With a secret in secrets.yaml, `{line}` proves who sent it."));
        }
        let decision = format!("put the address of this webhook into {}", app.app);
        self.note(module, Some("trigger"), State::NeedsConnection, Some(decision));
        let output = as_it_is(module, Expr::name("trigger").field("body"));
        Start { trigger, done: Some(Done::folded(output)) }
    }

    /// An app that is asked time and again: what was seen before is left out.
    fn asked_for(
        &mut self,
        module: &Module<'_>,
        app: &AppTrigger,
        poll: &Value,
        mut given: Vec<(String, Data)>,
    ) -> Option<Done> {
        let action = format!("{}.{}", app.app, poll["action"].as_str()?);
        let spec = self.counterparts.catalog.module(&action)?.clone();
        if module.app() == "google-sheets" {
            given = self.sheet(module);
        }
        for (key, value) in poll["parameters"].as_object().into_iter().flatten() {
            given.retain(|(known, _)| known != key);
            given.push((key.clone(), Data::of(value)));
        }
        given.retain(|(key, value)| spec.parameters["properties"].get(key).is_some() && !value.is_empty());
        for (key, value) in &mut given {
            let wanted = spec.parameters["properties"][key.as_str()]["type"].as_str().unwrap_or("any").to_owned();
            *value = super::values::fitted(value.clone(), &wanted);
        }
        let connection = self.connection(module, &spec.connections).filter(|_| spec.needs_connection);
        let state = if connection.is_some() { State::NeedsConnection } else { State::Runs };
        let connection = connection.map(|name| ("connection".to_owned(), Data::text(name)));
        let with = Data::Map(connection.into_iter().chain(given).collect());
        let id = self.id(module, "found");
        let mut step = self.named(module, Step::call(action, with), id.clone());
        step.id = Some(id.clone());
        self.note(module, Some(&id), state, None);
        let items = poll["items"].as_str().unwrap_or("output");
        let over = path_of(items, "output", Expr::name(id));
        let key = poll["id"].as_str().unwrap_or("item.id").to_owned();
        Some(self.new_ones(module, step, over, &key))
    }

    fn sheet(&mut self, module: &Module<'_>) -> Vec<(String, Data)> {
        let path = module.word("spreadsheetId").unwrap_or_default();
        let id = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let sheet = self.values.data(module.given("sheetId").unwrap_or(&Value::Null));
        vec![("spreadsheet".to_owned(), Data::text(id)), ("sheet".to_owned(), sheet)]
    }

    /// A loop over those of a list that no earlier run has seen. The first run sees all.
    fn new_ones(&mut self, module: &Module<'_>, step: Step, over: Expr, key: &str) -> Done {
        let item = self.ids.give("", "entry");
        let name = Expr::name(item.as_str());
        let mut many = bundles_of(over, item.clone());
        many.output = if module.app() == "google-sheets" {
            row_fields(name.clone(), &self.names(module))
        } else if module.app() == "rss" {
            super::modules::article_fields(name.clone())
        } else {
            as_it_is(module, name.clone())
        };
        let key = path_of(key, "item", name).method("to_text", []);
        let seen = self.ids.give("", "unseen");
        let put = [
            ("table", Data::text(format!("{}-seen", self.slug))),
            ("key", Data::value(key)),
            ("value", Data::Bool(true)),
            ("if", Data::text("absent")),
        ];
        let mut put = Step::call("store.put", Data::map(put)).with_id(seen.as_str());
        put.on_error = Some(OnError::Ignore);
        put.remarks = vec!["Each one once: what was seen before is a conflict, and ends its turn.".to_owned()];
        let filter = Step::new(Action::Filter(Expr::name(seen).binary(Operator::Unequal, Expr::Nothing)));
        self.before_each = vec![put, filter];
        let counterparts = self.counterparts;
        if let Some(spec) = counterparts.catalog.module("gmail.get_message").filter(|_| module.app() == "google-email")
        {
            let connection = self.connection(module, &spec.connections);
            many.output = self.whole_mail(&item, connection);
        }
        Done { steps: vec![step], output: Output::of(Expr::Nothing), many: Some(many) }
    }

    /// A search tells of mails by their ids alone: each is fetched.
    fn whole_mail(&mut self, item: &str, connection: Option<String>) -> Output {
        let id = self.ids.give("", "mail");
        let connection = connection.map(|name| ("connection", Data::text(name)));
        let with = connection.into_iter().chain([("id", Data::value(Expr::name(item).field("id")))]);
        self.before_each.push(Step::call("gmail.get_message", Data::map(with)).with_id(id.as_str()));
        MAIL_FIELDS
            .iter()
            .fold(Output::of(Expr::name(id)), |output, (theirs, ours)| output.at(theirs, &[ours], Type::Any))
    }

    fn new_articles(&mut self, module: &Module<'_>) -> Done {
        let url = self.values.data(module.given("url").unwrap_or(&Value::Null));
        let id = self.id(module, "feed");
        let mut step = self.named(module, Step::call("rss.read", Data::map([("url", url)])), id.clone());
        step.id = Some(id.clone());
        self.note(module, Some(&id), State::Runs, None);
        self.new_ones(module, step, Expr::name(id).field("items"), "item.id")
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

fn trigger(kind: &str, with: Data) -> Trigger {
    Trigger { kind: kind.to_owned(), with, remarks: Vec::new() }
}

/// `output.items` of a step.
fn path_of(path: &str, root: &str, of: Expr) -> Expr {
    let rest = path.strip_prefix(root).unwrap_or(path);
    rest.split('.').filter(|key| !key.is_empty()).fold(of, |of, key| of.field(key))
}

/// The schedule, where the file has one. Files from Make's editor have none; every 15 minutes is what Make begins with.
fn schedule(scheduling: &Value) -> Trigger {
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
