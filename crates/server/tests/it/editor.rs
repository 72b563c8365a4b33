//! Everything that is no other address.

use crate::site::{Site, editor, refused};
use flate2::{Compression, write::GzEncoder};
use reqwest::{Client, StatusCode};
use server::{Asset, Assets};
use std::io::Write as _;

#[tokio::test]
async fn addresses_of_the_editor_show_its_page() {
    let site = Site::start_with(editor(), "http").await;
    for path in ["/", "/runs", "/scenarios/hello"] {
        let answer = site.request("GET", path).header("accept", "text/html").send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8");
        assert_eq!(answer.headers()["cache-control"], "no-cache");
        assert!(answer.text().await.unwrap().contains("Editor"));
    }
}

#[tokio::test]
async fn files_with_a_digest_in_their_name_are_kept_for_good() {
    let site = Site::start_with(editor(), "http").await;
    let answer = site.request("GET", "/assets/index-1a2b3c4d.js").send().await.unwrap();
    assert_eq!(answer.headers()["cache-control"], "public, max-age=31536000, immutable");
    assert_eq!(answer.headers()["content-type"], "text/javascript; charset=utf-8");
    let tag = answer.headers()["etag"].clone();
    for (known, status) in [(tag.to_str().unwrap(), 304), ("\"other\"", 200), ("W/\"other\", *", 304)] {
        let again = site.request("GET", "/assets/index-1a2b3c4d.js").header("if-none-match", known);
        assert_eq!(again.send().await.unwrap().status(), status, "{known}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let site = Site::start_with(editor(), "http").await;
    refused(site.request("GET", "/assets/other.js").header("accept", "*/*"), 404, "not_found").await;
    refused(site.request("GET", "/../Cargo.toml").header("accept", "*/*"), 404, "not_found").await;
    refused(site.request("GET", "/%2e%2e/Cargo.toml").header("accept", "*/*"), 404, "not_found").await;
    refused(site.request("POST", "/"), 405, "method_not_allowed").await;
}

#[tokio::test]
async fn without_the_editor_a_page_says_how_to_build_it_and_the_api_works() {
    let site = Site::start().await;
    let page = site.request("GET", "/").send().await.unwrap();
    assert_eq!(page.status(), StatusCode::OK);
    assert!(page.text().await.unwrap().contains("cargo xtask run"));
    site.get("/scenarios").await;
}

const SCRIPT: &[u8] = b"export const words = 'one and one and one and one';";

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A script that is there in both compressed forms and in no other, and an icon that is there as it is.
fn packed() -> Assets {
    Assets::new(|path| {
        let bytes = match path {
            "assets/words-1a2b3c4d.js.br" => b"as short as brotli makes it".to_vec(),
            "assets/words-1a2b3c4d.js.gz" => gzipped(SCRIPT),
            "icon.svg" => b"<svg/>".to_vec(),
            _ => return None,
        };
        let digest = format!("digest-{}", bytes.len());
        Some(Asset { bytes: bytes.into(), media_type: "application/octet-stream".into(), digest })
    })
}

#[tokio::test]
async fn files_come_in_the_smallest_form_that_the_browser_reads() {
    let site = Site::start_with(packed(), "http").await;
    let client = Client::builder().no_gzip().build().unwrap();
    let address = format!("{}/assets/words-1a2b3c4d.js", site.base);
    let mut tags = Vec::new();
    for (accepted, coding, body) in [
        (Some("gzip, deflate, br, zstd"), Some("br"), b"as short as brotli makes it".to_vec()),
        (Some("gzip, deflate"), Some("gzip"), gzipped(SCRIPT)),
        (Some("br;q=0, *"), Some("gzip"), gzipped(SCRIPT)),
        (Some("gzip;q=0, identity"), None, SCRIPT.to_vec()),
        (None, None, SCRIPT.to_vec()),
    ] {
        let mut request = client.get(&address);
        if let Some(accepted) = accepted {
            request = request.header("accept-encoding", accepted);
        }
        let answer = request.send().await.unwrap();
        let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(header("content-encoding").as_deref(), coding, "{accepted:?}");
        assert_eq!(header("content-type").as_deref(), Some("text/javascript; charset=utf-8"), "{accepted:?}");
        assert_eq!(header("vary").as_deref(), Some("Accept-Encoding"), "{accepted:?}");
        tags.push((coding, header("etag").unwrap()));
        assert_eq!(answer.bytes().await.unwrap(), body, "{accepted:?}");
    }
    // A tag stands for one form: what a cache has of one is not taken for another (RFC 9110 §8.8.3.3).
    let of = |coding: Option<&str>| tags.iter().find(|(one, _)| *one == coding).unwrap().1.clone();
    assert!(of(Some("br")) != of(Some("gzip")) && of(Some("gzip")) != of(None), "{tags:?}");
    for (tag, status) in [(of(Some("gzip")), 304), (of(Some("br")), 200)] {
        let again = client.get(&address).header("accept-encoding", "gzip").header("if-none-match", tag);
        assert_eq!(again.send().await.unwrap().status(), status);
    }
    let plain =
        client.get(format!("{}/icon.svg", site.base)).header("accept-encoding", "br, gzip").send().await.unwrap();
    assert_eq!(plain.headers().get("content-encoding"), None);
    assert_eq!(plain.text().await.unwrap(), "<svg/>");
}
