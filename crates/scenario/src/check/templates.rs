//! From values of the text to compiled expressions and templates, and the names in them.

use super::{Checker, Sink};
use crate::diagnostic::Place;
use crate::expression::{Expression, Key, Script, Template};
use crate::text::{Node, Value};
use serde_json::Value as Json;

/// Whether a text has an expression in it.
pub(crate) fn has_expression(text: &str) -> bool {
    text.contains("{{")
}

/// Whether a text is one expression as a whole, so that it may become a value of any kind.
pub(crate) fn is_expression(text: &str) -> bool {
    let text = text.trim();
    text.starts_with("{{") && text.ends_with("}}")
}

impl Checker<'_> {
    /// A bare expression, as conditions are; braces around it are accepted.
    pub(crate) fn expression(&mut self, node: &Node, what: &str) -> Option<Expression> {
        let written = match &node.value {
            Value::Text(text) => text.as_str(),
            Value::Bool(_) | Value::Number(_) => node.written(self.source),
            Value::Null | Value::List(_) | Value::Map(_) => {
                self.wrong_kind(node, what, "an expression");
                return None;
            }
        };
        let (bare, skipped) = without_braces(written);
        let places = node.places(self.source);
        match Expression::compile(bare, &|offset| places.at(offset + skipped)) {
            Ok(expression) => {
                self.names(&expression);
                Some(expression)
            }
            Err(diagnostic) => {
                self.report(*diagnostic);
                None
            }
        }
    }

    /// A script.
    pub(crate) fn script(&mut self, node: &Node, what: &str) -> Option<Script> {
        let source = self.text(node, what)?;
        let places = node.places(self.source);
        match Script::compile(source, &|offset| places.at(offset)) {
            Ok(script) => {
                self.look_up(script.names());
                self.read(script.trigger_reads());
                self.read_variables(script.variables());
                self.know_secrets(script.secrets());
                Some(script)
            }
            Err(diagnostic) => {
                self.report(*diagnostic);
                None
            }
        }
    }

    /// A value of any shape with expressions in its texts.
    pub(crate) fn template(&mut self, node: &Node) -> Option<Template> {
        match &node.value {
            Value::Text(text) => self.text_template(node, text),
            Value::Null | Value::Bool(_) | Value::Number(_) => Some(Template::Literal(node.to_json())),
            Value::List(items) => {
                let items: Vec<_> = items.iter().map(|item| self.template(item)).collect();
                Some(list_template(items.into_iter().collect::<Option<_>>()?))
            }
            Value::Map(entries) => {
                let mut values = Vec::with_capacity(entries.len());
                for entry in entries {
                    let key = self.key(&entry.key);
                    let value = self.template(&entry.node);
                    values.push(key.zip(value));
                }
                Some(map_template(values.into_iter().collect::<Option<_>>()?))
            }
        }
    }

    fn key(&mut self, key: &crate::text::Key) -> Option<Key> {
        if !has_expression(&key.text) {
            return Some(Key::Text(key.text.clone()));
        }
        let places = key.places(self.source);
        let template = self.with_sink(Sink::Shut, |checker| checker.parsed(&key.text, &|offset| places.at(offset)));
        template.map(|template| match template {
            Template::Literal(Json::String(text)) => Key::Text(text),
            computed => Key::Computed(computed),
        })
    }

    fn text_template(&mut self, node: &Node, text: &str) -> Option<Template> {
        let places = node.places(self.source);
        self.parsed(text, &|offset| places.at(offset))
    }

    fn parsed(&mut self, text: &str, place_of: &dyn Fn(usize) -> Place) -> Option<Template> {
        match Template::parse(text, place_of) {
            Ok(template) => {
                for expression in template.expressions() {
                    self.names(expression);
                }
                Some(template)
            }
            Err(diagnostics) => {
                self.report_all(diagnostics);
                None
            }
        }
    }

    fn names(&mut self, expression: &Expression) {
        self.look_up(expression.names());
        self.read(expression.trigger_reads());
        self.read_variables(expression.variables());
        self.know_secrets(expression.secrets());
        self.expect_sink(expression);
    }

    fn look_up(&mut self, names: &[(String, Place)]) {
        for (name, place) in names {
            self.scope.look_up(name, *place);
        }
    }
}

/// A list without expressions is one literal.
fn list_template(items: Vec<Template>) -> Template {
    let literal: Option<_> = items.iter().map(|item| literal(item).cloned()).collect();
    literal.map_or(Template::List(items), Template::Literal)
}

/// A map without expressions is one literal.
fn map_template(values: Vec<(Key, Template)>) -> Template {
    let pair = |(key, value): &(Key, Template)| match key {
        Key::Text(key) => literal(value).map(|value| (key.clone(), value.clone())),
        Key::Computed(_) => None,
    };
    let literal: Option<serde_json::Map<_, _>> = values.iter().map(pair).collect();
    literal.map_or(Template::Map(values), |map| Template::Literal(map.into()))
}

fn literal(template: &Template) -> Option<&serde_json::Value> {
    match template {
        Template::Literal(value) => Some(value),
        _ => None,
    }
}

/// The expression inside of braces, and how many characters stand before it.
fn without_braces(text: &str) -> (&str, usize) {
    let trimmed = text.trim();
    let inner = trimmed.strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}"));
    match inner {
        Some(inner) if !inner.contains("{{") => {
            let before = text.chars().take_while(|c| c.is_whitespace()).count();
            (inner, before + 2)
        }
        _ => (text, 0),
    }
}
