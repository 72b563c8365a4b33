//! Sticky notes become remarks: above the step they belong to, or above everything.

use super::file::plain;
use crate::draft::Step;
use serde_json::Value;
use std::collections::BTreeMap;

/// Puts notes above the steps of their modules; those that belong to none stand above everything.
pub(super) fn place(metadata: &Value, steps: &mut [Step]) -> Vec<String> {
    let mut by_module: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut others = Vec::new();
    let lists = [&metadata["notes"], &metadata["designer"]["notes"]];
    for note in lists.into_iter().filter_map(Value::as_array).flatten() {
        let content = note["content"].as_str().or_else(|| note["text"].as_str()).unwrap_or_default();
        let text = plain_text(content);
        if text.is_empty() {
            continue;
        }
        match note["moduleIds"].as_array().and_then(|ids| plain(ids.first()?)) {
            Some(module) => by_module.entry(module).or_default().push(text),
            None => others.push(text),
        }
    }
    for step in steps {
        step.each_mut(&mut |step| {
            let notes = step.origin.as_ref().and_then(|origin| by_module.remove(origin));
            step.remarks.extend(notes.into_iter().flatten());
        });
    }
    others.extend(by_module.into_values().flatten());
    others
}

/// The words of a note that is written in HTML, a paragraph to a line.
fn plain_text(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let Some(end) = rest[at..].find('>') else { break };
        text.push_str(&rest[..at]);
        let tag = rest[at + 1..at + end].trim_start_matches('/').to_lowercase();
        if ["p", "br", "li", "div", "h1", "h2", "h3", "ul", "ol"]
            .iter()
            .any(|it| tag == *it || tag.starts_with(&format!("{it} ")))
        {
            text.push('\n');
        }
        rest = &rest[at + end + 1..];
    }
    text.push_str(rest);
    let entities = [("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    let text = entities.iter().fold(text, |text, (entity, sign)| text.replace(entity, sign));
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_read_without_their_tags() {
        assert_eq!(plain_text("<p>One &amp; <b>two</b></p><p>three<br>four</p>"), "One & two\nthree\nfour");
        assert_eq!(plain_text("a < b"), "a < b");
    }
}
