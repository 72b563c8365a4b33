//! `GET /api/v1/modules`

use crate::site::Site;

#[tokio::test]
async fn modules_are_listed_with_their_parameters() {
    let site = Site::start().await;
    let modules = site.get("/modules").await;
    assert_eq!(modules["items"][0]["name"], "parcel.send");
    assert_eq!(modules["items"][0]["parameters"]["properties"]["to"]["type"], "string");
    assert_eq!(modules["items"][0]["effect"], "outside");
}
