//! `collect:` what a loop makes of what its turns give.

use crate::check::{Checker, Fields};
use crate::diagnostic::Diagnostic;
use crate::plan::Collect;
use crate::text::{Node, Value};

/// The forms with a name of their own. A map that has one of these keys, and no others than may stand beside it, is
/// such a form; any other value is what each turn gives to a list.
const FORMS: &[(&str, &[&str])] = &[("list", &[]), ("text", &["separator"]), ("sum", &[]), ("group", &["by"])];

impl Checker<'_> {
    /// A value for the list, or one of the forms.
    pub(super) fn collect(&mut self, node: &Node) -> Option<Collect> {
        let Some(form) = form_of(node) else { return self.template(node).map(Collect::List) };
        let fields = self.open_fields(node, "`collect`")?;
        match form {
            "list" => self.template(fields.get("list")?).map(Collect::List),
            "text" => {
                let separator = fields.get("separator").map(|node| self.text(node, "`separator`"));
                let separator = separator.map_or(Some("\n"), |given| given).map(str::to_owned);
                Some(Collect::Text { part: self.template(fields.get("text")?)?, separator: separator? })
            }
            "sum" => self.expression(fields.get("sum")?, "`sum`").map(Collect::Sum),
            _ => self.group(fields),
        }
    }

    fn group(&mut self, fields: Fields<'_>) -> Option<Collect> {
        let value = fields.get("group").and_then(|node| self.template(node));
        let Some(by) = fields.get("by") else {
            self.report(Diagnostic::missing_key(fields.place, "by", "`collect` with `group`"));
            return None;
        };
        let by = self.expression(by, "`by`");
        Some(Collect::Group { value: value?, by: by? })
    }
}

fn form_of(node: &Node) -> Option<&'static str> {
    let Value::Map(entries) = &node.value else { return None };
    let has = |key: &str| entries.iter().any(|entry| entry.key.text == key);
    let (form, beside) = FORMS.iter().find(|(form, _)| has(form))?;
    let belongs = |key: &str| key == *form || beside.contains(&key);
    entries.iter().all(|entry| belongs(&entry.key.text)).then_some(*form)
}
