//! Where a secret may be written, and which there are.

use super::Checker;
use crate::catalog::ModuleSpec;
use crate::diagnostic::{Diagnostic, Place};
use crate::expression::{Expression, Template};
use crate::text::Node;

/// Whether secrets may stand in a text, alone or with other text around them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sink {
    /// They are put in when a call is made.
    Open,
    /// What comes of the text is seen by others.
    Shut,
}

impl Checker<'_> {
    /// Checks with the sink open or shut.
    pub(crate) fn with_sink<T>(&mut self, sink: Sink, check: impl FnOnce(&mut Self) -> T) -> T {
        let around = std::mem::replace(&mut self.sink, sink);
        let checked = check(self);
        self.sink = around;
        checked
    }

    /// The template of a module's parameters. Secrets may stand in those of which the schema says so.
    pub(crate) fn parameter_template(&mut self, spec: &ModuleSpec, parameters: &Node) -> Option<Template> {
        let mut template = self.with_sink(Sink::Open, |checker| checker.template(parameters))?;
        if let Template::Map(entries) = &mut template {
            for (_, value) in entries.iter_mut().filter(|(key, _)| key.plain().is_some_and(|name| spec.is_html(name))) {
                let given = std::mem::replace(value, Template::Literal(serde_json::Value::Null));
                *value = given.in_html();
            }
        }
        if let Template::Map(entries) = &template {
            for (key, value) in entries {
                let name = key.plain().unwrap_or_default();
                if !spec.takes_secret(name) {
                    let owner = format!("the parameter `{name}` of `{}`", spec.name);
                    value.expressions().into_iter().for_each(|expression| self.refuse_secret(expression, &owner));
                }
            }
        }
        Some(template)
    }

    /// Says so where the expression is a secret and the sink is shut.
    pub(super) fn expect_sink(&mut self, expression: &Expression) {
        if self.sink == Sink::Shut {
            self.refuse_secret(expression, "this place");
        }
    }

    fn refuse_secret(&mut self, expression: &Expression, owner: &str) {
        if let Some((name, place)) = expression.secret() {
            self.report(Diagnostic::secret_out_of_place(place, name, owner));
        }
    }

    /// Says which of these secrets there are not.
    pub(crate) fn know_secrets(&mut self, secrets: &[(String, Place)]) {
        let Some(known) = self.catalog.secrets() else { return };
        for (name, place) in secrets.iter().filter(|(name, _)| !known.contains(name)) {
            let diagnostic =
                Diagnostic::unknown_secret(*place, name, self.candidates(known.iter().map(String::as_str)));
            self.report(diagnostic);
        }
    }
}
