//! `/hook/…`, where a caller does not do as it said.

use crate::site::{HELLO, Site};
use scenario::plan::Trigger;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use triggers::webhook::hooks::{Hook, Hooks};

/// A site whose scenario `hello` is called at `/hook/hello`.
pub(crate) async fn site() -> Site {
    site_of(HELLO).await
}

/// A site of this scenario, whose webhook is at `/hook/hello`.
pub(crate) async fn site_of(text: &str) -> Site {
    let site = Site::start().await;
    site.shelf.drop_in("hello", text);
    let deployment = site.engine().deployment(&"hello".parse().unwrap()).unwrap();
    let Trigger::Webhook(webhook) = &deployment.plan.triggers[0] else { panic!("a webhook") };
    let hook = Hook::new(webhook.path.as_deref().unwrap(), Arc::clone(&deployment), webhook).unwrap();
    site.hooks.replace(Hooks::build(vec![("hello".parse().unwrap(), hook)]).0);
    site
}

/// HELLO with one more key of its webhook.
pub(crate) async fn site_with(key: &str) -> Site {
    site_of(&HELLO.replace("    methods:", &format!("    {key}\n    methods:"))).await
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
async fn w13_head_and_options_are_answered_and_start_nothing() {
    let site = site().await;
    let answer = site.request("HEAD", "/hook/hello").send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let answer = site.request("OPTIONS", "/hook/hello").send().await.unwrap();
    assert_eq!((answer.status().as_u16(), &answer.headers()["allow"]), (204, &"POST, HEAD, OPTIONS".parse().unwrap()));
    let asked = site.request("OPTIONS", "/hook/hello").header("webhook-request-origin", "events.example.net");
    let answer = asked.header("webhook-request-rate", "120").send().await.unwrap();
    assert_eq!(answer.headers()["webhook-allowed-origin"], "events.example.net");
    assert_eq!(answer.headers()["webhook-allowed-rate"], "*");
    for method in ["TRACE", "GET", "PUT"] {
        let answer = site.request(method, "/hook/hello").send().await.unwrap();
        assert_eq!((answer.status().as_u16(), &answer.headers()["allow"]), (405, &"POST".parse().unwrap()), "{method}");
    }
    assert_eq!(site.get("/runs").await["items"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn w12_unknown_paths_are_answered_alike() {
    let site = site().await;
    let mut told = Vec::new();
    for path in ["nothing", "hellp", "hello/x", "a%2Fb", "%ff", &"x".repeat(4_000)] {
        let answer = site.request("POST", &format!("/hook/{path}")).body("{}").send().await.unwrap();
        assert_eq!(answer.status(), 404, "{path}");
        let mut headers: Vec<_> = answer.headers().keys().map(ToString::to_string).collect();
        headers.sort();
        told.push((headers, answer.text().await.unwrap()));
    }
    assert!(told.iter().all(|one| *one == told[0]), "{told:?}");
    assert_eq!(site.request("HEAD", "/hook/nothing").send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn w12_no_answer_has_a_browser_pass_the_path_on() {
    let site = site().await;
    for (method, path) in [("POST", "/hook/hello"), ("HEAD", "/hook/hello"), ("PUT", "/hook/hello"), ("GET", "/hook/x")]
    {
        let answer = site.request(method, path).send().await.unwrap();
        assert_eq!(answer.headers()["referrer-policy"], "no-referrer", "{method} {path}");
    }
}

#[tokio::test]
async fn w8_more_header_fields_than_are_taken() {
    let site = site().await;
    let head =
        |fields: String| format!("POST /hook/hello HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n{fields}\r\n{{}}");
    let many = |count: usize| (0..count).map(|n| format!("x-{n}: 1\r\n")).collect::<String>();
    let long = |bytes: usize| format!("x-long: {}\r\n", "x".repeat(bytes));
    assert_eq!(say(&site, &head(format!("{}{}", many(80), long(60_000)))).await, "HTTP/1.1 200");
    for fields in [many(101), long(66_000), long(200_000)] {
        assert_eq!(say(&site, &head(fields)).await, "HTTP/1.1 431");
    }
}

#[tokio::test]
async fn a7_a_page_of_a_listed_site_may_call_and_read_the_answer() {
    let site = site_with("cors: [https://shop.example.com]").await;
    let ask = |origin: &str| {
        let asked = site.request("OPTIONS", "/hook/hello").header("origin", origin);
        asked.header("access-control-request-method", "POST").send()
    };
    let told = ask("https://shop.example.com").await.unwrap();
    assert_eq!(told.status(), 204);
    assert_eq!(told.headers()["access-control-allow-origin"], "https://shop.example.com");
    assert_eq!(told.headers()["access-control-allow-methods"], "POST");
    for origin in ["https://evil.example", "null"] {
        assert!(!ask(origin).await.unwrap().headers().contains_key("access-control-allow-origin"), "{origin}");
    }
    for (body, status) in [("{}", 200), ("{", 400)] {
        let sent = site.request("POST", "/hook/hello").header("origin", "https://shop.example.com");
        let answer = sent.header("content-type", "application/json").body(body).send().await.unwrap();
        assert_eq!(answer.status(), status);
        assert_eq!(answer.headers()["access-control-allow-origin"], "https://shop.example.com");
        assert_eq!(answer.headers()["vary"], "Origin");
        assert!(!answer.headers().contains_key("access-control-allow-credentials"));
    }
}

#[tokio::test]
async fn w14_a_webhook_takes_no_more_than_its_rate() {
    let site = site_with("rate: 3/1h").await;
    for _ in 0..3 {
        assert_eq!(site.request("POST", "/hook/hello").body("{}").send().await.unwrap().status(), 200);
    }
    let answer = site.request("POST", "/hook/hello").body("{}").send().await.unwrap();
    assert_eq!(answer.status(), 429);
    let wait: u32 = answer.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1_000..=1_200).contains(&wait), "{wait}");
    assert_eq!(site.get("/runs").await["items"].as_array().unwrap().len(), 3);
}

/// The tide of what is sent and the bound of what it comes to are the same for a compressed body.
#[tokio::test]
async fn w7_compressed_bodies_through_the_gateway() {
    let site = site().await;
    let send = |encoding: &'static str, body: &'static [u8]| {
        let sent = site.request("POST", "/hook/hello").header("content-type", "application/json");
        sent.header("content-encoding", encoding).body(body).send()
    };
    // `{"a":1}` by `gzip -9`.
    const GZIP: &[u8] =
        b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\xab\x56\x4a\x54\xb2\x32\xac\x05\x00\xaf\xac\x1b\x56\x07\x00\x00\x00";
    assert_eq!(send("gzip", GZIP).await.unwrap().status(), 200);
    assert_eq!(send("gzip", b"{\"a\":1}").await.unwrap().status(), 400);
    assert_eq!(send("compress", GZIP).await.unwrap().status(), 415);
    assert_eq!(send("gzip, gzip", GZIP).await.unwrap().status(), 415);
}
