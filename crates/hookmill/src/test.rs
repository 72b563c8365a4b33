//! `hookmill test`: the tests that scenarios carry. Mocks and samples answer calls; nothing leaves the machine.

mod expectation;
mod mock;
mod request;

use crate::home::Home;
use crate::sources::{self, Source};
use crate::terminal::{self, BAD, Done, OK, QUIET, paint};
use clap::Args;
use engine::rehearse;
use run::id::{Millis, ScenarioId};
use scenario::catalog::Catalog;
use scenario::expression::Moment;
use scenario::plan::{Plan, Test as Case};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

/// The time at which every test begins: 2026-01-01T00:00:00Z.
const START: Millis = 1_767_225_600_000;

/// Run the tests that scenarios carry; nothing leaves the machine
///
/// Runs the `tests:` of scenarios. A step that calls a module is answered by the test's `mock`, under the step's id or
/// its module's name, or else by the module's documented sample. A mock `{ $error: { code, message, status } }` makes
/// the call fail. The clock stands at 2026-01-01T00:00:00Z, retries wait no time, and chance is the same every time.
#[derive(Args, Debug)]
#[command(after_help = terminal::EXIT_CODES)]
pub(crate) struct Test {
    /// Files, or folders with everything below them [default: scenarios, else the working directory]
    paths: Vec<PathBuf>,
    /// Only the tests of which the scenario or the name holds this text
    #[arg(long, short, value_name = "TEXT")]
    filter: Option<String>,
}

#[derive(Default)]
struct Tally {
    passed: usize,
    failed: usize,
}

impl Test {
    pub(crate) fn run(self) -> Done {
        let began = Instant::now();
        let sources = sources::find(&self.paths)?;
        let homes = Home::all(&sources);
        let mut tally = Tally::default();
        for source in &sources {
            self.test(source, &homes[&source.home].catalog, &mut tally)?;
        }
        let Tally { passed, failed } = tally;
        if passed + failed == 0 {
            terminal::say(paint(QUIET, "no tests found: a scenario carries them under `tests:`"));
        }
        let style = if failed == 0 { OK } else { BAD };
        let took = paint(QUIET, format_args!("in {} ms", began.elapsed().as_millis()));
        terminal::say(format_args!("{} {took}", paint(style, format_args!("{passed} passed, {failed} failed"))));
        Ok(terminal::verdict(failed))
    }

    /// Runs the tests of one scenario. A text with errors counts as one failed test.
    fn test(&self, source: &Source, catalog: &Arc<Catalog>, tally: &mut Tally) -> anyhow::Result<()> {
        let (plan, diagnostics) = scenario::check(&source.read()?, catalog);
        let name = source.stem();
        match (plan, source.id()) {
            (Some(plan), Ok(id)) => {
                let plan = Arc::new(plan);
                for case in plan.tests.iter().filter(|case| self.wants(&format!("{name}: {}", case.name))) {
                    report(source, case, &perform(&id, &plan, case, catalog), tally);
                }
            }
            (_, id) => {
                tally.failed += 1;
                terminal::say(format_args!("{}  {name}: cannot run", paint(BAD, "FAIL")));
                let findings = diagnostics.iter().map(|finding| finding.render(&source.shown()));
                findings.chain(id.err().map(|error| error.to_string())).for_each(|line| terminal::say(indented(&line)));
            }
        }
        Ok(())
    }

    fn wants(&self, title: &str) -> bool {
        self.filter.as_ref().is_none_or(|filter| title.contains(filter))
    }
}

/// Walks the scenario once, as the test says; gives what did not turn out as expected.
fn perform(id: &ScenarioId, plan: &Arc<Plan>, case: &Case, catalog: &Catalog) -> Vec<String> {
    let input = match request::input(plan, &case.trigger, START) {
        Ok(input) => input,
        Err(problem) => return vec![problem],
    };
    let moment = Moment { now: START, seed: 1 };
    let rehearsal = rehearse(id, plan, input, moment, |call| mock::answer(call, plan, case, catalog));
    expectation::disappointments(&case.expect, plan, &rehearsal)
}

fn report(source: &Source, case: &Case, disappointments: &[String], tally: &mut Tally) {
    let (name, place) = (source.stem(), case.place);
    if disappointments.is_empty() {
        tally.passed += 1;
        terminal::say(format_args!("{}    {name}: {}", paint(OK, "ok"), case.name));
        return;
    }
    tally.failed += 1;
    let position = paint(QUIET, format_args!("{}:{}:{}", source.shown(), place.line, place.column));
    terminal::say(format_args!("{}  {name}: {}  {position}", paint(BAD, "FAIL"), case.name));
    disappointments.iter().for_each(|line| terminal::say(indented(line)));
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("      {line}")).collect::<Vec<_>>().join("\n")
}
