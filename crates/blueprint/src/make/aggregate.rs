//! Aggregators: what a loop collects.

use super::bundles::Output;
use super::file::Module;
use super::flow::filter_step;
use super::translator::{Done, Translator};
use super::typed::{Type, Typed};
use crate::draft::{Collect, Data, Step};
use crate::ours::Expr;
use crate::report::State;
use serde_json::Value;

/// What became of an aggregator.
pub(super) struct Aggregate {
    /// The loop's id.
    pub(super) id: String,
    /// What the loop collects.
    pub(super) collect: Option<Collect>,
    /// What is made of it then.
    pub(super) after: Option<Step>,
    /// How the outcome is read.
    pub(super) output: Output,
}

/// Whether a module makes one bundle of many.
pub(super) fn is_aggregator(module: &Module<'_>) -> bool {
    const KINDS: [&str; 6] = [
        "builtin:BasicAggregator",
        "util:TextAggregator",
        "util:FunctionAggregator2",
        "util:FunctionAggregator",
        "util:NumericalAggregator",
        "util:TableAggregator",
    ];
    KINDS.contains(&module.kind)
}

impl Translator<'_> {
    /// What the loop that ends with this aggregator collects; its filter ends a turn.
    pub(super) fn aggregate(&mut self, module: &Module<'_>, inner: &mut Vec<Step>) -> Aggregate {
        if let Some(condition) = self.filter(module) {
            inner.push(filter_step(module, condition));
        }
        let id = self.id(module, "collected");
        let name = Expr::name(id.as_str());
        let group = module.raw["flags"]["groupBy"].as_str().filter(|by| !by.is_empty());
        let collect = match (group, module.kind) {
            (Some(by), _) => {
                let by = self.values.typed(by).into_text();
                Collect::Group(self.collected(module), by)
            }
            (None, "util:TextAggregator") => {
                let text = self.values.text(module.word("value").unwrap_or_default());
                Collect::Text(text, separator(module))
            }
            (None, "util:FunctionAggregator2" | "util:FunctionAggregator" | "util:NumericalAggregator") => {
                return self.number(module, id);
            }
            (None, "util:TableAggregator") => Collect::Text(self.table_row(module), table_separator(module, "row")),
            (None, _) => Collect::List(self.collected(module)),
        };
        let output = match (&collect, group) {
            (Collect::Text(..), _) => Output::of(name.clone()).with("text", Typed::sure(name, Type::Text)),
            (Collect::Group(..), _) => {
                let lists = name.clone().method("values", []);
                Output::of(name.clone())
                    .with("array", Typed::sure(lists.clone().method("flatten", []), Type::List))
                    .with("__IMTKEY__", Typed::maybe(name.method("keys", []).method("first", []), Type::Text))
            }
            _ => Output::of(name.clone())
                .with("array", Typed::sure(name.clone(), Type::List))
                .with("__IMTAGGLENGTH__", Typed::sure(name.method("len", []), Type::Number)),
        };
        let decision = group.map(|_| "it makes a bundle for each group; here they are one map of lists".to_owned());
        self.note(module, Some(&id), State::Runs, decision);
        Aggregate { id, collect: Some(collect), after: None, output }
    }

    fn collected(&mut self, module: &Module<'_>) -> Data {
        match module.mapper {
            Value::Object(entries) if !entries.is_empty() => self.values.data(module.mapper),
            _ => {
                // Without fields of its own it collects all that its source gave.
                let feeder = super::file::plain(&module.parameters["feeder"]);
                let whole = feeder.and_then(|feeder| Some(self.values.known.output(&feeder)?.whole.expr.clone()));
                whole.map_or(Data::Map(Vec::new()), Data::value)
            }
        }
    }

    fn table_row(&mut self, module: &Module<'_>) -> crate::ours::Text {
        let columns = module.given("columns").or_else(|| module.given("values")).and_then(Value::as_array);
        let separator = table_separator(module, "column");
        let cells = columns.into_iter().flatten().filter_map(|cell| cell.as_str().or_else(|| cell["value"].as_str()));
        let cells: Vec<&str> = cells.collect();
        self.values.text(&cells.join(&separator))
    }

    fn number(&mut self, module: &Module<'_>, id: String) -> Aggregate {
        let function = module.word("fn").unwrap_or("sum").to_lowercase();
        let value = self.values.typed(module.word("value").unwrap_or_default());
        let name = Expr::name(id.as_str());
        let (collect, result) = match function.as_str() {
            "count" => (None, name.clone()),
            "sum" => (Some(Collect::Sum(value.into_number())), name.clone()),
            other => {
                let ours = if other == "avg" || other == "average" { "avg" } else { other };
                (Some(Collect::List(Data::value(value.into_number()))), name.clone().method(ours, []))
            }
        };
        let output = Output::of(name).with("result", Typed::sure(result, Type::Number));
        let known = ["count", "sum", "avg", "average", "min", "max"].contains(&function.as_str());
        let decision = (!known).then(|| format!("the function `{function}` of the aggregator is not known"));
        self.note(module, Some(&id), State::Runs, decision);
        Aggregate { id, collect, after: None, output }
    }

    /// An aggregator whose source gives but one bundle, or lies before a router.
    pub(super) fn lone_aggregator(&mut self, module: &Module<'_>) -> Done {
        let id = self.id(module, "collected");
        let name = Expr::name(id.as_str());
        let step = match module.kind {
            "util:TextAggregator" => {
                let text = self.values.text(module.word("value").unwrap_or_default());
                Step::call("set", Data::Text(text))
            }
            "builtin:BasicAggregator" => Step::call("set", Data::List(vec![self.collected(module)])),
            _ => {
                let value = self.values.typed(module.word("value").unwrap_or_default()).into_number();
                Step::call("set", Data::value(value))
            }
        };
        let output = Output::of(name.clone())
            .with("array", Typed::sure(name.clone(), Type::List))
            .with("text", Typed::sure(name.clone(), Type::Text))
            .with("result", Typed::sure(name, Type::Number));
        let mut step = self.named(module, step, id.clone());
        step.id = Some(id.clone());
        let reason = "what it collects comes from before the route it stands in: here it sees one bundle at a time";
        let feeder = super::file::plain(&module.parameters["feeder"]).unwrap_or_default();
        let is_here = self.values.known.output(&feeder).is_some();
        self.note(module, Some(&id), State::Runs, (!is_here).then(|| reason.to_owned()));
        Done::one(step, output)
    }
}

fn separator(module: &Module<'_>) -> String {
    match module.word("rowSeparator") {
        Some("other") => module.word("otherRowSeparator").unwrap_or_default().to_owned(),
        Some(separator) => separator.replace("\\n", "\n"),
        None => String::new(),
    }
}

fn table_separator(module: &Module<'_>, of: &str) -> String {
    let named = module.word(&format!("{of}Separator"));
    match named {
        Some("other") | None if of == "row" => "\n".to_owned(),
        Some("other") | None => "\t".to_owned(),
        Some(separator) => separator.replace("\\n", "\n").replace("\\t", "\t"),
    }
}
