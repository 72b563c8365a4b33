//! The way through a blueprint: one module after another, filters between them, loops around what comes several times.

use super::bundles::Output;
use super::file::Module;
use super::translator::{Done, Many, Translator};
use super::typed::{Type, Typed};
use crate::draft::{Action, ForEach, Step};
use crate::ours::{Expr, Operator};
use crate::report::State;

/// Where a list of modules stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Within {
    /// Nothing is around it: what ends it ends the run.
    Nothing,
    /// A branch, whose condition is the first module's filter.
    Branch,
    /// A loop or a handler: what ends it ends a turn.
    Loop,
}

impl Translator<'_> {
    /// The steps of a list of modules.
    pub(super) fn flow(&mut self, modules: &[Module<'_>], within: Within) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut at = 0;
        while let Some(module) = modules.get(at) {
            let is_last = at + 1 == modules.len();
            let condition = if at == 0 && within == Within::Branch { None } else { self.filter(module) };
            at += 1;
            match module.kind {
                "builtin:BasicRouter" => {
                    steps.extend(condition.map(|condition| filter_step(module, condition)));
                    steps.extend(self.router(module));
                    continue;
                }
                "builtin:BasicIfElse" => {
                    steps.extend(condition.map(|condition| filter_step(module, condition)));
                    steps.push(self.if_else(module));
                    continue;
                }
                _ => {}
            }
            let done = if super::aggregate::is_aggregator(module) {
                self.lone_aggregator(module)
            } else {
                self.module(module)
            };
            let ends_here = is_last && done.many.is_none();
            at = self.place(Placed { modules, at, within, ends_here, condition }, done, &mut steps);
        }
        steps
    }

    /// The steps of a whole blueprint, whose first module has become this.
    pub(super) fn begun(&mut self, modules: &[Module<'_>], done: Done) -> Vec<Step> {
        let mut steps = Vec::new();
        let ends_here = modules.len() == 1 && done.many.is_none();
        let placed = Placed { modules, at: 1, within: Within::Nothing, ends_here, condition: None };
        let at = self.place(placed, done, &mut steps);
        steps.extend(self.flow(&modules[at..], Within::Nothing));
        steps
    }

    /// Adds what became of the module before `at`; where the next one stands.
    fn place(&mut self, placed: Placed<'_, '_>, done: Done, steps: &mut Vec<Step>) -> usize {
        let Placed { modules, at, within, ends_here, condition } = placed;
        let module = &modules[at - 1];
        let Done { steps: mut own, output, many } = done;
        if let Some(condition) = condition {
            match own.as_mut_slice() {
                [only] if ends_here && only.when.is_none() && !matches!(only.action, Action::Filter(_)) => {
                    only.when = Some(condition);
                }
                _ => steps.push(filter_step(module, condition)),
            }
        }
        let after = own.last_mut().and_then(|step| self.handle(module, step, within, ends_here));
        steps.append(&mut own);
        steps.extend(after);
        let Some(many) = many else {
            self.values.known.show(&module.id, output);
            return at;
        };
        if many.is_single {
            if !self.goes_on_empty(module) {
                steps.push(Step::new(Action::Filter(many.over.clone().binary(Operator::Unequal, Expr::Nothing))));
            }
            self.values.known.show(&module.id, many.output);
            return at;
        }
        self.each(modules, at, many, steps)
    }

    /// A loop over the bundles of the module before `at`, up to what collects them; where the next module stands.
    fn each(&mut self, modules: &[Module<'_>], at: usize, many: Many, steps: &mut Vec<Step>) -> usize {
        let module = &modules[at - 1];
        let end = aggregator(modules, at);
        let body = &modules[at..end.unwrap_or(modules.len())];
        let goes_on = self.goes_on_empty(module);
        let Many { over, item, output, .. } = many;
        let list = over.clone().or_else(Expr::List(Vec::new()));
        let output = output
            .with("__IMTINDEX__", Typed::sure(Expr::name("index").binary(Operator::Plus, Expr::Int(1)), Type::Number))
            .with("__IMTLENGTH__", Typed::sure(list.clone().method("len", []), Type::Number));
        let over = if goes_on {
            list.clone().method("is_empty", []).choose(Expr::List(vec![Expr::Nothing]), over)
        } else {
            over
        };
        let mark = self.values.known.mark();
        self.values.known.show(&module.id, output);
        let mut inner = std::mem::take(&mut self.before_each);
        inner.extend(self.flow(body, Within::Loop));
        let aggregate = end.map(|end| self.aggregate(&modules[end], &mut inner));
        self.values.known.forget(mark);
        let mut each = ForEach { over, item: Some(item), batch: None, steps: inner, collect: None };
        let Some(aggregate) = aggregate else {
            let mut step = Step::new(Action::ForEach(each));
            step.origin = Some(module.id.clone());
            steps.push(step);
            return modules.len();
        };
        each.collect = aggregate.collect;
        let collector = &modules[at + body.len()];
        let mut step = self.named(collector, Step::new(Action::ForEach(each)), aggregate.id.clone());
        step.id = Some(aggregate.id);
        steps.push(step);
        steps.extend(aggregate.after);
        self.values.known.show(&collector.id, aggregate.output);
        at + body.len() + 1
    }

    /// Whether a module's way goes on where it has found nothing.
    fn goes_on_empty(&self, module: &Module<'_>) -> bool {
        self.counted.contains(&module.id) || module.says("continueWhenNoRes")
    }

    /// The condition before a module.
    pub(super) fn filter(&mut self, module: &Module<'_>) -> Option<Expr> {
        let filter = module.filter?;
        self.values.conditions(filter.conditions)
    }

    /// Notes that a module is a step of its own that runs as it is.
    pub(super) fn runs(&mut self, module: &Module<'_>, step: Option<&str>) {
        self.note(module, step, State::Runs, None);
    }
}

/// Where a module is put.
struct Placed<'m, 'a> {
    modules: &'m [Module<'a>],
    at: usize,
    within: Within,
    ends_here: bool,
    condition: Option<Expr>,
}

/// What ends the way where a condition does not hold.
pub(super) fn filter_step(module: &Module<'_>, condition: Expr) -> Step {
    let mut step = Step::new(Action::Filter(condition));
    step.name = module.filter.and_then(|filter| filter.name).map(str::to_owned);
    step
}

/// The aggregator that collects what the module before `at` gives: its source is that module, or one before it.
fn aggregator(modules: &[Module<'_>], at: usize) -> Option<usize> {
    let source = |module: &Module<'_>| {
        let feeder = super::file::plain(&module.parameters["feeder"])?;
        modules.iter().position(|module| module.id == feeder)
    };
    let mut candidates = (at..modules.len()).filter(|place| super::aggregate::is_aggregator(&modules[*place]));
    candidates.find(|place| source(&modules[*place]).is_some_and(|source| source < at))
}

/// Several bundles of an output that is a list.
pub(super) fn bundles_of(over: Expr, item: String) -> Many {
    let output = Output::of(Expr::name(item.as_str()));
    Many { over, item, output, is_single: false }
}
