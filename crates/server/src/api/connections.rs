//! `/api/v1/connections`: the credentials that steps use, without what is secret in them.

pub(super) mod authorize;
pub(super) mod delete;
pub(super) mod list;
pub(super) mod put;
pub(super) mod test;

use crate::error::{Problem, Reason};
use crate::vault::{Fault, Origin, VaultError};
use actix_web::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

/// Who made a connection or a secret.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CredentialSource)]
pub(super) enum Source {
    /// `connections.yaml` or `secrets.yaml`, which the editor does not change.
    File,
    /// Someone in the editor.
    Editor,
}

impl From<Origin> for Source {
    fn from(origin: Origin) -> Self {
        match origin {
            Origin::File => Self::File,
            Origin::Editor => Self::Editor,
        }
    }
}

impl From<VaultError> for Problem {
    fn from(error: VaultError) -> Self {
        let detail = error.to_string();
        match error {
            VaultError::Unknown(_) => Self::not_found(detail),
            VaultError::InFile { .. } => Self::new(StatusCode::CONFLICT, "in_file", detail),
            VaultError::Unfit(_) => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "unfit", detail),
            VaultError::Invalid(faults) => {
                let reason = |Fault { field, message }: Fault| {
                    let path = field.map(|field| format!("/fields/{field}")).unwrap_or_default();
                    Reason { path, message }
                };
                Self::invalid_connection(faults.into_iter().map(reason).collect())
            }
            VaultError::Refused(_) => Self::new(StatusCode::CONFLICT, "not_authorizable", detail),
            VaultError::Store(error) => error.into(),
        }
    }
}
