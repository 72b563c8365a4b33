//! Modules that a mapping of parameters says: ours on the left, paths of theirs on the right.

use crate::counterparts::Counterpart;
use crate::draft::{Data, Step};
use crate::make::bundles::Output;
use crate::make::file::Module;
use crate::make::flow::bundles_of;
use crate::make::translator::{Done, Many, Translator, as_it_is};
use crate::make::typed::{Type, Typed};
use crate::make::values::fitted;
use crate::ours::Expr;
use crate::report::State;
use scenario::catalog::ModuleSpec;
use serde_json::Value;

impl Translator<'_> {
    /// The step of a module that has a counterpart.
    pub(super) fn counterpart(&mut self, module: &Module<'_>, counterpart: &Counterpart, spec: &ModuleSpec) -> Done {
        let mut with = Vec::new();
        let connection = self.connection(module, &spec.connections).filter(|_| spec.needs_connection);
        with.extend(connection.clone().map(|name| ("connection".to_owned(), Data::text(name))));
        for (ours, paths) in counterpart.parameters() {
            let Some(value) = paths.iter().find_map(|path| module.given(path)) else { continue };
            let data = self.parameter(spec, ours, value);
            let usual = &spec.parameters["properties"][ours]["default"];
            if !data.is_empty() && (usual.is_null() || data != Data::of(usual)) {
                with.push((ours.to_owned(), data));
            }
        }
        self.complete(module, spec, &mut with);
        let (step, id) = self.call(module, Step::call(spec.name.as_str(), Data::Map(with)), &noun(&spec.name));
        let state = if connection.is_some() { State::NeedsConnection } else { State::Runs };
        self.note(module, Some(&id), state, None);
        self.given_by(module, spec, step, id)
    }

    /// Looks for what must be given and is not yet: under our name, as Make spells names, and where files stand.
    fn complete(&mut self, module: &Module<'_>, spec: &ModuleSpec, with: &mut Vec<(String, Data)>) {
        let required = spec.parameters["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let required: Vec<&str> = required.filter(|name| with.iter().all(|(known, _)| known != name)).collect();
        for name in required {
            let camel = camel_case(name);
            let is_file = ["file", "photo", "video", "document", "audio", "image", "content"].contains(&name);
            let paths = [name, &camel, "data", "properties.title"];
            let fits = |path: &&str| match *path {
                "data" => is_file,
                "properties.title" => name == "title",
                _ => true,
            };
            if let Some(value) = paths.iter().filter(|path| fits(path)).find_map(|path| module.given(path)) {
                let data = self.parameter(spec, name, value);
                with.push((name.to_owned(), data));
            }
        }
    }

    /// A value as a parameter of ours takes it.
    fn parameter(&mut self, spec: &ModuleSpec, name: &str, value: &Value) -> Data {
        let schema = &spec.parameters["properties"][name];
        let data = match value {
            // A path of folders ends with the id.
            Value::String(path) if spec.name.starts_with("google_") && is_id_path(path) => {
                Data::text(path.trim_end_matches('/').rsplit('/').next().unwrap_or(path))
            }
            other => self.values.data(other),
        };
        let data = match name {
            "messages" | "contents" => messages(data),
            _ => data,
        };
        let wanted = wanted(schema);
        let data = if wanted == "object" { pairs(data) } else { data };
        fitted(chosen(data, schema), wanted)
    }

    /// How the output of one of our modules is read: a list is several bundles.
    fn given_by(&mut self, module: &Module<'_>, spec: &ModuleSpec, mut step: Step, id: String) -> Done {
        let name = Expr::name(id.as_str());
        let is_list = spec.sample.is_array();
        if !is_list {
            return Done::one(step, known_fields(module, spec, as_it_is(module, name)));
        }
        step.id = Some(id);
        let limit =
            ["limit", "maxRecords", "maxResults"].iter().find_map(|key| super::super::file::plain(module.given(key)?));
        if limit.as_deref() == Some("1") {
            let first = name.clone().method("first", []);
            let output = known_fields(module, spec, as_it_is(module, first.clone()))
                .with("__IMTLENGTH__", Typed::sure(name.method("len", []), Type::Number))
                .with("__IMTINDEX__", Typed::sure(Expr::Int(1), Type::Number));
            let many = Many { over: first, item: String::new(), output: output.clone(), is_single: true };
            return Done { steps: vec![step], output, many: Some(many) };
        }
        let item = self.ids.give("", &singular(&noun(&spec.name)));
        let mut many = bundles_of(name.clone(), item.clone());
        many.output = known_fields(module, spec, as_it_is(module, Expr::name(item)));
        Done { steps: vec![step], output: Output::of(name), many: Some(many) }
    }
}

/// Whether a text is a path of ids, as a form that shows folders keeps it.
fn is_id_path(text: &str) -> bool {
    text.starts_with('/') && text.len() > 10 && !text.contains([' ', '{', ':', '.'])
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |all, word| {
        let mut letters = word.chars();
        let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
        all + first.as_str() + letters.as_str()
    })
}

/// A list of names and values as a map.
fn pairs(data: Data) -> Data {
    let Data::List(items) = data else { return data };
    let pair = |item: &Data| {
        let name = ["key", "name", "property"].iter().find_map(|key| item.get(key)?.as_literal()).map(str::to_owned)?;
        Some((name, item.get("value").cloned()?))
    };
    match items.iter().map(pair).collect::<Option<Vec<_>>>() {
        Some(pairs) => Data::Map(pairs),
        None => Data::List(items),
    }
}

/// One of the values that a schema lists, whichever way it is capitalised.
fn chosen(data: Data, schema: &Value) -> Data {
    let (Some(text), Some(choices)) = (data.as_literal(), schema["enum"].as_array()) else { return data };
    let mut choices = choices.iter().filter_map(Value::as_str);
    choices.find(|choice| choice.eq_ignore_ascii_case(text)).map_or(data.clone(), Data::text)
}

/// What a schema wants, where it is one thing.
fn wanted(schema: &Value) -> &str {
    match &schema["type"] {
        Value::String(kind) => kind,
        Value::Array(kinds) => match kinds.iter().find(|kind| *kind != "null").and_then(Value::as_str) {
            Some(kind) if kinds.iter().filter(|kind| *kind != "null").count() == 1 => kind,
            _ => "any",
        },
        _ => "any",
    }
}

/// Messages of a conversation: role and content alone; the parts of a content are one text.
fn messages(data: Data) -> Data {
    let Data::List(items) = data else { return data };
    let one = |item: Data| {
        let role = item.get("role").cloned();
        let content = item.get("content").cloned().or_else(|| item.get("parts").map(parts));
        match content {
            Some(content) => Data::Map(
                role.map(|role| ("role".to_owned(), role))
                    .into_iter()
                    .chain([("content".to_owned(), content)])
                    .collect(),
            ),
            None => item,
        }
    };
    Data::List(items.into_iter().map(one).collect())
}

fn parts(parts: &Data) -> Data {
    match parts {
        Data::List(items) => match items.as_slice() {
            [one] => one.get("text").cloned().unwrap_or(Data::Null),
            _ => parts.clone(),
        },
        other => other.clone(),
    }
}

/// Fields that Make names otherwise than the far side does.
fn known_fields(module: &Module<'_>, spec: &ModuleSpec, output: Output) -> Output {
    let has = |key: &str| spec.sample.get(key).is_some();
    let text = ["text", "content", "answer", "output_text"].into_iter().find(|key| has(key));
    match module.app() {
        "openai-gpt-3" | "gemini-ai" | "anthropic-claude" | "perplexity-ai" | "groq" | "mistral-ai" | "deepseek-ai" => {
            let whole = output.whole.expr.clone();
            match text {
                Some(text) => ["result", "answer", "textResponse", "response", "output_text"]
                    .into_iter()
                    .filter(|theirs| !has(theirs))
                    .fold(output, |output, theirs| {
                        output.with(theirs, Typed::maybe(whole.clone().maybe(text), Type::Text))
                    }),
                None => output,
            }
        }
        _ => output,
    }
}

/// What an action is about: `create_record` makes a record.
pub(super) fn noun(module: &str) -> String {
    let action = module.rsplit('.').next().unwrap_or(module);
    match action.split_once('_') {
        Some((_, rest)) if !rest.is_empty() => rest.to_owned(),
        _ => action.to_owned(),
    }
}

/// One of several.
pub(super) fn singular(plural: &str) -> String {
    if let Some(stem) = plural.strip_suffix("ies") {
        return format!("{stem}y");
    }
    match plural.strip_suffix('s') {
        Some(stem) if stem.len() > 2 && !stem.ends_with('s') => stem.to_owned(),
        _ => "entry".to_owned(),
    }
}
