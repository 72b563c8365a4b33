//! Data stores.

use crate::draft::{Data, Step};
use crate::ids::slug;
use crate::make::bundles::Output;
use crate::make::file::{Module, plain};
use crate::make::flow::bundles_of;
use crate::make::translator::{Done, Translator};
use crate::make::typed::{Type, Typed};
use crate::ours::Expr;
use crate::report::State;
use serde_json::Value;

impl Translator<'_> {
    pub(super) fn store(&mut self, module: &Module<'_>) -> Option<Done> {
        let key = || module.mapper.get("key").unwrap_or(&Value::Null);
        Some(match module.kind {
            "datastore:GetRecord" => {
                let key = self.values.data(key());
                let (id, done) = self.kept(module, "store.get", vec![("key", key), ("default", Data::Null)], "record");
                let value = Expr::name(id).field("value");
                let output = Output::of(value.clone()).with("data", Typed::maybe(value, Type::Map));
                Done { output, ..done }
            }
            "datastore:ExistRecord" => {
                let key = self.values.data(key());
                let (id, done) = self.kept(module, "store.get", vec![("key", key), ("default", Data::Null)], "record");
                Done { output: Output::of(Expr::name(id)).at("exist", &["found"], Type::Bool), ..done }
            }
            "datastore:AddRecord" => {
                let key = self.key(key());
                let mut given = vec![("key", key), ("value", self.record(module))];
                if !module.says("overwrite") {
                    given.push(("if", Data::text("absent")));
                }
                self.kept(module, "store.put", given, "record").1
            }
            "datastore:UpdateRecord" => self.updated(module),
            "datastore:DeleteRecord" => {
                let key = self.values.data(key());
                self.kept(module, "store.delete", vec![("key", key)], "deleted").1
            }
            "datastore:CountRecord" | "datastore:CountRecords" => {
                let (id, done) = self.kept(module, "store.count", Vec::new(), "count");
                Done { output: Output::of(Expr::name(id)), ..done }
            }
            "datastore:SearchRecord" => self.searched(module),
            _ => return None,
        })
    }

    fn kept(&mut self, module: &Module<'_>, ours: &str, rest: Vec<(&str, Data)>, otherwise: &str) -> (String, Done) {
        let mut given = vec![("table", Data::text(table(module)))];
        given.extend(rest);
        let (mut step, id) = self.call(module, Step::call(ours, Data::map(given)), otherwise);
        step.id = Some(id.clone());
        self.note(module, Some(&id), State::Runs, None);
        let output = Output::of(Expr::name(id.as_str()));
        (id, Done::one(step, output))
    }

    /// A key that was left out is made up.
    fn key(&mut self, key: &Value) -> Data {
        let key = self.values.data(key);
        if key.is_empty() { Data::value(Expr::call("uuid", [])) } else { key }
    }

    fn record(&mut self, module: &Module<'_>) -> Data {
        self.values.data(module.mapper.get("data").unwrap_or(&Value::Null))
    }

    /// What is not named stays as it is: the record is read first.
    fn updated(&mut self, module: &Module<'_>) -> Done {
        let key = self.key(module.mapper.get("key").unwrap_or(&Value::Null));
        let before = self.ids.give("", "before");
        let empty = Data::Map(Vec::new());
        let read = [("table", Data::text(table(module))), ("key", key.clone()), ("default", empty)];
        let read = Step::call("store.get", Data::map(read)).with_id(before.as_str());
        let changed = self.record(module).into_expr();
        let value = Data::value(Expr::name(before).field("value").method("merge", [changed]));
        let mut done = self.kept(module, "store.put", vec![("key", key), ("value", value)], "record").1;
        done.steps.insert(0, read);
        done
    }

    fn searched(&mut self, module: &Module<'_>) -> Done {
        let mut rest = Vec::new();
        let filter = module.given("filter");
        let asked = filter.map(|filter| self.asked_of_records(filter));
        if let Some(Some(asked)) = &asked {
            rest.push(("where", asked.clone()));
        }
        let limit = ["limit", "mappAbleLimit"].iter().find_map(|key| plain(module.given(key)?)?.parse::<i64>().ok());
        rest.extend(limit.map(|limit| ("limit", Data::int(limit.clamp(1, 1000)))));
        let mut given = vec![("table", Data::text(table(module)))];
        given.extend(rest);
        let (mut step, id) = self.call(module, Step::call("store.search", Data::map(given)), "records");
        step.id = Some(id.clone());
        let decision = (asked == Some(None))
            .then(|| "its filter is more than `where` can say: put it after the search".to_owned());
        self.note(module, Some(&id), State::Runs, decision);
        let record = self.ids.give("", "record");
        let mut many = bundles_of(Expr::name(id).field("items"), record.clone());
        let value = Expr::name(record.as_str()).maybe("value");
        many.output = Output::of(value.clone())
            .with("key", Typed::maybe(Expr::name(record).maybe("key"), Type::Text))
            .with("data", Typed::maybe(value, Type::Map));
        Done { steps: vec![step], output: Output::of(Expr::Nothing), many: Some(many) }
    }

    /// One list of conditions, all of which have to hold.
    fn asked_of_records(&mut self, filter: &Value) -> Option<Data> {
        let groups = filter.as_array()?;
        let [group] = groups.as_slice() else { return None };
        let mut fields: Vec<(String, Data)> = Vec::new();
        for condition in group.as_array()? {
            let field = condition["a"].as_str()?.trim_matches(['{', '}', '`']).to_owned();
            let value = self.values.data(&condition["b"]);
            let operator = condition["o"].as_str()?;
            let test = match operator.rsplit(':').next()? {
                "exist" => Data::map([("exists", Data::Bool(true))]),
                "notexist" => Data::map([("exists", Data::Bool(false))]),
                "equal" => value,
                "notequal" => Data::map([("not", value)]),
                "contain" => Data::map([("contains", value)]),
                "startwith" => Data::map([("starts_with", value)]),
                "greater" => Data::map([("gt", value)]),
                "greaterorequal" => Data::map([("gte", value)]),
                "less" => Data::map([("lt", value)]),
                "lessorequal" => Data::map([("lte", value)]),
                _ => return None,
            };
            fields.push((field, test));
        }
        Some(Data::Map(fields))
    }
}

/// The name of a data store: what the form showed, or its number.
fn table(module: &Module<'_>) -> String {
    let number = module.given("datastore").and_then(plain).unwrap_or_default();
    let otherwise = format!("store-{}", slug(&number, "1"));
    module.chosen("datastore").map_or(otherwise.clone(), |label| slug(label, &otherwise))
}
