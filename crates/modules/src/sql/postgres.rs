//! PostgreSQL, and what speaks as it does (CockroachDB, YugabyteDB, Neon, Supabase).

mod failure;
mod login;
mod session;
mod value;

pub(crate) use session::Session as Postgres;
pub(super) use session::Session;

use super::database::{Database, Mode, Statement, Work};
use crate::connections::Remote;
use run::error::StepError;
use std::time::Duration;

/// Connects and logs in, and says to what.
pub(crate) async fn knock(remote: &Remote, timeout: Duration) -> Result<String, StepError> {
    let mut session = Session::open(remote).await?;
    let version =
        Statement { sql: "SELECT current_setting('server_version') AS version".to_owned(), values: Vec::new() };
    let work = Work { statements: vec![version], limit: 1, mode: Mode::Read, timeout };
    let answers = session.run(&work).await?;
    let version = answers.first().and_then(|answer| answer.rows.first()?["version"].as_str());
    Ok(format!("PostgreSQL {}", version.unwrap_or("of some version")))
}
