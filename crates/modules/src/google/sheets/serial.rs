//! Dates as Sheets keeps them: days since 1899-12-30, with the time of the day as the fraction.

/// The number of a date, or of a date with a time, that is written as ISO 8601 has it. A time is taken as it is written:
/// cells know no time zones.
pub(super) fn of_text(text: &str) -> Option<f64> {
    let (date, time) = match text.split_once(['T', ' ']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let seconds = time.map_or(Some(0.0), seconds)?;
    Some(days(date)? as f64 + seconds / 86_400.0)
}

/// `2026-11-22`, in days.
fn days(text: &str) -> Option<i64> {
    let mut parts = text.split('-');
    let (year, month, day) = (number(parts.next()?, 4)?, number(parts.next()?, 2)?, number(parts.next()?, 2)?);
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => return None,
    };
    if parts.next().is_some() || !(1..=last).contains(&day) {
        return None;
    }
    // Years that begin in March end with the leap day.
    let (year, month) = if month < 3 { (year - 1, month + 9) } else { (year, month - 3) };
    let since_march_of_0 = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 1;
    Some(since_march_of_0 - DAY_0)
}

/// 1899-12-30, in days since the first of March of the year 0.
const DAY_0: i64 = 693_899;

/// `10:30`, `10:30:05` or `10:30:05.25`, with an offset or without.
fn seconds(text: &str) -> Option<f64> {
    let end = text.find(['Z', '+', '-']).unwrap_or(text.len());
    let mut parts = text[..end].split(':');
    let (hour, minute) = (number(parts.next()?, 2)?, number(parts.next()?, 2)?);
    let second = match parts.next() {
        Some(second) if second.starts_with(|c: char| c.is_ascii_digit()) => second.parse::<f64>().ok()?,
        Some(_) => return None,
        None => 0.0,
    };
    let fits = hour < 24 && minute < 60 && second < 60.0 && parts.next().is_none();
    fits.then_some((hour * 3600 + minute * 60) as f64 + second)
}

/// A number of exactly so many digits.
fn number(text: &str, digits: usize) -> Option<i64> {
    (text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_days_and_times_are_parts_of_them() {
        for (text, serial) in [
            ("1899-12-30", 0.0),
            ("1900-01-01", 2.0),
            ("2000-01-01", 36_526.0),
            ("2024-02-29", 45_351.0),
            ("2026-11-22", 46_348.0),
            ("2026-11-22T12:00:00Z", 46_348.5),
            ("2026-11-22 18:00", 46_348.75),
            ("2026-11-22T06:00:00.000+08:00", 46_348.25),
        ] {
            assert_eq!(of_text(text), Some(serial), "{text}");
        }
        for text in
            ["", "2026", "2026-13-01", "2026-02-29", "2026-11-22T25:00", "22.11.2026", "2026-1-1", "2026-11-22x"]
        {
            assert_eq!(of_text(text), None, "{text}");
        }
    }
}
