//! `GET /api/v1/scenarios/{id}/next`

use crate::site::{Site, refused};

#[tokio::test]
async fn a_scenario_tells_its_next_times() {
    let site = Site::start().await;
    site.shelf.drop_in("nightly", "enabled: false\ntrigger:\n  schedule: { every: 1d }\nsteps:\n  - set: { a: 1 }\n");
    let coming = site.get("/scenarios/nightly/next").await;
    assert_eq!(coming["schedules"][0]["words"]["en"], "every day (UTC)");
    let next = coming["schedules"][0]["next"].as_array().unwrap();
    assert!(next.len() == 10 && next[0].as_str().unwrap().ends_with("T00:00:00+00:00"), "{next:?}");
    refused(site.api("GET", "/scenarios/nobody/next"), 404, "not_found").await;
}
