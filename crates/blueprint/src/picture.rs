//! Pictures of flows, theirs and ours: boxes in layers with lines between them, as SVG and as text of Mermaid.

mod arrange;
mod foreign;
mod mermaid;
mod own;
mod svg;

pub use svg::STYLE;

pub(crate) use foreign::theirs;
pub(crate) use svg::escaped;

/// A flow as it is drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    /// The boxes.
    pub boxes: Vec<Shape>,
    /// The lines between them.
    pub lines: Vec<Line>,
}

/// A box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// By what reports name it: a module's id or a node's name; a step's id or path.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// What it is: `google-sheets:addRow`, `http.request`.
    pub kind: String,
    /// How it looks.
    pub tone: Tone,
}

/// How a box looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// What starts it.
    Start,
    /// What does something.
    Plain,
    /// What leads the way: routes and loops.
    Flow,
    /// A module that runs.
    Runs,
    /// A module whose connection is not there yet.
    NeedsConnection,
    /// A module about which somebody has to decide.
    NeedsDecision,
    /// A module that is left to do.
    NotExecutable,
}

/// A line from one box to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Where it begins: the number of a box.
    pub from: usize,
    /// Where it ends.
    pub to: usize,
    /// What is written on it: a branch, a condition.
    pub label: Option<String>,
    /// When it is walked.
    pub when: Walked,
}

/// When a line is walked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Walked {
    /// As a rule.
    Usually,
    /// When the box before has failed.
    OnFailure,
}

impl Picture {
    /// The picture of a scenario; empty where its text is no YAML.
    pub fn of(yaml: &str) -> Self {
        own::ours(yaml)
    }

    /// A picture that stands for itself, with its own style, in light and dark.
    pub fn svg(&self) -> String {
        svg::alone(self)
    }

    /// The picture as a part of a page that has [`STYLE`].
    pub fn svg_within_a_page(&self) -> String {
        svg::within(self)
    }

    /// A flow chart in the language of Mermaid (<https://mermaid.js.org/syntax/flowchart.html>).
    pub fn mermaid(&self) -> String {
        mermaid::chart(self)
    }

    fn add(&mut self, id: impl Into<String>, title: impl Into<String>, kind: impl Into<String>, tone: Tone) -> usize {
        self.boxes.push(Shape { id: id.into(), title: title.into(), kind: kind.into(), tone });
        self.boxes.len() - 1
    }

    fn line(&mut self, from: usize, to: usize, label: Option<String>) {
        self.lines.push(Line { from, to, label, when: Walked::Usually });
    }
}

#[cfg(test)]
mod tests;
