//! What became of a file: every module of it, with the reason and what to do next.

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};
use std::collections::HashMap;
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
    /// Secrets that stood in the file in the clear, by their names here.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<String>,
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// What the connection is called in the scenario.
    pub name: String,
    /// Types of connection that fit.
    pub types: Vec<String>,
    /// What it was called before, where the file tells.
    pub was: Option<String>,
    /// The steps that use it.
    pub steps: Vec<String>,
    /// What is known of it besides its credential, as `connections.yaml` has it.
    pub settings: Map<String, Value>,
}

impl Question {
    /// What is to be told, in one sentence without the mark at its end.
    pub fn question(&self) -> String {
        question(&self.name, &self.types, self.was.as_deref())
    }

    /// How it is answered, once for all steps.
    fn answer(&self) -> String {
        format!("give the connection `{}` its credential", self.name)
    }
}

impl Serialize for Question {
    /// With the question itself, in words.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Told<'a> {
            name: &'a str,
            types: &'a [String],
            was: Option<&'a str>,
            steps: &'a [String],
            question: String,
            #[serde(skip_serializing_if = "Map::is_empty")]
            settings: &'a Map<String, Value>,
        }
        let Self { name, types, was, steps, settings } = self;
        Told { name, types, was: was.as_deref(), steps, question: self.question(), settings }.serialize(serializer)
    }
}

fn question(name: &str, types: &[String], was: Option<&str>) -> String {
    let kind = if types.is_empty() { String::new() } else { format!(" ({})", types.join(" or ")) };
    let before = was.map(|was| format!(", before: {was}")).unwrap_or_default();
    format!("which account is `{name}`{kind}{before}")
}

/// A question about all scenarios that were imported together: the same name is the same connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Asked<'a> {
    /// What the connection is called.
    pub name: &'a str,
    /// Types of connection that fit.
    pub types: &'a [String],
    /// What it was called before, by those files that tell.
    pub was: Vec<&'a str>,
    /// The steps that use it, by scenario.
    pub uses: Vec<Use<'a>>,
}

/// Where a connection is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Use<'a> {
    /// The scenario.
    pub scenario: &'a str,
    /// Its steps.
    pub steps: &'a [String],
}

impl Asked<'_> {
    /// What is to be told, in one sentence without the mark at its end.
    pub fn question(&self) -> String {
        let was = (!self.was.is_empty()).then(|| self.was.join(", "));
        question(self.name, self.types, was.as_deref())
    }
}

/// One question for each connection, over all these scenarios, in the order in which they come up.
pub fn questions<'a>(reports: impl IntoIterator<Item = (&'a str, &'a Report)>) -> Vec<Asked<'a>> {
    let mut all: Vec<Asked<'a>> = Vec::new();
    for (scenario, report) in reports {
        for Question { name, types, was, steps, .. } in &report.connections {
            let known = all.iter().position(|asked| asked.name == name);
            let at = known.unwrap_or_else(|| {
                all.push(Asked { name, types, was: Vec::new(), uses: Vec::new() });
                all.len() - 1
            });
            let asked = &mut all[at];
            asked.was.extend(was.as_deref().filter(|was| !asked.was.contains(was)));
            asked.uses.push(Use { scenario, steps });
        }
    }
    all
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
        self.ask_of_steps();
        self
    }

    /// Questions name steps, and not modules of the file; nobody is asked for what no step needs any more. Items that
    /// wait for an account say which question is theirs.
    fn ask_of_steps(&mut self) {
        let Self { connections, items, .. } = self;
        let mut places: HashMap<String, usize> = HashMap::new();
        for (at, item) in items.iter().enumerate() {
            for name in item.step.iter().chain([&item.id]) {
                places.entry(name.clone()).or_insert(at);
            }
        }
        for question in connections.iter_mut() {
            let answer = question.answer();
            question.steps.retain_mut(|step| {
                let Some(item) = places.get(step.as_str()).map(|at| &mut items[*at]) else { return true };
                if item.state == State::NeedsConnection {
                    item.next.get_or_insert_with(|| answer.clone());
                }
                if let Some(known) = &item.step {
                    step.clone_from(known);
                }
                item.state != State::NotExecutable
            });
            question.steps.dedup();
        }
        connections.retain(|question| !question.steps.is_empty());
    }

    /// Notes that a step uses this connection.
    pub fn asks(&mut self, name: &str, types: &[String], was: Option<&str>, step: &str) {
        let known = self.connections.iter().position(|question| question.name == name);
        let at = known.unwrap_or_else(|| {
            let (name, types) = (name.to_owned(), types.to_vec());
            let was = was.map(|label| label.split_whitespace().collect::<Vec<_>>().join(" "));
            self.connections.push(Question { name, types, was, steps: Vec::new(), settings: Map::new() });
            self.connections.len() - 1
        });
        let steps = &mut self.connections[at].steps;
        if !steps.iter().any(|known| known == step) {
            steps.push(step.to_owned());
        }
    }
}

impl Report {
    /// Notes what is known of a connection besides its credential.
    pub fn sets(&mut self, name: &str, settings: Map<String, Value>) {
        if let Some(question) = self.connections.iter_mut().find(|question| question.name == name) {
            question.settings = settings;
        }
    }

    /// Notes that a secret of this name is needed.
    pub fn keeps_secret(&mut self, name: &str) {
        if !self.secrets.iter().any(|known| known == name) {
            self.secrets.push(name.to_owned());
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
            writeln!(out, "  {}? used by {}", question.question(), question.steps.join(", "))?;
        }
        for secret in &self.secrets {
            writeln!(out, "  what is the value of the secret `{secret}`?")?;
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
    use serde_json::json;

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
             which account is `google` (google), before: Office? used by row, mail\n  \
             3 app:Do (`do_it`) not executable: no module does this\n"
        );
    }

    #[test]
    fn questions_name_steps_and_forget_those_that_are_left_to_do() {
        let mut report = Report::default();
        report.add(Item { step: Some("row".to_owned()), ..item("1", State::NeedsConnection, None) });
        report.add(Item { step: Some("gone".to_owned()), ..item("2", State::NotExecutable, Some("?")) });
        report.asks("google", &["google".to_owned()], None, "1");
        report.asks("slack", &["slack".to_owned()], None, "2");
        let report = report.counted();
        let told = serde_json::to_value(&report.connections).unwrap();
        let question = "which account is `google` (google)";
        let expected = json!([
            { "name": "google", "types": ["google"], "was": null, "steps": ["row"], "question": question }
        ]);
        assert_eq!(told, expected);
        assert_eq!(report.items[0].next.as_deref(), Some("give the connection `google` its credential"));
    }

    #[test]
    fn scenarios_that_come_together_are_asked_about_once() {
        let mut report = Report::default();
        report.asks("google", &["google".to_owned()], Some("Office"), "row");
        let reports = [("a", &report), ("b", &report)];
        let [asked] = questions(reports).try_into().unwrap();
        assert_eq!((asked.was.as_slice(), asked.uses.len()), (["Office"].as_slice(), 2));
        assert_eq!(asked.question(), "which account is `google` (google), before: Office");
    }
}
