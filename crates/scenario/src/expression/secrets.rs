//! Secrets in expressions. A secret is never a value: it is a place in the code, and there are two kinds of places where
//! it may stand. As the whole of an expression it is put in where a call is made; as the key of a crypto function it is
//! read for this one call. Everywhere else it is refused before anything runs.

use super::Expression;
use super::code::{Kind, Node};
use super::fault::{self, Fault, Stop, placed};
use super::machine::Machine;
use super::value::list;
use crate::diagnostic::Place;
use crate::secret::{Mask, Secret};
use rhai::Dynamic;

impl Expression {
    /// The secret, where the expression is nothing else: `{{ secrets.NAME }}`.
    pub fn secret(&self) -> Option<(&str, Place)> {
        match &self.root().kind {
            Kind::Secret(name) => Some((name, self.root().place)),
            _ => None,
        }
    }
}

impl Machine<'_> {
    /// The value of an argument. Secrets in it are remembered, so that no error tells them.
    pub(super) fn argument(&mut self, node: &Node, hidden: &mut Vec<Secret>) -> Result<Dynamic, Fault> {
        match &node.kind {
            Kind::Secret(name) => {
                let secret = self.read_secret(name).map_err(|fault| placed(fault, node.place))?;
                let value = secret.reveal().into();
                hidden.push(secret);
                Ok(value)
            }
            Kind::List(items) if items.iter().any(|item| matches!(item.kind, Kind::Secret(_))) => {
                let items = items.iter().map(|item| self.argument(item, hidden)).collect::<Result<_, _>>()?;
                self.made(list(items))
            }
            _ => self.eval(node),
        }
    }
}

/// The fault as it may be shown after a function was given secrets.
pub(super) fn masked(mut fault: Fault, hidden: &[Secret]) -> Fault {
    if let Stop::Failed(error) = &mut *fault
        && !hidden.is_empty()
    {
        let mask = Mask::over_secrets(hidden);
        error.message = mask.text(&error.message);
        error.hint = error.hint.take().map(|hint| mask.text(&hint));
    }
    fault
}

/// The fault of a secret where a value is needed.
pub(super) fn no_value(name: &str) -> Fault {
    let hint = "a secret may stand in the URL, headers and body of a call, and as the key of a crypto function";
    fault::fault("secret", format!("`secrets.{name}` is no value to compute with or to show"), Some(hint))
}

#[cfg(test)]
mod tests;
