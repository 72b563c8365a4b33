//! Every type of connection says who it is as its far side asks for it, and shows nobody else.

use crate::server::{Reply, Seen, Server, reply};
use crate::step::{Given, NOW, files, modules, step};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use modules::Apps;
use modules::connections::probe::probe;
use modules::connections::{KINDS, types};
use modules::{Connections, Options};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

const PRIVATE: &str = include_str!("../../testdata/test-only-service-account-key.pem");
const PUBLIC: &str = include_str!("../../testdata/test-only-service-account-key.pub.pem");

/// Stands in every secret setting, and may stand nowhere else.
const CANARY: &str = "cAnAry-7f31c9d2e8b04a65-0123456789abcdef";

/// Tells back whatever it was told.
fn echo(seen: &Seen, status: u16) -> Reply {
    let mut told = json!({ "target": seen.target, "headers": seen.headers, "body": seen.text() });
    told["token"] = told["headers"]["authorization"].clone();
    reply(status, &[("content-type", "application/json"), ("x-told", seen.header("authorization"))], told.to_string())
}

async fn seen_of(settings: &str) -> Seen {
    let server = Server::start(|seen| echo(seen, 200)).await;
    let modules = modules(&format!("it: {{ base: '{}', {settings} }}", server.url("")), &[], Options::default());
    step(&modules, "http.request").connection("it").call(json!({ "url": "/x" })).await.unwrap();
    server.seen().pop().unwrap()
}

#[tokio::test]
async fn several_headers_go_with_every_call() {
    let seen = seen_of("type: headers, headers: { X-Api-Key: one-secret, X-App: another-one }").await;
    assert_eq!((seen.header("x-api-key"), seen.header("x-app")), ("one-secret", "another-one"));
    let form = seen_of(r#"type: headers, headers: '{"X-Api-Key":"one-secret"}'"#).await;
    assert_eq!(form.header("x-api-key"), "one-secret");
}

#[tokio::test]
async fn a_token_is_signed_for_every_call() {
    let check = async |settings: &str, algorithm: Algorithm, key: DecodingKey| {
        let seen =
            seen_of(&format!("type: jwt, {settings}, issuer: mill, audience: api, claims: {{ role: admin }}")).await;
        let token = seen.header("authorization").strip_prefix("Bearer ").unwrap();
        let mut validation = Validation::new(algorithm);
        validation.validate_exp = false; // the test has a clock of its own
        validation.set_audience(&["api"]);
        validation.set_issuer(&["mill"]);
        let claims = jsonwebtoken::decode::<Value>(token, &key, &validation).unwrap();
        let expected =
            json!({ "iss": "mill", "aud": "api", "role": "admin", "iat": NOW / 1000, "exp": NOW / 1000 + 60 });
        assert_eq!(claims.claims, expected);
        assert_eq!(claims.header.kid.as_deref(), Some("k1"));
    };
    let hs = format!("algorithm: HS256, key: {CANARY}, key_id: k1, lifetime: 1m");
    check(&hs, Algorithm::HS256, DecodingKey::from_secret(CANARY.as_bytes())).await;
    // As it comes out of a field of one line.
    let key = PRIVATE.replace('\n', " ");
    let rs = format!("algorithm: RS256, key: '{key}', key_id: k1, lifetime: 60s");
    check(&rs, Algorithm::RS256, DecodingKey::from_rsa_pem(PUBLIC.as_bytes()).unwrap()).await;
}

#[test]
fn what_does_not_sign_is_told_before_it_is_used() {
    let check = |settings: &str, expected: &str| {
        let read = Connections::parse(&format!("it: {{ {settings} }}"), &Given(BTreeMap::new()));
        let told = match read {
            Ok(connections) => connections.missing().iter().map(ToString::to_string).collect::<String>(),
            Err(problems) => problems.iter().map(ToString::to_string).collect(),
        };
        assert!(told.contains(expected) && !told.contains("hunter2"), "{settings}: {told}");
    };
    check("type: jwt, algorithm: none, key: hunter2", "is none that signs");
    check("type: jwt, algorithm: HS256, key: hunter2", "shorter than what the algorithm gives");
    check("type: jwt, algorithm: RS256, key: hunter2", "no private key (PEM)");
    check("type: jwt, algorithm: ES256, key: hunter2, lifetime: 2d", "is no duration");
    check("type: mtls, certificate: x, key: hunter2", "no certificate with its private key");
    check("type: headers, headers: { Connection: hunter2 }", "by which connections are run");
    check("type: headers, headers: { 'X Y': hunter2 }", "no header");
    check("type: aws_sigv4, key_id: a, secret: hunter2, service: 's3/x', region: r", "no word");
    check("type: oauth2, client_id: a, client_secret: hunter2", "it has no `token`");
    check("type: oauth2, token: 'https://x.example', client_id: a, grant: password", "no way to a token");
    check("type: google, client_id: a, service_account: { a: hunter2 }", "says nothing beside");
}

#[tokio::test]
async fn a_service_account_acts_for_a_person_of_its_domain() {
    let server =
        Server::start(|_| reply(200, &[], json!({ "access_token": "t-123456", "expires_in": 3600 }).to_string())).await;
    let key = json!({ "client_email": "robot@p.iam.gserviceaccount.com", "private_key": PRIVATE, "token_uri": server.url("/token") });
    let text = format!(
        "it: {{ type: google, service_account: '{key}', subject: ann@example.com, endpoint: '{}' }}",
        server.url("")
    );
    let modules = modules(&text, &[], Options::default());
    let parameters = json!({ "spreadsheet": "id-1", "sheet": "S", "row": ["a"] });
    let _ = step(&modules, "google_sheets.append").connection("it").call(parameters).await;
    let form: BTreeMap<String, String> = url::form_urlencoded::parse(&server.seen()[0].body).into_owned().collect();
    let mut validation = Validation::new(Algorithm::RS256);
    validation.validate_exp = false;
    validation.validate_aud = false;
    let key = DecodingKey::from_rsa_pem(PUBLIC.as_bytes()).unwrap();
    let claims = jsonwebtoken::decode::<Value>(&form["assertion"], &key, &validation).unwrap().claims;
    assert_eq!(
        (&claims["sub"], &claims["iss"]),
        (&json!("ann@example.com"), &json!("robot@p.iam.gserviceaccount.com"))
    );
}

/// An authority, and what it certifies under a name: certificate and key, PEM.
struct Authority {
    certificate: String,
    issuer: rcgen::Issuer<'static, rcgen::KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).unwrap().pem();
        Self { certificate, issuer: rcgen::Issuer::new(params, key) }
    }

    fn certify(&self, name: &str) -> (rcgen::Certificate, rcgen::KeyPair) {
        let key = rcgen::KeyPair::generate().unwrap();
        let params = rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap();
        (params.signed_by(&key, &self.issuer).unwrap(), key)
    }
}

/// A server that talks to those alone who have a certificate of this authority; gives its port.
async fn asks_for_a_certificate(authority: &Authority) -> u16 {
    let (certificate, key) = authority.certify("localhost");
    let mut roots = RootCertStore::empty();
    let mut text = authority.certificate.as_bytes();
    let root = rustls::pki_types::pem::PemObject::from_pem_reader(&mut text).unwrap();
    roots.add(root).unwrap();
    let verifier = WebPkiClientVerifier::builder(Arc::new(roots)).build().unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder().with_client_cert_verifier(verifier);
    let config = config.with_single_cert(vec![certificate.der().clone()], key).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let mut stream = acceptor.accept(stream).await?;
                let mut buffer = [0; 4096];
                let _ = stream.read(&mut buffer).await?;
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 2\r\nconnection: close\r\n\r\nhi").await?;
                stream.shutdown().await
            });
        }
    });
    port
}

#[tokio::test]
async fn a_certificate_says_who_it_is_to_its_own_host() {
    // Sets up what TLS needs.
    modules("", &[], Options::default());
    let authority = Authority::new();
    let port = asks_for_a_certificate(&authority).await;
    let indented = |pem: &str| pem.trim().replace('\n', "\n    ");
    let call = async |authority_of_client: &Authority, kind: &str| {
        let (certificate, key) = authority_of_client.certify("client.example");
        let mut text = format!("it:\n  type: {kind}\n  base: https://localhost:{port}\n");
        if kind == "mtls" {
            let parts = [
                ("certificate", certificate.pem()),
                ("key", key.serialize_pem()),
                ("ca", authority.certificate.clone()),
            ];
            for (name, pem) in parts {
                let _ = write!(text, "  {name}: |\n    {}\n", indented(&pem));
            }
        }
        let modules = modules(&text, &[], Options::default());
        step(&modules, "http.request").connection("it").call(json!({ "url": "/" })).await
    };
    assert_eq!(call(&authority, "mtls").await.unwrap().output["body"], "hi");
    assert!(call(&Authority::new(), "mtls").await.is_err(), "a certificate of somebody else");
    assert!(call(&authority, "http").await.is_err(), "no certificate");
}

/// What every type needs beside its secrets.
fn settings(kind: &types::Type, base: &str) -> Option<String> {
    let special = match kind.name.as_str() {
        "api_key" => "header: x-key",
        "aws_sigv4" => "key_id: AKIDEXAMPLE, service: s3, region: us-east-1",
        "basic" => "user: ann",
        "headers" => {
            return Some(format!("type: headers, base: '{base}', headers: {{ X-One: {CANARY}, X-Two: {CANARY}2 }}"));
        }
        "jwt" => "algorithm: HS256",
        "oauth2" => "token: 'BASE/token', client_id: mill",
        "webhook" => return Some(format!("type: webhook, base: '{base}', secret: whsec_{}", STANDARD.encode(CANARY))),
        "bearer" => "",
        // Their secrets are no texts of one's choice, or they have no HTTP.
        "google" | "http" | "imap" | "mqtt" | "mtls" | "mysql" | "postgres" | "redis" | "slack" | "smtp"
        | "surveycake" => {
            return None;
        }
        other if KINDS.contains(&other) => panic!("{other} is not looked after: add it here"),
        // What apps define is tested with them.
        _ => return None,
    };
    let secrets = kind.fields.iter().filter(|field| field.kind.is_secret());
    let secrets = secrets.fold(String::new(), |text, field| format!("{text}, {}: {CANARY}", field.name));
    let special = special.replace("BASE", base);
    let special = if special.is_empty() { String::new() } else { format!(", {special}") };
    Some(format!("type: {}, base: '{base}'{special}{secrets}", kind.name))
}

#[tokio::test]
async fn a2_no_secret_of_any_type_comes_out_though_the_far_side_tells_it_back() {
    let server = Server::start(|seen| match seen.target.as_str() {
        "/token" => {
            reply(200, &[], json!({ "access_token": format!("{CANARY}-token"), "expires_in": 3600 }).to_string())
        }
        "/refused" => echo(seen, 403),
        _ => echo(seen, 200),
    });
    let server = server.await;
    let mut tested = 0;
    for kind in Apps::shipped().types().iter() {
        let Some(settings) = settings(kind, &server.url("")) else { continue };
        let text = format!("it: {{ {settings} }}");
        let connections = Connections::parse(&text, &Given(BTreeMap::new())).unwrap();
        let set = modules(&text, &[], Options::default());
        let before = server.seen().len();
        let mut shown = format!("{connections:?}");
        let module = if kind.name == "webhook" { "webhook.send" } else { "http.request" };
        for path in ["/", "/refused"] {
            let call = step(&set, module).connection("it").call(json!({ "url": path, "json": { "a": 1 } })).await;
            let _ = match &call {
                Ok(outcome) => write!(shown, "{outcome:?} {} {}", outcome.output, outcome.sent),
                Err(error) => write!(shown, "{error:?}"),
            };
        }
        let _ = write!(shown, "{:?}", probe(&connections, "it", &files(), Options::default(), NOW).await);
        let hidden = [CANARY.to_owned(), STANDARD.encode(CANARY)];
        assert!(!hidden.iter().any(|text| shown.contains(&text[..12])), "{}: {shown}", kind.name);
        let seen = server.seen().split_off(before);
        // What is signed anew for every call is hidden as well.
        for seen in &seen {
            let token = seen.header("authorization").rsplit([' ', '=']).next().unwrap_or_default();
            assert!(token.len() < 8 || !shown.contains(token), "{}: {token}: {shown}", kind.name);
        }
        assert!(seen.iter().any(|seen| seen.target == "/refused"), "{}", kind.name);
        tested += 1;
    }
    assert_eq!(tested, 8);
}
