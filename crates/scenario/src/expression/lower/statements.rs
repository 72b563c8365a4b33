//! Statements of scripts: blocks, variables, changes and loops.

use super::super::code::{Binary, Change, Effect, Kind, Node};
use super::super::diagnostics;
use super::chain::{Member, members};
use super::{Access, Form, Local, Lowering, Result};
use rhai::{ASTFlags, BinaryExpr, Dynamic, Expr, FlowControl, Ident, OpAssignment, Position, Stmt, StmtBlock};

impl Lowering<'_> {
    /// A block: its variables end with it. A single statement without variables stands for itself.
    pub(super) fn block(&mut self, statements: &[Stmt], position: Position) -> Result<Node> {
        let locals = self.locals.len();
        let mut nodes = Vec::new();
        for statement in statements.iter().filter(|statement| !matches!(statement, Stmt::Share(_))) {
            if self.form == Form::Expression && !nodes.is_empty() {
                return Err(self.refuse(statement.position(), "more than one statement"));
            }
            nodes.push(self.statement(statement)?);
        }
        self.locals.truncate(locals);
        match nodes.pop() {
            None => Ok(self.node(Kind::Constant(Dynamic::UNIT), position)),
            Some(only) if nodes.is_empty() && !matches!(only.kind, Kind::Let(_)) => Ok(only),
            Some(last) => {
                nodes.push(last);
                let place = nodes[0].place;
                Ok(Node { kind: Kind::Block { statements: nodes, locals }, place })
            }
        }
    }

    pub(super) fn script_statement(&mut self, statement: &Stmt) -> Result<Node> {
        let position = statement.position();
        let kind = match statement {
            Stmt::Var(variable, flags, _) => return self.variable_declared(&variable.0, &variable.1, *flags, position),
            Stmt::Assignment(assignment) => return self.assignment(&assignment.0, &assignment.1),
            Stmt::While(flow, _) => {
                let endless = matches!(flow.expr, Expr::Unit(_));
                let condition = if endless { None } else { Some(Box::new(self.expression(&flow.expr)?)) };
                Kind::While { condition, body: self.inner(&flow.body)? }
            }
            Stmt::Do(flow, flags, _) => Kind::Do {
                body: self.inner(&flow.body)?,
                condition: Box::new(self.expression(&flow.expr)?),
                while_it_is: !flags.contains(ASTFlags::NEGATED),
            },
            Stmt::For(parts, _) => self.for_each(&parts.0, parts.1.as_ref(), &parts.2)?,
            Stmt::BreakLoop(value, flags, _) if flags.contains(ASTFlags::BREAK) => {
                Kind::Break(self.maybe(value.as_deref())?)
            }
            Stmt::BreakLoop(..) => Kind::Continue,
            Stmt::Return(value, flags, _) if flags.contains(ASTFlags::BREAK) => {
                Kind::Throw(self.maybe(value.as_deref())?)
            }
            Stmt::Return(value, ..) => Kind::Return(self.maybe(value.as_deref())?),
            Stmt::TryCatch(flow, _) => self.attempt(flow)?,
            _ => return Err(self.refuse(position, "this statement")),
        };
        Ok(self.node(kind, position))
    }

    /// `list.push(1)` of a variable; none where the chain is none that changes something.
    pub(super) fn changing_method(&mut self, first: &Expr, members: &[Member]) -> Result<Option<Node>> {
        let Some((Member { expression: Expr::MethodCall(call, position), .. }, path)) = members.split_last() else {
            return Ok(None);
        };
        let Some((effect, wanted)) = Effect::of_method(&call.name) else { return Ok(None) };
        let own = self.own.iter().any(|own| own.0 == call.name.as_str());
        if self.form == Form::Expression || own || call.args.len() != wanted || !matches!(first, Expr::Variable(..)) {
            return Ok(None);
        }
        let index = self.changeable(first)?;
        let change = Change { index, path: self.path(path)?, effect, arguments: self.all(call.args.iter())? };
        Ok(Some(self.node(Kind::Change(Box::new(change)), *position)))
    }

    fn variable_declared(&mut self, name: &Ident, value: &Expr, flags: ASTFlags, position: Position) -> Result<Node> {
        let value = self.expression(value)?;
        let access = if flags.contains(ASTFlags::CONSTANT) { Access::Constant } else { Access::Variable };
        self.locals.push(Local { name: name.name.clone(), access });
        Ok(self.node(Kind::Let(Box::new(value)), position))
    }

    fn assignment(&mut self, assignment: &OpAssignment, sides: &BinaryExpr) -> Result<Node> {
        let effect = match assignment.get_op_assignment_info() {
            None => Effect::Set,
            Some((.., symbol)) => match Binary::of(symbol) {
                Some(operator) => Effect::Operate(operator),
                None => return Err(self.refuse(assignment.position(), "this assignment")),
            },
        };
        let whole = (&sides.lhs, Vec::new());
        let (first, path) = members(&sides.lhs).unwrap_or(whole);
        let index = self.changeable(first)?;
        let path = self.path(&path)?;
        let arguments = vec![self.expression(&sides.rhs)?];
        let change = Change { index, path, effect, arguments };
        Ok(self.node(Kind::Change(Box::new(change)), assignment.position()))
    }

    /// The keys and indexes to what is changed within a variable.
    fn path(&mut self, members: &[Member]) -> Result<Vec<Node>> {
        let key = |lowering: &mut Self, member: &Member| match member.expression {
            Expr::Property(property, position) if member.dotted => {
                Ok(lowering.node(Kind::Constant(property.2.clone().into()), *position))
            }
            index if !member.dotted => lowering.expression(index),
            _ => Err(lowering.refuse(member.position, "a change of what a function gave")),
        };
        members.iter().map(|member| key(self, member)).collect()
    }

    /// The local that may be changed.
    fn changeable(&self, variable: &Expr) -> Result<usize> {
        let position = variable.start_position();
        let refuse =
            |what: String, hint: &str| Err(Box::new(diagnostics::not_allowed(self.place(position), &what, hint)));
        let Expr::Variable(variable, ..) = variable else {
            return refuse("a change of what is no variable".into(), "give it a name first: `let x = …; x.y = 1;`");
        };
        let name = &variable.1;
        let Some(index) = self.local(name) else {
            let hint = format!("values from outside are read-only; change a copy: `let copy = {name}; copy.x = 1;`");
            return refuse(format!("a change of `{name}`"), &hint);
        };
        match self.locals[index].access {
            Access::Variable => Ok(index),
            Access::Constant => refuse(format!("a change of `{name}`"), "it is a `const`; declare it with `let`"),
            Access::Captured => {
                let hint = "a function gets a copy of outer variables; return the new value, or use a `for` loop";
                refuse(format!("a change of the outer variable `{name}`"), hint)
            }
        }
    }

    fn for_each(&mut self, item: &Ident, counter: Option<&Ident>, flow: &FlowControl) -> Result<Kind> {
        let items = Box::new(self.expression(&flow.expr)?);
        let locals = self.locals.len();
        let counter = counter.map_or_else(|| "".into(), |counter| counter.name.clone());
        self.locals.push(Local { name: item.name.clone(), access: Access::Variable });
        self.locals.push(Local { name: counter, access: Access::Variable });
        let body = self.inner(&flow.body)?;
        self.locals.truncate(locals);
        Ok(Kind::For { items, body, locals })
    }

    fn attempt(&mut self, flow: &FlowControl) -> Result<Kind> {
        let body = self.inner(&flow.body)?;
        let locals = self.locals.len();
        let name = match &flow.expr {
            Expr::Variable(variable, ..) => variable.1.clone(),
            _ => "".into(),
        };
        self.locals.push(Local { name, access: Access::Variable });
        let handler = self.inner(&flow.branch)?;
        self.locals.truncate(locals);
        Ok(Kind::Try { body, handler, locals })
    }

    fn inner(&mut self, block: &StmtBlock) -> Result<Box<Node>> {
        Ok(Box::new(self.block(block.statements(), block.position())?))
    }

    fn maybe(&mut self, value: Option<&Expr>) -> Result<Option<Box<Node>>> {
        value.map(|value| Ok(Box::new(self.expression(value)?))).transpose()
    }
}
