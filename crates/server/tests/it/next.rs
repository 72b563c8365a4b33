//! `POST /api/v1/next`

use crate::site::{Site, ok};
use serde_json::json;

#[tokio::test]
async fn a_text_tells_its_next_times_and_what_they_mean() {
    let site = Site::start().await;
    let text = "trigger:\n  - manual: {}\n  - schedule: every weekday at 09:00 Asia/Taipei\n  - schedule: { at: 1990-01-01T00:00 }\nsteps: []\n";
    let coming = ok(site.api("POST", "/next").json(&json!({ "text": text }))).await;
    let schedules = coming["schedules"].as_array().unwrap();
    assert_eq!((schedules.len(), &schedules[0]["line"], &schedules[0]["column"]), (2, &json!(3), &json!(5)));
    assert_eq!(schedules[0]["timezone"], "Asia/Taipei");
    assert_eq!(
        schedules[0]["words"],
        json!({
            "en": "every weekday at 09:00 (Asia/Taipei)",
            "zh-TW": "每個工作日 09:00（Asia/Taipei）",
            "zh-CN": "每个工作日 09:00（Asia/Taipei）",
        })
    );
    let next: Vec<&str> = schedules[0]["next"].as_array().unwrap().iter().map(|time| time.as_str().unwrap()).collect();
    assert_eq!(next.len(), 10);
    assert!(next.iter().all(|time| time.ends_with("T09:00:00+08:00")), "{next:?}");
    assert_eq!(schedules[1]["next"], json!([]));
}

#[tokio::test]
async fn a_text_with_errors_has_no_times() {
    let site = Site::start().await;
    let coming =
        ok(site.api("POST", "/next").json(&json!({ "text": "trigger: { schedule: often }\nsteps: []\n" }))).await;
    assert_eq!(coming, json!({ "schedules": [] }));
}
