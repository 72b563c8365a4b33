//! A scenario with all its tests: those in it, and those in the file beside it.

use crate::home::Home;
use crate::sources::{self, Source};
use run::id::ScenarioId;
use scenario::diagnostic::Diagnostic;
use scenario::plan::{Plan, Test};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A scenario and its tests.
pub(super) struct Suite {
    /// The scenario's name.
    pub(super) name: String,
    /// Its file, as shown to people.
    pub(super) file: String,
    /// The folder that it belongs to.
    pub(super) home: PathBuf,
    /// What can be tested; none where the text has errors.
    pub(super) scenario: Option<(ScenarioId, Arc<Plan>)>,
    /// Its tests, in the order of the files.
    pub(super) cases: Vec<Case>,
    /// Why some of it cannot be run: a file, and what is wrong in it.
    pub(super) faults: Vec<Fault>,
}

/// One test, and where it is written.
pub(super) struct Case {
    /// The file, as shown to people.
    pub(super) file: String,
    /// The test.
    pub(super) test: Test,
}

/// A file of which the tests cannot be run.
pub(super) struct Fault {
    /// The file, as shown to people.
    pub(super) file: String,
    /// What is wrong in it, line by line.
    pub(super) findings: Vec<String>,
}

impl Suite {
    /// Reads a scenario and the tests beside it.
    pub(super) fn read(source: &Source, home: &Home) -> anyhow::Result<Self> {
        let (plan, diagnostics) = scenario::check(&source.read()?, &home.catalog);
        let id = source.id();
        let (name, file) = (source.stem(), source.shown());
        let mut suite =
            Self { name, file, home: source.home.clone(), scenario: None, cases: Vec::new(), faults: Vec::new() };
        match (plan, id) {
            (Some(mut plan), Ok(id)) => {
                suite.add(&suite.file.clone(), std::mem::take(&mut plan.tests));
                if let Some(beside) = source.tests() {
                    suite.read_beside(&beside, &plan)?;
                }
                suite.scenario = Some((id, Arc::new(plan)));
            }
            (_, id) => {
                let mut findings = rendered(&suite.file, &diagnostics);
                findings.extend(id.err().map(|error| error.to_string()));
                suite.faults.push(Fault { file: suite.file.clone(), findings });
            }
        }
        Ok(suite)
    }

    fn read_beside(&mut self, path: &Path, plan: &Plan) -> anyhow::Result<()> {
        let file = path.display().to_string();
        let (tests, diagnostics) = scenario::check_tests(&sources::read(path)?, plan);
        if diagnostics.iter().any(Diagnostic::is_error) {
            self.faults.push(Fault { findings: rendered(&file, &diagnostics), file });
        } else {
            self.add(&file, tests);
        }
        Ok(())
    }

    fn add(&mut self, file: &str, tests: Vec<Test>) {
        self.cases.extend(tests.into_iter().map(|test| Case { file: file.to_owned(), test }));
    }
}

/// A file of tests whose scenario is not there.
pub(super) fn orphan(file: &Path) -> Fault {
    let diagnostic = Diagnostic::orphaned_tests(&sources::tested_by(file).unwrap_or_default());
    let file = file.display().to_string();
    Fault { findings: rendered(&file, &[diagnostic]), file }
}

fn rendered(file: &str, diagnostics: &[Diagnostic]) -> Vec<String> {
    diagnostics.iter().map(|finding| finding.render(file)).collect()
}
