//! Where secrets may stand in the code: as the whole of an expression, and where a function takes a key. Everything else
//! that speaks of `secrets` is refused.

use super::super::code::{Callee, Kind, Node};
use super::super::diagnostics;
use super::chain::members;
use super::{Lowering, Result};
use crate::diagnostic::Diagnostic;
use rhai::{Expr, ImmutableString, Stmt};

/// The name by which expressions speak of secrets.
const SECRETS: &str = "secrets";

/// What an expression says of secrets.
enum Mention<'e> {
    /// One, by a name that is written out.
    One(&'e ImmutableString),
    /// The same, and something is done with it.
    Used(&'e ImmutableString),
    /// One, by a name that is computed.
    Computed,
    /// All of them.
    All,
}

impl Lowering<'_> {
    /// The root of an expression that is nothing but a secret.
    pub(super) fn whole_secret(&mut self, statements: &[Stmt]) -> Option<Node> {
        match statements {
            [Stmt::Expr(expression)] => self.secret(expression),
            _ => None,
        }
    }

    /// The arguments of a call, of which the first stands at this position.
    pub(super) fn arguments(&mut self, callee: &Callee, first: usize, arguments: &[Expr]) -> Result<Vec<Node>> {
        let arguments = (first..).zip(arguments);
        arguments.map(|(position, argument)| self.argument(callee, position, argument)).collect()
    }

    /// A key may be a secret, and so may a part of what is digested.
    fn argument(&mut self, callee: &Callee, position: usize, argument: &Expr) -> Result<Node> {
        let Callee::Library(function) = callee else { return self.expression(argument) };
        if function.takes_secret(position)
            && let Some(secret) = self.secret(argument)
        {
            return Ok(secret);
        }
        if function.takes_secret_parts(position)
            && let Expr::Array(items, start) = argument
        {
            let part = |item: &Expr| self.secret(item).map_or_else(|| self.expression(item), Ok);
            let parts = items.iter().map(part).collect::<Result<_>>()?;
            return Ok(self.node(Kind::List(parts), *start));
        }
        self.expression(argument)
    }

    /// The secret, where the expression names one and says nothing more.
    fn secret(&mut self, expression: &Expr) -> Option<Node> {
        let Some(Mention::One(name)) = self.mention(expression) else { return None };
        let node = self.node(Kind::Secret(name.clone()), expression.start_position());
        self.secrets.push((name.to_string(), node.place));
        Some(node)
    }

    /// Why the expression cannot stand where values are computed, if it speaks of secrets.
    pub(super) fn refused_secret(&self, expression: &Expr) -> Option<Box<Diagnostic>> {
        let place = self.place(expression.start_position());
        Some(Box::new(match self.mention(expression)? {
            Mention::One(name) | Mention::Used(name) => diagnostics::computed_with_secret(place, name),
            Mention::Computed => diagnostics::computed_secret_name(place),
            Mention::All => diagnostics::all_secrets(place),
        }))
    }

    fn mention<'e>(&self, expression: &'e Expr) -> Option<Mention<'e>> {
        let is_secrets = |expression: &Expr| {
            let named = matches!(expression, Expr::Variable(variable, ..) if variable.1 == SECRETS);
            named && self.local(SECRETS).is_none()
        };
        if is_secrets(expression) {
            return Some(Mention::All);
        }
        let (_, members) = members(expression).filter(|(first, _)| is_secrets(first))?;
        let (first, further) = members.split_first()?;
        let name = match first.expression {
            Expr::Property(property, _) if first.dotted => &property.2,
            Expr::StringConstant(name, _) if !first.dotted => name,
            _ if !first.dotted => return Some(Mention::Computed),
            _ => return Some(Mention::All),
        };
        Some(if further.is_empty() && !first.optional { Mention::One(name) } else { Mention::Used(name) })
    }
}
