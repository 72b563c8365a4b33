//! `postgres.query` and `mysql.query`.

use super::act::Act;
use super::database::{Answer, Dialect, Mode, Statement};
use super::table::checked_limit;
use crate::spec::invalid;
use run::error::StepError;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

/// How many times one statement is run by one step at most.
const MOST_TURNS: usize = 10_000;

/// Runs a statement of SQL. The output has `rows`, a list of maps, `affected`, how many rows were changed or read, and
/// `more`: whether there are rows beyond `limit`.
///
/// Values never go into the text, but into `parameters`: the text has a place for each, `$1`, `$2`… in PostgreSQL and `?`
/// in MySQL.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Query {
    /// One statement.
    sql: String,
    /// The values for its places, in order. A list or map goes as JSON, or as an array where PostgreSQL wants one;
    /// `{ base64: … }` is bytes.
    #[serde(default)]
    parameters: Vec<Value>,
    /// Several lists of such values: the statement is run for each, all of them or none. Not beside `parameters`.
    each: Option<Vec<Vec<Value>>>,
    /// How many rows to give at most.
    #[serde(default = "super::table::usual_limit")]
    #[schemars(range(min = 1, max = 10000))]
    limit: usize,
}

impl Act for Query {
    const NAMES: [&'static str; 2] = ["postgres.query", "mysql.query"];
    const MODE: Mode = Mode::Write;

    fn shown(dialect: Dialect) -> (Value, Value) {
        let sql = match dialect {
            Dialect::Postgres => "select id, total from orders where customer = $1 and total > $2",
            Dialect::Mysql => "select id, total from orders where customer = ? and total > ?",
        };
        let rows = json!([{ "id": 7, "total": "120.50" }]);
        (json!({ "sql": sql, "parameters": ["ann", 100] }), json!({ "rows": rows, "affected": 1, "more": false }))
    }

    fn limit(&self) -> usize {
        self.limit
    }

    fn statements(&self, _: Dialect) -> Result<Vec<Statement>, StepError> {
        checked_limit(self.limit)?;
        if self.sql.contains('\0') {
            return Err(invalid("`sql` holds a character that no statement has"));
        }
        let statement = |values: &Vec<Value>| Statement { sql: self.sql.clone(), values: values.clone() };
        match &self.each {
            None => Ok(vec![statement(&self.parameters)]),
            Some(_) if !self.parameters.is_empty() => Err(invalid("`parameters` and `each` exclude each other")),
            Some(each) if each.len() > MOST_TURNS => {
                Err(invalid(format!("`each` has {} lists; {MOST_TURNS} are the most", each.len())))
            }
            Some(each) => Ok(each.iter().map(statement).collect()),
        }
    }

    fn output(&self, answers: Vec<Answer>) -> Value {
        let affected: u64 = answers.iter().map(|answer| answer.affected).sum();
        let has_more = answers.iter().any(|answer| answer.has_more);
        let insert_id = answers.iter().find_map(|answer| answer.insert_id);
        let rows: Vec<Value> = answers.into_iter().flat_map(|answer| answer.rows).collect();
        let mut output = json!({ "rows": rows, "affected": affected, "more": has_more });
        if let Some(id) = insert_id {
            output["insert_id"] = id.into();
        }
        output
    }
}
