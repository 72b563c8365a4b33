//! Google Sheets: columns that Make counts are named here, where the file tells their names.

use crate::draft::{Data, Step};
use crate::make::bundles::Output;
use crate::make::file::Module;
use crate::make::flow::bundles_of;
use crate::make::translator::{Done, Many, Translator};
use crate::make::typed::{Type, Typed};
use crate::make::values::fitted;
use crate::ours::Expr;
use crate::report::State;
use serde_json::Value;
use std::collections::BTreeMap;

/// The first words of a call: the connection, the spreadsheet, the sheet.
type Given = Vec<(&'static str, Data)>;

impl Translator<'_> {
    pub(super) fn sheets(&mut self, module: &Module<'_>) -> Option<Done> {
        Some(match module.kind {
            "google-sheets:addRow" => self.add_row(module),
            "google-sheets:updateRow" => self.update_row(module),
            "google-sheets:filterRows" => self.find_rows(module),
            "google-sheets:getSheetContent" => self.sheet_content(module),
            "google-sheets:updateCell" => {
                let range = ("range", self.values.data(module.given("cell").unwrap_or(&Value::Null)));
                let value = ("value", self.values.data(module.mapper.get("value").unwrap_or(&Value::Null)));
                self.write(module, "google_sheets.update", vec![range, value], "cell")
            }
            "google-sheets:clearValuesFromRange" => {
                let range = ("range", self.values.data(module.given("range").unwrap_or(&Value::Null)));
                self.write(module, "google_sheets.clear", vec![range], "cleared")
            }
            "google-sheets:addMultipleRows" => {
                let rows = self.values.data(module.given("rows").or_else(|| module.given("values"))?);
                self.write(module, "google_sheets.append", vec![("rows", rows)], "rows")
            }
            _ => return None,
        })
    }

    /// Where: the connection, the spreadsheet by its id, the sheet by its name.
    fn place_of(&mut self, module: &Module<'_>) -> Given {
        let connection = self.connection(module, &["google".to_owned()]);
        let mut given: Given = connection.map(|name| ("connection", Data::text(name))).into_iter().collect();
        given.push(("spreadsheet", self.spreadsheet(module)));
        given.push(("sheet", self.values.data(module.given("sheetId").unwrap_or(&Value::Null))));
        given
    }

    /// A path of folders ends with the id.
    fn spreadsheet(&mut self, module: &Module<'_>) -> Data {
        match module.given("spreadsheetId") {
            Some(Value::String(text)) if !text.contains("{{") => {
                Data::text(text.trim_end_matches('/').rsplit('/').next().unwrap_or(text))
            }
            Some(value) => self.values.data(value),
            None => Data::Null,
        }
    }

    fn write(&mut self, module: &Module<'_>, ours: &str, rest: Given, otherwise: &str) -> Done {
        let mut given = self.place_of(module);
        given.extend(rest);
        let (step, id) = self.call(module, Step::call(ours, Data::map(given)), otherwise);
        self.note(module, Some(&id), State::NeedsConnection, None);
        Done::one(step, Output::of(Expr::name(id)))
    }

    fn add_row(&mut self, module: &Module<'_>) -> Done {
        let row = self.row(module);
        let mut rest = vec![("row", row)];
        rest.extend(formulas(module));
        let mut done = self.write(module, "google_sheets.append", rest, "row");
        let range =
            done.output.whole.expr.clone().maybe("updated_range").method("extract", [Expr::text("![A-Z]+(\\d+)")]);
        let number = range.method("parse_int", []);
        done.output = done.output.with("rowNumber", Typed::maybe(number, Type::Number));
        done
    }

    fn update_row(&mut self, module: &Module<'_>) -> Done {
        let number = self.values.expr(module.given("rowNumber").unwrap_or(&Value::Null)).into_number();
        let number = match number {
            Expr::Int(number) => Data::int(number),
            other => Data::value(other),
        };
        let row = self.row(module);
        let mut rest = vec![("number", number), ("row", row)];
        rest.extend(formulas(module));
        self.write(module, "google_sheets.update", rest, "row")
    }

    /// A row: by the names of its columns where all are known, else cell by cell.
    fn row(&mut self, module: &Module<'_>) -> Data {
        let Some(values) = module.given("values") else { return Data::List(Vec::new()) };
        let Value::Object(cells) = values else { return self.values.data(values) };
        let names = self.names(module);
        let mut by_place = BTreeMap::new();
        let mut others = Vec::new();
        for (key, value) in cells {
            match column(key) {
                Some(place) => drop(by_place.insert(place, value)),
                None => others.push((key.clone(), value)),
            }
        }
        let named: Option<Vec<_>> =
            by_place.iter().map(|(place, value)| Some((names.get(place)?.clone(), *value))).collect();
        let cell = |translator: &mut Self, value: &Value| translator.values.data(value);
        match named {
            Some(named) => {
                let cells = named.into_iter().chain(others);
                Data::Map(cells.map(|(name, value)| (name, cell(self, value))).collect())
            }
            None => {
                let last = by_place.keys().last().copied().unwrap_or_default().min(MOST_COLUMNS);
                let null = Value::Null;
                let all = (0..=last).map(|place| cell(self, by_place.get(&place).copied().unwrap_or(&null)));
                Data::List(all.collect())
            }
        }
    }

    fn find_rows(&mut self, module: &Module<'_>) -> Done {
        let names = self.names(module);
        let mut given = self.place_of(module);
        let mut condition = None;
        if let Some(filter) = module.given("filter") {
            match self.asked(filter, &names) {
                Some((any, asked)) => {
                    given.push(("where", asked));
                    given.extend(any.then_some(("any", Data::Bool(true))));
                }
                None => condition = Some(filter),
            }
        }
        if let Some(place) = module.word("orderBy").and_then(letters) {
            given.push(("order_by", Data::text(names.get(&place).cloned().unwrap_or_else(|| letter(place)))));
            given.extend((module.word("sortOrder") == Some("desc")).then_some(("descending", Data::Bool(true))));
        }
        let limit = module.given("limit").and_then(super::super::file::plain);
        let is_counted = self.counted.contains(&module.id);
        let limit_of = |limit: &str| limit.parse::<i64>().ok().filter(|limit| *limit != 1 || is_counted);
        if let Some(limit) = limit.as_deref().and_then(limit_of) {
            given.push(("limit", Data::int(limit)));
        }
        let (mut step, id) = self.call(module, Step::call("google_sheets.find", Data::map(given)), "rows");
        step.id = Some(id.clone());
        let decision =
            condition.map(|_| "its filter is more than conditions of columns: put it after the search".to_owned());
        self.note(module, Some(&id), State::NeedsConnection, decision);
        let name = Expr::name(id.as_str());
        let count = Typed::sure(name.clone().field("rows").method("len", []), Type::Number);
        if limit.as_deref() == Some("1") {
            let row = name.clone().field("row");
            let output = row_fields(row.clone(), &names).with("__IMTLENGTH__", count);
            let many = Many { over: row, item: String::new(), output, is_single: true };
            return Done { steps: vec![step], output: Output::of(name), many: Some(many) };
        }
        self.many_rows(step, name.field("rows"), &names)
    }

    fn sheet_content(&mut self, module: &Module<'_>) -> Done {
        let names = self.names(module);
        let mut given = self.place_of(module);
        if let Some(range) = module.given("range") {
            given.push(("range", self.values.data(range)));
        }
        let (mut step, id) = self.call(module, Step::call("google_sheets.get", Data::map(given)), "rows");
        step.id = Some(id.clone());
        self.note(module, Some(&id), State::NeedsConnection, None);
        let row = self.ids.give("", "row");
        let mut many = bundles_of(Expr::name(id.as_str()).field("rows"), row.clone());
        let columns = names.keys().copied().max().unwrap_or(25).max(25);
        for place in 0..=columns {
            let cell = Expr::name(row.as_str()).maybe_item(Expr::Int(i64::try_from(place).unwrap_or(0)));
            many.output = many.output.with(&place.to_string(), Typed::maybe(cell, Type::Any));
        }
        Done { steps: vec![step], output: Output::of(Expr::name(id)), many: Some(many) }
    }

    /// Rows that go their ways one by one.
    pub(in crate::make) fn many_rows(&mut self, step: Step, rows: Expr, names: &BTreeMap<usize, String>) -> Done {
        let row = self.ids.give("", "row");
        let mut many = bundles_of(rows, row.clone());
        many.output = row_fields(Expr::name(row), names);
        Done { steps: vec![step], output: Output::of(Expr::Nothing), many: Some(many) }
    }

    /// Conditions of columns, and whether one of them is enough; none where they are nested more deeply.
    fn asked(&mut self, filter: &Value, names: &BTreeMap<usize, String>) -> Option<(bool, Data)> {
        let groups: Vec<&Vec<Value>> = filter.as_array()?.iter().filter_map(Value::as_array).collect();
        let any = groups.len() > 1;
        if any && groups.iter().any(|group| group.len() > 1) {
            return None;
        }
        let conditions: Option<Vec<Data>> =
            groups.into_iter().flatten().map(|condition| self.asked_of_column(condition, names)).collect();
        conditions.map(|conditions| (any, Data::List(conditions)))
    }

    fn asked_of_column(&mut self, condition: &Value, names: &BTreeMap<usize, String>) -> Option<Data> {
        let column = condition["a"].as_str()?;
        let place = letters(column).or_else(|| column.trim_matches(['{', '}', '`']).parse().ok())?;
        let name = names.get(&place).cloned().unwrap_or_else(|| letter(place));
        let told = condition["o"].as_str()?;
        let (told, ignores_case) = told.strip_suffix(":ci").map_or((told, false), |plain| (plain, true));
        let (family, operator) = told.split_once(':').unwrap_or(("basic", told));
        let (is, value) = match (family, operator) {
            ("basic", "exist") => ("not_empty", None),
            ("basic", "notexist") => ("empty", None),
            (_, "equal") => ("equals", Some(())),
            (_, "notequal") => ("not_equals", Some(())),
            ("text", "contain") => ("contains", Some(())),
            ("text", "startwith") => ("starts_with", Some(())),
            ("number" | "date", "greater") => ("greater", Some(())),
            ("number" | "date", "greaterorequal") => ("greater_or_equal", Some(())),
            ("number" | "date", "less") => ("less", Some(())),
            ("number" | "date", "lessorequal") => ("less_or_equal", Some(())),
            _ => return None,
        };
        let mut entries = vec![("column", Data::text(name))];
        if is != "equals" {
            entries.push(("is", Data::text(is)));
        }
        if ignores_case {
            entries.push(("ignore_case", Data::Bool(true)));
        }
        if value.is_some() {
            let value = self.values.data(&condition["b"]);
            entries.push(("value", if family == "number" { fitted(value, "number") } else { value }));
        }
        Some(Data::map(entries))
    }

    /// The names of the columns of a module's sheet.
    pub(in crate::make) fn names(&self, module: &Module<'_>) -> BTreeMap<usize, String> {
        self.columns.get(&sheet_of(module)).cloned().unwrap_or_default()
    }

    /// Remembers the names of columns that a module's form showed.
    pub(in crate::make) fn survey_columns(&mut self, module: &Module<'_>) {
        if module.app() != "google-sheets" {
            return;
        }
        let mut found = BTreeMap::new();
        look_for_columns(&module.raw["metadata"], &mut found);
        self.columns.entry(sheet_of(module)).or_default().extend(found);
    }
}

/// More columns than anybody fills by hand.
const MOST_COLUMNS: usize = 200;

fn sheet_of(module: &Module<'_>) -> (String, String) {
    let spreadsheet = module.word("spreadsheetId").unwrap_or_default();
    let id = spreadsheet.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    (id.to_owned(), module.word("sheetId").unwrap_or_default().to_owned())
}

/// Fields whose name is a number and whose label is `Name (A)`.
fn look_for_columns(value: &Value, found: &mut BTreeMap<usize, String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| look_for_columns(item, found)),
        Value::Object(entries) => {
            let place = entries.get("name").and_then(Value::as_str).and_then(column);
            let label = entries.get("label").and_then(Value::as_str);
            if let (Some(place), Some(label)) = (place, label)
                && let Some((name, mark)) = label.rsplit_once('(')
                && mark.trim_end() == format!("{})", letter(place))
            {
                let name = name.trim();
                if !name.is_empty() {
                    found.insert(place, name.to_owned());
                }
            }
            entries.values().for_each(|item| look_for_columns(item, found));
        }
        _ => {}
    }
}

fn column(key: &str) -> Option<usize> {
    (!key.is_empty() && key.len() < 5 && key.bytes().all(|byte| byte.is_ascii_digit())).then(|| key.parse().ok())?
}

/// `A` is 0.
fn letters(text: &str) -> Option<usize> {
    let fits = !text.is_empty() && text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_uppercase());
    fits.then(|| text.bytes().fold(0, |sum, byte| sum * 26 + usize::from(byte - b'A') + 1) - 1)
}

fn letter(mut place: usize) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(b'A' + u8::try_from(place % 26).unwrap_or(0));
        match (place / 26).checked_sub(1) {
            Some(rest) => place = rest,
            None => break,
        }
    }
    letters.into_iter().rev().map(char::from).collect()
}

/// How a row is read: by the names of its columns where they are known.
pub(in crate::make) fn row_fields(row: Expr, names: &BTreeMap<usize, String>) -> Output {
    let mut output = Output::of(row.clone()).at("__ROW_NUMBER__", &["number"], Type::Number);
    let last = names.keys().copied().max().unwrap_or(0).max(51);
    for place in 0..=last {
        let cell = match names.get(&place) {
            Some(name) => row.clone().maybe("fields").maybe(name.as_str()),
            None => row.clone().maybe("cells").maybe_item(Expr::Int(i64::try_from(place).unwrap_or(0))),
        };
        output = output.with(&place.to_string(), Typed::maybe(cell, Type::Any));
    }
    output
}

/// Make has texts read as if they were typed unless told otherwise.
fn formulas(module: &Module<'_>) -> Option<(&'static str, Data)> {
    (module.word("valueInputOption") != Some("RAW")).then_some(("formulas", Data::Bool(true)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_counted_in_letters() {
        for (place, name) in [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (701, "ZZ"), (702, "AAA")] {
            assert_eq!(letter(place), name);
            assert_eq!(letters(name), Some(place));
        }
        assert_eq!(letters("a"), None);
        assert_eq!(letters(""), None);
    }
}
