//! All that was measured: as one table for people, as JSON for programs.

use std::thread;

use serde_json::{Value, json};

use super::RUNS;
use super::figure::{Bound, Figure, Verdict, with_unit};

/// What one part gave.
pub(crate) struct Section {
    /// Its name.
    pub(crate) part: &'static str,
    /// Its figures, or why there are none.
    pub(crate) figures: Result<Vec<Figure>, String>,
}

impl Section {
    /// Whether it was measured and every floor is kept.
    pub(crate) fn holds(&self) -> bool {
        let figures = self.figures.as_ref();
        figures.is_ok_and(|figures| figures.iter().all(|figure| figure.verdict() != Verdict::Broken))
    }
}

/// The table, each line ended.
pub(crate) fn table(sections: &[Section]) -> String {
    let mut rows = vec![["part", "what", "promised", "measured", ""].map(str::to_owned)];
    for section in sections {
        rows.extend(section.figures.iter().flatten().map(|figure| row(section.part, figure)));
    }
    let widths =
        [0, 1, 2, 3].map(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default());
    let failures = sections.iter().filter_map(|section| {
        let error = section.figures.as_ref().err()?;
        Some(format!("{:<width$}  FAILED: {error}\n", section.part, width = widths[0]))
    });
    rows.iter().map(|row| line(row, widths)).chain(failures).collect()
}

/// What `target/bench/results.json` holds.
pub(crate) fn json(sections: &[Section], seconds: u64) -> Value {
    json!({
        "processors": thread::available_parallelism().map_or(1, usize::from),
        "runs": RUNS,
        "seconds": seconds,
        "parts": sections.iter().map(|section| match &section.figures {
            Ok(figures) => json!({
                "part": section.part,
                "figures": figures.iter().map(figure_json).collect::<Vec<_>>(),
            }),
            Err(error) => json!({ "part": section.part, "failed": error }),
        }).collect::<Vec<_>>(),
    })
}

fn row(part: &str, figure: &Figure) -> [String; 5] {
    let measured = figure.median().map_or("–".to_owned(), |median| with_unit(median, figure.unit));
    let remarks = [figure.verdict().to_string(), figure.note.clone()];
    let remarks: Vec<String> = remarks.into_iter().filter(|remark| !remark.is_empty()).collect();
    [part.to_owned(), figure.what.clone(), figure.bound.shown(figure.unit), measured, remarks.join("; ")]
}

fn line(row: &[String; 5], [part, what, promised, measured]: [usize; 4]) -> String {
    let [a, b, c, d, e] = row;
    let text = format!("{a:<part$}  {b:<what$}  {c:<promised$}  {d:>measured$}  {e}");
    format!("{}\n", text.trim_end())
}

fn figure_json(figure: &Figure) -> Value {
    let (floor, aim, ceiling) = match figure.bound {
        Bound::Open => (None, None, None),
        Bound::AtLeast { floor, aim } => (Some(floor), aim, None),
        Bound::AtMost(ceiling) => (None, None, Some(ceiling)),
    };
    json!({
        "what": figure.what,
        "unit": figure.unit,
        "floor": floor,
        "aim": aim,
        "ceiling": ceiling,
        "values": figure.values,
        "median": figure.median(),
        "verdict": figure.verdict().to_string(),
        "note": figure.note,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sections() -> [Section; 3] {
        let ratio = Bound::AtLeast { floor: 1.0 / 3.0, aim: Some(0.4) };
        let hello = vec![
            Figure::new("hello", "/s", vec![1000.0, 57_000.0, 60_000.0]),
            Figure::new("hello / bare", "", vec![0.35]).bound(ratio),
            Figure::new("flushes", "", vec![]).bound(Bound::AtMost(1.0)).note("no strace"),
        ];
        let start = vec![Figure::new("size", "MB", vec![41.0]).bound(Bound::AtMost(40.0))];
        [
            Section { part: "hello", figures: Ok(hello) },
            Section { part: "start", figures: Ok(start) },
            Section { part: "check", figures: Err("there is no wrk to be found anywhere".to_owned()) },
        ]
    }

    #[test]
    fn sets_a_table() {
        let expected = "\
part   what          promised           measured
hello  hello         –                 57,000 /s
hello  hello / bare  ≥ 0.33, aim 0.40       0.35  kept, aim missed
hello  flushes       ≤ 1                       –  not checked; no strace
start  size          ≤ 40 MB               41 MB  BROKEN
check  FAILED: there is no wrk to be found anywhere
";
        assert_eq!(table(&sections()), expected);
    }

    #[test]
    fn fails_for_what_is_broken_or_not_measured() {
        assert_eq!(sections().map(|section| section.holds()), [true, false, false]);
    }

    #[test]
    fn keeps_every_value() {
        let json = json(&sections(), 5);
        assert_eq!(json["parts"][0]["figures"][0]["values"], json!([1000.0, 57_000.0, 60_000.0]));
        assert_eq!(json["parts"][1]["figures"][0]["verdict"], "BROKEN");
        assert_eq!(json["parts"][2]["failed"], "there is no wrk to be found anywhere");
    }
}
