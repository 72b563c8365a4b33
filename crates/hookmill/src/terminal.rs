//! How the program speaks: data on stdout, everything else on stderr, colours only for people, and how it ends.

use anstyle::{AnsiColor, Style};
use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

/// How a subcommand ends: with an exit code, or with a problem of its surroundings (arguments, files, the system).
pub(crate) type Done = anyhow::Result<ExitCode>;

/// What the exit codes mean, for `--help`.
pub(crate) const EXIT_CODES: &str = "Exit codes: 0 all is well · 1 the scenario is at fault (errors found, a test or \
                                     the run failed) · 2 wrong arguments, or a file that cannot be read";

/// Well done.
pub(crate) const OK: Style = AnsiColor::Green.on_default().bold();
/// What is wrong.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
/// What may be wrong.
pub(crate) const DOUBTFUL: Style = AnsiColor::Yellow.on_default().bold();
/// What the eye may skip.
pub(crate) const QUIET: Style = Style::new().dimmed();
/// What the eye looks for.
pub(crate) const STRONG: Style = Style::new().bold();

/// The text in this style; streams that are no terminal leave the style out.
pub(crate) fn paint(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}

/// Where data goes.
pub(crate) fn stdout() -> impl Write {
    anstream::stdout().lock()
}

/// Says something to the person in front of the terminal. Nobody listening is no problem.
pub(crate) fn say(text: impl Display) {
    let _ = writeln!(anstream::stderr().lock(), "{text}");
}

/// Success where everything held, 1 where the scenario is at fault.
pub(crate) fn verdict(faults: usize) -> ExitCode {
    if faults == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

/// The program's exit code. A reader that went away (`hookmill modules | head`) has what it wanted.
pub(crate) fn end(done: Done) -> ExitCode {
    match done {
        Ok(code) => code,
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            say(format_args!("{}: {error:#}", paint(BAD, "error")));
            ExitCode::from(2)
        }
    }
}

/// A text of several lines, each of them [`printable`].
pub(crate) fn printable_lines(text: &str) -> String {
    text.lines().map(|line| printable(line) + "\n").collect()
}

/// The text without characters that would move a terminal's cursor.
pub(crate) fn printable(text: &str) -> String {
    text.chars().flat_map(|c| if c.is_control() { c.escape_default().collect() } else { vec![c] }).collect()
}

/// `1 error`, `2 errors`, `2 branches`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ if noun.ends_with("ch") => format!("{number} {noun}es"),
        _ => format!("{number} {noun}s"),
    }
}

/// A time in milliseconds since 1970, for people: RFC 3339, UTC, to the second.
pub(crate) fn time(at: i64) -> String {
    jiff::Timestamp::from_millisecond(at).map(|time| format!("{time:.0}")).unwrap_or_default()
}

/// What a misspelt name most probably means, as the end of a sentence; nothing where no candidate is near.
pub(crate) fn did_you_mean<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> String {
    let nearest = candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&name.to_lowercase(), candidate), candidate))
        .filter(|(likeness, _)| *likeness >= 0.75)
        .max_by(|(a, _), (b, _)| a.total_cmp(b));
    nearest.map_or(String::new(), |(_, candidate)| format!(": did you mean `{candidate}`?"))
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>()).any(|io| io.kind() == io::ErrorKind::BrokenPipe)
}
