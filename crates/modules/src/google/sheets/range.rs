//! Ranges in A1 notation.

use crate::spec::invalid;
use run::error::StepError;

/// The most columns that a sheet has.
const MOST_COLUMNS: usize = 18_278;

/// The sheet's name as A1 notation has it: in quotes, which are doubled within it.
pub(super) fn sheet(name: &str) -> Result<String, StepError> {
    if name.is_empty() || name.contains(char::is_control) {
        return Err(invalid("`sheet` must be the name of a sheet"));
    }
    Ok(format!("'{}'", name.replace('\'', "''")))
}

/// `A1`, `A1:C10`, `A:C` or `2:5`, checked: it comes out of data, and must not lead to another sheet.
pub(super) fn cells(text: &str) -> Result<&str, StepError> {
    let is_corner = |corner: &str| {
        let digits = corner.trim_start_matches(|c: char| c.is_ascii_alphabetic());
        let letters = corner.len() - digits.len();
        letters <= 3 && digits.len() <= 8 && !corner.is_empty() && digits.chars().all(|c| c.is_ascii_digit())
    };
    let mut corners = text.split(':');
    let (first, last, rest) = (corners.next().unwrap_or_default(), corners.next(), corners.next());
    let is_cell = |corner: &str| {
        corner.ends_with(|c: char| c.is_ascii_digit()) && corner.starts_with(|c: char| c.is_ascii_alphabetic())
    };
    let fits = is_corner(first) && rest.is_none() && last.map_or_else(|| is_cell(first), is_corner);
    if fits {
        Ok(text)
    } else {
        Err(invalid(format!("`range`: {text:?} is no range")).hint("`B5`, `A1:C10`, `A:C` or `2:5`"))
    }
}

/// The place of a column from its letters, from 0: `A`, `BC`.
pub(super) fn column_of(letters: &str) -> Option<usize> {
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    let number = letters.chars().try_fold(0, |number, letter| {
        let digit = letter.is_ascii_uppercase().then(|| letter as usize - 'A' as usize + 1)?;
        Some(number * 26 + digit)
    })?;
    (number <= MOST_COLUMNS).then(|| number - 1)
}

/// The letters of the column at this place, from 0.
pub(super) fn letters(mut place: usize) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(b'A' + (place % 26) as u8);
        if place < 26 {
            break;
        }
        place = place / 26 - 1;
    }
    letters.reverse();
    letters.into_iter().map(char::from).collect()
}

/// The sheet's name as the API writes it in a range, with the exclamation mark.
pub(super) fn prefix(range: &str) -> &str {
    range.rfind('!').map_or("", |end| &range[..=end])
}

/// The first and the last column of a range as the API tells it, in letters.
pub(super) fn columns(range: &str) -> (&str, &str) {
    fn letters(corner: &str) -> &str {
        corner.trim_end_matches(|c: char| c.is_ascii_digit())
    }
    let cells = &range[prefix(range).len()..];
    let (first, last) = cells.split_once(':').unwrap_or((cells, cells));
    (letters(first), letters(last))
}

/// So many rows of these columns from a row on.
pub(super) fn block(prefix: &str, (first, last): (&str, &str), row: u64, count: u64) -> String {
    let end = row + count.saturating_sub(1);
    if first == last && count == 1 {
        format!("{prefix}{first}{row}")
    } else {
        format!("{prefix}{first}{row}:{last}{end}")
    }
}

/// The first row of a range as the API tells it (`Sheet!B3:D9`), from 1.
pub(super) fn first_row(range: &str) -> u64 {
    let cells = range.rsplit_once('!').map_or(range, |(_, cells)| cells);
    let first = cells.split(':').next().unwrap_or_default();
    first.trim_start_matches(|c: char| c.is_ascii_alphabetic()).parse().unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_cells_of_the_sheet_itself() {
        for text in ["B5", "A1:C10", "A:C", "2:5", "AAA1:AAZ99999999", "A1:C"] {
            assert_eq!(cells(text), Ok(text));
        }
        for text in
            ["", "A", "5", "Other!A1", "'x'!A1", "A1:B2:C3", "A1,B2", "A1:", ":A1", "AAAA1", "A-1", "A1B", "A1\n"]
        {
            assert!(cells(text).is_err(), "{text}");
        }
    }

    #[test]
    fn columns_have_places() {
        for (letters, place) in [("A", Some(0)), ("Z", Some(25)), ("AA", Some(26)), ("ZZZ", Some(18_277))] {
            assert_eq!(column_of(letters), place, "{letters}");
        }
        for letters in ["", "a", "A1", "AAAA", "Ä"] {
            assert_eq!(column_of(letters), None, "{letters}");
        }
    }

    #[test]
    fn places_have_letters() {
        for place in [0, 25, 26, 51, 52, 701, 702, 18_277] {
            assert_eq!(column_of(&letters(place)), Some(place), "{}", letters(place));
        }
    }

    #[test]
    fn ranges_are_taken_apart_and_made() {
        assert_eq!((prefix("'A!b'!C2:D3"), columns("'A!b'!C2:D3")), ("'A!b'!", ("C", "D")));
        assert_eq!((prefix("C2"), columns("Stock!C2")), ("", ("C", "C")));
        assert_eq!(block("Stock!", ("A", "C"), 7, 2), "Stock!A7:C8");
        assert_eq!(block("Stock!", ("A", "A"), 7, 1), "Stock!A7");
    }

    #[test]
    fn ranges_begin_at_a_row() {
        for (range, row) in [("Stock!B3:D9", 3), ("'It''s!'!A12", 12), ("Stock!A:C", 1), ("", 1)] {
            assert_eq!(first_row(range), row, "{range}");
        }
    }
}
