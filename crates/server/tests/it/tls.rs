//! The server by TLS, with certificates made for the test.

use crate::site::Site;
use actix_web::dev::ServerHandle;
use rcgen::CertifiedKey;
use reqwest::tls::TlsInfo;
use reqwest::{Certificate as Root, Client, Response, Version};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use server::{BadCertificate, Certificate, Refreshed};
use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// A certificate and its key in files.
struct Pair {
    folder: TempDir,
    made: CertifiedKey<rcgen::KeyPair>,
}

impl Pair {
    fn new() -> Self {
        let pair = Self { folder: tempfile::tempdir().unwrap(), made: made() };
        pair.write(&pair.made);
        pair
    }

    fn chain(&self) -> PathBuf {
        self.folder.path().join("chain.pem")
    }

    fn key(&self) -> PathBuf {
        self.folder.path().join("key.pem")
    }

    fn write(&self, made: &CertifiedKey<rcgen::KeyPair>) {
        fs::write(self.key(), made.signing_key.serialize_pem()).unwrap();
        fs::write(self.chain(), made.cert.pem()).unwrap();
    }

    fn read(&self) -> Result<Certificate, BadCertificate> {
        Certificate::read(&self.chain(), &self.key())
    }
}

fn made() -> CertifiedKey<rcgen::KeyPair> {
    rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap()
}

/// The site by TLS at another port, and its address.
fn serve(site: &Site, certificate: &Certificate) -> (String, ServerHandle) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("https://{}", listener.local_addr().unwrap());
    let server = server::serve_tls(listener, certificate, site.app.clone()).unwrap();
    let handle = server.handle();
    tokio::spawn(server);
    (base, handle)
}

/// Asks over a connection of its own, and believes this certificate alone.
async fn ask(base: &str, made: &CertifiedKey<rcgen::KeyPair>) -> Result<Response, reqwest::Error> {
    let root = Root::from_der(made.cert.der()).unwrap();
    let client = Client::builder().tls_certs_only([root]).tls_info(true).no_proxy().timeout(Duration::from_secs(30));
    client.build().unwrap().get(format!("{base}/healthz")).send().await
}

/// The status of an answer by HTTP/2, which the server must choose as the client offers nothing else.
async fn ask_by_http_2(base: &str, made: &CertifiedKey<rcgen::KeyPair>) -> u16 {
    let address = base.trim_start_matches("https://");
    let mut roots = RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let mut config = config.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let asking = async {
        let stream = TcpStream::connect(address).await.unwrap();
        let name = ServerName::try_from("127.0.0.1").unwrap();
        let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
        let (mut client, connection) = h2::client::handshake(stream).await.unwrap();
        tokio::spawn(connection);
        let request = http::Request::get(format!("{base}/healthz")).body(()).unwrap();
        let (answer, _) = client.send_request(request, true).unwrap();
        answer.await.unwrap().status().as_u16()
    };
    timeout(Duration::from_secs(30), asking).await.unwrap()
}

#[tokio::test]
async fn b3_http_2_by_tls() {
    let (site, pair) = (Site::start().await, Pair::new());
    let (base, handle) = serve(&site, &pair.read().unwrap());
    assert_eq!(ask_by_http_2(&base, &pair.made).await, 200);
    let answer = ask(&base, &pair.made).await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.version()), (200, Version::HTTP_11));
    let shown = answer.extensions().get::<TlsInfo>().unwrap().peer_certificate().unwrap();
    assert_eq!(shown, pair.made.cert.der().as_ref());
    assert!(ask(&base, &made()).await.is_err(), "the test's client believes any certificate");
    handle.stop(false).await;
}

#[tokio::test]
async fn b3_a_renewed_certificate_is_used_without_a_restart() {
    let (site, pair) = (Site::start().await, Pair::new());
    let certificate = pair.read().unwrap();
    let (base, handle) = serve(&site, &certificate);
    let following = tokio::spawn(certificate.follow(Duration::from_millis(10)));
    ask(&base, &pair.made).await.unwrap();
    let renewed = made();
    pair.write(&renewed);
    let until = tokio::time::Instant::now() + Duration::from_secs(30);
    while ask(&base, &renewed).await.is_err() {
        assert!(tokio::time::Instant::now() < until, "the renewed certificate is not used");
    }
    following.abort();
    handle.stop(false).await;
}

#[tokio::test]
async fn b3_a_broken_pair_changes_nothing_and_is_told_once() {
    let (site, pair) = (Site::start().await, Pair::new());
    let certificate = pair.read().unwrap();
    let (base, handle) = serve(&site, &certificate);
    assert_eq!(certificate.refresh().unwrap(), Refreshed::Unchanged);
    fs::write(pair.chain(), made().cert.pem()).unwrap();
    assert!(matches!(certificate.refresh(), Err(BadCertificate::Unusable { .. })));
    fs::write(pair.chain(), "no certificate").unwrap();
    assert!(matches!(certificate.refresh(), Err(BadCertificate::NoPem { .. })));
    fs::remove_file(pair.chain()).unwrap();
    assert!(matches!(certificate.refresh(), Err(BadCertificate::Unreadable { .. })));
    assert_eq!(certificate.refresh().unwrap(), Refreshed::Unchanged);
    ask(&base, &pair.made).await.unwrap();
    let renewed = made();
    pair.write(&renewed);
    assert_eq!(certificate.refresh().unwrap(), Refreshed::Renewed);
    ask(&base, &renewed).await.unwrap();
    handle.stop(false).await;
}

#[test]
fn what_is_no_pair_is_told_by_its_file() {
    let pair = Pair::new();
    let told = |chain: &str, key: &str| {
        fs::write(pair.chain(), chain).unwrap();
        fs::write(pair.key(), key).unwrap();
        pair.read().unwrap_err().to_string()
    };
    let (certificate, key) = (pair.made.cert.pem(), pair.made.signing_key.serialize_pem());
    assert!(told("", &key).contains("chain.pem holds no certificate in PEM"));
    assert!(told(&certificate, "").contains("key.pem holds no private key in PEM"));
    assert!(told(&key, &certificate).contains("chain.pem holds no certificate"));
    let other = made().signing_key.serialize_pem();
    assert!(told(&certificate, &other).contains("cannot be served with the key"));
}
