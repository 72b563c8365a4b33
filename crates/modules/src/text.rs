//! `text.match` and `text.replace`.

use crate::computed::{Computed, Content, evaluated};
use run::call::Module;
use run::error::StepError;
use run::files::Files;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// Both, in the order of their names.
pub(crate) fn all(files: &Files) -> [Arc<dyn Module>; 2] {
    let found = json!({ "text": "A-17", "position": 6, "groups": ["A", "17"], "named": { "number": "17" } });
    [
        Computed::<Match>::listed(
            files,
            "text.match",
            matched,
            json!({ "text": "Order A-17 came.", "pattern": "([A-Z])-(?<number>\\d+)" }),
            json!({ "found": true, "count": 1, "first": found, "matches": [found] }),
        ),
        Computed::<Replace>::listed(
            files,
            "text.replace",
            replace,
            json!({ "text": "2026-11-22", "find": "(\\d+)-(\\d+)-(\\d+)", "with": "$3.$2.$1", "regex": true }),
            json!("22.11.2026"),
        ),
    ]
}

/// Looks for a pattern in a text. The output has `found` (true or false), `count`, `first` and `matches`: each with its
/// `text`, `position` (in characters), `groups` and `named` groups.
///
/// Patterns are regular expressions without look-around and back-references; in return none takes longer than the
/// text's length allows. Where nothing matches, `found` is false and `first` is null.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Match {
    /// The text, or a file of at most 8 MiB.
    text: Content,
    /// The regular expression: `Order (?<number>\d+)`.
    pattern: String,
    /// Whether all matches are wanted, or the first alone.
    #[serde(default = "yes")]
    all: bool,
    /// How the pattern is meant.
    #[serde(default)]
    flags: Flags,
    /// What happens where nothing matches: go on, or fail with the error `no_match`.
    #[serde(default)]
    no_match: NoMatch,
}

/// How a pattern is meant.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct Flags {
    /// Whether capital and small letters are the same.
    ignore_case: bool,
    /// Whether `^` and `$` stand for the beginning and end of each line, not of the text.
    multiline: bool,
    /// Whether `.` stands for a line break, too.
    dot_all: bool,
}

/// What happens where nothing matches.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum NoMatch {
    /// The step succeeds, with `found: false`.
    #[default]
    Continue,
    /// The step fails.
    Fail,
}

/// Replaces a part of a text wherever it is found. The output is the text.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Replace {
    /// The text, or a file of at most 8 MiB.
    text: Content,
    /// What is replaced: a text as it stands, or with `regex` a regular expression.
    find: String,
    /// What takes its place. With `regex`, `$1` and `${name}` are what the groups have matched; `$$` is a `$`.
    with: String,
    /// Whether `find` is a regular expression.
    #[serde(default)]
    regex: bool,
    /// How the pattern is meant.
    #[serde(default)]
    flags: Flags,
    /// How many times at most, from the beginning; without it everywhere.
    times: Option<u32>,
}

impl Flags {
    /// The pattern with its flags in front.
    fn of(&self, pattern: &str) -> String {
        let flags = [(self.ignore_case, 'i'), (self.multiline, 'm'), (self.dot_all, 's')];
        let letters: String = flags.iter().filter(|(is_set, _)| *is_set).map(|(_, letter)| letter).collect();
        if letters.is_empty() { pattern.to_owned() } else { format!("(?{letters}){pattern}") }
    }
}

fn matched(Match { text, pattern, all, flags, no_match }: Match, files: &Files) -> Result<Value, StepError> {
    let given = [("text", text.text(files, None)?.into()), ("pattern", flags.of(&pattern).into())];
    let matches = if all {
        evaluated("match_all(text, pattern)", given)?
    } else {
        match evaluated("match_first(text, pattern)", given)? {
            Value::Null => json!([]),
            found => json!([found]),
        }
    };
    let count = matches.as_array().map_or(0, Vec::len);
    if count == 0 && no_match == NoMatch::Fail {
        return Err(StepError::permanent("no_match", "the pattern is not found in the text")
            .hint("`no_match: continue` goes on with `found: false`"));
    }
    Ok(json!({ "found": count > 0, "count": count, "first": matches.get(0), "matches": matches }))
}

fn replace(parameters: Replace, files: &Files) -> Result<Value, StepError> {
    let Replace { text, find, with, regex, flags, times } = parameters;
    if find.is_empty() {
        return Err(crate::spec::invalid("`find` is empty"));
    }
    let text = text.text(files, None)?;
    let (find, with) = if regex { (find, with) } else { (literal(find)?, with.replace('$', "$$")) };
    let given = [
        ("text", text.into()),
        ("find", flags.of(&find).into()),
        ("replacement", with.into()),
        ("times", times.unwrap_or(u32::MAX).into()),
    ];
    evaluated("replace_regex(text, find, replacement, times)", given)
}

/// The pattern that matches this text alone.
fn literal(find: String) -> Result<String, StepError> {
    match evaluated("escape_regex(find)", [("find", find.into())])? {
        Value::String(pattern) => Ok(pattern),
        _ => Err(crate::spec::invalid("`find` is no text")),
    }
}

fn yes() -> bool {
    true
}
