//! Imported blueprints of Make do what they did there: for real ones and for some of our own, what comes in and what far
//! sides answer is given, and the requests that have to follow, in their order, are written by hand from what Make's
//! semantics demand. The real binary imports and serves them; it speaks HTTP and SMTP with a server that stands in for all
//! others, so that what is compared are bytes on the wire.

mod case;
mod fits;
mod mail;
mod sheets;
mod world;

use crate::binary::{folder, hookmill};
use crate::served::{Answer, Served};
use case::{Case, Expected, Input, Send};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use world::{Came, World};

/// Where the cases are.
fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/make")
}

/// Plays one case. Tells, and does nothing else, where its blueprint is not at hand.
fn plays(name: &str) {
    let file = cases().join(format!("{name}.yaml"));
    let case: Case = serde_yaml::from_str(&fs::read_to_string(&file).unwrap())
        .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let blueprint = if name.starts_with("own/") {
        file.with_extension("json")
    } else {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/blueprints/make").join(&case.blueprint)
    };
    if !blueprint.is_file() {
        eprintln!("skipped: there is no {}", blueprint.display());
        return;
    }
    let mut stage = Stage::of(&blueprint, &case);
    let mut wrong = Vec::new();
    for input in &case.inputs {
        let told = stage.play(&case, input);
        wrong.extend(told.into_iter().map(|told| format!("{name}, {}: {told}", input.name)));
    }
    assert!(wrong.is_empty(), "{}\n--- the scenario:\n{}", wrong.join("\n"), stage.text);
}

/// A server of one imported blueprint, and those around it.
struct Stage {
    served: Served,
    world: World,
    id: String,
    hook: Option<String>,
    /// Whether it asks by itself, and starts a run for each answer that is new.
    polls: bool,
    text: String,
}

impl Stage {
    fn of(blueprint: &Path, case: &Case) -> Self {
        let place = folder(&[]);
        let arguments = ["import", blueprint.to_str().unwrap(), "-o", ".", "--enable", "--report", "json"];
        let report = hookmill(place.path(), &arguments).json();
        let imported = &report["files"][0];
        assert_eq!(imported["modules"]["todo"], case.todo, "{imported:#}");
        let id = imported["id"].as_str().unwrap().to_owned();
        let text = fs::read_to_string(place.path().join(format!("{id}.yaml"))).unwrap();
        let text = case.instead.iter().fold(text, |text, (from, to)| {
            assert!(text.contains(from.as_str()), "{from:?} is not in the scenario:\n{text}");
            text.replace(from.as_str(), to)
        });
        let polls = text.contains("\n  poll:");
        // A test begins its runs itself, whatever time it is, and says when asking begins.
        let text = match polls {
            true => asking_soon(&text),
            false if text.contains("\n  schedule:") => format!("enabled: false\n{text}"),
            false => text,
        };
        let world = World::start(case);
        let connections = fs::read_to_string(place.path().join("connections.yaml")).unwrap_or_default();
        let connections = world::connections(&connections, world.mail_port());
        let key = world::service_account();
        let mut files = world::secrets(&fs::read_to_string(place.path().join("secrets.yaml")).unwrap_or_default());
        files.extend([(format!("{id}.yaml"), text.clone()), ("connections.yaml".to_owned(), connections)]);
        let mut files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        files.push(("key.json", &key));
        let served = Served::start_with(&files, &["--stand-in", &world.url()]);
        let scenario = served.api("GET", &format!("/scenarios/{id}"), "").json();
        assert_eq!(
            scenario["diagnostics"].as_array().map(|found| found.iter().any(|it| it["severity"] == "error")),
            Some(false),
            "{scenario:#}"
        );
        let hook = scenario["triggers"].as_array().into_iter().flatten().find_map(|it| it["path"].as_str());
        let hook = hook.map(|path| format!("/hook/{path}"));
        Self { served, world, id, hook, polls, text }
    }

    /// What is otherwise than it should be.
    fn play(&mut self, case: &Case, input: &Input) -> Vec<String> {
        for (store, records) in &input.stores {
            for (key, value) in records {
                let told =
                    self.served.api("PUT", &format!("/stores/{store}/{key}"), &json!({ "value": value }).to_string());
                assert!(told.status < 300, "{}", told.text());
            }
        }
        self.world.expect(case, input);
        if self.polls {
            return self.play_polled(input);
        }
        let answer = self.send(&input.send);
        let run = self.run_of(&answer);
        let ends = input.ends.as_deref().unwrap_or("succeeded");
        let ended = self.settled(&run, ends, input.requests.len());
        let came = self.world.came();
        let mut wrong = Vec::new();
        if ended["status"] != ends {
            wrong.push(format!("it ends as {}, not as {ends}: {}", ended["status"], ended["error"]));
        }
        compare(&input.requests, &came, &mut wrong);
        if let Some(expected) = &input.answer {
            answered(expected, &answer, &mut wrong);
        }
        for (store, records) in &input.stored {
            for (key, expected) in records {
                let held = self.served.api("GET", &format!("/stores/{store}/{key}"), "").json();
                fits::differences(&format!("{store}/{key}"), expected, &held["value"], &mut wrong);
            }
        }
        wrong
    }

    /// What is otherwise than it should be where it asks by itself: until all that has to come has come, and no run goes on.
    fn play_polled(&mut self, input: &Input) -> Vec<String> {
        let switched = self.served.api("POST", &format!("/scenarios/{}/enable", self.id), "");
        assert_eq!(switched.status, 200, "{}", switched.text());
        let (world, id) = (&self.world, &self.id);
        let mut ended = Value::Null;
        self.served.wait_for("the runs to settle", |served| {
            ended = served.api("GET", &format!("/runs?scenario={id}&limit=50"), "").json();
            let goes_on = |run: &Value| ["running", "waiting", "held"].iter().any(|status| run["status"] == *status);
            let is_over = !ended["items"].as_array().unwrap().iter().any(goes_on);
            is_over && asked_once(&input.requests, world.came()).len() >= input.requests.len()
        });
        let ends = input.ends.as_deref().unwrap_or("succeeded");
        let mut wrong: Vec<String> = ended["items"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|run| run["status"] != ends)
            .map(|run| format!("a run ends as {}, not as {ends}: {}", run["status"], run["error"]))
            .collect();
        compare(&input.requests, &asked_once(&input.requests, self.world.came()), &mut wrong);
        wrong
    }

    fn send(&self, send: &Send) -> Answer {
        let Some(hook) = &self.hook else {
            let body = send.json.clone().unwrap_or(Value::Null);
            return self.served.api("POST", &format!("/scenarios/{}/run", self.id), &body.to_string());
        };
        let query = send.query.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
        let path = if query.is_empty() { hook.clone() } else { format!("{hook}?{query}") };
        match (&send.json, &send.form) {
            (Some(json), _) => self.served.post(&path, &json.to_string()),
            (None, Some(form)) => {
                let headers = [("content-type", "application/x-www-form-urlencoded")];
                self.served.send("POST", &path, &headers, form.as_bytes())
            }
            (None, None) => self.served.send("GET", &path, &[], b""),
        }
    }

    fn run_of(&self, answer: &Answer) -> String {
        let named = answer.header("hookmill-run").map(str::to_owned);
        let named =
            named.or_else(|| serde_json::from_slice::<Value>(&answer.body).ok()?["run"].as_str().map(str::to_owned));
        named.unwrap_or_else(|| panic!("no run: {} {}", answer.status, answer.text()))
    }

    /// The run, once it is over, or waits as the case says that it does: one that is held may be tried again by itself.
    fn settled(&mut self, run: &str, ends: &str, count: usize) -> Value {
        let mut seen = Value::Null;
        self.served.wait_for("the run to settle", |served| {
            seen = served.api("GET", &format!("/runs/{run}"), "").json();
            let goes_on = ["running", "waiting", "held"].iter().any(|status| seen["status"] == *status);
            if seen["status"] == ends { !goes_on || self.world.count() >= count } else { !goes_on }
        });
        seen
    }
}

/// A scenario that asks each second once it is switched on, and for which all that is there is new.
fn asking_soon(text: &str) -> String {
    let mut scenario: Value = serde_yaml::from_str(text).unwrap();
    scenario["enabled"] = json!(false);
    scenario["trigger"]["poll"]["every"] = json!("1s");
    scenario["trigger"]["poll"]["first"] = json!("all");
    serde_yaml::to_string(&scenario).unwrap()
}

/// What came, where the first request is made again and again: the first of these counts.
fn asked_once(expected: &[Expected], came: Vec<Came>) -> Vec<Came> {
    let Some(asked) = expected.first().map(|first| first.to.as_str()).filter(|to| to.starts_with("GET ")) else {
        return came;
    };
    let is_once = expected.iter().filter(|it| it.to == asked).count() == 1;
    let mut seen = false;
    came.into_iter().filter(|came| !is_once || !came.is_to(asked) || !std::mem::replace(&mut seen, true)).collect()
}

/// Compares what came with what has to come, one by one.
fn compare(expected: &[Expected], came: &[Came], wrong: &mut Vec<String>) {
    let list = || came.iter().map(|came| format!("    {}", came.told())).collect::<Vec<_>>().join("\n");
    if expected.len() != came.len() {
        wrong.push(format!("{} requests came, not {}:\n{}", came.len(), expected.len(), list()));
        return;
    }
    for (number, (expected, came)) in expected.iter().zip(came).enumerate() {
        let before = wrong.len();
        came.compare(expected, &format!("request {}", number + 1), wrong);
        if wrong.len() > before {
            wrong.push(format!("  it was {}", came.told()));
        }
    }
}

fn answered(expected: &case::Told, answer: &Answer, wrong: &mut Vec<String>) {
    if answer.status != expected.status {
        wrong.push(format!("the caller got {} {}, not {}", answer.status, answer.text(), expected.status));
    }
    if let Some(json) = &expected.json {
        match serde_json::from_slice(&answer.body) {
            Ok(body) => fits::differences("the answer", json, &body, wrong),
            Err(_) => wrong.push(format!("the answer is no JSON: {}", answer.text())),
        }
    }
    if let Some(text) = &expected.text
        && answer.text() != *text
    {
        wrong.push(format!("the answer is {:?}, not {text:?}", answer.text()));
    }
    for (name, value) in &expected.headers {
        fits::differences(name, &json!(value), &json!(answer.header(name)), wrong);
    }
}

/// A test for each case, and one that no case is left out.
macro_rules! cases {
    ($($test:ident: $name:literal,)*) => {
        $(#[test] fn $test() { plays($name) })*

        #[test]
        fn every_case_is_played() {
            let mut there: Vec<String> = Vec::new();
            for (folder, prefix) in [(cases(), ""), (cases().join("own"), "own/")] {
                for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                    if entry.extension().is_some_and(|it| it == "yaml") {
                        there.push(format!("{prefix}{}", entry.file_stem().unwrap().to_str().unwrap()));
                    }
                }
            }
            let mut played = vec![$($name.to_owned()),*];
            there.sort();
            played.sort();
            assert_eq!(there, played);
        }
    };
}

cases! {
    airtable_actions: "airtable-actions",
    book_appointment: "book-appointment",
    crypto_tables: "crypto-tables",
    crypto_watch: "crypto-watch",
    daily_quote: "daily-quote",
    deliver_account: "deliver-account",
    dollar_rate: "dollar-rate",
    double_bookings: "double-bookings",
    drive_listing: "drive-listing",
    exchange_rates: "exchange-rates",
    focus_end: "focus-end",
    free_slots: "free-slots",
    lead_score: "lead-score",
    lunch_orders: "lunch-orders",
    message_log: "message-log",
    news_search: "news-search",
    order_chat: "order-chat",
    order_status: "order-status",
    phone_call: "phone-call",
    promo_draft: "promo-draft",
    qualified_leads: "qualified-leads",
    reddit_leads: "reddit-leads",
    safe_monitor: "safe-monitor",
    script_update: "script-update",
    shop_orders: "shop-orders",
    skill_tags: "skill-tags",
    support_form: "support-form",
    telegram_hello: "telegram-hello",
    ticket_triage: "ticket-triage",
    welcome_mails: "welcome-mails",
    own_break: "own/break",
    own_collected: "own/collected",
    own_fallback: "own/fallback",
    own_gathered_behind_router: "own/gathered-behind-router",
    own_groups: "own/groups",
    own_handlers: "own/handlers",
    own_nested_iterators: "own/nested-iterators",
    own_operators: "own/operators",
    own_rollback: "own/rollback",
    own_variables: "own/variables",
}
