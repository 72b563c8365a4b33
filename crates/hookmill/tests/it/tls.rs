//! `serve` by TLS, with certificates made for the test.

use crate::served::{PATIENCE, TOKEN};
use rcgen::{CertifiedKey, KeyPair};
use reqwest::{Certificate, Client};
use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

fn made() -> CertifiedKey<KeyPair> {
    rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap()
}

fn write(folder: &Path, made: &CertifiedKey<KeyPair>) {
    fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
    fs::write(folder.join("chain.pem"), made.cert.pem()).unwrap();
}

fn serve(folder: &Path, address: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hookmill"));
    command.arg("serve").arg(folder.join("scenarios")).args(["--listen", address, "--data"]).arg(folder.join("data"));
    command.args(arguments).env("HOOKMILL_TOKEN", TOKEN).stdin(Stdio::null());
    command
}

/// A process that does not outlive its test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Asks again and again until the server answers with this certificate.
async fn answers_with(address: &str, made: &CertifiedKey<KeyPair>) -> reqwest::Response {
    let root = Certificate::from_der(made.cert.der()).unwrap();
    let until = Instant::now() + PATIENCE;
    loop {
        let client = Client::builder().tls_certs_only([root.clone()]).no_proxy().timeout(Duration::from_secs(5));
        let asked = client.build().unwrap().get(format!("https://{address}/readyz")).send().await;
        match asked {
            Ok(answer) => return answer,
            Err(error) => assert!(Instant::now() < until, "{error:?}"),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn b3_serve_by_tls_with_a_certificate_that_is_renewed() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::create_dir(folder.join("scenarios")).unwrap();
    let first = made();
    write(folder, &first);
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let (chain, key) = (folder.join("chain.pem"), folder.join("key.pem"));
    let files = ["--tls-cert", chain.to_str().unwrap(), "--tls-key", key.to_str().unwrap()];
    let log = fs::File::create(folder.join("log")).unwrap();
    let process = serve(folder, &address, &files).stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap();
    let _running = Running(process);
    let answer = answers_with(&address, &first).await;
    assert_eq!(answer.headers()["strict-transport-security"], "max-age=31536000");
    let renewed = made();
    write(folder, &renewed);
    answers_with(&address, &renewed).await;
    let said = fs::read_to_string(folder.join("log")).unwrap();
    assert!(said.contains(&format!("https://{address}")), "{said}");
}

#[test]
fn without_a_certificate_that_can_be_served_nothing_is_served() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, &made());
    fs::write(folder.join("key.pem"), made().signing_key.serialize_pem()).unwrap();
    let (chain, key) = (folder.join("chain.pem"), folder.join("key.pem"));
    let said = |arguments: &[&str]| {
        let tried = serve(folder, "127.0.0.1:0", arguments).output().unwrap();
        assert_eq!(tried.status.code(), Some(2), "{arguments:?}");
        String::from_utf8_lossy(&tried.stderr).into_owned()
    };
    let (chain, key) = (chain.to_str().unwrap(), key.to_str().unwrap());
    let told = said(&["--tls-cert", chain, "--tls-key", key]);
    assert!(told.contains("--tls-cert") && told.contains("cannot be served with the key"), "{told}");
    assert!(said(&["--tls-cert", "nowhere.pem", "--tls-key", key]).contains("cannot read nowhere.pem"));
    assert!(said(&["--tls-cert", chain]).contains("--tls-key"));
}
