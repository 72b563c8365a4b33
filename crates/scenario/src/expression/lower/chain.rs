//! Chains: rhai nests them to the right, `a.(b.(c))`; here they become a root and a list of links.

use super::super::code::{Binary, Kind, Link, Node, Step};
use super::{Lowering, Result, make_optional};
use crate::plan::TriggerReads;
use rhai::{ASTFlags, BinaryExpr, Expr, Position};

impl Lowering<'_> {
    pub(super) fn chain(&mut self, expression: &Expr) -> Result<Node> {
        let Some((first, members)) = members(expression) else { return self.expression(expression) };
        if let Some(change) = self.changing_method(first, &members)? {
            return Ok(change);
        }
        let mut root = self.root(first)?;
        if members.first().is_some_and(|member| member.optional) {
            make_optional(&mut root);
        }
        let links = members.iter().map(|member| self.link(member)).collect::<Result<Vec<_>>>()?;
        self.note_reads(&root, &links);
        let place = root.place;
        Ok(Node { kind: Kind::Chain { root: Box::new(root), links }, place })
    }

    /// The value a chain starts with. What is read of `trigger` is only known with the first link.
    fn root(&mut self, expression: &Expr) -> Result<Node> {
        match expression {
            Expr::Variable(variable, _, position) if variable.1 == "trigger" && self.local("trigger").is_none() => {
                Ok(self.outer(variable.1.clone(), *position))
            }
            other => self.expression(other),
        }
    }

    fn note_reads(&mut self, root: &Node, links: &[Link]) {
        let Kind::Name { name, .. } = &root.kind else { return };
        let field = match links.first().map(|link| &link.step) {
            Some(Step::Property(name)) => Some(name.to_string()),
            Some(Step::Index(Node { kind: Kind::Constant(key), .. })) => key.clone().into_string().ok(),
            _ => None,
        };
        if name == "vars" {
            self.variables.extend(field.zip(links.first().map(|link| link.place)));
            return;
        }
        if name != "trigger" {
            return;
        }
        match (field, &mut self.trigger) {
            (Some(field), TriggerReads::Fields(fields)) => {
                fields.insert(field);
            }
            (Some(_), TriggerReads::All) => {}
            (None, reads) => *reads = TriggerReads::All,
        }
    }

    fn link(&mut self, member: &Member) -> Result<Link> {
        let (step, position) = match member.expression {
            Expr::Property(property, position) if member.dotted => (Step::Property(property.2.clone()), *position),
            Expr::MethodCall(call, position) if member.dotted => {
                let function = self.function(&call.name, call.args.len() + 1, *position)?;
                (Step::Method { arguments: self.arguments(&function, 1, &call.args)?, function }, *position)
            }
            _ if member.dotted => return Err(self.refuse(member.position, "this")),
            index => (self.index(index)?, index.start_position()),
        };
        let optional = member.optional || !member.dotted && self.lines.asks(member.position);
        Ok(Link { step, optional, place: self.place(position) })
    }

    fn index(&mut self, index: &Expr) -> Result<Step> {
        let node = self.expression(index)?;
        Ok(match node.kind {
            Kind::Binary(operator @ (Binary::Range | Binary::RangeInclusive), ends) => {
                let (from, to) = *ends;
                Step::Slice { from, to, inclusive: operator == Binary::RangeInclusive }
            }
            _ => Step::Index(node),
        })
    }
}

/// One member of a chain as it is written.
pub(super) struct Member<'e> {
    pub(super) expression: &'e Expr,
    pub(super) dotted: bool,
    pub(super) optional: bool,
    /// Of the dot or bracket.
    pub(super) position: Position,
}

/// What a chain starts with, and its members; none of anything but a chain.
pub(super) fn members(expression: &Expr) -> Option<(&Expr, Vec<Member<'_>>)> {
    let (binary, mut flags, mut position) = parts(expression)?;
    let mut dotted = matches!(expression, Expr::Dot(..));
    let mut rest = &binary.rhs;
    let mut members = Vec::new();
    let mut add = |expression, dotted, flags: ASTFlags, position| {
        members.push(Member { expression, dotted, optional: flags.contains(ASTFlags::NEGATED), position });
    };
    while let Some((inner, next_flags, next_position)) = parts(rest)
        && !flags.contains(ASTFlags::BREAK)
    {
        add(&inner.lhs, dotted, flags, position);
        dotted = matches!(rest, Expr::Dot(..));
        (rest, flags, position) = (&inner.rhs, next_flags, next_position);
    }
    add(rest, dotted, flags, position);
    Some((&binary.lhs, members))
}

fn parts(expression: &Expr) -> Option<(&BinaryExpr, ASTFlags, Position)> {
    match expression {
        Expr::Dot(binary, flags, position) | Expr::Index(binary, flags, position) => Some((binary, *flags, *position)),
        _ => None,
    }
}
