//! What a database is to the modules: something that runs statements, in its own dialect.

use crate::catalog::Shared;
use crate::connections::{Protocol, Remote};
use crate::wire::{self, Pool};
use run::error::StepError;
use serde_json::Value;
use std::time::Duration;

/// Which dialect is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Postgres,
    Mysql,
}

/// A statement and the values that stand in it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Statement {
    pub(super) sql: String,
    pub(super) values: Vec<Value>,
}

/// What is done by one step.
#[derive(Clone, Debug)]
pub(super) struct Work {
    pub(super) statements: Vec<Statement>,
    /// As many rows of each statement's answer are read.
    pub(super) limit: usize,
    pub(super) mode: Mode,
    /// How long the database may take over it.
    pub(super) timeout: Duration,
}

/// What statements may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Read.
    Read,
    /// Anything: all of the statements or none.
    Write,
}

/// What a statement gave.
#[derive(Clone, Debug, Default)]
pub(super) struct Answer {
    /// Maps of columns.
    pub(super) rows: Vec<Value>,
    /// There are more rows than were read.
    pub(super) has_more: bool,
    /// How many rows were changed, or read.
    pub(super) affected: u64,
    /// The number that the database gave to the first new row, where it tells.
    pub(super) insert_id: Option<u64>,
}

/// A connection to a database.
pub(super) trait Database: wire::Session + Sized {
    /// What it speaks.
    const DIALECT: Dialect;
    /// What its connections are.
    const PROTOCOL: Protocol;

    /// The connections that are open.
    fn pool(shared: &Shared) -> &Pool<Self>;

    /// Connects and logs in.
    fn open(remote: &Remote) -> impl Future<Output = Result<Self, StepError>> + Send;

    /// Does the work.
    fn run(&mut self, work: &Work) -> impl Future<Output = Result<Vec<Answer>, StepError>> + Send;
}

/// The time that a database is given, a little less than the step has: its own refusal says more than silence.
pub(super) fn patience(timeout: Duration) -> Duration {
    timeout.saturating_sub((timeout / 10).min(Duration::from_millis(500))).max(Duration::from_millis(1))
}

/// Names of columns as keys of a map: a name that comes again has its number behind it.
pub(super) fn keys<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    for name in names {
        let mut key = name.to_owned();
        let mut count = 1;
        while keys.contains(&key) {
            count += 1;
            key = format!("{name}_{count}");
        }
        keys.push(key);
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_column_hides_another() {
        assert_eq!(keys(["id", "name", "id", "id", "id_2"].into_iter()), ["id", "name", "id_2", "id_3", "id_2_2"]);
    }

    #[test]
    fn the_database_gives_up_first() {
        let check = |milliseconds, expected| {
            assert_eq!(patience(Duration::from_millis(milliseconds)), Duration::from_millis(expected));
        };
        check(20_000, 19_500);
        check(1_000, 900);
        check(0, 1);
    }
}
