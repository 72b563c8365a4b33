//! Blueprints of Make.

mod expression;
mod functions;
mod iml;
mod typed;

use crate::ImportError;
use crate::counterparts::Counterparts;
use crate::settle::Translated;
use serde_json::Value;

/// What a blueprint says, in our language.
pub(crate) fn translate(_stem: &str, _content: &Value, _known: &Counterparts) -> Result<Translated, ImportError> {
    Err(ImportError::NotYet("Make"))
}
