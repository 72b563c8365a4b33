//! Steps that another version has no place for, as the API tells of them.

use crate::error::Problem;
use actix_web::http::StatusCode;
use run::replay::{Misfit, Why};
use serde::Serialize;
use utoipa::ToSchema;

/// The steps of a run that do not fit a version.
#[derive(Serialize, ToSchema)]
#[serde(transparent)]
pub(super) struct Misfits(Vec<One>);

/// A step that does not fit.
#[derive(Serialize, ToSchema)]
#[schema(as = Misfit)]
struct One {
    /// Its id, else its name or module.
    step: String,
    /// `missing`, `other_module`, `other_place`, `behind`, `nameless`, `other_branches` or `other_turns`.
    why: &'static str,
    /// The same for people.
    message: String,
}

impl Misfits {
    /// Whether all fit.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The refusal because of them.
    pub(super) fn problem(&self) -> Problem {
        let told: Vec<&str> = self.0.iter().map(|one| one.message.as_str()).collect();
        Problem::new(StatusCode::CONFLICT, "unfit", told.join("; "))
    }
}

impl From<Vec<Misfit>> for Misfits {
    fn from(misfits: Vec<Misfit>) -> Self {
        let one = |misfit: Misfit| {
            let why = match misfit.why {
                Why::Missing => "missing",
                Why::OtherModule { .. } => "other_module",
                Why::OtherPlace => "other_place",
                Why::Behind(_) => "behind",
                Why::Nameless => "nameless",
                Why::OtherBranches => "other_branches",
                Why::OtherTurns => "other_turns",
            };
            One { why, message: misfit.to_string(), step: misfit.step }
        };
        Self(misfits.into_iter().map(one).collect())
    }
}
