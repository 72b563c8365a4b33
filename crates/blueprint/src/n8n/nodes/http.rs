//! `httpRequest` in all its versions, and `graphql`.

use super::{Made, Refused};
use crate::draft::{Data, Step};
use crate::n8n::desk::Desk;
use crate::n8n::flow::{Gives, gives};
use crate::n8n::reading::{Reading, Shape};
use crate::ours::{Expr, Text};
use serde_json::Value;

/// `httpRequest`.
pub(crate) fn request(desk: &mut Desk<'_>) -> Result<Made, Refused> {
    let node = desk.node;
    let is_old = node.version < 3.0;
    let method = node.text(if is_old { "requestMethod" } else { "method" }, "GET").to_owned();
    if !node.get("options.pagination.pagination").is_null()
        && node.text("options.pagination.pagination.paginationMode", "off") != "off"
    {
        return Err("it goes through the pages of an answer: a loop `repeat` does that here".to_owned());
    }
    let mut with = Vec::new();
    authenticate(desk, &mut with)?;
    with.push(("url".to_owned(), Data::Text(url(desk, "url")?)));
    let query = pairs(desk, Part::Query)?;
    let headers = pairs(desk, Part::Headers)?;
    let body = if is_old { old_body(desk, &method)? } else { body(desk)? };
    let implied = if body.is_some() { "POST" } else { "GET" };
    if method.starts_with('=') {
        let method = desk.say(&Value::String(method.clone()));
        with.insert(1, ("method".to_owned(), method));
    } else if method != implied {
        with.push(("method".to_owned(), Data::text(method)));
    }
    with.extend(query.map(|query| ("query".to_owned(), query)));
    with.extend(headers.map(|headers| ("headers".to_owned(), headers)));
    with.extend(body);
    let (shape, file) = response(desk, &mut with);
    let step = Step::call("http.request", Data::Map(with));
    let base = Reading::one(Expr::name(desk.id.clone()));
    let reading = match shape {
        _ if file => base.shaped(Shape::Body).with_file(carried(desk.node), &["body"]),
        Shape::Body if gives(desk.workflow, desk.at, 0) == Gives::Many => {
            let list = Expr::name(desk.id.clone()).field("body");
            return Ok(Made::step(step, Reading::many(list))
                .decide("the answer is taken for a list, as what follows reads it"));
        }
        shape => base.shaped(shape),
    };
    Ok(Made::step(step, reading))
}

/// The URL, which somebody has to give.
fn url(desk: &mut Desk<'_>, path: &str) -> Result<Text, Refused> {
    let given = desk.node.get(path).clone();
    let said = given.as_str().unwrap_or_default().trim_start_matches('=').trim();
    if said.is_empty() { Err("its URL is not given".to_owned()) } else { Ok(desk.say_text(&given)) }
}

/// The connection, or what the node says of one.
fn authenticate(desk: &mut Desk<'_>, with: &mut Vec<(String, Data)>) -> Result<(), Refused> {
    let node = desk.node;
    let kind = match node.text("authentication", "none") {
        "none" => return Ok(()),
        "genericCredentialType" => node.text("genericAuthType", ""),
        "predefinedCredentialType" => node.text("nodeCredentialType", ""),
        old => old,
    };
    let lower = kind.to_ascii_lowercase();
    let types: &[&str] = if lower.contains("basic") {
        &["basic"]
    } else if lower.contains("query") || lower.contains("header") {
        &["api_key", "headers"]
    } else if lower.contains("oauth2") {
        &["oauth2"]
    } else if lower.contains("digest") || lower.contains("oauth1") {
        return Err(format!("there is no connection that logs in by {kind}"));
    } else {
        &["bearer", "api_key", "headers", "basic", "oauth2"]
    };
    let types: Vec<String> = types.iter().map(|kind| (*kind).to_owned()).collect();
    let plain =
        ["httpheaderauth", "httpqueryauth", "httpbasicauth", "oauth2api", "headerauth", "basicauth", "queryauth"];
    let app = if kind.is_empty() || plain.contains(&lower.as_str()) {
        "http".to_owned()
    } else {
        format!("{}-http", app_of(kind))
    };
    let connection = desk.connect(&app, &types);
    with.push(("connection".to_owned(), connection));
    Ok(())
}

/// `slackOAuth2Api` is of Slack.
pub(crate) fn app_of(credential: &str) -> String {
    let mut name = credential;
    for ending in ["OAuth2Api", "OAuth2", "Api", "AccessToken", "TokenApi"] {
        name = name.strip_suffix(ending).unwrap_or(name);
    }
    let words = crate::ids::slug(name, "http");
    if words.is_empty() { "http".to_owned() } else { words }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Query,
    Headers,
}

/// Names and values of the query or the headers.
fn pairs(desk: &mut Desk<'_>, part: Part) -> Result<Option<Data>, Refused> {
    let node = desk.node;
    let (sends, specify, list, json, old_list, old_json) = match part {
        Part::Query => (
            "sendQuery",
            "specifyQuery",
            "queryParameters.parameters",
            "jsonQuery",
            "queryParametersUi.parameter",
            "queryParametersJson",
        ),
        Part::Headers => (
            "sendHeaders",
            "specifyHeaders",
            "headerParameters.parameters",
            "jsonHeaders",
            "headerParametersUi.parameter",
            "headerParametersJson",
        ),
    };
    let (list, json, is_json) = if node.version < 3.0 {
        (old_list, old_json, node.flag("jsonParameters"))
    } else if node.flag(sends) {
        (list, json, node.text(specify, "keypair") == "json")
    } else {
        return Ok(None);
    };
    if is_json {
        let value = node.get(json).clone();
        return Ok((!value.is_null()).then(|| desk.say_json(&value)).filter(|data| !data.is_empty()));
    }
    let fields = fields(desk, list)?;
    Ok((!fields.is_empty()).then_some(Data::Map(fields)))
}

/// A list of `name` and `value` as a map.
fn fields(desk: &mut Desk<'_>, path: &str) -> Result<Vec<(String, Data)>, Refused> {
    let mut fields: Vec<(String, Data)> = Vec::new();
    for pair in desk.node.get(path).as_array().cloned().unwrap_or_default() {
        let Some(name) = pair["name"].as_str().map(str::trim).filter(|name| !name.is_empty()) else { continue };
        let value = if pair["parameterType"] == "formBinaryData" {
            let file = pair["inputDataFieldName"].as_str().unwrap_or("data").trim_start_matches('=');
            Data::value(desk.file(file)?)
        } else {
            desk.say(&pair["value"])
        };
        let name = match name.strip_prefix('=') {
            Some(_) => desk.say_text(&Value::String(name.to_owned())).to_string(),
            None => name.to_owned(),
        };
        match fields.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = value,
            None => fields.push((name, value)),
        }
    }
    Ok(fields)
}

type Body = Option<(String, Data)>;

/// The body of the versions from 3 on.
fn body(desk: &mut Desk<'_>) -> Result<Body, Refused> {
    let node = desk.node;
    if !node.flag("sendBody") {
        return Ok(None);
    }
    let named = |key: &str, data| Ok(Some((key.to_owned(), data)));
    match node.text("contentType", "json") {
        "json" if node.text("specifyBody", "keypair") == "json" => {
            let data = desk.say_json(&node.get("jsonBody").clone());
            named("json", data)
        }
        "json" => {
            let fields = fields(desk, "bodyParameters.parameters")?;
            named("json", Data::Map(fields))
        }
        "form-urlencoded" if node.text("specifyBody", "keypair") == "string" => {
            let text = desk.say_text(&node.get("body").clone());
            named("body", Data::Text(text))
        }
        "form-urlencoded" => {
            let fields = fields(desk, "bodyParameters.parameters")?;
            named("form", Data::Map(fields))
        }
        "multipart-form-data" => {
            let fields = fields(desk, "bodyParameters.parameters")?;
            named("multipart", Data::Map(fields))
        }
        "raw" => {
            let text = node.get("body").clone();
            if node.text("rawContentType", "").contains("json") {
                let data = desk.say_json(&text);
                return named("json", data);
            }
            let text = desk.say_text(&text);
            named("body", Data::Text(text))
        }
        "binaryData" => {
            let file = desk.file(node.text("inputDataFieldName", "data").trim_start_matches('='))?;
            named("file", Data::value(file))
        }
        other => Err(format!("it sends a body of the kind {other}")),
    }
}

/// The body of the versions 1 and 2.
fn old_body(desk: &mut Desk<'_>, method: &str) -> Result<Body, Refused> {
    let node = desk.node;
    if method == "GET" {
        return Ok(None);
    }
    if node.flag("sendBinaryData") {
        // `field:property` for each file of a form, or the property alone.
        let names = node.text("binaryPropertyName", "data").trim_start_matches('=');
        let is_form = node.text("options.bodyContentType", "json") == "multipart-form-data";
        if !is_form {
            return Ok(Some(("file".to_owned(), Data::value(desk.file(names)?))));
        }
        let mut form = fields(desk, "bodyParametersUi.parameter")?;
        for name in names.split(',').map(str::trim) {
            let (field, property) = name.split_once(':').unwrap_or((name, name));
            form.push((field.to_owned(), Data::value(desk.file(property)?)));
        }
        return Ok(Some(("multipart".to_owned(), Data::Map(form))));
    }
    let kind = match node.text("options.bodyContentType", "json") {
        "form-urlencoded" => "form",
        "multipart-form-data" => "multipart",
        "raw" => "body",
        _ => "json",
    };
    if node.flag("jsonParameters") {
        let value = node.get("bodyParametersJson").clone();
        if value.is_null() || value.as_str().is_some_and(str::is_empty) {
            return Ok(None);
        }
        let data = if kind == "body" { Data::Text(desk.say_text(&value)) } else { desk.say_json(&value) };
        return Ok(Some((kind.to_owned(), data)));
    }
    let fields = fields(desk, "bodyParametersUi.parameter")?;
    Ok((!fields.is_empty()).then(|| (kind.to_owned(), Data::Map(fields))))
}

/// How the answer is read, and whether it is a file.
fn response(desk: &Desk<'_>, with: &mut Vec<(String, Data)>) -> (Shape, bool) {
    let node = desk.node;
    let mut set = |key: &str, value: Data| with.push((key.to_owned(), value));
    let old = node.version < 3.0;
    let path = |new: &'static str, old_name: &'static str| if old { old_name } else { new };
    let format = node.text(
        path("options.response.response.responseFormat", "responseFormat"),
        if old { "json" } else { "autodetect" },
    );
    let full = node.flag(path("options.response.response.fullResponse", "options.fullResponse"));
    if node.flag(path("options.response.response.neverError", "options.ignoreResponseCode")) {
        set("errors", Data::text("never"));
    }
    let field = if old {
        node.text("dataPropertyName", "data")
    } else {
        node.text("options.response.response.outputPropertyName", "data")
    };
    match format {
        "file" => {
            set("response", Data::text("file"));
            (Shape::Body, true)
        }
        "text" | "string" => {
            set("response", Data::text("text"));
            (if full { Shape::FullResponse } else { Shape::BodyText(field.to_owned()) }, false)
        }
        _ if full => (Shape::FullResponse, false),
        "autodetect" if is_read_as_file(desk) => {
            set("response", Data::text("file"));
            (Shape::Body, true)
        }
        "autodetect" if is_read_as_text(desk, field) => {
            set("response", Data::text("text"));
            (Shape::BodyText(field.to_owned()), false)
        }
        _ => (Shape::Body, false),
    }
}

/// Whether what follows takes the answer for a file, which n8n makes of it by itself where it is none of JSON or text.
fn is_read_as_file(desk: &Desk<'_>) -> bool {
    const SIGNS: [&str; 6] =
        ["$binary", "formBinaryData", "inputDataFieldName", "binaryPropertyName", "\"binaryData\"", "\"upload\""];
    let named = [".item", ".first()", ".last()"].map(|item| format!("('{}'){item}.binary", desk.node.name));
    let reads_file = |at: usize| {
        let next = &desk.workflow.nodes[at];
        let reads = matches!(next.kind.as_str(), "extractFromFile" | "editImage" | "readPDF" | "readWriteFile");
        let text = next.parameters.to_string();
        reads || SIGNS.iter().any(|sign| text.contains(sign))
    };
    named.iter().any(|name| desk.workflow.reads(name)) || desk.workflow.leaving(desk.at).any(|link| reads_file(link.to))
}

/// Whether what follows reads the answer as a text in this field: XML and HTML come as text.
fn is_read_as_text(desk: &Desk<'_>, field: &str) -> bool {
    desk.workflow.leaving(desk.at).any(|link| {
        let next = &desk.workflow.nodes[link.to];
        let reads = match next.kind.as_str() {
            "xml" => next.text("mode", "xmlToJson") == "xmlToJson",
            "html" => next.text("operation", "") == "extractHtmlContent",
            "htmlExtract" => true,
            _ => false,
        };
        reads && next.text("dataPropertyName", "data") == field
    })
}

/// The name of the file that an answer becomes.
fn carried(node: &crate::n8n::workflow::Node) -> &str {
    let given = if node.version < 3.0 { "dataPropertyName" } else { "options.response.response.outputPropertyName" };
    node.text(given, "data")
}

/// `graphql`.
pub(crate) fn graphql(desk: &mut Desk<'_>) -> Result<Made, Refused> {
    let node = desk.node;
    let mut with = vec![("url".to_owned(), Data::Text(url(desk, "endpoint")?))];
    let mut body = vec![("query".to_owned(), Data::Text(desk.say_text(&node.get("query").clone())))];
    if let Some(variables) = node.get("variables").as_str().filter(|text| !text.trim().is_empty()) {
        let variables = desk.say_json(&Value::String(variables.to_owned()));
        body.push(("variables".to_owned(), variables));
    }
    let headers = fields(desk, "headerParametersUi.parameter")?;
    if !headers.is_empty() {
        with.push(("headers".to_owned(), Data::Map(headers)));
    }
    if node.text("authentication", "none") != "none" {
        let connection = desk.connect("graphql", &["bearer".to_owned(), "headers".to_owned()]);
        with.insert(0, ("connection".to_owned(), connection));
    }
    with.push(("json".to_owned(), Data::Map(body)));
    let reading = Reading::one(Expr::name(desk.id.clone())).shaped(Shape::Body);
    Ok(Made::step(Step::call("http.request", Data::Map(with)), reading))
}
