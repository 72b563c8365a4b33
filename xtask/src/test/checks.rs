//! What is judged without being run: format, lints, the rules of the workspace.

use super::Report;
use super::tally::Tally;
use crate::workspace::Workspace;
use crate::{process, tidy};

/// Whether rustfmt would change anything.
pub(crate) fn format(workspace: &Workspace) -> anyhow::Result<Report> {
    let ended = process::listen(workspace.cargo().args(["fmt", "--all", "--check"]))?;
    Ok(Report { tally: Tally::of_check(&ended), said: ended.said() })
}

/// Whether clippy or the compiler warns of anything.
pub(crate) fn lints(workspace: &Workspace) -> anyhow::Result<Report> {
    let mut clippy = workspace.cargo();
    clippy.args(["clippy", "--quiet", "--workspace", "--all-targets", "--color=never", "--", "--deny=warnings"]);
    let ended = process::listen(&mut clippy)?;
    Ok(Report { tally: Tally::of_check(&ended), said: ended.said() })
}

/// Whether the rules of the workspace hold, each rule a check of its own.
pub(crate) fn tidy(workspace: &Workspace) -> anyhow::Result<Report> {
    let mut report = Report { tally: Tally::default(), said: String::new() };
    for finding in tidy::findings(workspace)? {
        report.tally += if finding.complaints.is_empty() { Tally::PASSED } else { Tally::FAILED };
        report.said.push_str(&finding.to_string());
    }
    Ok(report)
}
