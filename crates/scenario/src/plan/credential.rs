//! What a webhook knows of its senders: texts in which secrets have their places. They are put in on each use, so that
//! a secret that was changed counts at once.

use crate::expression::{Expression, Piece, Template};
use crate::secret::{MASK, Secret, Unavailable};
use serde_json::Value;
use std::fmt;
use std::sync::Arc;

/// A text with places for secrets and for variables of the environment.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential(Arc<[Part]>);

#[derive(Clone, PartialEq, Eq)]
enum Part {
    /// As it stands.
    Text(Arc<str>),
    /// `{{ secrets.NAME }}`.
    Secret(Arc<str>),
    /// `{{ env.NAME }}`.
    Variable(Arc<str>),
}

impl Credential {
    /// A text as it stands.
    pub fn literal(text: &str) -> Self {
        Self(Arc::new([Part::Text(text.into())]))
    }

    /// What this text of a scenario says, or the first expression in it that is neither a secret nor a variable.
    pub(crate) fn of(template: &Template) -> Result<Self, Option<&Expression>> {
        match template {
            Template::Literal(Value::String(text)) => Ok(Self::literal(text)),
            Template::Expression(expression) => Ok(Self(Arc::new([Part::of(expression)?]))),
            Template::Text(pieces) => {
                let parts = pieces.iter().map(|piece| match piece {
                    Piece::Text(text) => Ok(Part::Text(text.as_str().into())),
                    Piece::Value(expression) | Piece::Shown(expression) => Part::of(expression),
                });
                parts.collect::<Result<Arc<[Part]>, _>>().map(Self)
            }
            Template::Literal(_) | Template::List(_) | Template::Map(_) => Err(None),
        }
    }

    /// The text, where nothing has to be put in.
    pub fn plain(&self) -> Option<&str> {
        match &*self.0 {
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The text with everything put in, each as `secret` and `env` give it. Something that turns out to be empty is no
    /// credential: it would let everyone pass.
    pub fn resolve(
        &self,
        secret: impl Fn(&str) -> Result<Secret, Unavailable>,
        env: impl Fn(&str) -> Option<String>,
    ) -> Result<Secret, Unavailable> {
        let mut whole = String::new();
        for part in &*self.0 {
            let (name, value) = match part {
                Part::Text(text) => {
                    whole.push_str(text);
                    continue;
                }
                Part::Secret(name) => (format!("secrets.{name}"), secret(name)?.reveal().to_owned()),
                Part::Variable(name) => {
                    (format!("env.{name}"), env(name).ok_or_else(|| Unavailable::unreadable_variable(name))?)
                }
            };
            if value.is_empty() {
                return Err(Unavailable::empty(&name));
            }
            whole.push_str(&value);
        }
        Ok(Secret::new(whole))
    }
}

impl Part {
    fn of(expression: &Expression) -> Result<Self, Option<&Expression>> {
        if let Some((name, _)) = expression.secret() {
            return Ok(Self::Secret(name.into()));
        }
        expression.environment_variable().map(|name| Self::Variable(name.into())).ok_or(Some(expression))
    }
}

/// Texts are hidden: people do write secrets where they should not.
impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|part| match part {
            Part::Text(_) => f.write_str(MASK),
            Part::Secret(name) => write!(f, "{{{{ secrets.{name} }}}}"),
            Part::Variable(name) => write!(f, "{{{{ env.{name} }}}}"),
        })
    }
}

#[cfg(test)]
mod tests;
