//! `/hook/…`, where a caller does not do as it said.

use crate::site::{HELLO, Site};
use scenario::plan::Trigger;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use triggers::webhook::hooks::{Hook, Hooks};

/// A site whose scenario `hello` is called at `/hook/hello`.
async fn site() -> Site {
    let site = Site::start().await;
    site.shelf.drop_in("hello", HELLO);
    let deployment = site.engine().deployment(&"hello".parse().unwrap()).unwrap();
    let Trigger::Webhook(webhook) = &deployment.plan.triggers[0] else { panic!("a webhook") };
    let hook = Hook::new(Arc::clone(&deployment), webhook).unwrap();
    site.hooks.replace(Hooks::build(vec![("hello".parse().unwrap(), hook)]).0);
    site
}

async fn say(site: &Site, text: &str) -> String {
    let mut stream = TcpStream::connect(site.base.trim_start_matches("http://")).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = vec![0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn w8_a_body_that_does_not_come_is_not_waited_for() {
    let site = site().await;
    let head = "POST /hook/hello HTTP/1.1\r\nhost: x\r\ncontent-length: 20\r\n\r\n{\"a\":";
    assert_eq!(say(&site, head).await, "HTTP/1.1 408");
}

#[tokio::test]
async fn w6_a_chunked_body_is_cut_at_the_limit() {
    let site = site().await;
    let head = "POST /hook/hello HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n";
    let chunk = format!("{head}{:x}\r\n{}\r\n", 2 * 1024 * 1024, "x".repeat(2 * 1024 * 1024));
    assert_eq!(say(&site, &chunk).await, "HTTP/1.1 413");
}

#[tokio::test]
async fn w13_head_and_options_start_nothing() {
    let site = site().await;
    for method in ["HEAD", "OPTIONS"] {
        let answer = site.request(method, "/hook/hello").send().await.unwrap();
        assert_eq!(answer.status(), 405, "{method}");
        assert_eq!(answer.headers()["allow"], "POST");
    }
    assert_eq!(site.get("/runs").await["items"].as_array().unwrap().len(), 0);
}
