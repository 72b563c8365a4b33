//! The way through a blueprint: one module after another, filters between them, loops around what comes several times.

use super::bundles::Output;
use super::file::Module;
use super::handlers::Failing;
use super::translator::{Done, Gathering, Many, Translator};
use super::typed::{Type, Typed};
use crate::draft::{Action, Branch, Data, ForEach, Route, Step};
use crate::ours::{Expr, Operator};
use crate::report::State;
use serde_json::Value;
use std::collections::BTreeSet;

/// Where a list of modules stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Within {
    /// Nothing is around it: what ends it ends the run.
    Nothing,
    /// A branch, whose condition is the first module's filter.
    Branch,
    /// A loop or a handler: what ends it ends a turn.
    Loop,
    /// A loop whose turns are collected: nothing in it is the last, because what ends early is left out.
    Collected,
}

impl Translator<'_> {
    /// The steps of a list of modules.
    pub(super) fn flow(&mut self, modules: &[Module<'_>], within: Within) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut at = 0;
        while let Some(module) = modules.get(at) {
            let is_last = at + 1 == modules.len() && within != Within::Collected;
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
            if ["util:SetVariable", "util:GetVariable"].iter().any(|kind| module.kind.starts_with(kind)) {
                self.set_later = variables_set(&modules[at..]);
            }
            let done = if super::aggregate::is_aggregator(module) {
                if let Some(step) = self.gather(module) {
                    steps.extend(condition.map(|condition| filter_step(module, condition)));
                    steps.push(step);
                    return steps;
                }
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
        let failing = Failing { module, within, is_last: ends_here, output: &output, many: many.as_ref() };
        let after = own.last_mut().and_then(|step| self.handle(&failing, step));
        steps.append(&mut own);
        steps.extend(after);
        let Some(many) = many else {
            self.values.known.show(&module.id, output);
            return at;
        };
        if many.is_single && feeds(&modules[at..], &module.id) {
            // What collects it gives something even where it is not there.
            let item = self.ids.give("", "entry");
            let many = Many { over: many.over.method("to_list", []), item, is_single: false, ..many };
            return self.each((modules, at), many, within, steps);
        }
        if many.is_single {
            if !self.goes_on_empty(module) {
                steps.push(Step::new(Action::Filter(many.over.clone().binary(Operator::Unequal, Expr::Nothing))));
            }
            self.values.known.show(&module.id, many.output);
            return at;
        }
        self.each((modules, at), many, within, steps)
    }

    /// A loop over the bundles of the module before `at`, up to what collects them; where the next module stands.
    fn each(
        &mut self,
        (modules, at): (&[Module<'_>], usize),
        many: Many,
        within: Within,
        steps: &mut Vec<Step>,
    ) -> usize {
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
        self.gathering.push(Gathering { feeder: module.id.clone(), gathered: Vec::new() });
        let mut inner = std::mem::take(&mut self.before_each);
        let before = std::mem::replace(&mut self.may_be_answered, true);
        self.is_within_open_loop = false;
        let is_collected = end.is_some() || within == Within::Collected;
        inner.extend(self.flow(body, if is_collected { Within::Collected } else { Within::Loop }));
        let is_nested = std::mem::take(&mut self.is_within_open_loop);
        self.may_be_answered = before || super::answers::answers(body);
        let gathered = self.gathering.pop().map(|gathering| gathering.gathered).unwrap_or_default();
        let aggregate = end.map(|end| match is_nested {
            true => self.aggregate_of_all(&modules[end], &modules[at..end], &mut inner),
            false => self.aggregate(&modules[end], &mut inner),
        });
        self.values.known.forget(mark);
        let mut each = ForEach { over, item: Some(item), batch: None, steps: inner, collect: None };
        let Some(aggregate) = aggregate else {
            self.is_within_open_loop = true;
            let mut step = Step::new(Action::ForEach(each));
            step.origin = Some(module.id.clone());
            self.gathered_by(body, gathered, step, steps);
            return modules.len();
        };
        each.collect = aggregate.collect;
        let collector = &modules[at + body.len()];
        let mut step = self.named(collector, Step::new(Action::ForEach(each)), aggregate.id.clone());
        step.id = Some(aggregate.id);
        steps.push(step);
        steps.extend(aggregate.after);
        self.values.known.show(&collector.id, aggregate.output);
        let behind = at + body.len() + 1;
        match aggregate.groups {
            Some(groups) => self.each((modules, behind), groups, within, steps),
            None => behind,
        }
    }

    /// Adds a loop, with the variables that aggregators in its routes fill, and what follows these.
    fn gathered_by(&mut self, body: &[Module<'_>], gathered: Vec<(String, String)>, each: Step, steps: &mut Vec<Step>) {
        if gathered.is_empty() {
            steps.push(each);
            return;
        }
        let empty = gathered.iter().map(|(_, variable)| (variable.as_str(), Data::List(Vec::new())));
        steps.push(Step::call("assign", Data::map(empty)));
        steps.push(each);
        let mut ways: Vec<Vec<Step>> = Vec::new();
        for (id, variable) in gathered {
            let Some(rest) = behind(body, &id) else { continue };
            let Some((aggregator, rest)) = rest.split_first() else { continue };
            let mark = self.values.known.mark();
            let (output, groups) = self.gathered(aggregator, &variable);
            self.values.known.show(&id, output);
            let mut way = Vec::new();
            match groups {
                Some(groups) => {
                    let rest = behind(body, &id).unwrap_or_default();
                    self.each((rest, 1), groups, Within::Loop, &mut way);
                }
                None => way = self.flow(rest, Within::Loop),
            }
            self.values.known.forget(mark);
            ways.push(way);
        }
        ways.retain(|way| !way.is_empty());
        if let [only] = ways.as_mut_slice() {
            steps.append(only);
            return;
        }
        let branches = ways.into_iter().map(|steps| Branch { steps, ..Branch::default() });
        steps.push(Step::new(Action::Route(Route { branches: branches.collect(), ..Route::default() })));
    }

    /// Whether a module's way goes on where it has found nothing.
    fn goes_on_empty(&self, module: &Module<'_>) -> bool {
        // What iterators and aggregators are given is there or not; a search tells of nothing, where somebody asks for that.
        let is_search = !["builtin", "util"].contains(&module.app());
        (is_search && self.counted.contains(&module.id)) || module.says("continueWhenNoRes")
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

/// The variables that one of these modules sets, or one in their routes; of tools alone, because only they read them.
fn variables_set(modules: &[Module<'_>]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for module in modules {
        match module.kind {
            "util:SetVariable2" | "util:SetVariable" => names.extend(module.word("name").map(str::to_owned)),
            "util:SetVariables" => {
                let entries = module.given("variables").and_then(Value::as_array).into_iter().flatten();
                names.extend(entries.filter_map(|entry| entry["name"].as_str()).map(str::to_owned));
            }
            _ => {}
        }
        module.routes.iter().for_each(|route| names.extend(variables_set(&route.flow)));
        names.extend(variables_set(&module.onerror));
    }
    names
}

/// Whether one of these modules, or of those in their routes, collects what this module gives.
pub(super) fn feeds(modules: &[Module<'_>], id: &str) -> bool {
    modules.iter().any(|module| {
        let feeder = || super::file::plain(&module.parameters["feeder"]);
        (super::aggregate::is_aggregator(module) && feeder().as_deref() == Some(id))
            || module.routes.iter().any(|route| feeds(&route.flow, id))
    })
}

/// A module somewhere in the routes of these, with all that follows it there.
fn behind<'m, 'a>(modules: &'m [Module<'a>], id: &str) -> Option<&'m [Module<'a>]> {
    modules.iter().enumerate().find_map(|(at, module)| {
        if module.id == id {
            return Some(&modules[at..]);
        }
        module.routes.iter().find_map(|route| behind(&route.flow, id))
    })
}

/// Several bundles of an output that is a list.
pub(super) fn bundles_of(over: Expr, item: String) -> Many {
    let output = Output::of(Expr::name(item.as_str()));
    Many { over, item, output, is_single: false }
}
