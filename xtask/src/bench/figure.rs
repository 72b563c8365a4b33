//! A number that was measured, and what is promised of it.

use std::fmt;

/// One line of the table.
pub(crate) struct Figure {
    /// What was measured.
    pub(crate) what: String,
    /// Of what; empty for a plain count.
    pub(crate) unit: &'static str,
    /// What is promised.
    pub(crate) bound: Bound,
    /// One for each run; none where it could not be measured.
    pub(crate) values: Vec<f64>,
    /// What a reader has to know with it.
    pub(crate) note: String,
}

/// What is promised of a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Bound {
    /// Nothing: the number is for information.
    Open,
    /// The floor, and a higher aim where there is one.
    AtLeast { floor: f64, aim: Option<f64> },
    /// The ceiling.
    AtMost(f64),
}

/// How the number stands to the promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Open,
    NotChecked,
    Kept,
    AimMissed,
    Broken,
}

impl Figure {
    /// A number of which nothing is promised.
    pub(crate) fn new(what: impl Into<String>, unit: &'static str, values: Vec<f64>) -> Self {
        Self { what: what.into(), unit, bound: Bound::Open, values, note: String::new() }
    }

    /// The same with a promise.
    pub(crate) fn bound(self, bound: Bound) -> Self {
        Self { bound, ..self }
    }

    /// The same with a remark.
    pub(crate) fn note(self, note: impl Into<String>) -> Self {
        Self { note: note.into(), ..self }
    }

    /// The number that counts.
    pub(crate) fn median(&self) -> Option<f64> {
        median(&self.values)
    }

    /// Whether the promise is kept.
    pub(crate) fn verdict(&self) -> Verdict {
        match (self.bound, self.median()) {
            (Bound::Open, Some(_)) => Verdict::Open,
            (_, None) => Verdict::NotChecked,
            (Bound::AtLeast { floor, .. }, Some(value)) if value < floor => Verdict::Broken,
            (Bound::AtLeast { aim: Some(aim), .. }, Some(value)) if value < aim => Verdict::AimMissed,
            (Bound::AtMost(ceiling), Some(value)) if value > ceiling => Verdict::Broken,
            _ => Verdict::Kept,
        }
    }
}

impl Bound {
    /// As it stands in the table.
    pub(crate) fn shown(self, unit: &str) -> String {
        match self {
            Self::Open => "–".to_owned(),
            Self::AtLeast { floor, aim: None } => format!("≥ {}", with_unit(floor, unit)),
            Self::AtLeast { floor, aim: Some(aim) } => {
                format!("≥ {}, aim {}", with_unit(floor, unit), with_unit(aim, unit))
            }
            Self::AtMost(0.0) => "none".to_owned(),
            Self::AtMost(ceiling) => format!("≤ {}", with_unit(ceiling, unit)),
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Open => "",
            Self::NotChecked => "not checked",
            Self::Kept => "kept",
            Self::AimMissed => "kept, aim missed",
            Self::Broken => "BROKEN",
        })
    }
}

/// The middle of the values; the mean of the middle two where their number is even.
pub(crate) fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let upper = *sorted.get(sorted.len() / 2)?;
    let lower = sorted[(sorted.len() - 1) / 2];
    Some((lower + upper) / 2.0)
}

/// A number with three digits that say something, thousands apart.
pub(crate) fn with_unit(value: f64, unit: &str) -> String {
    let number = match value.abs() {
        size if size >= 99.95 || value.fract() == 0.0 => grouped(value.round()),
        size if size >= 9.995 => format!("{value:.1}"),
        size if size >= 0.1 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    };
    if unit.is_empty() { number } else { format!("{number} {unit}") }
}

fn grouped(whole: f64) -> String {
    let digits = format!("{:.0}", whole.abs());
    let mut text = String::from(if whole < 0.0 { "-" } else { "" });
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_middle() {
        let check = |values: &[f64], expected| assert_eq!(median(values), expected, "{values:?}");
        check(&[], None);
        check(&[7.0], Some(7.0));
        check(&[9.0, 1.0, 2.0], Some(2.0));
        check(&[4.0, 1.0, 3.0, 2.0], Some(2.5));
    }

    #[test]
    fn judges() {
        let third = Bound::AtLeast { floor: 0.3, aim: Some(0.4) };
        let check = |bound, values: &[f64], expected| {
            assert_eq!(Figure::new("", "", values.to_vec()).bound(bound).verdict(), expected, "{bound:?} {values:?}");
        };
        check(third, &[0.29], Verdict::Broken);
        check(third, &[0.2, 0.3, 0.9], Verdict::AimMissed);
        check(third, &[0.4], Verdict::Kept);
        check(third, &[], Verdict::NotChecked);
        check(Bound::AtLeast { floor: 1.0, aim: None }, &[1.0], Verdict::Kept);
        check(Bound::AtMost(0.0), &[0.0], Verdict::Kept);
        check(Bound::AtMost(0.0), &[1.0], Verdict::Broken);
        check(Bound::Open, &[1.0], Verdict::Open);
    }

    #[test]
    fn writes_numbers_for_people() {
        let check = |value, unit, expected| assert_eq!(with_unit(value, unit), expected);
        check(145_000.4, "/s", "145,000 /s");
        check(1_234_567.0, "", "1,234,567");
        check(999.6, "", "1,000");
        check(99.96, "", "100");
        check(40.0, "MB", "40 MB");
        check(38.24, "MB", "38.2 MB");
        check(0.404, "", "0.40");
        check(0.0414, "ms", "0.041 ms");
        check(0.0, "", "0");
    }
}
