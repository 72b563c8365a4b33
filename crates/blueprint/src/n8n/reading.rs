//! Where the data of a node is found: what n8n calls its items are values of steps here.

mod mails;

use crate::ours::Expr;

/// Where the items of a node are.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reading {
    /// The value: of one item, or the list of all.
    pub(crate) base: Expr,
    pub(crate) count: Count,
    pub(crate) shape: Shape,
    /// Of many, the one that the loop around is at.
    pub(crate) current: Option<Expr>,
    /// The files that an item carries, by the names that n8n gives them.
    pub(super) files: Vec<(String, FileAt)>,
}

/// Where a file is found.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum FileAt {
    /// In the value itself, behind these keys.
    Within(Vec<String>),
    /// Elsewhere.
    There(Expr),
}

/// How many items a node gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Count {
    One,
    Many,
}

/// How the `json` of an item is found in the value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Shape {
    /// The value is the `json`, and nothing is known of its keys.
    Plain,
    /// The value is the `json`, and has these keys.
    Known(Vec<String>),
    /// The value is what `http.request` gives: the `json` is its body.
    Body,
    /// The value is what `http.request` gives, and the `json` has all of it.
    FullResponse,
    /// The value is what `http.request` gives: its body, a text, is the only field of the `json`.
    BodyText(String),
    /// The value is an item of a list that was split: what the field holds, and the item that had the list.
    Split(String, Option<Box<Reading>>),
    /// The value is what the `json` has in its only field.
    Wrapped(String),
    /// The value is a row of a sheet: its cells are the `json`, together with its number where that is asked for.
    Row(bool),
    /// The value is what starts a run by a webhook.
    Webhook,
    /// The value is what starts a run by a schedule.
    Schedule,
    /// The value is what starts a run when another has failed.
    Failure,
    /// The value is what starts a run by a mail of a mailbox.
    Mail(MailFormat),
    /// The value is a mail as `gmail.get_message` gives it.
    Gmail,
    /// The value is an article of a feed.
    Article,
    /// The value has these keys; every other field is that of another reading.
    Over(Vec<String>, Box<Reading>),
}

/// How n8n shows a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MailFormat {
    /// Its texts, and headers as they stand.
    Simple,
    /// All of it, with addresses taken apart.
    Resolved,
}

impl Reading {
    pub(crate) fn one(base: Expr) -> Self {
        Self { base, count: Count::One, shape: Shape::Plain, current: None, files: Vec::new() }
    }

    pub(crate) fn many(base: Expr) -> Self {
        Self { base, count: Count::Many, shape: Shape::Plain, current: None, files: Vec::new() }
    }

    #[must_use]
    pub(crate) fn shaped(mut self, shape: Shape) -> Self {
        self.shape = shape;
        self
    }

    /// The same, whose items carry a file: the value, or what it has behind these keys.
    #[must_use]
    pub(crate) fn with_file(mut self, name: impl Into<String>, keys: &[&str]) -> Self {
        let keys = keys.iter().map(|key| (*key).to_owned()).collect();
        self.files.push((name.into(), FileAt::Within(keys)));
        self
    }

    /// The same, whose items carry a file that is found elsewhere.
    #[must_use]
    pub(crate) fn with_file_at(mut self, name: impl Into<String>, at: Expr) -> Self {
        self.files.push((name.into(), FileAt::There(at)));
        self
    }

    /// The same, with the files that another carries.
    #[must_use]
    pub(crate) fn with_files_of(mut self, other: &Self) -> Self {
        let found = other.files.iter().filter_map(|(name, _)| Some((name.clone(), FileAt::There(other.file(name)?))));
        self.files = found.collect();
        if matches!(other.shape, Shape::Webhook) {
            self.files.push(("data".to_owned(), FileAt::There(other.base.clone().field("file"))));
        }
        self
    }

    /// The file of this name that an item carries. Where there is only one, its name does not matter.
    pub(crate) fn file(&self, name: &str) -> Option<Expr> {
        let known = self.files.iter().find(|(known, _)| known == name);
        match (known, self.files.as_slice(), &self.shape) {
            (Some((_, at)), ..) | (None, [(_, at)], _) => Some(match at {
                FileAt::Within(keys) => keys.iter().fold(self.base.clone(), |of, key| of.field(key.as_str())),
                FileAt::There(expr) => expr.clone(),
            }),
            (None, _, Shape::Webhook) => Some(self.base.clone().field("file")),
            _ => None,
        }
    }

    /// The same, where one item of it is found.
    #[must_use]
    pub(crate) fn at(mut self, base: Expr) -> Self {
        self.base = base;
        self.count = Count::One;
        self.current = None;
        self
    }

    /// The item that belongs to the current one.
    pub(crate) fn paired(&self) -> Self {
        match &self.current {
            Some(current) => self.clone().at(current.clone()),
            None => self.first(),
        }
    }

    /// The item of a loop over these.
    pub(crate) fn of_item(self, item: Expr) -> Self {
        Self { base: item, count: Count::One, ..self }
    }

    /// The first item.
    pub(crate) fn first(&self) -> Self {
        match self.count {
            Count::One => self.clone(),
            Count::Many => self.clone().at(self.base.clone().method("first", [])),
        }
    }

    /// The last item.
    pub(crate) fn last(&self) -> Self {
        match self.count {
            Count::One => self.clone(),
            Count::Many => self.clone().at(self.base.clone().method("last", [])),
        }
    }

    /// The whole `json` of one item.
    pub(crate) fn json(&self) -> Expr {
        match &self.shape {
            Shape::Body => self.base.clone().field("body"),
            Shape::Wrapped(field) => Expr::Map(vec![(field.clone(), self.base.clone())]),
            Shape::BodyText(field) => Expr::Map(vec![(field.clone(), self.base.clone().field("body"))]),
            Shape::Row(numbered) => {
                let cells = self.cells();
                let number = || Expr::Map(vec![("row_number".to_owned(), self.base.clone().maybe("number"))]);
                if *numbered { cells.method("merge", [number()]) } else { cells }
            }
            Shape::Over(_, under) => under.json().method("merge", [self.base.clone()]),
            Shape::Mail(format) => self.written_out(mails::keys(*format)),
            Shape::Gmail => self.base.clone().method("merge", [self.written_out(&mails::OF_GMAIL)]),
            Shape::Article => self.base.clone().method("merge", [self.written_out(&mails::OF_ARTICLES)]),
            _ => self.base.clone(),
        }
    }

    /// The `json` of all items, as a list.
    pub(crate) fn all(&self) -> Expr {
        match self.count {
            Count::One => Expr::List(vec![self.json()]),
            Count::Many => match &self.shape {
                Shape::Plain | Shape::Known(_) | Shape::Split(_, None) => self.base.clone(),
                _ => {
                    let item = self.clone().at(Expr::name("item")).json();
                    self.base.clone().method("map", [Expr::closure("item", item)])
                }
            },
        }
    }

    /// A field of the `json` of one item.
    pub(crate) fn field(&self, name: &str) -> Expr {
        let base = self.base.clone();
        match &self.shape {
            Shape::Plain => field_of(base, name),
            Shape::Known(keys) if keys.iter().any(|key| key == name) => base.field(name),
            Shape::Known(_) => base.maybe(name),
            Shape::Body => base.field("body").maybe(name),
            Shape::FullResponse => match name {
                "statusCode" => base.field("status"),
                "body" | "headers" => base.field(name),
                _ => base.maybe(name),
            },
            Shape::Wrapped(field) if field == name => base,
            Shape::Wrapped(_) => base.maybe(name),
            Shape::BodyText(field) if field == name => base.field("body"),
            Shape::BodyText(_) => base.field("body").maybe(name),
            Shape::Row(_) if name == "row_number" => base.maybe("number"),
            Shape::Row(_) => self.cells().maybe(name),
            Shape::Split(field, _) if field == name => base,
            Shape::Split(_, Some(whole)) => whole.field(name),
            Shape::Split(_, None) => base.maybe(name),
            Shape::Over(keys, _) if keys.iter().any(|key| key == name) => base.field(name),
            Shape::Over(_, under) => under.field(name),
            Shape::Webhook => match name {
                "body" | "query" | "params" | "headers" | "method" | "path" => base.field(name),
                _ => base.field("body").maybe(name),
            },
            Shape::Mail(format) => mails::field(base, *format, name),
            Shape::Gmail => mails::gmail_field(base, name),
            Shape::Article => mails::article_field(base, name),
            Shape::Schedule => match name {
                "timestamp" => base.field("at"),
                _ => self.schedule_field(name),
            },
            Shape::Failure => match name {
                "workflow" => Expr::Map(vec![
                    ("id".to_owned(), base.clone().field("body").field("scenario")),
                    ("name".to_owned(), base.field("body").field("name")),
                ]),
                "execution" => Expr::Map(vec![
                    ("id".to_owned(), base.clone().field("body").field("run")),
                    ("error".to_owned(), base.clone().field("body").field("error")),
                    ("lastNodeExecuted".to_owned(), base.field("body").field("error").maybe("step")),
                ]),
                _ => base.field("body").maybe(name),
            },
        }
    }

    /// These fields as a map.
    fn written_out(&self, keys: &[&str]) -> Expr {
        Expr::Map(keys.iter().map(|key| ((*key).to_owned(), self.field(key))).collect())
    }

    /// The cells of a row, which may be none.
    fn cells(&self) -> Expr {
        match &self.base {
            Expr::Name(_) => self.base.clone().field("fields"),
            _ => self.base.clone().maybe("fields"),
        }
    }

    /// What n8n tells of the moment of a schedule.
    fn schedule_field(&self, name: &str) -> Expr {
        let at = self.base.clone().field("at");
        let format = match name {
            "Readable date" => "MMMM Do YYYY, h:mm:ss a",
            "Readable time" => "h:mm:ss a",
            "Day of week" => "dddd",
            "Year" => "YYYY",
            "Month" => "MMMM",
            "Day of month" => "DD",
            "Hour" => "HH",
            "Minute" => "mm",
            "Second" => "ss",
            "Timezone" => "Z",
            _ => return self.base.clone().maybe(name),
        };
        at.method("format_date", [Expr::text(format)])
    }
}

/// A field of what is written out as a map, where it is: `#{a: x}.a` is `x`.
pub(crate) fn field_of(of: Expr, name: &str) -> Expr {
    match of {
        Expr::Map(entries) if entries.iter().any(|(key, _)| key == name) => {
            let found = entries.into_iter().rev().find(|(key, _)| key == name);
            found.map_or(Expr::Nothing, |(_, value)| value)
        }
        other => other.maybe(name),
    }
}
