//! A step: the keys that all steps have, and the one key that makes it what it is.

use crate::check::{Checker, Fields, Inside, Sink};
use crate::diagnostic::Diagnostic;
use crate::expression::Template;
use crate::plan::{AfterCrash, BlockNo, Kind, OnError, Retry, Role, Step, StepNo, content};
use crate::text::{Entry, Node, Value};
use std::sync::Arc;
use std::time::Duration;

/// The keys that every step may have beside its module.
pub(super) const COMMON: &[&str] =
    &["id", "name", "when", "retry", "on_error", "timeout", "after_crash", "note", "disabled"];

/// The modules that are part of the language.
pub(crate) const BUILT_IN: &[&str] = &[
    "set", "assign", "filter", "route", "for_each", "repeat", "parallel", "wait", "wait_for", "call", "rhai",
    "respond", "return", "stop", "fail", "todo",
];

impl Checker<'_> {
    /// A list of steps, as a block of its own.
    pub(super) fn steps(&mut self, node: &Node, what: &str, owner: Option<StepNo>) -> BlockNo {
        let block = self.open_block(owner);
        self.fill(block, node, what)
    }

    /// Steps that run when something has failed, with `error` in scope.
    pub(super) fn handler(&mut self, node: &Node, what: &str, owner: Option<StepNo>, role: Role) -> BlockNo {
        self.with_error(|checker| {
            let block = checker.open_block_as(owner, role);
            checker.fill(block, node, what)
        })
    }

    /// What is checked with `error` in scope.
    pub(super) fn with_error<T>(&mut self, check: impl FnOnce(&mut Self) -> T) -> T {
        let mark = self.scope.enter();
        self.scope.show("error".into());
        let checked = check(self);
        self.scope.leave(mark, Inside::Branch);
        checked
    }

    fn fill(&mut self, block: BlockNo, node: &Node, what: &str) -> BlockNo {
        for step in self.list(node, what).unwrap_or_default() {
            self.step(step, block);
        }
        block
    }

    fn step(&mut self, node: &Node, block: BlockNo) {
        let Some(fields) = self.open_fields(node, "a step") else { return };
        let (no, position) = self.open_step(block);
        let modules = self.modules_of(fields);
        let id = fields.get("id").and_then(|node| self.id(node));
        let name = fields.get("name").and_then(|node| self.text(node, "`name`"));
        if let Some(note) = fields.get("note") {
            self.text(note, "`note`");
        }
        let disabled = fields.get("disabled").and_then(|node| self.flag(node, "`disabled`")).unwrap_or(false);
        let timeout = fields.get("timeout").and_then(|node| self.positive_duration(node, "`timeout`"));
        let when = fields.get("when").and_then(|node| self.expression(node, "`when`"));
        let after_crash = fields.get("after_crash").and_then(|node| self.after_crash(node)).unwrap_or_default();
        let retry = fields.get("retry").map(|node| self.retry(node).unwrap_or_default());
        let on_error = fields.get("on_error").and_then(|node| self.on_error(node, no)).unwrap_or(OnError::Fail);
        let kinds: Vec<Option<Kind>> = modules.iter().map(|module| self.kind(module, no)).collect();
        let given = modules.first().map(|module| &module.node);
        let module = modules.first().map(|module| &module.key);
        let retry = retry.unwrap_or_else(|| self.usual_retry(module.map(|key| key.text.as_str())));
        let label: Arc<str> = name.or(id.as_deref()).or(module.map(|key| key.text.as_str())).unwrap_or_default().into();
        self.name_step(id.as_ref(), &modules);
        // A step without a kind had an error, and then there is no plan that would miss it.
        let (Some(module), Some(Some(kind))) = (module, kinds.into_iter().next()) else { return };
        let holds_steps = kind.is_loop() || matches!(kind, Kind::Route(_) | Kind::Parallel(_));
        let content = content(&label, given.filter(|_| !holds_steps));
        let (name, place) = (module.text.as_str().into(), module.place);
        self.close_step(Step {
            no,
            identity: 0,
            content,
            block,
            position,
            id,
            label,
            module: name,
            place,
            when,
            disabled,
            retry,
            on_error,
            timeout,
            after_crash,
            kind,
        });
    }

    /// The keys that are modules: one, if the step is sound. Anything else is said here.
    fn modules_of<'n>(&mut self, fields: Fields<'n>) -> Vec<&'n Entry> {
        let others = fields.entries().iter().filter(|entry| !COMMON.contains(&entry.key.text.as_str()));
        let (modules, unknown): (Vec<_>, Vec<_>) = others.partition(|entry| self.is_module(&entry.key.text));
        match (modules.as_slice(), unknown.as_slice()) {
            ([], []) => self.report(Diagnostic::no_module(fields.place)),
            ([], unknown) => unknown.iter().for_each(|entry| self.unknown_module(entry)),
            (modules, unknown) => {
                if let [_, second, ..] = modules {
                    let names: Vec<&str> = modules.iter().map(|entry| entry.key.text.as_str()).collect();
                    self.report(Diagnostic::two_modules(second.key.place, &names));
                }
                for Entry { key, .. } in unknown {
                    self.report(Diagnostic::unknown_key(key.place, &key.text, "a step", COMMON));
                }
            }
        }
        modules
    }

    fn is_module(&self, name: &str) -> bool {
        BUILT_IN.contains(&name) || self.catalog.has_module(name)
    }

    fn unknown_module(&mut self, entry: &Entry) {
        let catalog = self.catalog;
        let known = COMMON.iter().chain(BUILT_IN).copied().chain(catalog.module_names());
        let known = self.candidates(known);
        self.report(Diagnostic::unknown_module(entry.key.place, &entry.key.text, known));
        // Its parameters cannot be checked, but the expressions in them can.
        self.with_sink(Sink::Open, |checker| checker.template(&entry.node));
    }

    fn kind(&mut self, module: &Entry, no: StepNo) -> Option<Kind> {
        let Entry { key, node } = module;
        match key.text.as_str() {
            "set" => self.set(node).map(Kind::Set),
            "rhai" => self.script(node, "`rhai`").map(Kind::Rhai),
            "respond" => self.respond(node).map(Kind::Respond),
            "filter" => self.expression(node, "`filter`").map(Kind::Filter),
            "route" => self.route(node, no).map(Kind::Route),
            "for_each" => self.for_each(node, no).map(Kind::ForEach),
            "repeat" => self.repeat(node, no).map(Kind::Repeat),
            "parallel" => self.parallel(node, no).map(Kind::Parallel),
            "assign" => self.assign(node).map(Kind::Assign),
            "wait" => self.wait(node).map(Kind::Wait),
            "wait_for" => self.wait_for(node, no).map(Kind::WaitFor),
            "call" => self.invoke(node).map(Kind::Invoke),
            "return" => self.template(node).map(Kind::Return),
            "stop" => self.stop(node).map(Kind::Stop),
            "fail" => self.fail(node).map(Kind::Fail),
            // What it keeps is somebody else's text: nothing in it is looked at.
            "todo" => {
                self.report(Diagnostic::todo(key.place));
                None
            }
            _ => self.call(module).map(Kind::Call),
        }
    }

    /// How a step of this module is tried again that says nothing of it.
    fn usual_retry(&self, module: Option<&str>) -> Retry {
        let spec = module.and_then(|name| self.catalog.module(name));
        match spec.as_ref().map(|spec| spec.retry_pauses.as_slice()) {
            None | Some([]) => Retry::default(),
            Some(pauses) => Retry::after(pauses.iter().map(|&seconds| Duration::from_secs(seconds))),
        }
    }

    fn after_crash(&mut self, node: &Node) -> Option<AfterCrash> {
        self.word(node, "`after_crash`", &[("retry", AfterCrash::Retry), ("hold", AfterCrash::Hold)])
    }

    fn set(&mut self, node: &Node) -> Option<Template> {
        if matches!(node.value, Value::Null) {
            self.wrong_kind(node, "`set`", "a value");
            return None;
        }
        self.template(node)
    }

    fn id(&mut self, node: &Node) -> Option<Arc<str>> {
        let id = self.identifier(node, "an id")?;
        if self.scope.is_loop_variable(&id) {
            self.report(Diagnostic::reserved_name(node.place, "an id here", &id));
            return None;
        }
        if let Err(first) = self.scope.define(&id, node.place) {
            self.report(Diagnostic::duplicate_id(node.place, &id, first));
        }
        Some(id)
    }

    /// From here on, expressions see the step's output, and tests may name it.
    fn name_step(&mut self, id: Option<&Arc<str>>, modules: &[&Entry]) {
        if let Some(id) = id {
            self.scope.show(id.clone());
        }
        for module in modules {
            self.note_step(id.map(|id| &**id), &module.key.text);
        }
    }
}
