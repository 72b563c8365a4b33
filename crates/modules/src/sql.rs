//! `postgres.*` and `mysql.*`: one shape of modules over databases that speak SQL, and for each its dialect and its driver.
//! Values never become part of a statement's text: they go beside it; names of tables and columns are quoted.

mod act;
mod condition;
mod database;
mod mysql;
mod postgres;
mod query;
mod select;
mod statement;
mod table;
mod write;

pub(crate) use mysql::{Mysql, knock as knock_mysql};
pub(crate) use postgres::{Postgres, knock as knock_postgres};

use crate::catalog::Shared;
use act::Operation;
use database::Database;
use run::call::Module;
use std::sync::Arc;

/// All of them.
pub(crate) fn all(shared: &Arc<Shared>) -> Vec<Arc<dyn Module>> {
    family::<mysql::Session>(shared).into_iter().chain(family::<postgres::Session>(shared)).collect()
}

fn family<D: Database>(shared: &Arc<Shared>) -> [Arc<dyn Module>; 6] {
    [
        Operation::<D, write::Delete>::module(shared),
        Operation::<D, write::Insert>::module(shared),
        Operation::<D, query::Query>::module(shared),
        Operation::<D, select::Select>::module(shared),
        Operation::<D, write::Update>::module(shared),
        Operation::<D, write::Upsert>::module(shared),
    ]
}
