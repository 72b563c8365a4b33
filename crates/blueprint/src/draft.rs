//! The scenario that is being written: steps with ids, values with expressions, and what people said about them.

use crate::ours::{Expr, Part, Text};
use serde_json::{Number, Value};

/// A scenario that is not text yet.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// What to call it.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Remarks that stand above everything.
    pub remarks: Vec<String>,
    /// The zone in which times are meant.
    pub timezone: Option<String>,
    /// What starts it.
    pub triggers: Vec<Trigger>,
    /// Settings of `limits`.
    pub limits: Vec<(String, Data)>,
    /// What it does.
    pub steps: Vec<Step>,
    /// What it does when a run has failed.
    pub on_failure: Vec<Step>,
    /// Tests, as they stand in the text.
    pub tests: Vec<Data>,
    /// Whether its triggers start it; `None` leaves that unsaid.
    pub enabled: Option<bool>,
}

/// What starts a scenario.
#[derive(Clone, Debug)]
pub struct Trigger {
    /// `webhook`, `schedule`, …
    pub kind: String,
    /// Its settings.
    pub with: Data,
    /// Remarks that stand above it.
    pub remarks: Vec<String>,
}

/// A value with expressions in it, with its keys in order.
#[derive(Clone, Debug, PartialEq)]
pub enum Data {
    /// `null`.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string: words and expressions.
    Text(Text),
    /// A list.
    List(Vec<Data>),
    /// A map.
    Map(Vec<(String, Data)>),
}

/// A step.
#[derive(Clone, Debug)]
pub struct Step {
    /// By what others read its output.
    pub id: Option<String>,
    /// What people call it.
    pub name: Option<String>,
    /// Remarks that stand above it.
    pub remarks: Vec<String>,
    /// A condition: false, and it is skipped.
    pub when: Option<Expr>,
    /// Whether it is always skipped.
    pub disabled: bool,
    /// What it does.
    pub action: Action,
    /// `retry`, as it stands in the text.
    pub retry: Option<Data>,
    /// What happens when it fails.
    pub on_error: Option<OnError>,
    /// Where it stood on the canvas.
    pub position: Option<(f64, f64)>,
    /// What it was made of: the module's id in the file.
    pub origin: Option<String>,
}

/// What a step does.
#[derive(Clone, Debug)]
pub enum Action {
    /// A module with its parameters: `set`, `respond`, `http.request`, …
    Call(String, Data),
    /// `filter`.
    Filter(Expr),
    /// `route`.
    Route(Route),
    /// `for_each`.
    ForEach(ForEach),
    /// `repeat`.
    Repeat(Repeat),
    /// `parallel`: names and steps.
    Parallel(Vec<(String, Vec<Step>)>),
    /// What nobody could translate, kept to be replaced.
    Todo(Todo),
}

/// What nobody could translate.
#[derive(Clone, Debug)]
pub struct Todo {
    /// What it was: `app:Module`, or a node's type.
    pub was: String,
    /// Why it is not translated.
    pub reason: String,
    /// The original, whole.
    pub original: Value,
}

/// A choice among branches.
#[derive(Clone, Debug, Default)]
pub struct Route {
    /// `take: first` or `all`.
    pub take: Take,
    /// The branches.
    pub branches: Vec<Branch>,
    /// What is walked where no branch is.
    pub otherwise: Option<Vec<Step>>,
}

/// How many branches are walked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Take {
    /// Every one whose condition holds.
    #[default]
    All,
    /// The first one whose condition holds.
    First,
}

/// A branch.
#[derive(Clone, Debug, Default)]
pub struct Branch {
    /// What people call it.
    pub name: Option<String>,
    /// Its condition; without one, it is always walked.
    pub when: Option<Expr>,
    /// Its steps.
    pub steps: Vec<Step>,
}

/// A loop over a list.
#[derive(Clone, Debug)]
pub struct ForEach {
    /// The list.
    pub over: Expr,
    /// The name of an item; `item` where it is none.
    pub item: Option<String>,
    /// How many items a turn gets, where it is more than one.
    pub batch: Option<u64>,
    /// Its steps.
    pub steps: Vec<Step>,
    /// What it gives.
    pub collect: Option<Collect>,
}

/// A loop of a number of turns.
#[derive(Clone, Debug)]
pub struct Repeat {
    /// How many turns.
    pub times: Option<Expr>,
    /// Looked at after each turn.
    pub until: Option<Expr>,
    /// Its steps.
    pub steps: Vec<Step>,
    /// What it gives.
    pub collect: Option<Collect>,
}

/// What a loop makes of what its turns give.
#[derive(Clone, Debug)]
pub enum Collect {
    /// The list of the values.
    List(Data),
    /// One text, with a separator.
    Text(Text, String),
    /// The sum of the numbers.
    Sum(Expr),
    /// A map of lists: a value, and its key.
    Group(Data, Expr),
}

/// What happens when a step fails.
#[derive(Clone, Debug)]
pub enum OnError {
    /// It is passed over.
    Ignore,
    /// The run ends here, successfully.
    Stop,
    /// The run waits for somebody, after what the setting says, if any.
    Hold(Option<Data>),
    /// This stands in for its output.
    Use(Data),
    /// These steps run in its place.
    Steps(Vec<Step>),
}

impl Step {
    /// A step that does this.
    pub fn new(action: Action) -> Self {
        Self {
            id: None,
            name: None,
            remarks: Vec::new(),
            when: None,
            disabled: false,
            action,
            retry: None,
            on_error: None,
            position: None,
            origin: None,
        }
    }

    /// A call of a module.
    pub fn call(module: impl Into<String>, with: Data) -> Self {
        Self::new(Action::Call(module.into(), with))
    }

    /// The same, with an id.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Shows this step and every one inside it to `visit`, outer ones first.
    pub fn each_mut(&mut self, visit: &mut impl FnMut(&mut Self)) {
        visit(self);
        for block in self.blocks_mut() {
            block.iter_mut().for_each(|step| step.each_mut(visit));
        }
    }

    /// Shows this step and every one inside it to `visit`, outer ones first.
    pub fn each<'a>(&'a self, visit: &mut impl FnMut(&'a Self)) {
        visit(self);
        for block in self.blocks() {
            block.iter().for_each(|step| step.each(visit));
        }
    }

    /// Shows every expression of its own to `visit`: not those of steps inside it.
    pub fn each_expr<'a>(&'a self, visit: &mut impl FnMut(&'a Expr)) {
        self.when.iter().for_each(&mut *visit);
        match &self.action {
            Action::Call(_, data) => data.each_text(&mut |text| text.values().for_each(&mut *visit)),
            Action::Filter(condition) => visit(condition),
            Action::Route(route) => {
                route.branches.iter().filter_map(|branch| branch.when.as_ref()).for_each(&mut *visit)
            }
            Action::ForEach(each) => {
                visit(&each.over);
                each.collect.iter().for_each(|collect| collect.each_expr(visit));
            }
            Action::Repeat(repeat) => {
                repeat.times.iter().chain(&repeat.until).for_each(&mut *visit);
                repeat.collect.iter().for_each(|collect| collect.each_expr(visit));
            }
            Action::Parallel(_) | Action::Todo(_) => {}
        }
        if let Some(OnError::Use(data) | OnError::Hold(Some(data))) = &self.on_error {
            data.each_text(&mut |text| text.values().for_each(&mut *visit));
        }
    }

    /// The lists of steps inside it.
    pub fn blocks(&self) -> Vec<&Vec<Self>> {
        let mut blocks: Vec<&Vec<Self>> = match &self.action {
            Action::Route(route) => route.branches.iter().map(|branch| &branch.steps).chain(&route.otherwise).collect(),
            Action::ForEach(each) => vec![&each.steps],
            Action::Repeat(repeat) => vec![&repeat.steps],
            Action::Parallel(branches) => branches.iter().map(|(_, steps)| steps).collect(),
            Action::Call(..) | Action::Filter(_) | Action::Todo(_) => Vec::new(),
        };
        if let Some(OnError::Steps(steps)) = &self.on_error {
            blocks.push(steps);
        }
        blocks
    }

    /// The lists of steps inside it, to be changed.
    pub fn blocks_mut(&mut self) -> Vec<&mut Vec<Self>> {
        let mut blocks: Vec<&mut Vec<Self>> = match &mut self.action {
            Action::Route(route) => {
                route.branches.iter_mut().map(|branch| &mut branch.steps).chain(&mut route.otherwise).collect()
            }
            Action::ForEach(each) => vec![&mut each.steps],
            Action::Repeat(repeat) => vec![&mut repeat.steps],
            Action::Parallel(branches) => branches.iter_mut().map(|(_, steps)| steps).collect(),
            Action::Call(..) | Action::Filter(_) | Action::Todo(_) => Vec::new(),
        };
        if let Some(OnError::Steps(steps)) = &mut self.on_error {
            blocks.push(steps);
        }
        blocks
    }
}

impl Collect {
    /// Shows every expression in it to `visit`.
    fn each_expr<'a>(&'a self, visit: &mut impl FnMut(&'a Expr)) {
        match self {
            Self::List(data) => data.each_text(&mut |text| text.values().for_each(&mut *visit)),
            Self::Text(text, _) => text.values().for_each(visit),
            Self::Sum(sum) => visit(sum),
            Self::Group(data, by) => {
                data.each_text(&mut |text| text.values().for_each(&mut *visit));
                visit(by);
            }
        }
    }
}

impl Data {
    /// The value of an expression: maps and lists that are written out in it stand in YAML.
    pub fn spread(expr: Expr) -> Self {
        match expr {
            Expr::Nothing => Self::Null,
            Expr::Bool(value) => Self::Bool(value),
            Expr::Int(number) => Self::int(number),
            Expr::Text(text) => Self::text(text),
            Expr::Joined(parts) => Self::Text(Text::of(parts)),
            Expr::List(items) => Self::List(items.into_iter().map(Self::spread).collect()),
            Expr::Map(entries) => {
                Self::Map(entries.into_iter().map(|(key, value)| (key, Self::spread(value))).collect())
            }
            other => Self::value(other),
        }
    }

    /// A string without expressions.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(Text::literal(text))
    }

    /// A string that is one expression.
    pub fn value(expr: Expr) -> Self {
        Self::Text(Text::value(expr))
    }

    /// The same where it is HTML: what expressions give is markup in it, as it is elsewhere.
    #[must_use]
    pub fn as_markup(self) -> Self {
        let raw = |part: &Part| match part {
            Part::Value(expr) => Part::Value(Expr::call("raw_html", [expr.clone()])),
            literal @ Part::Literal(_) => literal.clone(),
        };
        match self {
            Self::Text(text) => Self::Text(Text::of(text.parts().iter().map(raw))),
            other => other,
        }
    }

    /// A whole number.
    pub fn int(number: i64) -> Self {
        Self::Number(number.into())
    }

    /// A map.
    pub fn map<K: Into<String>>(entries: impl IntoIterator<Item = (K, Self)>) -> Self {
        Self::Map(entries.into_iter().map(|(key, value)| (key.into(), value)).collect())
    }

    /// A value as it stands, in which nothing is an expression.
    pub fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(number) => Self::Number(number.clone()),
            Value::String(text) => Self::text(text.as_str()),
            Value::Array(items) => Self::List(items.iter().map(Self::of).collect()),
            Value::Object(entries) => Self::map(entries.iter().map(|(key, value)| (key.as_str(), Self::of(value)))),
        }
    }

    /// The value of this key, where it is a map that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(entries) => entries.iter().find(|(known, _)| known == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The text, where it is a string without expressions.
    pub fn as_literal(&self) -> Option<&str> {
        match self {
            Self::Text(text) => text.as_literal(),
            _ => None,
        }
    }

    /// Whether it says nothing: null, an empty text, list or map.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.parts().is_empty(),
            Self::List(items) => items.is_empty(),
            Self::Map(entries) => entries.is_empty(),
            Self::Bool(_) | Self::Number(_) => false,
        }
    }

    /// The same as an expression.
    pub fn into_expr(self) -> Expr {
        match self {
            Self::Null => Expr::Nothing,
            Self::Bool(value) => Expr::Bool(value),
            Self::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(whole), _) => Expr::Int(whole),
                (None, Some(float)) => Expr::Float(float),
                (None, None) => Expr::text(number.to_string()),
            },
            Self::Text(text) => text.into_expr(),
            Self::List(items) => Expr::List(items.into_iter().map(Self::into_expr).collect()),
            Self::Map(entries) => Expr::Map(entries.into_iter().map(|(key, value)| (key, value.into_expr())).collect()),
        }
    }

    /// Shows every string in it to `visit`.
    pub fn each_text<'a>(&'a self, visit: &mut impl FnMut(&'a Text)) {
        match self {
            Self::Text(text) => visit(text),
            Self::List(items) => items.iter().for_each(|item| item.each_text(visit)),
            Self::Map(entries) => entries.iter().for_each(|(_, item)| item.each_text(visit)),
            Self::Null | Self::Bool(_) | Self::Number(_) => {}
        }
    }
}
