//! HTML as plain text, for mails that have no other: lines where a browser would begin new ones.

use mail_parser::decoders::html::html_to_text;

/// What begins a line of its own, and ends one.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "blockquote",
    "center",
    "dd",
    "div",
    "dl",
    "dt",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "tr",
    "ul",
];

/// The text of this HTML. Blank lines are kept single.
pub(crate) fn text(html: &str) -> String {
    let mut broken = String::with_capacity(html.len() + html.len() / 8);
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        broken.push_str(before);
        match name(tag) {
            Some(("li", false)) => broken.push_str("<br>- "),
            Some(("td" | "th", true)) => broken.push(' '),
            Some((name, _)) if BLOCKS.contains(&name) => broken.push_str("<br>"),
            _ => {}
        }
        // A browser takes it for a sign, too, unless a name follows.
        let is_tag = tag[1..].starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'));
        broken.push_str(if is_tag { "<" } else { "&lt;" });
        rest = &tag[1..];
    }
    broken.push_str(rest);
    lines(&html_to_text(&broken).replace('\u{a0}', " "))
}

/// The name of the tag that begins here, and whether it is the end of an element.
fn name(tag: &str) -> Option<(&'static str, bool)> {
    let inside = tag.get(1..)?;
    let (inside, is_end) = inside.strip_prefix('/').map_or((inside, false), |inside| (inside, true));
    let end = inside.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(inside.len());
    let name = inside.get(..end)?;
    let known = BLOCKS.iter().chain(&["td", "th"]).find(|known| known.eq_ignore_ascii_case(name))?;
    Some((known, is_end))
}

/// The lines without blanks around them, and with no more than one empty line between two.
fn lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut is_open = false;
    for line in text.lines().map(str::trim) {
        if !line.is_empty() {
            if !out.is_empty() {
                out.push_str(if is_open { "\n" } else { "\n\n" });
            }
            out.push_str(line);
        }
        is_open = !line.is_empty();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_begin_where_a_browser_begins_them() {
        let check = |html: &str, expected: &str| assert_eq!(text(html), expected, "{html}");
        check("<h1>A</h1><p>b&amp;c<br>d</p><p>e</p>", "A\n\nb&c\nd\n\ne");
        check("<ul><li>one</li><li>two</li></ul>", "- one\n\n- two");
        check("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\n\nc");
        check("<style>p{}</style>x<script>alert(1)</script>", "x");
        check("a < b <", "a < b <");
        check("", "");
    }
}
