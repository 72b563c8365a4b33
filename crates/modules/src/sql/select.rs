//! `postgres.select` and `mysql.select`.

use super::act::Act;
use super::condition;
use super::database::{Answer, Dialect, Mode, Statement};
use super::statement::Draft;
use super::table::{checked_limit, columns};
use run::error::StepError;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Finds rows of a table. The output has `rows`, a list of maps, and `more`: whether there are rows beyond `limit`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Select {
    /// The table: `orders`, or `shop.orders`.
    table: String,
    /// Which columns to give; without it: all.
    #[serde(default)]
    columns: Vec<String>,
    /// Which rows are meant, column by column: a value, a list of values, or tests such as `{ gt: 100 }`. The tests are
    /// `is`, `not`, `gt`, `gte`, `lt`, `lte`, `in`, `contains`, `starts_with` and `exists`. Without it: all rows.
    #[serde(default)]
    r#where: Map<String, Value>,
    /// The columns to sort by, with a `-` before one for the highest first: `[-total, id]`.
    #[serde(default)]
    order: Vec<String>,
    /// How many rows to give at most.
    #[serde(default = "super::table::usual_limit")]
    #[schemars(range(min = 1, max = 10000))]
    limit: usize,
    /// How many rows to leave out before.
    #[serde(default)]
    offset: u32,
}

impl Act for Select {
    const NAMES: [&'static str; 2] = ["postgres.select", "mysql.select"];
    const MODE: Mode = Mode::Read;

    fn shown(_: Dialect) -> (Value, Value) {
        let example =
            json!({ "table": "orders", "where": { "status": "open", "total": { "gt": 100 } }, "order": ["-total"] });
        let rows = json!([{ "id": 7, "status": "open", "total": "120.50", "created": "2026-11-22T08:00:00Z" }]);
        (example, json!({ "rows": rows, "more": false }))
    }

    fn limit(&self) -> usize {
        self.limit
    }

    fn statements(&self, dialect: Dialect) -> Result<Vec<Statement>, StepError> {
        let limit = checked_limit(self.limit)?;
        let mut draft = Draft::new(dialect, "SELECT ");
        columns(&mut draft, &self.columns)?;
        draft.words(" FROM ").table(&self.table)?;
        condition::add(&mut draft, &self.r#where)?;
        for (index, column) in self.order.iter().enumerate() {
            let (name, direction) = column.strip_prefix('-').map_or((column.as_str(), ""), |name| (name, " DESC"));
            draft.words(if index == 0 { " ORDER BY " } else { ", " }).name(name)?.words(direction);
        }
        // One more than asked for tells whether there are more.
        draft.words(&format!(" LIMIT {} OFFSET {}", limit + 1, self.offset));
        Ok(vec![draft.done()])
    }

    fn output(&self, mut answers: Vec<Answer>) -> Value {
        let answer = answers.pop().unwrap_or_default();
        json!({ "rows": answer.rows, "more": answer.has_more })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(dialect: Dialect, parameters: Value) -> String {
        let select: Select = serde_json::from_value(parameters).unwrap();
        select.statements(dialect).unwrap().remove(0).sql
    }

    #[test]
    fn a_search_is_one_statement() {
        let all = json!({ "table": "orders" });
        assert_eq!(written(Dialect::Postgres, all.clone()), r#"SELECT * FROM "orders" LIMIT 1001 OFFSET 0"#);
        assert_eq!(written(Dialect::Mysql, all), "SELECT * FROM `orders` LIMIT 1001 OFFSET 0");
        let some = json!({ "table": "shop.orders", "columns": ["id", "a b"], "where": { "id": { "gt": 5 } },
            "order": ["-total", "id"], "limit": 10, "offset": 20 });
        let expected =
            r#"SELECT "id", "a b" FROM "shop"."orders" WHERE "id" > $1 ORDER BY "total" DESC, "id" LIMIT 11 OFFSET 20"#;
        assert_eq!(written(Dialect::Postgres, some), expected);
    }
}
