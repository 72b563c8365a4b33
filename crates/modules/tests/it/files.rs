//! Files that steps send, keep and read.

use crate::server::{Reply, Seen, Server, reply};
use crate::step::{files, modules, step};
use modules::Options;
use run::call::Outcome;
use run::error::StepError;
use run::files::{FileValue, Files, Kept};
use run::resume::ResumeKey;
use serde_json::{Value, json};

/// Calls `http.request` at the server's path `/x`, as its author wrote it.
async fn request(server: &Server, mut parameters: Value) -> Result<Outcome, StepError> {
    let modules = modules("", &[], Options::default());
    parameters["url"] = json!(server.url("/x"));
    step(&modules, "http.request").author_host(&server.host()).call(parameters).await
}

async fn read(parameters: Value) -> Result<Value, StepError> {
    let modules = modules("", &[], Options::default());
    step(&modules, "file.read").call(parameters).await.map(|outcome| outcome.output)
}

fn ok(_: &Seen) -> Reply {
    reply(200, &[("content-type", "application/json")], "{}")
}

fn keep(files: &Files, bytes: &[u8]) -> Kept {
    let mut writer = files.create().unwrap();
    writer.write(bytes).unwrap();
    files.kept(writer.finish().unwrap(), bytes.len() as u64)
}

fn noise(size: usize) -> Vec<u8> {
    (0..size).map(|n| (n * n / 3 + n) as u8).collect()
}

#[tokio::test]
async fn a_file_is_a_body_of_its_own_type_and_length() {
    let bytes = noise(700_001);
    let file = FileValue::kept("doc", "a.png", "image/png", &keep(&files(), &bytes));
    let server = Server::start(ok).await;
    let outcome = request(&server, json!({ "file": file })).await.unwrap();
    let seen = server.only();
    assert!(seen.body == bytes);
    assert_eq!((seen.method.as_str(), seen.header("content-type")), ("POST", "image/png"));
    assert_eq!(seen.header("content-length"), "700001");
    assert_eq!(seen.header("transfer-encoding"), "");
    let shown = json!({ "file": {
        "filename": "a.png", "content_type": "image/png", "size": 700_001, "sha256": file.sha256,
    }});
    assert_eq!(outcome.sent["body"], shown);
}

#[tokio::test]
async fn small_files_and_texts_are_sent_alike() {
    for (file, kind, body) in [
        (json!(FileValue::small("", "a.bin", "application/zip", b"PK")), "application/zip", "PK"),
        (json!({ "base64": "aGk=" }), "application/octet-stream", "hi"),
        (json!({ "text": "é" }), "text/plain; charset=utf-8", "é"),
    ] {
        let server = Server::start(ok).await;
        request(&server, json!({ "file": file, "method": "PUT" })).await.unwrap();
        let seen = server.only();
        assert_eq!((seen.method.as_str(), seen.header("content-type"), seen.text()), ("PUT", kind, body));
    }
}

#[tokio::test]
async fn a_form_carries_fields_and_files() {
    let bytes = vec![b'x'; 300_000];
    let large = FileValue::kept("", "large \"one\".txt", "text/plain", &keep(&files(), &bytes));
    let server = Server::start(ok).await;
    let form = json!({ "title": "Grüße", "n": [1, true], "none": null, "doc": large, "tiny": { "base64": "aGk=" } });
    let outcome = request(&server, json!({ "multipart": form })).await.unwrap();
    let seen = server.only();
    let boundary = seen.header("content-type").strip_prefix("multipart/form-data; boundary=").unwrap();
    let part = |disposition: &str, content: &str| {
        format!("--{boundary}\r\nContent-Disposition: form-data; {disposition}\r\n\r\n{content}\r\n")
    };
    let expected = [
        part("name=\"title\"", "Grüße"),
        part("name=\"n\"", "1"),
        part("name=\"n\"", "true"),
        part(
            "name=\"doc\"; filename=\"large %22one%22.txt\"\r\nContent-Type: text/plain",
            std::str::from_utf8(&bytes).unwrap(),
        ),
        part("name=\"tiny\"; filename=\"file\"\r\nContent-Type: application/octet-stream", "hi"),
        format!("--{boundary}--\r\n"),
    ];
    assert!(seen.text() == expected.concat(), "{}", seen.text().replace(&"x".repeat(1_000), "…"));
    assert_eq!(seen.header("content-length"), seen.body.len().to_string());
    let shown = &outcome.sent["body"]["multipart"];
    assert_eq!(shown[0], json!({ "title": "Grüße" }));
    assert_eq!(shown[3]["doc"]["file"]["size"], 300_000);
    assert!(outcome.sent.to_string().len() < 2_000);
}

#[tokio::test]
async fn what_is_downloaded_can_be_sent_on() {
    let bytes = noise(900_000);
    let far = bytes.clone();
    let headers = [("content-type", "image/png"), ("content-disposition", "attachment; filename=\"../a b.png\"")];
    let server = Server::start(move |_| reply(200, &headers, &far)).await;
    let got = request(&server, json!({ "response": "file" })).await.unwrap().output;
    assert_eq!(got["status"], 200);
    assert_eq!(got["headers"]["content-type"], "image/png");
    let file = &got["body"];
    assert_eq!(
        (&file["filename"], &file["content_type"], &file["size"]),
        (&json!("a b.png"), &json!("image/png"), &json!(900_000))
    );
    let server = Server::start(ok).await;
    request(&server, json!({ "file": file })).await.unwrap();
    assert!(server.only().body == bytes);
}

#[tokio::test]
async fn an_error_is_no_download() {
    let server = Server::start(|_| reply(404, &[], "no such thing")).await;
    let error = request(&server, json!({ "response": "file" })).await.unwrap_err();
    assert_eq!((error.code.as_str(), error.status), ("http_status", Some(404)));
    assert!(error.message.contains("no such thing"), "{}", error.message);
    let kept = request(&server, json!({ "response": "file", "errors": "never" })).await.unwrap().output;
    assert_eq!((&kept["status"], &kept["body"]["size"]), (&json!(404), &json!(13)));
    let error =
        request(&server, json!({ "response": "file", "errors": "never", "max_response": 12 })).await.unwrap_err();
    assert_eq!(error.code, "too_large");
}

#[tokio::test]
async fn only_references_made_here_open_a_file() {
    let kept = keep(&files(), b"of somebody else");
    let digest = format!("{:?}", kept.digest);
    let elsewhere = Files::new(store::open("memory:").unwrap().blobs, &ResumeKey([8; 32]));
    let server = Server::start(ok).await;
    let foreign = elsewhere.kept(kept.digest, kept.size).reference;
    for reference in [foreign.as_str(), &format!("sha256:{digest}"), &digest, "", &kept.reference[1..]] {
        for parameters in
            [json!({ "file": { "file": reference } }), json!({ "multipart": { "f": { "file": reference } } })]
        {
            let error = request(&server, parameters).await.unwrap_err();
            assert_eq!(error.code, "file_unknown", "{reference}");
        }
        assert_eq!(read(json!({ "file": { "file": reference } })).await.unwrap_err().code, "file_unknown");
    }
    assert!(server.seen().is_empty());
    assert_eq!(read(json!({ "file": { "file": kept.reference } })).await.unwrap(), "of somebody else");
    let gone = files().kept(run::tables::Digest([9; 32]), 1).reference;
    assert_eq!(request(&server, json!({ "file": { "file": gone } })).await.unwrap_err().code, "file_gone");
}

#[tokio::test]
async fn parameters_that_mean_no_file_are_refused() {
    let server = Server::start(ok).await;
    for parameters in [
        json!({ "file": {} }),
        json!({ "file": { "base64": "!" } }),
        json!({ "file": { "base64": "", "text": "" } }),
        json!({ "file": { "path": "/etc/passwd" } }),
        json!({ "file": { "text": "a" }, "json": 1 }),
        json!({ "multipart": { "a": { "b": 1 } } }),
        json!({ "multipart": { "a": [[1]] } }),
    ] {
        let error = request(&server, parameters.clone()).await.unwrap_err();
        assert_eq!(error.code, "invalid_parameters", "{parameters}");
    }
    let injected = json!({ "multipart": { "a": { "text": "a", "content_type": "a/b\r\nx: y" } } });
    assert_eq!(request(&server, injected).await.unwrap_err().code, "invalid_header");
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_file_is_read_as_a_value() {
    let file = |bytes: &[u8]| json!(FileValue::kept("", "", "text/csv", &keep(&files(), bytes)));
    assert_eq!(read(json!({ "file": file("a,é".as_bytes()) })).await.unwrap(), "a,é");
    assert_eq!(read(json!({ "file": file(b"caf\xe9"), "charset": "iso-8859-1" })).await.unwrap(), "café");
    assert_eq!(read(json!({ "file": file(b"[1]"), "as": "json" })).await.unwrap(), json!([1]));
    assert_eq!(read(json!({ "file": file(b"hi"), "as": "base64" })).await.unwrap(), "aGk=");
    assert_eq!(read(json!({ "file": { "base64": "aGk=" } })).await.unwrap(), "hi");
    assert_eq!(read(json!({ "file": file(b"["), "as": "json" })).await.unwrap_err().code, "invalid_json");
    assert_eq!(read(json!({ "file": file(b""), "charset": "x" })).await.unwrap_err().code, "invalid_parameters");
    assert_eq!(read(json!({ "file": file(&vec![b' '; 16 * 1024 * 1024 + 1]) })).await.unwrap_err().code, "too_large");
}
