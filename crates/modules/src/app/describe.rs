//! What an action is, as data: from this come its schema, form, reference page and checks.

use super::shape::{Action, App, Kind, Parameter, Words};
use crate::translations::LANGUAGES;
use scenario::catalog::{AppFace, Effect, Face, ModuleSpec, Term, Translated, Words as Said};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The action as a module.
pub(super) fn spec(app: &App, action: &Action) -> ModuleSpec {
    let name = format!("{}.{}", app.name, action.name);
    let about = action.about.en.trim();
    let mut description = about.to_owned();
    if !action.docs.is_empty() {
        description += &format!("\n\n<{}>", action.docs);
    }
    ModuleSpec {
        name,
        summary: crate::spec::first_sentence(about),
        description,
        parameters: schema(&action.parameters),
        example: example(app, action),
        sample: action.sample.clone(),
        connections: app.connection.kind().map(str::to_owned).into_iter().collect(),
        needs_connection: app.connection.kind().is_some(),
        effect: Effect::Outside,
        url_parameter: None,
        retry_pauses: Vec::new(),
    }
}

/// How the action is shown.
pub(super) fn face(app: &App, action: &Action) -> Face {
    let mut aliases = aliases(&action.make, &action.n8n);
    aliases.push(app.title.en.clone());
    let mut i18n = Translated::new();
    i18n.insert("en".to_owned(), said(&action.title.en, String::new(), action, None));
    for (language, title) in &action.title.others {
        let summary = crate::spec::first_sentence(action.about.of(language));
        i18n.insert(language.clone(), said(title, summary, action, Some(language)));
    }
    Face { app: app_face(app), aliases, i18n }
}

fn said(title: &str, summary: String, action: &Action, language: Option<&str>) -> Said {
    let term = |parameter: &Parameter| match language {
        None => Term { title: parameter.title.en.clone(), description: String::new() },
        Some(language) => Term {
            title: parameter.title.of(language).to_owned(),
            description: parameter.about.of(language).to_owned(),
        },
    };
    let mut parameters = BTreeMap::new();
    let mut left: Vec<(String, &Parameter)> = action.parameters.iter().map(|it| (it.name.clone(), it)).collect();
    while let Some((path, it)) = left.pop() {
        left.extend(it.fields.iter().map(|field| (format!("{path}.{}", field.name), field)));
        parameters.insert(path, term(it));
    }
    Said { title: title.to_owned(), summary, parameters }
}

/// How the app is shown.
pub(super) fn app_face(app: &App) -> AppFace {
    AppFace {
        name: app.name.clone(),
        title: app.title.en.clone(),
        color: app.color.clone(),
        icon: app.icon.clone(),
        i18n: LANGUAGES.map(|language| (language.to_owned(), app.title.of(language).to_owned())).into(),
    }
}

/// What the modules are called elsewhere that this stands for.
fn aliases(make: &[Value], n8n: &[Value]) -> Vec<String> {
    let mut names = Vec::new();
    for value in make {
        names.extend(value.as_str().or_else(|| value["module"].as_str()).map(str::to_owned));
    }
    for value in n8n {
        if let Some(node) = value["node"].as_str() {
            let package = if node.contains('.') { "" } else { "n8n-nodes-base." };
            names.push(format!("{package}{node}"));
        }
    }
    names.dedup();
    names
}

fn schema(parameters: &[Parameter]) -> Value {
    let properties: Map<String, Value> = parameters.iter().map(|it| (it.name.clone(), property(it))).collect();
    let required: Vec<&str> = parameters.iter().filter(|it| it.required).map(|it| it.name.as_str()).collect();
    let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

fn property(parameter: &Parameter) -> Value {
    let mut schema = kind(parameter.kind);
    if parameter.kind == Kind::List {
        schema.insert("items".to_owned(), items(parameter));
    }
    if parameter.name == "limit" && parameter.kind == Kind::Integer {
        schema.insert("minimum".to_owned(), 1.into());
    }
    if !parameter.choices.is_empty() {
        schema.insert("enum".to_owned(), parameter.choices.clone().into());
    }
    let told: [(&str, Value); 2] = [("title", words(&parameter.title)), ("description", words(&parameter.about))];
    schema.extend(told.into_iter().filter(|(_, value)| !value.is_null()).map(|(key, value)| (key.to_owned(), value)));
    if let Some(default) = &parameter.default {
        schema.insert("default".to_owned(), default.clone());
    }
    if let Some(example) = &parameter.example {
        schema.insert("examples".to_owned(), json!([example]));
    }
    if parameter.secret {
        schema.insert("x-secret".to_owned(), true.into());
    }
    Value::Object(schema)
}

fn items(parameter: &Parameter) -> Value {
    if parameter.fields.is_empty() {
        return parameter.items.map_or(Value::Bool(true), |of| Value::Object(kind(of)));
    }
    let mut items = schema(&parameter.fields);
    // What is not described may be known to the far side all the same.
    items.as_object_mut().and_then(|items| items.shift_remove("additionalProperties"));
    items
}

fn words(words: &Words) -> Value {
    if words.is_empty() { Value::Null } else { words.en.clone().into() }
}

fn kind(kind: Kind) -> Map<String, Value> {
    let of = |text: &str| Map::from_iter([("type".to_owned(), Value::from(text))]);
    match kind {
        Kind::Text | Kind::Path => of("string"),
        Kind::Time => {
            let mut schema = of("string");
            schema.insert("format".to_owned(), "date-time".into());
            schema
        }
        Kind::Url => {
            let mut schema = of("string");
            schema.insert("format".to_owned(), "uri".into());
            schema
        }
        Kind::Integer => of("integer"),
        Kind::Number => of("number"),
        Kind::Flag => of("boolean"),
        Kind::List => of("array"),
        Kind::Map | Kind::File => of("object"),
        Kind::Any => Map::new(),
    }
}

/// What must be given, by example; where nothing must, the first that has an example.
fn example(app: &App, action: &Action) -> Value {
    let connection =
        app.connection.kind().map(|kind| ("connection".to_owned(), format!("my-{kind}").replace('_', "-").into()));
    let mut chosen: Vec<&Parameter> = action.parameters.iter().filter(|it| it.required).collect();
    if chosen.is_empty() {
        chosen.extend(action.parameters.iter().find(|it| it.example.is_some()));
    }
    let example = chosen.into_iter().map(|it| (it.name.clone(), value(it)));
    Value::Object(connection.into_iter().chain(example).collect())
}

/// A value that the parameter takes.
pub(super) fn value(parameter: &Parameter) -> Value {
    if let Some(example) = &parameter.example {
        return example.clone();
    }
    if let Some(choice) = parameter.choices.first() {
        return choice.clone();
    }
    match parameter.kind {
        Kind::Text | Kind::Path => "…".into(),
        Kind::Time => "2026-01-31T09:00:00Z".into(),
        Kind::Url => "https://example.com".into(),
        Kind::Integer | Kind::Number => 1.into(),
        Kind::Flag => true.into(),
        Kind::List => json!([]),
        Kind::Map => json!({}),
        Kind::File => json!({ "filename": "list.csv", "text": "number,total\nA1,6\n" }),
        Kind::Any => Value::Null,
    }
}

/// The parameters that a call gives, by their types, with defaults where it gives none.
pub(super) fn given(parameters: &[Parameter], call: &Value) -> Result<Map<String, Value>, run::error::StepError> {
    let nothing = Map::new();
    let call = call.as_object().unwrap_or(&nothing);
    let known: BTreeMap<&str, &Parameter> = parameters.iter().map(|it| (it.name.as_str(), it)).collect();
    if let Some(unknown) = call.keys().find(|name| !known.contains_key(name.as_str())) {
        return Err(crate::spec::invalid(format!("there is no parameter `{unknown}`")));
    }
    let mut given = Map::new();
    for parameter in parameters {
        match call.get(&parameter.name) {
            Some(value) => drop(given.insert(parameter.name.clone(), typed(parameter, value)?)),
            None if parameter.required => {
                return Err(crate::spec::invalid(format!("`{}` must be given", parameter.name)));
            }
            None => given.extend(parameter.default.clone().map(|value| (parameter.name.clone(), value))),
        }
    }
    Ok(given)
}

/// The value as the parameter's type wants it: what data hold as text may be meant as a number, and the other way round.
fn typed(parameter: &Parameter, value: &Value) -> Result<Value, run::error::StepError> {
    let converted = match (parameter.kind, value) {
        (_, Value::Null) => Some(Value::Null),
        (Kind::Text | Kind::Path | Kind::Url | Kind::Time, Value::Number(number)) => Some(number.to_string().into()),
        (Kind::Text | Kind::Path, Value::Bool(flag)) => Some(flag.to_string().into()),
        (Kind::Text | Kind::Path | Kind::Url | Kind::Time, Value::String(_)) => Some(value.clone()),
        (Kind::Integer, Value::Number(number)) if number.is_f64() => {
            number.as_f64().filter(|number| number.fract() == 0.0 && number.abs() < 9e15).map(|it| (it as i64).into())
        }
        (Kind::Integer, Value::String(text)) => text.trim().parse::<i64>().ok().map(Value::from),
        (Kind::Number, Value::String(text)) => {
            serde_json::from_str::<serde_json::Number>(text.trim()).ok().map(Value::Number)
        }
        (Kind::Flag, Value::String(text)) => match text.trim() {
            "true" => Some(true.into()),
            "false" => Some(false.into()),
            _ => None,
        },
        (Kind::Integer | Kind::Number, Value::Number(_)) | (Kind::Flag, Value::Bool(_)) => Some(value.clone()),
        (Kind::List, Value::Array(_)) | (Kind::Map | Kind::File, Value::Object(_)) | (Kind::Any, _) => {
            Some(value.clone())
        }
        _ => None,
    };
    let wanted = match parameter.kind {
        Kind::Integer => "a whole number",
        Kind::Number => "a number",
        Kind::Flag => "true or false",
        Kind::List => "a list",
        Kind::Map => "a map",
        Kind::File => "a file",
        _ => "a text",
    };
    let converted = converted.ok_or_else(|| crate::spec::invalid(format!("`{}` must be {wanted}", parameter.name)))?;
    if !parameter.choices.is_empty() && !converted.is_null() && !parameter.choices.contains(&converted) {
        let choices: Vec<String> = parameter.choices.iter().map(Value::to_string).collect();
        let message = format!("`{}` cannot be {converted}", parameter.name);
        return Err(crate::spec::invalid(message).hint(format!("one of {}", choices.join(", "))));
    }
    Ok(converted)
}
