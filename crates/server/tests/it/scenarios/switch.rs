//! `POST /api/v1/scenarios/{id}/enable` and `…/disable`

use crate::site::{HELLO, Site, ok, refused};

#[tokio::test]
async fn a_scenario_is_switched_off_and_on() {
    let site = Site::start().await;
    site.shelf.drop_in("hello", HELLO);
    let off = ok(site.api("POST", "/scenarios/hello/disable")).await;
    assert_eq!(off["enabled"], false);
    assert!(off["text"].as_str().unwrap().contains("enabled: false"));
    assert_eq!(ok(site.api("POST", "/scenarios/hello/enable")).await["enabled"], true);
    refused(site.api("POST", "/scenarios/other/enable"), 404, "not_found").await;
}
