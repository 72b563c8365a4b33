//! Google Sheets as far as reading goes: the values of a range of what a case gives.

use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Rows by spreadsheet and sheet.
pub(super) type Sheets = BTreeMap<String, BTreeMap<String, Vec<Vec<Value>>>>;

/// What `spreadsheets.values.get` answers, or the spreadsheet's own sheets; none where nobody asks for that.
pub(super) fn answer(sheets: &Sheets, path: &str) -> Option<Value> {
    let rest = path.strip_prefix("/sheets.googleapis.com/v4/spreadsheets/")?;
    let (spreadsheet, range) = match rest.split_once("/values/") {
        Some(found) => found,
        None => (rest, ""),
    };
    let held = sheets.get(spreadsheet)?;
    if range.is_empty() {
        let sheets =
            held.keys().enumerate().map(|(id, title)| json!({ "properties": { "sheetId": id, "title": title } }));
        return Some(json!({ "spreadsheetId": spreadsheet, "sheets": sheets.collect::<Vec<_>>() }));
    }
    let (sheet, cells) = range.split_once('!').unwrap_or((range, ""));
    let sheet = sheet.trim_matches('\'').replace("''", "'");
    let rows = held.get(&sheet)?;
    let (first, last) = cells.split_once(':').unwrap_or((cells, cells));
    let ((left, top), (right, bottom)) = (place(first), place(last));
    let top = top.unwrap_or(1);
    let part = rows.iter().take(bottom.unwrap_or(rows.len())).skip(top - 1);
    let part = part.map(|row| {
        let end = right.map_or(row.len(), |right| (right + 1).min(row.len()));
        row.get(left.unwrap_or(0)..end).unwrap_or_default().to_vec()
    });
    let part: Vec<Vec<Value>> = part.collect();
    Some(json!({ "range": format!("'{sheet}'!A{top}:ZZ1000"), "majorDimension": "ROWS", "values": part }))
}

/// `B5`, `B` or `5`: the column, counted from 0, and the row, counted from 1.
fn place(text: &str) -> (Option<usize>, Option<usize>) {
    let letters = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let column = letters.bytes().fold(0, |sum, letter| sum * 26 + usize::from(letter - b'A') + 1);
    (column.checked_sub(1), text[letters.len()..].parse().ok())
}
