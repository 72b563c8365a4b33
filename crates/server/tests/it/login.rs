//! `/login` and `/logout`; what is asked at the first start is in `setup.rs`.

use crate::site::{Site, TOKEN, problem, refused};
use reqwest::{Response, StatusCode};

async fn with_token(site: &Site, token: &str) -> Response {
    site.request("POST", "/login").form(&[("token", token)]).send().await.unwrap()
}

fn cookie(answer: &Response) -> &str {
    answer.headers()["set-cookie"].to_str().unwrap()
}

#[tokio::test]
async fn the_link_opens_a_session_once() {
    let site = Site::start().await;
    let link = site.app.new_login_link();
    assert!(link.starts_with(&format!("{}/login/", site.base)));
    let first = site.client.get(&link).send().await.unwrap();
    assert_eq!(first.status(), StatusCode::SEE_OTHER);
    assert_eq!(first.headers()["location"], "/");
    assert!(cookie(&first).contains("HttpOnly") && cookie(&first).contains("SameSite=Lax"), "{}", cookie(&first));
    let second = site.client.get(&link).send().await.unwrap();
    assert_eq!(second.status(), StatusCode::UNAUTHORIZED);
    assert!(!second.headers().contains_key("set-cookie"));
}

#[tokio::test]
async fn a_look_at_the_links_head_does_not_use_it() {
    let site = Site::start().await;
    let link = site.app.new_login_link();
    site.client.head(&link).send().await.unwrap();
    assert_eq!(site.client.get(&link).send().await.unwrap().status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_token_opens_a_session_that_reads_the_api() {
    let site = Site::start().await;
    let answer = with_token(&site, TOKEN).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(answer.headers()["location"], "/");
    let session = cookie(&answer).split(';').next().unwrap().to_owned();
    let read = site.request("GET", "/api/v1/scenarios").header("cookie", session).send().await.unwrap();
    assert_eq!(read.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_wrong_token_opens_nothing() {
    let site = Site::start().await;
    let answer = with_token(&site, "wrong").await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert!(!answer.headers().contains_key("set-cookie"));
    assert!(answer.text().await.unwrap().contains("not valid"));
}

#[tokio::test]
async fn a5_ten_wrong_tries_have_to_wait() {
    let site = Site::start().await;
    for _ in 0..5 {
        assert_eq!(with_token(&site, "wrong").await.status(), StatusCode::UNAUTHORIZED);
        let code = site.request("GET", "/login/wrong").send().await.unwrap();
        assert_eq!(code.status(), StatusCode::UNAUTHORIZED);
    }
    let answer = with_token(&site, TOKEN).await;
    let wait: u64 = answer.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=15 * 60).contains(&wait));
    problem(answer, 429, "too_many_tries").await;
    site.get("/scenarios").await;
}

#[tokio::test]
async fn logging_out_ends_the_session() {
    let site = Site::start().await;
    let session = site.log_in().await;
    let logout = site.request("POST", "/logout").header("cookie", &session).header("sec-fetch-site", "same-origin");
    let answer = logout.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert!(cookie(&answer).contains("Max-Age=0"), "{}", cookie(&answer));
    refused(site.request("GET", "/api/v1/scenarios").header("cookie", &session), 401, "unauthorized").await;
}

#[tokio::test]
async fn a4_behind_tls_the_cookie_insists_on_it() {
    let site = Site::start_with(server::Assets::new(|_| None), "https").await;
    let answer = with_token(&site, TOKEN).await;
    assert!(cookie(&answer).starts_with("__Host-hookmill-"), "{}", cookie(&answer));
    for part in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie(&answer).contains(part), "{part}: {}", cookie(&answer));
    }
    assert!(!cookie(&answer).contains("Domain"));
    assert_eq!(answer.headers()["strict-transport-security"], "max-age=31536000");
}

#[tokio::test]
async fn cve_2025_49592_no_login_redirects_anywhere_but_home() {
    let site = Site::start().await;
    let elsewhere = ["https://evil.example", "//evil.example", "/\\evil.example", "/%09/evil.example", "javascript:1"];
    for target in elsewhere {
        for name in ["redirect", "next", "returnTo", "url"] {
            let request =
                site.request("POST", "/login").query(&[(name, target)]).form(&[("token", TOKEN), (name, target)]);
            let answer = request.send().await.unwrap();
            assert_eq!(answer.headers()["location"], "/", "{name}={target}");
            let link = format!("/login/{}", site.app.new_login_code());
            let answer = site.request("GET", &link).query(&[(name, target)]).send().await.unwrap();
            assert_eq!(answer.headers()["location"], "/", "{name}={target}");
        }
    }
}
