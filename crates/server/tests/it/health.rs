//! `/healthz` and `/readyz`

use crate::site::{HELLO, Site, answer, ok};
use reqwest::StatusCode;
use serde_json::json;

#[tokio::test]
async fn healthz_says_that_the_process_lives() {
    let site = Site::start().await;
    assert_eq!(ok(site.request("GET", "/healthz")).await, json!({ "status": "ok" }));
}

#[tokio::test]
async fn readyz_says_when_work_is_taken() {
    let site = Site::start().await;
    let starting = answer(site.request("GET", "/readyz"), StatusCode::SERVICE_UNAVAILABLE).await;
    assert_eq!(starting, json!({ "status": "starting" }));
    site.app.set_ready();
    assert_eq!(ok(site.request("GET", "/readyz")).await, json!({ "status": "ready" }));
}

#[tokio::test]
async fn b4_health_shows_no_names_or_counts_and_no_answer_a_software_version() {
    let site = Site::start().await;
    site.shelf.drop_in("hello", HELLO);
    site.app.set_ready();
    for path in ["/healthz", "/readyz", "/", "/login", "/api/v1/scenarios"] {
        let answer = site.request("GET", path).send().await.unwrap();
        for header in ["server", "x-powered-by"] {
            assert!(!answer.headers().contains_key(header), "{path}: {header}");
        }
        let body = answer.text().await.unwrap();
        assert!(!body.contains("hello") && !body.contains(env!("CARGO_PKG_VERSION")), "{path}: {body}");
    }
}

#[tokio::test]
async fn a_stopped_server_refuses_connections() {
    let site = Site::start().await;
    let (client, base) = (site.client.clone(), site.base.clone());
    site.stop().await;
    assert!(client.get(format!("{base}/healthz")).send().await.is_err());
}
