//! Which module of Make does what a step does, with its settings and inputs.

use super::flow::Writer;
use super::iml::Bundle;
use crate::counterparts::Counterpart;
use serde_json::{Map, Value, json};

/// A module that does what a step does.
pub(super) struct Made {
    pub(super) kind: String,
    /// The app's major version, as exports have it; null of a slot.
    pub(super) version: Value,
    pub(super) parameters: Value,
    pub(super) mapper: Value,
    /// What our output is beneath in the module's.
    pub(super) within: Option<&'static str>,
    /// Fields of ours by other names there.
    pub(super) fields: &'static [(&'static str, &'static str)],
}

/// The major versions of apps that are not 1, as exports of 2024 to 2026 have them.
const VERSIONS: [(&str, u64); 30] = [
    ("ai-tools", 2),
    ("airtable", 3),
    ("buffer", 2),
    ("clickup", 2),
    ("discord", 2),
    ("email", 7),
    ("facebook-pages", 6),
    ("github", 4),
    ("google-calendar", 5),
    ("google-drive", 4),
    ("google-email", 4),
    ("google-forms", 2),
    ("google-sheets", 2),
    ("http", 3),
    ("hubspotcrm", 2),
    ("linkedin", 2),
    ("markdown", 2),
    ("microsoft-email", 2),
    ("pinterest", 2),
    ("postgres", 2),
    ("rss", 4),
    ("scenario-service", 2),
    ("slack", 4),
    ("twilio", 2),
    ("typeform", 2),
    ("canvas-lms", 1),
    ("notion", 1),
    ("telegram", 1),
    ("util", 1),
    ("builtin", 1),
];

impl Made {
    pub(super) fn of(kind: &str, version: u64) -> Self {
        let (within, fields): (_, &[_]) = (None, &[]);
        Self {
            kind: kind.to_owned(),
            version: version.into(),
            parameters: json!({}),
            mapper: json!({}),
            within,
            fields,
        }
    }

    fn given(kind: &str, version: u64, mapper: Value) -> Self {
        Self { mapper, ..Self::of(kind, version) }
    }
}

impl Writer<'_> {
    /// What starts a scenario: its schedule, and the module where that is one.
    pub(super) fn start(&mut self, trigger: &Value, flow: &mut Vec<Value>) -> Value {
        let one = match trigger {
            Value::Array(several) => {
                if several.len() > 1 {
                    self.leave("trigger", "a scenario of Make is started by one thing: this is the first");
                }
                several.first().unwrap_or(&Value::Null)
            }
            other => other,
        };
        let kind = one.as_object().and_then(|it| it.keys().next()).map_or("manual", String::as_str);
        let module = match kind {
            "webhook" => Some(("gateway:CustomWebHook", 1)),
            "call" => Some(("scenario-service:StartSubscenario", 2)),
            "mailhook" => Some(("gateway:CustomMailHook", 1)),
            _ => None,
        };
        if let Some((module, version)) = module {
            let id = self.number();
            self.names.insert("trigger".to_owned(), Bundle { module: id, within: None, fields: &[] });
            flow.push(
                json!({ "id": id, "module": module, "version": version, "parameters": { "maxResults": 1 }, "mapper": {},
                              "metadata": { "designer": { "x": 0, "y": 0 } } }),
            );
        }
        match kind {
            "webhook" | "mailhook" => json!({ "type": "immediately" }),
            "call" | "manual" => json!({ "type": "on-demand" }),
            "schedule" => self.schedule(&one["schedule"]),
            other => {
                self.leave("trigger", format!("`{other}` starts nothing in Make"));
                json!({ "type": "on-demand" })
            }
        }
    }

    fn schedule(&mut self, schedule: &Value) -> Value {
        if let Some(time) = schedule["every"].as_str().and_then(scenario::duration::parse) {
            return json!({ "type": "indefinitely", "interval": time.as_secs().max(60) });
        }
        if let Some(date) = schedule["at"].as_str() {
            return json!({ "type": "once", "date": date });
        }
        let cron: Vec<&str> = schedule["cron"].as_str().unwrap_or_default().split_whitespace().collect();
        if let [minute, hour, date, month, day] = cron.as_slice()
            && let (Ok(minute), Ok(hour)) = (minute.parse::<u8>(), hour.parse::<u8>())
        {
            let time = format!("{hour:02}:{minute:02}");
            let numbers = |list: &str| list.split(',').map(str::parse).collect::<Result<Vec<u8>, _>>().ok();
            match (*date, *month, *day) {
                ("*", "*", "*") => return json!({ "type": "daily", "time": time }),
                ("*", "*", days) => {
                    if let Some(days) = numbers(days) {
                        return json!({ "type": "weekly", "days": days, "time": time });
                    }
                }
                (dates, "*", "*") => {
                    if let Some(days) = numbers(dates) {
                        return json!({ "type": "monthly", "days": days, "time": time });
                    }
                }
                _ => {}
            }
        }
        self.leave("trigger", "Make has no such schedule: it is every 15 minutes there");
        json!({ "type": "indefinitely", "interval": 900 })
    }

    /// The module that does this; none where none is known.
    pub(super) fn made(&mut self, step: &str, does: &str, with: &Value) -> Option<Made> {
        Some(match does {
            "set" | "assign" => self.variables(step, with),
            "respond" => self.answer(step, with),
            "wait" => {
                let time = scenario::duration::parse(with.as_str()?)?;
                let seconds = time.as_secs();
                if seconds > 300 {
                    self.leave(step, "a pause of Make takes five minutes at most");
                }
                Made::given("util:FunctionSleep", 1, json!({ "duration": seconds.min(300).to_string() }))
            }
            "http.request" => self.request(step, with),
            "email.send" => self.mail(step, with),
            "store.get" | "store.put" | "store.delete" => self.record(step, does, with),
            "json.parse" => {
                let json = self.value(step, with.get("text").or_else(|| with.get("json"))?);
                Made::given("json:ParseJSON", 1, json!({ "json": json }))
            }
            "todo" => Self::original(with)?,
            _ => self.of_app(step, does, with)?,
        })
    }

    fn variables(&mut self, step: &str, with: &Value) -> Made {
        let Some(entries) = with.as_object() else {
            let mapper = json!({ "value": self.value(step, with) });
            return Made { within: Some("value"), ..Made::given("util:ComposeTransformer", 1, mapper) };
        };
        let variables: Vec<Value> =
            entries.iter().map(|(name, value)| json!({ "name": name, "value": self.flat(step, value) })).collect();
        Made::given("util:SetVariables", 1, json!({ "scope": "roundtrip", "variables": variables }))
    }

    /// A variable is text or one expression: of lists and maps, the JSON.
    fn flat(&mut self, step: &str, value: &Value) -> Value {
        match self.value(step, value) {
            said @ (Value::Array(_) | Value::Object(_)) => {
                self.leave(step, "a variable of Make takes no list or map that is written out: it is the text of it");
                said.to_string().into()
            }
            said => said,
        }
    }

    fn answer(&mut self, step: &str, with: &Value) -> Made {
        let status = with["status"].as_u64().unwrap_or(200).to_string();
        let mut headers = pairs(&self.value(step, &with["headers"]), "key");
        let (body, kind) = match ["json", "text", "html", "body"].iter().find(|key| with.get(**key).is_some()) {
            Some(&"json") => (self.value(step, &with["json"]).to_string(), Some("application/json")),
            Some(&"html") => (text_of(self.value(step, &with["html"])), Some("text/html")),
            Some(key) => (text_of(self.value(step, &with[*key])), None),
            None => (text_of(self.value(step, with)), None),
        };
        if let Some(kind) = kind {
            headers.push(json!({ "key": "content-type", "value": kind }));
        }
        Made::given("gateway:WebhookRespond", 1, json!({ "status": status, "body": body, "headers": headers }))
    }

    fn request(&mut self, step: &str, with: &Value) -> Made {
        let body = ["json", "body", "form", "text"].iter().find(|key| with.get(**key).is_some()).copied();
        let usual = if body.is_some() { "post" } else { "get" };
        let method = with["method"].as_str().map_or_else(|| usual.to_owned(), str::to_lowercase);
        let mut mapper = json!({
            "url": self.value(step, &with["url"]), "method": method, "parseResponse": true,
            "headers": pairs(&self.value(step, &with["headers"]), "name"),
            "qs": pairs(&self.value(step, &with["query"]), "name"),
            "serializeUrl": false, "shareCookies": false, "followRedirect": with["redirects"] != 0,
            "rejectUnauthorized": true, "gzip": true, "useQuerystring": false, "useMtls": false, "bodyType": "",
        });
        match body {
            Some("form") => {
                mapper["bodyType"] = "x_www_form_urlencoded".into();
                mapper["formFields"] = pairs(&self.value(step, &with["form"]), "key").into();
            }
            Some(key) => {
                mapper["bodyType"] = "raw".into();
                mapper["contentType"] = if key == "json" { "application/json" } else { "text/plain" }.into();
                let said = self.value(step, &with[key]);
                mapper["data"] = if key == "json" { said.to_string().into() } else { said };
            }
            None => {}
        }
        let parameters = json!({ "handleErrors": with["errors"] != "never", "useNewZLibDeCompress": true });
        let fields: &[_] = &[("body", "data"), ("status", "statusCode")];
        Made { parameters, fields, ..Made::given("http:ActionSendData", 3, mapper) }
    }

    fn mail(&mut self, step: &str, with: &Value) -> Made {
        let list = |value: Value| if value.is_null() || value.is_array() { value } else { json!([value]) };
        let mut mapper = Map::new();
        for (ours, theirs) in [("to", "to"), ("cc", "cc"), ("bcc", "bcc")] {
            if with.get(ours).is_some() {
                mapper.insert(theirs.to_owned(), list(self.value(step, &with[ours])));
            }
        }
        for (ours, theirs) in [
            ("from", "from"),
            ("reply_to", "replyTo"),
            ("subject", "subject"),
            ("html", "html"),
            ("text", "text"),
            ("sender", "sender"),
            ("priority", "priority"),
        ] {
            if with.get(ours).is_some() {
                mapper.insert(theirs.to_owned(), self.value(step, &with[ours]));
            }
        }
        let kind = if with.get("html").is_some() { "html" } else { "text" };
        mapper.insert("contentType".to_owned(), kind.into());
        let parameters = json!({ "saveAfterSent": false });
        Made {
            parameters,
            fields: &[("message_id", "messageId")],
            ..Made::given("email:ActionSendEmail", 7, mapper.into())
        }
    }

    fn record(&mut self, step: &str, does: &str, with: &Value) -> Made {
        let key = self.value(step, &with["key"]);
        let parameters = json!({ "datastore": with["table"] });
        let (kind, mapper) = match does {
            "store.get" => ("datastore:GetRecord", json!({ "key": key, "returnWrapped": true })),
            "store.put" => {
                let data = self.value(step, &with["value"]);
                ("datastore:AddRecord", json!({ "key": key, "data": data, "overwrite": with["if"] != "absent" }))
            }
            _ => ("datastore:DeleteRecord", json!({ "key": key })),
        };
        Made { parameters, fields: &[("value", "data"), ("found", "exist")], ..Made::given(kind, 1, mapper) }
    }

    /// What is left to do was a module of Make before: it is that again.
    fn original(with: &Value) -> Option<Made> {
        let (was, original) = (with["was"].as_str()?, &with["original"]);
        if !was.contains(':') || original["module"] != was {
            return None;
        }
        let version = original.get("version").cloned().unwrap_or_else(|| 1.into());
        let part = |key: &str| original.get(key).cloned().unwrap_or_else(|| json!({}));
        Some(Made { version, parameters: part("parameters"), mapper: part("mapper"), ..Made::of(was, 1) })
    }

    /// A module of an app that stands for one of Make.
    fn of_app(&mut self, step: &str, does: &str, with: &Value) -> Option<Made> {
        let known = self.known;
        let (kind, counterpart): (&str, &Counterpart) = known.of_ours(does)?;
        let mut mapper = Map::new();
        let mut told: Vec<&str> = vec!["connection"];
        for (ours, theirs) in counterpart.parameters() {
            let (Some(value), Some(path)) = (with.get(ours), theirs.first()) else { continue };
            told.push(ours);
            if !path.contains('.') {
                mapper.insert((*path).to_owned(), self.value(step, value));
            } else {
                self.leave(step, format!("`{ours}` is deep within what the module of Make is given; look at it"));
            }
        }
        for (key, value) in with.as_object().into_iter().flatten() {
            if !told.contains(&key.as_str()) {
                mapper.insert(key.clone(), self.value(step, value));
            }
        }
        let app = kind.split(':').next().unwrap_or_default();
        let version = VERSIONS.iter().find(|(known, _)| *known == app).map_or(1, |(_, version)| *version);
        Some(Made::given(kind, version, mapper.into()))
    }
}

/// A map as a list of names and values.
fn pairs(map: &Value, key: &str) -> Vec<Value> {
    map.as_object().into_iter().flatten().map(|(name, value)| json!({ key: name, "value": value })).collect()
}

/// A text as it is, anything else as JSON.
fn text_of(value: Value) -> String {
    match value {
        Value::String(text) => text,
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
