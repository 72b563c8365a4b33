//! What became of a file: every module of it, with the reason and what to do next.

use serde::Serialize;
use std::fmt::{self, Display, Formatter};

/// What became of one scenario of a file.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Report {
    /// How many modules there were, and what became of them.
    pub modules: Modules,
    /// How many expressions there were, and how many are said in our language.
    pub expressions: Expressions,
    /// What accounts are needed: one question for each.
    pub connections: Vec<Question>,
    /// Every module, in the order of the file.
    pub items: Vec<Item>,
}

/// Modules, counted. `executable` and `todo` make `total`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Modules {
    /// All.
    pub total: usize,
    /// Those that run, once their connection is there and what has to be decided is.
    pub executable: usize,
    /// Those that are kept as a `todo`.
    pub todo: usize,
}

/// Expressions, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Expressions {
    /// All.
    pub total: usize,
    /// Those that are said in our language.
    pub translated: usize,
}

/// An account that is needed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Question {
    /// What the connection is called in the scenario.
    pub name: String,
    /// Types of connection that fit.
    pub types: Vec<String>,
    /// What it was called before, where the file tells.
    pub was: Option<String>,
    /// The steps that use it.
    pub steps: Vec<String>,
}

/// What became of one module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Item {
    /// Its id in the file.
    pub id: String,
    /// Its kind: `app:Module`, or a node's type.
    pub module: String,
    /// The step that it is now; none where it became a part of others.
    pub step: Option<String>,
    /// Whether it runs.
    pub state: State,
    /// Why it does not, or what is different.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Whether a module runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// As it is.
    Runs,
    /// Once its connection is there.
    NeedsConnection,
    /// Somebody has to decide something that the file does not tell.
    NeedsDecision,
    /// It is a `todo`.
    NotExecutable,
}

impl State {
    fn words(self) -> &'static str {
        match self {
            Self::Runs => "runs",
            Self::NeedsConnection => "needs a connection",
            Self::NeedsDecision => "needs a decision",
            Self::NotExecutable => "not executable",
        }
    }
}

impl Report {
    /// Adds what became of a module.
    pub fn add(&mut self, item: Item) {
        self.items.push(item);
    }

    /// Notes that a module which was taken for one that runs is a `todo`, in this step.
    pub fn give_up(&mut self, id: &str, step: Option<&str>, reason: &str) {
        for item in self.items.iter_mut().filter(|item| item.id == id && item.state != State::NotExecutable) {
            item.state = State::NotExecutable;
            item.step = step.map(str::to_owned);
            item.reason = Some(reason.to_owned());
            item.next = Some("replace the `todo` step".to_owned());
        }
    }

    /// The same, counted.
    #[must_use]
    pub fn counted(mut self) -> Self {
        let todo = self.items.iter().filter(|item| item.state == State::NotExecutable).count();
        let total = self.items.len();
        self.modules = Modules { total, executable: total - todo, todo };
        self
    }

    /// Notes that a step uses this connection.
    pub fn asks(&mut self, name: &str, types: &[String], was: Option<&str>, step: &str) {
        let known = self.connections.iter().position(|question| question.name == name);
        let at = known.unwrap_or_else(|| {
            let (name, types) = (name.to_owned(), types.to_vec());
            let was = was.map(|label| label.split_whitespace().collect::<Vec<_>>().join(" "));
            self.connections.push(Question { name, types, was, steps: Vec::new() });
            self.connections.len() - 1
        });
        let steps = &mut self.connections[at].steps;
        if !steps.iter().any(|known| known == step) {
            steps.push(step.to_owned());
        }
    }
}

impl Display for Report {
    /// A few lines for people: what runs is counted, what needs somebody is named.
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let Modules { total, executable, todo } = self.modules;
        write!(out, "{executable} of {total} modules run")?;
        if todo > 0 {
            write!(out, ", {todo} to do")?;
        }
        let Expressions { total, translated } = self.expressions;
        writeln!(out, "; {translated} of {total} expressions translated")?;
        for question in &self.connections {
            write!(out, "  connection `{}`", question.name)?;
            if !question.types.is_empty() {
                write!(out, " ({})", question.types.join(" or "))?;
            }
            if let Some(was) = &question.was {
                write!(out, ", before: {was}")?;
            }
            writeln!(out, ": used by {}", question.steps.join(", "))?;
        }
        for item in self.items.iter().filter(|item| item.reason.is_some()) {
            write!(out, "  {} {} ", item.id, item.module)?;
            if let Some(step) = &item.step {
                write!(out, "(`{step}`) ")?;
            }
            write!(out, "{}: {}", item.state.words(), item.reason.as_deref().unwrap_or_default())?;
            match &item.next {
                Some(next) => writeln!(out, ". {next}")?,
                None => writeln!(out)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(id: &str, state: State, reason: Option<&str>) -> Item {
        let reason = reason.map(str::to_owned);
        Item {
            id: id.to_owned(),
            module: "app:Do".to_owned(),
            step: Some("do_it".to_owned()),
            state,
            reason,
            next: None,
        }
    }

    #[test]
    fn nothing_is_dropped_and_every_connection_is_asked_once() {
        let mut report = Report::default();
        report.add(item("1", State::Runs, None));
        report.add(item("2", State::NeedsConnection, None));
        report.add(item("3", State::NotExecutable, Some("no module does this")));
        report.asks("google", &["google".to_owned()], Some("Office"), "row");
        report.asks("google", &["google".to_owned()], None, "mail");
        report.asks("google", &[], None, "row");
        let report = report.counted();
        assert_eq!(report.modules, Modules { total: 3, executable: 2, todo: 1 });
        assert_eq!(
            report.to_string(),
            "2 of 3 modules run, 1 to do; 0 of 0 expressions translated\n  \
             connection `google` (google), before: Office: used by row, mail\n  \
             3 app:Do (`do_it`) not executable: no module does this\n"
        );
    }
}
