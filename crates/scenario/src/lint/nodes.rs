//! Walking through the code of an expression.

use crate::expression::code::{Kind, Node, Step};

/// Every node of an expression.
pub(super) fn visit(node: &Node, see: &mut impl FnMut(&Node)) {
    see(node);
    match &node.kind {
        Kind::Chain { root, links } => {
            visit(root, see);
            for link in links {
                match &link.step {
                    Step::Property(_) => {}
                    Step::Index(index) => visit(index, see),
                    Step::Slice { from, to, .. } => [from, to].into_iter().for_each(|node| visit(node, see)),
                    Step::Method { arguments, .. } => arguments.iter().for_each(|node| visit(node, see)),
                }
            }
        }
        Kind::Closure(closure) => visit(&closure.body, see),
        Kind::Unary(_, operand) => visit(operand, see),
        Kind::Binary(_, sides) => [&sides.0, &sides.1].into_iter().for_each(|node| visit(node, see)),
        Kind::If(parts) => parts.iter().for_each(|node| visit(node, see)),
        Kind::Map(entries) => entries.iter().for_each(|(_, node)| visit(node, see)),
        Kind::Call { arguments: list, .. }
        | Kind::And(list)
        | Kind::Or(list)
        | Kind::Coalesce(list)
        | Kind::Text(list)
        | Kind::List(list)
        | Kind::Block { statements: list, .. } => list.iter().for_each(|node| visit(node, see)),
        // Statements stand in scripts, of which only names are looked at.
        _ => {}
    }
}
