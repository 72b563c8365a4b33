//! `E09…`: findings about scenarios that stand side by side in a folder.

use super::{Diagnostic, Place, Severity};

/// Where a finding about a file as a whole stands.
const START: Place = Place { line: 1, column: 1 };

impl Diagnostic {
    /// Two scenarios have the same webhook path. Told of both.
    pub fn path_taken(place: Place, path: &str, scenario: &str, other: &str) -> Self {
        Self {
            code: "E0901",
            severity: Severity::Error,
            place,
            message: format!("the webhook path `{path}` is used by both `{scenario}` and `{other}`"),
            hint: Some("Give one of them another `path`; until then the one that is closed to strangers is called, or else the first by name.".to_owned()),
            fix: None,
        }
    }

    /// A webhook that cannot be served although its text is valid.
    pub fn unservable_hook(place: Place, reason: &str) -> Self {
        Self {
            code: "E0902",
            severity: Severity::Error,
            place,
            message: format!("this webhook cannot be served: {reason}"),
            hint: None,
            fix: None,
        }
    }

    /// Two files of one folder that would be the same scenario. Told of the second.
    pub fn scenario_taken(id: &str, other: &str) -> Self {
        Self::error("E0903", START, format!("the scenario `{id}` is defined by `{other}` already"))
            .hint("a scenario is named after its file, wherever in the folder that is; rename one of them")
    }

    /// A file whose name cannot name a scenario.
    pub fn unusable_name(name: &str) -> Self {
        Self::error("E0904", START, format!("`{name}` cannot name a scenario"))
            .hint("name the file with 1 to 100 letters, digits, `-`, `_` or `.`")
    }

    /// Something wrong in the text of `connections.yaml`.
    pub fn connection_mistake(place: Place, problem: &str, hint: Option<&str>) -> Self {
        Self { hint: hint.map(str::to_owned), ..Self::error("E0905", place.max(START), problem) }
    }

    /// Something that `connections.yaml` refers to and this machine does not have.
    pub fn connection_missing(place: Place, problem: &str, hint: Option<&str>) -> Self {
        Self { code: "E0906", severity: Severity::Warning, ..Self::connection_mistake(place, problem, hint) }
    }

    /// Something wrong in the text of `secrets.yaml`.
    pub fn secret_mistake(place: Place, problem: &str, hint: Option<&str>) -> Self {
        Self { hint: hint.map(str::to_owned), ..Self::error("E0907", place.max(START), problem) }
    }

    /// Something that `secrets.yaml` refers to and this machine does not have.
    pub fn secret_missing(place: Place, problem: &str, hint: Option<&str>) -> Self {
        Self { code: "E0908", severity: Severity::Warning, ..Self::secret_mistake(place, problem, hint) }
    }

    /// Something wrong in the file of an app.
    pub fn app_mistake(place: Place, problem: &str, hint: Option<&str>) -> Self {
        Self { hint: hint.map(str::to_owned), ..Self::error("E0909", place.max(START), problem) }
    }

    /// Whether it depends on other scenarios or on where the scenario is served, not on its text alone.
    pub fn is_about_the_folder(&self) -> bool {
        self.code.starts_with("E09")
    }
}
