//! A real authorization server in a process of its own (`testdata/oauth-server`), and a browser that allows what it asks.

use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use url::Url;

/// What the server is made of.
const PARTS: [(&str, &str); 4] = [
    ("package.json", include_str!("../../testdata/oauth-server/package.json")),
    ("package-lock.json", include_str!("../../testdata/oauth-server/package-lock.json")),
    (".npmrc", include_str!("../../testdata/oauth-server/.npmrc")),
    ("server.js", include_str!("../../testdata/oauth-server/server.js")),
];

/// Where people come back to.
pub(crate) const REDIRECT: &str = "https://mill.example.com/oauth/callback";

/// The server; it ends with this value.
pub(crate) struct OAuthServer {
    process: Child,
    pub(crate) issuer: String,
}

impl OAuthServer {
    pub(crate) fn start() -> Self {
        let folder = installed();
        let mut process = Command::new("node")
            .arg(folder.join("server.js"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Node.js runs the authorization server");
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let said = lines.map_while(Result::ok).find_map(|line| line.strip_prefix("at ").map(str::to_owned));
        let issuer = said.expect("the authorization server says where it is");
        Self { process, issuer }
    }

    /// The settings of a connection that somebody authorizes.
    pub(crate) fn crm(&self) -> String {
        let issuer = &self.issuer;
        format!(
            "crm: {{ type: oauth2, base: '{issuer}', authorize: '{issuer}/auth', token: '{issuer}/token', \
             client_id: mill, client_secret: cAnAry-client-secret, scopes: [openid, read] }}"
        )
    }

    /// Has the server do something, and gives what it counted so far.
    pub(crate) async fn steer(&self, path: &str) -> BTreeMap<String, u64> {
        reqwest::get(format!("{}{path}", self.issuer)).await.unwrap().json().await.unwrap()
    }

    /// How often a token was asked for in this way.
    pub(crate) async fn asked(&self, grant_type: &str) -> u64 {
        self.steer("/counted").await.get(grant_type).copied().unwrap_or_default()
    }
}

impl Drop for OAuthServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The server's folder, with its packages. Who comes first installs them; they stay until the lock file is another one.
fn installed() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("oauth-server");
    std::fs::create_dir_all(&folder).unwrap();
    let lock = File::create(folder.join("lock")).unwrap();
    lock.lock().unwrap();
    let is_there =
        PARTS.iter().all(|(name, text)| std::fs::read_to_string(folder.join(name)).is_ok_and(|is| is == *text));
    if is_there && folder.join("installed").exists() {
        return folder;
    }
    let _ = std::fs::remove_file(folder.join("installed"));
    for (name, text) in PARTS {
        std::fs::write(folder.join(name), text).unwrap();
    }
    let output = Command::new("npm").args(["ci", "--silent"]).current_dir(&folder).output().expect("npm runs");
    assert!(output.status.success(), "npm ci: {}", String::from_utf8_lossy(&output.stderr));
    std::fs::write(folder.join("installed"), "").unwrap();
    folder
}

/// Goes where a browser would, from page to page, until it is sent back; gives what it was sent back with.
pub(crate) async fn browse(start: &Url) -> BTreeMap<String, String> {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let (mut url, mut cookies) = (start.clone(), BTreeMap::<String, String>::new());
    for _ in 0..20 {
        let cookie: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let answer = client.get(url.clone()).header("cookie", cookie.join("; ")).send().await.unwrap();
        for set in answer.headers().get_all("set-cookie") {
            let (name, value) = set.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            cookies.insert(name.to_owned(), value.to_owned());
        }
        let Some(location) = answer.headers().get("location").map(|to| to.to_str().unwrap().to_owned()) else {
            panic!("{url} leads nowhere: {}", answer.text().await.unwrap());
        };
        url = url.join(&location).unwrap();
        if url.as_str().starts_with(REDIRECT) {
            return url.query_pairs().into_owned().collect();
        }
    }
    panic!("{start} leads in circles");
}

/// What an answer of the API says of its caller.
pub(crate) fn who(output: &Value) -> &str {
    output["body"]["who"].as_str().unwrap_or_default()
}
