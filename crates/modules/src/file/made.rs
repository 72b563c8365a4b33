//! Files that steps make, and files as parameters of steps that look into them.

use super::{FileParameter, failed};
use crate::spec::invalid;
use run::error::StepError;
use run::files::{FileValue, Files};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::borrow::Cow;

/// A file with this content, as a step's output tells it.
pub(crate) fn made(files: &Files, filename: &str, content_type: &str, bytes: &[u8]) -> Result<FileValue, StepError> {
    files.keep(filename, content_type, bytes).map_err(|error| failed(&error))
}

/// The same as an output.
pub(crate) fn told(file: &FileValue) -> Result<Value, StepError> {
    serde_json::to_value(file).map_err(|error| invalid(error.to_string()))
}

/// A file that a step looks into. Its parts are no parameters of their own: it is passed on as it came.
#[derive(Clone, Debug)]
pub(crate) struct Whole(pub(crate) FileParameter);

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        FileParameter::deserialize(deserializer).map(Self)
    }
}

impl JsonSchema for Whole {
    fn schema_name() -> Cow<'static, str> {
        "File".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object" })
    }
}

/// The file's name with another ending.
pub(crate) fn renamed(filename: &str, ending: &str) -> String {
    let stem = filename.rsplit_once('.').map_or(filename, |(stem, _)| stem);
    let stem = if stem.is_empty() { "file" } else { stem };
    format!("{stem}.{ending}")
}
