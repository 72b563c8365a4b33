//! MySQL from 5.7, MariaDB, and what speaks as they do (TiDB, Aurora, PlanetScale).

mod failure;
mod login;
mod packets;
mod session;
mod value;

pub(crate) use session::Session as Mysql;
pub(super) use session::Session;

use super::database::{Database, Mode, Statement, Work};
use crate::connections::Remote;
use run::error::StepError;
use std::time::Duration;

/// Connects and logs in, and says to what.
pub(crate) async fn knock(remote: &Remote, timeout: Duration) -> Result<String, StepError> {
    let mut session = Session::open(remote).await?;
    let version = Statement { sql: "SELECT version() AS version".to_owned(), values: Vec::new() };
    let work = Work { statements: vec![version], limit: 1, mode: Mode::Read, timeout };
    let answers = session.run(&work).await?;
    let version = answers.first().and_then(|answer| answer.rows.first()?["version"].as_str());
    Ok(format!("MySQL {}", version.unwrap_or("of some version")))
}
