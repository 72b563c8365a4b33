//! How one logs in: from `servers` and `securitySchemes` to a connection's fields, and where the credential goes.

use super::document::Document;
use super::words::{line, readable, snake_case, unused};
use reqwest::header::HeaderName;
use serde_json::{Map, Value, json};
use url::Url;

/// Names of settings that connections have anyway.
const TAKEN: [&str; 11] = [
    "type",
    "sandbox",
    "rate",
    "allow",
    "connection",
    "token",
    "user",
    "password",
    "client_id",
    "client_secret",
    "api_key",
];

/// How many scopes are asked for where the description does not choose.
const MOST_SCOPES: usize = 40;

/// What the app's file says of its base and its connection.
#[derive(Default)]
pub(super) struct Login {
    /// A template.
    pub(super) base: String,
    /// The base of a connection whose fields are as their examples say.
    pub(super) example: String,
    /// Fields by their names, `!` and all.
    fields: Map<String, Value>,
    auth: Option<Value>,
    oauth2: Option<Value>,
    /// What a request carries then, by example.
    pub(super) headers: Vec<(String, String)>,
    pub(super) query: Vec<(String, String)>,
    pub(super) left_out: Vec<String>,
}

/// One way to show who one is.
enum Scheme {
    Bearer,
    Basic,
    Header(String),
    Query(String),
    OAuth2(Value),
}

impl Login {
    pub(super) fn of(document: &Document, at: Option<&Url>, operations: &[&Value]) -> Self {
        let mut login = Self::default();
        login.base(document, at);
        login.credential(document, operations);
        login
    }

    /// Whether the connection has a field of this name.
    pub(super) fn has_field(&self, name: &str) -> bool {
        self.fields.contains_key(name) || self.fields.contains_key(&format!("{name}!"))
    }

    /// The connection, as the app's file has it; none where nothing is asked for.
    pub(super) fn connection(&self, test: Option<Value>) -> Option<Value> {
        if self.fields.is_empty() && self.auth.is_none() && self.oauth2.is_none() {
            return None;
        }
        let mut connection = Map::new();
        if !self.fields.is_empty() {
            connection.insert("fields".to_owned(), Value::Object(self.fields.clone()));
        }
        connection.insert("auth".to_owned(), self.auth.clone().unwrap_or_else(|| "none".into()));
        connection.extend(self.oauth2.clone().map(|oauth2| ("oauth2".to_owned(), oauth2)));
        connection.extend(test.map(|test| ("test".to_owned(), test)));
        Some(connection.into())
    }

    fn base(&mut self, document: &Document, at: Option<&Url>) {
        let server =
            document.root()["servers"].as_array().and_then(|servers| servers.first()).map(|it| document.resolve(it));
        let written = server.and_then(|server| server["url"].as_str()).unwrap_or("/");
        let variables = server.map_or(&Value::Null, |server| &server["variables"]);
        if self.server(written, variables) {
            return;
        }
        // A path alone is below where the description is; where that is not known, whoever logs in says it.
        let is_path =
            written.starts_with('/') && !written.contains(['{', '}', '?', '#', '\\', ' ']) && written.is_ascii();
        let path = if is_path { written.trim_end_matches('/') } else { "" };
        if let Some(base) = at.and_then(|at| at.join(&format!("{path}/")).ok()).filter(is_base) {
            base.as_str().trim_end_matches('/').clone_into(&mut self.base);
            self.example.clone_from(&self.base);
            return;
        }
        let site = json!({ "type": "url", "title": "Address", "about": "Where the service is.", "example": "https://example.com" });
        self.fields.insert("site!".to_owned(), site);
        self.base = format!("{{{{ site }}}}{path}");
        self.example = format!("https://example.com{path}");
    }

    /// Whether this is the URL of a server, with its variables as fields.
    fn server(&mut self, written: &str, variables: &Value) -> bool {
        let (mut base, mut example, mut fields) = (String::new(), String::new(), Map::new());
        let mut rest = written;
        while let Some(at) = rest.find('{') {
            let Some(end) = rest[at..].find('}') else { return false };
            let variable = &rest[at + 1..at + end];
            let Some(name) = snake_case(variable) else { return false };
            let name = field_name(name, &fields);
            let (field, value) = field_of(variable, &variables[variable]);
            base += &format!("{}{{{{ {name} }}}}", &rest[..at]);
            example += &format!("{}{value}", &rest[..at]);
            let mark = if field.get("default").is_some() { "" } else { "!" };
            fields.insert(format!("{name}{mark}"), field);
            rest = &rest[at + end + 1..];
        }
        let (base, example) = (base + rest, example + rest);
        let is_sound = Url::parse(&example).is_ok_and(|url| is_base(&url)) && !rest.contains('}') && example.is_ascii();
        if is_sound && !example.contains(char::is_whitespace) {
            self.base = base.trim_end_matches('/').to_owned();
            self.example = example.trim_end_matches('/').to_owned();
            self.fields = fields;
        }
        is_sound && !self.base.is_empty()
    }

    fn credential(&mut self, document: &Document, operations: &[&Value]) {
        let own = operations.iter().filter_map(|operation| operation.get("security"));
        let wanted = document.root().get("security").into_iter().chain(own);
        let wanted: Vec<&Map<String, Value>> = wanted
            .filter_map(Value::as_array)
            .flatten()
            .filter_map(Value::as_object)
            .filter(|it| !it.is_empty())
            .take(2_000)
            .collect();
        let Some(first) = wanted.first() else { return };
        for requirement in &wanted {
            let schemes = requirement.iter().map(|(name, scopes)| scheme(document, name, scopes));
            if let Some(schemes) = schemes.collect::<Option<Vec<_>>>()
                && self.take(schemes)
            {
                return;
            }
        }
        let names: Vec<String> = first.keys().map(|name| line(name, 40)).collect();
        self.left_out.push(format!("logging in by {}: an app has no such way", names.join(" and ")));
    }

    /// Logs in by these, all at once; false where that cannot be said.
    fn take(&mut self, schemes: Vec<Scheme>) -> bool {
        let (mut headers, mut query) = (Map::new(), Map::new());
        let is_lone = schemes.len() == 1;
        let are_headers = schemes.iter().all(|scheme| matches!(scheme, Scheme::Header(_)));
        if !is_lone && !are_headers && !schemes.iter().all(|scheme| matches!(scheme, Scheme::Query(_))) {
            return false;
        }
        for scheme in schemes {
            match scheme {
                Scheme::Bearer => self.bearer("token!", "What the service gave you."),
                Scheme::Basic => self.basic(),
                Scheme::OAuth2(oauth2) => {
                    self.bearer("token", "A token, where you have no OAuth client.");
                    self.oauth2 = Some(oauth2);
                }
                Scheme::Header(name) => {
                    let field = self.key(&name, is_lone);
                    self.headers.push((name.to_ascii_lowercase(), format!("secret-{field}")));
                    headers.insert(name, format!("{{{{ {field} }}}}").into());
                }
                Scheme::Query(name) => {
                    let field = self.key(&name, is_lone);
                    self.query.push((name.clone(), format!("secret-{field}")));
                    query.insert(name, format!("{{{{ {field} }}}}").into());
                }
            }
        }
        if !headers.is_empty() {
            self.auth = Some(json!({ "headers": headers }));
        } else if !query.is_empty() {
            self.auth = Some(json!({ "query": query }));
        }
        true
    }

    fn bearer(&mut self, name: &str, about: &str) {
        self.fields.insert(name.to_owned(), secret("Token", about, "secret-token"));
        self.auth = Some(json!({ "bearer": "{{ token }}" }));
        self.headers.push(("authorization".to_owned(), "Bearer secret-token".to_owned()));
    }

    fn basic(&mut self) {
        let user = json!({ "title": "User", "about": "The name to log in by.", "example": "ada" });
        self.fields.insert("user!".to_owned(), user);
        self.fields.insert("password!".to_owned(), secret("Password", "The password of that name.", "secret-password"));
        self.auth = Some(json!({ "basic": { "user": "{{ user }}", "password": "{{ password }}" } }));
        self.headers.push(("authorization".to_owned(), "Basic YWRhOnNlY3JldC1wYXNzd29yZA==".to_owned()));
    }

    /// A field for the key that goes by this name.
    fn key(&mut self, wire: &str, is_lone: bool) -> String {
        let name = match snake_case(wire) {
            _ if is_lone => "api_key".to_owned(),
            Some(name) => field_name(name, &self.fields),
            None => field_name("key".to_owned(), &self.fields),
        };
        let title = if is_lone { "API key".to_owned() } else { line(wire, 40) };
        self.fields.insert(format!("{name}!"), secret(&title, "What the service gave you.", &format!("secret-{name}")));
        name
    }
}

fn secret(title: &str, about: &str, example: &str) -> Value {
    json!({ "secret": true, "title": title, "about": about, "example": example })
}

/// A name that no other field has, and that an expression can read.
fn field_name(name: String, fields: &Map<String, Value>) -> String {
    let name = readable(if TAKEN.contains(&name.as_str()) { format!("server_{name}") } else { name });
    unused(name, |name| fields.contains_key(name) || fields.contains_key(&format!("{name}!")))
}

/// The field that a variable of a server becomes, and its value by example.
fn field_of(name: &str, variable: &Value) -> (Value, String) {
    let is_part = |text: &&str| {
        !text.is_empty() && text.len() <= 200 && text.chars().all(|c| c.is_ascii_alphanumeric() || "-._~/:".contains(c))
    };
    let choices = variable["enum"].as_array().into_iter().flatten().filter_map(Value::as_str).filter(is_part);
    let choices: Vec<&str> = choices.take(100).collect();
    let fits = |text: &&str| choices.is_empty() || choices.contains(text);
    let default = variable["default"].as_str().filter(is_part).filter(fits);
    let example = default.or(choices.first().copied()).unwrap_or("example").to_owned();
    let title = super::words::title(&snake_case(name).unwrap_or_else(|| "server".to_owned()));
    let about = variable["description"].as_str().map(|text| super::words::sentences(text, 200));
    let about = about.filter(|text| !text.is_empty()).unwrap_or_else(|| "Part of the service's address.".to_owned());
    let mut field = Map::from_iter([("title".to_owned(), title.into()), ("about".to_owned(), about.into())]);
    field.insert("example".to_owned(), example.clone().into());
    field.extend(default.map(|default| ("default".to_owned(), default.into())));
    if !choices.is_empty() {
        field.insert("choices".to_owned(), choices.into());
    }
    (field.into(), example)
}

/// Whether paths can be below it.
pub(super) fn is_base(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none()
}

fn scheme(document: &Document, name: &str, scopes: &Value) -> Option<Scheme> {
    let found = document.resolve(&document.root()["components"]["securitySchemes"][name]);
    match found["type"].as_str()? {
        "http" => match found["scheme"].as_str()?.to_ascii_lowercase().as_str() {
            "bearer" => Some(Scheme::Bearer),
            "basic" => Some(Scheme::Basic),
            _ => None,
        },
        "apiKey" => {
            let name = found["name"].as_str().filter(|name| !name.is_empty() && name.len() <= 100)?;
            match found["in"].as_str()? {
                "header" => HeaderName::from_bytes(name.as_bytes()).ok().map(|_| Scheme::Header(name.to_owned())),
                "query" if !name.contains("{{") => Some(Scheme::Query(name.to_owned())),
                _ => None,
            }
        }
        "oauth2" => oauth2(&found["flows"], scopes).map(Scheme::OAuth2),
        "openIdConnect" => Some(Scheme::Bearer),
        _ => None,
    }
}

fn oauth2(flows: &Value, scopes: &Value) -> Option<Value> {
    let url = |flow: &Value, key: &str| {
        let url = Url::parse(flow[key].as_str()?).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
        Some(url.as_str().replace('{', "%7B").replace('}', "%7D"))
    };
    let (code, client) = (&flows["authorizationCode"], &flows["clientCredentials"]);
    let (flow, authorize) = match url(code, "authorizationUrl") {
        Some(authorize) => (code, Some(authorize)),
        None => (client, None),
    };
    let token = url(flow, "tokenUrl")?;
    let is_scope =
        |scope: &&str| !scope.is_empty() && scope.len() <= 200 && scope.chars().all(|c| c.is_ascii_graphic());
    let mut wanted: Vec<&str> =
        scopes.as_array().into_iter().flatten().filter_map(Value::as_str).filter(is_scope).collect();
    if wanted.is_empty() {
        let all = flow["scopes"].as_object().into_iter().flatten().map(|(scope, _)| scope.as_str());
        wanted.extend(all.filter(is_scope).take(MOST_SCOPES));
    }
    let mut oauth2 = Map::new();
    oauth2.extend(authorize.map(|authorize| ("authorize".to_owned(), authorize.into())));
    oauth2.insert("token".to_owned(), token.into());
    if !wanted.is_empty() {
        oauth2.insert("scopes".to_owned(), wanted.into());
    }
    Some(oauth2.into())
}
