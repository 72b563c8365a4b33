//! `GET /api/v1/functions`

use crate::site::Site;

#[tokio::test]
async fn functions_are_listed_with_an_example() {
    let site = Site::start().await;
    let functions = site.get("/functions").await;
    let items = functions["items"].as_array().unwrap();
    assert_eq!(items.len(), scenario::functions::all().count());
    let upper = items.iter().find(|item| item["name"] == "upper").unwrap();
    assert_eq!(upper["group"], "text");
    assert!(upper["signature"].as_str().unwrap().starts_with("upper("), "{upper}");
    assert!(
        upper["summary"].as_str().unwrap().len() > 3 && upper["example"].is_string() && upper["result"].is_string()
    );
}
