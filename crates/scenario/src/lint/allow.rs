//! `# hookmill: allow W0501`: findings that the author knows of. The comment counts for the line it stands on, or for
//! the line below it, and for everything that is indented deeper below that line.

use crate::diagnostic::Diagnostic;

/// How comments begin that keep findings back.
const MARK: &str = "hookmill: allow ";
/// How many of them are read.
const MOST: usize = 1_000;

/// Findings that are kept back.
pub(super) struct Allow<'t> {
    codes: Vec<&'t str>,
    /// The lines it counts for, from 1, both included.
    lines: (u32, u32),
}

impl Allow<'_> {
    /// Whether it keeps this finding back.
    pub(super) fn covers(&self, finding: &Diagnostic) -> bool {
        (self.lines.0..=self.lines.1).contains(&finding.place.line) && self.codes.contains(&finding.code)
    }
}

/// All of a text's comments that keep findings back.
pub(super) fn read(text: &str) -> Vec<Allow<'_>> {
    if !text.contains(MARK) {
        return Vec::new();
    }
    let lines: Vec<&str> = text.lines().collect();
    let found = lines.iter().enumerate().filter_map(|(at, line)| Some((at, codes(line)?)));
    found.take(MOST).map(|(at, codes)| Allow { codes, lines: covered(&lines, at) }).collect()
}

fn codes(line: &str) -> Option<Vec<&str>> {
    let (before, comment) = line.split_at(line.find('#')?);
    let list = comment.trim_start_matches('#').trim_start().strip_prefix(MARK)?;
    if !before.is_empty() && !before.ends_with([' ', '\t']) {
        return None;
    }
    let words = list.split([' ', ',']).filter(|word| !word.is_empty());
    Some(words.take_while(|word| word.starts_with('W')).collect())
}

/// The lines that the comment in this line counts for.
fn covered(lines: &[&str], comment: usize) -> (u32, u32) {
    let is_content = |line: &str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let indent = |line: &str| line.len() - line.trim_start().len();
    let content = lines.iter().enumerate().skip(comment).find(|(_, line)| is_content(line));
    let Some((first, line)) = content else { return (1, 0) };
    let deeper = |line: &&&str| !is_content(line) || indent(line) > indent(lines[first]);
    // A list may stand at the same column as its key.
    let is_list = |line: &&&str| line.trim_start().starts_with("- ") && indent(line) == indent(lines[first]);
    let opens_list = line.trim_end().ends_with(':') && !line.trim_start().starts_with("- ");
    let rest = lines[first + 1..].iter();
    let count = rest.take_while(|line| deeper(line) || opens_list && is_list(line)).count();
    (number(first), number(first + count))
}

fn number(at: usize) -> u32 {
    u32::try_from(at + 1).unwrap_or(u32::MAX)
}
