//! `mysql.*` against a real MariaDB.

use crate::daemon::{Certificates, Daemon, free_port, program};
use crate::step::{Given, NOW, files, modules, step};
use modules::connections::probe::probe;
use modules::{Connections, Options};
use run::call::Module;
use run::error::{Recovery, StepError};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

/// Small, and without what the whole machine has but little of.
const MODEST: [&str; 4] =
    ["--no-defaults", "--user=root", "--innodb-use-native-aio=OFF", "--innodb-buffer-pool-size=32M"];

/// A password that no message may tell.
const PASSWORD: &str = "cAnAry-9e02b7";

struct Mysql {
    daemon: Daemon,
    modules: Vec<Arc<dyn Module>>,
    _folder: TempDir,
}

impl Mysql {
    /// A server that asks for the password, with modules that know it as `db`.
    fn start(more: &[&str]) -> Option<Self> {
        let server = program("mariadbd", "mariadb-server-core")?;
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        std::fs::create_dir(&data).unwrap();
        let users = folder.path().join("users.sql");
        let grants = format!(
            "CREATE DATABASE IF NOT EXISTS shop CHARACTER SET utf8mb4;\nCREATE USER IF NOT EXISTS 'shop'@'%' IDENTIFIED BY '{PASSWORD}';\n\
             GRANT ALL ON shop.* TO 'shop'@'%';\n"
        );
        std::fs::write(&users, grants).unwrap();
        bootstrap(&server, &data);
        let (port, socket) = (free_port(), folder.path().join("socket"));
        let more: Vec<String> = more.iter().map(ToString::to_string).collect();
        let daemon = Daemon::start(port, move || {
            let mut command = Command::new(&server);
            command.args([
                "--no-defaults",
                "--user=root",
                "--bind-address=127.0.0.1",
                "--innodb-flush-log-at-trx-commit=0",
            ]);
            command.arg(format!("--port={port}")).args(places(&data));
            command.args([format!("--socket={}", socket.display()), format!("--init-file={}", users.display())]);
            command.args(&more).current_dir("/");
            command
        });
        let modules = modules(&connection(port, PASSWORD), &[], Options::default());
        Some(Self { daemon, modules, _folder: folder })
    }

    async fn call(&self, name: &str, parameters: Value) -> Result<Value, StepError> {
        let outcome = step(&self.modules, name).connection("db").call(parameters).await;
        assert!(!format!("{outcome:?}").contains(PASSWORD), "{outcome:?}");
        outcome.map(|outcome| outcome.output)
    }

    async fn check(&self, name: &str, parameters: Value, expected: Value) {
        assert_eq!(self.call(name, parameters.clone()).await, Ok(expected), "{name} {parameters}");
    }

    async fn rows(&self, sql: &str) -> Value {
        self.call("mysql.query", json!({ "sql": sql })).await.unwrap()["rows"].clone()
    }
}

/// Where a server keeps what it has. Of those that share a folder for passing tables, each one deletes the others' when it
/// starts.
fn places(data: &Path) -> [String; 2] {
    let passing = data.parent().unwrap().display();
    [format!("--datadir={}", data.display()), format!("--tmpdir={passing}")]
}

/// Makes the tables of the server itself, which know nobody yet.
fn bootstrap(server: &Path, data: &Path) {
    let shares = ["/usr/share/mysql", "/usr/share/mariadb"].map(Path::new);
    let read = |name: &str| {
        let names = [name.to_owned(), name.replace("mysql", "mariadb")];
        let paths = shares.iter().flat_map(|share| names.iter().map(|name| share.join(name)));
        paths.map(std::fs::read_to_string).find_map(Result::ok).unwrap_or_else(|| panic!("{name} is not there"))
    };
    let tables = format!(
        "create database mysql;\nuse mysql;\n{}\n{}",
        read("mysql_system_tables.sql"),
        read("mysql_system_tables_data.sql")
    );
    let mut command = Command::new(server);
    command.args(MODEST).arg("--bootstrap").args(places(data));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(tables.as_bytes()).unwrap();
    let ended = child.wait_with_output().unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
}

fn connection(port: u16, password: &str) -> String {
    format!("db: {{ type: mysql, url: 'mysql://shop@127.0.0.1:{port}/shop?ssl-mode=disabled', password: {password} }}")
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_written_found_changed_and_deleted_and_have_the_right_types() {
    let Some(db) = Mysql::start(&[]) else { return };
    db.rows("create table orders (number int unsigned auto_increment primary key, id varchar(100) unique, total decimal(10,2), note text) character set utf8mb4")
        .await;
    let hostile = "'; drop table orders; -- größe 🚀";
    let rows = json!([{ "id": "A1", "total": 120.5, "note": { "a": [1] } }, { "id": hostile }]);
    let written = json!({ "affected": 2, "rows": [], "insert_id": 1 });
    db.check("mysql.insert", json!({ "table": "shop.orders", "rows": rows }), written).await;
    let kept = json!({ "table": "orders", "rows": { "id": "A1", "total": 1 }, "existing": "keep" });
    assert_eq!(db.call("mysql.insert", kept).await.unwrap()["affected"], 0);
    let again = db.call("mysql.insert", json!({ "table": "orders", "rows": { "id": "A1" } })).await.unwrap_err();
    assert_eq!((again.code.as_str(), again.recovery), ("already_exists", Recovery::Permanent), "{again:?}");
    let upsert = json!({ "table": "orders", "rows": [{ "id": "A1", "total": "7.00" }, { "id": "B2" }], "key": ["id"] });
    assert_eq!(
        db.call("mysql.upsert", upsert).await.unwrap()["affected"],
        3,
        "one changed, which counts twice, one new"
    );
    let select = json!({ "table": "orders", "columns": ["number", "id", "total", "note"], "where": { "id": "A1" } });
    let found = json!([{ "number": 1, "id": "A1", "total": "7.00", "note": "{\"a\":[1]}" }]);
    db.check("mysql.select", select, json!({ "rows": found, "more": false })).await;
    for (conditions, count) in [
        (json!({ "total": { "gt": 5 } }), 1),
        (json!({ "total": null }), 2),
        (json!({ "id": { "starts_with": "'; d" } }), 1),
        (json!({ "id": ["A1", "B2"] }), 2),
    ] {
        let output = db.call("mysql.select", json!({ "table": "orders", "where": conditions })).await.unwrap();
        assert_eq!(output["rows"].as_array().unwrap().len(), count, "{conditions}");
    }
    for (limit, has_more) in [(2, true), (3, false)] {
        let output = db.call("mysql.select", json!({ "table": "orders", "limit": limit })).await.unwrap();
        assert_eq!((output["rows"].as_array().unwrap().len(), &output["more"]), (limit, &json!(has_more)));
    }
    let update = json!({ "table": "orders", "set": { "note": null }, "where": { "id": "A1" } });
    db.check("mysql.update", update, json!({ "affected": 1, "rows": [] })).await;
    let delete = json!({ "table": "orders", "where": { "id": [hostile, "B2"] } });
    db.check("mysql.delete", delete, json!({ "affected": 2, "rows": [] })).await;
    let many: Vec<Value> =
        (0..9_000).map(|id| json!({ "id": format!("m{id}"), "total": id, "note": "x", "number": id + 10 })).collect();
    let written = db.call("mysql.insert", json!({ "table": "orders", "rows": many })).await.unwrap();
    assert_eq!(written["affected"], 9_000);
    let types = db
        .rows(
            "select -1 a, cast(18446744073709551615 as unsigned) b, 1.50 c, 0.1e0 d, true e, null f, 'größe' g, \
             timestamp '2026-11-23 08:00:00.5' h, date '2026-11-23' i, time '-26:03:04' j, x'ff' k, 1 a, b'101' l",
        )
        .await;
    let expected = json!([{
        "a": -1, "b": u64::MAX, "c": "1.50", "d": 0.1, "e": 1, "f": null, "g": "größe", "h": "2026-11-23T08:00:00.5",
        "i": "2026-11-23", "j": "-26:03:04", "k": { "base64": "/w==" }, "a_2": 1, "l": types[0]["l"],
    }]);
    assert_eq!(types, expected);
    db.rows("create table moments (at timestamp(3) null, made datetime, ok boolean, small float, data blob)").await;
    let row = json!({ "at": "2026-11-23 08:00:00.25", "made": "2026-11-23 08:00:00", "ok": true, "small": 0.1, "data": { "base64": "/wA=" } });
    db.call("mysql.insert", json!({ "table": "moments", "rows": row })).await.unwrap();
    let expected = json!([{ "at": "2026-11-23T08:00:00.25Z", "made": "2026-11-23T08:00:00", "ok": 1, "small": 0.1, "data": { "base64": "/wA=" } }]);
    assert_eq!(db.call("mysql.select", json!({ "table": "moments" })).await.unwrap()["rows"], expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_are_bounded_refused_and_all_done_or_none() {
    let Some(db) = Mysql::start(&[]) else { return };
    db.rows("create table t (id int primary key)").await;
    let each = |ids: &[i32]| json!({ "sql": "insert into t values (?)", "each": ids.iter().map(|id| [id]).collect::<Vec<_>>() });
    db.check("mysql.query", each(&[1, 2]), json!({ "rows": [], "affected": 2, "more": false })).await;
    for ids in [[3, 1, 4], [3, 4, 1]] {
        let error = db.call("mysql.query", each(&ids)).await.unwrap_err();
        assert_eq!(error.code, "already_exists", "{ids:?}: {error:?}");
    }
    assert_eq!(db.rows("select count(*) n from t").await, json!([{ "n": 2 }]));
    for (parameters, code) in [
        (json!({ "sql": "select repeat('x', 1000000) from seq_1_to_100" }), "too_large"),
        (json!({ "sql": "select ?", "parameters": [] }), "invalid_parameters"),
        (json!({ "sql": "select 1; select 2" }), "server_refused"),
        (json!({ "sql": "selct" }), "server_refused"),
        (json!({ "sql": "load data local infile '/etc/passwd' into table t" }), "server_refused"),
        (json!({ "sql": "select 1", "limit": 0 }), "invalid_parameters"),
    ] {
        let error = db.call("mysql.query", parameters.clone()).await.unwrap_err();
        assert_eq!((error.code.as_str(), error.recovery), (code, Recovery::Permanent), "{parameters}: {error:?}");
    }
    let insert = json!({ "table": "t", "rows": { "id": 9 }, "returning": ["id"] });
    assert_eq!(db.call("mysql.insert", insert).await.unwrap_err().code, "invalid_parameters");
    // What a statement leaves behind is nobody else's.
    db.rows("set @x = 1").await;
    assert_eq!(db.rows("select @x x").await, json!([{ "x": null }]));
    let output = db.call("mysql.query", json!({ "sql": "select seq from seq_1_to_50", "limit": 10 })).await.unwrap();
    assert_eq!((output["rows"].as_array().unwrap().len(), &output["more"]), (10, &json!(true)));
}

#[tokio::test(flavor = "multi_thread")]
async fn time_is_kept_and_a_restart_survived() {
    let Some(mut db) = Mysql::start(&[]) else { return };
    let slow = step(&db.modules, "mysql.query").connection("db").timeout(Duration::from_millis(500));
    let error = slow.call(json!({ "sql": "select sleep(60)" })).await.unwrap_err();
    assert_eq!((error.code.as_str(), error.recovery), ("timeout", Recovery::Retry), "{error:?}");
    assert_eq!(db.rows("select 1 a").await, json!([{ "a": 1 }]));
    db.daemon.kill();
    let error = db.call("mysql.query", json!({ "sql": "select 1" })).await.unwrap_err();
    assert_eq!((error.code.as_str(), error.recovery), ("connection_failed", Recovery::Retry), "{error:?}");
    db.daemon.restart();
    let mut calls = tokio::task::JoinSet::new();
    let modules = Arc::new(std::mem::take(&mut db.modules));
    for _ in 0..100 {
        let modules = Arc::clone(&modules);
        calls.spawn(async move {
            step(&modules, "mysql.query").connection("db").call(json!({ "sql": "select 1 a" })).await
        });
    }
    while let Some(outcome) = calls.join_next().await {
        assert_eq!(outcome.unwrap().unwrap().output["rows"], json!([{ "a": 1 }]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_and_the_login_are_as_the_connection_says() {
    let certificates = Certificates::new();
    let (certificate, key) = (certificates.certificate.display(), certificates.key.display());
    let Some(db) = Mysql::start(&[&format!("--ssl-cert={certificate}"), &format!("--ssl-key={key}")]) else { return };
    let url = format!("mysql://shop@localhost:{}/shop", db.daemon.port);
    for (more, code) in [
        (format!("url: '{url}', password: {PASSWORD}, ca: {{ file: ca.pem }}"), None),
        (format!("url: '{url}', password: {PASSWORD}"), Some("connection_failed")),
        (format!("url: '{url}?ssl-mode=disabled', password: falsch"), Some("login_refused")),
    ] {
        let given = Given(BTreeMap::from([("ca.pem", certificates.authority.clone())]));
        let connections = Connections::parse(&format!("db: {{ type: mysql, {more} }}"), &given).unwrap();
        let verdict = probe(&connections, "db", &files(), Options::default(), NOW).await;
        assert!(!format!("{verdict:?}").contains(PASSWORD), "{verdict:?}");
        assert_eq!(verdict.code.as_deref(), code, "{more}: {verdict:?}");
    }
    let plain =
        format!("db: {{ type: mysql, url: 'mysql://shop@127.0.0.1:{}/shop', password: {PASSWORD} }}", db.daemon.port);
    let modules = modules(&plain, &[], Options::default());
    let error = step(&modules, "mysql.query").connection("db").call(json!({ "sql": "select 1" })).await.unwrap_err();
    assert_eq!(error.code, "connection_failed", "the certificate is for another name: {error:?}");
}
