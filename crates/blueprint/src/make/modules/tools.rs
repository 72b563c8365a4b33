//! Make's own tools: variables, pauses, switches, repeaters, iterators, other scenarios.

use crate::draft::{Data, Step};
use crate::ids::slug;
use crate::make::bundles::Output;
use crate::make::file::Module;
use crate::make::flow::bundles_of;
use crate::make::iml::{Iml, Piece, Segment, parse};
use crate::make::translator::{Done, Translator};
use crate::make::typed::{Type, Typed, equal};
use crate::ours::{Expr, Operator};
use crate::report::State;
use serde_json::Value;

impl Translator<'_> {
    pub(super) fn tool(&mut self, module: &Module<'_>) -> Option<Done> {
        Some(match module.kind {
            "builtin:BasicFeeder" => self.iterator(module),
            "builtin:BasicRepeater" => self.repeater(module),
            "builtin:BasicMerge" => {
                self.runs(module, None);
                Done::folded(Output::of(Expr::Nothing))
            }
            "builtin:Rollback" | "builtin:Break" | "builtin:Commit" | "builtin:Ignore" | "builtin:Resume" => {
                self.directive(module)
            }
            "util:SetVariable2" | "util:SetVariable" => {
                let value = module.mapper.get("value").unwrap_or(&Value::Null);
                let name = module.word("name").unwrap_or_default();
                self.set_variables(module, &[(name, value)])
            }
            "util:SetVariables" => {
                let entries = module.given("variables").and_then(Value::as_array).into_iter().flatten();
                let entries: Vec<_> =
                    entries.map(|it| (it["name"].as_str().unwrap_or_default(), &it["value"])).collect();
                self.set_variables(module, &entries)
            }
            "util:GetVariable2" | "util:GetVariable" => {
                let names: Vec<&str> = module.word("name").into_iter().collect();
                self.get_variables(module, &names)
            }
            "util:GetVariables" => {
                let names = module.given("variables").and_then(Value::as_array).into_iter().flatten();
                let names: Vec<&str> = names.filter_map(Value::as_str).collect();
                self.get_variables(module, &names)
            }
            "util:FunctionSleep" => self.sleep(module),
            "util:ComposeTransformer" => {
                let value = self.values.data(module.mapper.get("value").unwrap_or(&Value::Null));
                self.made(module, value, "text", "value")
            }
            "util:FunctionIncrement" => self.increment(module),
            "util:Switcher" => self.switcher(module),
            "scenario-service:CallSubscenario" => self.subscenario(module),
            "scenario-service:ReturnData" => {
                let value = self.values.data(module.mapper);
                let (mut step, id) = self.call(module, Step::call("return", value), "return");
                step.id = None;
                self.runs(module, Some(&id));
                Done::one(step, Output::of(Expr::Nothing))
            }
            _ => return None,
        })
    }

    /// A directive that ends a route of a handler.
    fn directive(&mut self, module: &Module<'_>) -> Done {
        let failure = || Data::value(Expr::name("error").field("message"));
        let step = match module.kind {
            "builtin:Commit" => Some(Step::call("stop", Data::Null)),
            "builtin:Rollback" | "builtin:Break" => Some(Step::call("fail", failure())),
            _ => None,
        };
        let decision = (module.kind == "builtin:Resume")
            .then(|| "within a route nothing can stand in for the failed output".to_owned());
        self.note(module, None, State::Runs, decision);
        let steps = step.into_iter().map(|step| Step { origin: Some(module.id.clone()), ..step }).collect();
        Done { steps, output: Output::of(Expr::Nothing), many: None }
    }

    /// A step that makes a value, which is read as a field of theirs.
    pub(super) fn made(&mut self, module: &Module<'_>, value: Data, otherwise: &str, field: &str) -> Done {
        let value = if value == Data::Null { Data::text("") } else { value };
        let (mut step, id) = self.call(module, Step::call("set", value), otherwise);
        step.id = Some(id.clone());
        self.runs(module, Some(&id));
        let name = Expr::name(id);
        Done::one(step, Output::of(name.clone()).with(field, Typed::maybe(name, Type::Any)))
    }

    fn iterator(&mut self, module: &Module<'_>) -> Done {
        let array = module.mapper.get("array").unwrap_or(&Value::Null);
        let list = self.values.expr(array);
        let words = list_name(&list.expr);
        let over = if list.of == Type::List && list.may_miss { list.expr } else { list.into_list() };
        let item = self.ids.give("", &super::counterpart::singular(&words));
        self.runs(module, Some(&item));
        let mut many = bundles_of(over, item.clone());
        let name = Expr::name(item);
        many.output = self.item_of(array, name.clone());
        // An item that is no map is read as `value`.
        many.output = many.output.with("value", Typed::maybe(name, Type::Any));
        Done { steps: Vec::new(), output: Output::of(Expr::Nothing), many: Some(many) }
    }

    /// How an item of a module's field is read, where the whole is that field.
    fn item_of(&self, array: &Value, item: Expr) -> Output {
        let text = array.as_str().unwrap_or_default();
        if let [Piece::Value(Iml::Reference(reference))] = parse(text).pieces.as_slice()
            && let [Segment::Key(field)] = reference.path.as_slice()
            && let Some(output) = self.values.known.output(&reference.module)
        {
            return output.item_of(field, item);
        }
        Output::of(item)
    }

    fn repeater(&mut self, module: &Module<'_>) -> Done {
        let mut number = |key: &str, usual: i64| match module.mapper.get(key) {
            Some(value) => self.values.expr(value).into_number(),
            None => Expr::Int(usual),
        };
        let (start, repeats, step) = (number("start", 1), number("repeats", 1), number("step", 1));
        let turns = if step == Expr::Int(1) { repeats } else { repeats.binary(Operator::Times, step.clone()) };
        let end = match (&start, &turns) {
            (Expr::Int(start), Expr::Int(turns)) => Expr::Int(start + turns),
            (Expr::Int(0), _) => turns,
            _ => start.clone().binary(Operator::Plus, turns),
        };
        let by = (step != Expr::Int(1)).then_some(step);
        let over = Expr::call("range", [start, end].into_iter().chain(by));
        let item = self.ids.give("", "number");
        self.runs(module, Some(&item));
        let mut many = bundles_of(over, item.clone());
        many.output = many.output.with("i", Typed::sure(Expr::name(item), Type::Number));
        Done { steps: Vec::new(), output: Output::of(Expr::Nothing), many: Some(many) }
    }

    /// Variables that are read by name are variables here; others are values that later steps read.
    fn set_variables(&mut self, module: &Module<'_>, entries: &[(&str, &Value)]) -> Done {
        let shared = entries.iter().any(|(name, _)| self.variables.contains(*name));
        let mut with = Vec::new();
        for (name, value) in entries.iter().filter(|(name, _)| !name.is_empty()) {
            let key = if shared { variable(name) } else { (*name).to_owned() };
            let value = self.values.data(value);
            with.push((key, value));
        }
        let otherwise = match entries {
            [(name, _)] => (*name).to_owned(),
            _ => "values".to_owned(),
        };
        // Where it changes later, what this module gave stays what it was.
        if shared && self.read.contains(&module.id) && entries.iter().any(|(name, _)| self.set_later.contains(*name)) {
            return self.kept_variables(module, with, entries, &otherwise);
        }
        let verb = if shared { "assign" } else { "set" };
        let (mut step, id) = self.call(module, Step::call(verb, Data::Map(with)), &otherwise);
        self.runs(module, Some(&id));
        let mut output = Output::of(Expr::name(id.as_str()));
        if shared {
            step.id = None;
            for (name, _) in entries {
                output = output.with(name, Typed::maybe(Expr::name("vars").maybe(variable(name)), Type::Any));
            }
        } else {
            step.id = Some(id);
        }
        Done::one(step, output)
    }

    /// Variables whose values are kept beside, because others are written to them before these are read.
    fn kept_variables(
        &mut self,
        module: &Module<'_>,
        values: Vec<(String, Data)>,
        entries: &[(&str, &Value)],
        otherwise: &str,
    ) -> Done {
        let (step, id) = self.call(module, Step::call("set", Data::Map(values)), otherwise);
        let step = step.with_id(id.as_str());
        self.runs(module, Some(&id));
        let name = Expr::name(id);
        let value = |of: &str| name.clone().maybe(variable(of));
        let written = entries.iter().map(|(of, _)| (variable(of), Data::value(value(of))));
        let output = entries
            .iter()
            .fold(Output::of(name.clone()), |output, (of, _)| output.with(of, Typed::maybe(value(of), Type::Any)));
        let mut assigned = Step::call("assign", Data::map(written));
        assigned.origin = Some(module.id.clone());
        Done { steps: vec![step, assigned], output, many: None }
    }

    fn get_variables(&mut self, module: &Module<'_>, names: &[&str]) -> Done {
        let read = |name: &str| Typed::maybe(Expr::name("vars").maybe(variable(name)), Type::Any);
        if names.iter().any(|name| self.set_later.contains(*name)) {
            let values = names.iter().map(|name| ((*name).to_owned(), Data::value(read(name).expr)));
            let (step, id) = self.call(module, Step::call("set", Data::Map(values.collect())), "values");
            self.runs(module, Some(&id));
            return Done::one(step.with_id(id.as_str()), Output::of(Expr::name(id)));
        }
        let output = names.iter().fold(Output::of(Expr::name("vars")), |output, name| output.with(name, read(name)));
        self.runs(module, None);
        Done::folded(output)
    }

    fn sleep(&mut self, module: &Module<'_>) -> Done {
        let seconds =
            module.mapper.get("duration").or_else(|| module.parameters.get("duration")).unwrap_or(&Value::Null);
        let text = self.values.data(seconds);
        let wait = match (text.as_literal(), &text) {
            (Some(seconds), _) => Data::text(format!("{}s", seconds.trim())),
            (None, Data::Number(seconds)) => Data::text(format!("{seconds}s")),
            (None, _) => {
                let parts = [crate::ours::Part::Value(text.into_expr()), crate::ours::Part::Literal("s".to_owned())];
                Data::map([("for", Data::Text(crate::ours::Text::of(parts)))])
            }
        };
        let (mut step, id) = self.call(module, Step::call("wait", wait), "wait");
        step.id = None;
        self.runs(module, Some(&id));
        Done::one(step, Output::of(Expr::Nothing))
    }

    /// A counter that outlives runs is a record; one of a run is one of its own.
    fn increment(&mut self, module: &Module<'_>) -> Done {
        let reset = module.word("reset").unwrap_or("run");
        let key = if reset == "scenario" {
            Data::text(format!("counter-{}", module.id))
        } else {
            let run = crate::ours::Part::Value(Expr::name("run").field("id"));
            Data::Text(crate::ours::Text::of([crate::ours::Part::Literal(format!("counter-{}-", module.id)), run]))
        };
        let table = Data::text(self.slug.as_str());
        let mut with = vec![("table", table), ("key", key)];
        if reset != "scenario" {
            with.push(("ttl", Data::text("1d")));
        }
        let (mut step, id) = self.call(module, Step::call("store.add", Data::map(with)), "counter");
        step.id = Some(id.clone());
        self.runs(module, Some(&id));
        Done::one(step, Output::of(Expr::name(id)).at("i", &["value"], Type::Number))
    }

    fn switcher(&mut self, module: &Module<'_>) -> Done {
        let input = self.values.expr(module.mapper.get("input").unwrap_or(&Value::Null));
        let patterned = module.says("useRegExpMatch");
        let cases = module.given("casesTable").and_then(Value::as_array).into_iter().flatten();
        let cases: Vec<(Typed, Expr)> =
            cases.map(|case| (self.values.expr(&case["pattern"]), self.values.expr(&case["output"]).expr)).collect();
        let otherwise = self.values.expr(module.mapper.get("elseOutput").unwrap_or(&Value::Null)).expr;
        let chosen = cases.into_iter().rev().fold(otherwise, |rest, (pattern, output)| {
            let fits = if patterned {
                input.clone().into_text().method("matches", [pattern.into_text()])
            } else {
                equal(input.clone(), pattern)
            };
            fits.choose(output, rest)
        });
        self.made(module, Data::value(chosen), "choice", "output")
    }

    fn subscenario(&mut self, module: &Module<'_>) -> Done {
        let label = module.chosen("scenario").map(|label| slug(label, "scenario"));
        let called = label.unwrap_or_else(|| slug(module.word("scenario").unwrap_or("scenario"), "scenario"));
        let is_there = self.counterparts.catalog.scenarios().is_some_and(|known| known.contains_key(&called));
        if !is_there {
            let reason = format!("it calls the scenario `{called}`: import that, too, and write `call` here");
            return self.todo(module, Some(reason));
        }
        let input = self.values.data(module.mapper.get("data").unwrap_or(module.mapper));
        let mut with = vec![("scenario", Data::text(called.as_str())), ("input", input)];
        if module.given("shouldWaitForExecutionEnd") == Some(&Value::Bool(false)) {
            with.push(("detach", Data::Bool(true)));
        }
        let (step, id) = self.call(module, Step::call("call", Data::map(with)), "called");
        self.runs(module, Some(&id));
        Done::one(step, Output::of(Expr::name(id)))
    }
}

/// A variable's name as ours may be.
fn variable(name: &str) -> String {
    let words: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' }).collect();
    let plain = words.trim_matches('_');
    match plain.chars().next() {
        Some(c) if c.is_ascii_digit() => format!("v{plain}"),
        Some(_) => plain.to_owned(),
        // A name in another script is told from others by its letters.
        None => format!("v{}", name.chars().map(u32::from).sum::<u32>()),
    }
}

/// What a list is called: the last key on the way to it.
fn list_name(expr: &Expr) -> String {
    match expr {
        Expr::Field(_, key, _) => key.clone(),
        Expr::Name(name) => name.clone(),
        Expr::Item(of, ..) | Expr::Method(of, ..) | Expr::Binary(_, of, _) => list_name(of),
        _ => String::new(),
    }
}
