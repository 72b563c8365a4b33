//! Strings in YAML: plain where that is safe, in quotes otherwise, on lines of their own where they have several.

use std::fmt::Write;

/// Where a string stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Within {
    /// On a line of its own.
    Block,
    /// Between brackets or braces.
    Flow,
}

/// The string on one line.
pub(super) fn on_one_line(text: &str, within: Within) -> String {
    if is_plain(text, within) {
        return text.to_owned();
    }
    let has_control = text.chars().any(needs_escape);
    if !has_control && !text.contains(['"', '\\']) {
        return format!("\"{text}\"");
    }
    if has_control { escaped(text) } else { format!("'{}'", text.replace('\'', "''")) }
}

/// The string as lines below its key, indented by so many blanks; none where it has to stand on one line.
pub(super) fn on_lines(text: &str, indent: usize) -> Option<String> {
    let fits = text.contains('\n')
        && !text.starts_with([' ', '\n', '\t'])
        && !text.ends_with("\n\n")
        && !text.contains("\n\t")
        && !text.chars().any(|c| !matches!(c, '\n' | '\t') && needs_escape(c));
    if !fits || text.trim().is_empty() {
        return None;
    }
    let mut out = String::from(if text.ends_with('\n') { "|" } else { "|-" });
    for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
        out.push('\n');
        if !line.is_empty() {
            let _ = write!(out, "{:indent$}{line}", "");
        }
    }
    Some(out)
}

/// A long string of words on several lines, which YAML joins by blanks again; none where that would change it.
pub(super) fn folded(text: &str, indent: usize, width: usize) -> Option<String> {
    let is_prose = text.chars().count() > width
        && !text.starts_with(' ')
        && !text.ends_with(' ')
        && !text.contains(|c: char| c.is_whitespace() && c != ' ')
        && !text.chars().any(needs_escape);
    if !is_prose {
        return None;
    }
    let words = whole_words(text, width);
    if words.len() < 2 {
        return None;
    }
    let (mut out, mut used) = (String::from(">-"), usize::MAX);
    for word in words {
        let length = word.chars().count();
        if used.saturating_add(length) > width {
            let _ = write!(out, "\n{:indent$}{word}", "");
            used = length;
        } else {
            let _ = write!(out, " {word}");
            used += length + 1;
        }
    }
    Some(out)
}

/// The words of a text; an expression is one, where it fits on a line.
fn whole_words(text: &str, width: usize) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in text.split(' ') {
        if let Some(last) = words.last_mut() {
            let is_open = last.matches("{{").count() > last.matches("}}").count();
            let fits = last.chars().count() + word.chars().count() < width;
            // Braces stay with what is next to them; of several blanks, none is lost.
            let stays = last.ends_with("{{") || word.starts_with("}}") || word.is_empty() || last.ends_with(' ');
            if is_open && fits || stays {
                last.push(' ');
                last.push_str(word);
                continue;
            }
        }
        words.push(word.to_owned());
    }
    words
}

/// What YAML cannot show as it is.
fn needs_escape(c: char) -> bool {
    c.is_control() || matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

fn escaped(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if needs_escape(c) => drop(write!(out, "\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn is_plain(text: &str, within: Within) -> bool {
    let Some(first) = text.chars().next() else { return false };
    let begins = first.is_alphabetic()
        || matches!(first, '_' | '/' | '(' | '$' | '+' | '<' | '^' | '.')
        || first.is_ascii_digit();
    begins
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.chars().any(needs_escape)
        && (within == Within::Block || !text.contains([',', '[', ']', '{', '}', ':', '"', '\'']))
        && !means_something_else(text)
}

/// Whether a reader might take the string for a number, a time, true, false or nothing.
fn means_something_else(text: &str) -> bool {
    const WORDS: [&str; 12] = ["true", "false", "yes", "no", "on", "off", "null", "y", "n", "nan", "inf", "~"];
    if WORDS.iter().any(|word| text.eq_ignore_ascii_case(word)) {
        return true;
    }
    let is_digit_like = |c: char| c.is_ascii_hexdigit() || "+-._:xXoO,TZtz ".contains(c);
    text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) && text.chars().all(is_digit_like)
        || text.eq_ignore_ascii_case(".nan")
        || text.to_ascii_lowercase().ends_with(".inf")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, block: &str, flow: &str) {
        assert_eq!(on_one_line(text, Within::Block), block);
        assert_eq!(on_one_line(text, Within::Flow), flow);
        let read = |yaml: String| scenario::value(&format!("a: {yaml}\n")).expect("sound")["a"].clone();
        assert_eq!(read(on_one_line(text, Within::Block)), text);
        assert_eq!(read(format!("[{}]", on_one_line(text, Within::Flow))), serde_json::json!([text]));
    }

    #[test]
    fn quotes_stand_where_they_are_needed() {
        check("Hello there", "Hello there", "Hello there");
        check("a, b", "a, b", "\"a, b\"");
        check("{{ a }}", "\"{{ a }}\"", "\"{{ a }}\"");
        check("{{ a ?? \"x\" }}", "'{{ a ?? \"x\" }}'", "'{{ a ?? \"x\" }}'");
        check("it's \"so\"", "it's \"so\"", "'it''s \"so\"'");
        check("true", "\"true\"", "\"true\"");
        check("12", "\"12\"", "\"12\"");
        check("2026-01-01", "\"2026-01-01\"", "\"2026-01-01\"");
        check("2 things", "2 things", "2 things");
        check("", "\"\"", "\"\"");
        check("a: b", "\"a: b\"", "\"a: b\"");
        check("a\tb\"", "\"a\\tb\\\"\"", "\"a\\tb\\\"\"");
        check("中文", "中文", "中文");
        check("- a", "\"- a\"", "\"- a\"");
        check("1e5", "\"1e5\"", "\"1e5\"");
    }

    #[test]
    fn texts_of_several_lines_stand_on_them() {
        for text in ["a\nb", "a\n\n  b\n", "{{ a }}:\n- \"b\"\n# c", "a\tb\nc"] {
            let yaml = format!("a:\n  b: {}\n", on_lines(text, 4).expect("fits"));
            assert_eq!(scenario::value(&yaml).expect("sound")["a"]["b"], text, "{yaml}");
        }
        let long = "{{ a.map(|b| b) }} # and:  - more   \"words\" 中文";
        let yaml = format!("a:\n  b: {}\n", folded(long, 4, 12).expect("fits"));
        assert_eq!(scenario::value(&yaml).expect("sound")["a"]["b"], long, "{yaml}");
        assert!(yaml.lines().count() > 4, "{yaml}");
        for text in ["short", "a line\nand another", " begins with a blank", "ends with one too "] {
            assert_eq!(folded(text, 4, 12), None, "{text:?}");
        }
        for text in ["one", " a\nb", "a\n\n", "a\n\tb", "a\r\nb", "\n"] {
            assert_eq!(on_lines(text, 2), None, "{text:?}");
        }
    }
}
