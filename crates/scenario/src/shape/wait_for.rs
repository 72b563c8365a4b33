//! `wait_for:` an answer that comes by a one-time link.

use crate::check::{Checker, Inside};
use crate::diagnostic::Diagnostic;
use crate::plan::{Field, FieldType, StepNo, WaitFor};
use crate::text::{Entry, Node, Value};
use std::time::Duration;

pub(super) const KEYS: &[&str] = &["steps", "title", "text", "fields", "choices", "methods", "deadline"];
pub(super) const FIELD_KEYS: &[&str] = &["type", "label", "required", "options"];
/// How long an answer is waited for, unless `deadline` says otherwise.
const USUAL: Duration = Duration::from_secs(7 * 86_400);
const METHODS: &[&str] = &["GET", "POST", "PUT"];
const TYPES: &[(&str, FieldType)] = &[
    ("text", FieldType::Text),
    ("long_text", FieldType::LongText),
    ("number", FieldType::Number),
    ("boolean", FieldType::Boolean),
    ("date", FieldType::Date),
    ("choice", FieldType::Choice(Vec::new())),
];
/// Names that the step's output has for itself.
const TAKEN: &[&str] = &["by", "at", "choice", "ip", "method", "query", "body"];

impl Checker<'_> {
    /// What is asked, and for how long.
    pub(super) fn wait_for(&mut self, node: &Node, owner: StepNo) -> Option<WaitFor> {
        let fields = self.fields(node, "`wait_for`", KEYS)?;
        let title = fields.get("title").map(|node| self.template(node));
        let text = fields.get("text").map(|node| self.template(node));
        let asked = fields.get("fields").map(|node| self.form(node)).unwrap_or_default();
        let choices = fields.get("choices").map(|node| self.choices(node)).unwrap_or_default();
        let methods = fields.get("methods").and_then(|node| self.resume_methods(node));
        let deadline = fields.get("deadline").map(|node| self.positive_duration(node, "`deadline`"));
        let mark = self.scope.enter();
        self.scope.show("resume".into());
        let block = match fields.get("steps") {
            Some(steps) => self.steps(steps, "`steps`", Some(owner)),
            None => self.open_block(Some(owner)),
        };
        self.scope.leave(mark, Inside::Branch);
        Some(WaitFor {
            block,
            title: title.map_or(Some(None), |title| title.map(Some))?,
            text: text.map_or(Some(None), |text| text.map(Some))?,
            fields: asked,
            choices,
            methods: methods.unwrap_or_else(|| vec!["POST".to_owned()]),
            deadline: deadline.map_or(Some(USUAL), |deadline| deadline)?,
        })
    }

    fn form(&mut self, node: &Node) -> Vec<Field> {
        let Some(fields) = self.open_fields(node, "`fields`") else { return Vec::new() };
        fields.entries().iter().filter_map(|entry| self.field(entry)).collect()
    }

    /// A field: its type alone, or a map.
    fn field(&mut self, entry: &Entry) -> Option<Field> {
        let Entry { key, node } = entry;
        let name = key.text.clone();
        if TAKEN.contains(&name.as_str()) {
            self.report(Diagnostic::reserved_name(key.place, "a field", &name));
            return None;
        }
        if !matches!(node.value, Value::Map(_) | Value::Null) {
            let of = self.field_type(node, None)?;
            return Some(Field { label: name.clone(), name, of, required: false });
        }
        let fields = self.fields(node, "a field", FIELD_KEYS)?;
        let options = fields.get("options");
        let of = match fields.get("type") {
            Some(of) => self.field_type(of, options)?,
            None => options.map_or(Some(FieldType::Text), |options| Some(FieldType::Choice(self.choices(options))))?,
        };
        let label = fields.get("label").and_then(|node| self.text(node, "`label`")).unwrap_or(&name).to_owned();
        let required = fields.get("required").and_then(|node| self.flag(node, "`required`")).unwrap_or(false);
        Some(Field { name, of, label, required })
    }

    fn field_type(&mut self, node: &Node, options: Option<&Node>) -> Option<FieldType> {
        let words: Vec<(&str, usize)> = TYPES.iter().enumerate().map(|(number, (word, _))| (*word, number)).collect();
        let of = TYPES[self.word(node, "`type`", &words)?].1.clone();
        match (of, options) {
            (FieldType::Choice(_), Some(options)) => Some(FieldType::Choice(self.choices(options))),
            (FieldType::Choice(_), None) => {
                self.report(Diagnostic::missing_key(node.place, "options", "a field with choices"));
                None
            }
            (of, _) => Some(of),
        }
    }

    fn choices(&mut self, node: &Node) -> Vec<String> {
        let list = self.list(node, "choices").unwrap_or_default();
        if list.is_empty() {
            self.report(Diagnostic::out_of_range(node.place, "choices", "at least one", "an empty list"));
        }
        list.iter().filter_map(|node| self.text(node, "a choice")).map(str::to_owned).collect()
    }

    fn resume_methods(&mut self, node: &Node) -> Option<Vec<String>> {
        let words: Vec<(&str, &str)> = METHODS.iter().map(|method| (*method, *method)).collect();
        let list = self.list(node, "`methods`")?;
        if list.is_empty() {
            self.report(Diagnostic::out_of_range(node.place, "`methods`", "at least one", "an empty list"));
        }
        list.iter().map(|node| self.word(node, "a method", &words).map(str::to_owned)).collect()
    }
}
