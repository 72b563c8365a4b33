//! The rhai parser, set up once for the process. It only parses: the syntax tree is lowered to our own [code](super::code)
//! and evaluated by the [machine](super::machine), so nothing that rhai could do by itself is within reach.

use rhai::{AST, Engine, LexError, OptimizationLevel, ParseError, ParseErrorType};
use std::sync::LazyLock;

/// How deep expressions may be nested.
const DEPTH: usize = 64;
/// The longest source text of an expression, in bytes.
const EXPRESSION_BYTES: usize = 64 * 1024;
/// The longest source text of a script, in bytes. rhai looks each variable up among all that are visible.
const SCRIPT_BYTES: usize = 128 * 1024;

/// How many functions and closures one source may have. For each of them, rhai's list of them is gone through.
const FUNCTIONS: usize = 500;

static PARSER: LazyLock<Engine> = LazyLock::new(|| {
    let mut engine = Engine::new_raw();
    // With optimisation, `n && true` quietly gives n.
    engine.set_optimization_level(OptimizationLevel::None);
    engine.set_max_expr_depths(DEPTH, DEPTH);
    engine.set_max_string_size(SCRIPT_BYTES);
    engine.set_max_functions(FUNCTIONS);
    for keyword in ["eval", "import", "export"] {
        engine.disable_symbol(keyword);
    }
    engine
});

/// Parses one expression: no statements.
pub(super) fn parse_expression(source: &str) -> Result<AST, ParseError> {
    if source.len() > EXPRESSION_BYTES {
        return Err(too_long(EXPRESSION_BYTES));
    }
    PARSER.compile_expression(source)
}

/// Parses a script.
pub(super) fn parse_script(source: &str) -> Result<AST, ParseError> {
    if source.len() > SCRIPT_BYTES {
        return Err(too_long(SCRIPT_BYTES));
    }
    PARSER.compile(source)
}

fn too_long(limit: usize) -> ParseError {
    ParseError(Box::new(ParseErrorType::BadInput(LexError::StringTooLong(limit))), rhai::Position::START)
}
