//! The apps of a folder: `apps/NAME.yaml`, beside those that are shipped. A broken one breaks the steps that use it, and
//! nothing else.

use crate::sources::read;
use modules::Apps;
use modules::app::Finding;
use scenario::diagnostic::{Diagnostic, Place};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where a folder has its apps.
pub(crate) const APPS: &str = "apps";

/// What is wrong with the file of an app.
pub(crate) struct AppProblem {
    /// The file, from the folder of scenarios.
    pub(crate) file: String,
    pub(crate) finding: Finding,
}

impl AppProblem {
    /// What the subjects of alarms about apps begin with.
    pub(crate) const SUBJECT: &str = "app ";

    /// What an alarm about it names.
    pub(crate) fn subject(&self) -> String {
        let name = self.file.rsplit('/').next().unwrap_or_default();
        format!("{}{}", Self::SUBJECT, name.strip_suffix(".yaml").unwrap_or(name))
    }

    /// As `check` tells it.
    pub(crate) fn diagnostic(&self) -> Diagnostic {
        Diagnostic::app_mistake(self.finding.place, &self.finding.message, self.finding.hint.as_deref())
    }
}

/// The files of a folder's apps, by their names; cases are none.
pub(crate) fn files(folder: &Path) -> BTreeMap<String, PathBuf> {
    let entries = std::fs::read_dir(folder.join(APPS)).into_iter().flatten().flatten();
    let named = entries.filter_map(|entry| {
        let path = entry.path();
        let name = path.file_name()?.to_str()?.strip_suffix(".yaml")?.to_owned();
        (!name.contains('.')).then_some((name, path))
    });
    named.collect()
}

/// The shipped apps and those of the folder, and what is wrong with these.
pub(super) fn open(folder: &Path) -> (Arc<Apps>, Vec<AppProblem>) {
    let shipped = Apps::shipped();
    let files = files(folder);
    if files.is_empty() {
        return (shipped, Vec::new());
    }
    let (mut apps, mut problems) = (Apps::clone(&shipped), Vec::new());
    for (name, path) in &files {
        let file = || format!("{APPS}/{name}.yaml");
        let text = match read(path) {
            Ok(text) => text,
            Err(error) => {
                let finding = Finding { place: Place::default(), message: format!("{error:#}"), hint: None };
                problems.push(AppProblem { file: file(), finding });
                continue;
            }
        };
        match apps.with(name, &text) {
            Ok(more) => apps = more,
            Err(findings) => {
                problems.extend(findings.into_iter().map(|finding| AppProblem { file: file(), finding }));
            }
        }
    }
    for (app, kind) in apps.unknown_connections() {
        let message = format!("there is no type of connection `{kind}`");
        let hint = Some("a type that Hookmill has, or one that another app defines".to_owned());
        let finding = Finding { place: Place { line: 1, column: 1 }, message, hint };
        problems.push(AppProblem { file: format!("{APPS}/{app}.yaml"), finding });
    }
    (Arc::new(apps), problems)
}
