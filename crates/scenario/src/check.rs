//! The whole way from text to plan.
//!
//! One [`Checker`] goes over the tree once, in the order of the text; every construct of `shape` adds what it
//! finds, and goes on with the next. Only when nothing was wrong is there a plan.

mod asking;
mod fields;
mod keys;
pub(crate) mod parameters;
mod scope;
mod secrets;
pub(crate) mod templates;
pub(crate) mod values;

use crate::catalog::Catalog;
use crate::diagnostic::{Diagnostic, Place, Source};
use crate::plan::{Block, BlockNo, Kind, Plan, Role, Step, StepNo, Test, TriggerReads};
use crate::text::{self, Node};
use asking::Askings;
use scope::Scope;
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

pub use values::is_identifier;

pub(crate) use fields::Fields;
pub(crate) use scope::Inside;
pub(crate) use secrets::Sink;

/// Checks a scenario's text against a catalogue. All findings come in one pass, in the order of the text; a plan
/// comes with them when none is an error.
pub fn check(text: &str, catalog: &Catalog) -> (Option<Plan>, Vec<Diagnostic>) {
    match text::read(text) {
        Ok(root) => tree(&root, text, catalog),
        Err(diagnostic) => (None, vec![*diagnostic]),
    }
}

/// The same, of a text that was read.
pub(crate) fn tree(root: &Node, text: &str, catalog: &Catalog) -> (Option<Plan>, Vec<Diagnostic>) {
    let mut checker = Checker::new(text, catalog);
    checker.duplicate_keys(root);
    let plan = checker.scenario(root);
    let mut findings = checker.finish();
    let source = Source::of(text);
    // Looking up a place takes its time, too.
    findings.iter_mut().skip(SUGGESTIONS).for_each(|finding| finding.fix = None);
    findings.iter_mut().take(SUGGESTIONS).for_each(|finding| finding.settle_fix(&source));
    let sound = !findings.iter().any(Diagnostic::is_error);
    (plan.filter(|_| sound), findings)
}

/// Checks a file of tests that stands beside a scenario: a list of tests, or a map with `tests`. Names of steps are the
/// scenario's. All findings come in one pass; the tests are to be run only when none is an error.
pub fn check_tests(text: &str, plan: &Plan) -> (Vec<Test>, Vec<Diagnostic>) {
    let root = match text::read(text) {
        Ok(root) => root,
        Err(diagnostic) => return (Vec::new(), vec![*diagnostic]),
    };
    let catalog = Catalog::default();
    let mut checker = Checker::new(text, &catalog);
    for step in &plan.steps {
        checker.note_step(step.id.as_deref(), &step.module);
        checker.askings.note(step);
    }
    checker.duplicate_keys(&root);
    let tests = checker.test_file(&root);
    (tests, checker.finish())
}

/// How many findings come with a "did you mean": looking for the nearest of many names takes its time.
const SUGGESTIONS: usize = 200;

/// What is known while a text is gone over.
pub(crate) struct Checker<'a> {
    pub(crate) source: &'a str,
    pub(crate) catalog: &'a Catalog,
    pub(crate) scope: Scope,
    blocks: Vec<Block>,
    /// By number; empty where a step was not sound enough to be planned.
    steps: Vec<Option<Step>>,
    /// What tests may call the steps: ids and modules.
    step_names: BTreeSet<String>,
    askings: Askings,
    reads: TriggerReads,
    /// The scenario's zone.
    pub(crate) timezone: Arc<str>,
    /// The variables that some step assigns.
    pub(crate) assigned: BTreeSet<String>,
    /// The variables that expressions read, each with its place.
    variables: Vec<(String, Place)>,
    /// The patterns of tests that were looked at.
    pub(crate) patterns: HashSet<String>,
    /// Whether a secret may stand where the check has come to.
    sink: Sink,
    findings: Vec<Diagnostic>,
}

impl<'a> Checker<'a> {
    fn new(source: &'a str, catalog: &'a Catalog) -> Self {
        Self {
            source,
            catalog,
            scope: Scope::default(),
            blocks: Vec::new(),
            steps: Vec::new(),
            step_names: BTreeSet::new(),
            askings: Askings::default(),
            reads: TriggerReads::Fields(BTreeSet::new()),
            timezone: "UTC".into(),
            assigned: BTreeSet::new(),
            variables: Vec::new(),
            patterns: HashSet::new(),
            sink: Sink::Shut,
            findings: Vec::new(),
        }
    }

    /// Adds a finding.
    pub(crate) fn report(&mut self, diagnostic: Diagnostic) {
        self.findings.push(diagnostic);
    }

    /// Adds findings.
    pub(crate) fn report_all(&mut self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        self.findings.extend(diagnostics);
    }

    /// Says that a value is of the wrong kind.
    pub(crate) fn wrong_kind(&mut self, node: &Node, what: &str, wanted: &str) {
        self.report(Diagnostic::wrong_kind(node.place, what, wanted, node.kind()));
    }

    /// Names from which the nearest may be suggested: none once much was found.
    pub(crate) fn candidates<'c>(&self, names: impl Iterator<Item = &'c str>) -> impl Iterator<Item = &'c str> {
        names.take(if self.findings.len() < SUGGESTIONS { usize::MAX } else { 0 })
    }

    /// Remembers what an expression reads of `trigger`.
    pub(crate) fn read(&mut self, reads: TriggerReads) {
        match (&mut self.reads, reads) {
            (TriggerReads::Fields(all), TriggerReads::Fields(more)) => all.extend(more),
            (all, TriggerReads::All) => *all = TriggerReads::All,
            (TriggerReads::All, _) => {}
        }
    }

    /// Remembers which variables an expression reads.
    pub(crate) fn read_variables(&mut self, variables: &[(String, Place)]) {
        self.variables.extend_from_slice(variables);
    }

    /// A new, empty block.
    pub(crate) fn open_block(&mut self, owner: Option<StepNo>) -> BlockNo {
        self.open_block_as(owner, Role::Work)
    }

    /// The same, of this role.
    pub(crate) fn open_block_as(&mut self, owner: Option<StepNo>, role: Role) -> BlockNo {
        self.blocks.push(Block { steps: Vec::new(), owner, role });
        BlockNo(self.blocks.len() as u32 - 1)
    }

    /// A new step at the end of a block: its number and its position there.
    pub(crate) fn open_step(&mut self, block: BlockNo) -> (StepNo, u32) {
        let no = StepNo(self.steps.len() as u32);
        self.steps.push(None);
        let steps = &mut self.blocks[block.0 as usize].steps;
        steps.push(no);
        (no, steps.len() as u32 - 1)
    }

    /// What the step of this number is.
    pub(crate) fn close_step(&mut self, step: Step) {
        let no = step.no.0 as usize;
        self.askings.note(&step);
        self.steps[no] = Some(step);
    }

    /// Remembers by which names tests may call a step.
    pub(crate) fn note_step(&mut self, id: Option<&str>, module: &str) {
        self.step_names.extend(id.into_iter().chain([module]).map(str::to_owned));
    }

    /// Says so where no step is called like this.
    pub(crate) fn expect_step(&mut self, place: Place, name: &str) {
        if !self.step_names.contains(name) {
            let diagnostic =
                Diagnostic::unknown_step(place, name, self.candidates(self.step_names.iter().map(String::as_str)));
            self.report(diagnostic);
        }
    }

    /// Whether some step answers the caller.
    pub(crate) fn responds(&self) -> bool {
        self.steps.iter().flatten().any(|step| matches!(step.kind, Kind::Respond(_)))
    }

    /// The finished lists of steps and blocks, and what the expressions read of `trigger`.
    pub(crate) fn take_parts(&mut self) -> (Vec<Step>, Vec<Block>, TriggerReads) {
        let steps = std::mem::take(&mut self.steps).into_iter().flatten().collect();
        (steps, std::mem::take(&mut self.blocks), std::mem::take(&mut self.reads))
    }

    /// Says which variables are read that no step assigns.
    fn unassigned(&mut self) {
        for (name, place) in std::mem::take(&mut self.variables) {
            if !self.assigned.contains(&name) {
                let known = self.candidates(self.assigned.iter().map(String::as_str));
                let diagnostic = Diagnostic::unknown_variable(place, &name, known);
                self.report(diagnostic);
            }
        }
    }

    fn finish(mut self) -> Vec<Diagnostic> {
        let unresolved = self.scope.unresolved();
        self.report_all(unresolved);
        self.unassigned();
        self.findings.sort_by(|a, b| (a.place, a.code, &a.message).cmp(&(b.place, b.code, &b.message)));
        self.findings.dedup();
        self.findings
    }
}
