//! Durations as people write them: `500ms`, `2s`, `5m`, `1h`, `30d`.

use std::time::Duration;

/// No duration is longer: a hundred years.
pub const LONGEST: Duration = Duration::from_secs(100 * 366 * 86_400);

/// The duration that a text names, to the millisecond; none where it names none, or one beyond [`LONGEST`].
pub fn parse(text: &str) -> Option<Duration> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, unit) = text.split_at(digits);
    let seconds = match unit.trim_start() {
        "ms" => 0.001,
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3_600.0,
        "d" => 86_400.0,
        _ => return None,
    };
    let milliseconds = (number.parse::<f64>().ok()? * seconds * 1_000.0).round();
    of_seconds(milliseconds / 1_000.0)
}

/// So many seconds; none where that is no duration, or one beyond [`LONGEST`].
pub(crate) fn of_seconds(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds).ok().filter(|duration| *duration <= LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_people_write_them() {
        for (text, milliseconds) in [
            ("500ms", Some(500)),
            ("2s", Some(2_000)),
            (" 1.5 m ", Some(90_000)),
            ("1h", Some(3_600_000)),
            ("30d", Some(2_592_000_000)),
            ("0s", Some(0)),
            ("5", None),
            ("s", None),
            ("-5s", None),
            ("5 weeks", None),
            ("1.2.3s", None),
            ("99999999d", None),
        ] {
            let found = parse(text).map(|duration| duration.as_millis());
            assert_eq!(found, milliseconds, "{text}");
        }
    }
}
