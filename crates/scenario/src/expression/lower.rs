//! From rhai's syntax tree to [code](super::code): settles names, functions, optional accesses and places, and refuses
//! what an expression may not contain.

mod chain;
mod secrets;
mod statements;

use super::code::{Binary, Callee, Closure, Effect, Kind, Node, OwnFunction, Unary};
use super::diagnostics;
use crate::diagnostic::{Diagnostic, Place};
use crate::functions;
use crate::plan::TriggerReads;
use rhai::{AST, ASTNode, Dynamic, Expr, FlowControl, FnCallExpr, FnPtr, ImmutableString, Position, Stmt};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

/// How rhai names the functions it makes of closures.
const ANONYMOUS: &str = "anon$";

/// What became of the source.
pub(super) struct Lowered {
    pub(super) root: Node,
    pub(super) names: Vec<(String, Place)>,
    pub(super) trigger_reads: TriggerReads,
    pub(super) variables: Vec<(String, Place)>,
    pub(super) secrets: Vec<(String, Place)>,
}

/// Lowers a parsed expression.
pub(super) fn expression(ast: &AST, source: &str, place_of: &dyn Fn(usize) -> Place) -> Result<Lowered> {
    let mut lowering = Lowering::new(ast, source, place_of, Form::Expression);
    let root = match lowering.whole_secret(ast.statements()) {
        Some(secret) => secret,
        None => lowering.block(ast.statements(), Position::START)?,
    };
    Ok(lowering.finish(root))
}

/// Lowers a parsed script and the functions it defines.
pub(super) fn script(
    ast: &AST,
    source: &str,
    place_of: &dyn Fn(usize) -> Place,
) -> Result<(Lowered, Vec<OwnFunction>)> {
    let mut lowering = Lowering::new(ast, source, place_of, Form::Script);
    let root = lowering.block(ast.statements(), Position::START)?;
    let functions = lowering.own_functions()?;
    Ok((lowering.finish(root), functions))
}

/// Where a parse error stands.
pub(super) fn place_at(position: Position, source: &str, place_of: &dyn Fn(usize) -> Place) -> Place {
    place_of(Lines::of(source).offset(position))
}

/// What is lowered.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Expression,
    Script,
}

/// The name of a function, and how many parameters it has.
type Signature<'a> = (&'a str, usize);

struct Lowering<'a> {
    form: Form,
    lines: Lines,
    place_of: &'a dyn Fn(usize) -> Place,
    /// The functions that the script defines: names, and those of their parameters.
    own: Vec<(&'a str, Vec<&'a str>)>,
    /// The parameters of closures, by the names that rhai gives them.
    closures: HashMap<&'a str, Vec<&'a str>>,
    /// The statements of all of them.
    bodies: HashMap<Signature<'a>, Rc<[Stmt]>>,
    /// The locals of the innermost function or closure.
    locals: Vec<Local>,
    names: BTreeMap<String, Place>,
    trigger: TriggerReads,
    /// What is read of `vars`.
    variables: Vec<(String, Place)>,
    /// The secrets that are named.
    secrets: Vec<(String, Place)>,
}

/// A local and whether it may be changed.
struct Local {
    name: ImmutableString,
    access: Access,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Variable,
    Constant,
    Captured,
}

type Result<T> = std::result::Result<T, Box<Diagnostic>>;

impl<'a> Lowering<'a> {
    fn new(ast: &'a AST, source: &str, place_of: &'a dyn Fn(usize) -> Place, form: Form) -> Self {
        let functions: Vec<_> = ast.iter_functions().map(|function| (function.name, function.params)).collect();
        let signatures: Vec<Signature<'_>> = functions.iter().map(|(name, names)| (*name, names.len())).collect();
        let mut bodies = HashMap::new();
        if !signatures.is_empty() {
            bodies_of(&ast.clone_functions_only(), &signatures, &mut bodies);
        }
        let functions = functions.into_iter();
        let (closures, own): (Vec<_>, Vec<_>) = functions.partition(|(name, _)| name.starts_with(ANONYMOUS));
        Self {
            form,
            lines: Lines::of(source),
            place_of,
            own,
            closures: closures.into_iter().collect(),
            bodies,
            locals: Vec::new(),
            names: BTreeMap::new(),
            trigger: TriggerReads::Fields(BTreeSet::new()),
            variables: Vec::new(),
            secrets: Vec::new(),
        }
    }

    fn finish(self, root: Node) -> Lowered {
        let mut names: Vec<(String, Place)> = self.names.into_iter().collect();
        names.sort_by_key(|(_, place)| *place);
        Lowered { root, names, trigger_reads: self.trigger, variables: self.variables, secrets: self.secrets }
    }

    fn statement(&mut self, statement: &Stmt) -> Result<Node> {
        match statement {
            Stmt::Noop(position) => Ok(self.node(Kind::Constant(Dynamic::UNIT), *position)),
            Stmt::Expr(expression) => self.expression(expression),
            Stmt::FnCall(call, position) => self.call(call, *position),
            Stmt::Block(block) => self.block(block.statements(), block.position()),
            Stmt::If(flow, position) => self.condition(flow, *position),
            Stmt::Switch(_, position) => Err(Box::new(diagnostics::not_allowed(
                self.place(*position),
                "`switch`",
                "write `if a == 1 { … } else { … }`, or read from a map: `#{a: 1}[key]`",
            ))),
            other if self.form == Form::Script => self.script_statement(other),
            other => Err(self.refuse(other.position(), "a statement")),
        }
    }

    fn condition(&mut self, flow: &FlowControl, position: Position) -> Result<Node> {
        let condition = self.expression(&flow.expr)?;
        let yes = self.block(flow.body.statements(), flow.body.position())?;
        let no = self.block(flow.branch.statements(), flow.branch.position())?;
        Ok(self.node(Kind::If(Box::new([condition, yes, no])), position))
    }

    fn expression(&mut self, expression: &Expr) -> Result<Node> {
        if let Some(refused) = self.refused_secret(expression) {
            return Err(refused);
        }
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
            Expr::Stmt(block) => return self.block(block.statements(), block.position()),
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
        self.locals.iter().rposition(|local| local.name == name)
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
        let arguments = self.arguments(&function, 0, &call.args)?;
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

    fn function(&self, name: &str, arguments: usize, position: Position) -> Result<Callee> {
        if let Some(number) = self.own.iter().position(|own| own.0 == name && own.1.len() == arguments) {
            return Ok(Callee::Own(number, name.into()));
        }
        if Effect::of_method(name).is_some() {
            let hint = "in a `rhai` step it changes a variable made with `let`, as in `let list = []; list.push(1);`";
            let what = format!("`{name}` of anything but a variable");
            return Err(Box::new(diagnostics::not_allowed(self.place(position), &what, hint)));
        }
        let Some(function) = functions::find(name) else {
            let own = self.own.iter().map(|own| own.0);
            let near = functions::nearest(name).or_else(|| super::nearest(name, own));
            return Err(Box::new(diagnostics::unknown_function(self.place(position), name, near)));
        };
        if function.accepts(arguments) {
            return Ok(Callee::Library(function));
        }
        let place = self.place(position);
        Err(Box::new(diagnostics::wrong_arguments(place, name, arguments, function.signature)))
    }

    /// A closure. rhai makes it a function of its own whose first parameters are what it captures; of these, names from
    /// outside need no capturing.
    fn closure(&mut self, pointer: &FnPtr, captured: &[Expr], position: Position) -> Result<Node> {
        let name = pointer.fn_name();
        let Some(parameters) = self.closures.get(name).cloned() else {
            return Err(self.refuse(position, "a function pointer"));
        };
        let declared = &parameters[captured.len().min(parameters.len())..];
        let mut captures = Vec::new();
        let mut locals = Vec::new();
        for variable in captured {
            if let Expr::Variable(variable, ..) = variable
                && let Some(index) = self.local(&variable.1)
            {
                captures.push(index);
                locals.push(Local { name: variable.1.clone(), access: Access::Captured });
            }
        }
        locals.extend(declared.iter().map(|&name| Local { name: name.into(), access: Access::Variable }));
        let body = self.body(name, parameters.len(), locals, position)?;
        let closure = Closure { captures, parameters: declared.len(), body };
        Ok(self.node(Kind::Closure(Arc::new(closure)), position))
    }

    fn own_functions(&mut self) -> Result<Vec<OwnFunction>> {
        let mut functions = Vec::new();
        for (name, parameters) in self.own.clone() {
            let locals = parameters.iter().map(|&name| Local { name: name.into(), access: Access::Variable }).collect();
            let body = self.body(name, parameters.len(), locals, Position::START)?;
            functions.push(OwnFunction { parameters: parameters.len(), body });
        }
        Ok(functions)
    }

    /// The body of a function or closure, with these locals to begin with.
    fn body(&mut self, name: &str, parameters: usize, locals: Vec<Local>, position: Position) -> Result<Node> {
        let surrounding = std::mem::replace(&mut self.locals, locals);
        let statements = self.bodies.get(&(name, parameters)).cloned().unwrap_or_default();
        let body = self.block(&statements, position);
        self.locals = surrounding;
        body
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

/// The statements of every function's body. rhai shows them in a walk alone, which does not say whose they are; so the list
/// of functions is halved until one is left.
fn bodies_of<'a>(ast: &AST, functions: &[Signature<'a>], bodies: &mut HashMap<Signature<'a>, Rc<[Stmt]>>) {
    if let [function] = functions {
        let mut body = Vec::new();
        ast.walk(&mut |path| {
            if let [ASTNode::Stmt(statement)] = path {
                body.push((*statement).clone());
            }
            true
        });
        bodies.insert(*function, body.into());
        return;
    }
    let (first, second) = functions.split_at(functions.len() / 2);
    for half in [first, second].into_iter().filter(|half| !half.is_empty()) {
        let wanted: HashSet<&Signature<'_>> = half.iter().collect();
        let mut part = ast.clone_functions_only();
        part.retain_functions(|_, _, name, parameters| wanted.contains(&(name, parameters)));
        bodies_of(&part, half, bodies);
    }
}

/// Where each line of a source begins, in characters.
struct Lines {
    starts: Vec<usize>,
    length: usize,
    /// Where `?[` stands: rhai forgets the question mark where the chain goes on behind the bracket.
    questions: Vec<usize>,
}

impl Lines {
    fn of(source: &str) -> Self {
        let mut starts = vec![0];
        let mut length = 0;
        let mut questions = Vec::new();
        let mut before = ' ';
        for character in source.chars() {
            length += 1;
            match (before, character) {
                (_, '\n') => starts.push(length),
                ('?', '[') => questions.push(length - 2),
                _ => {}
            }
            before = character;
        }
        Self { starts, length, questions }
    }

    /// Whether `?[` stands here.
    fn asks(&self, position: Position) -> bool {
        self.questions.binary_search(&self.offset(position)).is_ok()
    }

    /// The offset in characters; of no position, that of the end.
    fn offset(&self, position: Position) -> usize {
        let Some(line) = position.line() else { return self.length };
        let start = self.starts.get(line - 1).copied().unwrap_or(self.length);
        (start + position.position().unwrap_or(1).saturating_sub(1)).min(self.length)
    }
}
