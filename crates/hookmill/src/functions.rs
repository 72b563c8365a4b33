//! `hookmill functions`: what expressions can call, from the table that the evaluator itself uses.

use crate::terminal::{self, Done, QUIET, STRONG, paint};
use clap::Args;
use scenario::functions::{Function, all};
use serde_json::{Value, json};
use std::io::Write;
use std::process::ExitCode;

/// Show what expressions can call
///
/// Lists the functions of expressions, or shows one of them. `f(x, y)` and `x.f(y)` are the same call.
#[derive(Args, Debug)]
#[command(after_help = terminal::EXIT_CODES)]
pub(crate) struct Functions {
    /// Which function
    name: Option<String>,
    /// Print the descriptions as JSON
    #[arg(long)]
    json: bool,
}

impl Functions {
    pub(crate) fn run(self) -> Done {
        let chosen: Vec<&Function> = match &self.name {
            None => all().collect(),
            Some(name) => all().filter(|function| function.name == name).collect(),
        };
        if let (Some(name), []) = (&self.name, chosen.as_slice()) {
            let meant = terminal::did_you_mean(name, all().map(|function| function.name));
            anyhow::bail!("there is no function `{name}`{meant}");
        }
        let mut out = terminal::stdout();
        match (&self.name, self.json) {
            (None, true) => {
                writeln!(out, "{:#}", chosen.iter().map(|function| described(function)).collect::<Value>())?
            }
            (Some(_), true) => writeln!(out, "{:#}", described(chosen[0]))?,
            (None, false) => write!(out, "{}", table(&chosen))?,
            (Some(_), false) => write!(out, "{}", page(chosen[0]))?,
        }
        out.flush()?;
        Ok(ExitCode::SUCCESS)
    }
}

/// The functions under the names of their groups.
fn table(functions: &[&Function]) -> String {
    let width = functions.iter().map(|function| function.signature.chars().count()).max().unwrap_or_default();
    let mut table = String::new();
    let mut group = "";
    for function in functions {
        if function.group != group {
            group = function.group;
            let gap = if table.is_empty() { "" } else { "\n" };
            table += &format!("{gap}{}\n", paint(STRONG, group));
        }
        table += &format!("  {:<width$}  {}\n", function.signature, paint(QUIET, function.doc));
    }
    table
}

fn page(function: &Function) -> String {
    let Function { signature, doc, errors, example, result, .. } = function;
    let fails = if errors.is_empty() { String::new() } else { format!("Fails: {errors}\n\n") };
    let signature = paint(STRONG, signature);
    format!("{signature}\n\n{doc}\n\n{fails}  {example}\n  {}\n", paint(QUIET, format_args!("→ {result}")))
}

fn described(function: &Function) -> Value {
    json!({
        "name": function.name,
        "group": function.group,
        "signature": function.signature,
        "description": function.doc,
        "errors": function.errors,
        "example": function.example,
        "result": serde_json::from_str(function.result).unwrap_or(Value::from(function.result)),
    })
}
