//! Pictures as SVG: no scripts, nothing from elsewhere, every text escaped.

use super::arrange::{Arranged, HEIGHT, WIDTH, arrange};
use super::{Line, Picture, Shape, Tone, Walked};
use std::fmt::Write;

/// How many columns of letters a box has; letters of Chinese take two.
const COLUMNS: usize = 27;

/// How many a line's label has.
const LABEL: usize = 30;

/// How pictures look, in light and dark.
pub const STYLE: &str = "\
.hm { --ink: #1c2733; --soft: #5b6b7b; --paper: #ffffff; --edge: #9fb0c0; --start: #e3eefc; --flow: #efeaf9; \
--runs: #dff3e4; --connection: #fdf0cd; --decision: #fde3cc; --todo: #fbd9d9 }
@media (prefers-color-scheme: dark) { .hm { --ink: #e8eef4; --soft: #a4b3c2; --paper: #17202a; --edge: #5d7185; \
--start: #1d3552; --flow: #37304f; --runs: #1d4229; --connection: #54440f; --decision: #5a3a18; --todo: #5b2323 } }
.hm rect { fill: var(--paper); stroke: var(--edge) } .hm .start rect { fill: var(--start) } .hm .flow rect { fill: var(--flow) }
.hm .runs rect { fill: var(--runs) } .hm .connection rect { fill: var(--connection) }
.hm .decision rect { fill: var(--decision) } .hm .todo rect { fill: var(--todo); stroke-dasharray: 5 3 }
.hm text { font: 13px system-ui, sans-serif; fill: var(--ink) } .hm text.kind, .hm text.label { font-size: 11px; fill: var(--soft) }
.hm path { fill: none; stroke: var(--edge); stroke-width: 1.5 } .hm path.failure { stroke-dasharray: 4 4 }
.hm path.tip { fill: var(--edge); stroke: none }
";

/// A picture that stands for itself.
pub(super) fn alone(picture: &Picture) -> String {
    drawn(picture, &format!("<style>{STYLE}</style>"))
}

/// A picture within a page that has the style.
pub(super) fn within(picture: &Picture) -> String {
    drawn(picture, "")
}

fn drawn(picture: &Picture, style: &str) -> String {
    let Arranged { places, width, height } = arrange(picture);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"hm\" role=\"img\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\">{style}\n"
    );
    for line in &picture.lines {
        draw_line(&mut out, line, places[line.from], places[line.to]);
    }
    for (shape, place) in picture.boxes.iter().zip(&places) {
        draw_box(&mut out, shape, *place);
    }
    out + "</svg>\n"
}

fn draw_box(out: &mut String, shape: &Shape, (x, y): (f64, f64)) {
    let class = match shape.tone {
        Tone::Start => "start",
        Tone::Plain => "plain",
        Tone::Flow => "flow",
        Tone::Runs => "runs",
        Tone::NeedsConnection => "connection",
        Tone::NeedsDecision => "decision",
        Tone::NotExecutable => "todo",
    };
    let (title, kind) = (escaped(&cut(&shape.title, COLUMNS)), escaped(&cut(&shape.kind, COLUMNS + 4)));
    let whole = escaped(&format!("{} ({})", shape.title, shape.kind));
    let _ = writeln!(
        out,
        "<g class=\"{class}\"><title>{whole}</title><rect x=\"{x}\" y=\"{y}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" rx=\"8\"/>\
         <text x=\"{}\" y=\"{}\">{title}</text><text class=\"kind\" x=\"{}\" y=\"{}\">{kind}</text></g>",
        x + 10.0,
        y + 19.0,
        x + 10.0,
        y + 36.0,
    );
}

fn draw_line(out: &mut String, line: &Line, from: (f64, f64), to: (f64, f64)) {
    let class = if line.when == Walked::OnFailure { " class=\"failure\"" } else { "" };
    let (x1, y1) = (from.0 + WIDTH / 2.0, from.1 + HEIGHT);
    let (x2, y2) = (to.0 + WIDTH / 2.0, to.1);
    let end = y2 - 6.0;
    if y2 > y1 {
        let half = (y2 - y1) / 2.0;
        let _ = write!(out, "<path{class} d=\"M{x1} {y1} C{x1} {} {x2} {} {x2} {end}\"/>", y1 + half, y2 - half);
    } else {
        // A line that leads back goes around the boxes between.
        let side = x1.max(x2) + WIDTH * 0.7;
        let _ = write!(out, "<path{class} d=\"M{x1} {y1} C{side} {} {side} {} {x2} {end}\"/>", y1 + 30.0, y2 - 30.0);
    }
    let _ = writeln!(out, "<path class=\"tip\" d=\"M{x2} {y2} l-4 -7 h8 z\"/>");
    if let Some(label) = &line.label {
        let (x, y) = ((x1 + 2.0 * x2) / 3.0 + 6.0, if y2 > y1 { y2 - 10.0 } else { y1 + 16.0 });
        let (shown, whole) = (escaped(&cut(label, LABEL)), escaped(label));
        let _ = writeln!(out, "<text class=\"label\" x=\"{x}\" y=\"{y}\"><title>{whole}</title>{shown}</text>");
    }
}

/// The text with what means something in markup told by name, and without characters that XML does not have.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            // Marks that turn the direction of writing would turn that of what follows, too.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            c => out.push(c),
        }
    }
    out
}

/// As much of a text as so many columns hold.
fn cut(text: &str, columns: usize) -> String {
    let wide = |c: char| {
        if matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' | '\u{1f300}'..='\u{1faff}')
        {
            2
        } else {
            1
        }
    };
    let total: usize = text.chars().map(wide).sum();
    if total <= columns {
        return text.to_owned();
    }
    let (mut out, mut taken) = (String::new(), 1);
    for c in text.chars() {
        taken += wide(c);
        if taken > columns {
            break;
        }
        out.push(c);
    }
    out + "…"
}
