//! Where steps stand in the picture. Modules bring their places along; steps that no module stands for, such as filters
//! and loops, come to stand before what follows them, so that no two stand upon each other.

use crate::Position;
use crate::draft::{Action, Draft, OnError, Step};

/// How far apart modules stand that are drawn side by side.
const ACROSS: f64 = 300.0;

type Place = (f64, f64);

/// The places of all steps; none where no step has one.
pub(crate) fn places(draft: &Draft) -> Vec<Position> {
    let mut found = Vec::new();
    list(&draft.steps, "steps", &mut found);
    list(&draft.on_failure, "on_failure", &mut found);
    found
}

fn list(steps: &[Step], path: &str, found: &mut Vec<Position>) {
    let mut places: Vec<Option<Place>> = steps.iter().map(anchor).collect();
    fill(&mut places);
    for (at, (step, place)) in steps.iter().zip(places).enumerate() {
        let path = format!("{path}/{at}");
        if let Some((x, y)) = place {
            found.push(Position { step: step.id.clone().unwrap_or_else(|| path.clone()), x, y });
        }
        for (inner, steps) in blocks(step) {
            list(steps, &format!("{path}/{inner}"), found);
        }
    }
}

/// Where a step stands: its own place, else before the first that stands inside it.
fn anchor(step: &Step) -> Option<Place> {
    step.position.or_else(|| {
        let inside = blocks(step).into_iter().flat_map(|(_, steps)| steps).find_map(anchor);
        inside.map(|(x, y)| (x - ACROSS / 2.0, y))
    })
}

/// Gives places to those without one: before the next that has one, else behind the last.
fn fill(places: &mut [Option<Place>]) {
    let mut at = 0;
    while at < places.len() {
        if places[at].is_some() {
            at += 1;
            continue;
        }
        let end = (at..places.len()).find(|it| places[*it].is_some()).unwrap_or(places.len());
        let next = places.get(end).copied().flatten();
        let before = at.checked_sub(1).and_then(|it| places[it]);
        let gaps = (end - at + 1) as f64;
        for (number, place) in places[at..end].iter_mut().enumerate() {
            let number = number as f64 + 1.0;
            *place = match (next, before) {
                (Some((x, y)), _) => Some((x - ACROSS * (gaps - number) / gaps, y)),
                (None, Some((x, y))) => Some((x + ACROSS * number, y)),
                (None, None) => None,
            };
        }
        at = end;
    }
}

/// The lists of steps inside a step, by their paths from it.
fn blocks(step: &Step) -> Vec<(String, &[Step])> {
    let mut blocks: Vec<(String, &[Step])> = match &step.action {
        Action::Route(route) => {
            let branches = route.branches.iter().enumerate();
            let branches = branches.map(|(at, it)| (format!("route/branches/{at}/steps"), it.steps.as_slice()));
            let otherwise = route.otherwise.iter().map(|it| ("route/otherwise".to_owned(), it.as_slice()));
            branches.chain(otherwise).collect()
        }
        Action::ForEach(each) => vec![("for_each/steps".to_owned(), each.steps.as_slice())],
        Action::Repeat(repeat) => vec![("repeat/steps".to_owned(), repeat.steps.as_slice())],
        Action::Parallel(branches) => {
            branches.iter().map(|(name, steps)| (format!("parallel/{name}"), steps.as_slice())).collect()
        }
        Action::Call(..) | Action::Filter(_) | Action::Todo(_) => Vec::new(),
    };
    if let Some(OnError::Steps(steps)) = &step.on_error {
        blocks.push(("on_error/steps".to_owned(), steps));
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::{Data, ForEach};
    use crate::ours::Expr;

    fn call(place: Option<Place>) -> Step {
        Step { position: place, ..Step::call("set", Data::Null) }
    }

    #[test]
    fn what_no_module_stands_for_is_placed_before_what_follows() {
        let each = Action::ForEach(ForEach {
            over: Expr::name("list"),
            item: None,
            batch: None,
            steps: vec![call(Some((600.0, 50.0)))],
            collect: None,
        });
        let filter = Step::new(Action::Filter(Expr::Bool(true)));
        let steps = vec![
            call(Some((0.0, 0.0))).with_id("first"),
            filter,
            call(Some((300.0, 0.0))),
            Step::new(each),
            call(None),
        ];
        let found = places(&Draft { steps, ..Draft::default() });
        let told: Vec<(&str, f64, f64)> = found.iter().map(|it| (it.step.as_str(), it.x, it.y)).collect();
        let expected = [
            ("first", 0.0, 0.0),
            ("steps/1", 150.0, 0.0),
            ("steps/2", 300.0, 0.0),
            ("steps/3", 450.0, 50.0),
            ("steps/3/for_each/steps/0", 600.0, 50.0),
            ("steps/4", 750.0, 50.0),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn where_nothing_has_a_place_nothing_gets_one() {
        assert_eq!(places(&Draft { steps: vec![call(None), call(None)], ..Draft::default() }), []);
    }
}
