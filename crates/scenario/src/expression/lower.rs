//! From rhai's syntax tree to [code](super::code): settles names, functions, optional accesses and places, and refuses
//! what an expression may not contain.

mod chain;

use super::code::{Binary, Closure, Kind, Node, Unary};
use super::diagnostics;
use crate::diagnostic::{Diagnostic, Place};
use crate::functions::{self, Function};
use crate::plan::TriggerReads;
use rhai::{AST, ASTNode, Dynamic, Expr, FlowControl, FnCallExpr, FnPtr, ImmutableString, Position, Stmt};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What became of the source.
pub(super) struct Lowered {
    pub(super) root: Node,
    pub(super) names: Vec<(String, Place)>,
    pub(super) trigger_reads: TriggerReads,
}

/// Lowers a parsed expression.
pub(super) fn lower(ast: &AST, source: &str, place_of: &dyn Fn(usize) -> Place) -> Result<Lowered> {
    let mut lowering = Lowering {
        ast,
        lines: Lines::of(source),
        place_of,
        locals: Vec::new(),
        names: BTreeMap::new(),
        trigger: TriggerReads::Fields(BTreeSet::new()),
    };
    let root = lowering.block(ast.statements(), Position::START)?;
    let mut names: Vec<(String, Place)> = lowering.names.into_iter().collect();
    names.sort_by_key(|(_, place)| *place);
    Ok(Lowered { root, names, trigger_reads: lowering.trigger })
}

/// Where a parse error stands.
pub(super) fn place_at(position: Position, source: &str, place_of: &dyn Fn(usize) -> Place) -> Place {
    place_of(Lines::of(source).offset(position))
}

struct Lowering<'a> {
    ast: &'a AST,
    lines: Lines,
    place_of: &'a dyn Fn(usize) -> Place,
    /// The names of the innermost closure's locals.
    locals: Vec<ImmutableString>,
    names: BTreeMap<String, Place>,
    trigger: TriggerReads,
}

type Result<T> = std::result::Result<T, Box<Diagnostic>>;

impl Lowering<'_> {
    fn block(&mut self, statements: &[Stmt], position: Position) -> Result<Node> {
        match statements {
            [] => Ok(self.node(Kind::Constant(Dynamic::UNIT), position)),
            [statement] => self.statement(statement),
            [Stmt::Share(_), statement] => self.statement(statement),
            [_, second, ..] => Err(self.refuse(second.position(), "more than one statement")),
        }
    }

    fn statement(&mut self, statement: &Stmt) -> Result<Node> {
        match statement {
            Stmt::Noop(position) => Ok(self.node(Kind::Constant(Dynamic::UNIT), *position)),
            Stmt::Expr(expression) => self.expression(expression),
            Stmt::FnCall(call, position) => self.call(call, *position),
            Stmt::Block(block) => self.block(&statements_of(block.iter()), block.position()),
            Stmt::If(flow, position) => self.condition(flow, *position),
            Stmt::Switch(_, position) => Err(Box::new(diagnostics::not_allowed(
                self.place(*position),
                "`switch`",
                "write `if a == 1 { … } else { … }`, or read from a map: `#{a: 1}[key]`",
            ))),
            other => Err(self.refuse(other.position(), "a statement")),
        }
    }

    fn condition(&mut self, flow: &FlowControl, position: Position) -> Result<Node> {
        let condition = self.expression(&flow.expr)?;
        let yes = self.block(&statements_of(flow.body.iter()), flow.body.position())?;
        let no = self.block(&statements_of(flow.branch.iter()), flow.branch.position())?;
        Ok(self.node(Kind::If(Box::new([condition, yes, no])), position))
    }

    fn expression(&mut self, expression: &Expr) -> Result<Node> {
        let position = expression.position();
        let kind = match expression {
            Expr::BoolConstant(value, _) => Kind::Constant((*value).into()),
            Expr::IntegerConstant(value, _) => Kind::Constant((*value).into()),
            Expr::FloatConstant(value, _) => Kind::Constant(Dynamic::from_float(**value)),
            Expr::CharConstant(value, _) => Kind::Constant(value.to_string().into()),
            Expr::StringConstant(value, _) => Kind::Constant(value.clone().into()),
            Expr::Unit(_) => Kind::Constant(Dynamic::UNIT),
            Expr::DynamicConstant(value, _) => return self.constant(value, position),
            Expr::InterpolatedString(parts, _) => Kind::Text(self.all(parts.iter())?),
            Expr::Array(items, _) => Kind::List(self.all(items.iter())?),
            Expr::Map(map, _) => Kind::Map(
                map.0
                    .iter()
                    .map(|(key, value)| Ok((key.name.as_str().into(), self.expression(value)?)))
                    .collect::<Result<_>>()?,
            ),
            Expr::Variable(variable, ..) => return self.variable(variable.1.clone(), &variable.2, position),
            Expr::FnCall(call, _) => return self.call(call, position),
            Expr::Stmt(block) => return self.block(&statements_of(block.iter()), block.position()),
            Expr::Dot(..) | Expr::Index(..) => return self.chain(expression),
            Expr::And(operands, _) => Kind::And(self.all(operands.iter())?),
            Expr::Or(operands, _) => Kind::Or(self.all(operands.iter())?),
            Expr::Coalesce(operands, _) => return self.coalesce(operands, position),
            _ => return Err(self.refuse(position, "this")),
        };
        Ok(self.node(kind, position))
    }

    fn all<'e>(&mut self, expressions: impl Iterator<Item = &'e Expr>) -> Result<Vec<Node>> {
        expressions.map(|expression| self.expression(expression)).collect()
    }

    fn variable(&mut self, name: ImmutableString, space: &rhai::Namespace, position: Position) -> Result<Node> {
        if !space.is_empty() {
            return Err(self.refuse(position, "a module path (`::`)"));
        }
        if let Some(index) = self.local(&name) {
            return Ok(self.node(Kind::Local { index, name }, position));
        }
        if name == "trigger" {
            self.trigger = TriggerReads::All;
        }
        Ok(self.outer(name, position))
    }

    /// A name from outside; how it is used is the caller's to note.
    fn outer(&mut self, name: ImmutableString, position: Position) -> Node {
        let place = self.place(position);
        let first = self.names.entry(name.to_string()).or_insert(place);
        *first = (*first).min(place);
        Node { kind: Kind::Name { name, optional: false }, place }
    }

    fn local(&self, name: &str) -> Option<usize> {
        self.locals.iter().rposition(|local| local == name)
    }

    fn coalesce(&mut self, operands: &[Expr], position: Position) -> Result<Node> {
        let mut nodes = self.all(operands.iter())?;
        let last = nodes.len().saturating_sub(1);
        nodes[..last].iter_mut().for_each(make_optional);
        Ok(self.node(Kind::Coalesce(nodes), position))
    }

    fn constant(&mut self, value: &Dynamic, position: Position) -> Result<Node> {
        match value.read_lock::<FnPtr>() {
            Some(pointer) => self.closure(&pointer, &[], position),
            None => Ok(self.node(Kind::Constant(value.clone()), position)),
        }
    }

    fn call(&mut self, call: &FnCallExpr, position: Position) -> Result<Node> {
        if !call.namespace.is_empty() {
            return Err(self.refuse(position, "a module path (`::`)"));
        }
        if call.name == "curry"
            && let Some(Expr::DynamicConstant(value, _)) = call.args.first()
            && let Some(pointer) = value.read_lock::<FnPtr>()
        {
            return self.closure(&pointer, &call.args[1..], position);
        }
        if let Some(operator) = self.operator(call, position)? {
            return Ok(operator);
        }
        let function = self.function(&call.name, call.args.len(), position)?;
        let arguments = self.all(call.args.iter())?;
        Ok(self.node(Kind::Call { function, arguments }, position))
    }

    fn operator(&mut self, call: &FnCallExpr, position: Position) -> Result<Option<Node>> {
        let kind = match (call.name.as_str(), &call.args[..]) {
            ("-", [operand]) => Kind::Unary(Unary::Minus, Box::new(self.expression(operand)?)),
            ("+", [operand]) => Kind::Unary(Unary::Plus, Box::new(self.expression(operand)?)),
            ("!", [operand]) => Kind::Unary(Unary::Not, Box::new(self.expression(operand)?)),
            (symbol, [left, right]) => match Binary::of(symbol) {
                Some(operator) => Kind::Binary(operator, Box::new((self.expression(left)?, self.expression(right)?))),
                None => return Ok(None),
            },
            _ => return Ok(None),
        };
        Ok(Some(self.node(kind, position)))
    }

    fn function(&self, name: &str, arguments: usize, position: Position) -> Result<&'static Function> {
        let Some(function) = functions::find(name) else {
            let near = functions::nearest(name);
            return Err(Box::new(diagnostics::unknown_function(self.place(position), name, near)));
        };
        if function.accepts(arguments) {
            return Ok(function);
        }
        let place = self.place(position);
        Err(Box::new(diagnostics::wrong_arguments(place, name, arguments, function.signature)))
    }

    /// A closure. rhai makes it a function of its own whose first parameters are what it captures; of these, names from
    /// outside need no capturing.
    fn closure(&mut self, pointer: &FnPtr, captured: &[Expr], position: Position) -> Result<Node> {
        let name = pointer.fn_name();
        let found = self.ast.iter_functions().find(|function| function.name == name);
        let Some(function) = found else { return Err(self.refuse(position, "a function pointer")) };
        let declared = &function.params[captured.len().min(function.params.len())..];
        let mut captures = Vec::new();
        let mut locals = Vec::new();
        for variable in captured {
            if let Expr::Variable(variable, ..) = variable
                && let Some(index) = self.local(&variable.1)
            {
                captures.push(index);
                locals.push(variable.1.clone());
            }
        }
        locals.extend(declared.iter().map(|&name| name.into()));
        let surrounding = std::mem::replace(&mut self.locals, locals);
        let body = self.block(&body_of(self.ast, name), position);
        self.locals = surrounding;
        let closure = Closure { captures, parameters: declared.len(), body: body? };
        Ok(self.node(Kind::Closure(Arc::new(closure)), position))
    }

    fn node(&self, kind: Kind, position: Position) -> Node {
        Node { kind, place: self.place(position) }
    }

    fn place(&self, position: Position) -> Place {
        (self.place_of)(self.lines.offset(position))
    }

    fn refuse(&self, position: Position, what: &str) -> Box<Diagnostic> {
        let hint = "an expression computes one value; a `rhai` step may have statements";
        Box::new(diagnostics::not_allowed(self.place(position), what, hint))
    }
}

/// On the left of `??` every access is optional: the accesses of the operand itself, not those within its arguments.
fn make_optional(node: &mut Node) {
    match &mut node.kind {
        Kind::Name { optional, .. } => *optional = true,
        Kind::Chain { root, links } => {
            make_optional(root);
            links.iter_mut().for_each(|link| link.optional = true);
        }
        Kind::Coalesce(operands) => operands.iter_mut().for_each(make_optional),
        _ => {}
    }
}

fn statements_of<'s>(block: impl Iterator<Item = &'s Stmt>) -> Vec<Stmt> {
    block.cloned().collect()
}

/// The statements of a function's body. They are reached through a walk, because the type of a body has no public name.
fn body_of(ast: &AST, name: &str) -> Vec<Stmt> {
    let mut body = Vec::new();
    let mut alone = ast.clone_functions_only();
    alone.retain_functions(|_, _, function, _| function == name);
    alone.walk(&mut |path| {
        if let [ASTNode::Stmt(statement)] = path {
            body.push((*statement).clone());
        }
        true
    });
    body
}

/// Where each line of a source begins, in characters.
struct Lines {
    starts: Vec<usize>,
    length: usize,
}

impl Lines {
    fn of(source: &str) -> Self {
        let mut starts = vec![0];
        let mut length = 0;
        for character in source.chars() {
            length += 1;
            if character == '\n' {
                starts.push(length);
            }
        }
        Self { starts, length }
    }

    /// The offset in characters; of no position, that of the end.
    fn offset(&self, position: Position) -> usize {
        let Some(line) = position.line() else { return self.length };
        let start = self.starts.get(line - 1).copied().unwrap_or(self.length);
        (start + position.position().unwrap_or(1).saturating_sub(1)).min(self.length)
    }
}
