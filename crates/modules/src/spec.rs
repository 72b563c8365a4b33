//! From a struct of parameters to a module's description, and from a call's parameters back to the struct.

use run::call::Call;
use run::error::StepError;
use scenario::catalog::{Effect, ModuleSpec};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::de::{Deserialize, DeserializeOwned, Deserializer};
use serde_json::Value;
use std::sync::Arc;

/// What the struct of parameters cannot tell about its module.
#[derive(Default)]
pub(crate) struct About {
    pub(crate) name: &'static str,
    pub(crate) example: Value,
    pub(crate) sample: Value,
    pub(crate) connections: &'static [&'static str],
    pub(crate) needs_connection: bool,
    pub(crate) url_parameter: Option<&'static str>,
    /// In seconds.
    pub(crate) retry_pauses: &'static [u64],
}

/// The description of the module with these parameters: summary and description are the struct's doc comment.
/// Every module made so reaches outside.
pub(crate) fn describe<P: JsonSchema>(about: About) -> Arc<ModuleSpec> {
    Arc::new(described::<P>(about, Effect::Outside))
}

/// The same, of a module that computes from its parameters alone.
pub(crate) fn describe_pure<P: JsonSchema>(about: About) -> Arc<ModuleSpec> {
    Arc::new(described::<P>(about, Effect::Pure))
}

fn described<P: JsonSchema>(about: About, effect: Effect) -> ModuleSpec {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    });
    let mut parameters = settings.into_generator().into_root_schema_for::<P>().to_value();
    let description = take_text(&mut parameters, "description");
    take_text(&mut parameters, "title");
    ModuleSpec {
        name: about.name.to_owned(),
        summary: first_sentence(&description),
        description,
        parameters,
        example: about.example,
        sample: about.sample,
        connections: about.connections.iter().map(ToString::to_string).collect(),
        needs_connection: about.needs_connection,
        effect,
        url_parameter: about.url_parameter.map(str::to_owned),
        retry_pauses: about.retry_pauses.to_vec(),
    }
}

/// The parameters of a call, typed.
pub(crate) fn parameters<P: DeserializeOwned>(call: &Call<'_>) -> Result<P, StepError> {
    P::deserialize(call.parameters).map_err(|error| invalid(error.to_string()))
}

/// Parameters that cannot be meant.
pub(crate) fn invalid(message: impl Into<String>) -> StepError {
    StepError::permanent("invalid_parameters", message)
}

/// For a parameter of any value: tells one that is null from one that is left out.
pub(crate) fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

fn take_text(schema: &mut Value, key: &str) -> String {
    match schema.as_object_mut().and_then(|object| object.shift_remove(key)) {
        Some(Value::String(text)) => text,
        _ => String::new(),
    }
}

/// Its first sentence.
pub(crate) fn first_sentence(description: &str) -> String {
    let paragraph = description.split("\n\n").next().unwrap_or_default().replace('\n', " ");
    match paragraph.find(". ") {
        Some(end) => paragraph[..=end].to_owned(),
        None => paragraph,
    }
}
