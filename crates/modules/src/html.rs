//! `html.…`: what is in a page.

mod document;
mod extract;
mod to_markdown;

pub(crate) use document::read as page;

use crate::computed::{Computed, Content, evaluated};
use run::call::Module;
use run::error::StepError;
use run::files::Files;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// All of them, in the order of their names.
pub(crate) fn all(files: &Files) -> [Arc<dyn Module>; 3] {
    let page = "<h1>News</h1><ul><li>One<li><a href='https://example.com'>Two</a></ul>";
    [
        extract::module(files),
        Computed::<ToMarkdown>::listed(
            files,
            "html.to_markdown",
            to_markdown,
            json!({ "html": page }),
            json!("# News\n\n- One\n- [Two](https://example.com)"),
        ),
        Computed::<ToText>::listed(
            files,
            "html.to_text",
            to_text,
            json!({ "html": page }),
            json!("News\n\n- One\n- Two (https://example.com)"),
        ),
    ]
}

/// Makes Markdown of HTML: headings, emphasis, links, images, lists, quotes, code and tables. The output is the text.
///
/// Scripts, styles and forms are left out; a page has at most 4 MiB and 50,000 tags.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ToMarkdown {
    /// The HTML: a text, or a file.
    html: Content,
    /// The character set of a file, if it is not UTF-8.
    charset: Option<String>,
}

/// Makes plain text of HTML, as people would read it in a mail: paragraphs, headings and list items on lines of their own,
/// links with their address behind. The output is the text.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ToText {
    /// The HTML: a text, or a file of at most 8 MiB.
    html: Content,
    /// The character set of a file, if it is not UTF-8.
    charset: Option<String>,
}

fn to_markdown(ToMarkdown { html, charset }: ToMarkdown, files: &Files) -> Result<Value, StepError> {
    let page = document::read(&html.text(files, charset.as_deref())?)?;
    Ok(to_markdown::of(&page).into())
}

fn to_text(ToText { html, charset }: ToText, files: &Files) -> Result<Value, StepError> {
    evaluated("html_to_text(html)", [("html", html.text(files, charset.as_deref())?.into())])
}
