//! What goes out comes in as it was.

use super::{Columns, Format, Given, Line, Lines, NewKeys, Sheet, Types, layout};
use encoding_rs::{BIG5, UTF_8};
use run::data_store::{DataRecord, Schema};
use serde_json::{Value, json};

fn record(key: &str, value: Value) -> DataRecord {
    DataRecord { key: key.into(), value, revision: 1, changed: 0, expires: None }
}

fn schema(others: &str) -> Schema {
    serde_json::from_value(json!({
        "columns": [
            { "name": "name", "type": "text", "required": true },
            { "name": "total", "type": "number" },
            { "name": "paid", "type": "flag" },
            { "name": "more", "type": "json" },
        ],
        "others": others,
    }))
    .unwrap()
}

fn read(bytes: &[u8], schema: Option<&Schema>, given: Given<'_>) -> Vec<Line> {
    Lines::of(bytes, schema, given).unwrap().collect()
}

fn line(number: u64, key: &str, value: Value) -> Line {
    Line { number, key: Some(key.into()), value: Ok(value) }
}

#[test]
fn records_with_columns_come_back_from_csv_as_they_were() {
    let records = [
        record("a", json!({ "name": "王, \"大\"\n明", "total": 1.5, "paid": true, "more": ["007"] })),
        record("b", json!({ "name": "007" })),
    ];
    let schema = schema("refuse");
    let columns = layout(Some(&schema), records.iter().cloned()).unwrap();
    let sheet = Sheet { format: Format::Csv, columns, encoding: UTF_8 };
    let file = [sheet.head(), sheet.lines(&records)].concat();
    let text = "key,name,total,paid,more\r\na,\"王, \"\"大\"\"\n明\",1.5,true,\"[\"\"007\"\"]\"\r\nb,007,,,\r\n";
    assert_eq!(String::from_utf8_lossy(&file), text);
    let lines = read(&file, Some(&schema), Given::default());
    assert_eq!(lines, [line(2, "a", records[0].value.clone()), line(4, "b", records[1].value.clone())]);
}

#[test]
fn json_lines_keep_every_value() {
    let records =
        [record("a", json!({ "n": [1, { "x": null }] })), record("b", json!("text")), record("c", json!(null))];
    let sheet = Sheet { format: Format::Jsonl, columns: Columns::none(), encoding: UTF_8 };
    assert!(sheet.head().is_empty());
    let given = Given { format: Format::Jsonl, ..Given::default() };
    let lines = read(&sheet.lines(&records), None, given);
    let expected: Vec<Line> =
        records.iter().zip(1..).map(|(record, n)| line(n, &record.key, record.value.clone())).collect();
    assert_eq!(lines, expected);
    let odd = b"{\"key\":\"a\",\"value\":1}\n\n{\"key\":\"b\"}\n{\"value\":2}\nnothing\n";
    let refused: Vec<u64> =
        read(odd, None, given).into_iter().filter(|line| line.value.is_err()).map(|line| line.number).collect();
    assert_eq!(refused, [3, 4, 5]);
}

#[test]
fn without_columns_every_field_is_one_and_the_key_gives_way() {
    let records =
        [record("1", json!({ "key": "x", "b": 2 })), record("2", json!({ "a": null })), record("3", json!(7))];
    let columns = layout(None, records.iter().cloned()).unwrap();
    let sheet = Sheet { format: Format::Csv, columns, encoding: UTF_8 };
    let file = [sheet.head(), sheet.lines(&records)].concat();
    assert_eq!(String::from_utf8_lossy(&file), "_key,key,b,a,value\r\n1,x,2,,\r\n2,,,,\r\n3,,,,7\r\n");
    let texts = read(&file, None, Given::default());
    assert_eq!(texts[0], line(2, "1", json!({ "key": "x", "b": "2", "a": "", "value": "" })));
    let guessed = read(&file, None, Given { types: Types::Guess, ..Given::default() });
    assert_eq!(guessed[0], line(2, "1", json!({ "key": "x", "b": 2 })));
    let many = (0..1_001).map(|n| record("k", json!({ format!("f{n}"): 1 })));
    assert!(layout(None, many).is_none());
}

#[test]
fn character_sets_are_told_by_mark_or_name() {
    let text = "key,name\na,王\n";
    let expected = [line(2, "a", json!({ "name": "王" }))];
    let utf_16: Vec<u8> = std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let marked = ["\u{feff}", text].concat().into_bytes();
    for (bytes, charset) in [
        (text.as_bytes().to_vec(), None),
        (marked.clone(), None),
        (marked, Some("big5")),
        (utf_16, None),
        (BIG5.encode(text).0.into_owned(), Some("big5")),
    ] {
        assert_eq!(read(&bytes, None, Given { charset, ..Given::default() }), expected, "{charset:?}");
    }
    let big5 = BIG5.encode(text).0.into_owned();
    let refused = |charset| Lines::of(&big5, None, Given { charset, ..Given::default() }).err().unwrap();
    assert!(refused(None).starts_with("line 2 is not UTF-8: say which `charset` it is, such as `big5`"));
    assert_eq!(refused(Some("klingon")), "\"klingon\" is not the name of a character set");
    let sheet = Sheet { format: Format::Csv, columns: Columns::none(), encoding: BIG5 };
    assert_eq!(sheet.lines(&[record("王😀", json!(1))]), [BIG5.encode("王").0.as_ref(), b"?\r\n"].concat());
}

#[test]
fn lines_that_cannot_be_records_say_why() {
    let schema = schema("refuse");
    let file = "key;name;total\na;A;1\nb;B;one\n;C;3\nd;D;4;5\ne;E\n";
    let lines = read(file.as_bytes(), Some(&schema), Given::default());
    let told: Vec<_> =
        lines.iter().map(|line| (line.number, line.value.as_ref().err().map_or("", |why| why))).collect();
    let expected = [
        (2, ""),
        (3, "the column `total` takes a number; here it is \"one\""),
        (4, "the line has no key"),
        (5, "the line has 4 cells, and the first line 3"),
        (6, ""),
    ];
    assert_eq!(told, expected);
    let made = read(b"name\nA\nB\n", Some(&schema), Given { new_keys: NewKeys::Made, ..Given::default() });
    assert!(made.len() == 2 && made[0].key != made[1].key && made[0].key.is_some(), "{made:?}");
}

#[test]
fn files_that_cannot_be_read_are_refused_whole() {
    let (strict, open) = (schema("refuse"), schema("keep"));
    let named = |key| Given { key: Some(key), ..Given::default() };
    for (file, schema, given, words) in [
        ("", None, Given::default(), "no column is called `key`"),
        ("name\nA\n", None, Given::default(), "no column is called `key`"),
        (
            "id,name\n1,A\n",
            None,
            named("no"),
            "no column is called `no`, which has to have the keys; the first line names `id`, `name`",
        ),
        ("key,foo\n", Some(&strict), Given::default(), "the store has no column `foo`"),
        ("key,,a\n", None, Given::default(), "column 2 has no name"),
        ("key,a,a\n", None, Given::default(), "two columns are called `a`"),
        ("key\n", None, Given { separator: Some("ab"), ..Given::default() }, "`separator` is \"ab\""),
    ] {
        let error = Lines::of(file.as_bytes(), schema, given).err().unwrap();
        assert!(error.starts_with(words), "{file:?}: {error}");
    }
    let kept = read(b"id\tname\tfoo\n1\tA\tx\n", Some(&open), named("id"));
    assert_eq!(kept, [line(2, "1", json!({ "name": "A", "foo": "x" }))]);
}
