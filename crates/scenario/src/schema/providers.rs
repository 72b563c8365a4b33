//! What `verify` takes: every preset and scheme of a catalogue with its settings, in its short and its long form.

use crate::catalog::{Catalog, ProviderSpec, SettingKind, SettingSpec};
use serde_json::{Map, Value, json};

/// Where the language has the map of presets.
const PLACE: &str = "/$defs/verify/oneOf/1";

/// Puts the providers of the catalogue into the schema of the language, where they are known.
pub(super) fn add(schema: &mut Value, catalog: &Catalog) {
    let Some(providers) = catalog.providers() else { return };
    let properties: Map<String, Value> = providers.values().map(|spec| (spec.name.clone(), provider(spec))).collect();
    if let Some(place) = schema.pointer_mut(PLACE).and_then(Value::as_object_mut) {
        place.insert("additionalProperties".into(), false.into());
        place.insert("properties".into(), properties.into());
    }
}

fn provider(spec: &ProviderSpec) -> Value {
    let description = format!("{}: {}\n\n{}", spec.title, spec.summary, spec.docs);
    let forms: Vec<Value> = spec.short_form().map(setting).into_iter().chain([long_form(spec)]).collect();
    json!({ "description": description, "anyOf": forms })
}

fn long_form(spec: &ProviderSpec) -> Value {
    let properties: Map<String, Value> =
        spec.settings.iter().map(|setting| (setting.name.clone(), self::setting(setting))).collect();
    let required: Vec<&str> =
        spec.settings.iter().filter(|setting| setting.required).map(|setting| setting.name.as_str()).collect();
    // Nothing at all counts as an empty map.
    let needs_nothing = required.is_empty() && spec.one_of.is_empty();
    let kind = if needs_nothing { json!(["object", "null"]) } else { json!("object") };
    let mut form =
        json!({ "type": kind, "additionalProperties": false, "required": required, "properties": properties });
    if !spec.one_of.is_empty() {
        form["oneOf"] = spec.one_of.iter().map(|name| json!({ "required": [name] })).collect();
    }
    form
}

fn setting(spec: &SettingSpec) -> Value {
    let mut schema = match &spec.kind {
        SettingKind::Secrets => json!({ "$ref": "#/$defs/credentials" }),
        SettingKind::Text => json!({ "type": "string" }),
        SettingKind::Choice(words) => json!({ "enum": words }),
        SettingKind::Duration => json!({ "$ref": "#/$defs/duration" }),
        SettingKind::Flag => json!({ "type": "boolean" }),
    };
    schema["description"] = spec.summary.as_str().into();
    schema
}
