//! A page written as Markdown.

use ego_tree::iter::Edge;
use scraper::node::Element;
use scraper::{Html, Node};

/// The Markdown of a page.
pub(super) fn of(page: &Html) -> String {
    let mut paper = Paper::default();
    for edge in page.tree.root().traverse() {
        match edge {
            Edge::Open(node) => match node.value() {
                Node::Element(element) => paper.start(element),
                Node::Text(text) => paper.write(text),
                _ => {}
            },
            Edge::Close(node) => {
                if let Node::Element(element) = node.value() {
                    paper.end(element);
                }
            }
        }
    }
    paper.text
}

/// What stands before each line within a list item or a quote.
struct Margin {
    /// Of the first line, until it is written.
    first: Option<String>,
    rest: String,
}

/// A page being written.
#[derive(Default)]
struct Paper {
    text: String,
    /// How many line breaks stand before the next word.
    breaks: usize,
    /// Whether a blank does.
    blank: bool,
    /// Marks that open with the next word, so that none stands before a blank.
    opening: Vec<&'static str>,
    margins: Vec<Margin>,
    /// The number of the next item of each open list, or none where items have no numbers.
    lists: Vec<Option<u32>>,
    /// The addresses of the open links.
    links: Vec<Option<String>>,
    /// How many elements are open whose text is none of the page.
    hidden: usize,
    preformatted: usize,
    code: usize,
    cells: usize,
    /// The cells of the open row, and whether the open table had a row before.
    columns: usize,
    had_row: bool,
}

impl Paper {
    fn start(&mut self, element: &Element) {
        match element.name() {
            name if is_hidden(name) => self.hidden += 1,
            _ if self.hidden > 0 => {}
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.heading(element.name()),
            "br" if self.cells == 0 => {
                if !self.text.is_empty() && self.breaks == 0 {
                    self.text.push_str(if self.preformatted > 0 { "" } else { "  " });
                }
                self.apart(1);
            }
            "hr" => {
                self.apart(2);
                self.mark("---");
                self.apart(2);
            }
            "strong" | "b" => self.opening.push("**"),
            "em" | "i" => self.opening.push("*"),
            "del" | "s" | "strike" => self.opening.push("~~"),
            "code" if self.preformatted == 0 => {
                self.opening.push("`");
                self.code += 1;
            }
            "pre" => {
                self.apart(2);
                self.mark("```");
                self.apart(1);
                self.preformatted += 1;
            }
            "blockquote" => {
                self.apart(2);
                self.margins.push(Margin { first: None, rest: "> ".to_owned() });
            }
            "ul" | "ol" => self.list(element),
            "li" => self.item(),
            "a" => {
                self.opening.push("[");
                self.links.push(element.attr("href").map(address));
            }
            "img" => self.image(element),
            "table" => {
                self.apart(2);
                self.had_row = false;
            }
            "tr" => {
                self.apart(1);
                self.columns = 0;
            }
            "td" | "th" => {
                self.mark(if self.columns == 0 { "| " } else { " | " });
                self.columns += 1;
                self.cells += 1;
            }
            name => self.block(name),
        }
    }

    fn end(&mut self, element: &Element) {
        match element.name() {
            name if is_hidden(name) => self.hidden = self.hidden.saturating_sub(1),
            _ if self.hidden > 0 => {}
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.opening.clear();
                self.apart(2);
            }
            "strong" | "b" => self.close("**"),
            "em" | "i" => self.close("*"),
            "del" | "s" | "strike" => self.close("~~"),
            "code" if self.preformatted == 0 => {
                self.close("`");
                self.code = self.code.saturating_sub(1);
            }
            "pre" => {
                self.preformatted = self.preformatted.saturating_sub(1);
                self.text.truncate(self.text.trim_end_matches('\n').len());
                self.breaks = 1;
                self.mark("```");
                self.apart(2);
            }
            "blockquote" => {
                self.margins.pop();
                self.apart(2);
            }
            "ul" | "ol" => {
                self.lists.pop();
                self.apart(if self.lists.is_empty() { 2 } else { 1 });
            }
            "li" => {
                self.margins.pop();
                self.apart(1);
            }
            "a" => self.end_link(),
            "td" | "th" => {
                self.cells = self.cells.saturating_sub(1);
                self.blank = false;
            }
            "tr" => self.end_row(),
            name => self.block(name),
        }
    }

    /// Where a block begins or ends.
    fn block(&mut self, name: &str) {
        match name {
            "p" | "table" | "dl" | "figure" => self.apart(2),
            "div" | "section" | "article" | "header" | "footer" | "main" | "nav" | "aside" | "address" | "dt"
            | "dd" | "caption" | "figcaption" | "body" => self.apart(1),
            _ => {}
        }
    }

    /// `h3` is three marks.
    fn heading(&mut self, name: &str) {
        let level = name.trim_start_matches('h').parse().unwrap_or(1);
        self.apart(2);
        self.mark(&"#".repeat(level));
        self.blank = true;
    }

    fn list(&mut self, element: &Element) {
        self.apart(if self.lists.is_empty() { 2 } else { 1 });
        let number = element.attr("start").and_then(|start| start.trim().parse().ok()).unwrap_or(1);
        self.lists.push((element.name() == "ol").then_some(number));
    }

    fn item(&mut self) {
        self.apart(1);
        let mark = match self.lists.last_mut() {
            Some(Some(number)) => {
                let mark = format!("{number}. ");
                *number = number.saturating_add(1);
                mark
            }
            _ => "- ".to_owned(),
        };
        self.margins.push(Margin { rest: " ".repeat(mark.len()), first: Some(mark) });
    }

    fn end_link(&mut self) {
        let Some(url) = self.links.pop() else { return };
        if self.opening.last() == Some(&"[") {
            self.opening.pop();
            return;
        }
        self.text.push_str(&format!("]({})", url.unwrap_or_default()));
    }

    fn image(&mut self, element: &Element) {
        let Some(url) = element.attr("src").map(address) else { return };
        let described = escaped(element.attr("alt").unwrap_or_default(), self.cells > 0);
        self.mark(&format!("![{described}]({url})"));
    }

    fn end_row(&mut self) {
        if self.columns > 0 {
            self.mark(" |");
            if !self.had_row {
                self.apart(1);
                self.mark(&format!("|{}", " --- |".repeat(self.columns)));
            }
            self.had_row = true;
        }
        self.apart(1);
    }

    /// At least this many line breaks, but in a table's cell.
    fn apart(&mut self, breaks: usize) {
        if self.cells > 0 {
            self.blank = true;
            return;
        }
        self.blank = false;
        if !self.text.is_empty() {
            self.breaks = self.breaks.max(breaks);
        }
    }

    /// Closes what a mark has opened, unless nothing stood in it.
    fn close(&mut self, mark: &'static str) {
        if self.opening.last() == Some(&mark) {
            self.opening.pop();
        } else {
            self.text.push_str(mark);
        }
    }

    /// Breaks lines, sets margins and opens marks, so that something can be written.
    fn ready(&mut self) {
        if self.breaks > 0 || self.text.is_empty() {
            for number in 0..self.breaks.max(1) {
                if !self.text.is_empty() {
                    self.text.push('\n');
                }
                let is_last = number + 1 >= self.breaks.max(1);
                let margin: String = self.margins.iter_mut().map(|margin| margin.take(is_last)).collect();
                self.text.push_str(if is_last { &margin } else { margin.trim_end() });
            }
            (self.breaks, self.blank) = (0, false);
        } else if std::mem::take(&mut self.blank) && !self.text.ends_with(' ') {
            self.text.push(' ');
        }
        self.text.extend(self.opening.drain(..));
    }

    /// Writes what has a meaning in Markdown.
    fn mark(&mut self, mark: &str) {
        self.ready();
        self.text.push_str(mark);
    }

    /// Writes text of the page.
    fn write(&mut self, text: &str) {
        if self.hidden > 0 {
            return;
        }
        if self.preformatted > 0 {
            for (number, line) in text.split('\n').enumerate() {
                self.breaks += usize::from(number > 0);
                if !line.is_empty() {
                    self.mark(line);
                }
            }
            return;
        }
        for word in text.split_inclusive(|char: char| char.is_ascii_whitespace()) {
            let plain = word.trim_end_matches(|char: char| char.is_ascii_whitespace());
            if !plain.is_empty() {
                let begins_line = self.breaks > 0 || self.text.is_empty();
                self.ready();
                let written = if self.code > 0 { plain.to_owned() } else { escaped(plain, self.cells > 0) };
                let needs = begins_line && self.code == 0 && begins_block(plain);
                self.text.push_str(if needs { "\\" } else { "" });
                self.text.push_str(&written);
            }
            self.blank |= plain.len() < word.len();
        }
    }
}

impl Margin {
    /// What stands before this line; the mark of an item before its first one with words.
    fn take(&mut self, has_words: bool) -> String {
        self.first.take_if(|_| has_words).unwrap_or_else(|| self.rest.clone())
    }
}

fn is_hidden(name: &str) -> bool {
    matches!(
        name,
        "head"
            | "title"
            | "script"
            | "style"
            | "template"
            | "noscript"
            | "svg"
            | "iframe"
            | "object"
            | "select"
            | "textarea"
    )
}

/// An address that ends where it ends.
fn address(url: &str) -> String {
    url.trim()
        .chars()
        .map(|char| match char {
            ' ' => "%20".to_owned(),
            '(' => "%28".to_owned(),
            ')' => "%29".to_owned(),
            '<' => "%3C".to_owned(),
            '>' => "%3E".to_owned(),
            char if char.is_control() => String::new(),
            char => char.to_string(),
        })
        .collect()
}

/// Text in which nothing means anything in Markdown.
fn escaped(text: &str, in_cell: bool) -> String {
    let mut written = String::with_capacity(text.len());
    for char in text.chars() {
        let means = matches!(char, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '&' | '~') || in_cell && char == '|';
        if means {
            written.push('\\');
        }
        written.push(char);
    }
    written
}

/// Whether a line that begins with this word would be a heading, a quote or a list's item.
fn begins_block(word: &str) -> bool {
    word.starts_with(['#', '>', '+', '-', '='])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(html: &str, expected: &str) {
        assert_eq!(of(&Html::parse_document(html)), expected, "{html}");
    }

    #[test]
    fn blocks_stand_apart() {
        check("<h1>A</h1><p>b<p>c", "# A\n\nb\n\nc");
        check("a<br>b<hr>c", "a  \nb\n\n---\n\nc");
        check("<ul><li>a<li>b<ol start=3><li>c<li>d</ol></ul>e", "- a\n- b\n  3. c\n  4. d\n\ne");
        check("<blockquote><p>a<p>b</blockquote>c", "> a\n>\n> b\n\nc");
        check("<ul><li><p>a<p>b</ul>", "- a\n\n  b");
        check("<pre><code>x\n  *y*\n\nz\n</code></pre>w", "```\nx\n  *y*\n\nz\n```\n\nw");
        check("<table><tr><th>a<th>b<tr><td>1|2<td><p>x<p>y</table>", "| a | b |\n| --- | --- |\n| 1\\|2 | x y |");
    }

    #[test]
    fn marks_hug_their_words() {
        check("a<b> b </b>c", "a **b** c");
        check("<i><b>x</b></i><b></b>", "***x***");
        check("<a href='https://e.com/a b(1)'>x</a>", "[x](https://e.com/a%20b%281%29)");
        check("<img src=/x.png alt='an [x]'><code>a*b</code>", "![an \\[x\\]](/x.png)`a*b`");
    }

    #[test]
    fn text_means_nothing() {
        check("1 * 2_3 &lt;b&gt; &amp;lt;", "1 \\* 2\\_3 \\<b> \\&lt;");
        check("<p># a<p>- b<p>&gt; c", "\\# a\n\n\\- b\n\n\\> c");
        check("<script>x</script><style>y</style>z<title>t</title>", "z");
    }
}
