//! Files that steps make, pack, unpack and look into. Those that come in may be made to do harm.

use crate::step::{files, modules, step};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use modules::Options;
use run::error::StepError;
use run::files::FileValue;
use serde_json::{Value, json};
use std::io::{Cursor, Write};
use std::time::Duration;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

async fn call(name: &str, parameters: Value) -> Result<Value, StepError> {
    let modules = modules("", &[], Options::default());
    step(&modules, name).timeout(Duration::from_secs(60)).call(parameters).await.map(|outcome| outcome.output)
}

async fn refused(name: &str, parameters: Value) -> (String, String) {
    let error = call(name, parameters).await.unwrap_err();
    (error.code, error.message)
}

fn file(filename: &str, bytes: &[u8]) -> Value {
    json!({ "filename": filename, "base64": STANDARD.encode(bytes) })
}

/// The bytes of a file that a step gave.
fn bytes(file: &Value) -> Vec<u8> {
    if let Some(base64) = file["base64"].as_str() {
        return STANDARD.decode(base64).unwrap();
    }
    let mut reader = files().open(file["file"].as_str().unwrap()).unwrap();
    let mut bytes = Vec::new();
    loop {
        match reader.read(1 << 20).unwrap() {
            piece if piece.is_empty() => return bytes,
            piece => bytes.extend_from_slice(&piece),
        }
    }
}

/// An archive with these entries.
fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        archive.start_file(*name, options).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// The same bytes, with every place of this text taken by another of the same length.
fn replaced(bytes: &[u8], text: &[u8], with: &[u8]) -> Vec<u8> {
    assert_eq!(text.len(), with.len());
    let mut bytes = bytes.to_vec();
    for place in 0..=bytes.len() - text.len() {
        if bytes[place..].starts_with(text) {
            bytes[place..place + text.len()].copy_from_slice(with);
        }
    }
    bytes
}

#[tokio::test]
async fn what_is_packed_is_unpacked_as_it_was() {
    let large: Vec<u8> = (0..300_000_u32).map(|n| (n.wrapping_mul(n) / 7) as u8).collect();
    let given = json!([
        { "filename": "a.txt", "text": "hello" },
        { "filename": "A.txt", "text": "again" },
        { "filename": "2026/王.csv", "text": "x" },
        file("b", &large),
        { "text": "nameless" },
    ]);
    let packed = call("zip.create", json!({ "files": given })).await.unwrap();
    assert_eq!((&packed["filename"], &packed["content_type"]), (&json!("archive.zip"), &json!("application/zip")));
    assert_eq!(call("zip.create", json!({ "files": given })).await.unwrap(), packed, "the same archive each time");
    let out = call("zip.extract", json!({ "file": packed })).await.unwrap();
    let names: Vec<&str> = out["files"].as_array().unwrap().iter().map(|file| file["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["a.txt", "A (2).txt", "2026/王.csv", "b", "file"]);
    assert_eq!((&out["count"], bytes(&out["files"][3])), (&json!(5), large));
    assert_eq!(
        (&out["files"][2]["filename"], &out["files"][2]["content_type"]),
        (&json!("王.csv"), &json!("text/csv"))
    );
    let some = call("zip.extract", json!({ "file": packed, "ends_with": ".csv" })).await.unwrap();
    assert_eq!((&some["count"], bytes(&some["files"][0])), (&json!(1), b"x".to_vec()));
    for name in ["../a", "/a", "a//b", "C:a", "a\\b"] {
        assert_eq!(
            refused("zip.create", json!({ "files": [{ "filename": name, "text": "" }] })).await.0,
            "invalid_parameters"
        );
    }
}

#[tokio::test]
async fn archives_that_would_do_harm_are_refused() {
    let good = archive(&[("aaaaaaaa", b"1"), ("bbbbbbbb", b"2")]);
    let twice = replaced(&good, b"bbbbbbbb", b"aaaaaaaa");
    let zeros = vec![0; 16 * 1024 * 1024];
    let many: Vec<(String, &[u8])> = (0..1_001).map(|n| (n.to_string(), b"".as_slice())).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(name, content)| (name.as_str(), *content)).collect();
    let mut link = ZipWriter::new(Cursor::new(Vec::new()));
    link.add_symlink("link", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    for (bytes, code, words) in [
        (replaced(&good, b"bbbbbbbb", b"../../bb"), "invalid_zip", "would lie outside of the folder"),
        (replaced(&good, b"bbbbbbbb", b"/bbbbbbb"), "invalid_zip", "would lie outside of the folder"),
        (replaced(&good, b"bbbbbbbb", b"..\\..\\bb"), "invalid_zip", "would lie outside of the folder"),
        (replaced(&good, b"bbbbbbbb", b"C:bbbbbb"), "invalid_zip", "would lie outside of the folder"),
        (twice, "invalid_zip", ""),
        (link.finish().unwrap().into_inner(), "invalid_zip", "is a link"),
        (archive(&[("zeros", &zeros)]), "too_large", "bytes would come out of the archive"),
        (archive(&many), "too_large", "has 1001 files"),
        (good[..good.len() - 30].to_vec(), "invalid_zip", ""),
        (b"no archive".to_vec(), "invalid_zip", ""),
        (Vec::new(), "invalid_zip", ""),
    ] {
        let (found, message) = refused("zip.extract", json!({ "file": file("a.zip", &bytes) })).await;
        assert!(found == code && message.contains(words), "{found}: {message}, not {words}");
    }
}

#[tokio::test]
async fn names_in_archives_may_be_of_another_character_set() {
    // The name is `中文.txt` in Big5, and no mark says so.
    let bytes = replaced(&archive(&[("zzzz.txt", b"1")]), b"zzzz", b"\xa4\xa4\xa4\xe5");
    let named = |charset: Value| {
        let mut parameters = json!({ "file": file("a.zip", &bytes) });
        parameters["charset"] = charset;
        async { call("zip.extract", parameters).await.unwrap()["files"][0]["name"].clone() }
    };
    assert_eq!(named(json!("big5")).await, "中文.txt");
    assert!(named(Value::Null).await.as_str().unwrap().ends_with(".txt"));
}

#[tokio::test]
async fn texts_become_files_in_a_character_set() {
    for (parameters, expected, kind) in [
        (
            json!({ "filename": "a.csv", "text": "王", "mark": true }),
            "\u{feff}王".as_bytes(),
            "text/csv; charset=utf-8",
        ),
        (json!({ "filename": "a", "text": "王", "charset": "big5" }), b"\xa4\xfd", "text/plain; charset=big5"),
        (
            json!({ "filename": "a.txt", "text": "A", "charset": "utf-16le", "mark": true }),
            b"\xff\xfeA\0",
            "text/plain; charset=utf-16le",
        ),
        (json!({ "filename": "a.pdf", "base64": "aGk=" }), b"hi", "application/pdf"),
        (
            json!({ "filename": "a.b", "text": "王é", "charset": "windows-1252", "missing": "question_mark", "content_type": "x/y" }),
            b"?\xe9",
            "x/y",
        ),
    ] {
        let made = call("file.write", parameters.clone()).await.unwrap();
        assert_eq!((bytes(&made), made["content_type"].as_str().unwrap()), (expected.to_vec(), kind), "{parameters}");
    }
    let large = "é".repeat(40_000);
    let made =
        call("file.write", json!({ "filename": "l.txt", "text": large, "charset": "iso-8859-1" })).await.unwrap();
    assert!(made["file"].is_string() && bytes(&made) == vec![0xe9; 40_000]);
    for parameters in [
        json!({ "filename": "a" }),
        json!({ "filename": "a", "text": "a", "base64": "aGk=" }),
        json!({ "filename": "a", "base64": "!" }),
        json!({ "filename": "a", "text": "a", "charset": "klingon" }),
    ] {
        assert_eq!(refused("file.write", parameters).await.0, "invalid_parameters");
    }
    let (code, message) = refused("file.write", json!({ "filename": "a", "text": "ok 王", "charset": "latin1" })).await;
    assert_eq!((code.as_str(), message.as_str()), ("invalid_text", "windows-1252 has no letter '王'"));
}

#[tokio::test]
async fn files_are_converted_between_character_sets() {
    let big5 = FileValue::small("", "a.csv", "application/octet-stream", b"\xa4\xa4\n\xa4\xe5");
    let made = call("file.convert", json!({ "file": big5, "from": "big5" })).await.unwrap();
    assert_eq!(
        (bytes(&made), &made["content_type"]),
        ("中\n文".as_bytes().to_vec(), &json!("text/csv; charset=utf-8"))
    );
    let back = call("file.convert", json!({ "file": made, "to": "big5" })).await.unwrap();
    assert_eq!(bytes(&back), b"\xa4\xa4\n\xa4\xe5");
    let marked = file("a.txt", b"\xff\xfe\x2d\x4e");
    assert_eq!(bytes(&call("file.convert", json!({ "file": marked })).await.unwrap()), "中".as_bytes());
    let (code, message) = refused("file.convert", json!({ "file": big5 })).await;
    assert_eq!((code.as_str(), message.as_str()), ("invalid_text", "line 1 of the file is not UTF-8"));
}

/// A PDF with these pages; each is a stream of drawing, as it stands.
fn pdf(pages: &[&str]) -> Vec<u8> {
    let kids: Vec<String> = (0..pages.len()).map(|n| format!("{} 0 R", 4 + 2 * n)).collect();
    let mut objects = vec![
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        format!("<</Type/Pages/Count {}/Kids[{}]>>", pages.len(), kids.join(" ")),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_owned(),
    ];
    for (n, page) in pages.iter().enumerate() {
        objects.push(format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Resources<</Font<</F 3 0 R>>>>/Contents {} 0 R>>",
            5 + 2 * n
        ));
        objects.push(format!("<</Length {}>>stream\n{page}\nendstream", page.len()));
    }
    let (mut bytes, mut places) = (b"%PDF-1.4\n".to_vec(), String::new());
    for (n, object) in objects.iter().enumerate() {
        places += &format!("{:010} 00000 n \n", bytes.len());
        bytes.extend_from_slice(format!("{} 0 obj{object} endobj\n", n + 1).as_bytes());
    }
    let (size, start) = (objects.len() + 1, bytes.len());
    let end = format!(
        "xref\n0 {size}\n0000000000 65535 f \n{places}trailer<</Size {size}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n"
    );
    bytes.extend_from_slice(end.as_bytes());
    bytes
}

#[tokio::test]
async fn the_text_of_a_pdf_is_read_page_by_page() {
    let drawn = |text: &str| format!("BT/F 9 Tf 9 9 Td({text})Tj ET");
    let bytes = pdf(&[&drawn("one"), &drawn("two"), &drawn("three")]);
    let read = |more: Value| {
        let mut parameters = json!({ "file": file("a.pdf", &bytes) });
        parameters.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        call("pdf.text", parameters)
    };
    let all = read(json!({})).await.unwrap();
    assert_eq!(all, json!({ "text": "one\ntwo\nthree\n", "pages": ["one\n", "two\n", "three\n"], "count": 3 }));
    assert_eq!(read(json!({ "from": 2, "to": 2 })).await.unwrap()["pages"], json!(["two\n"]));
    assert_eq!(read(json!({ "from": 9 })).await.unwrap()["pages"], json!([]));
    for wrong in [json!({ "from": 0 }), json!({ "from": 3, "to": 2 })] {
        assert_eq!(read(wrong).await.unwrap_err().code, "invalid_parameters");
    }
}

#[tokio::test]
async fn what_is_no_pdf_is_refused_and_never_ends_the_server() {
    let good = pdf(&["BT/F 9 Tf 9 9 Td(one)Tj ET"]);
    let nested =
        format!("%PDF-1.4\n1 0 obj{}{} endobj\ntrailer<</Root 1 0 R>>", "[".repeat(200_000), "]".repeat(200_000));
    for bytes in [Vec::new(), b"no pdf".to_vec(), good[..60].to_vec(), nested.into_bytes()] {
        assert_eq!(refused("pdf.text", json!({ "file": file("a.pdf", &bytes) })).await.0, "invalid_pdf");
    }
    // Each byte in turn is another one: whatever comes of it, it comes.
    for place in 0..good.len() {
        let mut damaged = good.clone();
        damaged[place] = damaged[place].wrapping_add(1 + (place % 7) as u8);
        if let Err(error) = call("pdf.text", json!({ "file": file("a.pdf", &damaged) })).await {
            assert!(["invalid_pdf", "too_large"].contains(&error.code.as_str()), "{place}: {error:?}");
        }
    }
    // Pages that hold themselves.
    let looped = replaced(&good, b"/Kids[4 0 R]", b"/Kids[2 0 R]");
    let outcome = call("pdf.text", json!({ "file": file("a.pdf", &looped) })).await;
    assert!(outcome.is_err() || outcome.unwrap()["pages"].as_array().unwrap().len() <= 1);
}
