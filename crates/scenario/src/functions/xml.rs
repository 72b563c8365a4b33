//! XML documents as maps, in the form that webhooks give them.

use super::options::Options;
use super::{Call, Function};
use crate::data;
use crate::expression::fault::Fault;
use crate::xml::{self, Layout};
use rhai::Dynamic;
use serde_json::{Map, Value};

type Result = std::result::Result<Dynamic, Fault>;

pub(super) const TABLE: &[Function] = &[
    Function {
        name: "parse_xml",
        group: "format",
        signature: "parse_xml(text) -> map",
        doc: "An XML document as a map, as webhooks give it: an element is its text, or a map of `@attribute`, child \
              elements and `#text`; what is repeated is a list.",
        errors: "A text that is no XML; a document type (DOCTYPE); more than 63 levels or 250,000 elements.",
        example: r#""<order id='7'><sku>A</sku><sku>B</sku></order>".parse_xml()"#,
        result: r#"{"order":{"@id":"7","sku":["A","B"]}}"#,
        run: parse,
    },
    Function {
        name: "to_xml",
        group: "format",
        signature: "to_xml(map, options?) -> text",
        doc: "The XML document of a map in the form that `parse_xml` gives. Options: `root` (the root element's name, where \
              the map itself is its content), `declaration` (`true`: begins with `<?xml …?>`), `indent` (`true`: line \
              breaks and blanks).",
        errors: "A map with more than one root element; names and characters that XML cannot have; lists in lists.",
        example: r#"#{order: #{"@id": 7, sku: ["A", "B"]}}.to_xml()"#,
        result: r#""<order id=\"7\"><sku>A</sku><sku>B</sku></order>""#,
        run: write,
    },
];

fn parse(call: &mut Call) -> Result {
    let text = call.text(0)?;
    call.spend_bytes(text.len().saturating_mul(4))?;
    call.reserve(text.len().saturating_mul(4))?;
    let document = xml::read(text.trim_start_matches('\u{feff}'));
    let document = document.map_err(|why| call.fail(&format!("this is no XML that is read: {why}")))?;
    Ok(data::of(&document))
}

fn write(call: &mut Call) -> Result {
    let options = Options::of(call, 1, &["root", "declaration", "indent"])?;
    if !call.any(0).is_map() {
        return Err(call.unsuitable(0, "a map"));
    }
    call.spend_whole(0)?;
    let Value::Object(mut document) = data::to_json(call.any(0)) else { return Err(call.unsuitable(0, "a map")) };
    if let Some(root) = options.text("root")? {
        document = Map::from_iter([(root.to_string(), Value::Object(document))]);
    }
    let layout = if options.flag("indent")?.unwrap_or(false) { Layout::Indented } else { Layout::Compact };
    let written = xml::write(&document, layout).map_err(|why| call.fail(&why))?;
    call.spend_bytes(written.len().saturating_mul(4))?;
    let declared = options.flag("declaration")?.unwrap_or(false);
    let declaration = if declared { "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" } else { "" };
    Ok(format!("{declaration}{written}").into())
}
