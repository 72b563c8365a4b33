//! Expressions that are nothing but a variable of the environment.

use super::Expression;
use super::code::{Kind, Step};

impl Expression {
    /// The variable, where the expression is nothing else: `{{ env.NAME }}`.
    pub(crate) fn environment_variable(&self) -> Option<&str> {
        let Kind::Chain { root, links } = &self.root().kind else { return None };
        let (Kind::Name { name, optional: false }, [link]) = (&root.kind, links.as_slice()) else { return None };
        match &link.step {
            Step::Property(variable) if name == "env" && !link.optional => Some(variable),
            _ => None,
        }
    }
}
