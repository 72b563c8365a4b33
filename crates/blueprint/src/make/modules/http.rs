//! Requests, and the answer to a webhook's caller.

use crate::draft::{Data, OnError, Step};
use crate::make::bundles::Output;
use crate::make::file::Module;
use crate::make::translator::{Done, Translator};
use crate::make::typed::{Type, Typed};
use crate::ours::Expr;
use crate::report::State;
use serde_json::Value;

impl Translator<'_> {
    pub(super) fn http(&mut self, module: &Module<'_>) -> Option<Done> {
        let action = module.kind.strip_prefix("http:")?;
        if !action.starts_with("ActionSendData") && !["MakeRequest", "ActionGetFile", "DownloadFile"].contains(&action)
        {
            return None;
        }
        let mut with = Vec::new();
        let connection = self.http_connection(module, action);
        with.extend(connection.clone().map(|name| ("connection", Data::text(name))));
        let method = module.word("method").unwrap_or("get").to_uppercase();
        let body = self.body(module, &method);
        let usual = if body.is_empty() { "GET" } else { "POST" };
        if method != usual {
            with.push(("method", Data::text(method)));
        }
        let url = module.word("url").unwrap_or_default();
        with.push(("url", Data::Text(self.values.text(url.trim()))));
        for (ours, paths) in [("query", ["qs", "queryParameters"]), ("headers", ["headers", "headers"])] {
            let pairs = paths.iter().find_map(|path| module.given(path));
            let pairs = self.pairs(pairs, "name");
            if !pairs.is_empty() {
                with.push((ours, Data::Map(pairs)));
            }
        }
        if let Some(login) = self.login(module) {
            add_header(&mut with, "authorization", login);
        }
        for (key, value) in body {
            match key {
                "content-type" => add_header(&mut with, key, value),
                _ => with.push((key, value)),
            }
        }
        let fails = module.says("handleErrors") || module.says("stopOnHttpError") || action == "ActionGetFile";
        if !fails {
            with.push(("errors", Data::text("never")));
        }
        if module.given("followRedirect").or_else(|| module.given("allowRedirects")) == Some(&Value::Bool(false)) {
            with.push(("redirects", Data::int(0)));
        }
        if action == "ActionGetFile" || action == "DownloadFile" {
            with.push(("response", Data::text("file")));
        } else if !module.says("parseResponse") && self.text_data.contains(&module.id) {
            with.push(("response", Data::text("text")));
        }
        let mut step = Step::call("http.request", Data::map(with));
        step.retry = None;
        let (step, id) = self.call(module, step, "answer");
        let state = if connection.is_some() { State::NeedsConnection } else { State::Runs };
        self.note(module, Some(&id), state, None);
        Some(Done::one(step, answer(id, action)))
    }

    fn http_connection(&mut self, module: &Module<'_>, action: &str) -> Option<String> {
        let kind = match (action, module.word("authenticationType")) {
            ("ActionSendDataBasicAuth", _) | (_, Some("basicAuth" | "basic")) => "basic",
            ("ActionSendDataAPIKeyAuth", _) | (_, Some("apiKey")) => "api_key",
            ("ActionSendDataOAuth", _) | (_, Some("oAuth" | "oauth" | "oAuth2")) => "oauth2",
            _ => return None,
        };
        self.connection(module, &[kind.to_owned()])
    }

    /// A user and a password that stand in the module.
    fn login(&mut self, module: &Module<'_>) -> Option<Data> {
        let user = self.values.text(module.word("authUser")?).into_expr();
        let password = self.values.text(module.word("authPass").unwrap_or_default()).into_expr();
        let joined = Expr::Joined(vec![
            crate::ours::Part::Value(user),
            crate::ours::Part::Literal(":".to_owned()),
            crate::ours::Part::Value(password),
        ]);
        let parts = [
            crate::ours::Part::Literal("Basic ".to_owned()),
            crate::ours::Part::Value(joined.method("encode_base64", [])),
        ];
        Some(Data::Text(crate::ours::Text::of(parts)))
    }

    /// What is sent: a key of ours and its value, and a content type where it has to be said.
    fn body(&mut self, module: &Module<'_>, method: &str) -> Vec<(&'static str, Data)> {
        let kind = module.word("bodyType").or_else(|| module.word("contentType")).unwrap_or_default();
        match kind {
            "x_www_form_urlencoded" | "urlEncoded" => {
                let fields = module.given("formFields").or_else(|| module.given("urlEncodedBodyContent"));
                let fields = self.pairs(fields, "key");
                // A form that nobody has filled in is what the module's own form began with.
                let is_sent = !fields.is_empty() || !["GET", "HEAD"].contains(&method);
                if is_sent { vec![("form", Data::Map(fields))] } else { Vec::new() }
            }
            "multipart_form_data" | "multipart" => self.multipart(module),
            _ => {
                let given = ["data", "jsonStringBodyContent", "rawBodyContent", "dataStructureBodyContent"];
                let Some(value) = given.iter().find_map(|path| module.given(path)) else { return Vec::new() };
                let kind = module.word("contentTypeValue").or_else(|| module.word("contentType"));
                let is_json = kind.is_none_or(|kind| kind.contains("json"));
                self.raw(value, is_json, kind)
            }
        }
    }

    /// A body as it is written. JSON without expressions among it is shown as what it is.
    fn raw(&mut self, value: &Value, is_json: bool, kind: Option<&str>) -> Vec<(&'static str, Data)> {
        let content_type = |kind: &str| ("content-type", Data::text(kind));
        let Value::String(text) = value else { return vec![("json", self.values.data(value))] };
        if is_json {
            if let Some(json) = self.json_of(text) {
                return vec![("json", json)];
            }
            return vec![("body", Data::Text(self.values.text(text))), content_type("application/json")];
        }
        let kind = kind.unwrap_or("text/plain");
        if kind == "text/plain" {
            return vec![("text", Data::Text(self.values.text(text)))];
        }
        vec![("body", Data::Text(self.values.text(text))), content_type(kind)]
    }

    /// JSON whose expressions stand for whole texts within quotes alone: a value with expressions in it.
    fn json_of(&mut self, text: &str) -> Option<Data> {
        let json: Value = serde_json::from_str(text).ok()?;
        // An expression within quotes of JSON has its own quotes escaped, or none.
        ((json.is_object() || json.is_array()) && has_plain_keys(&json)).then(|| self.values.json(&json))
    }

    fn multipart(&mut self, module: &Module<'_>) -> Vec<(&'static str, Data)> {
        let paths = ["formDataFields", "multipartBodyContent", "multipartFields"];
        let fields = paths.iter().find_map(|path| module.given(path)).and_then(Value::as_array);
        let mut parts = Vec::new();
        for field in fields.into_iter().flatten() {
            let key = field["key"].as_str().or_else(|| field["name"].as_str()).unwrap_or_default().to_owned();
            let is_file = field["fieldType"] == "file";
            let value = if is_file { &field["data"] } else { &field["value"] };
            parts.push((key, self.values.data(value)));
        }
        vec![("multipart", Data::Map(parts))]
    }

    /// Names and values: a list of them is a map, in which the same name twice is a list.
    fn pairs(&mut self, value: Option<&Value>, key: &str) -> Vec<(String, Data)> {
        let mut pairs: Vec<(String, Data)> = Vec::new();
        for pair in value.and_then(Value::as_array).into_iter().flatten() {
            let name = pair[key].as_str().or_else(|| pair["name"].as_str()).or_else(|| pair["key"].as_str());
            let Some(name) = name.map(str::trim).filter(|name| !name.is_empty()) else { continue };
            let value = self.values.data(&pair["value"]);
            match pairs.iter_mut().find(|(known, _)| known == name) {
                Some((_, Data::List(items))) => items.push(value),
                Some((_, first)) => *first = Data::List(vec![first.clone(), value]),
                None => pairs.push((name.to_owned(), value)),
            }
        }
        pairs
    }

    /// `gateway:WebhookRespond`.
    pub(super) fn answer(&mut self, module: &Module<'_>) -> Option<Done> {
        if module.kind != "gateway:WebhookRespond" {
            return None;
        }
        let mut with = Vec::new();
        let status = module.mapper["status"].as_str().unwrap_or("200");
        let status = crate::make::values::fitted(Data::Text(self.values.text(status)), "integer");
        if status != Data::int(200) && !status.is_empty() {
            with.push(("status", status));
        }
        let mut headers = self.pairs(module.given("headers"), "key");
        let at = headers.iter().position(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        let kind = at.and_then(|at| headers[at].1.as_literal()).unwrap_or_default().to_lowercase();
        let body = module.word("body").unwrap_or_default();
        let json = if kind.contains("json") || kind.is_empty() { self.json_of(body) } else { None };
        let (key, body) = match json {
            Some(json) => ("json", json),
            None if kind.contains("html") => ("html", Data::Text(self.values.text(body))),
            None if kind.is_empty() || kind.contains("text/plain") => ("text", Data::Text(self.values.text(body))),
            None => ("body", Data::Text(self.values.text(body))),
        };
        if let (Some(at), true) = (at, key != "body") {
            headers.remove(at);
        }
        if !headers.is_empty() {
            with.push(("headers", Data::Map(headers)));
        }
        if !body.is_empty() {
            with.push((key, body));
        }
        let (mut step, id) = self.call(module, Step::call("respond", Data::map(with)), "respond");
        step.id = None;
        if std::mem::replace(&mut self.may_be_answered, true) {
            // The first answer counts, there as here; a second one is no failure there.
            step.on_error = Some(OnError::Ignore);
        }
        self.note(module, Some(&id), State::Runs, None);
        Some(Done::one(step, Output::of(Expr::Nothing)))
    }
}

/// Whether no key of it is an expression.
fn has_plain_keys(json: &Value) -> bool {
    match json {
        Value::Array(items) => items.iter().all(has_plain_keys),
        Value::Object(entries) => entries.iter().all(|(key, value)| !key.contains("{{") && has_plain_keys(value)),
        _ => true,
    }
}

/// How an answer is read.
fn answer(id: String, action: &str) -> Output {
    let output =
        Output::of(Expr::name(id)).at("data", &["body"], Type::Any).at("statusCode", &["status"], Type::Number);
    if action == "ActionGetFile" || action == "DownloadFile" {
        return output.at("fileName", &["body", "name"], Type::Text).at("fileSize", &["body", "size"], Type::Number);
    }
    let size = output.whole.expr.clone().maybe("body").method("to_text", []).method("len", []);
    output.with("fileSize", Typed::sure(size, Type::Number))
}

fn add_header(with: &mut Vec<(&'static str, Data)>, name: &str, value: Data) {
    let is_known = |entries: &[(String, Data)]| entries.iter().any(|(known, _)| known.eq_ignore_ascii_case(name));
    match with.iter_mut().find(|(key, _)| *key == "headers") {
        Some((_, Data::Map(entries))) if is_known(entries) => {}
        Some((_, Data::Map(entries))) => entries.push((name.to_owned(), value)),
        _ => with.push(("headers", Data::map([(name, value)]))),
    }
}
