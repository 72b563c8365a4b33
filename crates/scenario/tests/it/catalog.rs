//! A catalogue to check against, with parameters as schemars derives them.

use scenario::catalog::{Assurance, Catalog, Effect, ModuleSpec, ProviderSpec, SettingKind, SettingSpec};
use schemars::JsonSchema;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Sends an HTTP request.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[expect(dead_code, reason = "only the schema is used")]
struct Request {
    /// How.
    #[serde(default)]
    method: Method,
    /// Where to.
    #[schemars(length(min = 1), extend("x-secret" = true))]
    url: String,
    #[schemars(extend("x-secret" = true))]
    query: Option<BTreeMap<String, Value>>,
    #[serde(default)]
    #[schemars(extend("x-secret" = true))]
    headers: BTreeMap<String, Scalar>,
    #[schemars(extend("x-secret" = true))]
    json: Option<Value>,
    #[schemars(extend("x-secret" = true))]
    body: Option<String>,
    /// In seconds.
    timeout: Option<f64>,
    #[schemars(range(max = 20))]
    redirects: Option<u8>,
    #[serde(default)]
    retry_on: Vec<u16>,
    follow: Option<bool>,
    auth: Option<Auth>,
}

#[derive(Default, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
#[expect(dead_code, reason = "only the schema is used")]
enum Method {
    #[default]
    Get,
    /// With a body.
    Post,
    Put,
}

#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only the schema is used")]
enum Scalar {
    Text(String),
    Number(f64),
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[expect(dead_code, reason = "only the schema is used")]
struct Auth {
    user: String,
    password: Option<String>,
}

/// Appends a row.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[expect(dead_code, reason = "only the schema is used")]
struct Append {
    spreadsheet: String,
    sheet: String,
    row: Vec<Value>,
}

/// Sends a mail.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[expect(dead_code, reason = "only the schema is used")]
struct Send {
    to: Recipients,
    subject: String,
    text: Option<String>,
    priority: Option<Priority>,
}

#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only the schema is used")]
enum Recipients {
    One(String),
    Many(#[schemars(length(min = 1))] Vec<String>),
}

/// How urgent it is.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(dead_code, reason = "only the schema is used")]
enum Priority {
    /// Now.
    High,
    /// Whenever.
    Low,
}

/// Tells the time.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Now {}

fn module<P: JsonSchema>(name: &str, connections: &[&str]) -> ModuleSpec {
    ModuleSpec {
        name: name.into(),
        summary: format!("Does {name}."),
        description: format!("Does {name}."),
        parameters: schemars::schema_for!(P).to_value(),
        example: json!({}),
        sample: json!({}),
        connections: connections.iter().map(ToString::to_string).collect(),
        needs_connection: !connections.is_empty() && name != "http.request",
        effect: Effect::Outside,
        url_parameter: (name == "http.request").then(|| "url".into()),
        retry_pauses: Vec::new(),
    }
}

fn setting(name: &str, kind: SettingKind, required: bool) -> SettingSpec {
    SettingSpec { name: name.into(), summary: format!("What {name} is."), kind, required }
}

fn provider(name: &str, settings: Vec<SettingSpec>) -> ProviderSpec {
    let assurance = if settings.is_empty() { Assurance::Recognises } else { Assurance::Verifies };
    ProviderSpec {
        name: name.into(),
        aliases: vec![format!("{name}_app")],
        title: name.to_uppercase(),
        summary: format!("How {name} says who it is."),
        settings,
        one_of: Vec::new(),
        assurance,
        telltale_headers: vec![format!("x-{name}-event")],
        has_event: true,
        has_id: true,
        deadline: None,
        docs: format!("https://{name}.example.com/docs"),
    }
}

/// Presets and schemes of each form there is.
fn providers() -> Vec<ProviderSpec> {
    use SettingKind::{Choice, Duration, Flag, Secrets, Text};
    let words = |words: &[&str]| Choice(words.iter().map(ToString::to_string).collect());
    let hmac = vec![
        setting("secret", Secrets, true),
        setting("header", Text, true),
        setting("algorithm", words(&["sha1", "sha256", "sha512"]), false),
        setting("signed", Text, false),
        setting("tolerance", Duration, false),
        setting("strict", Flag, false),
    ];
    let jwt = vec![setting("secret", Secrets, false), setting("jwks", Text, false), setting("issuer", Text, false)];
    vec![
        provider("github", vec![setting("secret", Secrets, true)]),
        provider("meta", vec![setting("secret", Secrets, true), setting("verify_token", Secrets, true)]),
        provider("survey", vec![]),
        provider("bearer", vec![setting("token", Secrets, true)]),
        provider("hmac", hmac),
        ProviderSpec { one_of: vec!["secret".into(), "jwks".into()], ..provider("jwt", jwt) },
    ]
}

/// Four modules, three connections, four secrets and six providers.
pub(crate) fn catalog() -> Catalog {
    let connections = [("office", "google"), ("shop-mail", "smtp"), ("partner", "bearer"), ("box", "imap")];
    Catalog::new([
        module::<Request>("http.request", &["basic", "bearer"]),
        module::<Append>("google_sheets.append", &["google"]),
        module::<Send>("email.send", &["smtp"]),
        module::<Now>("clock.now", &[]),
    ])
    .with_connections(connections.map(|(name, of)| (name.into(), of.into())).into())
    .with_secrets(["shop", "key", "iv", "hook"].map(Into::into).into())
    .with_providers(providers())
}
