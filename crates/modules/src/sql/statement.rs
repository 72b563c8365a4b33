//! Statements in the making: text in which names are quoted and values have places.

use super::database::{Dialect, Statement};
use crate::spec::invalid;
use run::error::StepError;
use serde_json::Value;

/// How long a name may be; databases stop at 63 or 64 characters.
const LONGEST_NAME: usize = 128;

/// A statement in the making.
pub(super) struct Draft {
    dialect: Dialect,
    sql: String,
    values: Vec<Value>,
}

impl Draft {
    pub(super) fn new(dialect: Dialect, beginning: &str) -> Self {
        Self { dialect, sql: beginning.to_owned(), values: Vec::new() }
    }

    /// Words of the language, which never come from anywhere but this program.
    pub(super) fn words(&mut self, words: &str) -> &mut Self {
        self.sql.push_str(words);
        self
    }

    /// A name.
    pub(super) fn name(&mut self, name: &str) -> Result<&mut Self, StepError> {
        let quoted = quoted(self.dialect, name)?;
        self.sql.push_str(&quoted);
        Ok(self)
    }

    /// Names with commas between them.
    pub(super) fn names<'a>(&mut self, names: impl IntoIterator<Item = &'a str>) -> Result<&mut Self, StepError> {
        for (index, name) in names.into_iter().enumerate() {
            self.words(if index == 0 { "" } else { ", " }).name(name)?;
        }
        Ok(self)
    }

    /// A table: `orders`, or `shop.orders` within a schema or database.
    pub(super) fn table(&mut self, table: &str) -> Result<&mut Self, StepError> {
        for (index, part) in table.split('.').enumerate() {
            self.words(if index == 0 { "" } else { "." }).name(part)?;
        }
        Ok(self)
    }

    /// The place of a value.
    pub(super) fn value(&mut self, value: Value) -> &mut Self {
        self.values.push(value);
        match self.dialect {
            Dialect::Postgres => self.sql.push_str(&format!("${}", self.values.len())),
            Dialect::Mysql => self.sql.push('?'),
        }
        self
    }

    pub(super) fn done(self) -> Statement {
        Statement { sql: self.sql, values: self.values }
    }
}

fn quoted(dialect: Dialect, name: &str) -> Result<String, StepError> {
    if name.is_empty() || name.contains('\0') || name.chars().count() > LONGEST_NAME {
        return Err(invalid(format!("{name:?} is no name of a table or column")));
    }
    Ok(match dialect {
        Dialect::Postgres => format!("\"{}\"", name.replace('"', "\"\"")),
        Dialect::Mysql => format!("`{}`", name.replace('`', "``")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// After CVE-2026-56351 and its like: whatever a name holds, it stays a name.
    #[test]
    fn i5_names_cannot_end_their_quotes() {
        let check = |dialect, table: &str, expected: &str| {
            let mut draft = Draft::new(dialect, "");
            draft.table(table).unwrap();
            assert_eq!(draft.done().sql, expected);
        };
        check(Dialect::Postgres, "shop.orders", r#""shop"."orders""#);
        check(Dialect::Postgres, r#"a" where true --"#, r#""a"" where true --""#);
        check(Dialect::Mysql, "shop.orders", "`shop`.`orders`");
        check(Dialect::Mysql, "a` where true -- ", "`a`` where true -- `");
        for name in ["", "a..b", "a\0b", &"x".repeat(129)] {
            assert!(Draft::new(Dialect::Postgres, "").table(name).is_err(), "{name}");
        }
    }

    #[test]
    fn values_stand_beside_the_text() {
        let made = |dialect| {
            let mut draft = Draft::new(dialect, "VALUES (");
            draft.value(json!(1)).words(", ").value(json!("'; DROP TABLE x; --")).words(")");
            draft.done()
        };
        assert_eq!(made(Dialect::Postgres).sql, "VALUES ($1, $2)");
        assert_eq!(made(Dialect::Mysql).sql, "VALUES (?, ?)");
        assert_eq!(made(Dialect::Mysql).values.len(), 2);
    }
}
