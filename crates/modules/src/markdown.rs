//! `markdown.to_html`.

use crate::computed::{Computed, Content};
use pulldown_cmark::{CowStr, Event, LinkType, Options, Parser, Tag, html};
use run::call::Module;
use run::error::StepError;
use run::files::Files;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// How many marks a text may have: what is nested deeply takes more time than its length says.
const MOST_MARKS: usize = 200_000;

/// How long the HTML may become, in bytes.
const MOST: usize = 16 * 1024 * 1024;

/// Makes HTML of Markdown (CommonMark with tables, task lists, footnotes and strike-through). The output is the HTML.
///
/// HTML within the Markdown is shown as text, and addresses of other kinds than `http`, `https`, `mailto` and `tel` are
/// left out, unless `raw` says that the text can be trusted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ToHtml {
    /// The Markdown: a text, or a file of at most 8 MiB.
    text: Content,
    /// Whether HTML in the text and addresses of any kind stay as they are.
    #[serde(default)]
    raw: bool,
    /// Whether each line break in the text is one in the HTML, too.
    #[serde(default)]
    breaks: bool,
}

/// The module.
pub(crate) fn module(files: &Files) -> Arc<dyn Module> {
    Computed::<ToHtml>::listed(
        files,
        "markdown.to_html",
        to_html,
        json!({ "text": "# News\n\nIt is **here**.\n" }),
        json!("<h1>News</h1>\n<p>It is <strong>here</strong>.</p>\n"),
    )
}

fn to_html(ToHtml { text, raw, breaks }: ToHtml, files: &Files) -> Result<Value, StepError> {
    let text = text.text(files, None)?;
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH;
    let too_large = || StepError::permanent("too_large", "the HTML would be too long, or has too many marks");
    if Parser::new_ext(&text, options).count() > MOST_MARKS {
        return Err(too_large());
    }
    let events = Parser::new_ext(&text, options).map(|event| match event {
        Event::SoftBreak if breaks => Event::HardBreak,
        event if raw => event,
        event => harmless(event),
    });
    let mut written = String::with_capacity(text.len() * 3 / 2);
    html::push_html(&mut written, events);
    if written.len() > MOST { Err(too_large()) } else { Ok(written.into()) }
}

/// What runs nothing, whoever has written it.
fn harmless(event: Event<'_>) -> Event<'_> {
    match event {
        Event::Html(html) | Event::InlineHtml(html) => Event::Text(html),
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            Event::Start(Tag::Link { link_type, dest_url: safe(dest_url, link_type), title, id })
        }
        Event::Start(Tag::Image { link_type, dest_url, title, id }) => {
            Event::Start(Tag::Image { link_type, dest_url: safe(dest_url, link_type), title, id })
        }
        event => event,
    }
}

/// The address, unless it has a scheme that could run something. Browsers leave control characters out of it.
fn safe(url: CowStr<'_>, link_type: LinkType) -> CowStr<'_> {
    let plain: String = url.chars().filter(|char| !char.is_control() && !char.is_whitespace()).collect();
    let scheme = plain.split_once(':').map(|(scheme, _)| scheme).filter(|scheme| !scheme.contains(['/', '?', '#']));
    let is_safe = scheme
        .is_none_or(|scheme| ["http", "https", "mailto", "tel"].iter().any(|known| scheme.eq_ignore_ascii_case(known)));
    if is_safe || link_type == LinkType::Email { url } else { CowStr::Borrowed("") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let events = Parser::new_ext(text, Options::empty()).map(harmless);
        let mut written = String::new();
        html::push_html(&mut written, events);
        assert_eq!(written, expected, "{text}");
    }

    #[test]
    fn a_stranger_s_text_runs_nothing() {
        check("<script>x</script>", "&lt;script&gt;x&lt;/script&gt;");
        check("a <b onclick=x>b</b>", "<p>a &lt;b onclick=x&gt;b&lt;/b&gt;</p>\n");
        check("[x](javascript:alert(1))", "<p><a href=\"\">x</a></p>\n");
        check("[x](JAVA&#10;SCRIPT:alert(1))", "<p><a href=\"\">x</a></p>\n");
        check("![x](data:image/svg+xml,1)", "<p><img src=\"\" alt=\"x\" /></p>\n");
        check("[x](https://e.com/a:b)", "<p><a href=\"https://e.com/a:b\">x</a></p>\n");
        check("[x](/a?b:c)", "<p><a href=\"/a?b:c\">x</a></p>\n");
        check("<ann@example.com>", "<p><a href=\"mailto:ann@example.com\">ann@example.com</a></p>\n");
    }
}
