//! What is kept while a file is read node by node: ids, accounts, how often something was done twice, and what became of
//! every node. Shared by the readers whose nodes become steps one after another.

use crate::counterparts::Counterparts;
use crate::draft::{Action, Data, Step, Todo};
use crate::ids::{Ids, slug};
use crate::ours::Text;
use crate::report::{Item, Report, State};
use crate::settle::Original;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// How many steps of a file may be written again: a node that is reached by several ways is written for each.
const MOST_AGAIN: usize = 200;

/// A node of somebody's file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origin {
    /// Its id in the file.
    pub(crate) id: String,
    /// Its type.
    pub(crate) kind: String,
    /// What people call it; empty where nobody gave it a name.
    pub(crate) label: String,
    /// What people wrote beside it.
    pub(crate) notes: Vec<String>,
    /// Where it stood.
    pub(crate) place: Option<(f64, f64)>,
    /// All of it that means something.
    pub(crate) whole: Value,
}

/// What is known of a file so far.
pub(crate) struct Ledger<'a> {
    pub(crate) known: &'a Counterparts,
    /// Ids of the scenario that is being written.
    pub(crate) ids: Ids,
    report: Report,
    originals: BTreeMap<String, Original>,
    /// Nodes that the report has.
    told: BTreeSet<String>,
    /// Nodes of which some step was written.
    written: BTreeSet<String>,
    /// Accounts by what they are for and what they were called.
    accounts: BTreeMap<(String, String), String>,
    /// Steps of nodes that were written before.
    again: usize,
}

impl<'a> Ledger<'a> {
    pub(crate) fn new(known: &'a Counterparts) -> Self {
        Self {
            known,
            ids: Ids::default(),
            report: Report::default(),
            originals: BTreeMap::new(),
            told: BTreeSet::new(),
            written: BTreeSet::new(),
            accounts: BTreeMap::new(),
            again: 0,
        }
    }

    /// Ends a scenario: what became of the nodes that no earlier one of the file told of. The next one gives ids anew.
    pub(crate) fn close(&mut self) -> (Report, BTreeMap<String, Original>) {
        self.ids = Ids::default();
        (std::mem::take(&mut self.report), std::mem::take(&mut self.originals))
    }

    /// Ids of nodes mean other nodes from here on, as those of another Zap do.
    pub(crate) fn forget_nodes(&mut self) {
        self.told.clear();
        self.written.clear();
    }

    /// Whether some scenario has told of a node.
    pub(crate) fn has_told(&self, id: &str) -> bool {
        self.told.contains(id)
    }

    /// Whether there are so many steps that nothing is written a second time.
    pub(crate) fn is_full(&self) -> bool {
        self.again >= MOST_AGAIN
    }

    /// Notes what became of a node; what was told first counts.
    pub(crate) fn tell(&mut self, origin: &Origin, step: Option<&str>, state: State, reason: Option<String>) {
        let original = || Original { was: origin.kind.clone(), value: origin.whole.clone() };
        self.originals.entry(origin.id.clone()).or_insert_with(original);
        if !self.told.insert(origin.id.clone()) {
            // What turns out to be left to do was taken for a step before.
            if state == State::NotExecutable {
                self.report.give_up(&origin.id, step, reason.as_deref().unwrap_or_default());
            }
            return;
        }
        let next = match state {
            State::NotExecutable => Some("replace the `todo` step".to_owned()),
            State::NeedsConnection => Some("make the connection".to_owned()),
            State::NeedsDecision | State::Runs => None,
        };
        let (id, module) = (origin.id.clone(), origin.kind.clone());
        self.report.add(Item { id, module, step: step.map(str::to_owned), state, reason, next });
    }

    /// Notes that so many expressions were read, of which so many are said.
    pub(crate) fn count(&mut self, total: usize, translated: usize) {
        self.report.expressions.total += total;
        self.report.expressions.translated += translated;
    }

    /// An id for the step of a node.
    pub(crate) fn id(&mut self, origin: &Origin, otherwise: &str) -> String {
        self.ids.give(&origin.label, otherwise)
    }

    /// The step with what it has of its node.
    pub(crate) fn of(&mut self, origin: &Origin, mut step: Step) -> Step {
        self.again += usize::from(!self.written.insert(origin.id.clone()));
        step.origin = Some(origin.id.clone());
        step.position = origin.place;
        step.remarks.extend(origin.notes.iter().cloned());
        step
    }

    /// A step that keeps the node as it is.
    pub(crate) fn todo(&mut self, origin: &Origin, reason: String) -> Step {
        let id = self.id(origin, &origin.kind);
        self.tell(origin, Some(&id), State::NotExecutable, Some(reason.clone()));
        let todo = Todo { was: origin.kind.clone(), reason, original: origin.whole.clone() };
        let mut step = Step::new(Action::Todo(todo)).with_id(id);
        step.name = readable(&origin.label, step.id.as_deref());
        self.of(origin, step)
    }

    /// The connection for this app, by what the account was called: one question for each.
    pub(crate) fn connection(&mut self, app: &str, types: &[String], was: &str, step: &str) -> Data {
        let key = (app.to_owned(), was.to_owned());
        let name = match self.accounts.get(&key) {
            Some(name) => name.clone(),
            None => {
                let base = slug(app, "account");
                let names = std::iter::once(base.clone()).chain((2..).map(|number| format!("{base}-{number}")));
                let taken: BTreeSet<&String> = self.accounts.values().collect();
                let name = names.into_iter().find(|name| !taken.contains(name)).unwrap_or(base);
                self.accounts.insert(key, name.clone());
                name
            }
        };
        let was = (!was.is_empty()).then_some(was);
        self.report.asks(&name, types, was, step);
        Data::Text(Text::literal(name))
    }
}

/// The label, where the id does not say all of it.
pub(crate) fn readable(label: &str, id: Option<&str>) -> Option<String> {
    let label: String = label.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    let label = label.split_whitespace().collect::<Vec<_>>().join(" ");
    let said = slug(&label, "").replace('-', "_");
    (!label.is_empty() && Some(said.as_str()) != id).then_some(label)
}
