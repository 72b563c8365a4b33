//! Aggregators: what a loop collects.

use super::bundles::Output;
use super::file::Module;
use super::flow::filter_step;
use super::translator::{Done, Many, Translator};
use super::typed::{Type, Typed};
use crate::draft::{Action, Collect, Data, Step};
use crate::ours::{Expr, Operator};
use crate::report::State;
use serde_json::Value;

/// What became of an aggregator.
pub(super) struct Aggregate {
    /// The loop's id.
    pub(super) id: String,
    /// What the loop collects.
    pub(super) collect: Option<Collect>,
    /// What stands behind the loop.
    pub(super) after: Option<Step>,
    /// How the outcome is read.
    pub(super) output: Output,
    /// The groups, each of which goes its way.
    pub(super) groups: Option<Many>,
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
        if let Some(by) = group_by(module) {
            return self.groups(module, by, id);
        }
        let (collect, output) = match module.kind {
            "util:TextAggregator" => {
                let text = self.values.text(module.word("value").unwrap_or_default());
                let output = Output::of(name.clone()).with("text", Typed::sure(name, Type::Text));
                (Collect::Text(text, separator(module)), output)
            }
            "util:TableAggregator" => {
                let output = Output::of(name.clone()).with("text", Typed::sure(name, Type::Text));
                (Collect::Text(self.table_row(module), table_separator(module, "row")), output)
            }
            "util:FunctionAggregator2" | "util:FunctionAggregator" | "util:NumericalAggregator" => {
                return self.number(module, id);
            }
            _ => (Collect::List(self.collected(module)), listed(name)),
        };
        self.note(module, Some(&id), State::Runs, None);
        let after = stops_if_empty(module, &id);
        Aggregate { id, collect: Some(collect), after, output, groups: None }
    }

    /// One that makes a bundle for each group: the loop collects what goes into groups beside the group's key, and each
    /// key goes its way, in the order in which they first came.
    fn groups(&mut self, module: &Module<'_>, by: &str, id: String) -> Aggregate {
        let by = self.values.typed(by).into_text();
        let item = self.grouped(module);
        let key = self.ids.give("", "group");
        self.note(module, Some(&id), State::Runs, None);
        let output = Output::of(Expr::name(id.as_str()));
        let groups = groups_of(module, Expr::name(id.as_str()), &key);
        let collect = Collect::List(Data::map([("key", Data::value(by)), ("item", item)]));
        Aggregate { id, collect: Some(collect), after: None, output, groups: Some(groups) }
    }

    /// The same, where loops stand within the loop: each bundle of the innermost one is collected, and their lists are one.
    pub(super) fn aggregate_of_all(
        &mut self,
        module: &Module<'_>,
        between: &[Module<'_>],
        inner: &mut Vec<Step>,
    ) -> Aggregate {
        let mark = self.values.known.mark();
        self.values.known.recall(between.iter().map(|module| module.id.as_str()));
        let filter = self.filter(module).map(|condition| filter_step(module, condition));
        let by = group_by(module).map(|by| self.values.typed(by).into_text());
        let item = self.grouped(module);
        self.values.known.forget(mark);
        let is_grouped = by.is_some();
        let item = match by {
            Some(by) => Data::map([("key", Data::value(by)), ("item", item)]),
            None => item,
        };
        let id = self.id(module, "collected");
        let (collected, levels) = self.collect_within(inner, filter, item);
        self.note(module, Some(&id), State::Runs, None);
        let name = Expr::name(id.as_str());
        let list = match levels {
            0 => name,
            levels => name.method("flatten", (levels > 1).then_some(Expr::Int(levels))),
        };
        let (output, groups) = if is_grouped {
            let key = self.ids.give("", "group");
            (Output::of(list.clone()), Some(groups_of(module, list, &key)))
        } else {
            (read_from(module, list), None)
        };
        let after = stops_if_empty(module, &id);
        Aggregate { id, collect: Some(Collect::List(collected)), after, output, groups }
    }

    /// Has the innermost loop at the end of these steps collect this; what the loop around them collects then, and how many
    /// loops there were.
    fn collect_within(&mut self, steps: &mut Vec<Step>, filter: Option<Step>, item: Data) -> (Data, i64) {
        if let Some(Step { id, action: Action::ForEach(each), .. }) = steps.last_mut()
            && each.collect.is_none()
        {
            let (collected, levels) = self.collect_within(&mut each.steps, filter, item);
            each.collect = Some(Collect::List(collected));
            let part = id.get_or_insert_with(|| self.ids.give("", "part")).clone();
            return (Data::value(Expr::name(part)), levels + 1);
        }
        steps.extend(filter);
        (item, 0)
    }

    /// What an aggregator takes of each bundle.
    fn grouped(&mut self, module: &Module<'_>) -> Data {
        match module.kind {
            "util:TextAggregator" => Data::Text(self.values.text(module.word("value").unwrap_or_default())),
            "util:TableAggregator" => Data::Text(self.table_row(module)),
            kind if kind.starts_with("util:") => {
                Data::value(self.values.typed(module.word("value").unwrap_or_default()).into_number())
            }
            _ => self.collected(module),
        }
    }

    /// An aggregator in a route, whose source is a loop around the router: what it takes is put into a variable here, and
    /// what follows it stands behind the loop. None where its source is no loop around it.
    pub(super) fn gather(&mut self, module: &Module<'_>) -> Option<Step> {
        let feeder = super::file::plain(&module.parameters["feeder"])?;
        let at = self.gathering.iter().rposition(|gathering| gathering.feeder == feeder)?;
        let id = self.id(module, "collected");
        let by = group_by(module).map(|by| self.values.typed(by).into_text());
        let item = self.grouped(module);
        let item = match by {
            Some(by) => Data::map([("key", Data::value(by)), ("item", item)]),
            None => item,
        };
        let so_far = Expr::name("vars").field(id.as_str());
        let more = so_far.binary(Operator::Plus, Expr::List(vec![item.into_expr()]));
        let mut step = Step::call("assign", Data::map([(id.as_str(), Data::value(more))]));
        step.name = module.label.map(str::to_owned);
        step.origin = Some(module.id.clone());
        step.position = module.position;
        self.note(module, Some(&id), State::Runs, None);
        self.gathering[at].gathered.push((module.id.clone(), id));
        Some(step)
    }

    /// How what a variable has gathered is read: as the aggregator's output, or group by group.
    pub(super) fn gathered(&mut self, module: &Module<'_>, variable: &str) -> (Output, Option<Many>) {
        let list = Expr::name("vars").field(variable);
        if group_by(module).is_some() {
            let key = self.ids.give("", "group");
            return (Output::of(list.clone()), Some(groups_of(module, list, &key)));
        }
        (read_from(module, list), None)
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
        let function = function(module);
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
        let after = stops_if_empty(module, &id);
        Aggregate { id, collect, after, output, groups: None }
    }

    /// An aggregator whose source gives but one bundle.
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
        self.note(module, Some(&id), State::Runs, None);
        Done::one(step, output)
    }
}

/// The groups of what was collected with their keys: each key, and what is read of its group.
fn groups_of(module: &Module<'_>, collected: Expr, key: &str) -> Many {
    let of_entry = |field: &str| Expr::name("entry").field(field);
    let keys = collected.clone().method("map", [Expr::closure("entry", of_entry("key"))]).method("distinct", []);
    let is_of_group = of_entry("key").binary(Operator::Equal, Expr::name(key));
    let items = collected.method("filter", [Expr::closure("entry", is_of_group)]);
    let items = items.method("map", [Expr::closure("entry", of_entry("item"))]);
    let output = read_from(module, items).with("__IMTKEY__", Typed::sure(Expr::name(key), Type::Text));
    Many { over: keys, item: key.to_owned(), output, is_single: false }
}

/// The output of an aggregator, made of the list of what it took.
fn read_from(module: &Module<'_>, list: Expr) -> Output {
    match module.kind {
        "util:TextAggregator" => joined(list, separator(module)),
        "util:TableAggregator" => joined(list, table_separator(module, "row")),
        kind if kind.starts_with("util:") => {
            let function = function(module);
            let result = match function.as_str() {
                "count" => list.clone().method("len", []),
                "average" => list.clone().method("avg", []),
                other => list.clone().method(other, []),
            };
            Output::of(list).with("result", Typed::sure(result, Type::Number))
        }
        _ => listed(list),
    }
}

fn joined(list: Expr, separator: String) -> Output {
    let text = list.clone().method("join", [Expr::text(separator)]);
    Output::of(list).with("text", Typed::sure(text, Type::Text))
}

fn listed(list: Expr) -> Output {
    let length = list.clone().method("len", []);
    Output::of(list.clone())
        .with("array", Typed::sure(list, Type::List))
        .with("__IMTAGGLENGTH__", Typed::sure(length, Type::Number))
}

/// By what an aggregator groups, if it does.
fn group_by<'a>(module: &Module<'a>) -> Option<&'a str> {
    module.raw["flags"]["groupBy"].as_str().filter(|by| !by.is_empty())
}

/// Where an aggregator is told to give nothing when nothing came, its way ends; else it gives an empty result.
fn stops_if_empty(module: &Module<'_>, id: &str) -> Option<Step> {
    let stops = module.raw["flags"]["stopIfEmpty"] == true;
    stops.then(|| Step::new(Action::Filter(Expr::Not(Box::new(Expr::name(id).method("is_blank", []))))))
}

/// What an aggregator of numbers computes.
fn function(module: &Module<'_>) -> String {
    module.word("fn").unwrap_or("sum").to_lowercase()
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
