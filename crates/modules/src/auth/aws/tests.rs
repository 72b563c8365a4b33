//! The vectors that Amazon publishes: its test suite for Signature Version 4, and the examples of the S3 API reference
//! ("Authenticating Requests: Using the Authorization Header").

use super::*;
use bytes::Bytes;
use reqwest::Method;

/// 2015-08-30T12:36:00Z.
const SUITE: Millis = 1_440_938_160_000;

/// 2013-05-24T00:00:00Z.
const S3: Millis = 1_369_353_600_000;

fn signature(keys: &Keys, now: Millis, line: &str, headers: &[(&'static str, &str)], body: &'static str) -> String {
    let (method, url) = line.split_once(' ').unwrap();
    let headers = headers.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
    let mut request = Outgoing {
        method: method.parse::<Method>().unwrap(),
        url: Url::parse(url).unwrap(),
        headers: headers.collect(),
        body: Bytes::from_static(body.as_bytes()).into(),
    };
    keys.sign(&mut request, now).unwrap();
    let value = request.headers[header::AUTHORIZATION].to_str().unwrap();
    assert!(request.headers[header::AUTHORIZATION].is_sensitive());
    value.rsplit_once("Signature=").unwrap().1.to_owned()
}

fn keys(key_id: &str, secret: &str, service: &str) -> Keys {
    let (secret, region) = (Secret::new(secret), "us-east-1".to_owned());
    Keys { key_id: key_id.to_owned(), secret, session_token: None, service: service.to_owned(), region }
}

#[test]
fn the_suites_requests_are_signed_as_published() {
    let check = |service: &str, line: &str, headers: &[(&'static str, &str)], body, expected: &str| {
        let keys = keys("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", service);
        assert_eq!(signature(&keys, SUITE, line, headers, body), expected, "{line}");
    };
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let first = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";
    check("service", "GET https://example.amazonaws.com/", &[], "", first);
    // What is not signed may differ.
    check("service", "GET https://example.amazonaws.com/", &[("user-agent", "x")], "", first);
    let order = "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500";
    check("service", "GET https://example.amazonaws.com/?Param2=value2&Param1=value1", &[], "", order);
    let post = "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b";
    check("service", "POST https://example.amazonaws.com/", &[], "", post);
    let posted = "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a";
    check("service", "POST https://example.amazonaws.com/", &form, "Param1=value1", posted);
    let iam = [("content-type", "application/x-www-form-urlencoded; charset=utf-8")];
    let users = "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7";
    check("iam", "GET https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08", &iam, "", users);
}

#[test]
fn requests_to_s3_are_signed_as_published() {
    let check = |line: &str, headers: &[(&'static str, &str)], body, expected: &str| {
        let keys = keys("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "s3");
        let line = line.replace(" /", " https://examplebucket.s3.amazonaws.com/");
        assert_eq!(signature(&keys, S3, &line, headers, body), expected, "{line}");
    };
    let range = "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41";
    check("GET /test.txt", &[("range", "bytes=0-9")], "", range);
    let put = [("date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY")];
    let written = "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd";
    check("PUT /test%24file.text", &put, "Welcome to Amazon S3.", written);
    check("PUT /test$file.text", &put, "Welcome to Amazon S3.", written);
    check("GET /?lifecycle", &[], "", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
    check("GET /?max-keys=2&prefix=J", &[], "", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

#[test]
fn credentials_of_a_session_say_so_and_show_nothing() {
    let mut keys = keys("AKIDEXAMPLE", "cAnAry-secret", "sqs");
    keys.session_token = Some(Secret::new("cAnAry-session"));
    let url = Url::parse("https://sqs.us-east-1.amazonaws.com/").unwrap();
    let mut request =
        Outgoing { method: Method::POST, url, headers: HeaderMap::new(), body: Bytes::from_static(b"{}").into() };
    keys.sign(&mut request, SUITE).unwrap();
    assert!(request.headers["x-amz-security-token"].is_sensitive());
    assert!(request.headers[header::AUTHORIZATION].to_str().unwrap().contains(";x-amz-security-token,"));
    assert!(!format!("{keys:?} {request:?}").contains("cAnAry"));
}
