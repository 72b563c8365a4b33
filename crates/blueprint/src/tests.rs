//! What tests of whole files share: modules that take anything, files with what they become, and what holds of any import.

mod hostile;
mod mutations;

use crate::counterparts::Counterparts;
use crate::{Imported, import};
use scenario::catalog::{Catalog, Effect, ModuleSpec};
use serde_json::{Map, Value, json};
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// Modules that take anything.
pub(crate) fn known() -> Counterparts {
    let names = [
        "command.run",
        "email.send",
        "google_sheets.append",
        "google_sheets.find",
        "gmail.send_message",
        "html.extract",
        "http.request",
        "js.run",
        "mqtt.publish",
        "mysql.query",
        "slack.post_message",
        "postgres.query",
        "store.get",
        "store.put",
        "telegram.send_message",
    ];
    Counterparts::new(Catalog::new(names.map(|name| ModuleSpec {
        name: name.to_owned(),
        summary: String::new(),
        description: String::new(),
        parameters: match name {
            "slack.post_message" => {
                json!({ "type": "object", "properties": { "channel": {}, "text": {} }, "required": ["channel"] })
            }
            "http.request" => {
                let places = ["url", "query", "headers", "json", "form", "text", "body"];
                let properties = places.map(|place| (place.to_owned(), json!({ "x-secret": true })));
                json!({ "type": "object", "properties": properties.into_iter().collect::<Map<_, _>>() })
            }
            "gmail.send_message" => {
                json!({ "type": "object", "properties": { "to": { "type": "string" }, "subject": {}, "text": {} } })
            }
            _ => json!({ "type": "object" }),
        },
        example: Value::Null,
        sample: Value::Null,
        connections: vec!["any".to_owned()],
        needs_connection: false,
        effect: Effect::Outside,
        url_parameter: None,
        retry_pauses: Vec::new(),
    })))
}

/// Holds `testdata/FOLDER/NAME.json` to `NAME.yaml`: the scenarios, and their reports behind.
#[track_caller]
pub(crate) fn check(folder: &str, name: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(folder);
    let file = fs::read(folder.join(format!("{name}.json"))).expect("a file");
    let all = import(name, &file, &known()).expect("sound");
    let mut found = String::new();
    for one in &all {
        let _ = writeln!(found, "{}", one.yaml.trim_end());
        one.report.to_string().lines().for_each(|line| {
            let _ = writeln!(found, "#| {line}");
        });
    }
    let expected = folder.join(format!("{name}.yaml"));
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&expected, &found).expect("can be written");
    }
    assert_eq!(found, fs::read_to_string(&expected).unwrap_or_default(), "{name}");
    hold(&all, &known());
}

/// What holds of any import: nothing is wrong but what is left to do, and formatting changes nothing.
#[track_caller]
pub(crate) fn hold(all: &[Imported], known: &Counterparts) {
    for one in all {
        let (_, found) = scenario::check(&one.yaml, &known.catalog);
        let wrong: Vec<_> = found.iter().filter(|found| found.is_error() && !found.is_todo()).collect();
        assert!(wrong.is_empty(), "{wrong:?}\n{}", one.yaml);
        assert_eq!(scenario::format::format(&one.yaml).expect("sound"), one.yaml);
        assert!(one.id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'), "{}", one.id);
    }
}
