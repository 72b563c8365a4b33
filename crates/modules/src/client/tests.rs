//! What a redirect makes of a request, and which address a name is connected to.

use super::resolver::LookUp;
use super::*;
use run::call::BoxFuture;
use run::resume::ResumeKey;
use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

fn request(url: &str) -> Outgoing {
    let headers = HeaderMap::from_iter([
        (header::AUTHORIZATION, header::HeaderValue::from_static("Bearer x")),
        (header::COOKIE, header::HeaderValue::from_static("a=b")),
        (HeaderName::from_static(DEPTH_HEADER), header::HeaderValue::from_static("3")),
    ]);
    Outgoing { method: Method::POST, url: Url::parse(url).unwrap(), headers, body: "body".into() }
}

#[test]
fn s4_no_redirect_leads_from_https_to_plain_http() {
    let check = |from: &str, to: &str, expected: Result<&str, &str>| {
        let target = redirected(request(from), StatusCode::FOUND, to);
        let target = target.map(|request| request.url.to_string()).map_err(|error| error.code);
        assert_eq!(target.as_deref().map_err(String::as_str), expected, "{from} to {to}");
    };
    check("https://a.example/x", "http://a.example/x", Err("insecure_redirect"));
    check("https://a.example/x", "http://b.example/", Err("insecure_redirect"));
    check("https://a.example/x", "//b.example/", Ok("https://b.example/"));
    check("http://a.example/x", "https://a.example/", Ok("https://a.example/"));
    check("http://a.example/x", "http://[", Err("invalid_redirect"));
}

/// Another scheme, host or port is another origin (RFC 6454 §5).
#[test]
fn s4_credentials_do_not_follow_to_another_origin() {
    let check = |to: &str, kept: bool| {
        let followed = redirected(request("http://a.example/x"), StatusCode::TEMPORARY_REDIRECT, to).unwrap();
        for name in [header::AUTHORIZATION, header::COOKIE] {
            assert_eq!(followed.headers.contains_key(&name), kept, "{name} to {to}");
        }
        assert_eq!(followed.headers[DEPTH_HEADER], "3", "the depth stays whoever is called");
    };
    check("/y", true);
    check("http://a.example:80/y", true);
    check("https://a.example/y", false);
    check("http://a.example:81/y", false);
    check("http://b.a.example/y", false);
}

/// Says another address each time it is asked.
#[derive(Debug)]
struct Fickle {
    asked: AtomicUsize,
    answers: Vec<Vec<IpAddr>>,
}

impl LookUp for Fickle {
    fn addresses<'a>(&'a self, _: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        let answer = self.answers[self.asked.fetch_add(1, Ordering::SeqCst)].clone();
        Box::pin(async move { Ok(answer) })
    }
}

/// The operator allows 127.0.0.1 alone, where a server listens at all addresses of the loopback: the name is looked up
/// once for a connection, and what was checked is what is connected to.
#[tokio::test]
async fn s1_a_name_that_changes_its_address_gets_nowhere() {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| drop(rustls::crypto::aws_lc_rs::default_provider().install_default()));
    let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let accepted = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&accepted);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            let mut request = [0; 4096];
            drop(stream.read(&mut request).await);
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
            drop(stream.write_all(answer).await);
        }
    });
    let [allowed, private] = [1, 2].map(|last| IpAddr::V4(Ipv4Addr::new(127, 0, 0, last)));
    let fickle = Arc::new(Fickle {
        asked: AtomicUsize::new(0),
        answers: vec![vec![allowed], vec![private], vec![allowed, private]],
    });
    let files = Files::new(store::open("memory:").unwrap().blobs, &ResumeKey([7; 32]));
    let client = Client {
        look_up: Arc::clone(&fickle) as Arc<dyn LookUp>,
        ..Client::new(Guard::new(vec!["127.0.0.1/32".parse().unwrap()]), files)
    };
    let bounds = Bounds { redirects: 0, max_response: 1000, timeout: Duration::from_secs(10) };
    let url = format!("http://rebound.example:{port}/");
    let mut codes = Vec::new();
    for _ in 0..3 {
        let answer = client.send(request(&url), Trust::default(), bounds).await;
        codes.push(answer.map(|answer| answer.status.as_u16()).map_err(|error| error.code));
    }
    let refused = || Err("private_address".to_owned());
    assert_eq!(codes, [Ok(200), refused(), refused()]);
    assert_eq!((fickle.asked.load(Ordering::SeqCst), accepted.load(Ordering::SeqCst)), (3, 1));
}
