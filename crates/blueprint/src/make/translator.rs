//! What a blueprint's translation knows on its way: names that were given, connections, what is to be reported.

use super::bundles::Output;
use super::file::{Module, plain};
use super::iml::{Iml, Piece, Reference, Segment, parse};
use super::typed::Type;
use super::values::{Values, counted_column};
use crate::counterparts::Counterparts;
use crate::draft::Step;
use crate::ids::Ids;
use crate::ours::Expr;
use crate::report::{Item, Report, State};
use crate::settle::Original;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A blueprint on its way to a scenario.
pub(super) struct Translator<'a> {
    /// Our modules and what they stand for.
    pub(super) counterparts: &'a Counterparts,
    /// Values, and what they read.
    pub(super) values: Values,
    /// Ids of steps and names of items.
    pub(super) ids: Ids,
    /// What became of every module.
    pub(super) report: Report,
    /// The modules as they stand in the file.
    pub(super) originals: BTreeMap<String, Original>,
    /// The modules whose output something reads.
    pub(super) read: BTreeSet<String>,
    /// The modules of which something reads how many bundles they gave.
    pub(super) counted: BTreeSet<String>,
    /// The modules of which something reads the id that their app knows a bundle by.
    pub(super) identified: BTreeSet<String>,
    /// Variables that some module reads by name.
    pub(super) variables: BTreeSet<String>,
    /// The modules of which something reads `data` as a text.
    pub(super) text_data: BTreeSet<String>,
    /// How many columns something reads of a table, by the module that gave it.
    pub(super) csv_columns: BTreeMap<String, usize>,
    /// Whether the caller of the webhook may have been answered before.
    pub(super) may_be_answered: bool,
    /// Whether what was translated last ends with a loop that nothing has collected yet.
    pub(super) is_within_open_loop: bool,
    /// Variables that modules behind the one that is translated set anew.
    pub(super) set_later: BTreeSet<String>,
    /// The names of columns, by spreadsheet and sheet.
    pub(super) columns: BTreeMap<(String, String), BTreeMap<usize, String>>,
    /// The id of the scenario, for what it keeps.
    pub(super) slug: String,
    /// What stands at the beginning of the loop over what started the run.
    pub(super) before_each: Vec<Step>,
    /// The loops around the module that is translated, and what aggregators in routes take from them.
    pub(super) gathering: Vec<Gathering>,
    connections: BTreeMap<(String, String), String>,
    taken: BTreeSet<String>,
}

/// How a value is read by who is given it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// As a text, or as a part of one.
    AsText,
    /// Whatever it is.
    AsItIs,
}

/// A loop on its way, from which aggregators behind a router collect.
pub(super) struct Gathering {
    /// The module whose bundles it goes over.
    pub(super) feeder: String,
    /// The aggregators, by their ids, and the variables that they fill.
    pub(super) gathered: Vec<(String, String)>,
}

/// What became of a module.
pub(super) struct Done {
    /// Its steps; the last one is the module itself.
    pub(super) steps: Vec<Step>,
    /// How its output is read.
    pub(super) output: Output,
    /// What it gives, where that is several bundles.
    pub(super) many: Option<Many>,
}

/// Several bundles, each of which goes its way.
pub(super) struct Many {
    /// The list of them.
    pub(super) over: Expr,
    /// What one is called.
    pub(super) item: String,
    /// How one is read.
    pub(super) output: Output,
    /// Whether there is at most one.
    pub(super) is_single: bool,
}

impl Done {
    /// One step, whose output is read as this.
    pub(super) fn one(step: Step, output: Output) -> Self {
        Self { steps: vec![step], output, many: None }
    }

    /// No step at all: it is a part of what reads it.
    pub(super) fn folded(output: Output) -> Self {
        Self { steps: Vec::new(), output, many: None }
    }
}

impl<'a> Translator<'a> {
    pub(super) fn new(slug: String, counterparts: &'a Counterparts) -> Self {
        Self {
            counterparts,
            values: Values::default(),
            ids: Ids::default(),
            report: Report::default(),
            originals: BTreeMap::new(),
            read: BTreeSet::new(),
            counted: BTreeSet::new(),
            identified: BTreeSet::new(),
            variables: BTreeSet::new(),
            text_data: BTreeSet::new(),
            csv_columns: BTreeMap::new(),
            may_be_answered: false,
            is_within_open_loop: false,
            set_later: BTreeSet::new(),
            columns: BTreeMap::new(),
            slug,
            before_each: Vec::new(),
            gathering: Vec::new(),
            connections: BTreeMap::new(),
            taken: BTreeSet::new(),
        }
    }

    /// Looks at all modules before the first is translated.
    pub(super) fn survey(&mut self, modules: &[Module<'_>]) {
        for module in modules {
            self.values.known.all.insert(module.id.clone());
            let original = Original { was: module.kind.to_owned(), value: module.original() };
            self.originals.insert(module.id.clone(), original);
            let reading = match module.app() {
                "json" | "xml" | "csv" | "regexp" | "http" | "gateway" | "markdown" => Reading::AsText,
                _ => Reading::AsItIs,
            };
            for value in [module.mapper, &module.raw["filter"], &module.raw["flags"]] {
                self.survey_value(value, reading);
            }
            match module.kind {
                "util:GetVariable2" | "util:GetVariable" => {
                    self.variables.extend(module.word("name").map(str::to_owned));
                }
                "util:GetVariables" => {
                    let names = module.given("variables").and_then(Value::as_array).into_iter().flatten();
                    self.variables.extend(names.filter_map(Value::as_str).map(str::to_owned));
                }
                _ => {}
            }
            self.survey_columns(module);
            module.routes.iter().for_each(|route| {
                self.survey_value(route.conditions.unwrap_or(&Value::Null), Reading::AsText);
                self.survey(&route.flow);
            });
            self.survey(&module.onerror);
        }
    }

    fn survey_value(&mut self, value: &Value, reading: Reading) {
        match value {
            Value::String(text) if text.contains("{{") => {
                let pieces = parse(text).pieces;
                let is_alone = pieces.len() == 1;
                for piece in pieces {
                    let Piece::Value(iml) = piece else { continue };
                    self.read.extend(counted_column(&iml).map(|reference| reference.module));
                    let as_it_is = is_alone && reading == Reading::AsItIs && matches!(iml, Iml::Reference(_));
                    iml.each_reference(&mut |reference| {
                        self.survey_reference(reference, if as_it_is { Reading::AsItIs } else { Reading::AsText })
                    });
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.survey_value(item, reading)),
            Value::Object(entries) => entries.values().for_each(|item| self.survey_value(item, reading)),
            _ => {}
        }
    }

    fn survey_reference(&mut self, reference: &Reference, reading: Reading) {
        self.read.insert(reference.module.clone());
        let Some(Segment::Key(key)) = reference.path.first() else { return };
        if key == "__IMTLENGTH__" {
            self.counted.insert(reference.module.clone());
        }
        if ["id", "threadId"].contains(&key.as_str()) {
            self.identified.insert(reference.module.clone());
        }
        if key == "data" && reference.path.len() == 1 && reading == Reading::AsText {
            self.text_data.insert(reference.module.clone());
        }
        if let Some(column) = key.strip_prefix("col").and_then(|number| number.parse::<usize>().ok()) {
            let most = self.csv_columns.entry(reference.module.clone()).or_default();
            *most = (*most).max(column.min(500));
        }
    }

    /// An id for a module's step, where something reads it.
    pub(super) fn id(&mut self, module: &Module<'_>, otherwise: &str) -> String {
        self.ids.give(module.label.unwrap_or_default(), otherwise)
    }

    /// A step with what the module is called: an id where something reads it, and its author's name for it.
    pub(super) fn named(&mut self, module: &Module<'_>, mut step: Step, id: String) -> Step {
        step.origin = Some(module.id.clone());
        step.position = module.position;
        step.name = module.label.filter(|label| !says_the_same(label, &id)).map(str::to_owned);
        if step.name.is_none() || self.read.contains(&module.id) || !module.onerror.is_empty() {
            step.id = Some(id);
        }
        step
    }

    /// The connection that a module needs: the same name for the same account.
    pub(super) fn connection(&mut self, module: &Module<'_>, types: &[String]) -> Option<String> {
        let kind = types.first()?;
        let keys = ["__IMTCONN__", "account", "makeConnectionId", "auth", "key", "apiKeyKeychain"];
        let account = keys.iter().find_map(|key| plain(module.parameters.get(*key)?)).unwrap_or_default();
        let was = keys.iter().find_map(|key| module.chosen(key));
        let name = match self.connections.get(&(kind.clone(), account.clone())) {
            Some(name) => name.clone(),
            None => {
                let plain_name = kind.replace('_', "-");
                let mut names = std::iter::once(plain_name.clone()).chain((2..).map(|n| format!("{plain_name}-{n}")));
                let name = names.find(|name| !self.taken.contains(name)).unwrap_or(plain_name);
                self.taken.insert(name.clone());
                self.connections.insert((kind.clone(), account), name.clone());
                name
            }
        };
        self.report.asks(&name, types, was, &module.id);
        Some(name)
    }

    /// Notes what became of a module. What could not be translated in it has to be decided by somebody.
    pub(super) fn note(&mut self, module: &Module<'_>, step: Option<&str>, state: State, decision: Option<String>) {
        let mut reasons = std::mem::take(&mut self.values.problems);
        reasons.dedup();
        reasons.extend(decision);
        let state = match state {
            State::Runs | State::NeedsConnection if !reasons.is_empty() => State::NeedsDecision,
            state => state,
        };
        let next = match state {
            State::NotExecutable => Some("put a step that does this in place of the `todo`".to_owned()),
            State::NeedsDecision => Some("look at the step and complete it".to_owned()),
            _ => None,
        };
        self.report.add(Item {
            id: module.id.clone(),
            module: module.kind.to_owned(),
            step: step.map(str::to_owned),
            state,
            reason: (!reasons.is_empty()).then(|| reasons.join("; ")),
            next,
        });
    }
}

/// Whether an id says all that a label says.
fn says_the_same(label: &str, id: &str) -> bool {
    label.to_lowercase().replace([' ', '-'], "_") == id
}

/// An output that is read as it is, with the types that the file tells.
pub(super) fn as_it_is(module: &Module<'_>, expr: Expr) -> Output {
    let mut output = Output::of(expr);
    for (name, of) in module.interface() {
        match of {
            "array" => drop(output.types.insert(name.to_owned(), Type::List)),
            "date" => drop(output.types.insert(name.to_owned(), Type::Date)),
            _ => {}
        }
    }
    output
}
