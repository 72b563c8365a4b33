//! Asking only for what has changed (RFC 9110, 8.8 and 13.1): what the far side said of its answer goes back with the next
//! question. Two modules take it, each in its own way.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// Calls of which the headers are the author's to say.
const HTTP: &str = "http.request";
/// Reads feeds; takes and gives validators as parameters and output.
const FEED: &str = "rss.read";

/// By what the far side tells that nothing has changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Validators {
    /// A digest of the question: for another one they mean nothing.
    of: String,
    etag: Option<String>,
    last_modified: Option<String>,
}

impl Validators {
    fn new(parameters: &Value, etag: &Value, last_modified: &Value) -> Option<Self> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let (etag, last_modified) = (text(etag), text(last_modified));
        (etag.is_some() || last_modified.is_some()).then(|| Self { of: digest(parameters), etag, last_modified })
    }
}

/// Puts them into the parameters of a call, where they are of the same question.
pub(super) fn put(module: &str, parameters: &mut Value, validators: Option<&Validators>) {
    let Some(validators) = validators.filter(|validators| validators.of == digest(parameters)) else { return };
    let Validators { etag, last_modified, .. } = validators;
    let Some(parameters) = parameters.as_object_mut() else { return };
    let (target, names) = match module {
        HTTP => {
            let headers = parameters.entry("headers").or_insert_with(|| Value::Object(Map::new()));
            let Some(headers) = headers.as_object_mut() else { return };
            (headers, ["if-none-match", "if-modified-since"])
        }
        FEED => (parameters, ["etag", "last_modified"]),
        _ => return,
    };
    for (name, value) in names.into_iter().zip([etag, last_modified]) {
        let Some(value) = value else { continue };
        if !target.keys().any(|key| key.eq_ignore_ascii_case(name)) {
            target.insert(name.to_owned(), json!(value));
        }
    }
}

/// What the far side said of its answer. `parameters` are those of the call.
pub(super) fn of(module: &str, parameters: &Value, output: &Value) -> Option<Validators> {
    let asked = without(module, parameters);
    match module {
        // What is sent with a body is no question.
        HTTP if output["status"] == 200 => {
            let headers = &output["headers"];
            Validators::new(&asked, &headers["etag"], &headers["last-modified"])
        }
        FEED => Validators::new(&asked, &output["etag"], &output["last_modified"]),
        _ => None,
    }
}

/// Whether the far side says that nothing has changed since.
pub(super) fn is_unchanged(module: &str, validators: Option<&Validators>, output: &Value) -> bool {
    match module {
        HTTP => validators.is_some() && output["status"] == 304,
        FEED => output["unchanged"] == true,
        _ => false,
    }
}

/// The parameters as they were before [`put`].
fn without(module: &str, parameters: &Value) -> Value {
    let mut parameters = parameters.clone();
    let Some(map) = parameters.as_object_mut() else { return parameters };
    match module {
        HTTP => {
            if let Some(headers) = map.get_mut("headers").and_then(Value::as_object_mut) {
                headers.shift_remove("if-none-match");
                headers.shift_remove("if-modified-since");
                if headers.is_empty() {
                    map.shift_remove("headers");
                }
            }
        }
        FEED => {
            map.shift_remove("etag");
            map.shift_remove("last_modified");
        }
        _ => {}
    }
    parameters
}

fn digest(parameters: &Value) -> String {
    Sha256::digest(parameters.to_string())[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}
