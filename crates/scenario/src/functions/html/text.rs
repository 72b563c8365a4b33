//! HTML laid out as plain text.

use super::entities::unescaped;
use super::tokens::{Tag, Token, tokens};

/// The text as people would read it.
pub(super) fn of(html: &str) -> String {
    let mut page = Page::default();
    for token in tokens(html) {
        match token {
            Token::Text(text) => page.write(&unescaped(text)),
            Token::Start(tag) => page.start(&tag),
            Token::End(tag) => page.end(&tag),
        }
    }
    page.text.truncate(page.text.trim_end().len());
    page.text
}

/// A page being laid out.
#[derive(Default)]
struct Page {
    text: String,
    /// Whether a blank stands before the next word.
    blank: bool,
    /// How many `pre` are open.
    preformatted: usize,
    /// The open lists: the number of the next item, or none where items have no numbers.
    lists: Vec<Option<u32>>,
    /// The address of the open link, and where its text begins.
    link: Option<(String, usize)>,
}

impl Page {
    fn start(&mut self, tag: &Tag) {
        /// How deep lists are indented at most.
        const DEEPEST: usize = 8;
        match tag.name().as_str() {
            "br" => self.line(),
            "hr" => {
                self.lines(1);
                self.text.push_str("---");
                self.lines(1);
            }
            "pre" => {
                self.lines(2);
                self.preformatted += 1;
            }
            "ul" | "ol" => {
                self.lines(if self.lists.is_empty() { 2 } else { 1 });
                let number = tag.attribute("start").and_then(|start| start.trim().parse().ok()).unwrap_or(1);
                self.lists.push(tag.is("ol").then_some(number));
            }
            "li" => {
                self.lines(1);
                self.text.push_str(&"  ".repeat(self.lists.len().saturating_sub(1).min(DEEPEST)));
                match self.lists.last_mut() {
                    Some(Some(number)) => {
                        self.text.push_str(&format!("{number}. "));
                        *number = number.saturating_add(1);
                    }
                    _ => self.text.push_str("- "),
                }
            }
            "td" | "th" => self.blank = true,
            "img" => self.write(&tag.attribute("alt").unwrap_or_default()),
            "a" => {
                let url = tag.attribute("href").map(|url| url.trim().to_owned());
                self.link = url.map(|url| (url, self.text.len()));
            }
            name => self.around(name),
        }
    }

    fn end(&mut self, tag: &Tag) {
        match tag.name().as_str() {
            "pre" => {
                self.preformatted = self.preformatted.saturating_sub(1);
                self.lines(2);
            }
            "ul" | "ol" => {
                self.lists.pop();
                self.lines(if self.lists.is_empty() { 2 } else { 1 });
            }
            "a" => self.end_link(),
            name => self.around(name),
        }
    }

    /// Where a block begins or ends.
    fn around(&mut self, name: &str) {
        match name {
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "blockquote" | "table" | "dl" | "figure" => self.lines(2),
            "div" | "section" | "article" | "header" | "footer" | "main" | "nav" | "aside" | "address" | "form"
            | "fieldset" | "tr" | "dt" | "dd" | "caption" | "figcaption" | "body" | "title" | "option" => self.lines(1),
            _ => {}
        }
    }

    /// The address of a link, unless its text says it.
    fn end_link(&mut self) {
        let Some((url, from)) = self.link.take() else { return };
        let shown = self.text.get(from..).unwrap_or_default().trim();
        let address = url.strip_prefix("mailto:").unwrap_or(&url);
        let leads_out = ["http://", "https://", "mailto:", "tel:"].iter().any(|scheme| url.starts_with(scheme));
        if leads_out && shown != address && shown != url {
            let addition = if shown.is_empty() { address.to_owned() } else { format!(" ({address})") };
            self.blank = self.blank && shown.is_empty();
            self.write_blank();
            self.text.push_str(&addition);
        }
    }

    fn write(&mut self, text: &str) {
        if self.preformatted > 0 {
            self.write_blank();
            self.text.push_str(text);
            return;
        }
        // A no-break space is a blank, too, but one that counts.
        for word in text.split_inclusive(|char: char| char.is_ascii_whitespace()) {
            let trimmed = word.trim_end_matches(|char: char| char.is_ascii_whitespace());
            if !trimmed.is_empty() {
                self.write_blank();
                self.text.push_str(trimmed);
            }
            self.blank |= trimmed.len() < word.len();
        }
    }

    fn write_blank(&mut self) {
        if self.blank && !self.text.is_empty() && !self.text.ends_with([' ', '\n']) {
            self.text.push(' ');
        }
        self.blank = false;
    }

    /// A line break.
    fn line(&mut self) {
        self.blank = false;
        self.text.truncate(self.text.trim_end_matches(' ').len());
        if !self.text.is_empty() {
            self.text.push('\n');
        }
    }

    /// At least this many line breaks.
    fn lines(&mut self, wanted: usize) {
        self.blank = false;
        self.text.truncate(self.text.trim_end_matches(' ').len());
        let there = self.text.bytes().rev().take(wanted).take_while(|byte| *byte == b'\n').count();
        if !self.text.is_empty() {
            self.text.extend(std::iter::repeat_n('\n', wanted.saturating_sub(there)));
        }
    }
}
