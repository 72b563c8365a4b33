//! Random scenarios of all constructs. They have one outcome: steps that run side by side do not write the same
//! variable, and of branches that run side by side one at most may fail, stop, return or answer.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// A scenario's text.
pub(super) fn texts() -> impl Strategy<Value = String> {
    let handler = prop_oneof![2 => Just(None), 1 => lists().prop_map(Some)];
    (lists(), handler).prop_map(|(steps, on_failure)| {
        let mut writer = Writer::default();
        let mut steps = writer.list(&steps, Freedom::Whole);
        steps.push(json!({ "id": "last", "set": writer.value() }));
        let mut scenario = Map::from_iter([("steps".to_owned(), Value::from(steps))]);
        if let Some(on_failure) = on_failure {
            writer.has_error = true;
            writer.ids.clear();
            scenario.insert("on_failure".to_owned(), writer.list(&on_failure, Freedom::Whole).into());
        }
        // JSON is YAML.
        Value::from(scenario).to_string()
    })
}

/// A step before it is written.
#[derive(Clone, Debug)]
enum Step {
    Set,
    Assign,
    Filter(u8),
    Script,
    Fail(OnError),
    Call { mode: u8, attempts: u8, on_error: OnError },
    Invoke { fails: bool, detach: bool, on_error: OnError },
    Wait(u8),
    Ask { late: bool, on_error: OnError },
    Respond,
    Return,
    Stop,
    Skipped(Box<Step>, bool),
    Handled(Box<Step>, Vec<Step>),
    Route { all: bool, branches: Vec<(u8, Vec<Step>)>, otherwise: Vec<Step>, on_error: OnError },
    ForEach { items: u8, parallel: u8, batch: u8, steps: Vec<Step>, collect: u8, on_error: OnError },
    Repeat { bound: u8, turns: u8, steps: Vec<Step>, on_error: OnError },
    Parallel { branches: Vec<Vec<Step>>, free: usize, on_error: OnError },
}

#[derive(Clone, Copy, Debug)]
enum OnError {
    Fail,
    Ignore,
    Use,
    Stop,
    Hold,
    HoldByPolicy,
}

fn on_errors() -> impl Strategy<Value = OnError> {
    prop_oneof![
        3 => Just(OnError::Fail),
        2 => Just(OnError::Ignore),
        2 => Just(OnError::Use),
        1 => Just(OnError::Stop),
        1 => Just(OnError::Hold),
        1 => Just(OnError::HoldByPolicy),
    ]
}

fn lists() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(steps(), 0..6)
}

fn leaves() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => Just(Step::Set),
        3 => Just(Step::Assign),
        1 => (0_u8..4).prop_map(Step::Filter),
        1 => Just(Step::Script),
        1 => on_errors().prop_map(Step::Fail),
        6 => (0_u8..4, 1_u8..4, on_errors())
            .prop_map(|(mode, attempts, on_error)| Step::Call { mode, attempts, on_error }),
        1 => (any::<bool>(), any::<bool>(), on_errors())
            .prop_map(|(fails, detach, on_error)| Step::Invoke { fails, detach, on_error }),
        1 => (0_u8..5).prop_map(Step::Wait),
        1 => (any::<bool>(), on_errors()).prop_map(|(late, on_error)| Step::Ask { late, on_error }),
        1 => Just(Step::Respond),
        1 => Just(Step::Return),
        1 => Just(Step::Stop),
    ]
}

fn steps() -> impl Strategy<Value = Step> {
    leaves().prop_recursive(3, 30, 4, |inner| {
        let list = || prop::collection::vec(inner.clone(), 0..4);
        let branches = prop::collection::vec((0_u8..4, list()), 1..4);
        prop_oneof![
            (inner.clone(), any::<bool>()).prop_map(|(step, off)| Step::Skipped(Box::new(step), off)),
            (inner.clone(), list()).prop_map(|(step, handler)| Step::Handled(Box::new(step), handler)),
            (any::<bool>(), branches, list(), on_errors())
                .prop_map(|(all, branches, otherwise, on_error)| Step::Route { all, branches, otherwise, on_error }),
            (0_u8..5, 1_u8..4, 0_u8..3, list(), 0_u8..6, on_errors()).prop_map(
                |(items, parallel, batch, steps, collect, on_error)| {
                    Step::ForEach { items, parallel, batch, steps, collect, on_error }
                }
            ),
            (0_u8..3, 0_u8..4, list(), on_errors()).prop_map(|(bound, turns, steps, on_error)| Step::Repeat {
                bound,
                turns,
                steps,
                on_error
            }),
            (prop::collection::vec(list(), 1..4), 0_usize..4, on_errors())
                .prop_map(|(branches, free, on_error)| Step::Parallel { branches, free, on_error }),
        ]
    })
}

/// What steps may do where they stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Freedom {
    /// Anything.
    Whole,
    /// Write variables that no one else writes; not fail, nor end the run, nor answer.
    Own,
    /// Neither.
    None,
}

/// Writes steps as the text has them.
#[derive(Default)]
struct Writer {
    count: usize,
    /// The steps whose outputs can be read here.
    ids: Vec<String>,
    variables: Vec<String>,
    loops: usize,
    has_error: bool,
    /// Steps elsewhere may be writing variables meanwhile.
    is_beside: bool,
}

impl Writer {
    fn list(&mut self, steps: &[Step], freedom: Freedom) -> Vec<Value> {
        let seen = self.ids.len();
        let written = steps.iter().map(|step| self.step(step, freedom).into()).collect();
        self.ids.truncate(seen);
        written
    }

    fn step(&mut self, step: &Step, freedom: Freedom) -> Map<String, Value> {
        let on_error = |step: &mut Map<String, Value>, of: OnError| {
            step.insert("on_error".to_owned(), on_error(of, freedom));
        };
        match step {
            Step::Set => self.named("set", |writer| writer.value()),
            Step::Assign if freedom == Freedom::None => self.named("set", |writer| writer.value()),
            Step::Assign => self.assign(),
            Step::Filter(how) => one("filter", self.condition(*how).into()),
            Step::Script => self.named("rhai", |writer| writer.reading().into()),
            Step::Fail(of) => {
                let message = self.value();
                let mut step = one("fail", json!({ "message": message, "code": "meant" }));
                on_error(&mut step, *of);
                step
            }
            Step::Call { mode, attempts, on_error: of } => {
                let mode = ["well", "busy", "broken", "chance"][usize::from(*mode)];
                let mut step = self.named("test.call", |writer| json!({ "mode": mode, "n": writer.value() }));
                step.insert("retry".to_owned(), json!({ "attempts": attempts, "backoff": "1s" }));
                on_error(&mut step, *of);
                step
            }
            Step::Invoke { fails, detach, on_error: of } => {
                let scenario = if *fails { "fails" } else { "works" };
                let call =
                    |writer: &mut Self| json!({ "scenario": scenario, "input": writer.value(), "detach": detach });
                let mut step = self.named("call", call);
                on_error(&mut step, *of);
                step
            }
            Step::Wait(long) => one("wait", ["0s", "1s", "10s", "2h", "1d"][usize::from(*long)].into()),
            Step::Ask { late, on_error: of } => self.ask(*late, on_error, *of),
            Step::Respond | Step::Return | Step::Stop if freedom != Freedom::Whole => {
                self.named("set", |writer| writer.value())
            }
            Step::Respond => one("respond", json!({ "json": self.value() })),
            Step::Return => one("return", self.value()),
            Step::Stop => one("stop", self.value()),
            Step::Skipped(inner, off) => {
                let mut step = self.step(inner, freedom);
                match off {
                    true => step.insert("disabled".to_owned(), true.into()),
                    false => step.insert("when".to_owned(), self.condition(2).into()),
                };
                step
            }
            Step::Handled(inner, handler) => self.handled(inner, handler, freedom),
            _ => self.container(step, freedom),
        }
    }

    fn container(&mut self, step: &Step, freedom: Freedom) -> Map<String, Value> {
        let (mut written, of) = match step {
            Step::Route { all, branches, otherwise, on_error } => {
                let branch = |writer: &mut Self, (how, steps): &(u8, Vec<Step>)| json!({ "when": writer.condition(*how), "steps": writer.list(steps, freedom) });
                let branches: Vec<Value> = branches.iter().map(|written| branch(self, written)).collect();
                let otherwise = self.list(otherwise, freedom);
                let take = if *all { "all" } else { "first" };
                let route = json!({ "take": take, "branches": branches, "otherwise": otherwise });
                (self.named("route", |_| route), on_error)
            }
            Step::ForEach { items, parallel, batch, steps, collect, on_error } => {
                let inner = if *parallel > 1 { Freedom::None } else { freedom };
                let items = format!("(0..{items}).map(|i| i + 1)");
                let steps = self.turns(steps, inner);
                let mut each = Map::from_iter([("in".to_owned(), items.into()), ("steps".to_owned(), steps.into())]);
                each.insert("parallel".to_owned(), (*parallel).into());
                if *batch > 0 {
                    each.insert("batch".to_owned(), (*batch).into());
                }
                each.extend(collected(*collect).map(|how| ("collect".to_owned(), how)));
                (self.named("for_each", |_| each.into()), on_error)
            }
            Step::Repeat { bound, turns, steps, on_error } => {
                let steps = self.turns(steps, freedom);
                let repeat = match bound {
                    0 => json!({ "times": turns, "steps": steps, "collect": "{{ index }}" }),
                    1 => json!({ "while": format!("index < {turns}"), "max": 2, "steps": steps }),
                    _ => json!({ "until": format!("index >= {turns}"), "max": 2, "steps": steps }),
                };
                (self.named("repeat", |_| repeat), on_error)
            }
            Step::Parallel { branches, free, on_error } => (self.parallel(branches, *free, freedom), on_error),
            _ => unreachable!("leaves are written elsewhere"),
        };
        written.insert("on_error".to_owned(), on_error(*of, freedom));
        written
    }

    fn turns(&mut self, steps: &[Step], freedom: Freedom) -> Vec<Value> {
        self.loops += 1;
        let steps = self.list(steps, freedom);
        self.loops -= 1;
        steps
    }

    /// Branches side by side: one of them may do anything, or all of them write variables of their own.
    fn parallel(&mut self, branches: &[Vec<Step>], free: usize, freedom: Freedom) -> Map<String, Value> {
        let beside = std::mem::replace(&mut self.is_beside, true);
        let freest = if free < branches.len() { Freedom::None } else { freedom.min_own() };
        let mut written = Map::new();
        for (number, steps) in branches.iter().enumerate() {
            let freedom = if number == free { freedom } else { freest };
            written.insert(format!("b{number}"), self.list(steps, freedom).into());
        }
        self.is_beside = beside;
        one("parallel", written.into())
    }

    fn handled(&mut self, inner: &Step, handler: &[Step], freedom: Freedom) -> Map<String, Value> {
        let mut step = self.step(inner, freedom);
        if step.get("on_error").is_none_or(|of| of.get("steps").is_some()) {
            return step;
        }
        let had = std::mem::replace(&mut self.has_error, true);
        let own = step.get("id").and_then(Value::as_str).map(str::to_owned);
        let seen = self.ids.clone();
        self.ids.retain(|id| Some(id) != own.as_ref());
        let steps = self.list(handler, freedom);
        self.ids = seen;
        self.has_error = had;
        step.insert("on_error".to_owned(), json!({ "steps": steps }));
        step
    }

    fn ask(
        &mut self,
        late: bool,
        on_error: impl Fn(&mut Map<String, Value>, OnError),
        of: OnError,
    ) -> Map<String, Value> {
        let (label, deadline) = if late { ("late", "5s") } else { ("ask", "30d") };
        let mut step = self.named("wait_for", |_| json!({ "choices": ["approve", "reject"], "deadline": deadline }));
        step.insert("name".to_owned(), format!("{label} {}", self.count).into());
        on_error(&mut step, of);
        step
    }

    fn assign(&mut self) -> Map<String, Value> {
        let name = format!("v{}", self.count);
        self.count += 1;
        let value = self.value();
        self.variables.push(name.clone());
        one("assign", Value::from(Map::from_iter([(name, value)])))
    }

    /// A step with an id, which can be read after it.
    fn named(&mut self, module: &str, parameters: impl FnOnce(&mut Self) -> Value) -> Map<String, Value> {
        let mut step = one(module, parameters(self));
        let id = format!("s{}", self.count);
        self.count += 1;
        step.insert("id".to_owned(), id.as_str().into());
        self.ids.push(id);
        step
    }

    fn condition(&self, how: u8) -> String {
        match (how, self.loops) {
            (0, _) => "true".to_owned(),
            (1, _) => "trigger.body.n > 5".to_owned(),
            (_, 0) => "trigger.body.n == 2".to_owned(),
            _ => "index % 2 == 0".to_owned(),
        }
    }

    fn value(&self) -> Value {
        format!("{{{{ {} }}}}", self.reading()).into()
    }

    /// An expression that tells whatever can be read here apart.
    fn reading(&self) -> String {
        let mut read: Vec<String> = self.ids.iter().rev().take(3).map(|id| format!("{id} ?? 0")).collect();
        if !self.is_beside {
            read.extend(self.variables.iter().rev().take(2).map(|name| format!("vars.{name} ?? 0")));
        }
        if self.loops > 0 {
            read.push("index".to_owned());
        }
        if self.has_error {
            read.push("[error.code, error.message, error.attempt, error.step]".to_owned());
        }
        read.push(self.count.to_string());
        format!("[{}].to_json().crc32()", read.join(", "))
    }
}

impl Freedom {
    fn min_own(self) -> Self {
        if self == Self::Whole { Self::Own } else { self }
    }
}

fn one(key: &str, value: Value) -> Map<String, Value> {
    Map::from_iter([(key.to_owned(), value)])
}

fn on_error(of: OnError, freedom: Freedom) -> Value {
    match of {
        OnError::Fail if freedom == Freedom::Whole => "fail".into(),
        OnError::Stop if freedom == Freedom::Whole => "stop".into(),
        OnError::Fail | OnError::Stop | OnError::Ignore => "ignore".into(),
        OnError::Use => json!({ "use": { "code": "{{ error.code }}", "at": "{{ error.step }}" } }),
        OnError::Hold => "hold".into(),
        OnError::HoldByPolicy => json!({ "hold": { "attempts": 2, "backoff": "1m" } }),
    }
}

fn collected(how: u8) -> Option<Value> {
    match how {
        0 => Some("{{ index }}".into()),
        1 => Some(json!({ "list": { "at": "{{ index }}" } })),
        2 => Some(json!({ "text": "{{ index }}", "separator": "; " })),
        3 => Some(json!({ "sum": "index" })),
        4 => Some(json!({ "group": "{{ index }}", "by": "index % 2" })),
        _ => None,
    }
}
