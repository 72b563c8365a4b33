//! Templates and expressions of an app's file, compiled when they are first used. Most apps of a catalogue never are.

use super::scope::Scope;
use run::error::StepError;
use scenario::data;
use scenario::diagnostic::{Diagnostic, Place};
use scenario::expression::{Expression, ExpressionError, Piece, Template};
use serde_json::{Map, Value};
use std::sync::OnceLock;

/// A value with expressions in its texts. What gives nothing is left out of the map it stands in.
#[derive(Clone, Debug)]
pub(crate) enum Filled {
    /// Nothing to evaluate.
    Literal(Value),
    /// A text with expressions.
    Text(Lazy<Template>),
    /// A list.
    List(Vec<Filled>),
    /// A map.
    Map(Vec<(String, Filled)>),
}

/// A lone expression.
#[derive(Clone, Debug)]
pub(crate) struct Code(Lazy<Expression>);

/// A source and what it becomes.
#[derive(Clone, Debug)]
pub(crate) struct Lazy<T> {
    source: String,
    compiled: OnceLock<Result<T, String>>,
}

impl<T> Lazy<T> {
    fn new(source: &str) -> Self {
        Self { source: source.to_owned(), compiled: OnceLock::new() }
    }

    fn get(&self, compile: impl FnOnce(&str) -> Result<T, String>) -> Result<&T, StepError> {
        let compiled = self.compiled.get_or_init(|| compile(&self.source));
        compiled.as_ref().map_err(|why| broken(&self.source, why))
    }
}

impl Filled {
    /// The value as it stands in a file.
    pub(crate) fn of(value: &Value) -> Self {
        match value {
            Value::String(text) if text.contains("{{") => Self::Text(Lazy::new(text)),
            Value::Array(items) => Self::List(items.iter().map(Self::of).collect()),
            Value::Object(fields) => {
                Self::Map(fields.iter().map(|(key, value)| (key.clone(), Self::of(value))).collect())
            }
            literal => Self::Literal(literal.clone()),
        }
    }

    /// An empty map.
    pub(crate) fn nothing() -> Self {
        Self::Map(Vec::new())
    }

    /// A bare expression, as a value of any type.
    pub(crate) fn expression(source: &str) -> Self {
        Self::Text(Lazy::new(&format!("{{{{ {source} }}}}")))
    }

    /// Whether it is a map, and so can take more entries.
    pub(crate) fn is_map(&self) -> bool {
        matches!(self, Self::Map(_))
    }

    /// All texts that hold expressions.
    pub(crate) fn templates(&self) -> Vec<&Lazy<Template>> {
        match self {
            Self::Literal(_) => Vec::new(),
            Self::Text(text) => vec![text],
            Self::List(items) => items.iter().flat_map(Self::templates).collect(),
            Self::Map(fields) => fields.iter().flat_map(|(_, value)| value.templates()).collect(),
        }
    }

    /// The names that its expressions read. One that cannot be compiled reads none; it fails where it is rendered.
    pub(crate) fn names(&self) -> Vec<String> {
        let compiled = self.templates().into_iter().filter_map(|text| text.template().ok());
        let names = compiled.flat_map(|template| template.expressions().into_iter().flat_map(Expression::names));
        names.map(|(name, _)| name.clone()).collect()
    }

    /// The value; none where its only expression gives nothing, or where it is a map of which nothing is left.
    pub(crate) fn render(&self, scope: &Scope<'_>) -> Result<Option<Value>, StepError> {
        match self {
            Self::Literal(value) => Ok(Some(value.clone())),
            Self::Text(text) => render_text(text.template()?, scope),
            Self::List(items) => {
                let items = items.iter().map(|item| Ok(item.render(scope)?.unwrap_or_default()));
                items.collect::<Result<Vec<_>, StepError>>().map(|items| Some(items.into()))
            }
            Self::Map(fields) => {
                let map = rendered(fields, scope)?;
                Ok((fields.is_empty() || !map.is_empty()).then_some(Value::Object(map)))
            }
        }
    }

    /// The entries that are left of a map; none where it is no map.
    pub(crate) fn entries(&self, scope: &Scope<'_>) -> Result<Map<String, Value>, StepError> {
        match self {
            Self::Map(fields) => rendered(fields, scope),
            _ => Ok(Map::new()),
        }
    }

    /// The value as text; none where it gives nothing.
    pub(crate) fn text(&self, scope: &Scope<'_>) -> Result<Option<String>, StepError> {
        Ok(match self.render(scope)? {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(text),
            Some(other) => Some(other.to_string()),
        })
    }

    /// The pieces of a text, each literal or an expression.
    pub(crate) fn pieces(&self) -> Result<Vec<Piece>, StepError> {
        match self {
            Self::Literal(Value::String(text)) => Ok(vec![Piece::Text(text.clone())]),
            Self::Text(text) => Ok(match text.template()? {
                Template::Expression(expression) => vec![Piece::Value(expression.clone())],
                Template::Text(pieces) => pieces.clone(),
                Template::Literal(Value::String(text)) => vec![Piece::Text(text.clone())],
                _ => Vec::new(),
            }),
            _ => Ok(Vec::new()),
        }
    }
}

impl Lazy<Template> {
    pub(crate) fn template(&self) -> Result<&Template, StepError> {
        self.get(|source| Template::parse(source, &|_| Place::default()).map_err(|found| told(found.first())))
    }
}

impl Code {
    /// The expression as it stands in a file; braces around it are no part of it.
    pub(crate) fn of(source: &str) -> Self {
        Self(Lazy::new(bare(source)))
    }

    pub(crate) fn source(&self) -> &str {
        &self.0.source
    }

    pub(crate) fn expression(&self) -> Result<&Expression, StepError> {
        self.0.get(|source| Expression::compile(source, &|_| Place::default()).map_err(|found| told(Some(&found))))
    }

    /// Its value.
    pub(crate) fn value(&self, scope: &Scope<'_>) -> Result<Value, StepError> {
        let value = self.expression()?.eval(scope, &scope.moment).map_err(|error| failed(self.source(), &error))?;
        Ok(data::to_json(&value))
    }

    /// Its value; null where a property that it names is missing, or nothing can come of it.
    pub(crate) fn found(&self, scope: &Scope<'_>) -> Value {
        self.value(scope).unwrap_or_default()
    }

    /// Whether it holds.
    pub(crate) fn holds(&self, scope: &Scope<'_>) -> Result<bool, StepError> {
        self.expression()?.holds(scope, &scope.moment).map_err(|error| failed(self.source(), &error))
    }
}

/// The expression without braces around it.
pub(crate) fn bare(source: &str) -> &str {
    let text = source.trim();
    let inner = text.strip_prefix("{{").and_then(|text| text.strip_suffix("}}"));
    inner.filter(|inner| !inner.contains("}}")).map_or(text, str::trim)
}

fn rendered(fields: &[(String, Filled)], scope: &Scope<'_>) -> Result<Map<String, Value>, StepError> {
    let mut map = Map::new();
    for (key, value) in fields {
        if let Some(value) = value.render(scope)? {
            map.insert(key.clone(), value);
        }
    }
    Ok(map)
}

fn render_text(template: &Template, scope: &Scope<'_>) -> Result<Option<Value>, StepError> {
    match template {
        Template::Expression(expression) => lone(expression, scope),
        Template::Text(pieces) => {
            let mut expressions = pieces.iter().filter_map(|piece| match piece {
                Piece::Value(expression) | Piece::Shown(expression) => Some(expression),
                Piece::Text(_) => None,
            });
            if let (Some(only), None) = (expressions.next(), expressions.next())
                && lone(only, scope)?.is_none_or(|value| value.is_null())
            {
                return Ok(None);
            }
            template.render(scope, &scope.moment).map(Some).map_err(|error| failed("a template", &error))
        }
        other => other.render(scope, &scope.moment).map(Some).map_err(|error| failed("a template", &error)),
    }
}

/// What one expression gives. A parameter by itself is what was given, be it null; nothing else that is nothing is sent.
fn lone(expression: &Expression, scope: &Scope<'_>) -> Result<Option<Value>, StepError> {
    let source = expression.source().trim();
    if scope.declares(source) {
        return Ok(scope.given(source).cloned());
    }
    let value = expression.eval(scope, &scope.moment).map_err(|error| failed(source, &error))?;
    Ok((!value.is_unit()).then(|| data::to_json(&value)))
}

/// What an expression of the app's file could not give.
fn failed(source: &str, error: &ExpressionError) -> StepError {
    let error = StepError::permanent("app_expression", format!("`{}` of the app: {}", source.trim(), error.message));
    error.hint("the answer, or a parameter, is not as the app's file expects it")
}

fn broken(source: &str, why: &str) -> StepError {
    StepError::permanent("app_broken", format!("`{}` of the app cannot be read: {why}", source.trim()))
        .hint("`hookmill app check` shows where")
}

fn told(found: Option<&Diagnostic>) -> String {
    found.map_or_else(String::new, |found| found.message.clone())
}
