//! Routers and if-else: branches with their conditions.

use super::answers::Answers;
use super::file::Module;
use super::flow::{Within, filter_step};
use super::translator::Translator;
use crate::draft::{Action, Branch, Route, Step, Take};
use crate::report::State;

impl Translator<'_> {
    /// A router; none where no route is left of it. A single route without a condition is no choice.
    pub(super) fn router(&mut self, module: &Module<'_>) -> Vec<Step> {
        let fallback = module.parameters["else"].as_u64().and_then(|at| usize::try_from(at).ok());
        let step_name = module.label.unwrap_or("route").to_owned();
        self.note(module, Some(&step_name), State::Runs, None);
        let mut route = Route { take: Take::All, ..Route::default() };
        let mut answers = Answers::before(self.may_be_answered);
        for (at, way) in module.routes.iter().enumerate() {
            if way.is_disabled {
                self.skip(&way.flow);
                continue;
            }
            let first = way.flow.first();
            let when = first.and_then(|first| self.filter(first));
            let name = first.and_then(|first| first.filter).and_then(|filter| filter.name).map(str::to_owned);
            let mark = self.values.known.mark();
            self.may_be_answered = match fallback {
                Some(last) if last == at => answers.before,
                _ => answers.may_be_there(when.as_ref()),
            };
            let mut steps = self.flow(&way.flow, Within::Branch);
            answers.note(when.as_ref(), &way.flow);
            self.values.known.forget(mark);
            if fallback == Some(at) {
                // Conditions of the fallback are looked at once no other route has been taken.
                steps.splice(0..0, first.zip(when).map(|(first, when)| filter_step(first, when)));
                route.otherwise = Some(steps);
            } else {
                route.branches.push(Branch { name, when, steps });
            }
        }
        self.may_be_answered = answers.are_there();
        match (route.branches.as_mut_slice(), &mut route.otherwise) {
            ([], Some(steps)) => return std::mem::take(steps),
            ([only], None) if only.when.is_none() => return std::mem::take(&mut only.steps),
            ([], None) => return Vec::new(),
            _ => {}
        }
        vec![self.route_step(module, route)]
    }

    /// An if-else: the first branch whose condition holds.
    pub(super) fn if_else(&mut self, module: &Module<'_>) -> Step {
        let step_name = module.label.unwrap_or("route").to_owned();
        self.note(module, Some(&step_name), State::Runs, None);
        let mut route = Route { take: Take::First, ..Route::default() };
        let (before, mut after) = (self.may_be_answered, self.may_be_answered);
        for way in &module.routes {
            if way.is_disabled {
                self.skip(&way.flow);
                continue;
            }
            let when = way.conditions.and_then(|conditions| self.values.conditions(conditions));
            let mark = self.values.known.mark();
            self.may_be_answered = before;
            let steps = self.flow(&way.flow, Within::Loop);
            after |= self.may_be_answered;
            self.values.known.forget(mark);
            match when {
                Some(when) => {
                    let name = way.name.map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned);
                    route.branches.push(Branch { name, when: Some(when), steps });
                }
                None => route.otherwise = Some(steps),
            }
        }
        self.may_be_answered = after;
        self.route_step(module, route)
    }

    fn route_step(&mut self, module: &Module<'_>, route: Route) -> Step {
        let mut step = Step::new(Action::Route(route));
        step.name = module.label.map(str::to_owned);
        step.origin = Some(module.id.clone());
        step.position = module.position;
        step
    }

    /// Notes modules that are switched off: nothing runs them here, as nothing did before.
    fn skip(&mut self, modules: &[Module<'_>]) {
        for module in modules {
            self.note(
                module,
                None,
                State::NeedsDecision,
                Some("its route is switched off, and was left out".to_owned()),
            );
            module.routes.iter().for_each(|route| self.skip(&route.flow));
            self.skip(&module.onerror);
        }
    }
}
