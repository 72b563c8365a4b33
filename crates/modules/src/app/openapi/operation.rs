//! One operation of a description, and the action that comes of it.

use super::document::Document;
use super::pages::Pages;
use super::schema::{self, Sort, cut, sample};
use super::words::{self, line, readable, sentences, snake_case, unused};
use crate::app::shape::Kind;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The methods that become actions.
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// How many parameters an action has at most; the ones that must be given come first.
const MOST_PARAMETERS: usize = 60;

/// Headers that are not a caller's to choose, and that `HTTP` has its own ways for.
const OWN_HEADERS: [&str; 9] = [
    "accept",
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "cookie",
    "host",
    "transfer-encoding",
    "user-agent",
];

/// What is escaped in a path beside what its expressions give.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b':')
    .remove(b'@')
    .remove(b'/')
    .remove(b'&')
    .remove(b'+');

/// An operation as it is written.
pub(super) struct Operation<'d> {
    pub(super) method: &'static str,
    pub(super) path: &'d str,
    item: &'d Value,
    pub(super) own: &'d Value,
}

/// What an action carries beside its query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Carries {
    Nothing,
    Json,
    Form,
    Multipart,
    /// The parameter `body` as it is: JSON, or of another type.
    Whole(Option<String>),
}

/// Where a parameter goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Path,
    Query,
    Header,
    /// Among the fields of what is carried.
    Field,
    /// As what is carried.
    Body,
}

/// A parameter of the action.
pub(super) struct Given {
    pub(super) name: String,
    pub(super) wire: String,
    pub(super) place: Place,
    pub(super) required: bool,
    pub(super) sort: Sort,
    pub(super) about: String,
}

/// What comes of an operation.
pub(super) struct Draft {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) about: String,
    pub(super) docs: Option<String>,
    pub(super) method: &'static str,
    /// A template.
    pub(super) path: String,
    pub(super) given: Vec<Given>,
    pub(super) carries: Carries,
    pub(super) is_file: bool,
    pub(super) pages: Option<Pages>,
    pub(super) status: u16,
    /// What is answered, by example.
    pub(super) answer: Value,
    /// What a refusal looks like.
    pub(super) refusal: Option<(u16, Value)>,
}

/// All operations, in the order of the description.
pub(super) fn all(document: &Document) -> Vec<Operation<'_>> {
    let mut found = Vec::new();
    for (path, item) in document.root()["paths"].as_object().into_iter().flatten() {
        let item = document.resolve(item);
        for method in METHODS {
            if let Some(own) = item.get(method).filter(|own| own.is_object()) {
                found.push(Operation { method, path, item, own });
            }
        }
    }
    found
}

impl<'d> Operation<'d> {
    pub(super) fn is_deprecated(&self) -> bool {
        self.own["deprecated"] == Value::Bool(true)
    }

    /// Whether one of these names its tag, its path or its id; none of them names all.
    pub(super) fn is_among(&self, only: &[String]) -> bool {
        let tags = self.own["tags"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let tags: Vec<&str> = tags.take(100).collect();
        let id = self.own["operationId"].as_str();
        only.is_empty()
            || only.iter().any(|wanted| match wanted.strip_suffix('*') {
                Some(beginning) if wanted.starts_with('/') => self.path.starts_with(beginning),
                _ => {
                    tags.iter().any(|tag| tag.eq_ignore_ascii_case(wanted)) || self.path == wanted || id == Some(wanted)
                }
            })
    }

    /// What people call it where something is said of it.
    pub(super) fn told(&self) -> String {
        format!("{} {}", self.method.to_uppercase(), line(self.path, 80))
    }

    /// The name that its id, or else its method and path, make.
    pub(super) fn name(&self) -> String {
        let by_id = self.own["operationId"].as_str().and_then(snake_case);
        by_id.unwrap_or_else(|| {
            let path = self.path.replace('{', "by ").replace('}', "");
            snake_case(&format!("{} {path}", self.method)).unwrap_or_else(|| self.method.to_owned())
        })
    }

    /// The action; why there can be none.
    pub(super) fn draft(&self, document: &'d Document, name: String) -> Result<Draft, &'static str> {
        if !self.path.starts_with('/') || self.path.contains(['?', '#', '\\']) {
            return Err("its path is none that an app can call");
        }
        let mut given = self.parameters(document);
        let path = path(self.path, &mut given)?;
        let carries = self.body(document, &mut given)?;
        given.sort_by_key(|it| (!it.required, it.place != Place::Path));
        given.truncate(MOST_PARAMETERS);
        let (status, response) = self.success(document);
        let is_file = is_file(document, response);
        let schema = json_of(document, &response["content"]).map(|content| &content["schema"]);
        let pages = schema.and_then(|schema| Pages::of(document, self.method, response, schema, &mut given));
        let answer = if is_file { Value::Null } else { answer(document, response) };
        let docs =
            self.own["externalDocs"]["url"].as_str().filter(|url| url.starts_with("https://") && url.len() < 300);
        let first = |text: &str| line(text.split(". ").next().unwrap_or_default(), 60);
        let title = self.own["summary"].as_str().map(first).filter(|text| !text.is_empty());
        let title = title.map(|text| text.trim_end_matches('.').to_owned()).filter(|text| !text.is_empty());
        let title = title.unwrap_or_else(|| words::title(&name));
        let told = ["description", "summary"]
            .iter()
            .find_map(|key| Some(sentences(self.own[*key].as_str()?, 300)).filter(|text| !text.is_empty()));
        Ok(Draft {
            about: told.unwrap_or_else(|| format!("{title}.")),
            docs: docs.map(|docs| docs.replace(char::is_whitespace, "%20")),
            refusal: self.refusal(document),
            method: self.method,
            name,
            title,
            path,
            given,
            carries,
            is_file,
            pages,
            status,
            answer,
        })
    }

    fn parameters(&self, document: &'d Document) -> Vec<Given> {
        let lists = [&self.own["parameters"], &self.item["parameters"]];
        let all = lists.into_iter().filter_map(Value::as_array).flatten().map(|it| document.resolve(it));
        let mut given: Vec<Given> = Vec::new();
        for parameter in all.take(1_000) {
            let (Some(wire), Some(place)) = (parameter["name"].as_str(), place_of(parameter)) else { continue };
            if given.iter().any(|it| it.wire == wire && it.place == place) || wire.is_empty() || wire.len() > 200 {
                continue;
            }
            let content = parameter["content"].as_object().and_then(|content| content.values().next());
            let schema = content.map_or(&parameter["schema"], |content| &content["schema"]);
            let mut sort = Sort::of(document, schema);
            if let Some(example) = parameter
                .get("example")
                .and_then(cut)
                .filter(|it| sort.choices.is_empty() && it.is_string() && sort.kind == Kind::Text)
            {
                sort.example = Some(example);
            }
            sort.without_files();
            if place == Place::Header {
                sort.as_header();
            }
            let required = place == Place::Path || parameter["required"] == Value::Bool(true);
            let about = schema::about(document, schema, parameter["description"].as_str());
            add(&mut given, wire, place, required, sort, about);
        }
        given
    }

    /// What it carries; the parameters for that are added.
    fn body(&self, document: &'d Document, given: &mut Vec<Given>) -> Result<Carries, &'static str> {
        let body = document.resolve(&self.own["requestBody"]);
        let Some(content) = body["content"].as_object().filter(|content| !content.is_empty()) else {
            return Ok(Carries::Nothing);
        };
        let is_required = body["required"] == Value::Bool(true);
        let find = |wanted: fn(&str) -> bool| content.iter().find(|(kind, _)| wanted(essence(kind)));
        let (carries, media) = if let Some(json) = json_of(document, &body["content"]) {
            (Carries::Json, json)
        } else if let Some((_, media)) = find(|kind| kind == "application/x-www-form-urlencoded") {
            (Carries::Form, media)
        } else if let Some((_, media)) = find(|kind| kind == "multipart/form-data") {
            (Carries::Multipart, media)
        } else {
            return Ok(raw(content, given));
        };
        let merged = document.merged(&media["schema"]);
        let fields: Vec<_> = merged.properties.iter().filter(|(_, it)| !document.merged(it).is("readOnly")).collect();
        // A name with a dot would be taken for a field within a field.
        let is_flat = !fields.is_empty()
            && fields.iter().all(|(name, _)| !name.contains('.') && !name.is_empty() && name.len() <= 200);
        if is_flat && merged.kind() == Some("object") {
            let example = media.get("example").or_else(|| first_example(document, media)).or_else(|| merged.example());
            for (wire, schema) in fields {
                let mut sort = Sort::of(document, schema);
                if carries != Carries::Multipart {
                    sort.without_files();
                }
                if sort.example.is_none() && sort.kind == Kind::Text && sort.choices.is_empty() {
                    sort.example = example.and_then(|it| cut(it.get(*wire)?)).filter(Value::is_string);
                }
                let about = schema::about(document, schema, None);
                add(given, wire, Place::Field, merged.required.contains(*wire), sort, about);
            }
            return Ok(carries);
        }
        if carries != Carries::Json {
            return Err("what it carries has no fields");
        }
        let mut sort = Sort::of(document, &media["schema"]);
        if sort.kind != Kind::List {
            sort.kind = if sort.kind == Kind::Map { Kind::Map } else { Kind::Any };
        }
        if sort.example.is_none() && sort.choices.is_empty() {
            let example = Some(sample(document, &media["schema"]));
            sort.example = example
                .filter(|it| (sort.kind == Kind::List && it.is_array()) || (sort.kind == Kind::Map && it.is_object()));
        }
        let about = schema::about(document, &media["schema"], body["description"].as_str());
        add(given, "body", Place::Body, is_required, sort, about);
        Ok(Carries::Whole(None))
    }

    /// The status and the response of a success.
    fn success(&self, document: &'d Document) -> (u16, &'d Value) {
        let responses = self.own["responses"].as_object().into_iter().flatten();
        let of = |(status, response): (&String, &'d Value)| Some((status_of(status, "2")?, document.resolve(response)));
        let all: BTreeMap<u16, &'d Value> = responses.filter_map(of).collect();
        all.into_iter()
            .next()
            .or_else(|| Some((200, document.resolve(self.own["responses"].get("default")?))))
            .unwrap_or((200, &Value::Null))
    }

    fn refusal(&self, document: &'d Document) -> Option<(u16, Value)> {
        let responses = self.own["responses"].as_object()?;
        let refused = responses.iter().find_map(|(status, it)| Some((status_of(status, "4")?, it)));
        let (status, response) = refused.or_else(|| Some((400, responses.get("default")?)))?;
        let answer = answer(document, document.resolve(response));
        answer.is_object().then_some((status, answer))
    }
}

/// Adds a parameter, by a name that no other has.
fn add(given: &mut Vec<Given>, wire: &str, place: Place, required: bool, sort: Sort, about: String) {
    let name = snake_case(wire).unwrap_or_else(|| "value".to_owned());
    let taken = |name: &str| name == "connection" || given.iter().any(|it| it.name == name);
    let beside = |name: String| match place {
        Place::Field | Place::Body => format!("body_{name}"),
        Place::Header => format!("header_{name}"),
        Place::Path | Place::Query => format!("{name}_value"),
    };
    let name = if taken(&name) { beside(name) } else { name };
    let name = if matches!(place, Place::Path | Place::Body) { readable(name) } else { name };
    let name = unused(name, taken);
    given.push(Given { name, wire: wire.to_owned(), place, required, sort, about });
}

fn place_of(parameter: &Value) -> Option<Place> {
    let name = parameter["name"].as_str()?.to_ascii_lowercase();
    match parameter["in"].as_str()? {
        "path" => Some(Place::Path),
        "query" => Some(Place::Query),
        "header" if OWN_HEADERS.contains(&&*name) => None,
        "header" => reqwest::header::HeaderName::from_bytes(name.as_bytes()).ok().map(|_| Place::Header),
        _ => None,
    }
}

/// The path as a template; a part of it that nobody describes becomes a parameter.
fn path(written: &str, given: &mut Vec<Given>) -> Result<String, &'static str> {
    let (mut template, mut rest) = (String::new(), written);
    let plain = |text: &str| utf8_percent_encode(&text.replace("%20", " "), PATH).to_string();
    while let Some(at) = rest.find('{') {
        let Some(end) = rest[at..].find('}') else { return Err("a `{` of its path is not closed") };
        let wire = &rest[at + 1..at + end];
        if wire.is_empty() || wire.contains('{') {
            return Err("its path has a part without a name");
        }
        if !given.iter().any(|it| it.wire == wire && it.place == Place::Path) {
            add(given, wire, Place::Path, true, Sort::plain(Kind::Text), String::new());
        }
        let name = given.iter().find(|it| it.wire == wire && it.place == Place::Path).map(|it| it.name.clone());
        template += &format!("{}{{{{ {} }}}}", plain(&rest[..at]), name.unwrap_or_default());
        rest = &rest[at + end + 1..];
    }
    template += &plain(rest);
    // One that the path does not name would go nowhere.
    given.retain(|it| it.place != Place::Path || written.contains(&format!("{{{}}}", it.wire)));
    given.iter_mut().filter(|it| it.place == Place::Path).for_each(plain_segment);
    Ok(template)
}

/// What stands in a path is a text or a number, and leads nowhere else.
fn plain_segment(it: &mut Given) {
    if !matches!(it.sort.kind, Kind::Integer | Kind::Number | Kind::Text) {
        it.sort.kind = Kind::Text;
        it.sort.choices.retain(Value::is_string);
    }
    it.sort.items = None;
    it.sort.default = None;
    let is_segment = |value: &Value| {
        value.as_str().is_none_or(|text| !text.is_empty() && !text.contains(['/', '\\']) && !matches!(text, "." | ".."))
    };
    let fits = |value: &Value| is_segment(value) && (it.sort.kind != Kind::Text || value.is_string());
    it.sort.example = it.sort.example.take().filter(fits);
    it.sort.choices.retain(is_segment);
    if it.sort.example.as_ref().is_some_and(|example| !it.sort.choices.is_empty() && !it.sort.choices.contains(example))
    {
        it.sort.example = None;
    }
}

/// A body that is neither JSON nor a form: a text, or a file.
fn raw(content: &Map<String, Value>, given: &mut Vec<Given>) -> Carries {
    let kind = content.keys().map(|kind| essence(kind)).find(|kind| kind.starts_with("text/") || kind.ends_with("xml"));
    let kind = kind.filter(|kind| kind.len() < 100 && kind.chars().all(|c| c.is_ascii_graphic()));
    let of = if kind.is_some() { Kind::Text } else { Kind::File };
    add(given, "body", Place::Body, true, Sort::plain(of), "What is sent.".to_owned());
    Carries::Whole(Some(kind.unwrap_or_default().to_owned()))
}

/// The first kind of content that is JSON.
fn json_of<'d>(document: &'d Document, content: &'d Value) -> Option<&'d Value> {
    let is_json = |kind: &str| matches!(kind, "application/json" | "*/*" | "text/json") || kind.ends_with("+json");
    let content = content.as_object()?;
    content.iter().find(|(kind, _)| is_json(essence(kind))).map(|(_, media)| document.resolve(media))
}

/// The type without its parameters.
fn essence(kind: &str) -> &str {
    kind.split(';').next().unwrap_or_default().trim()
}

fn is_file(document: &Document, response: &Value) -> bool {
    let Some(content) = response["content"].as_object().filter(|content| !content.is_empty()) else { return false };
    let is_bytes = |kind: &str| {
        ["image/", "audio/", "video/"].iter().any(|of| kind.starts_with(of))
            || matches!(kind, "application/octet-stream" | "application/pdf" | "application/zip")
    };
    json_of(document, &response["content"]).is_none() && content.keys().any(|kind| is_bytes(essence(kind)))
}

/// What a response says, by example.
fn answer(document: &Document, response: &Value) -> Value {
    let Some(media) = json_of(document, &response["content"]) else { return Value::Null };
    let example = media.get("example").or_else(|| first_example(document, media)).and_then(cut);
    example.filter(|it| !it.is_null()).unwrap_or_else(|| sample(document, &media["schema"]))
}

fn first_example<'d>(document: &'d Document, media: &'d Value) -> Option<&'d Value> {
    document.resolve(media.get("examples")?.as_object()?.values().next()?).get("value")
}

/// The status, if it begins with this digit; `4XX` is 400.
fn status_of(text: &str, first: &str) -> Option<u16> {
    let status = text.to_ascii_uppercase().replace("XX", "00");
    status.parse().ok().filter(|status: &u16| text.starts_with(first) && (200..600).contains(status))
}
