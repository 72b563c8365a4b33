//! `store.*` over tables in memory and on disk.

use crate::step::{NOW, modules, step};
use futures_util::future::join_all;
use modules::{Connections, Options};
use run::call::Module;
use run::data_store::DataStores;
use run::error::{Recovery, StepError};
use serde_json::{Value, json};
use std::sync::Arc;

type Modules = Vec<Arc<dyn Module>>;

fn memory() -> Modules {
    modules("", &[], Options::default())
}

/// A call of its own.
async fn call(modules: &Modules, name: &str, parameters: Value) -> Result<Value, StepError> {
    repeated(modules, name, &uuid::Uuid::now_v7().to_string(), parameters).await
}

async fn repeated(modules: &Modules, name: &str, key: &str, parameters: Value) -> Result<Value, StepError> {
    step(modules, name).idempotency_key(key).call(parameters).await.map(|outcome| outcome.output)
}

async fn done(modules: &Modules, name: &str, parameters: Value) -> Value {
    let shown = parameters.to_string();
    call(modules, name, parameters).await.unwrap_or_else(|error| panic!("{name} {shown}: {error:?}"))
}

async fn refused(modules: &Modules, name: &str, parameters: Value) -> (String, String) {
    let error = call(modules, name, parameters).await.unwrap_err();
    (error.code, error.message)
}

#[tokio::test]
async fn a_record_is_put_got_and_deleted() {
    let modules = memory();
    let at = |more: Value| {
        let mut parameters = json!({ "table": "customers", "key": "ann" });
        parameters.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        parameters
    };
    let put = done(&modules, "store.put", at(json!({ "value": { "name": "Ann" } }))).await;
    assert_eq!((&put["key"], &put["value"], &put["created"]), (&json!("ann"), &json!({"name": "Ann"}), &json!(true)));
    let got = done(&modules, "store.get", at(json!({}))).await;
    let expected = json!({ "key": "ann", "value": { "name": "Ann" }, "revision": put["revision"], "found": true });
    assert_eq!(got, expected);
    let changed = json!({ "value": 2, "if": { "revision": put["revision"] } });
    assert_eq!(done(&modules, "store.put", at(changed.clone())).await["created"], false);
    let (code, message) = refused(&modules, "store.put", at(changed)).await;
    assert!(code == "conflict" && message.starts_with("the record `ann` is at revision "), "{code}: {message}");
    assert_eq!(refused(&modules, "store.delete", at(json!({ "if": { "value": 3 } }))).await.0, "conflict");
    assert_eq!(done(&modules, "store.delete", at(json!({ "if": "present" }))).await["deleted"], true);
    assert_eq!(done(&modules, "store.delete", at(json!({}))).await, json!({ "key": "ann", "deleted": false }));
}

#[tokio::test]
async fn a_record_that_is_not_there_is_an_error_or_the_default() {
    let modules = memory();
    let at = json!({ "table": "customers", "key": "bob" });
    let error = call(&modules, "store.get", at.clone()).await.unwrap_err();
    assert_eq!((error.code.as_str(), error.recovery), ("not_found", Recovery::Permanent));
    assert_eq!(error.message, "there is no record \"bob\" in the data store `customers`");
    assert_eq!(error.hint.unwrap(), "give a `default`, or say `on_error`");
    for default in [json!({ "orders": 0 }), json!(null)] {
        let got = done(&modules, "store.get", json!({ "table": "customers", "key": "bob", "default": default })).await;
        assert_eq!(got, json!({ "key": "bob", "value": default, "revision": 0, "found": false }));
    }
    let made = json!({ "table": "customers", "key": "bob", "value": 1, "if": { "revision": 0 } });
    assert_eq!(done(&modules, "store.put", made.clone()).await["created"], true);
    assert_eq!(refused(&modules, "store.put", made).await.0, "conflict");
}

#[tokio::test]
async fn a_step_that_is_run_again_changes_nothing_twice() {
    let modules = memory();
    let add = json!({ "table": "t", "key": "n", "by": 2.5 });
    let first = repeated(&modules, "store.add", "run-1.3", add.clone()).await.unwrap();
    done(&modules, "store.add", add.clone()).await;
    assert_eq!(repeated(&modules, "store.add", "run-1.3", add.clone()).await.unwrap(), first);
    assert_eq!(repeated(&modules, "store.add", "run-1.4", add).await.unwrap()["value"], 7.5);
    let put = json!({ "table": "t", "key": "p", "value": 1, "if": "absent" });
    let first = repeated(&modules, "store.put", "run-1.5", put.clone()).await.unwrap();
    assert_eq!(repeated(&modules, "store.put", "run-1.5", put.clone()).await.unwrap(), first);
    assert_eq!(refused(&modules, "store.put", put).await.0, "conflict");
    let delete = json!({ "table": "t", "key": "p", "if": "present" });
    for _ in 0..2 {
        assert_eq!(repeated(&modules, "store.delete", "run-1.6", delete.clone()).await.unwrap()["deleted"], true);
    }
}

#[tokio::test]
async fn records_live_as_long_as_they_should() {
    let modules = memory();
    let put = |ttl: Value| json!({ "table": "t", "key": "k", "value": 1, "ttl": ttl });
    for (ttl, milliseconds) in [(json!("90s"), 90_000), (json!(1.5), 1_500), (json!("30d"), 30 * 86_400_000)] {
        let key = uuid::Uuid::now_v7().to_string();
        step(&modules, "store.put").idempotency_key(&key).call(put(ttl)).await.unwrap();
        let get = |now| step(&modules, "store.get").now(now).call(json!({ "table": "t", "key": "k" }));
        assert!(get(NOW + milliseconds - 1).await.is_ok());
        assert_eq!(get(NOW + milliseconds).await.unwrap_err().code, "not_found");
    }
    for ttl in [json!("soon"), json!(0), json!("0s"), json!(-5), json!(1e300), json!("500y")] {
        let (code, message) = refused(&modules, "store.put", put(ttl.clone())).await;
        assert!(code == "invalid_parameters" && message.starts_with("`ttl`: "), "{ttl}: {message}");
    }
}

#[tokio::test]
async fn records_are_searched_and_counted() {
    let modules = memory();
    for (key, total, status) in [("a1", 5, "open"), ("a2", 150, "open"), ("a3", 200, "paid"), ("b1", 300, "open")] {
        let put = json!({ "table": "orders", "key": key, "value": { "total": total, "status": status } });
        done(&modules, "store.put", put).await;
    }
    let found = |output: &Value| {
        let items = output["items"].as_array().unwrap().iter();
        items.map(|item| item["key"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let search = |more: Value| {
        let mut parameters = json!({ "table": "orders" });
        parameters.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        done(&modules, "store.search", parameters)
    };
    let all = search(json!({})).await;
    assert_eq!((found(&all), &all["next"]), (vec!["a1".into(), "a2".into(), "a3".into(), "b1".into()], &Value::Null));
    assert_eq!(all["items"][0]["value"], json!({ "total": 5, "status": "open" }));
    assert!(all["items"][0]["revision"].as_u64().unwrap() > 0);
    let page = search(json!({ "limit": 2 })).await;
    assert_eq!((found(&page), &page["next"]), (vec!["a1".into(), "a2".into()], &json!("a2")));
    assert_eq!(found(&search(json!({ "limit": 2, "after": page["next"] })).await), ["a3", "b1"]);
    let large = json!({ "where": { "status": "open", "total": { "gt": 100 } }, "order": "-total" });
    assert_eq!(found(&search(large).await), ["b1", "a2"]);
    assert_eq!(found(&search(json!({ "prefix": "a", "order": "total", "limit": 1 })).await), ["a1"]);
    let either = json!([{ "total": { "lt": 10 } }, { "status": "paid" }]);
    assert_eq!(found(&search(json!({ "where": either, "order": "status,-total" })).await), ["a1", "a3"]);
    let second = search(json!({ "order": "-total", "limit": 1, "after": "b1" })).await;
    assert_eq!((found(&second), &second["next"]), (vec!["a3".into()], &json!("a3")));
    let count = json!({ "table": "orders", "prefix": "a", "where": { "status": { "not": "paid" } } });
    assert_eq!(done(&modules, "store.count", count).await, json!({ "count": 2 }));
    for (parameters, words) in [
        (json!({ "table": "orders", "limit": 0 }), "`limit` is 0; it goes from 1 to 1000"),
        (json!({ "table": "orders", "where": { "total": { "over": 1 } } }), "`where.total`: `over` is no test"),
        (json!({ "table": "or ders" }), "\"or ders\" cannot name a data store"),
        (json!({ "table": "orders", "order": "total", "after": "a" }), "the record `a` is gone or no longer fits"),
        (json!({ "table": "orders", "order": "-" }), "`order`: \"-\" names no field"),
    ] {
        let (code, message) = refused(&modules, "store.search", parameters).await;
        assert!(code == "invalid_parameters" && message.starts_with(words), "{code}: {message}");
    }
}

/// Every count arrives, and each gets a sum of its own.
async fn counts_are_exact(modules: Modules, tasks: u64, each: u64) {
    let modules = Arc::new(modules);
    let one = |modules: Arc<Modules>| async move {
        let mut sums = Vec::new();
        for _ in 0..each {
            let added = done(&modules, "store.add", json!({ "table": "t", "key": "hot", "field": "n" })).await;
            sums.push(added["value"].as_u64().unwrap());
        }
        sums
    };
    let tasks = (0..tasks).map(|_| tokio::spawn(one(Arc::clone(&modules))));
    let mut sums: Vec<u64> = join_all(tasks).await.into_iter().flat_map(Result::unwrap).collect();
    sums.sort_unstable();
    assert_eq!(sums, (1..=sums.len() as u64).collect::<Vec<_>>());
    let got = done(&modules, "store.get", json!({ "table": "t", "key": "hot" })).await;
    assert_eq!(got["value"]["n"], sums.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_tasks_count_exactly_in_memory() {
    counts_are_exact(memory(), 50, 200).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_tasks_count_exactly_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    let store = store::open(&format!("sled:{}", folder.path().display())).unwrap();
    let stores = DataStores::new(store.tables);
    let modules = modules::catalog(Arc::new(Connections::empty()), &stores, &crate::step::files(), Options::default());
    counts_are_exact(modules, 50, 200).await;
}
