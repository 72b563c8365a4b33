//! The file of the app, for people to read and go on with.

use super::login::Login;
use super::operation::{Carries, Draft, Given, Place};
use super::words::{line, sentences};
use super::{Wanted, schema, words, yaml};
use crate::app::shape::Kind;
use serde_json::{Map, Value, json};

/// Paths that ask who one is.
const WHO: [&str; 7] = ["/me", "/users/me", "/user", "/account", "/whoami", "/session", "/profile"];

/// Where refusals say why, from the surest on.
const MESSAGES: [&str; 7] =
    ["/error/message", "/message", "/error_description", "/detail", "/error", "/title", "/errors/0/message"];

/// The text of the app's file.
pub(super) fn app(info: &Value, name: &str, wanted: &Wanted, login: &Login, drafts: &[Draft]) -> String {
    let told = line(info["title"].as_str().unwrap_or_default(), 60);
    let title = if told.is_empty() { words::title(name) } else { told };
    let about = ["summary", "description"].iter().find_map(|key| info[*key].as_str());
    let about = about.map(|text| sentences(text, 200)).filter(|text| !text.is_empty());
    let mut app = Map::new();
    app.insert("title".to_owned(), title.clone().into());
    app.insert("about".to_owned(), about.unwrap_or_else(|| format!("The API of {title}.")).into());
    app.insert("icon".to_owned(), "globe".into());
    app.insert("base".to_owned(), login.base.clone().into());
    app.extend(login.connection(test(drafts)).map(|connection| ("connection".to_owned(), connection)));
    app.extend(message(drafts).map(|message| ("errors".to_owned(), json!({ "message": message }))));
    let actions = drafts.iter().map(|draft| (draft.name.clone(), action(draft, login)));
    app.insert("actions".to_owned(), Value::Object(actions.collect()));
    let version = line(info["version"].as_str().unwrap_or_default(), 40);
    let source = line(&wanted.source, 200);
    format!("# {}\n{}", line(&format!("{title} {version}: {source}"), 300), yaml::document(&app))
}

fn action(draft: &Draft, login: &Login) -> Value {
    let mut action = Map::new();
    action.insert("title".to_owned(), draft.title.clone().into());
    action.insert("about".to_owned(), draft.about.clone().into());
    action.extend(draft.docs.clone().map(|docs| ("docs".to_owned(), docs.into())));
    action.insert(draft.method.to_owned(), draft.path.clone().into());
    match &draft.carries {
        Carries::Nothing | Carries::Json => {}
        Carries::Form => drop(action.insert("form".to_owned(), true.into())),
        Carries::Multipart => drop(action.insert("multipart".to_owned(), true.into())),
        Carries::Whole(None) => drop(action.insert("json".to_owned(), "{{ body }}".into())),
        Carries::Whole(Some(kind)) => {
            action.insert("body".to_owned(), "{{ body }}".into());
            if !kind.is_empty() {
                action.insert("content_type".to_owned(), kind.clone().into());
            }
        }
    }
    if draft.is_file {
        action.insert("response".to_owned(), "file".into());
    }
    if !draft.given.is_empty() {
        let given = draft.given.iter().map(|it| (key(it), parameter(it, draft, login)));
        action.insert("parameters".to_owned(), Value::Object(given.collect()));
    }
    let sample = match &draft.pages {
        Some(pages) => {
            action.insert("pages".to_owned(), pages.written());
            pages.of_answer(&draft.answer).0
        }
        None => draft.answer.clone(),
    };
    if !sample.is_null() {
        action.insert("sample".to_owned(), sample);
    }
    action.into()
}

fn key(it: &Given) -> String {
    if it.required { format!("{}!", it.name) } else { it.name.clone() }
}

fn parameter(it: &Given, draft: &Draft, login: &Login) -> Value {
    let mut written = Map::new();
    written.extend(schema::word(it.sort.kind).map(|kind| ("type".to_owned(), kind.into())));
    written.extend(it.sort.items.and_then(schema::word).map(|kind| ("items".to_owned(), kind.into())));
    if !it.sort.choices.is_empty() {
        written.insert("choices".to_owned(), it.sort.choices.clone().into());
    }
    written.extend(place(it, draft, login).map(|place| ("in".to_owned(), place.into())));
    if it.wire != it.name && !matches!(it.place, Place::Path | Place::Body) {
        written.insert("as".to_owned(), it.wire.clone().into());
    }
    if it.sort.secret {
        written.insert("secret".to_owned(), true.into());
    }
    written.insert("title".to_owned(), words::title(&it.name).into());
    if !it.about.is_empty() {
        written.insert("about".to_owned(), it.about.clone().into());
    }
    let default = it.sort.default.clone().filter(|_| !it.required);
    written.extend(default.map(|default| ("default".to_owned(), default)));
    written.extend(it.sort.example.clone().map(|example| ("example".to_owned(), example)));
    written.into()
}

/// Where the parameter goes, if it would not go there by itself.
fn place(it: &Given, draft: &Draft, login: &Login) -> Option<&'static str> {
    // A name that the base uses does not go by itself.
    let is_used = login.has_field(&it.name);
    let is_query = match draft.carries {
        Carries::Nothing => matches!(draft.method, "get" | "delete"),
        Carries::Whole(Some(_)) => true,
        _ => false,
    };
    match it.place {
        Place::Path | Place::Body => None,
        Place::Header => Some("header"),
        Place::Query => (!is_query || is_used).then_some("query"),
        Place::Field => match draft.carries {
            Carries::Form => is_used.then_some("form"),
            Carries::Multipart => is_used.then_some("multipart"),
            _ => (is_used || matches!(draft.method, "get" | "delete")).then_some("json"),
        },
    }
}

/// A harmless call that tells whether a connection works, where there is one for sure.
fn test(drafts: &[Draft]) -> Option<Value> {
    let is_plain = |it: &&Draft| {
        it.method == "get" && !it.is_file && it.pages.is_none() && it.given.iter().all(|given| !given.required)
    };
    let asks = |it: &&Draft| WHO.iter().any(|who| it.path.ends_with(who)) && !it.path.contains('{');
    drafts.iter().filter(is_plain).find(asks).map(|draft| json!({ "get": draft.path }))
}

/// The expression that finds why a call was refused.
pub(super) fn message(drafts: &[Draft]) -> Option<String> {
    let refusals: Vec<&Value> = drafts.iter().filter_map(|it| Some(&it.refusal.as_ref()?.1)).collect();
    let says = |pointer: &&&str| refusals.iter().any(|it| it.pointer(pointer).is_some_and(Value::is_string));
    let found = MESSAGES.iter().find(says)?;
    let parts = found.split('/').skip(1).map(|part| match part {
        "0" => "[0]".to_owned(),
        part => format!(".{part}"),
    });
    Some(format!("answer{}", parts.collect::<String>()))
}

/// Whether a value of this type can be told from its text in a query.
pub(super) fn is_simple(kind: Kind) -> bool {
    !matches!(kind, Kind::Map | Kind::Any | Kind::File)
}
