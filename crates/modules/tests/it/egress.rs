//! What leaves the machine, and what does not: hosts out of data, credentials, own addresses, endless answers.

use crate::server::{Seen, Server, raw, reply};
use crate::step::{modules, step};
use modules::Options;
use run::error::StepError;
use serde_json::{Value, json};
use std::time::Duration;

/// A request whose URL comes out of data.
async fn request(
    connections: &str,
    connection: Option<&str>,
    parameters: Value,
    options: Options,
) -> Result<Value, StepError> {
    let modules = modules(connections, &[], options);
    let step = step(&modules, "http.request");
    let step = match connection {
        Some(name) => step.connection(name),
        None => step,
    };
    step.call(parameters).await.map(|outcome| outcome.output)
}

fn loopback_is_open() -> Options {
    Options { allow_private: vec!["127.0.0.0/8".parse().unwrap()], ..Options::default() }
}

fn echo(seen: &Seen) -> crate::server::Reply {
    reply(200, &[("content-type", "text/plain")], format!("{} {}", seen.method, seen.target))
}

/// Every spelling is refused before anything is sent, by each module that takes a URL.
#[tokio::test]
async fn s3_no_spelling_of_a_private_address_gets_out() {
    let modules = modules("", &[], Options::default());
    let with_url: Vec<String> = modules
        .iter()
        .filter(|module| module.spec().url_parameter.is_some())
        .map(|module| module.spec().name.clone())
        .collect();
    assert!(with_url.contains(&"http.request".to_owned()));
    for name in &with_url {
        let url =
            modules.iter().find(|module| module.spec().name == *name).unwrap().spec().url_parameter.clone().unwrap();
        for line in include_str!("../../testdata/private_urls.txt").lines().filter(|line| !line.is_empty()) {
            let mut parameters =
                modules.iter().find(|module| module.spec().name == *name).unwrap().spec().example.clone();
            parameters[&url] = json!(line);
            parameters.as_object_mut().unwrap().remove("secret");
            let error = step(&modules, name).call(parameters).await.unwrap_err();
            assert!(["private_address", "invalid_url"].contains(&error.code.as_str()), "{name} {line}: {error:?}");
        }
    }
}

#[tokio::test]
async fn s4_each_hop_of_a_redirect_is_checked() {
    for (location, code) in [
        ("http://example.com:25/", "port_refused"),
        ("ftp://example.com/", "invalid_url"),
        ("http://169.254.169.254/latest/meta-data/", "private_address"),
        ("http://[::ffff:a9fe:a9fe]/", "private_address"),
        ("http://metadata.google.internal/", "private_address"),
    ] {
        let server = Server::start(move |_| reply(302, &[("location", location)], "")).await;
        let error = request("", None, json!({"url": server.url("/")}), loopback_is_open()).await.unwrap_err();
        assert_eq!(error.code, code, "{location}");
    }
}

#[tokio::test]
async fn s5_only_web_schemes_and_ports_go_out() {
    let code = async |url: &str| request("", None, json!({"url": url}), Options::default()).await.unwrap_err().code;
    for url in ["ftp://example.com/", "file:///etc/passwd", "gopher://example.com/", "javascript:alert(1)"] {
        assert_eq!(code(url).await, "invalid_url", "{url}");
    }
    for port in [21, 22, 23, 25, 465, 587, 3306, 5432, 6379, 11211] {
        assert_eq!(code(&format!("http://example.com:{port}/")).await, "port_refused", "{port}");
    }
}

/// Whatever networks the operator allows, and by whatever name: data does not lead to the server itself.
#[tokio::test]
async fn s5_the_servers_own_address_is_not_called_by_data() {
    let server = Server::start(echo).await;
    let port = server.host().split_once(':').unwrap().1.to_owned();
    for listener in [format!("127.0.0.1:{port}"), format!("0.0.0.0:{port}"), format!("[::]:{port}")] {
        let options = Options {
            listeners: vec![listener.parse().unwrap()],
            allow_private: loopback_is_open().allow_private,
            ..Options::default()
        };
        for host in ["127.0.0.1", "2130706433", "[::ffff:127.0.0.1]", "127.0.0.2"] {
            let parameters = json!({"url": format!("http://{host}:{port}/")});
            let error = request("", None, parameters, options.clone()).await.unwrap_err();
            assert_eq!(error.code, "own_address", "{host} with {listener}");
        }
        // Written by the author, it is.
        let modules = modules("", &[], options);
        let host = server.host();
        let written = step(&modules, "http.request").author_host(&host);
        assert!(written.call(json!({"url": server.url("/written")})).await.is_ok());
    }
    // Another port of the same machine may be called, where its network is allowed.
    let options = Options { listeners: vec!["127.0.0.1:1".parse().unwrap()], ..loopback_is_open() };
    assert!(request("", None, json!({"url": server.url("/other")}), options).await.is_ok());
    assert!(server.seen().iter().all(|seen| ["/written", "/other"].contains(&seen.target.as_str())));
}

/// What expands is given up at the bound, counted decompressed: 12 MiB of zeros, of which the wire carries 12 KiB.
#[tokio::test]
async fn s6_an_answer_that_expands_is_cut_off() {
    let bomb = include_bytes!("../../testdata/zeros-12m.gz");
    assert!(bomb.len() < 20_000, "{}", bomb.len());
    let server = Server::start(move |_| reply(200, &[("content-encoding", "gzip")], bomb)).await;
    let error = request("", None, json!({"url": server.url("/")}), loopback_is_open()).await.unwrap_err();
    assert_eq!(error.code, "too_large");
}

#[tokio::test]
async fn s6_an_answer_with_too_many_headers_is_refused() {
    let lines: String = (0..150).map(|n| format!("x-{n}: 1\r\n")).collect();
    let server = Server::start(move |_| raw(format!("HTTP/1.1 200 OK\r\n{lines}content-length: 0\r\n\r\n"))).await;
    let error = request("", None, json!({"url": server.url("/")}), loopback_is_open()).await.unwrap_err();
    assert!(["connection_lost", "connection_failed"].contains(&error.code.as_str()), "{error:?}");
}

#[tokio::test]
async fn s7_line_breaks_do_not_get_into_a_request() {
    let server = Server::start(echo).await;
    let url = server.url("/");
    for broken in ["a\r\nx-evil: 1", "a\nb", "a\0b", "a\rb"] {
        for parameters in [
            json!({"url": format!("{url}{broken}")}),
            json!({"url": url, "headers": {"x-name": broken}}),
            json!({"url": url, "headers": {broken: "value"}}),
            json!({"url": url, "headers": {"cookie": format!("a={broken}")}}),
            json!({"url": url, "method": broken}),
        ] {
            let error = request("", None, parameters.clone(), loopback_is_open()).await.unwrap_err();
            let expected = ["invalid_url", "invalid_header", "invalid_method"];
            assert!(expected.contains(&error.code.as_str()), "{parameters}: {error:?}");
        }
        // In a form or a part's name they are encoded.
        let parameters = json!({"url": url, "multipart": {broken: "value"}, "query": {broken: broken}});
        if request("", None, parameters, loopback_is_open()).await.is_ok() {
            let seen = server.seen().pop().unwrap();
            let text = String::from_utf8_lossy(&seen.body).into_owned();
            assert!(!text.contains("\r\nx-evil"), "{text}");
            assert!(!seen.headers.contains_key("x-evil") && !seen.target.contains(['\r', '\n', '\0']), "{seen:?}");
        }
    }
}

const PARTNERS: &str = "
free: { type: bearer, token: canary-token }
based: { type: bearer, token: canary-token, base: 'http://127.0.0.1:9/api' }
listed: { type: bearer, token: canary-token, allow: ['HOST', '*.example.com'] }
bare: { type: http, allow: HOST }
";

/// A credential goes where its connection says, and where it says nothing, to a host that the author wrote.
#[tokio::test]
async fn s8_a_credential_goes_to_its_hosts_only() {
    let server = Server::start(echo).await;
    let connections = PARTNERS.replace("HOST", &server.host());
    let check = async |connection: &str, url: &str, expected: Result<(), &str>| {
        let answer = request(&connections, Some(connection), json!({"url": url}), loopback_is_open()).await;
        assert_eq!(answer.map(drop).map_err(|error| error.code), expected.map_err(str::to_owned), "{connection} {url}");
    };
    let (here, elsewhere) = (server.url("/"), Err("credential_elsewhere"));
    check("free", &here, elsewhere).await;
    check("based", &here, elsewhere).await;
    check("listed", &here, Ok(())).await;
    check("bare", &here, Ok(())).await;
    for url in
        ["https://evilexample.com/", "https://example.com.evil/", "https://a@evil/.example.com", "http://127.0.0.1:10/"]
    {
        check("listed", url, elsewhere).await;
        check("bare", url, elsewhere).await;
    }
    // Those that were sent are the two above, and one of them without a credential.
    let seen: Vec<String> = server.seen().iter().map(|seen| seen.header("authorization").to_owned()).collect();
    assert_eq!(seen, ["Bearer canary-token", ""]);
}

/// A host that a connection names may be a private address, as one that it has for its base.
#[tokio::test]
async fn s2_a_connection_may_name_private_hosts() {
    let server = Server::start(echo).await;
    let connections = PARTNERS.replace("HOST", &server.host());
    let answer = request(&connections, Some("listed"), json!({"url": server.url("/")}), Options::default()).await;
    assert!(answer.is_ok(), "{answer:?}");
    let refused = request("", None, json!({"url": server.url("/")}), Options::default()).await.unwrap_err();
    assert_eq!(refused.code, "private_address");
}

#[tokio::test]
async fn s4_a_redirect_away_from_the_connections_hosts_loses_the_credential() {
    let there = Server::start(echo).await;
    let location = there.url("/there");
    let here = Server::start(move |_| reply(307, &[("location", &location)], "")).await;
    let connections = PARTNERS.replace("HOST", &here.host());
    request(&connections, Some("listed"), json!({"url": here.url("/")}), loopback_is_open()).await.unwrap();
    assert_eq!(here.only().header("authorization"), "Bearer canary-token");
    assert_eq!(there.only().header("authorization"), "");
}

#[tokio::test]
async fn x7_calls_say_how_deep_they_are_and_end_at_a_depth() {
    let server = Server::start(echo).await;
    let modules = modules("", &[], loopback_is_open());
    let call = |depth| {
        step(&modules, "http.request")
            .depth(depth)
            .timeout(Duration::from_secs(5))
            .call(json!({"url": server.url("/")}))
    };
    call(0).await.unwrap();
    call(15).await.unwrap();
    let error = call(16).await.unwrap_err();
    assert_eq!(error.code, "hook_loop");
    let depths: Vec<String> = server.seen().iter().map(|seen| seen.header("hookmill-depth").to_owned()).collect();
    assert_eq!(depths, ["1", "16"]);
}
