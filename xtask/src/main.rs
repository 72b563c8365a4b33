//! Chores of this workspace, as `cargo xtask CHORE`. They call cargo, npm and the built binary; none of our crates
//! is linked in, so that a chore still works while the product does not compile.

mod bench;
mod chore;
mod crash;
mod debian;
mod flags;
mod fuzz;
mod node;
mod process;
mod run;
mod shots;
mod test;
mod tidy;
mod web;
mod workspace;

use std::process::ExitCode;

use chore::{CHORES, Chore};
use workspace::Workspace;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let wanted = arguments.next().unwrap_or_else(|| "--help".to_owned());
    if matches!(wanted.as_str(), "--help" | "-h" | "help") {
        print!("{}", chore::help());
        return ExitCode::SUCCESS;
    }
    let Some(chore) = CHORES.iter().find(|chore| chore.name == wanted) else {
        eprint!("no chore is named {wanted:?}\n\n{}", chore::help());
        return ExitCode::from(2);
    };
    perform(chore, arguments.collect())
}

fn perform(chore: &Chore, arguments: Vec<String>) -> ExitCode {
    match Workspace::find().and_then(|workspace| (chore.perform)(&workspace, arguments)) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("cargo xtask {}: {error:#}", chore.name);
            ExitCode::FAILURE
        }
    }
}
