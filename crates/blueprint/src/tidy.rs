//! What a translation leaves behind and nobody would have written: variables that nobody reads, branches in which nothing
//! happens, routes where a condition on one step says the same.

use crate::draft::{Action, Branch, Data, Draft, Route, Step, Take};
use crate::ours::Expr;
use std::collections::BTreeSet;

/// Tidies a draft.
pub fn tidy(draft: &mut Draft) {
    while forget(draft) {}
    for steps in [&mut draft.steps, &mut draft.on_failure] {
        block(steps, End::Free);
    }
}

/// Whether something comes after the last step of a list that looks at what it gave.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// Nothing does.
    Free,
    /// A loop collects.
    Collected,
}

/// Leaves out variables that nobody reads; whether there was one.
fn forget(draft: &mut Draft) -> bool {
    let mut read: BTreeSet<String> = BTreeSet::new();
    for step in draft.steps.iter().chain(&draft.on_failure) {
        step.each(&mut |step| {
            if let Some(entries) = assigned(step) {
                // What only adds to itself is not read.
                for (name, value) in entries {
                    let inside = variables_of(value);
                    read.extend(inside.into_iter().filter(|other| other != name));
                }
            } else {
                step.each_expr(&mut |expr| {
                    variables(expr, &mut |name| {
                        read.insert(name.to_owned());
                    })
                });
            }
        });
    }
    let mut found = false;
    for steps in [&mut draft.steps, &mut draft.on_failure] {
        each_block(steps, &mut |steps| {
            for step in steps.iter_mut() {
                if let Action::Call(module, Data::Map(entries)) = &mut step.action
                    && module == "assign"
                {
                    let before = entries.len();
                    entries.retain(|(name, _)| read.contains(name));
                    found |= entries.len() < before;
                }
            }
            steps.retain(|step| assigned(step).is_none_or(|entries| !entries.is_empty()));
        });
    }
    found
}

fn assigned(step: &Step) -> Option<&[(String, Data)]> {
    match &step.action {
        Action::Call(module, Data::Map(entries)) if module == "assign" => Some(entries),
        _ => None,
    }
}

fn variables_of(value: &Data) -> Vec<String> {
    let mut found = Vec::new();
    value.each_text(&mut |text| {
        text.values().for_each(|expr| variables(expr, &mut |name| found.push(name.to_owned())));
    });
    found
}

/// Tells of each variable that an expression reads.
pub fn variables<'a>(expr: &'a Expr, tell: &mut impl FnMut(&'a str)) {
    expr.each(&mut |inner| {
        if let Expr::Field(of, name, _) = inner
            && **of == Expr::name("vars")
        {
            tell(name);
        }
    });
}

/// Shows every list of steps to `visit`, inner ones first.
fn each_block(steps: &mut Vec<Step>, visit: &mut impl FnMut(&mut Vec<Step>)) {
    for step in steps.iter_mut() {
        for inner in step.blocks_mut() {
            each_block(inner, visit);
        }
    }
    visit(steps);
}

/// Tidies a list of steps, and those in it first.
fn block(steps: &mut Vec<Step>, end: End) {
    for step in steps.iter_mut() {
        let inner_end = match &step.action {
            Action::ForEach(each) if each.collect.is_some() => End::Collected,
            Action::Repeat(repeat) if repeat.collect.is_some() => End::Collected,
            _ => End::Free,
        };
        for inner in step.blocks_mut() {
            block(inner, inner_end);
        }
    }
    let all = std::mem::take(steps);
    let count = all.len();
    for (place, step) in all.into_iter().enumerate() {
        let is_last = place + 1 == count && end == End::Free;
        match step.action {
            Action::Route(route) => {
                let outer = Step { action: Action::Filter(Expr::Bool(true)), ..step };
                steps.extend(shorter(outer, route, is_last));
            }
            _ => joined(steps, step),
        }
    }
}

/// Adds a step; variables that are written one after the other are written together.
fn joined(steps: &mut Vec<Step>, mut step: Step) {
    if let (Some(before), Action::Call(module, Data::Map(new))) = (steps.last_mut(), &mut step.action)
        && module == "assign"
        && step.remarks.is_empty()
        && let Action::Call(other, Data::Map(known)) = &mut before.action
        && other == "assign"
    {
        let reads = |value: &Data| variables_of(value).iter().any(|read| known.iter().any(|(name, _)| name == read));
        if !new.iter().any(|(_, value)| reads(value)) {
            known.retain(|(name, _)| !new.iter().any(|(other, _)| other == name));
            known.append(new);
            return;
        }
    }
    steps.push(step);
}

/// A route in as few words as it takes. `outer` is its step, with another action.
fn shorter(outer: Step, mut route: Route, is_last: bool) -> Vec<Step> {
    if route.otherwise.as_ref().is_some_and(Vec::is_empty) {
        route.otherwise = None;
    }
    // Where nothing follows, a branch in which nothing happens can go, unless it keeps others from being walked.
    while route.otherwise.is_none() && route.branches.last().is_some_and(|branch| branch.steps.is_empty()) {
        route.branches.pop();
    }
    if let ([Branch { when: Some(when), steps, name }], Some(_)) = (route.branches.as_mut_slice(), &route.otherwise)
        && steps.is_empty()
    {
        *when = std::mem::replace(when, Expr::Nothing).negated();
        *name = None;
        *steps = route.otherwise.take().unwrap_or_default();
    }
    if route.branches.is_empty() {
        return route.otherwise.take().unwrap_or_default();
    }
    if route.branches.len() == 1 {
        route.take = Take::All;
    }
    if let ([Branch { when: Some(_), .. }], None) = (route.branches.as_slice(), &route.otherwise) {
        return conditional(outer, route, is_last);
    }
    vec![Step { action: Action::Route(route), ..outer }]
}

/// A route with a single branch: a condition on one step, or a filter before the last ones.
fn conditional(outer: Step, mut route: Route, is_last: bool) -> Vec<Step> {
    let Some(mut branch) = route.branches.pop() else { return Vec::new() };
    let said = outer.name.clone().or_else(|| branch.name.clone());
    let is_single = branch.steps.len() == 1;
    if let (true, Some(only)) = (is_single, branch.steps.first_mut())
        && only.when.is_none()
        && !matches!(only.action, Action::Filter(_) | Action::Route(_))
    {
        let mut remarks = outer.remarks;
        remarks.extend(said);
        remarks.append(&mut only.remarks);
        only.remarks = remarks;
        only.when = branch.when.take();
        return branch.steps;
    }
    if is_last {
        let filter = Action::Filter(branch.when.unwrap_or(Expr::Bool(true)));
        let first = Step { action: filter, name: said, ..outer };
        return std::iter::once(first).chain(branch.steps).collect();
    }
    route.branches.push(branch);
    vec![Step { action: Action::Route(route), ..outer }]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::write::write;

    fn assign(name: &str, value: Expr) -> Step {
        Step::call("assign", Data::map([(name, Data::value(value))]))
    }

    fn route(branches: Vec<(Expr, Vec<Step>)>, otherwise: Option<Vec<Step>>) -> Step {
        let branches = branches.into_iter().map(|(when, steps)| Branch { name: None, when: Some(when), steps });
        let route = Route { take: Take::First, branches: branches.collect(), otherwise };
        Step { name: Some("Choice".to_owned()), ..Step::new(Action::Route(route)) }
    }

    #[track_caller]
    fn check(steps: Vec<Step>, expected: &str) {
        let mut draft = Draft { name: "A".to_owned(), steps, ..Draft::default() };
        tidy(&mut draft);
        let text = write(&draft).text();
        assert_eq!(text.split_once("steps:").unwrap().1.trim_start_matches('\n'), expected);
    }

    fn ask(id: &str) -> Step {
        Step::call("respond", Data::map([("text", Data::text("a"))])).with_id(id)
    }

    #[test]
    fn variables_that_nobody_reads_are_forgotten() {
        let vars = |name: &str| Expr::name("vars").field(name);
        let adds = vars("b").binary(crate::ours::Operator::Plus, Expr::List(vec![Expr::Int(1)]));
        let steps = vec![
            assign("a", Expr::name("trigger")),
            assign("b", Expr::List(Vec::new())),
            assign("b", adds),
            assign("c", Expr::Int(1)),
            assign("d", Expr::Int(2)),
            Step::call(
                "respond",
                Data::map([("json", Data::List(vec![Data::value(vars("c")), Data::value(vars("d"))]))]),
            ),
        ];
        check(
            steps,
            "  - assign: { c: \"{{ 1 }}\", d: \"{{ 2 }}\" }\n\n  - respond: { json: [\"{{ vars.c }}\", \"{{ vars.d }}\"] }\n",
        );
    }

    #[test]
    fn routes_become_as_short_as_they_can() {
        let (a, b) = (Expr::name("trigger").field("a"), Expr::name("trigger").field("b"));
        check(vec![route(vec![(a.clone(), vec![])], Some(vec![])), ask("x")], "  - id: x\n    respond: { text: a }\n");
        check(
            vec![route(vec![(a.clone(), vec![])], Some(vec![ask("x")]))],
            "  # Choice\n  - id: x\n    when: \"!trigger.a\"\n    respond: { text: a }\n",
        );
        check(
            vec![route(vec![(a.clone(), vec![ask("x"), ask("z")])], None)],
            "  - name: Choice\n    filter: trigger.a\n\n  - id: x\n    respond: { text: a }\n\n  - id: z\n    respond: { text: a }\n",
        );
        check(
            vec![route(vec![(a.clone(), vec![ask("x")]), (b.clone(), vec![])], None), ask("z")],
            "  # Choice\n  - id: x\n    when: trigger.a\n    respond: { text: a }\n\n  - id: z\n    respond: { text: a }\n",
        );
        // A branch in which nothing happens keeps what follows from being walked.
        let kept = route(vec![(a, vec![]), (b, vec![ask("x")])], None);
        check(
            vec![kept],
            "  - name: Choice\n    route:\n      take: first\n      branches:\n        - when: trigger.a\n          steps: []\n        - when: trigger.b\n          steps:\n            - id: x\n              respond: { text: a }\n",
        );
    }
}
