//! HTML: its text, its links, and what must be escaped in it. It is read as browsers read it, leniently; nothing is
//! run, fetched or refused.

mod entities;
mod text;
mod tokens;

use super::{Call, Function};
use crate::expression::fault::Fault;
use crate::expression::value::{list, map};
use entities::unescaped;
use rhai::{Dynamic, Map};
use tokens::{Tag, Token, tokens};

type Result = std::result::Result<Dynamic, Fault>;

pub(super) const TABLE: &[Function] = &[
    Function {
        name: "escape_html",
        group: "format",
        signature: "escape_html(text) -> text",
        doc: "The text as a part of HTML or XML: `&`, `<`, `>`, `\"` and `'` as entities.",
        errors: "",
        example: r#""<b> & 'c'".escape_html()"#,
        result: r#""&lt;b&gt; &amp; &#39;c&#39;""#,
        run: escape,
    },
    Function {
        name: "unescape_html",
        group: "format",
        signature: "unescape_html(text) -> text",
        doc: "The text with entities such as `&lt;`, `&eacute;` and `&#20013;` resolved; what is none stays.",
        errors: "",
        example: r#""&lt;caf&eacute;&gt; &#20013; &nope;".unescape_html()"#,
        result: r#""<café> 中 &nope;""#,
        run: unescape,
    },
    Function {
        name: "raw_html",
        group: "format",
        signature: "raw_html(value) -> value",
        doc: "The value itself. Within the `html` of a mail it is markup and not text, as nothing else is: only for what you \
              trust.",
        errors: "",
        example: r#""<b>Hi</b>".raw_html()"#,
        result: r#""<b>Hi</b>""#,
        run: raw,
    },
    Function {
        name: "strip_html",
        group: "format",
        signature: "strip_html(html) -> text",
        doc: "The HTML without tags, comments, scripts and styles, with entities resolved; blanks and line breaks stay as \
              they are.",
        errors: "",
        example: r#""<b>Hi</b> &amp; <i>bye</i>".strip_html()"#,
        result: r#""Hi & bye""#,
        run: strip,
    },
    Function {
        name: "html_to_text",
        group: "format",
        signature: "html_to_text(html) -> text",
        doc: "The HTML as people would read it in a plain mail: paragraphs, headings and list items on lines of their own, \
              links with their address behind, images as their description, table cells with blanks between.",
        errors: "",
        example: r#""<h1>News</h1><ul><li>One<li><a href='https://example.com'>Two</a></ul>".html_to_text()"#,
        result: r#""News\n\n- One\n- Two (https://example.com)""#,
        run: to_text,
    },
    Function {
        name: "html_elements",
        group: "format",
        signature: "html_elements(html, name) -> list",
        doc: "All elements of this name: `attributes`, a map, and `text`, what is written within.",
        errors: "",
        example: r#""<p>a<img src='x.png' alt=X></p>".html_elements("img")"#,
        result: r#"[{"attributes":{"alt":"X","src":"x.png"},"text":""}]"#,
        run: elements,
    },
    Function {
        name: "html_links",
        group: "format",
        signature: "html_links(html) -> list",
        doc: "All links: `url` and `text`.",
        errors: "",
        example: r#""<a href='/a?b&amp;c'>Go <b>on</b></a>".html_links()"#,
        result: r#"[{"text":"Go on","url":"/a?b&c"}]"#,
        run: links,
    },
];

fn raw(call: &mut Call) -> Result {
    Ok(call.any(0).clone())
}

fn escape(call: &mut Call) -> Result {
    let text = call.text(0)?;
    call.spend_bytes(text.len().saturating_mul(2))?;
    Ok(escaped(&text).into())
}

/// The text as a part of HTML or XML.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            char => escaped.push(char),
        }
    }
    escaped
}

fn unescape(call: &mut Call) -> Result {
    let text = call.text(0)?;
    call.spend_bytes(text.len().saturating_mul(2))?;
    Ok(unescaped(&text).into_owned().into())
}

fn strip(call: &mut Call) -> Result {
    let html = source(call)?;
    let mut text = String::new();
    for token in tokens(&html) {
        if let Token::Text(written) = token {
            text.push_str(&unescaped(written));
        }
    }
    Ok(text.into())
}

fn to_text(call: &mut Call) -> Result {
    let html = source(call)?;
    Ok(text::of(&html).into())
}

fn elements(call: &mut Call) -> Result {
    let name = call.text(1)?.to_ascii_lowercase();
    let html = source(call)?;
    let mut made = Vec::new();
    for (tag, text) in found(call, &html, &name)? {
        let mut attributes = Map::new();
        for (attribute, value) in tag.attributes() {
            call.reserve(64 + value.len())?;
            attributes.entry(attribute.into()).or_insert_with(|| value.into_owned().into());
        }
        made.push(map(Map::from([("attributes".into(), map(attributes)), ("text".into(), text.into())])));
    }
    Ok(list(made))
}

fn links(call: &mut Call) -> Result {
    let html = source(call)?;
    let mut made = Vec::new();
    for (tag, text) in found(call, &html, "a")? {
        let Some(url) = tag.attribute("href") else { continue };
        made.push(map(Map::from([("url".into(), url.trim().into()), ("text".into(), text.into())])));
    }
    Ok(list(made))
}

fn source(call: &mut Call) -> std::result::Result<rhai::ImmutableString, Fault> {
    let html = call.text(0)?;
    call.spend_bytes(html.len().saturating_mul(4))?;
    Ok(html)
}

/// The start tags of this name, each with the text up to its end tag, or the next start of the same name.
fn found<'h>(call: &mut Call, html: &'h str, name: &str) -> std::result::Result<Vec<(Tag<'h>, String)>, Fault> {
    let mut found: Vec<(Tag, String)> = Vec::new();
    let mut open = false;
    for token in tokens(html) {
        match token {
            Token::Start(tag) if tag.is(name) => {
                call.reserve(256)?;
                open = !tag.is_void();
                found.push((tag, String::new()));
            }
            Token::End(tag) if tag.is(name) => open = false,
            Token::Text(written) if open => {
                if let Some((_, text)) = found.last_mut() {
                    text.push_str(&unescaped(written));
                }
            }
            _ => {}
        }
    }
    found.iter_mut().for_each(|(_, text)| *text = text.split_whitespace().collect::<Vec<_>>().join(" "));
    Ok(found)
}
