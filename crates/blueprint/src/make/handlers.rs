//! Error handlers: what follows when a module fails.

use super::bundles::Output;
use super::file::Module;
use super::flow::Within;
use super::translator::{Many, Translator};
use super::typed::{Type, Typed};
use crate::draft::{Action, Collect, Data, ForEach, OnError, Step};
use crate::ours::{Expr, Operator};
use crate::report::State;
use serde_json::{Number, Value};

/// How often an incomplete run is tried where nothing is said of it, and after how many minutes.
const USUAL: (i64, i64) = (3, 15);

/// A module that may fail.
pub(super) struct Failing<'m, 'a> {
    pub(super) module: &'m Module<'a>,
    pub(super) within: Within,
    /// Whether nothing follows it.
    pub(super) is_last: bool,
    pub(super) output: &'m Output,
    pub(super) many: Option<&'m Many>,
}

/// How the way goes on once a failure has been dealt with.
enum Way {
    Ends,
    GoesOn,
    /// With this behind the step.
    GoesOnWith(Box<Step>),
}

impl Translator<'_> {
    /// Sets what happens when the module's step fails; what has to stand behind it.
    pub(super) fn handle(&mut self, failing: &Failing<'_, '_>, step: &mut Step) -> Option<Step> {
        let Failing { module, within, is_last, .. } = *failing;
        let (last, before) = module.onerror.split_last()?;
        let mark = self.values.known.mark();
        let error = Expr::name("error");
        let failed = Output::of(error.clone()).with("error", Typed::sure(error, Type::Map));
        self.values.known.show(&module.id, failed);
        let directive = last.kind.strip_prefix("builtin:").filter(|it| DIRECTIVES.contains(it));
        let modules = if directive.is_some() { before } else { &module.onerror };
        let mut steps = self.flow(modules, Within::Loop);
        self.values.known.forget(mark);
        let way = self.direct(directive, last, failing, step, &mut steps);
        let ends = matches!(way, Way::Ends);
        let stops = ends && !is_last && within == Within::Nothing;
        if !steps.is_empty() {
            if stops {
                steps.push(Step::call("stop", Data::Null));
            }
            step.on_error = Some(OnError::Steps(steps));
        } else if stops && matches!(step.on_error, Some(OnError::Ignore)) {
            step.on_error = Some(OnError::Stop);
        }
        if let Way::GoesOnWith(step) = way {
            return Some(*step);
        }
        // Elsewhere the run goes on, and only this way ends: nothing is what a failed step gives.
        let id = step.id.clone().filter(|_| ends && !is_last && !stops)?;
        Some(Step::new(Action::Filter(Expr::Name(id).binary(Operator::Unequal, Expr::Nothing))))
    }

    /// What a directive does, and how the way goes on.
    fn direct(
        &mut self,
        directive: Option<&str>,
        last: &Module<'_>,
        failing: &Failing<'_, '_>,
        step: &mut Step,
        steps: &mut Vec<Step>,
    ) -> Way {
        let mut decision = None;
        let way = match directive {
            None => return Way::Ends,
            Some("Ignore") => {
                step.on_error = Some(OnError::Ignore);
                Way::Ends
            }
            Some("Resume") => {
                let instead = self.values.data(last.mapper);
                if !steps.is_empty() && !instead.is_empty() {
                    decision = Some("after other steps nothing can stand in for the failed output".to_owned());
                }
                step.on_error = Some(OnError::Use(in_our_shape(failing, instead)));
                Way::GoesOn
            }
            Some("Commit") => {
                match steps.is_empty() {
                    true => step.on_error = Some(OnError::Stop),
                    false => steps.push(Step::call("stop", Data::Null)),
                }
                Way::GoesOn
            }
            Some("Rollback") => {
                if !steps.is_empty() {
                    steps.push(failure());
                }
                Way::GoesOn
            }
            Some(_) if steps.is_empty() => {
                step.on_error = Some(OnError::Hold(pause(last)));
                Way::GoesOn
            }
            Some(_) => {
                steps.push(failure());
                self.held_around(step, std::mem::take(steps), pause(last))
                    .map_or(Way::GoesOn, |step| Way::GoesOnWith(Box::new(step)))
            }
        };
        self.note(last, step.id.as_deref(), State::Runs, decision);
        way
    }

    /// A step that does something when it fails, and is tried again later all the same: what waits stands around it.
    fn held_around(&mut self, step: &mut Step, steps: Vec<Step>, pause: Option<Data>) -> Option<Step> {
        let mut inside = step.clone();
        let id = self.ids.give("", "tried");
        let kept = self.ids.give("", "kept");
        inside.id = Some(id.clone());
        inside.on_error = Some(OnError::Steps(steps));
        let read = step.id.clone().filter(|_| step.origin.as_ref().is_some_and(|origin| self.read.contains(origin)));
        let collect = read.as_ref().map(|_| Collect::List(Data::value(Expr::name(id))));
        let over = Expr::List(vec![Expr::Int(1)]);
        let each = ForEach { over, item: None, batch: None, steps: vec![inside], collect };
        let mut outside = Step::new(Action::ForEach(each));
        outside.id = read.as_ref().map(|_| kept.clone());
        outside.on_error = Some(OnError::Hold(pause));
        outside.origin.clone_from(&step.origin);
        *step = outside;
        read.map(|id| Step::call("set", Data::value(Expr::name(kept).method("first", []))).with_id(id))
    }
}

/// The failure that was dealt with, as one of its own.
fn failure() -> Step {
    Step::call("fail", Data::value(Expr::name("error").field("message")))
}

/// So often and after such pauses a run is tried again, before it waits for somebody; none where it waits at once.
fn pause(last: &Module<'_>) -> Option<Data> {
    let number = |key: &str| {
        last.given(key).and_then(|value| match value {
            Value::String(text) => text.parse().ok(),
            other => other.as_i64(),
        })
    };
    let tries =
        last.given("retry").is_none_or(|retry| *retry == true || retry.as_str().is_some_and(|it| it.contains("true")));
    if !tries {
        return None;
    }
    let attempts: i64 = number("count").unwrap_or(USUAL.0);
    let minutes: i64 = number("interval").unwrap_or(USUAL.1);
    Some(Data::map([
        ("attempts", Data::Number(Number::from(attempts.clamp(1, 100)))),
        ("backoff", Data::text(format!("{}m", minutes.max(1)))),
        ("factor", Data::int(1)),
    ]))
}

const DIRECTIVES: [&str; 5] = ["Ignore", "Resume", "Commit", "Rollback", "Break"];

/// What stands in for an output, where its fields are read from; of several bundles, it is one.
fn in_our_shape(failing: &Failing<'_, '_>, instead: Data) -> Data {
    let entries = match instead {
        Data::Map(entries) => entries,
        _ => Vec::new(),
    };
    let Some(many) = failing.many else { return placed(failing.output, entries) };
    let bundle = placed(&many.output, entries);
    let bundle = if many.is_single { bundle } else { Data::List(vec![bundle]) };
    let path = keys(&many.over).unwrap_or_default();
    path.into_iter().rev().fold(bundle, |value, key| Data::map([(key, value)]))
}

/// A map whose fields stand where this output reads them.
fn placed(output: &Output, entries: Vec<(String, Data)>) -> Data {
    let beginning = keys(&output.whole.expr).map_or(0, |keys| keys.len());
    let mut all = Data::Map(Vec::new());
    for (key, value) in entries {
        let path = output.fields.get(&key).and_then(|field| keys(&field.expr));
        let path = path.and_then(|path| path.get(beginning..).map(<[String]>::to_vec)).filter(|path| !path.is_empty());
        put(&mut all, &path.unwrap_or_else(|| vec![key]), value);
    }
    all
}

fn put(map: &mut Data, path: &[String], value: Data) {
    let (Data::Map(entries), Some((key, rest))) = (map, path.split_first()) else { return };
    if rest.is_empty() {
        entries.push((key.clone(), value));
        return;
    }
    let at = match entries.iter().position(|(known, _)| known == key) {
        Some(at) => at,
        None => {
            entries.push((key.clone(), Data::Map(Vec::new())));
            entries.len() - 1
        }
    };
    put(&mut entries[at].1, rest, value);
}

/// The keys by which an expression is read from a name, where it is nothing but that.
fn keys(expr: &Expr) -> Option<Vec<String>> {
    match expr {
        Expr::Name(_) => Some(Vec::new()),
        Expr::Field(of, key, _) => {
            let mut keys = keys(of)?;
            keys.push(key.clone());
            Some(keys)
        }
        _ => None,
    }
}
