//! Modules that read and write formats: what goes in, and what comes out.

use crate::server::{Reply, Seen, Server, reply};
use crate::step::{files, modules, step};
use modules::Options;
use run::error::StepError;
use run::files::FileValue;
use serde_json::{Value, json};

async fn call(name: &str, parameters: Value) -> Result<Value, StepError> {
    let modules = modules("", &[], Options::default());
    step(&modules, name).call(parameters).await.map(|outcome| outcome.output)
}

async fn check(name: &str, parameters: Value, expected: Value) {
    assert_eq!(call(name, parameters.clone()).await, Ok(expected), "{name} {parameters}");
}

async fn check_refused(name: &str, parameters: Value, code: &str) {
    let refused = call(name, parameters.clone()).await.map_err(|error| error.code);
    assert_eq!(refused, Err(code.to_owned()), "{name} {parameters}");
}

#[tokio::test]
async fn every_example_gives_its_sample() {
    for spec in modules::specs() {
        let app = spec.name.split('.').next().unwrap_or_default();
        let makes_files = ["file.convert", "file.write"].contains(&spec.name.as_str());
        if makes_files
            || ["crypto", "csv", "date", "html", "json", "markdown", "pdf", "text", "xml", "zip"].contains(&app)
        {
            check(&spec.name, spec.example, spec.sample).await;
        }
    }
}

#[tokio::test]
async fn json_is_read_and_written() {
    check("json.parse", json!({ "text": "\u{feff}[1, 2.5]" }), json!([1, 2.5])).await;
    check("json.parse", json!({ "text": "1\n{\"a\":2}\n", "lines": true }), json!([1, { "a": 2 }])).await;
    check("json.parse", json!({ "text": "{\"a\":[{\"b\":1},{\"b\":2}]}", "path": "$.a[*].b" }), json!([1, 2])).await;
    check_refused("json.parse", json!({ "text": "{" }), "expression").await;
    check_refused("json.parse", json!({ "text": 7 }), "invalid_parameters").await;
    check("json.create", json!({ "value": [1, null] }), json!("[1,null]")).await;
    check("json.create", json!({ "value": [1, "a"], "lines": true }), json!("1\n\"a\"\n")).await;
}

#[tokio::test]
async fn dates_are_written_moved_and_compared() {
    let format = |more: Value| {
        let mut parameters =
            json!({ "date": "01.02.2026 08:00", "read_as": "DD.MM.YYYY HH:mm", "format": "YYYY-MM-DD HH:mm" });
        parameters.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        parameters
    };
    check("date.format", format(json!({ "zone": "Asia/Taipei" })), json!("2026-02-01 08:00")).await;
    check_refused("date.format", format(json!({ "date": "soon" })), "expression").await;
    check_refused("date.format", format(json!({ "zone": "Nowhere" })), "expression").await;
    check("date.shift", json!({ "date": "2026-03-01T00:00:00Z", "by": -1 }), json!("2026-02-28T00:00:00.000Z")).await;
    check(
        "date.shift",
        json!({ "date": "2026-03-01T00:00:00Z", "by": 90, "unit": "minutes" }),
        json!("2026-03-01T01:30:00.000Z"),
    )
    .await;
    check("date.difference", json!({ "from": "2026-03-01", "to": "2026-02-01", "unit": "weeks" }), json!(-4)).await;
}

#[tokio::test]
async fn digests_are_of_every_algorithm() {
    for (algorithm, length) in [("MD5", 32), ("sha1", 40), ("SHA256", 64), ("SHA384", 96), ("sha512", 128)] {
        for (name, more) in [("crypto.hash", json!({})), ("crypto.hmac", json!({ "key": "k" }))] {
            let mut parameters = json!({ "text": "王", "algorithm": algorithm });
            parameters.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let digest = call(name, parameters).await.unwrap();
            assert_eq!(digest.as_str().unwrap().len(), length, "{name} {algorithm}");
        }
    }
    check("crypto.hash", json!({ "text": "abc", "algorithm": "MD5" }), json!("900150983cd24fb0d6963f7d28e17f72")).await;
}

#[tokio::test]
async fn a_file_is_taken_for_a_text_in_its_character_set() {
    let file = FileValue::small("", "a.csv", "text/csv", b"name\n\xa4\xa4\xa4\xe5\n");
    check("csv.parse", json!({ "text": file, "charset": "big5" }), json!([{ "name": "中文" }])).await;
    check_refused("csv.parse", json!({ "text": file, "charset": "none" }), "invalid_parameters").await;
    let xml = FileValue::small("", "a.xml", "text/xml", b"<?xml version='1.0' encoding='iso-8859-1'?><a>\xe9</a>");
    check("xml.parse", json!({ "text": xml }), json!({ "a": "é" })).await;
    let large = FileValue::small("", "a.json", "application/json", &vec![b' '; 8 * 1024 * 1024 + 1]);
    check_refused("json.parse", json!({ "text": large }), "too_large").await;
    let foreign = json!({ "file": "hookmill-file:AAAA" });
    check_refused("json.parse", json!({ "text": foreign }), "file_unknown").await;
}

#[tokio::test]
async fn the_bytes_of_a_file_are_not_told() {
    let file = FileValue::small("", "a.json", "application/json", b"[1]");
    let modules = modules("", &[], Options::default());
    let outcome = step(&modules, "json.parse").call(json!({ "text": file })).await.unwrap();
    assert_eq!(outcome.output, json!([1]));
    assert_eq!(outcome.sent["text"].get("base64"), None);
    assert_eq!(outcome.sent["text"]["filename"], "a.json");
}

#[tokio::test]
async fn bombs_are_refused() {
    let document_type = "<!DOCTYPE a [<!ENTITY b 'bbbb'>]><a>&b;</a>";
    check_refused("xml.parse", json!({ "text": document_type }), "expression").await;
    check_refused("json.parse", json!({ "text": "[".repeat(100_000) }), "expression").await;
    check_refused("json.parse", json!({ "text": format!("[{}1]", "1,".repeat(3_000_000)) }), "limit").await;
    check_refused("html.extract", json!({ "html": "<div>".repeat(600), "values": {} }), "too_large").await;
    let nested = format!("{}{}", "<div><span>".repeat(250), "x".repeat(200_000));
    let all = json!({ "all": { "selector": "*", "all": true, "take": "html" } });
    check_refused("html.extract", json!({ "html": nested, "values": all }), "too_large").await;
}

#[tokio::test]
async fn a_page_gives_values_and_lists() {
    let html = "<ul><li class=p><b>A</b> <i>1</i><li class=p><b>B</b><a href=/b>x</a></ul><script>s</script>";
    let values = json!({ "name": { "selector": "b" }, "url": { "selector": "a", "attribute": "href" } });
    let items = json!([{ "name": "A", "url": null }, { "name": "B", "url": "/b" }]);
    check("html.extract", json!({ "html": html, "each": "li.p", "values": values }), items).await;
    let values = json!({ "all": { "selector": "b", "all": true, "take": "html" }, "page": {} });
    let found = json!({ "all": ["<b>A</b>", "<b>B</b>"], "page": "A 1 Bx" });
    check("html.extract", json!({ "html": html, "values": values }), found).await;
    check_refused("html.extract", json!({ "html": html, "each": "li[", "values": {} }), "invalid_selector").await;
    let unnamed = json!({ "a": { "take": "attribute" } });
    check_refused("html.extract", json!({ "html": html, "values": unnamed }), "invalid_parameters").await;
}

#[tokio::test]
async fn patterns_are_found_and_replaced() {
    let first = json!({ "text": "b", "position": 2, "groups": [], "named": {} });
    let found = json!({ "found": true, "count": 1, "first": first, "matches": [first] });
    let parameters = json!({ "text": "a\nb B", "pattern": "^B", "all": false,
        "flags": { "ignore_case": true, "multiline": true } });
    check("text.match", parameters, found).await;
    let none = json!({ "found": false, "count": 0, "first": null, "matches": [] });
    check("text.match", json!({ "text": "a", "pattern": "b" }), none).await;
    check_refused("text.match", json!({ "text": "a", "pattern": "b", "no_match": "fail" }), "no_match").await;
    check_refused("text.match", json!({ "text": "a", "pattern": "(" }), "expression").await;
    check("text.replace", json!({ "text": "1.5 $ 1x5", "find": "1.5", "with": "$1" }), json!("$1 $ 1x5")).await;
    let insensitive = json!({ "text": "aAa", "find": "A", "with": "b", "times": 2, "flags": { "ignore_case": true } });
    check("text.replace", insensitive, json!("bba")).await;
    check_refused("text.replace", json!({ "text": "a", "find": "", "with": "b" }), "invalid_parameters").await;
}

fn feed(_: &Seen) -> Reply {
    let body = "<rss><channel><title>T</title><item><guid>1</guid><title>caf\u{e9}</title><link>/one</link></item>\
         </channel></rss>";
    let latin: Vec<u8> = body.chars().map(|char| char as u8).collect();
    reply(200, &[("content-type", "text/xml; charset=iso-8859-1")], latin)
}

#[tokio::test]
async fn a_feed_is_fetched_as_its_author_wrote_it() {
    let server = Server::start(feed).await;
    let (modules, host, url) = (modules("", &[], Options::default()), server.host(), server.url("/feed"));
    let read = |host| step(&modules, "rss.read").author_host(host).call(json!({ "url": url }));
    let output = read(&host).await.unwrap().output;
    assert_eq!((&output["title"], &output["items"][0]["title"]), (&json!("T"), &json!("café")));
    assert_eq!(output["items"][0]["url"], server.url("/one"));
    assert!(server.only().header("accept").contains("application/rss+xml"));
    assert_eq!(read("example.com").await.unwrap_err().code, "private_address");
    let gone = Server::start(|_| reply(404, &[], "no")).await;
    let refused = step(&modules, "rss.read").author_host(&gone.host()).call(json!({ "url": gone.url("/") })).await;
    assert_eq!(refused.unwrap_err().status, Some(404));
}

#[tokio::test]
async fn a_feed_that_is_there_is_read() {
    let kept = {
        let mut writer = files().create().unwrap();
        let text = b"<rss><channel><item><title>A</title></item></channel></rss>";
        writer.write(text).unwrap();
        files().kept(writer.finish().unwrap(), text.len() as u64)
    };
    let file = FileValue::kept("", "feed.xml", "text/xml", &kept);
    let output = call("rss.read", json!({ "text": file })).await.unwrap();
    assert_eq!(output["items"][0]["title"], "A");
    check_refused("rss.read", json!({}), "invalid_parameters").await;
    check_refused("rss.read", json!({ "text": "<rss/>", "url": "https://e.com" }), "invalid_parameters").await;
    check_refused("rss.read", json!({ "text": "<html></html>" }), "no_feed").await;
}
