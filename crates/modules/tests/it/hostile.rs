//! Far sides that mean no good, or are broken: what their status says counts, and nothing they send is held without bound.

use crate::server::{Reply, Server, raw, reply, stalled};
use crate::step::{modules, step};
use modules::Options;
use run::call::Outcome;
use run::error::{Recovery, StepError};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// How long a step may take that is answered at once.
const AMPLE: Duration = Duration::from_secs(20);

/// How long one may take that is never answered in full.
const SHORT: Duration = Duration::from_secs(1);

/// A step of this module that calls a server which always answers so.
async fn call(
    module: &str,
    answer: impl Fn() -> Reply + Send + Sync + 'static,
    timeout: Duration,
    more: Value,
) -> Result<Outcome, StepError> {
    let server = Server::start(move |_| answer()).await;
    let mut parameters = json!({ "url": server.url("/in") });
    parameters.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let (all, host) = (modules("", &[], Options::default()), server.host());
    step(&all, module).author_host(&host).timeout(timeout).call(parameters).await
}

/// An answer whose body is announced to be a gigabyte.
fn endless(status: u16) -> Reply {
    let head = format!("HTTP/1.1 {status} Reason\r\nretry-after: 7\r\ncontent-length: 1073741824\r\n\r\n");
    raw([head.as_bytes(), &vec![b'x'; 4 << 20]].concat())
}

/// An answer that never ends behind its head.
fn unfinished(status: u16) -> Reply {
    stalled(format!("HTTP/1.1 {status} Reason\r\ncontent-length: 10\r\n\r\nabc"))
}

/// An answer that breaks off behind its head, or is not what that says.
fn broken() -> [fn(u16) -> Reply; 3] {
    [
        |status| raw(format!("HTTP/1.1 {status} Reason\r\ncontent-length: 10\r\n\r\nabc")),
        |status| raw(format!("HTTP/1.1 {status} Reason\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n")),
        |status| raw(format!("HTTP/1.1 {status} Reason\r\ncontent-encoding: gzip\r\ncontent-length: 3\r\n\r\nabc")),
    ]
}

#[tokio::test]
async fn d4_a_webhook_that_was_taken_is_not_sent_again_for_the_body_of_the_answer() {
    let outcome = call("webhook.send", || endless(200), AMPLE, json!({ "text": "x" })).await.unwrap();
    assert_eq!(outcome.output["status"], 200);
    for answer in broken() {
        let outcome = call("webhook.send", move || answer(202), AMPLE, json!({ "text": "x" })).await.unwrap();
        assert_eq!(outcome.output["status"], 202);
    }
}

#[tokio::test]
async fn d4_what_may_be_tried_again_is_whatever_the_body_of_the_refusal() {
    for module in ["webhook.send", "http.request"] {
        let error = call(module, || endless(503), AMPLE, json!({})).await.unwrap_err();
        assert_eq!((error.code.as_str(), error.status, error.retry_after), ("http_status", Some(503), Some(7_000)));
        assert_eq!(error.recovery, Recovery::Retry, "{module}");
        assert!(error.message.len() < 1_000, "{module}");
        for answer in broken() {
            let error = call(module, move || answer(503), AMPLE, json!({})).await.unwrap_err();
            assert_eq!((error.code.as_str(), error.status), ("http_status", Some(503)), "{module}");
        }
    }
    let error = call("http.request", || endless(404), AMPLE, json!({ "response": "file" })).await.unwrap_err();
    assert_eq!((error.code.as_str(), error.recovery), ("http_status", Recovery::Permanent));
}

#[tokio::test]
async fn d4_what_the_status_says_counts_though_the_body_never_ends() {
    let (taken, refused, read) = tokio::join!(
        call("webhook.send", || unfinished(202), SHORT, json!({ "text": "x" })),
        call("http.request", || unfinished(503), SHORT, json!({})),
        call("http.request", || unfinished(200), SHORT, json!({})),
    );
    assert_eq!(taken.unwrap().output["body"], "YWJj", "what came of it, in base64 as it has no type");
    let code = |told: Result<Outcome, StepError>| told.map(|outcome| outcome.output).map_err(|error| error.code);
    assert_eq!((code(refused), code(read)), (Err("http_status".to_owned()), Err("timeout".to_owned())));
}

/// What an author reads of an answer is all of it, or an error.
#[tokio::test]
async fn what_is_no_error_is_never_cut() {
    let error = call("http.request", || endless(200), AMPLE, json!({})).await.unwrap_err();
    assert_eq!(error.code, "too_large");
    let error = call("http.request", || endless(404), AMPLE, json!({ "errors": "never" })).await.unwrap_err();
    assert_eq!(error.code, "too_large");
    for answer in broken() {
        let error = call("http.request", move || answer(200), AMPLE, json!({})).await.unwrap_err();
        assert_eq!(error.code, "connection_lost", "{error:?}");
    }
}

#[tokio::test]
async fn s6_heads_without_end_are_not_held() {
    let fields = || raw(format!("HTTP/1.1 200 Reason\r\n{}\r\n", "x-a: 1\r\n".repeat(100_000)));
    let field = || raw(format!("HTTP/1.1 200 Reason\r\nx-a: {}", "1".repeat(8 << 20)));
    let began = Instant::now();
    for module in ["webhook.send", "http.request"] {
        for answer in [fields, field] {
            let error = call(module, answer, AMPLE, json!({})).await.unwrap_err();
            assert_eq!((error.recovery, error.status), (Recovery::Retry, None), "{error:?}");
        }
    }
    assert!(began.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn pauses_that_mean_nothing_are_none() {
    for (asked, expected) in [
        ("1e9", None),
        ("-5", None),
        ("Fri, 31 Feb 2027 00:00:00 GMT", None),
        ("0x10", None),
        ("99999999999999999999999", None),
        ("Sun, 22 Nov 1926 00:00:00 GMT", Some(0)),
        ("1000000000", Some(1_000_000_000_000)),
    ] {
        let answer = move || reply(503, &[("retry-after", asked)], "");
        let error = call("webhook.send", answer, AMPLE, json!({})).await.unwrap_err();
        assert_eq!(error.retry_after.unwrap_or(0), expected.unwrap_or(0), "{asked}");
        assert_eq!(error.recovery, Recovery::Retry, "{asked}");
    }
}
