//! Comma-separated values (RFC 4180) and their kin.

use super::options::Options;
use super::{Call, Function};
use crate::expression::fault::Fault;
use crate::expression::value::{as_list, as_map, as_text, list, map, write_text};
use ::csv::{QuoteStyle, ReaderBuilder, StringRecord, Terminator, WriterBuilder};
use rhai::{Array, Dynamic, Identifier, Map};
use std::collections::{BTreeSet, HashMap};

type Result<T = Dynamic> = std::result::Result<T, Fault>;

pub(super) const TABLE: &[Function] = &[
    Function {
        name: "parse_csv",
        group: "format",
        signature: "parse_csv(text, options?) -> list",
        doc: "The rows of a CSV text: maps whose keys are the first row's cells. Cells are texts. Options: `separator` (`,`; \
              `\\t` for tabs), `headers` (`false`: rows are lists; a list: names in place of a first row), `quote` (`\"`), \
              `trim` (`true`: without blanks around cells), `skip` (how many rows to leave out at the beginning). A row \
              that is too short has empty cells; cells beyond the headers are `column_4`….",
        errors: "A separator or quote that is not one ASCII character; an unknown option.",
        example: r#""sku;qty\nA;2\n\"B;1\";3\n".parse_csv(";")"#,
        result: r#"[{"qty":"2","sku":"A"},{"qty":"3","sku":"B;1"}]"#,
        run: parse,
    },
    Function {
        name: "to_csv",
        group: "format",
        signature: "to_csv(list, options?) -> text",
        doc: "Rows as CSV: of maps, with the keys as first row; of lists, as they are. Options: `separator` (`,`), `columns` \
              (which keys, in which order; else all, in alphabetical order), `headers` (`false`: no first row), `quote` \
              (`needed`, `always`), `line_end` (`lf`, `crlf`).",
        errors: "A row that is neither a map nor a list; a separator that is not one ASCII character.",
        example: r#"[#{sku: "A", qty: 2}, #{sku: "B,1"}].to_csv(#{columns: ["sku", "qty"]})"#,
        result: r#""sku,qty\nA,2\n\"B,1\",\n""#,
        run: write,
    },
];

/// What a cell takes beside its text.
const CELL: usize = 64;

/// What a row takes beside its cells.
const ROW: usize = 512;

/// Where the names of columns come from.
enum Headers {
    FirstRow,
    Given(Vec<Identifier>),
    None,
}

fn parse(call: &mut Call) -> Result {
    let options = Options::of(call, 1, &["separator", "headers", "quote", "trim", "skip"])?;
    let text = call.text(0)?;
    call.spend_bytes(text.len())?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let trim = if options.flag("trim")?.unwrap_or(false) { ::csv::Trim::All } else { ::csv::Trim::None };
    let separator = character(&options, "separator", b',')?;
    let separators = text.bytes().filter(|byte| *byte == separator).count();
    call.reserve(text.len() + separators * CELL)?;
    let mut reader = ReaderBuilder::new()
        .delimiter(separator)
        .quote(character(&options, "quote", b'"')?)
        .has_headers(false)
        .flexible(true)
        .trim(trim)
        .from_reader(text.as_bytes());
    let mut headers = headers(&options)?;
    let (mut rows, mut record) = (Array::new(), StringRecord::new());
    let mut skipped = options.count("skip")?.unwrap_or(0);
    while reader.read_record(&mut record).map_err(|error| call.fail(&error.to_string()))? {
        if skipped > 0 {
            skipped -= 1;
            continue;
        }
        if matches!(headers, Headers::FirstRow) {
            headers = Headers::Given(names(&record));
            continue;
        }
        call.spend(4)?;
        call.reserve(ROW)?;
        rows.push(row(call, &headers, &record)?);
    }
    Ok(list(rows))
}

fn headers(options: &Options) -> Result<Headers> {
    let Some(given) = options.any("headers") else { return Ok(Headers::FirstRow) };
    if let Ok(first_row) = given.as_bool() {
        return Ok(if first_row { Headers::FirstRow } else { Headers::None });
    }
    texts(given)
        .map(Headers::Given)
        .ok_or_else(|| options.wrong("headers", "`true`, `false` or a list of names", given))
}

/// The first row's cells as names: an empty one gets a number, a repeated one, too.
fn names(record: &StringRecord) -> Vec<Identifier> {
    let mut names: Vec<Identifier> = Vec::with_capacity(record.len());
    let mut taken = BTreeSet::new();
    let mut occurrences = HashMap::new();
    for (position, cell) in record.iter().enumerate() {
        let plain = if cell.trim().is_empty() { numbered(position) } else { cell.trim().to_owned() };
        let occurrence = occurrences.entry(plain.clone()).or_insert(1);
        let mut name = plain.clone();
        while !taken.insert(name.clone()) {
            *occurrence += 1;
            name = format!("{plain}_{occurrence}");
        }
        names.push(name.into());
    }
    names
}

fn numbered(position: usize) -> String {
    format!("column_{}", position + 1)
}

fn row(call: &mut Call, headers: &Headers, record: &StringRecord) -> Result {
    let Headers::Given(names) = headers else {
        return Ok(list(record.iter().map(|cell| cell.into()).collect()));
    };
    // The cells that are there were counted with the text; those that are missing are made here.
    call.reserve(names.len().saturating_sub(record.len()) * CELL)?;
    let mut row = Map::new();
    for (position, name) in names.iter().enumerate() {
        row.insert(name.clone(), record.get(position).unwrap_or_default().into());
    }
    for (position, cell) in record.iter().enumerate().skip(names.len()) {
        row.insert(numbered(position).into(), cell.into());
    }
    Ok(map(row))
}

fn write(call: &mut Call) -> Result {
    let options = Options::of(call, 1, &["separator", "columns", "headers", "quote", "line_end"])?;
    let rows = call.list(0)?;
    let columns = columns(call, &options, &rows)?;
    let quotes = [("needed", QuoteStyle::Necessary), ("always", QuoteStyle::Always)];
    let ends = [("lf", Terminator::Any(b'\n')), ("crlf", Terminator::CRLF)];
    let mut writer = WriterBuilder::new()
        .delimiter(character(&options, "separator", b',')?)
        .quote_style(options.choice("quote", &quotes)?)
        .terminator(options.choice("line_end", &ends)?)
        .flexible(true)
        .from_writer(Vec::new());
    let broken = |call: &Call, error: ::csv::Error| call.fail(&error.to_string());
    if options.flag("headers")?.unwrap_or(true) && !columns.is_empty() {
        writer.write_record(columns.iter().map(|name| name.as_str())).map_err(|error| broken(call, error))?;
    }
    for row in rows.iter() {
        let cells = cells(call, row, &columns)?;
        let length = cells.iter().map(|cell| cell.len() + 1).sum::<usize>();
        call.spend_bytes(length + cells.len() * 8)?;
        call.reserve(length)?;
        writer.write_record(&cells).map_err(|error| broken(call, error))?;
    }
    let bytes = writer.into_inner().map_err(|error| call.fail(&error.to_string()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned().into())
}

/// The columns that are wanted, or all keys of all maps.
fn columns(call: &mut Call, options: &Options, rows: &Array) -> Result<Vec<Identifier>> {
    if let Some(given) = options.any("columns") {
        return texts(given).ok_or_else(|| options.wrong("columns", "a list of names", given));
    }
    let mut names = BTreeSet::new();
    for row in rows {
        let Some(entries) = as_map(row) else { continue };
        call.spend(entries.len().div_ceil(8))?;
        for name in entries.keys().filter(|name| !names.contains(*name)).cloned().collect::<Vec<_>>() {
            names.insert(name);
        }
    }
    Ok(names.into_iter().collect())
}

fn cells(call: &Call, row: &Dynamic, columns: &[Identifier]) -> Result<Vec<String>> {
    let written = |value: &Dynamic| {
        let mut text = String::new();
        write_text(value, &mut text);
        text
    };
    if let Some(entries) = as_map(row) {
        return Ok(columns.iter().map(|name| entries.get(name).map(written).unwrap_or_default()).collect());
    }
    match as_list(row) {
        Some(items) => Ok(items.iter().map(written).collect()),
        None => Err(call.fail(&format!("a row is a map or a list, not {}", crate::expression::value::describe(row)))),
    }
}

/// One ASCII character; `\t` may be written as it is in YAML without quotes.
fn character(options: &Options, name: &str, otherwise: u8) -> Result<u8> {
    let Some(text) = options.text(name)? else { return Ok(otherwise) };
    match text.as_bytes() {
        [byte] if byte.is_ascii() && !matches!(byte, b'\n' | b'\r') => Ok(*byte),
        b"\\t" | b"tab" => Ok(b'\t'),
        _ => Err(options.wrong(name, "one ASCII character, or `tab`", &text.into())),
    }
}

fn texts(value: &Dynamic) -> Option<Vec<Identifier>> {
    as_list(value)?.iter().map(|item| as_text(item).map(|text| text.as_str().into())).collect()
}
