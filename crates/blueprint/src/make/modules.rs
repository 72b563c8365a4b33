//! Modules of Make as steps: those that a plain mapping of parameters says, and those with a file of their own below.

mod counterpart;
mod data;
mod http;
mod mail;
mod sheets;
mod store;
mod tools;

pub(super) use data::article_fields;
pub(super) use sheets::row_fields;

use super::file::Module;
use super::translator::{Done, Translator, as_it_is};
use crate::counterparts::Ours;
use crate::draft::{Action, Data, Step, Todo};
use crate::ours::Expr;
use crate::report::State;

impl Translator<'_> {
    /// What a module is here.
    pub(super) fn module(&mut self, module: &Module<'_>) -> Done {
        let own = match module.app() {
            "http" => self.http(module),
            "google-sheets" => self.sheets(module),
            "datastore" => self.store(module),
            "util" | "builtin" | "scenario-service" => self.tool(module),
            "json" | "xml" | "csv" | "regexp" | "markdown" | "rss" => self.data_module(module),
            "email" => self.mail(module),
            "gateway" => self.answer(module),
            _ => None,
        };
        own.or_else(|| self.mapped(module)).unwrap_or_else(|| self.todo(module, None))
    }

    /// A module that the catalogue has a counterpart of.
    fn mapped(&mut self, module: &Module<'_>) -> Option<Done> {
        let counterparts = self.counterparts;
        let counterpart = counterparts.make(module.kind).iter().find(|it| matches!(it.ours, Ours::Module(_)))?;
        let Ours::Module(name) = &counterpart.ours else { return None };
        let spec = counterparts.catalog.module(name)?.clone();
        Some(self.counterpart(module, counterpart, &spec))
    }

    /// A module that nothing here does: kept whole, to be replaced.
    pub(super) fn todo(&mut self, module: &Module<'_>, reason: Option<String>) -> Done {
        let reason = reason.unwrap_or_else(|| "no module here does this".to_owned());
        let todo = Todo { was: module.kind.to_owned(), reason: reason.clone(), original: module.original() };
        let id = self.id(module, &short(module.kind));
        let mut step = self.named(module, Step::new(Action::Todo(todo)), id.clone());
        step.id = Some(id.clone());
        // What stands in its mapper is kept as it is; its expressions are read all the same, to count them.
        self.values.data(module.mapper);
        self.values.problems.clear();
        self.note(module, Some(&id), State::NotExecutable, Some(reason));
        Done::one(step, as_it_is(module, Expr::name(id)))
    }

    /// Finishes a step that is a call: its name, its place in the report, and how it is read.
    pub(super) fn call(&mut self, module: &Module<'_>, step: Step, otherwise: &str) -> (Step, String) {
        // A second row is told from the first by where it goes.
        let named = target(&step).filter(|_| self.ids.has(otherwise)).map(|target| format!("{target} {otherwise}"));
        let id = self.id(module, named.as_deref().unwrap_or(otherwise));
        let step = self.named(module, step, id.clone());
        (step, id)
    }
}

/// What a step is about, where people have named it: a sheet, a table, a data store, a host.
fn target(step: &Step) -> Option<String> {
    let Action::Call(module, with) = &step.action else { return None };
    if module == "http.request" {
        let Data::Text(url) = with.get("url")? else { return None };
        return crate::hosts::of_url(url).map(|host| crate::hosts::called(&host));
    }
    let named = ["sheet", "table", "channel", "folder"].iter().find_map(|key| with.get(key)?.as_literal());
    // Neither ids of machines nor `Sheet1` in any language tell anything.
    let tells = |name: &&str| !name.is_empty() && !name.chars().any(|c| c.is_ascii_digit());
    let app = || module.split_once('.').map(|(app, _)| app).filter(|_| with.get("connection").is_some());
    named.filter(tells).or_else(app).map(str::to_owned)
}

/// A name for the step of a module without a label: the last words of its kind.
fn short(kind: &str) -> String {
    let name = kind.rsplit(':').next().unwrap_or(kind);
    name.strip_prefix("Action").filter(|rest| !rest.is_empty()).unwrap_or(name).to_owned()
}
