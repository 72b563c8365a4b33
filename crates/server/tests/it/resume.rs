//! `/resume/{token}`

use crate::site::{Site, answer, ok, problem, refused};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const APPROVAL: &str = "\
name: Approval
trigger: { manual: {} }
steps:
  - id: approval
    wait_for:
      title: \"Refund {{ trigger.body.order }}?\"
      text: \"{{ trigger.body.text }}\"
      fields:
        reason: { type: long_text, label: Why, required: true }
        amount: number
        day: date
        size: { options: [S, \"\\\"><script>\"] }
        sure: { type: boolean, label: \"<b>Sure</b>\", required: true }
      choices: [approve, reject]
      methods: [POST, PUT]
  - return: \"{{ approval }}\"
";

const CALLBACK: &str = "trigger: { manual: {} }\nsteps:\n  - id: back\n    wait_for: {}\n  - return: \"{{ back }}\"\n";

/// A run that waits, and the path of its link.
async fn waiting(site: &Site, text: &str, input: Value) -> (String, String) {
    site.shelf.drop_in("approval", text);
    let run = site.run_until("approval", &input, "waiting").await;
    let step = run["steps"].as_array().unwrap().iter().find(|step| step.get("resume_url").is_some()).unwrap();
    assert!(step["until"].as_i64() > run["created"].as_i64());
    let url = step["resume_url"].as_str().unwrap();
    (run["id"].as_str().unwrap().to_owned(), url.strip_prefix(&site.base).unwrap().to_owned())
}

fn refund() -> Value {
    json!({ "order": "A1", "text": "Two lines\nof <i>text</i>" })
}

fn person(request: RequestBuilder) -> RequestBuilder {
    request.header("accept", "text/html,application/xhtml+xml,*/*;q=0.8")
}

async fn page(request: RequestBuilder, status: u16) -> String {
    let answer = person(request).send().await.unwrap();
    let (got, media_type) = (answer.status(), answer.headers()["content-type"].clone());
    let text = answer.text().await.unwrap();
    assert_eq!((got.as_u16(), media_type.to_str().unwrap()), (status, "text/html; charset=utf-8"), "{text}");
    text
}

#[tokio::test]
async fn a_person_fills_the_form_in_once() {
    let site = Site::start().await;
    let (id, path) = waiting(&site, APPROVAL, refund()).await;
    let form = [("reason", "It broke"), ("amount", "12.5"), ("sure", "on"), ("size", "S"), ("choice", "approve")];
    let send = || person(site.request("POST", &path)).form(&form);
    let thanks = page(send(), 200).await;
    assert!(thanks.contains("Thank you"), "{thanks}");
    let run = site.run_is(&id, "succeeded").await;
    let step = &run["steps"][0];
    let output = &step["output"];
    for (name, value) in [
        ("reason", json!("It broke")),
        ("amount", json!(12.5)),
        ("day", Value::Null),
        ("size", json!("S")),
        ("sure", json!(true)),
        ("choice", json!("approve")),
        ("by", Value::Null),
        ("ip", json!("127.0.0.1")),
        ("method", json!("POST")),
        ("query", json!({})),
    ] {
        assert_eq!(output[name], value, "{name}: {output}");
    }
    assert_eq!(output["body"]["amount"], "12.5");
    assert!(output["at"].as_str().unwrap().ends_with('Z'), "{output}");
    assert!(step["answered"]["at"].as_i64().is_some() && step["answered"]["by"].is_null(), "{step}");
    assert_eq!(step.get("resume_url"), None);
    assert!(page(send(), 410).await.contains("answered before"));
    problem(site.request("POST", &path).form(&form).send().await.unwrap(), 410, "gone").await;
    assert!(page(site.request("GET", &path), 410).await.contains("answered before"));
}

#[tokio::test]
async fn to_look_is_not_to_answer() {
    let site = Site::start().await;
    let (id, path) = waiting(&site, APPROVAL, refund()).await;
    let query = format!("{path}?choice=approve&reason=x&sure=on");
    page(site.request("GET", &query), 200).await;
    let asked = ok(site.request("GET", &query)).await;
    assert_eq!((&asked["title"], &asked["choices"]), (&json!("Refund A1?"), &json!(["approve", "reject"])));
    assert_eq!(asked["fields"][3]["type"], "choice");
    assert_eq!(site.request("HEAD", &path).send().await.unwrap().status(), StatusCode::OK);
    let options = site.request("OPTIONS", &path).send().await.unwrap();
    assert_eq!(
        (options.status().as_u16(), &options.headers()["allow"]),
        (204, &"GET, HEAD, OPTIONS, POST, PUT".parse().unwrap())
    );
    let refused = site.request("DELETE", &path).send().await.unwrap();
    assert_eq!(refused.headers()["allow"], "GET, HEAD, OPTIONS, POST, PUT");
    problem(refused, 405, "method_not_allowed").await;
    assert_eq!(site.get(&format!("/runs/{id}")).await["status"], "waiting");
}

#[tokio::test]
async fn a_get_answers_only_where_it_is_wanted_and_nothing_is_asked() {
    let site = Site::start().await;
    let asks = CALLBACK.replace("{}\n  - return", "{ methods: [GET], choices: [yes] }\n  - return");
    let (_, path) = waiting(&site, &asks, json!({})).await;
    page(site.request("GET", &path), 200).await;
    let wants = CALLBACK.replace("{}\n  - return", "{ methods: [GET, POST] }\n  - return");
    let (id, path) = waiting(&site, &wants, json!({})).await;
    page(site.request("GET", &path).header("sec-purpose", "prefetch;prerender"), 200).await;
    site.request("HEAD", &path).send().await.unwrap();
    assert_eq!(site.get(&format!("/runs/{id}")).await["status"], "waiting");
    page(site.request("GET", &format!("{path}?a=1&a=2")), 200).await;
    let run = site.run_is(&id, "succeeded").await;
    assert_eq!(run["steps"][0]["output"]["query"], json!({ "a": ["1", "2"] }));
}

#[tokio::test]
async fn what_is_wrong_is_said_at_its_field_and_nothing_is_lost() {
    let site = Site::start().await;
    let (id, path) = waiting(&site, APPROVAL, refund()).await;
    let form = [("reason", ""), ("amount", "<much>"), ("day", "2026-02-30"), ("sure", "on"), ("choice", "maybe")];
    let html = page(site.request("POST", &path).form(&form), 422).await;
    for part in [
        "role=\"alert\"",
        "id=\"f0\" name=\"reason\" autocomplete=\"off\" required aria-invalid=\"true\" aria-describedby=\"e0\" autofocus",
        "id=\"e0\">This must be filled in.</p>",
        "value=\"&lt;much&gt;\"",
        "id=\"e1\">This is no number.</p>",
        "value=\"2026-02-30\"",
        "required checked>",
        "Choose one of approve, reject.",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    let refused = refused(site.request("POST", &path).json(&json!({ "sure": true })), 422, "invalid_answer").await;
    let paths: Vec<_> = refused["reasons"].as_array().unwrap().iter().map(|reason| &reason["path"]).collect();
    assert_eq!(paths, ["/reason", "/choice"]);
    assert_eq!(site.get(&format!("/runs/{id}")).await["status"], "waiting");
}

#[tokio::test]
async fn programs_answer_with_anything_that_can_be_read() {
    let site = Site::start().await;
    let answers: [(&str, &str, Value); 5] = [
        ("application/json", r#"{"paid":[1,{"a":null}]}"#, json!({ "paid": [1, { "a": null }] })),
        ("application/x-www-form-urlencoded", "a=1&b[]=2", json!({ "a": "1", "b": ["2"] })),
        ("text/plain", "paid", json!("paid")),
        (
            "multipart/form-data; boundary=x",
            "--x\r\ncontent-disposition: form-data; name=a\r\n\r\n1\r\n--x--\r\n",
            json!({ "a": "1" }),
        ),
        ("application/json", "", Value::Null),
    ];
    for (media_type, body, expected) in answers {
        let (id, path) = waiting(&site, CALLBACK, json!({})).await;
        let request = site.request("POST", &path).header("content-type", media_type).body(body);
        assert_eq!(ok(request).await, json!({ "resumed": true, "run": id }));
        assert_eq!(site.run_is(&id, "succeeded").await["steps"][0]["output"]["body"], expected, "{media_type}");
    }
    let (_, path) = waiting(&site, CALLBACK, json!({})).await;
    let broken = site.request("POST", &path).header("content-type", "application/json").body("{");
    assert_eq!(answer(broken, StatusCode::BAD_REQUEST).await["code"], "bad_json");
}

#[tokio::test]
async fn an_answer_has_a_mebibyte_at_most() {
    let site = Site::start().await;
    let (id, path) = waiting(&site, CALLBACK, json!({})).await;
    let send = |size: usize| site.request("POST", &path).header("content-type", "text/plain").body("x".repeat(size));
    let too_large = send((1 << 20) + 1).send().await.unwrap();
    assert_eq!(too_large.headers()["content-type"], "application/problem+json");
    assert_eq!(too_large.status(), StatusCode::PAYLOAD_TOO_LARGE);
    ok(send(1 << 20)).await;
    site.run_is(&id, "succeeded").await;
}

#[tokio::test]
async fn who_answered_is_recorded_where_it_is_certain() {
    let site = Site::start().await;
    let session = site.log_in().await;
    let with = |name: &'static str, value: &str| {
        let value = value.to_owned();
        move |request: RequestBuilder| request.header(name, value.clone())
    };
    let token = |request: RequestBuilder| request.bearer_auth(crate::site::TOKEN);
    let cookie = with("cookie", &session);
    let ours = with("sec-fetch-site", "same-origin");
    let theirs = with("sec-fetch-site", "cross-site");
    let foreign = with("authorization", "Bearer of-another-service");
    let ways: [(&dyn Fn(RequestBuilder) -> RequestBuilder, Value); 5] = [
        (&token, json!("admin")),
        (&|request| ours(cookie(request)), json!("admin")),
        (&|request| theirs(cookie(request)), Value::Null),
        (&|request| cookie(request), Value::Null),
        (&foreign, Value::Null),
    ];
    for (dress, expected) in ways {
        let (id, path) = waiting(&site, CALLBACK, json!({})).await;
        ok(dress(site.request("POST", &path))).await;
        let run = site.run_is(&id, "succeeded").await;
        assert_eq!(run["steps"][0]["output"]["by"], expected);
        assert_eq!(run["steps"][0]["answered"]["by"], expected);
    }
}

#[tokio::test]
async fn no_invented_link_leads_anywhere() {
    let site = Site::start().await;
    let (id, path) = waiting(&site, CALLBACK, json!({})).await;
    let unknown = page(site.request("POST", "/resume/wrong"), 404).await;
    let other = |character: &str| if character == "A" { "B" } else { "A" };
    let (first, last) = ("/resume/".len(), path.len() - 1);
    let forged = [
        format!("{}{}", &path[..last], other(&path[last..])),
        format!("{}{}{}", &path[..first], other(&path[first..=first]), &path[first + 1..]),
        path[..last].to_owned(),
        format!("{path}/"),
        format!("{path}A"),
        "/resume/".to_owned(),
        format!("/resume/{}", "A".repeat(4_000)),
        "/resume/%00%ff".to_owned(),
    ];
    for path in &forged {
        for method in ["GET", "POST", "PUT", "DELETE", "OPTIONS"] {
            assert_eq!(page(site.request(method, path), 404).await, unknown, "{method} {path}");
        }
        refused(site.request("POST", path), 404, "not_found").await;
    }
    assert_eq!(site.get(&format!("/runs/{id}")).await["status"], "waiting");
}

#[tokio::test]
async fn of_many_who_answer_at_once_one_is_heard() {
    let site = Site::start().await;
    let (id, path) = waiting(&site, CALLBACK, json!({})).await;
    let send = |n: usize| site.request("POST", &path).json(&json!({ "n": n })).send();
    let answers = futures_util::future::join_all((0..16).map(send)).await;
    let statuses: Vec<u16> = answers.into_iter().map(|answer| answer.unwrap().status().as_u16()).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| [200, 410].contains(status)), "{statuses:?}");
    site.run_is(&id, "succeeded").await;
}

#[tokio::test]
async fn what_others_wrote_cannot_act_on_the_page() {
    let site = Site::start().await;
    let evil = "</title></textarea><script>alert(1)</script><img src=x onerror=\"alert(1)\">'";
    let (_, path) = waiting(&site, APPROVAL, json!({ "order": evil, "text": evil })).await;
    let first = page(
        site.request("GET", &format!("{path}?reason={}&amount=%22%3E%3Cscript%3E", "%3C/textarea%3E%3Cscript%3E")),
        200,
    )
    .await;
    let form = [("reason", evil), ("amount", evil), ("size", evil), ("choice", evil)];
    let second = page(site.request("POST", &path).form(&form), 422).await;
    for html in [first, second] {
        for sign in ["<script", "<img", "<i>", "<b>", "onerror=\""] {
            assert!(!html.contains(sign), "{sign}: {html}");
        }
        assert_eq!(html.matches("</textarea>").count(), 1, "{html}");
        assert_eq!(html.matches("</title>").count(), 1, "{html}");
    }
}

#[tokio::test]
async fn the_page_keeps_the_link_to_itself() {
    let site = Site::start().await;
    let (_, path) = waiting(&site, APPROVAL, refund()).await;
    for (path, status) in [(path.as_str(), 200), ("/resume/wrong", 404)] {
        for accepted in ["text/html", "*/*"] {
            let answer = site.request("GET", path).header("accept", accepted).send().await.unwrap();
            assert_eq!(answer.status(), status);
            let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
            assert_eq!(header("referrer-policy"), "no-referrer");
            assert_eq!(header("cache-control"), "no-store");
            assert_eq!(header("x-robots-tag"), "noindex, nofollow");
            assert_eq!(header("x-content-type-options"), "nosniff");
            assert!(header("content-security-policy").contains("frame-ancestors 'none'"));
        }
    }
    let answer = person(site.request("GET", &path)).send().await.unwrap();
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    let html = answer.text().await.unwrap();
    let style = html.split_once("<style>").unwrap().1.split_once("</style>").unwrap().0;
    let digest = BASE64_STANDARD.encode(Sha256::digest(style));
    assert!(policy.contains(&format!("style-src 'sha256-{digest}'")), "{policy}");
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert!(!html.contains("style=") && !html.contains("http"), "{html}");
}

#[tokio::test]
async fn the_page_speaks_the_language_of_its_reader() {
    let site = Site::start().await;
    let (_, path) = waiting(&site, CALLBACK, json!({})).await;
    for (wanted, tag, send) in [
        ("zh-TW,zh;q=0.9,en;q=0.8", "lang=\"zh-Hant\"", ">送出<"),
        ("zh-CN", "lang=\"zh-Hans\"", ">提交<"),
        ("fr", "lang=\"en\"", ">Send<"),
    ] {
        let html = page(site.request("GET", &path).header("accept-language", wanted), 200).await;
        assert!(html.contains(tag) && html.contains(send), "{wanted}: {html}");
    }
}

#[tokio::test]
async fn nobody_is_waited_for_after_the_run_is_over() {
    let site = Site::start().await;
    let (id, path) = waiting(&site, CALLBACK, json!({})).await;
    site.api("POST", &format!("/runs/{id}/cancel")).send().await.unwrap();
    let run = site.get(&format!("/runs/{id}")).await;
    assert_eq!((&run["status"], run["steps"][0].get("resume_url")), (&json!("cancelled"), None));
    let gone = answer(site.request("POST", &path), StatusCode::GONE).await;
    assert_eq!(gone["code"], "gone");
}
