//! `GET /api/v1/modules`

use crate::site::{Site, TOKEN};
use flate2::read::GzDecoder;
use serde_json::{Value, json};
use std::io::Read as _;

async fn modules() -> Vec<Value> {
    let site = Site::start().await;
    site.get("/modules").await["items"].as_array().unwrap().clone()
}

fn named<'m>(modules: &'m [Value], kind: &str, name: &str) -> &'m Value {
    modules.iter().find(|module| module["kind"] == kind && module["name"] == name).unwrap()
}

#[tokio::test]
async fn modules_are_listed_with_their_parameters_and_words() {
    let modules = modules().await;
    let parcel = named(&modules, "module", "parcel.send");
    assert_eq!(parcel["parameters"]["properties"]["to"]["type"], "string");
    assert_eq!(parcel["effect"], "outside");
    assert_eq!(parcel["title"], "Send a parcel");
    assert_eq!(parcel["app"]["title"], "Parcels");
    assert_eq!(parcel["aliases"], json!(["post:sendParcel"]));
    assert_eq!(parcel["i18n"]["zh-TW"]["parameters"]["to"]["title"], "收件人");
}

#[tokio::test]
async fn flow_steps_and_triggers_are_listed_with_schemas_that_stand_on_their_own() {
    let modules = modules().await;
    let route = named(&modules, "flow", "route");
    assert!(route["parameters"]["$defs"]["branch"].is_object());
    let schedule = named(&modules, "trigger", "schedule");
    assert!(schedule["parameters"]["$defs"]["duration"].is_object());
    assert!(!schedule["summary"].as_str().unwrap().is_empty());
    // Two of one name, told apart by their kinds.
    assert_ne!(named(&modules, "flow", "call")["parameters"], named(&modules, "trigger", "call")["parameters"]);
    // What nobody has given a face is called by its name.
    assert_eq!(schedule["title"], "schedule");
}

#[tokio::test]
async fn a_browser_gets_the_list_compressed_and_once() {
    let site = Site::start().await;
    let client = reqwest::Client::builder().no_gzip().build().unwrap();
    let asked = |coding: &str| {
        let get = client.get(format!("{}/api/v1/modules", site.base)).bearer_auth(TOKEN);
        get.header("accept-encoding", coding)
    };
    let packed = asked("gzip").send().await.unwrap();
    assert_eq!(packed.headers()["content-encoding"], "gzip");
    let tag = packed.headers()["etag"].clone();
    let mut text = String::new();
    GzDecoder::new(&*packed.bytes().await.unwrap()).read_to_string(&mut text).unwrap();
    let plain = asked("identity").send().await.unwrap();
    assert_ne!(plain.headers()["etag"], tag);
    assert_eq!(plain.text().await.unwrap(), text);
    let again = asked("gzip").header("if-none-match", tag).send().await.unwrap();
    assert_eq!(again.status(), 304);
}
