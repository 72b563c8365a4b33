//! The reference of functions as a document: `docs/reference/functions.md`.

use super::{Function, all};
use std::fmt::Write;

/// What the groups are called in the reference.
const TITLES: &[(&str, &str)] = &[
    ("text", "Text"),
    ("regex", "Regular expressions"),
    ("number", "Numbers"),
    ("list", "Lists"),
    ("map", "Maps"),
    ("value", "Values of any kind"),
    ("time", "Dates and times"),
    ("json", "JSON and JSONPath"),
    ("format", "CSV, XML, YAML, HTML"),
    ("url", "URLs"),
    ("encoding", "Encodings and character sets"),
    ("crypto", "Digests, encryption, tokens"),
    ("random", "Identifiers and chance"),
    ("check", "Checks"),
];

/// The reference of all functions, in Markdown.
pub fn reference() -> String {
    let functions: Vec<&Function> = all().collect();
    let mut page = format!(
        "# Functions\n\n<!-- Generated from the table that the evaluator itself uses; the examples are run as tests. -->\n\n\
         What expressions and scripts can call, {} functions. `f(x, y)` and `x.f(y)` are the same call; `?` marks what may be \
         left out. Besides what is said here, a function fails on arguments of the wrong type. `hookmill functions NAME` \
         shows the same.\n",
        functions.len()
    );
    for group in functions.chunk_by(|one, next| one.group == next.group) {
        let name = group.first().map_or("", |function| function.group);
        let title = TITLES.iter().find(|(group, _)| *group == name).map_or(name, |(_, title)| title);
        // Writing to a String cannot fail.
        let _ = write!(page, "\n## {title}\n");
        for function in group {
            entry(&mut page, function);
        }
    }
    page
}

fn entry(page: &mut String, function: &Function) {
    let Function { name, signature, doc, errors, example, result, .. } = function;
    let _ = write!(page, "\n### {name}\n\n`{signature}`\n\n{}\n", prose(doc));
    if !errors.is_empty() {
        let _ = write!(page, "\nFails: {}\n", prose(errors));
    }
    let secrets: Vec<&str> = function.secrets().collect();
    if !secrets.is_empty() {
        let _ = write!(page, "\nMay be a secret: `{}`.\n", secrets.join("`, `"));
    }
    let _ = write!(page, "\n```rhai\n{example}\n// → {result}\n```\n");
}

/// The sentence with what Markdown would take for a tag escaped, outside of code.
fn prose(sentence: &str) -> String {
    let parts = sentence.split('`').enumerate();
    let parts =
        parts.map(|(position, part)| if position % 2 == 0 { part.replace('<', "\\<") } else { part.to_owned() });
    parts.collect::<Vec<_>>().join("`")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::path::Path;

    #[test]
    fn the_copy_in_the_documents_is_fresh() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/functions.md");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(&path, reference()).unwrap();
        }
        let kept = fs::read_to_string(&path).unwrap_or_default();
        assert!(kept == reference(), "docs/reference/functions.md is stale: run the tests with UPDATE_EXPECT=1");
    }

    #[test]
    fn every_group_stands_together_and_has_a_title() {
        let groups: Vec<&str> = all().map(|function| function.group).collect();
        let mut seen = std::collections::BTreeSet::new();
        for group in groups.chunk_by(|one, next| one == next) {
            assert!(TITLES.iter().any(|(known, _)| *known == group[0]), "{} has no title", group[0]);
            assert!(seen.insert(group[0]), "{} stands twice", group[0]);
        }
    }

    #[test]
    fn keys_are_where_secrets_may_stand() {
        let secrets = |name| super::super::find(name).map(|function| function.secrets().collect::<Vec<_>>());
        assert_eq!(secrets("hmac_sha256"), Some(vec!["key"]));
        assert_eq!(secrets("aes_encrypt"), Some(vec!["key", "iv"]));
        assert_eq!(secrets("jwt_verify"), Some(vec!["key"]));
        assert_eq!(secrets("secure_equal"), Some(vec!["key"]));
        assert_eq!(secrets("digest"), Some(vec!["parts"]));
        for name in ["sha256", "get", "jwt_decode"] {
            assert_eq!(secrets(name), Some(vec![]), "{name}");
        }
        let verify = super::super::find("jwt_verify").unwrap();
        let accepted: Vec<usize> = (0..4).filter(|position| verify.takes_secret(*position)).collect();
        assert_eq!(accepted, [1]);
    }
}
