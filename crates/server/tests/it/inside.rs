//! Requests that do not come over a wire: they are held to the bounds of all others.

use crate::gateway::site_with;
use crate::site::Site;
use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use server::{Bodies, Gateway};
use std::time::Duration;
use triggers::webhook::intake::Intake;

/// A site whose webhook `hello` has one more key, and its gateway.
async fn gateway(key: &str) -> (Site, Gateway) {
    let site = site_with(key).await;
    let gateway = site.gateway.clone();
    (site, gateway)
}

/// The status that a run's call gets.
async fn call(gateway: &Gateway, headers: &[(&str, &[u8])], body: Vec<u8>) -> u16 {
    let answer = gateway.call("POST", "/hook/hello", headers, Bytes::from(body));
    tokio::time::timeout(Duration::from_secs(20), answer).await.unwrap().status
}

#[tokio::test]
async fn w6_calls_of_own_hooks_are_held_to_the_bounds_of_bodies() {
    let json: &[(&str, &[u8])] = &[("content-type", b"application/json")];
    let (_site, bounded) = gateway("max_body: 1kb").await;
    assert_eq!(call(&bounded, json, b"{}".to_vec()).await, 200);
    assert_eq!(call(&bounded, json, vec![b'1'; 1_100]).await, 413);
    let (_site, unbounded) = gateway("max_body: 100mb").await;
    assert_eq!(call(&unbounded, json, vec![b'1'; (1 << 20) + 1]).await, 413, "the gateway's bound is 1 MiB");
    let full = Gateway { bodies: Bodies::of(100), ..unbounded };
    assert_eq!(call(&full, json, b"{}".to_vec()).await, 200);
    assert_eq!(call(&full, json, vec![b'1'; 101]).await, 503);
    assert_eq!(call(&full, json, vec![b'1'; 20]).await, 200, "room is given back");
}

#[tokio::test]
async fn p5_what_a_run_says_of_proxies_is_not_believed() {
    let (_site, gateway) = gateway("verify: { square: \"It's a secret\" }").await;
    let mut proxies = gateway.intake.proxies.clone();
    proxies.trusted = vec!["127.0.0.0/8".parse().unwrap()];
    let gateway = Gateway { intake: Intake { proxies, ..gateway.intake.clone() }, ..gateway };
    let status = async |base: &str| {
        let text = format!("{base}/hook/hello{{}}");
        let signature = STANDARD.encode(sign(&Key::new(HMAC_SHA256, b"It's a secret"), text.as_bytes()));
        let headers: &[(&str, &[u8])] = &[
            ("content-type", b"application/json"),
            ("x-square-hmacsha256-signature", signature.as_bytes()),
            ("x-forwarded-host", b"other.example"),
            ("x-forwarded-proto", b"https"),
        ];
        call(&gateway, headers, b"{}".to_vec()).await
    };
    assert_eq!(status("https://other.example").await, 401);
    assert_eq!(status(&gateway.intake.public.listening).await, 200);
}

#[tokio::test]
async fn x7_circles_of_hooks_end_at_the_gateway() {
    let (site, gateway) = gateway("max_body: 1kb").await;
    for (depth, expected) in [("16", 200), ("17", 508)] {
        assert_eq!(call(&gateway, &[("hookmill-depth", depth.as_bytes())], Vec::new()).await, expected, "{depth}");
        // From another server the same.
        let answer = site.request("POST", "/hook/hello").header("hookmill-depth", depth).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), expected, "{depth}");
    }
}
