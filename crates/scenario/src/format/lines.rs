//! The lines of a text, and the place that reading has come to.

use super::tree::Trivia;

/// A line of the text.
#[derive(Debug)]
pub(super) struct Line<'t> {
    /// How many spaces it begins with; more than are there for the second half of a line that was cut behind a dash.
    pub(super) indent: usize,
    /// What stands behind them, without blanks at the end.
    pub(super) text: &'t str,
    /// The whole line.
    pub(super) raw: &'t str,
}

/// Lines and the place among them.
#[derive(Debug)]
pub(super) struct Lines<'t> {
    pub(super) all: Vec<Line<'t>>,
    /// The next line to be read.
    pub(super) at: usize,
}

impl<'t> Line<'t> {
    fn new(raw: &'t str) -> Self {
        let text = raw.trim_start_matches(' ');
        Self { indent: raw.len() - text.len(), text: text.trim_end(), raw }
    }

    pub(super) fn is_blank(&self) -> bool {
        self.text.is_empty()
    }

    pub(super) fn is_comment(&self) -> bool {
        self.text.starts_with('#')
    }

    /// Whether it is an item of a list.
    pub(super) fn is_item(&self) -> bool {
        self.text == "-" || self.text.starts_with("- ")
    }

    fn is_content(&self) -> bool {
        !self.is_blank() && !self.is_comment()
    }
}

impl<'t> Lines<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        let text = text.strip_suffix('\n').unwrap_or(text);
        Self { all: text.split('\n').map(Line::new).collect(), at: 0 }
    }

    pub(super) fn peek(&self) -> Option<&Line<'t>> {
        self.all.get(self.at)
    }

    /// The next line that is neither blank nor a comment.
    pub(super) fn content(&self) -> Option<&Line<'t>> {
        self.all[self.at..].iter().find(|line| line.is_content())
    }

    /// Reads blank lines and comments up to the next content.
    pub(super) fn trivia(&mut self) -> Vec<Trivia> {
        let mut found = Vec::new();
        while let Some(line) = self.peek().filter(|line| !line.is_content()) {
            let trivia = trivia_of(line);
            push(&mut found, trivia);
            self.at += 1;
        }
        found
    }

    /// Reads the comments at the end of a block: those at this indentation or deeper, as far as they go.
    pub(super) fn tail(&mut self, from: usize) -> Vec<Trivia> {
        let mut found = Vec::new();
        let mut blank = false;
        let mut at = self.at;
        while let Some(line) = self.all.get(at).filter(|line| !line.is_content()) {
            if line.is_blank() {
                blank = true;
            } else if line.indent >= from {
                if std::mem::take(&mut blank) {
                    push(&mut found, Trivia::Blank);
                }
                found.push(trivia_of(line));
                self.at = at + 1;
            } else {
                break;
            }
            at += 1;
        }
        found
    }

    /// Reads the lines up to the next content that `is_next` knows as something new. Comments and blank lines before
    /// that content are left, but for comments deeper than `column`.
    pub(super) fn verbatim(&mut self, column: usize, is_next: impl Fn(&Line<'t>) -> bool) -> Vec<String> {
        let begin = self.at;
        let (mut end, mut upcoming) = (begin, begin);
        for (at, line) in self.all.iter().enumerate().skip(begin) {
            if line.is_content() && is_next(line) {
                break;
            }
            if line.is_content() || line.is_comment() && line.indent > column {
                end = at + 1;
            } else if line.is_comment() {
                // Whether it belongs to what is read is told by what follows all the comments here.
                if upcoming <= at {
                    let further = self.all[at..].iter().position(Line::is_content);
                    upcoming = further.map_or(self.all.len(), |further| at + further);
                }
                if self.all.get(upcoming).is_none_or(&is_next) {
                    break;
                }
            }
        }
        self.at = end;
        self.all[begin..end].iter().map(|line| line.raw.to_owned()).collect()
    }
}

fn trivia_of(line: &Line<'_>) -> Trivia {
    if line.is_blank() { Trivia::Blank } else { Trivia::Comment(line.text.to_owned()) }
}

/// Adds what follows; several blank lines are one.
pub(super) fn push(list: &mut Vec<Trivia>, trivia: Trivia) {
    if trivia != Trivia::Blank || list.last() != Some(&Trivia::Blank) {
        list.push(trivia);
    }
}
