//! Pictures as text of Mermaid, for pages that draw it themselves.

use super::{Picture, Tone, Walked};
use std::fmt::Write;

/// The flow chart.
pub(super) fn chart(picture: &Picture) -> String {
    let mut out = "flowchart TD\n".to_owned();
    for (at, shape) in picture.boxes.iter().enumerate() {
        let text = match shape.kind.is_empty() || shape.kind == shape.title {
            true => quoted(&shape.title),
            false => format!("{}<br/>{}", quoted(&shape.title), quoted(&shape.kind)),
        };
        let (open, close) = match shape.tone {
            Tone::Start => ("([", "])"),
            Tone::Flow => ("{{", "}}"),
            Tone::NotExecutable => ("[/", "/]"),
            _ => ("[", "]"),
        };
        let _ = writeln!(out, "  n{at}{open}\"{text}\"{close}");
    }
    for line in &picture.lines {
        let arrow = if line.when == Walked::OnFailure { "-.->" } else { "-->" };
        let label = line.label.as_deref().map(|label| format!("|\"{}\"|", quoted(label))).unwrap_or_default();
        let _ = writeln!(out, "  n{} {arrow}{label} n{}", line.from, line.to);
    }
    out
}

/// A text between quotes: what means something there, or in markup, is told by its number.
fn quoted(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')) {
        match c {
            '\n' | '\t' => out.push(' '),
            '"' | '#' | '&' | '<' | '>' | '`' | ';' | '\\' => drop(write!(out, "#{};", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}
