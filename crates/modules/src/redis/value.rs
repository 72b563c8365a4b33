//! Values as Redis keeps them, which are bytes, and as steps have them.

use super::session::Reply;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use run::error::StepError;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

/// What to make of a text that was kept. The words have no descriptions of their own, so that the schema lists them as
/// one choice.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum As {
    #[default]
    Text,
    Json,
}

/// One text or several.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum Texts {
    One(String),
    Many(Vec<String>),
}

impl Texts {
    pub(super) fn list(&self) -> &[String] {
        match self {
            Self::One(text) => std::slice::from_ref(text),
            Self::Many(texts) => texts,
        }
    }
}

/// A value as it is kept: a text as it is, anything else as JSON.
pub(super) fn kept(value: &Value) -> Vec<u8> {
    match value {
        Value::String(text) => text.clone().into_bytes(),
        other => other.to_string().into_bytes(),
    }
}

/// What was kept, as a value. What is no text is `{ base64: … }`.
pub(super) fn read(bytes: &[u8], form: As) -> Result<Value, StepError> {
    match (form, std::str::from_utf8(bytes)) {
        (As::Text, Ok(text)) => Ok(text.into()),
        (As::Text, Err(_)) => Ok(json!({ "base64": STANDARD.encode(bytes) })),
        (As::Json, _) => serde_json::from_slice(bytes).map_err(|error| {
            StepError::permanent("invalid_json", format!("what is kept there is no JSON: {error}"))
                .hint("leave out `as` to have it as a text")
        }),
    }
}

/// Each item of a list that was kept.
pub(super) fn items(replies: Vec<Reply>, form: As) -> Result<Vec<Value>, StepError> {
    let read = |reply| match reply {
        Reply::Bytes(bytes) => read(&bytes, form),
        Reply::Integer(number) => Ok(number.into()),
        _ => Ok(Value::Null),
    };
    replies.into_iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_as_they_were() {
        for value in [json!("a"), json!("")] {
            assert_eq!(read(&kept(&value), As::Text).unwrap(), value);
        }
        for value in [json!({"a": [1, null]}), json!(5), json!(null), json!(true)] {
            assert_eq!(read(&kept(&value), As::Json).unwrap(), value);
        }
        assert_eq!(read(b"\xff", As::Text).unwrap(), json!({ "base64": "/w==" }));
        assert_eq!(read(b"{", As::Json).unwrap_err().code, "invalid_json");
    }
}
