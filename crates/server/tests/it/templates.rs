//! `GET /api/v1/templates`

use crate::site::{HELLO, Site};

#[tokio::test]
async fn templates_are_listed_with_their_texts_and_words() {
    let site = Site::start().await;
    let templates = site.get("/templates").await;
    assert_eq!(templates["items"].as_array().unwrap().len(), 1);
    let hello = &templates["items"][0];
    assert_eq!(hello["text"], HELLO);
    assert_eq!(hello["modules"][0], "webhook");
    assert_eq!(hello["i18n"]["zh-TW"]["name"], "你好");
}
