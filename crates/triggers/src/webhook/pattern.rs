//! Paths as authors write them: literal segments and `{name}` segments that match anything.

use std::str::FromStr;

/// How many segments a pattern may have.
const MOST_SEGMENTS: usize = 32;

/// A path below `/hook/`, as `webhook.path` gives it: `orders`, `orders/{id}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    segments: Vec<Segment>,
}

/// One segment of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Segment {
    /// Matches itself.
    Literal(String),
    /// Matches anything but nothing, and gives it this name.
    Any(String),
}

/// A text that is no pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPattern {
    /// Nothing, or only a slash.
    #[error("the path is empty")]
    Empty,
    /// Two slashes in a row.
    #[error("the path has an empty segment")]
    EmptySegment,
    /// More segments than a path may have.
    #[error("the path has more than {MOST_SEGMENTS} segments")]
    TooLong,
    /// A brace that is not at the edge of a `{name}` segment, or a name that is no identifier.
    #[error("`{0}` is no segment: write `{{name}}` for the whole segment, the name in letters, digits and `_`")]
    Braces(String),
    /// The same name twice.
    #[error("the path has two segments named `{0}`")]
    SameName(String),
}

impl Pattern {
    pub(super) fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The pattern as a request path, where it has no `{name}` segment.
    pub(super) fn literal(&self) -> Option<String> {
        let literals: Option<Vec<&str>> = self
            .segments
            .iter()
            .map(|segment| match segment {
                Segment::Literal(text) => Some(text.as_str()),
                Segment::Any(_) => None,
            })
            .collect();
        literals.map(|literals| literals.join("/"))
    }
}

impl FromStr for Pattern {
    type Err = InvalidPattern;

    fn from_str(path: &str) -> Result<Self, InvalidPattern> {
        let path = trim_slashes(path);
        if path.is_empty() {
            return Err(InvalidPattern::Empty);
        }
        let mut segments = Vec::new();
        for text in path.split('/') {
            let segment = parse_segment(text)?;
            if let Segment::Any(name) = &segment
                && segments.contains(&segment)
            {
                return Err(InvalidPattern::SameName(name.clone()));
            }
            segments.push(segment);
        }
        if segments.len() > MOST_SEGMENTS { Err(InvalidPattern::TooLong) } else { Ok(Self { segments }) }
    }
}

/// A path without one slash before and one after it.
pub(super) fn trim_slashes(path: &str) -> &str {
    let path = path.strip_prefix('/').unwrap_or(path);
    path.strip_suffix('/').unwrap_or(path)
}

fn parse_segment(text: &str) -> Result<Segment, InvalidPattern> {
    if text.is_empty() {
        return Err(InvalidPattern::EmptySegment);
    }
    if !text.contains(['{', '}']) {
        return Ok(Segment::Literal(text.to_owned()));
    }
    match text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        Some(name) if is_identifier(name) => Ok(Segment::Any(name.to_owned())),
        _ => Err(InvalidPattern::Braces(text.to_owned())),
    }
}

fn is_identifier(name: &str) -> bool {
    let word = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    word && !name.is_empty() && !name.starts_with(|first: char| first.is_ascii_digit())
}
