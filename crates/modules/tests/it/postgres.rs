//! `postgres.*` against a real PostgreSQL: one server for each test, made in a second.

use crate::daemon::{Certificates, Daemon, free_port, given_to, program, run_as};
use crate::step::{Given, NOW, files, modules, step};
use modules::connections::probe::probe;
use modules::{Connections, Options};
use run::call::{Delivery, Module};
use run::error::{Recovery, StepError};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

/// A password that no message may tell.
const PASSWORD: &str = "cAnAry-5d0c41";

/// Whom PostgreSQL runs as: it refuses to be root.
const USER: &str = "postgres";

struct Postgres {
    daemon: Daemon,
    modules: Vec<Arc<dyn Module>>,
    _folder: TempDir,
}

impl Postgres {
    /// A server that asks for the password, with modules that know it as `db`.
    fn start(more: &[&str]) -> Option<Self> {
        let (initdb, server) = (program("initdb", "postgresql")?, program("postgres", "postgresql")?);
        let folder = tempfile::tempdir().unwrap();
        let password = folder.path().join("password");
        std::fs::write(&password, PASSWORD).unwrap();
        given_to(USER, folder.path());
        let data = folder.path().join("data");
        let mut command = run_as(USER, &initdb);
        command.arg("-D").arg(&data).args(["-U", USER, "--auth=scram-sha-256", "--no-sync", "-E", "UTF8"]);
        command.args(["--locale=C", "--pwfile"]).arg(&password).stdout(Stdio::null());
        assert!(command.current_dir(folder.path()).status().unwrap().success(), "initdb");
        let port = free_port();
        let more: Vec<String> = more.iter().map(ToString::to_string).collect();
        let daemon = Daemon::start(port, move || {
            let mut command: Command = run_as(USER, &server);
            command.arg("-D").arg(&data).args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1"]);
            command.args(["-c", "unix_socket_directories=", "-c", "fsync=off", "-c", "max_connections=20"]);
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

    /// Runs a statement, once the server is ready for it, and gives its rows.
    async fn rows(&self, sql: &str) -> Value {
        loop {
            match self.call("postgres.query", json!({ "sql": sql })).await {
                Ok(output) => return output["rows"].clone(),
                // It listens before it has started up.
                Err(error) if error.recovery == Recovery::Retry => tokio::time::sleep(Duration::from_millis(10)).await,
                Err(error) => panic!("{sql}: {error:?}"),
            }
        }
    }
}

fn connection(port: u16, password: &str) -> String {
    format!(
        "db: {{ type: postgres, url: 'postgres://postgres@127.0.0.1:{port}/postgres?sslmode=disable', password: {password} }}"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_written_found_changed_and_deleted() {
    let Some(db) = Postgres::start(&[]) else { return };
    db.rows("create table orders (number serial primary key, id text unique, total numeric(10,2), tags text[], extra jsonb)")
        .await;
    let hostile = "'; drop table orders; --";
    let rows =
        json!([{ "id": "A1", "total": 120.5, "tags": ["x", hostile], "extra": { "a": [1, null] } }, { "id": hostile }]);
    let written = json!({ "affected": 2, "rows": [{ "number": 1 }, { "number": 2 }] });
    db.check("postgres.insert", json!({ "table": "orders", "rows": rows, "returning": ["number"] }), written).await;
    let kept = json!({ "table": "public.orders", "rows": { "id": "A1", "total": 1 }, "existing": "keep" });
    db.check("postgres.insert", kept, json!({ "affected": 0, "rows": [] })).await;
    let again = db.call("postgres.insert", json!({ "table": "orders", "rows": { "id": "A1" } })).await.unwrap_err();
    assert_eq!((again.code.as_str(), again.recovery), ("already_exists", Recovery::Permanent), "{again:?}");
    let upsert = json!({ "table": "orders", "rows": [{ "id": "A1", "total": "7.00" }, { "id": "B2" }], "key": ["id"] });
    db.check("postgres.upsert", upsert, json!({ "affected": 2, "rows": [] })).await;
    let found = json!([{ "id": "A1", "total": "7.00", "tags": ["x", hostile], "extra": { "a": [1, null] } }]);
    let select = json!({ "table": "orders", "columns": ["id", "total", "tags", "extra"], "where": { "id": "A1" } });
    db.check("postgres.select", select, json!({ "rows": found, "more": false })).await;
    for (conditions, ids) in [
        (json!({ "total": { "gt": 5 } }), json!(["A1"])),
        (json!({ "total": null }), json!(["B2", hostile])),
        (json!({ "id": { "starts_with": "'; d" } }), json!([hostile])),
        (json!({ "id": ["A1", "B2"] }), json!(["B2", "A1"])),
        (json!({}), json!(["B2", "A1", hostile])),
    ] {
        let parameters = json!({ "table": "orders", "where": conditions, "order": ["-id"], "columns": ["id"] });
        let output = db.call("postgres.select", parameters).await.unwrap();
        let found: Vec<&Value> = output["rows"].as_array().unwrap().iter().map(|row| &row["id"]).collect();
        assert_eq!(json!(found), ids, "{conditions}");
    }
    for (limit, has_more) in [(2, true), (3, false)] {
        let output = db.call("postgres.select", json!({ "table": "orders", "limit": limit })).await.unwrap();
        assert_eq!((output["rows"].as_array().unwrap().len(), &output["more"]), (limit, &json!(has_more)));
    }
    let update =
        json!({ "table": "orders", "set": { "extra": null }, "where": { "id": "A1" }, "returning": ["id", "extra"] });
    db.check("postgres.update", update, json!({ "affected": 1, "rows": [{ "id": "A1", "extra": null }] })).await;
    let delete = json!({ "table": "orders", "where": { "id": { "in": [hostile, "B2"] } } });
    db.check("postgres.delete", delete, json!({ "affected": 2, "rows": [] })).await;
    let many: Vec<Value> =
        (0..9_000).map(|id| json!({ "id": format!("m{id}"), "total": id, "extra": id, "tags": [] })).collect();
    let written = json!({ "affected": 9_000, "rows": [] });
    db.check("postgres.insert", json!({ "table": "orders", "rows": many }), written).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn queries_have_values_of_the_right_types_and_bounds() {
    let Some(db) = Postgres::start(&[]) else { return };
    let row = db
        .rows(
            "select 1::int2 a, 9007199254740993 b, 1.50::numeric c, 0.1::float8 d, true e, null f, 'x' || chr(10) g, \
             '{\"k\": [1]}'::json h, '\\xff'::bytea i, '2026-11-23 08:00+02'::timestamptz j, '2026-11-23'::date k, \
             array[[1,2],[3,null]] l, '6f1c1d3e-0000-4000-8000-000000000000'::uuid m, 'NaN'::float8 n, \
             interval '1 day' o, 1 a, array['2026-11-23 08:00+00'::timestamptz] p",
        )
        .await;
    let expected = json!([{
        "a": 1, "b": 9_007_199_254_740_993_i64, "c": "1.50", "d": 0.1, "e": true, "f": null, "g": "x\n",
        "h": { "k": [1] }, "i": { "base64": "/w==" }, "j": "2026-11-23T06:00:00Z", "k": "2026-11-23",
        "l": [[1, 2], [3, null]], "m": "6f1c1d3e-0000-4000-8000-000000000000", "n": "NaN", "o": "1 day", "a_2": 1,
        "p": ["2026-11-23T08:00:00Z"],
    }]);
    assert_eq!(row, expected);
    let back = json!({
        "sql": "select $1::int + 1 a, $2::jsonb b, $3::text[] c, $4::bytea d, $5::timestamptz e, $6::bool f, $7::text g",
        "parameters": [1, [1, "x"], ["a", null], { "base64": "/w==" }, "2026-11-23T08:00:00Z", false, null],
    });
    let rows = json!([{ "a": 2, "b": [1, "x"], "c": ["a", null], "d": { "base64": "/w==" }, "e": "2026-11-23T08:00:00Z", "f": false, "g": null }]);
    db.check("postgres.query", back, json!({ "rows": rows, "affected": 1, "more": false })).await;
    let output =
        db.call("postgres.query", json!({ "sql": "select generate_series(1, 50)", "limit": 10 })).await.unwrap();
    assert_eq!((output["rows"].as_array().unwrap().len(), &output["more"]), (10, &json!(true)));
    for (parameters, code) in [
        (json!({ "sql": "select repeat('x', 100000) from generate_series(1, 1000)" }), "too_large"),
        (json!({ "sql": "select $1::int", "parameters": ["x"] }), "server_refused"),
        (json!({ "sql": "select $1", "parameters": [] }), "invalid_parameters"),
        (json!({ "sql": "select 1; select 2" }), "server_refused"),
        (json!({ "sql": "selct" }), "server_refused"),
        (json!({ "sql": "copy pg_class to stdout" }), "invalid_response"),
        (json!({ "sql": "select 1", "limit": 0 }), "invalid_parameters"),
        (json!({ "sql": "select 1", "each": [[]], "parameters": [1] }), "invalid_parameters"),
    ] {
        let error = db.call("postgres.query", parameters.clone()).await.unwrap_err();
        assert_eq!((error.code.as_str(), error.recovery), (code, Recovery::Permanent), "{parameters}: {error:?}");
    }
    db.check("postgres.query", json!({ "sql": "vacuum" }), json!({ "rows": [], "affected": 0, "more": false })).await;
    assert_eq!(db.rows("select 1 a").await, json!([{ "a": 1 }]));
}

#[tokio::test(flavor = "multi_thread")]
async fn several_statements_are_all_done_or_none() {
    let Some(db) = Postgres::start(&[]) else { return };
    db.rows("create table t (id int primary key)").await;
    let each = |ids: &[i32]| json!({ "sql": "insert into t values ($1)", "each": ids.iter().map(|id| [id]).collect::<Vec<_>>() });
    db.check("postgres.query", each(&[1, 2]), json!({ "rows": [], "affected": 2, "more": false })).await;
    for ids in [[3, 1, 4], [3, 4, 1]] {
        let error = db.call("postgres.query", each(&ids)).await.unwrap_err();
        assert_eq!(error.code, "already_exists", "{ids:?}: {error:?}");
    }
    assert_eq!(db.rows("select count(*) n from t").await, json!([{ "n": 2 }]));
    let read_only = db.call("postgres.select", json!({ "table": "t", "columns": ["id"], "order": ["id"] })).await;
    assert_eq!(read_only.unwrap()["rows"], json!([{ "id": 1 }, { "id": 2 }]));
    // What a statement leaves behind is nobody else's.
    db.rows("set search_path = nowhere").await;
    assert_eq!(db.rows("select count(*) n from t").await, json!([{ "n": 2 }]));
}

#[tokio::test(flavor = "multi_thread")]
async fn time_is_kept_and_a_restart_survived() {
    let Some(mut db) = Postgres::start(&[]) else { return };
    db.rows("select 1").await;
    let slow = step(&db.modules, "postgres.query").connection("db").timeout(Duration::from_millis(500));
    let error = slow.call(json!({ "sql": "select pg_sleep(60)" })).await.unwrap_err();
    assert_eq!((error.code.as_str(), error.recovery), ("timeout", Recovery::Retry), "{error:?}");
    // The server itself gave up: nothing goes on there.
    let active = "select count(*) n from pg_stat_activity where query like '%pg_sleep%' and pid <> pg_backend_pid() and state = 'active'";
    assert_eq!(db.rows(active).await, json!([{ "n": 0 }]));
    // All of its processes, and not the first of them alone.
    db.daemon.end("QUIT");
    let error = db.call("postgres.query", json!({ "sql": "select 1" })).await.unwrap_err();
    assert_eq!((error.code.as_str(), error.recovery), ("connection_failed", Recovery::Retry), "{error:?}");
    db.daemon.restart();
    db.rows("select 1").await;
    let mut calls = tokio::task::JoinSet::new();
    let modules = Arc::new(std::mem::take(&mut db.modules));
    for _ in 0..100 {
        let modules = Arc::clone(&modules);
        calls.spawn(async move {
            step(&modules, "postgres.query").connection("db").call(json!({ "sql": "select 1 a" })).await
        });
    }
    while let Some(outcome) = calls.join_next().await {
        assert_eq!(outcome.unwrap().unwrap().output["rows"], json!([{ "a": 1 }]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_and_the_login_are_as_the_connection_says() {
    let certificates = Certificates::new();
    given_to(USER, certificates.folder());
    let (certificate, key) = (certificates.certificate.display(), certificates.key.display());
    let (certificate, key) = (format!("ssl_cert_file={certificate}"), format!("ssl_key_file={key}"));
    let Some(db) = Postgres::start(&["-c", "ssl=on", "-c", &certificate, "-c", &key]) else { return };
    db.rows("select 1").await;
    let port = db.daemon.port;
    let verdict = async |text: &str| {
        let given = Given(BTreeMap::from([("ca.pem", certificates.authority.clone())]));
        let connections = Connections::parse(text, &given).unwrap();
        let verdict = probe(&connections, "db", &files(), Options::default(), NOW).await;
        assert!(!format!("{verdict:?}").contains(PASSWORD), "{verdict:?}");
        verdict
    };
    let url = format!("postgres://postgres@localhost:{port}/postgres");
    let known =
        verdict(&format!("db: {{ type: postgres, url: '{url}', password: {PASSWORD}, ca: {{ file: ca.pem }} }}")).await;
    assert!(known.ok && known.message.contains("PostgreSQL"), "{known:?}");
    for (text, code) in [
        (format!("db: {{ type: postgres, url: '{url}', password: {PASSWORD} }}"), "connection_failed"),
        (format!("db: {{ type: postgres, url: '{url}?sslmode=disable', password: falsch }}"), "login_refused"),
        (format!("db: {{ type: postgres, url: '{url}?sslmode=disable' }}"), "login_refused"),
    ] {
        let verdict = verdict(&text).await;
        assert_eq!(verdict.code.as_deref(), Some(code), "{text}: {verdict:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_tls_means_no_login_and_a_sandbox_no_server() {
    let Some(db) = Postgres::start(&[]) else { return };
    db.rows("select 1").await;
    let text = format!(
        "db: {{ type: postgres, url: 'postgres://postgres@127.0.0.1:{}', password: {PASSWORD} }}",
        db.daemon.port
    );
    let strict = modules(&text, &[], Options::default());
    let error = step(&strict, "postgres.query").connection("db").call(json!({ "sql": "select 1" })).await.unwrap_err();
    assert_eq!((error.code.as_str(), error.recovery), ("connection_failed", Recovery::Permanent), "{error:?}");
    assert!(error.hint.unwrap().contains("sslmode=disable"));
    let sandbox = modules("db: { type: postgres, sandbox: true }", &[], Options::default());
    let outcome = step(&sandbox, "postgres.select").connection("db").call(json!({ "table": "t" })).await.unwrap();
    assert_eq!((outcome.delivery, &outcome.output["more"]), (Delivery::Sandbox, &json!(false)));
}
