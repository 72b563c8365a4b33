//! Everything that is no other address.

use crate::site::{Site, editor, refused};
use reqwest::StatusCode;

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
