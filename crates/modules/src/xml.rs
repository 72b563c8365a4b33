//! `xml.parse` and `xml.create`.

use crate::computed::{Computed, Content, evaluated};
use crate::file::{encoding, text, whole};
use run::call::Module;
use run::error::StepError;
use run::files::Files;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Both, in the order of their names.
pub(crate) fn all(files: &Files) -> [Arc<dyn Module>; 2] {
    [
        Computed::<Create>::listed(
            files,
            "xml.create",
            create,
            json!({ "value": { "order": { "@id": 7, "sku": ["A", "B"] } } }),
            json!("<order id=\"7\"><sku>A</sku><sku>B</sku></order>"),
        ),
        Computed::<Parse>::listed(
            files,
            "xml.parse",
            parse,
            json!({ "text": "<order id='7'><sku>A</sku><sku>B</sku></order>" }),
            json!({ "order": { "@id": "7", "sku": ["A", "B"] } }),
        ),
    ]
}

/// Writes a map as an XML document. The output is the text.
///
/// `@name` is an attribute, `#text` the text of an element that has more, and a list repeats its element: the form that
/// `xml.parse` gives.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Create {
    /// The map: one key, the root element, unless `root` names it.
    value: Map<String, Value>,
    /// The name of the root element, where the map is its content.
    root: Option<String>,
    /// Whether it begins with `<?xml …?>`.
    #[serde(default)]
    declaration: bool,
    /// Whether it has line breaks and blanks for people to read.
    #[serde(default)]
    indent: bool,
}

/// Reads an XML document. The output is a map with the root element in it: an element is its text, or a map of
/// `@attribute`, child elements and `#text`; what is repeated is a list.
///
/// A document type is refused, so nothing can be expanded or fetched; so are more than 63 levels or 250,000 elements.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Parse {
    /// The XML: a text, or a file of at most 8 MiB.
    text: Content,
    /// The character set of a file, if the XML does not say it.
    charset: Option<String>,
}

fn create(Create { value, root, declaration, indent }: Create, _: &Files) -> Result<Value, StepError> {
    let mut options = Map::from_iter([("declaration".into(), declaration.into()), ("indent".into(), indent.into())]);
    options.extend(root.map(|root| ("root".to_owned(), root.into())));
    evaluated("to_xml(value, options)", [("value", value.into()), ("options", options.into())])
}

fn parse(Parse { text, charset }: Parse, files: &Files) -> Result<Value, StepError> {
    let text = match text {
        Content::Text(text) => text,
        Content::File(file) => read(&whole(files, &file, MOST)?, charset.as_deref())?,
    };
    evaluated("parse_xml(text)", [("text", text.into())])
}

/// The longest document, in bytes.
const MOST: u64 = 8 * 1024 * 1024;

/// The text of a document, which may name its own character set.
pub(crate) fn read(bytes: &[u8], charset: Option<&str>) -> Result<String, StepError> {
    let declared = declared(bytes);
    let label = charset.or(declared.as_deref()).filter(|label| encoding("charset", label).is_ok()).or(charset);
    text(bytes, label)
}

/// The `encoding` of `<?xml …?>`; names of character sets are ASCII.
fn declared(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(bytes.get(..bytes.len().min(200))?).into_owned();
    let (declaration, _) = head.trim_start_matches('\u{feff}').strip_prefix("<?xml")?.split_once("?>")?;
    let (_, rest) = declaration.split_once("encoding")?;
    let quoted = rest.trim_start().strip_prefix('=')?.trim_start();
    let quote = quoted.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    quoted[1..].split(quote).next().map(str::to_owned)
}
