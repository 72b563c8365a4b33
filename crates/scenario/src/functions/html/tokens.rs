//! HTML as a row of tags and texts.

use super::entities::unescaped;
use std::borrow::Cow;

/// A piece of HTML.
#[derive(Clone, Copy, Debug)]
pub(super) enum Token<'h> {
    /// What is written between tags, entities as they are.
    Text(&'h str),
    /// `<name …>`.
    Start(Tag<'h>),
    /// `</name>`.
    End(Tag<'h>),
}

/// What stands between `<` or `</` and `>`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tag<'h> {
    name: &'h str,
    rest: &'h str,
}

/// The pieces, without comments, declarations, and what is no text for people: scripts, styles and the like.
pub(super) fn tokens(html: &str) -> impl Iterator<Item = Token<'_>> {
    Tokens { rest: html }
}

struct Tokens<'h> {
    rest: &'h str,
}

/// What is in these is not shown.
const HIDDEN: [&str; 5] = ["script", "style", "head", "template", "noscript"];

impl<'h> Iterator for Tokens<'h> {
    type Item = Token<'h>;

    fn next(&mut self) -> Option<Token<'h>> {
        loop {
            if self.rest.is_empty() {
                return None;
            }
            if let Some(comment) = self.rest.strip_prefix("<!--") {
                self.rest = behind(comment, "-->");
                continue;
            }
            if self.rest.starts_with("<!") || self.rest.starts_with("<?") {
                self.rest = behind(self.rest, ">");
                continue;
            }
            let Some(tag) = self.tag() else { return Some(self.text()) };
            if let Token::Start(start) = tag
                && let Some(hidden) = HIDDEN.iter().find(|hidden| start.is(hidden))
            {
                self.rest = behind_element(self.rest, hidden);
                continue;
            }
            return Some(tag);
        }
    }
}

impl<'h> Tokens<'h> {
    /// The tag that is next; none where `<` is just a character.
    fn tag(&mut self) -> Option<Token<'h>> {
        let inside = self.rest.strip_prefix('<')?;
        let (inside, ends) = match inside.strip_prefix('/') {
            Some(inside) => (inside, true),
            None => (inside, false),
        };
        if !inside.starts_with(|char: char| char.is_ascii_alphabetic()) {
            return None;
        }
        let name = inside.find(|char: char| char.is_ascii_whitespace() || matches!(char, '/' | '>'));
        let (name, rest) = inside.split_at(name.unwrap_or(inside.len()));
        let length = tag_length(rest);
        let tag = Tag { name, rest: &rest[..length] };
        self.rest = rest[length..].strip_prefix('>').unwrap_or(&rest[length..]);
        Some(if ends { Token::End(tag) } else { Token::Start(tag) })
    }

    /// The text up to the next `<`; where it begins with one, that is a part of it.
    fn text(&mut self) -> Token<'h> {
        let from = usize::from(self.rest.starts_with('<'));
        let end = self.rest[from..].find('<').map_or(self.rest.len(), |end| end + from);
        let (text, rest) = self.rest.split_at(end);
        self.rest = rest;
        Token::Text(text)
    }
}

impl<'h> Tag<'h> {
    /// Whether its name is this one, which is in lower case.
    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// Its name in lower case.
    pub(super) fn name(&self) -> String {
        self.name.to_ascii_lowercase()
    }

    /// Whether nothing can be within.
    pub(super) fn is_void(&self) -> bool {
        const VOID: [&str; 13] =
            ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];
        self.rest.ends_with('/') || VOID.iter().any(|name| self.is(name))
    }

    /// The value of an attribute whose name is in lower case.
    pub(super) fn attribute(&self, name: &str) -> Option<Cow<'h, str>> {
        self.attributes().find(|(attribute, _)| attribute == name).map(|(_, value)| value)
    }

    /// The attributes, their names in lower case, in their order.
    pub(super) fn attributes(&self) -> impl Iterator<Item = (String, Cow<'h, str>)> + use<'h> {
        let mut rest = self.rest;
        std::iter::from_fn(move || {
            rest = rest.trim_start_matches(|char: char| char.is_ascii_whitespace() || char == '/');
            if rest.is_empty() {
                return None;
            }
            // A stray `=` is a part of a name, so that something is always taken.
            let first = rest.chars().next().map_or(0, char::len_utf8);
            let end = rest[first..].find(|char: char| char.is_ascii_whitespace() || matches!(char, '=' | '/'));
            let (name, behind) = rest.split_at(end.map_or(rest.len(), |end| end + first));
            let (value, behind) = match behind.trim_start().strip_prefix('=') {
                Some(behind) => value(behind.trim_start()),
                None => ("", behind),
            };
            rest = behind;
            Some((name.to_ascii_lowercase(), unescaped(value)))
        })
    }
}

/// The value that a text begins with, and what is behind.
fn value(text: &str) -> (&str, &str) {
    if let Some(quote) = text.chars().next().filter(|quote| matches!(quote, '"' | '\'')) {
        let inside = &text[1..];
        return inside.split_once(quote).unwrap_or((inside, ""));
    }
    text.split_at(text.find(|char: char| char.is_ascii_whitespace()).unwrap_or(text.len()))
}

/// How far a tag goes: to `>`, but not one within quotes.
fn tag_length(text: &str) -> usize {
    let mut quote = None;
    let mut assigned = false;
    for (position, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), byte) if open == byte => quote = None,
            (Some(_), _) => {}
            (None, b'>') => return position,
            (None, b'"' | b'\'') if assigned => quote = Some(byte),
            (None, _) => {}
        }
        assigned = byte == b'=' || assigned && byte.is_ascii_whitespace();
    }
    text.len()
}

fn behind<'h>(text: &'h str, end: &str) -> &'h str {
    text.split_once(end).map_or("", |(_, behind)| behind)
}

/// What is behind the end tag of this name.
fn behind_element<'h>(text: &'h str, name: &str) -> &'h str {
    let mut rest = text;
    while let Some((_, behind)) = rest.split_once("</") {
        let named = behind.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
        if named && !behind[name.len()..].starts_with(|char: char| char.is_ascii_alphanumeric()) {
            return self::behind(behind, ">");
        }
        rest = behind;
    }
    ""
}
