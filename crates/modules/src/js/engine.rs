//! The interpreter: one for each call, with nothing in it but the language, and with an end to its time and memory.

use rquickjs::context::EvalOptions;
use rquickjs::{CatchResultExt, CaughtError, Context, Ctx, Function, Promise, Runtime};
use run::error::StepError;
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How long code may run.
const TIME: Duration = Duration::from_secs(10);
/// How much memory its values may take, in bytes.
const MEMORY: usize = 64 * 1024 * 1024;
/// How much of the stack it may take, in bytes: threads that wait have 2 MiB.
const STACK: usize = 512 * 1024;
/// What code finds around it.
const HOST: &str = include_str!("host.js");
const TIME_TYPES: &str = include_str!("time.js");

/// What the code returns. `given` is JSON: the parameters without the code.
pub(super) fn result(code: &str, given: &str) -> Result<Value, StepError> {
    let runtime = Runtime::new().map_err(|_| unavailable())?;
    runtime.set_memory_limit(MEMORY);
    runtime.set_max_stack_size(STACK);
    let late = Arc::new(AtomicBool::new(false));
    let (begin, told) = (Instant::now(), Arc::clone(&late));
    runtime.set_interrupt_handler(Some(Box::new(move || {
        let is_late = begin.elapsed() > TIME;
        told.fetch_or(is_late, Ordering::Relaxed);
        is_late
    })));
    let context = Context::full(&runtime).map_err(|_| unavailable())?;
    let text = context.with(|ctx| evaluated(&ctx, code, given).catch(&ctx).map_err(|thrown| failure(&thrown)));
    if late.load(Ordering::Relaxed) {
        return Err(limit(format!("the code ran longer than {} s", TIME.as_secs())));
    }
    serde_json::from_str(&text?).map_err(|_| unavailable())
}

fn evaluated(ctx: &Ctx<'_>, code: &str, given: &str) -> rquickjs::Result<String> {
    ctx.eval::<(), _>(TIME_TYPES)?;
    let host: Function = ctx.eval(HOST)?;
    let given = ctx.json_parse(given)?;
    let (own, inner) = (code.to_owned(), ctx.clone());
    let compile = Function::new(ctx.clone(), move |parameters: Vec<String>| compiled(&inner, &own, &parameters))?;
    let running: Promise = host.call((given, compile))?;
    running.finish()
}

/// The code as a function of these parameters. Its first line is the second: the first names the parameters.
fn compiled<'js>(ctx: &Ctx<'js>, code: &str, parameters: &[String]) -> rquickjs::Result<Function<'js>> {
    let mut options = EvalOptions::default();
    options.strict = false;
    options.filename = Some("code".to_owned());
    ctx.eval_with_options(format!("(async ({}) => {{\n{code}\n}})", parameters.join(", ")), options)
}

fn failure(thrown: &CaughtError<'_>) -> StepError {
    let (message, line) = match thrown {
        CaughtError::Exception(exception) => {
            (exception.message().unwrap_or_default(), exception.stack().as_deref().and_then(line_of))
        }
        CaughtError::Value(value) => (shown(value), None),
        CaughtError::Error(error) => (error.to_string(), None),
    };
    if message.contains("call stack") {
        return limit("the code calls itself too deeply".to_owned());
    }
    if message.contains("out of memory") || message.is_empty() {
        return limit(format!("the values of the code take more than {} MiB", MEMORY / 1024 / 1024));
    }
    let place = line.map(|line| format!(" (line {line})")).unwrap_or_default();
    StepError::permanent("javascript", format!("{message}{place}"))
}

/// The line of the code that a trace names first.
fn line_of(stack: &str) -> Option<u32> {
    let behind = &stack[stack.find("(code:").map(|at| at + 6).or_else(|| stack.find(" code:").map(|at| at + 6))?..];
    let digits: String = behind.chars().take_while(char::is_ascii_digit).collect();
    digits.parse::<u32>().ok()?.checked_sub(1)
}

fn shown(value: &rquickjs::Value<'_>) -> String {
    let message = value.as_object().and_then(|thrown| thrown.get::<_, String>("message").ok());
    let text = || value.as_string().and_then(|text| text.to_string().ok());
    let json = || value.ctx().json_stringify(value.clone()).ok().flatten().and_then(|json| json.to_string().ok());
    message.or_else(text).or_else(json).unwrap_or_else(|| "the code threw something".to_owned())
}

fn limit(message: String) -> StepError {
    StepError::permanent("limit", message).hint("Let the code do less, or the steps around it do more")
}

fn unavailable() -> StepError {
    StepError::passing("limit", "the interpreter could not be started")
}
