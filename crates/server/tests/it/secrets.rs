//! `/api/v1/secrets`

use crate::drawer::OF_FILE;
use crate::site::{HELLO, Site, refused};
use reqwest::StatusCode;
use serde_json::json;

#[tokio::test]
async fn one_is_kept_listed_without_its_value_and_deleted() {
    let site = Site::start().await;
    site.shelf.drop_in(
        "hello",
        &HELLO.replace(
            "path: hello",
            "path: hello\n    verify: { basic: { user: u, password: \"{{ secrets.shop }}\" } }",
        ),
    );
    let put = site.api("PUT", "/secrets/shop").json(&json!({ "value": "cAnAry" })).send().await.unwrap();
    assert_eq!(put.status(), StatusCode::NO_CONTENT);
    let listed = site.get("/secrets").await;
    let expected = json!({ "name": "shop", "source": "editor", "used_by": ["hello"], "changed": 1 });
    assert_eq!(listed, json!({ "items": [expected] }));
    let deleted = site.api("DELETE", "/secrets/shop").send().await.unwrap();
    assert_eq!(deleted.status(), StatusCode::NO_CONTENT);
    refused(site.api("DELETE", "/secrets/shop"), 404, "not_found").await;
}

#[tokio::test]
async fn what_cannot_be_kept_is_refused() {
    let site = Site::start().await;
    refused(site.api("PUT", "/secrets/shop").json(&json!({ "value": "abc" })), 422, "unfit").await;
    refused(site.api("PUT", &format!("/secrets/{OF_FILE}")).json(&json!({ "value": "long enough" })), 409, "in_file")
        .await;
}
