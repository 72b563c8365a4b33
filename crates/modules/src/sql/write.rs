//! `postgres.insert`, `upsert`, `update` and `delete`, and the same for MySQL.

use super::act::Act;
use super::condition;
use super::database::{Answer, Dialect, Mode, Statement};
use super::statement::Draft;
use super::table::columns;
use crate::spec::invalid;
use run::error::StepError;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// How many rows one step writes at most.
const MOST_ROWS: usize = 10_000;

/// How many values stand in one statement at most; both databases stop at 65,535.
const MOST_VALUES: usize = 30_000;

/// One row or several.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
enum Rows {
    One(Map<String, Value>),
    Many(Vec<Map<String, Value>>),
}

/// What happens to a row that is there already. The words have no descriptions of their own, so that the schema lists
/// them as one choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Existing {
    #[default]
    Fail,
    Keep,
}

/// Adds rows to a table: all of them or none. The output has `affected`, how many were added, and `rows`, what `returning`
/// asks for; in MySQL `insert_id`, the number that the first new row was given.
///
/// Where the answer is lost on its way, rows may have been added all the same: with `retry`, have a unique column and
/// `existing: keep`, or use `upsert`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Insert {
    /// The table: `orders`, or `shop.orders`.
    table: String,
    /// The row: its columns with their values; or a list of rows. Columns that a row lacks get their default.
    rows: Rows,
    /// What to do where a unique column has such a value already: fail, or keep what is there.
    #[serde(default)]
    existing: Existing,
    /// Which columns of the rows to give back; `*` is all.
    #[serde(default)]
    returning: Vec<String>,
}

/// Adds rows to a table, and changes those that are there already: all of them or none. The output has `affected`, and
/// `rows`, what `returning` asks for. MySQL counts a changed row twice.
///
/// It can be done again without harm, so it is what a step with `retry` should use.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Upsert {
    /// The table: `orders`, or `shop.orders`.
    table: String,
    /// The row: its columns with their values; or a list of rows. Columns that a row lacks get their default.
    rows: Rows,
    /// The columns by which a row is known again; the table must have a unique index of just these.
    key: Vec<String>,
    /// Which columns of the rows to give back; `*` is all.
    #[serde(default)]
    returning: Vec<String>,
}

/// Changes rows of a table. The output has `affected`, how many, and `rows`, what `returning` asks for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Update {
    /// The table: `orders`, or `shop.orders`.
    table: String,
    /// The columns to change, with their new values.
    set: Map<String, Value>,
    /// Which rows are meant, column by column: a value, a list of values, or tests such as `{ gt: 100 }`. The tests are
    /// `is`, `not`, `gt`, `gte`, `lt`, `lte`, `in`, `contains`, `starts_with` and `exists`. At least one column.
    r#where: Map<String, Value>,
    /// Which columns of the rows to give back; `*` is all.
    #[serde(default)]
    returning: Vec<String>,
}

/// Deletes rows of a table. The output has `affected`, how many, and `rows`, what `returning` asks for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Delete {
    /// The table: `orders`, or `shop.orders`.
    table: String,
    /// Which rows are meant, column by column: a value, a list of values, or tests such as `{ gt: 100 }`. The tests are
    /// `is`, `not`, `gt`, `gte`, `lt`, `lte`, `in`, `contains`, `starts_with` and `exists`. At least one column.
    r#where: Map<String, Value>,
    /// Which columns of the rows to give back; `*` is all.
    #[serde(default)]
    returning: Vec<String>,
}

impl Act for Insert {
    const NAMES: [&'static str; 2] = ["postgres.insert", "mysql.insert"];
    const MODE: Mode = Mode::Write;

    fn shown(dialect: Dialect) -> (Value, Value) {
        let rows = json!([{ "id": "A1", "total": 120.5 }]);
        match dialect {
            Dialect::Postgres => (
                json!({ "table": "orders", "rows": rows, "existing": "keep", "returning": ["number"] }),
                json!({ "affected": 1, "rows": [{ "number": 7 }] }),
            ),
            Dialect::Mysql => (
                json!({ "table": "orders", "rows": rows, "existing": "keep" }),
                json!({ "affected": 1, "rows": [], "insert_id": 7 }),
            ),
        }
    }

    fn limit(&self) -> usize {
        MOST_ROWS
    }

    fn statements(&self, dialect: Dialect) -> Result<Vec<Statement>, StepError> {
        let mut statements = Vec::new();
        for (columns, mut draft) in values(dialect, &self.table, &self.rows)? {
            match (self.existing, dialect) {
                (Existing::Fail, _) => {}
                (Existing::Keep, Dialect::Postgres) => {
                    draft.words(" ON CONFLICT DO NOTHING");
                }
                (Existing::Keep, Dialect::Mysql) => kept(&mut draft, columns[0])?,
            }
            statements.push(returned(draft, dialect, &self.returning)?);
        }
        Ok(statements)
    }

    fn output(&self, answers: Vec<Answer>) -> Value {
        written(answers)
    }
}

impl Act for Upsert {
    const NAMES: [&'static str; 2] = ["postgres.upsert", "mysql.upsert"];
    const MODE: Mode = Mode::Write;

    fn shown(_: Dialect) -> (Value, Value) {
        let example = json!({ "table": "orders", "rows": [{ "id": "A1", "total": 120.5 }], "key": ["id"] });
        (example, json!({ "affected": 1, "rows": [] }))
    }

    fn limit(&self) -> usize {
        MOST_ROWS
    }

    fn statements(&self, dialect: Dialect) -> Result<Vec<Statement>, StepError> {
        if self.key.is_empty() {
            return Err(invalid("`key` names no column"));
        }
        let mut statements = Vec::new();
        for (columns, mut draft) in values(dialect, &self.table, &self.rows)? {
            if let Some(missing) = self.key.iter().find(|key| !columns.contains(&key.as_str())) {
                return Err(invalid(format!("no row has a value for `{missing}`, which is part of the key")));
            }
            let others: Vec<&str> =
                columns.iter().copied().filter(|name| !self.key.iter().any(|key| key == name)).collect();
            if dialect == Dialect::Postgres {
                draft.words(" ON CONFLICT (").names(self.key.iter().map(String::as_str))?.words(")");
            }
            match (dialect, others.is_empty()) {
                (Dialect::Postgres, true) => {
                    draft.words(" DO NOTHING");
                }
                (Dialect::Mysql, true) => kept(&mut draft, columns[0])?,
                (_, false) => replaced(&mut draft, dialect, &others)?,
            }
            statements.push(returned(draft, dialect, &self.returning)?);
        }
        Ok(statements)
    }

    fn output(&self, answers: Vec<Answer>) -> Value {
        written(answers)
    }
}

impl Act for Update {
    const NAMES: [&'static str; 2] = ["postgres.update", "mysql.update"];
    const MODE: Mode = Mode::Write;

    fn shown(_: Dialect) -> (Value, Value) {
        let example = json!({ "table": "orders", "set": { "status": "paid" }, "where": { "id": "A1" } });
        (example, json!({ "affected": 1, "rows": [] }))
    }

    fn limit(&self) -> usize {
        MOST_ROWS
    }

    fn statements(&self, dialect: Dialect) -> Result<Vec<Statement>, StepError> {
        if self.set.is_empty() {
            return Err(invalid("`set` names no column"));
        }
        let mut draft = Draft::new(dialect, "UPDATE ");
        draft.table(&self.table)?.words(" SET ");
        for (index, (column, value)) in self.set.iter().enumerate() {
            draft.words(if index == 0 { "" } else { ", " }).name(column)?.words(" = ").value(value.clone());
        }
        narrowed(&mut draft, &self.r#where)?;
        Ok(vec![returned(draft, dialect, &self.returning)?])
    }

    fn output(&self, answers: Vec<Answer>) -> Value {
        written(answers)
    }
}

impl Act for Delete {
    const NAMES: [&'static str; 2] = ["postgres.delete", "mysql.delete"];
    const MODE: Mode = Mode::Write;

    fn shown(_: Dialect) -> (Value, Value) {
        (json!({ "table": "orders", "where": { "id": "A1" } }), json!({ "affected": 1, "rows": [] }))
    }

    fn limit(&self) -> usize {
        MOST_ROWS
    }

    fn statements(&self, dialect: Dialect) -> Result<Vec<Statement>, StepError> {
        let mut draft = Draft::new(dialect, "DELETE FROM ");
        draft.table(&self.table)?;
        narrowed(&mut draft, &self.r#where)?;
        Ok(vec![returned(draft, dialect, &self.returning)?])
    }

    fn output(&self, answers: Vec<Answer>) -> Value {
        written(answers)
    }
}

/// `INSERT INTO … VALUES …`, in as many statements as the values need, each with the columns in it.
fn values<'a>(dialect: Dialect, table: &str, rows: &'a Rows) -> Result<Vec<(Vec<&'a str>, Draft)>, StepError> {
    let rows = match rows {
        Rows::One(row) => std::slice::from_ref(row),
        Rows::Many(rows) => rows,
    };
    if rows.len() > MOST_ROWS {
        return Err(invalid(format!("`rows` has {}; {MOST_ROWS} are the most", rows.len())));
    }
    let mut columns: Vec<&str> = Vec::new();
    for name in rows.iter().flat_map(Map::keys) {
        if !columns.contains(&name.as_str()) {
            columns.push(name);
        }
    }
    if columns.is_empty() && !rows.is_empty() {
        return Err(invalid("`rows` names no column"));
    }
    let size = (MOST_VALUES / columns.len().max(1)).max(1);
    rows.chunks(size).map(|rows| Ok((columns.clone(), piece(dialect, table, &columns, rows)?))).collect()
}

fn piece(dialect: Dialect, table: &str, columns: &[&str], rows: &[Map<String, Value>]) -> Result<Draft, StepError> {
    let mut draft = Draft::new(dialect, "INSERT INTO ");
    draft.table(table)?.words(" (").names(columns.iter().copied())?.words(") VALUES ");
    for (index, row) in rows.iter().enumerate() {
        draft.words(if index == 0 { "(" } else { ", (" });
        for (index, column) in columns.iter().enumerate() {
            draft.words(if index == 0 { "" } else { ", " });
            match row.get(*column) {
                Some(value) => draft.value(value.clone()),
                None => draft.words("DEFAULT"),
            };
        }
        draft.words(")");
    }
    Ok(draft)
}

/// MySQL's way to keep what is there: a column set to what it is changes nothing, and hides no other mistake.
fn kept(draft: &mut Draft, column: &str) -> Result<(), StepError> {
    draft.words(" ON DUPLICATE KEY UPDATE ").name(column)?.words(" = ").name(column)?;
    Ok(())
}

/// What is there already gets the new values of these columns.
fn replaced(draft: &mut Draft, dialect: Dialect, columns: &[&str]) -> Result<(), StepError> {
    draft.words(match dialect {
        Dialect::Postgres => " DO UPDATE SET ",
        Dialect::Mysql => " ON DUPLICATE KEY UPDATE ",
    });
    for (index, column) in columns.iter().enumerate() {
        draft.words(if index == 0 { "" } else { ", " }).name(column)?.words(" = ");
        match dialect {
            Dialect::Postgres => draft.words("EXCLUDED.").name(column)?,
            Dialect::Mysql => draft.words("VALUES(").name(column)?.words(")"),
        };
    }
    Ok(())
}

/// The rows that are meant; never all of them by mistake.
fn narrowed(draft: &mut Draft, conditions: &Map<String, Value>) -> Result<(), StepError> {
    if conditions.is_empty() {
        return Err(invalid("`where` names no column, which would mean every row").hint("`query` can do that"));
    }
    condition::add(draft, conditions)
}

fn returned(mut draft: Draft, dialect: Dialect, returning: &[String]) -> Result<Statement, StepError> {
    match (returning, dialect) {
        ([], _) => {}
        (_, Dialect::Mysql) => return Err(invalid("MySQL has no `returning`")),
        (names, Dialect::Postgres) => {
            draft.words(" RETURNING ");
            columns(&mut draft, names)?;
        }
    }
    Ok(draft.done())
}

fn written(answers: Vec<Answer>) -> Value {
    let affected: u64 = answers.iter().map(|answer| answer.affected).sum();
    let insert_id = answers.iter().find_map(|answer| answer.insert_id);
    let rows: Vec<Value> = answers.into_iter().flat_map(|answer| answer.rows).collect();
    let mut output = json!({ "affected": affected, "rows": rows });
    if let Some(id) = insert_id {
        output["insert_id"] = id.into();
    }
    output
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made<A: Act>(dialect: Dialect, parameters: Value) -> Vec<Statement> {
        serde_json::from_value::<A>(parameters).unwrap().statements(dialect).unwrap()
    }

    #[test]
    fn writes_are_one_statement_each() {
        let check = |statements: Vec<Statement>, sql: &str, values: Value| {
            assert_eq!(statements, [Statement { sql: sql.to_owned(), values: values.as_array().unwrap().clone() }]);
        };
        let rows = json!({ "table": "t", "rows": [{ "a": 1 }, { "b": 2, "a": null }], "existing": "keep" });
        check(
            made::<Insert>(Dialect::Postgres, rows.clone()),
            r#"INSERT INTO "t" ("a", "b") VALUES ($1, DEFAULT), ($2, $3) ON CONFLICT DO NOTHING"#,
            json!([1, null, 2]),
        );
        check(
            made::<Insert>(Dialect::Mysql, rows),
            "INSERT INTO `t` (`a`, `b`) VALUES (?, DEFAULT), (?, ?) ON DUPLICATE KEY UPDATE `a` = `a`",
            json!([1, null, 2]),
        );
        let upsert = json!({ "table": "t", "rows": { "a": 1, "b": 2 }, "key": ["a"] });
        check(
            made::<Upsert>(Dialect::Postgres, upsert.clone()),
            r#"INSERT INTO "t" ("a", "b") VALUES ($1, $2) ON CONFLICT ("a") DO UPDATE SET "b" = EXCLUDED."b""#,
            json!([1, 2]),
        );
        check(
            made::<Upsert>(Dialect::Mysql, upsert),
            "INSERT INTO `t` (`a`, `b`) VALUES (?, ?) ON DUPLICATE KEY UPDATE `b` = VALUES(`b`)",
            json!([1, 2]),
        );
        let update = json!({ "table": "t", "set": { "b": 2 }, "where": { "a": 1 }, "returning": ["*"] });
        check(
            made::<Update>(Dialect::Postgres, update),
            r#"UPDATE "t" SET "b" = $1 WHERE "a" = $2 RETURNING *"#,
            json!([2, 1]),
        );
        let delete = json!({ "table": "t", "where": { "a": [1, 2] } });
        check(made::<Delete>(Dialect::Mysql, delete), "DELETE FROM `t` WHERE `a` IN (?, ?)", json!([1, 2]));
    }

    #[test]
    fn many_rows_are_parted_and_no_table_is_emptied_by_mistake() {
        let rows: Vec<Value> = (0..7_000).map(|id| json!({ "a": id, "b": 1, "c": 2, "d": 3, "e": 4 })).collect();
        let statements = made::<Insert>(Dialect::Postgres, json!({ "table": "t", "rows": rows }));
        assert_eq!(statements.iter().map(|it| it.values.len()).collect::<Vec<_>>(), [30_000, 5_000]);
        let delete: Delete = serde_json::from_value(json!({ "table": "t", "where": {} })).unwrap();
        assert_eq!(delete.statements(Dialect::Postgres).unwrap_err().code, "invalid_parameters");
    }
}
