//! `hookmill modules`: what a step can do, from the modules' own descriptions.

mod parameters;

use crate::terminal::{self, Done, QUIET, STRONG, paint};
use clap::Args;
use parameters::Parameter;
use scenario::catalog::{ModuleSpec, builtins};
use serde_json::{Map, Value, json};
use std::io::Write;
use std::process::ExitCode;

/// Show what a step can do
///
/// Lists the modules, or shows one of them: its parameters, an example, and what it answers.
#[derive(Args, Debug)]
#[command(after_help = terminal::EXIT_CODES)]
pub(crate) struct Modules {
    /// Which module, as `http.request`
    name: Option<String>,
    /// Print the descriptions as JSON, with the JSON Schema of the parameters
    #[arg(long)]
    json: bool,
}

impl Modules {
    pub(crate) fn run(self) -> Done {
        let specs = all();
        let mut out = terminal::stdout();
        match self.name {
            None if self.json => writeln!(out, "{:#}", json!(specs))?,
            None => write!(out, "{}", table(&specs))?,
            Some(name) => {
                let Some(spec) = specs.iter().find(|spec| spec.name == name) else {
                    anyhow::bail!(unknown(&name, &specs));
                };
                if self.json { writeln!(out, "{:#}", json!(spec))? } else { write!(out, "{}", page(spec)?)? }
            }
        }
        out.flush()?;
        Ok(ExitCode::SUCCESS)
    }
}

/// The steps of the language, in the order of the reference; then the modules of the catalogue, by name.
fn all() -> Vec<ModuleSpec> {
    let mut apps = modules::specs();
    apps.sort_by(|a, b| a.name.cmp(&b.name));
    builtins().iter().cloned().chain(apps).collect()
}

fn unknown(name: &str, specs: &[ModuleSpec]) -> String {
    let meant = terminal::did_you_mean(name, specs.iter().map(|spec| spec.name.as_str()));
    let meant = if meant.is_empty() { "; `hookmill modules` lists what there is".to_owned() } else { meant };
    format!("there is no module `{name}`{meant}")
}

fn table(specs: &[ModuleSpec]) -> String {
    let width = specs.iter().map(|spec| spec.name.chars().count()).max().unwrap_or_default();
    let pad = |spec: &ModuleSpec| " ".repeat(width - spec.name.chars().count());
    let line = |spec: &ModuleSpec| format!("{}{}  {}\n", paint(STRONG, &spec.name), pad(spec), spec.summary);
    specs.iter().map(line).collect()
}

/// Everything about one module, to be read in a terminal.
fn page(spec: &ModuleSpec) -> anyhow::Result<String> {
    let mut page = format!("{}\n\n{}\n", paint(STRONG, &spec.name), spec.description);
    if !spec.connections.is_empty() {
        let needed = if spec.needs_connection { "needs a connection" } else { "may have a connection" };
        page += &format!("\n{}\n  {needed} of type {}\n", paint(STRONG, "connection"), spec.connections.join(", "));
    }
    let parameters = Parameter::all(&spec.parameters);
    if !parameters.is_empty() {
        page += &format!("\n{}\n", paint(STRONG, "parameters"));
    }
    for Parameter { name, kind, necessity, description } in parameters {
        page += &format!("  {name}  {}\n", paint(QUIET, format_args!("{kind}, {necessity}")));
        page += &description.lines().map(|line| format!("      {line}\n")).collect::<String>();
    }
    page += &format!("\n{}\n{}", paint(STRONG, "example"), indented(&example(spec)?));
    if !spec.sample.is_null() {
        let sample = indented(&serde_yaml::to_string(&spec.sample)?);
        page += &format!("\n{}\n{sample}", paint(STRONG, "gives, for example"));
    }
    Ok(page)
}

/// The example as one writes it under `steps:`.
fn example(spec: &ModuleSpec) -> anyhow::Result<String> {
    let mut parameters = spec.example.clone();
    if let (Some(map), true) = (parameters.as_object_mut(), spec.needs_connection)
        && !map.contains_key("connection")
    {
        map.shift_insert(0, "connection".to_owned(), "NAME".into());
    }
    let step: Map<String, Value> = [(spec.name.clone(), parameters)].into_iter().collect();
    Ok(serde_yaml::to_string(&[step])?)
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}\n")).collect()
}
