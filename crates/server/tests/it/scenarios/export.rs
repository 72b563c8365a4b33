//! `GET /api/v1/scenarios/{id}/export`

use crate::site::{HELLO, Site, refused};

#[tokio::test]
async fn a_scenario_is_given_as_a_blueprint_and_as_pictures() {
    let site = Site::start().await;
    site.shelf.drop_in("hello", HELLO);
    let get = async |form: &str| site.api("GET", &format!("/scenarios/hello/export?as={form}")).send().await.unwrap();
    let blueprint: serde_json::Value = get("make").await.json().await.unwrap();
    assert_eq!(blueprint["metadata"]["hookmill"]["text"], HELLO);
    assert!(blueprint["flow"].is_array(), "{blueprint:#}");
    let svg = get("svg").await;
    assert_eq!(svg.headers()["content-type"], "image/svg+xml");
    let policy = svg.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("default-src 'none'") && policy.contains("sandbox"), "{policy}");
    assert!(svg.text().await.unwrap().starts_with("<svg "));
    assert!(get("mermaid").await.text().await.unwrap().starts_with("flowchart TD\n"));
    refused(site.api("GET", "/scenarios/hello/export?as=n8n"), 400, "bad_request").await;
    refused(site.api("GET", "/scenarios/nobody/export?as=svg"), 404, "not_found").await;
}
