//! Error handlers: what follows when a module fails.

use super::bundles::Output;
use super::file::Module;
use super::flow::Within;
use super::translator::Translator;
use super::typed::{Type, Typed};
use crate::draft::{Action, Data, OnError, Step};
use crate::ours::{Expr, Operator};
use crate::report::State;
use serde_json::{Number, Value};

/// How often an incomplete run is tried where nothing is said of it, and after how many minutes.
const USUAL: (i64, i64) = (3, 15);

impl Translator<'_> {
    /// Sets what happens when the module's step fails; what has to stand behind it, so that its way ends then.
    pub(super) fn handle(
        &mut self,
        module: &Module<'_>,
        step: &mut Step,
        within: Within,
        is_last: bool,
    ) -> Option<Step> {
        let (last, before) = module.onerror.split_last()?;
        let mark = self.values.known.mark();
        let error = Expr::name("error");
        let failed = Output::of(error.clone()).with("error", Typed::sure(error, Type::Map));
        self.values.known.show(&module.id, failed);
        let directive = last.kind.strip_prefix("builtin:").filter(|it| DIRECTIVES.contains(it));
        let modules = if directive.is_some() { before } else { &module.onerror };
        let mut steps = self.flow(modules, Within::Loop);
        self.values.known.forget(mark);
        let ends = self.direct(directive, last, module, step, &mut steps);
        let stops = ends && !is_last && within == Within::Nothing;
        if !steps.is_empty() {
            if stops {
                steps.push(Step::call("stop", Data::Null));
            }
            step.on_error = Some(OnError::Steps(steps));
        } else if stops && matches!(step.on_error, Some(OnError::Ignore)) {
            step.on_error = Some(OnError::Stop);
        }
        // Elsewhere the run goes on, and only this way ends: nothing is what a failed step gives.
        let id = step.id.clone().filter(|_| ends && !is_last && !stops)?;
        Some(Step::new(Action::Filter(Expr::Name(id).binary(Operator::Unequal, Expr::Nothing))))
    }

    /// What a directive does; whether the way ends with it.
    fn direct(
        &mut self,
        directive: Option<&str>,
        last: &Module<'_>,
        module: &Module<'_>,
        step: &mut Step,
        steps: &mut Vec<Step>,
    ) -> bool {
        let mut decision = None;
        let ends = match directive {
            None => return true,
            Some("Ignore") => {
                step.on_error = Some(OnError::Ignore);
                true
            }
            Some("Resume") => {
                let instead = self.values.data(last.mapper);
                if !steps.is_empty() && !instead.is_empty() {
                    decision = Some("after other steps nothing can stand in for the failed output".to_owned());
                }
                step.on_error = Some(OnError::Use(in_our_shape(module, instead)));
                false
            }
            Some("Commit") => {
                match steps.is_empty() {
                    true => step.on_error = Some(OnError::Stop),
                    false => steps.push(Step::call("stop", Data::Null)),
                }
                false
            }
            Some("Rollback") => {
                if !steps.is_empty() {
                    steps.push(Step::call("fail", Data::value(Expr::name("error").field("message"))));
                }
                false
            }
            Some(_) => {
                self.pause(last, step);
                if !steps.is_empty() {
                    steps.push(Step::call("fail", Data::value(Expr::name("error").field("message"))));
                }
                false
            }
        };
        self.note(last, step.id.as_deref(), State::Runs, decision);
        ends
    }

    /// A run that is tried again later, so often and after such pauses, and then waits for somebody.
    fn pause(&mut self, last: &Module<'_>, step: &mut Step) {
        let number = |key: &str| {
            last.given(key).and_then(|value| match value {
                Value::String(text) => text.parse().ok(),
                other => other.as_i64(),
            })
        };
        let tries = last
            .given("retry")
            .is_none_or(|retry| *retry == true || retry.as_str().is_some_and(|it| it.contains("true")));
        if !tries {
            step.on_error = Some(OnError::Hold(None));
            return;
        }
        let attempts: i64 = number("count").unwrap_or(USUAL.0);
        let minutes: i64 = number("interval").unwrap_or(USUAL.1);
        let policy = [
            ("attempts", Data::Number(Number::from(attempts.clamp(1, 100)))),
            ("backoff", Data::text(format!("{}m", minutes.max(1)))),
            ("factor", Data::int(1)),
        ];
        step.on_error = Some(OnError::Hold(Some(Data::map(policy))));
    }
}

const DIRECTIVES: [&str; 5] = ["Ignore", "Resume", "Commit", "Rollback", "Break"];

/// What stands in for an output, with our names for its fields.
fn in_our_shape(module: &Module<'_>, instead: Data) -> Data {
    let Data::Map(entries) = instead else { return Data::Map(Vec::new()) };
    let is_http = module.kind.starts_with("http:");
    let renamed = entries.into_iter().map(|(key, value)| match (is_http, key.as_str()) {
        (true, "data") => ("body".to_owned(), value),
        (true, "statusCode") => ("status".to_owned(), value),
        _ => (key, value),
    });
    Data::Map(renamed.collect())
}
