//! A text as an outline: blocks of entries and items, with the comments that belong to each.

/// A whole text.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    /// Directives and `---`, as they stand.
    pub(crate) prologue: Vec<String>,
    /// The comment on the whole, which stays on top.
    pub(crate) header: Vec<Trivia>,
    pub(crate) block: Block,
}

/// Lines of one indentation.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub(crate) rows: Rows,
    /// Comments behind the last of them.
    pub(crate) tail: Vec<Trivia>,
}

/// What a block consists of.
#[derive(Clone, Debug)]
pub(crate) enum Rows {
    Map(Vec<Row>),
    List(Vec<Row>),
}

/// A key with its value, or an item of a list.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// What stands above it.
    pub(crate) leading: Vec<Trivia>,
    /// As written; empty for an item.
    pub(crate) key: String,
    pub(crate) value: Value,
}

/// What stands behind a key or a dash.
#[derive(Clone, Debug, Default)]
pub(crate) struct Value {
    /// On the same line, without the comment.
    pub(crate) head: String,
    /// Behind it on the same line, with the blanks before it.
    pub(crate) comment: String,
    /// On the lines below.
    pub(crate) below: Below,
    /// Whether it has anchors, aliases or tags, which make its order matter.
    pub(crate) frozen: bool,
}

/// What stands on the lines below a key or a dash.
#[derive(Clone, Debug, Default)]
pub(crate) enum Below {
    #[default]
    Nothing,
    /// Lines that are only moved to the side.
    Lines(Verbatim),
    Block(Block),
}

/// Lines that are only moved to the side.
#[derive(Clone, Debug)]
pub(crate) struct Verbatim {
    /// The column of what they belong to.
    pub(crate) column: usize,
    /// As they stand.
    pub(crate) lines: Vec<String>,
    /// Where a block scalar's text begins in each line: blanks from there on are part of it.
    pub(crate) content: Option<usize>,
    /// Whether the blank lines at the end are part of the value, as with `|+`.
    pub(crate) keeps_end: bool,
}

/// What stands between entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trivia {
    /// One blank line or several.
    Blank,
    /// A comment on a line of its own, from its `#` on.
    Comment(String),
}

impl Rows {
    pub(crate) fn list(&self) -> &[Row] {
        match self {
            Self::Map(rows) | Self::List(rows) => rows,
        }
    }

    pub(crate) fn list_mut(&mut self) -> &mut Vec<Row> {
        match self {
            Self::Map(rows) | Self::List(rows) => rows,
        }
    }
}

impl Row {
    /// Whether it, or anything in it, has anchors, aliases or tags.
    pub(crate) fn is_frozen(&self) -> bool {
        let below = match &self.value.below {
            Below::Block(block) => block.is_frozen(),
            Below::Nothing | Below::Lines(_) => false,
        };
        self.value.frozen || below
    }

    /// Whether a blank line stands above it.
    pub(crate) fn has_blank_above(&self) -> bool {
        self.leading.first() == Some(&Trivia::Blank)
    }

    /// Whether it takes more than one line, comments above it included.
    pub(crate) fn is_long(&self) -> bool {
        self.leading.iter().any(|trivia| *trivia != Trivia::Blank) || self.goes_on_below()
    }

    /// Whether it goes on below its first line.
    pub(crate) fn goes_on_below(&self) -> bool {
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
    pub(crate) fn is_frozen(&self) -> bool {
        self.rows.list().iter().any(Row::is_frozen)
    }
}
