//! `html.extract`.

use super::document;
use crate::computed::{Computed, Content};
use crate::spec::invalid;
use run::call::Module;
use run::error::StepError;
use run::files::Files;
use schemars::JsonSchema;
use scraper::{ElementRef, Selector};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How long all that is taken out may be, in bytes: elements within each other would be taken again and again.
const MOST: usize = 8 * 1024 * 1024;

/// Takes values out of HTML by CSS selectors. The output has what was found by the names of `values`.
///
/// A page has at most 4 MiB and 50,000 elements.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Extract {
    /// The HTML: a text, or a file.
    html: Content,
    /// What to take, by the name that it gets: `{ title: { selector: h1 } }`.
    #[schemars(with = "BTreeMap<String, Wanted>")]
    values: Map<String, Value>,
    /// A selector of the elements that repeat, such as `li.product`: the output is a list, with an item for each of them,
    /// and the selectors of `values` look within it.
    each: Option<String>,
    /// The character set of a file, if it is not UTF-8.
    charset: Option<String>,
}

/// One value to be taken.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// Which elements: a CSS selector. Without it the element of `each` itself.
    selector: Option<String>,
    /// What of an element: its `text`, its `html`, what is within it as HTML (`inner_html`), or an `attribute`.
    #[serde(default)]
    take: Take,
    /// The name of the attribute: `href`. Then `take` may be left out.
    attribute: Option<String>,
    /// Whether all elements are taken, as a list. Else it is the first, or null.
    #[serde(default)]
    all: bool,
}

/// What is taken of an element.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Take {
    /// What people read in it.
    #[default]
    Text,
    /// All of it.
    Html,
    /// What is within it.
    InnerHtml,
    /// One of its attributes.
    Attribute,
}

pub(super) fn module(files: &Files) -> Arc<dyn Module> {
    Computed::<Extract>::listed(
        files,
        "html.extract",
        extract,
        json!({
            "html": "<h1>News</h1><a href='/1'>One</a><a href='/2'>Two</a>",
            "values": { "title": { "selector": "h1" }, "links": { "selector": "a", "attribute": "href", "all": true } },
        }),
        json!({ "title": "News", "links": ["/1", "/2"] }),
    )
}

/// A value to be taken, ready.
struct Aim {
    name: String,
    selector: Option<Selector>,
    wanted: Wanted,
}

fn extract(Extract { html, values, each, charset }: Extract, files: &Files) -> Result<Value, StepError> {
    let aims = values.into_iter().map(|(name, wanted)| aim(name, wanted)).collect::<Result<Vec<_>, _>>()?;
    let each = each.as_deref().map(|each| selector("each", each)).transpose()?;
    let page = document::read(&html.text(files, charset.as_deref())?)?;
    let mut room = MOST;
    match each {
        Some(each) => {
            let items = page.select(&each).map(|element| taken(&aims, element, &mut room));
            items.collect::<Result<Vec<_>, _>>().map(Value::from)
        }
        None => taken(&aims, page.root_element(), &mut room),
    }
}

fn aim(name: String, wanted: Value) -> Result<Aim, StepError> {
    let wanted: Wanted =
        serde_json::from_value(wanted).map_err(|error| invalid(format!("`values.{name}`: {error}")))?;
    if wanted.take == Take::Attribute && wanted.attribute.is_none() {
        return Err(invalid(format!("`values.{name}`: `attribute` says which one is taken")));
    }
    let at = format!("values.{name}.selector");
    let selector = wanted.selector.as_deref().map(|text| selector(&at, text)).transpose()?;
    Ok(Aim { name, selector, wanted })
}

fn selector(parameter: &str, text: &str) -> Result<Selector, StepError> {
    Selector::parse(text).map_err(|_| {
        StepError::permanent("invalid_selector", format!("`{parameter}`: {text:?} is no CSS selector"))
            .hint("for example `h1`, `.price`, `#main a[href]`, `ul > li:first-child`")
    })
}

fn taken(aims: &[Aim], within: ElementRef<'_>, room: &mut usize) -> Result<Value, StepError> {
    let mut found = Map::new();
    for Aim { name, selector, wanted } in aims {
        let mut elements: Box<dyn Iterator<Item = ElementRef<'_>>> = match selector {
            Some(selector) => Box::new(within.select(selector)),
            None => Box::new(std::iter::once(within)),
        };
        let value = if wanted.all {
            let mut all = Vec::new();
            for element in elements {
                all.push(value(wanted, element, room)?);
            }
            all.into()
        } else {
            elements.next().map_or(Ok(Value::Null), |element| value(wanted, element, room))?
        };
        found.insert(name.clone(), value);
    }
    Ok(found.into())
}

fn value(wanted: &Wanted, element: ElementRef<'_>, room: &mut usize) -> Result<Value, StepError> {
    let taken = match (&wanted.attribute, wanted.take) {
        (Some(name), _) => element.attr(name).map(str::to_owned),
        (None, Take::Html) => Some(element.html()),
        (None, Take::InnerHtml) => Some(element.inner_html()),
        (None, Take::Text | Take::Attribute) => Some(read(element)),
    };
    let length = taken.as_ref().map_or(0, String::len) + 16;
    *room = room.checked_sub(length).ok_or_else(|| {
        StepError::permanent("too_large", "what is taken out is longer than 8 MiB").hint("take less, or the `text`")
    })?;
    Ok(taken.into())
}

/// The text of an element without what is no text of the page, each run of blanks as one.
fn read(element: ElementRef<'_>) -> String {
    let mut text = String::new();
    for node in element.descendants() {
        let hidden = node.parent().and_then(ElementRef::wrap).map(|parent| parent.value().name());
        if let Some(part) = node.value().as_text().filter(|_| !matches!(hidden, Some("script" | "style"))) {
            text.push_str(part);
        }
        let breaks = node
            .value()
            .as_element()
            .is_some_and(|element| matches!(element.name(), "br" | "p" | "div" | "li" | "tr" | "td" | "th"));
        if breaks {
            text.push(' ');
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
