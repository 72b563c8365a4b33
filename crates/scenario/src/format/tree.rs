//! A text as an outline: blocks of entries and items, with the comments that belong to each.

/// A whole text.
#[derive(Debug)]
pub(super) struct Document {
    /// Directives and `---`, as they stand.
    pub(super) prologue: Vec<String>,
    /// The comment on the whole, which stays on top.
    pub(super) header: Vec<Trivia>,
    pub(super) block: Block,
}

/// Lines of one indentation.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) rows: Rows,
    /// Comments behind the last of them.
    pub(super) tail: Vec<Trivia>,
}

/// What a block consists of.
#[derive(Debug)]
pub(super) enum Rows {
    Map(Vec<Row>),
    List(Vec<Row>),
}

/// A key with its value, or an item of a list.
#[derive(Debug)]
pub(super) struct Row {
    /// What stands above it.
    pub(super) leading: Vec<Trivia>,
    /// As written; empty for an item.
    pub(super) key: String,
    pub(super) value: Value,
}

/// What stands behind a key or a dash.
#[derive(Debug, Default)]
pub(super) struct Value {
    /// On the same line, without the comment.
    pub(super) head: String,
    /// Behind it on the same line, with the blanks before it.
    pub(super) comment: String,
    /// On the lines below.
    pub(super) below: Below,
    /// Whether it has anchors, aliases or tags, which make its order matter.
    pub(super) frozen: bool,
}

/// What stands on the lines below a key or a dash.
#[derive(Debug, Default)]
pub(super) enum Below {
    #[default]
    Nothing,
    /// Lines that are only moved to the side.
    Lines(Verbatim),
    Block(Block),
}

/// Lines that are only moved to the side.
#[derive(Debug)]
pub(super) struct Verbatim {
    /// The column of what they belong to.
    pub(super) column: usize,
    /// As they stand.
    pub(super) lines: Vec<String>,
    /// Where a block scalar's text begins in each line: blanks from there on are part of it.
    pub(super) content: Option<usize>,
    /// Whether the blank lines at the end are part of the value, as with `|+`.
    pub(super) keeps_end: bool,
}

/// What stands between entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trivia {
    /// One blank line or several.
    Blank,
    /// A comment on a line of its own, from its `#` on.
    Comment(String),
}

impl Rows {
    pub(super) fn list(&self) -> &[Row] {
        match self {
            Self::Map(rows) | Self::List(rows) => rows,
        }
    }

    pub(super) fn list_mut(&mut self) -> &mut Vec<Row> {
        match self {
            Self::Map(rows) | Self::List(rows) => rows,
        }
    }
}

impl Row {
    /// Whether it, or anything in it, has anchors, aliases or tags.
    pub(super) fn is_frozen(&self) -> bool {
        let below = match &self.value.below {
            Below::Block(block) => block.is_frozen(),
            Below::Nothing | Below::Lines(_) => false,
        };
        self.value.frozen || below
    }

    /// Whether a blank line stands above it.
    pub(super) fn has_blank_above(&self) -> bool {
        self.leading.first() == Some(&Trivia::Blank)
    }

    /// Whether it takes more than one line, comments above it included.
    pub(super) fn is_long(&self) -> bool {
        self.leading.iter().any(|trivia| *trivia != Trivia::Blank) || self.goes_on_below()
    }

    /// Whether it goes on below its first line.
    pub(super) fn goes_on_below(&self) -> bool {
        match &self.value.below {
            Below::Nothing => false,
            Below::Lines(_) => true,
            Below::Block(block) if self.key.is_empty() => match block.rows.list() {
                [only] => only.goes_on_below() || !block.tail.is_empty(),
                _ => true,
            },
            Below::Block(_) => true,
        }
    }
}

impl Block {
    /// Whether anything in it has anchors, aliases or tags.
    pub(super) fn is_frozen(&self) -> bool {
        self.rows.list().iter().any(Row::is_frozen)
    }
}
