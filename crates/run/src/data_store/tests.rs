//! Data stores over tables in memory: changes made once, ends, conditions, filters, and bytes of every release.

use super::record::{Applied, Effect, Stored, author};
use super::*;
use crate::tables::Record;
use serde_json::json;
use std::collections::BTreeMap;

const NOW: Millis = 1_795_305_600_000;
const HOUR: Millis = 3_600_000;

/// The fewest lines that keep records, and lose a race as often as they are told.
#[derive(Debug, Default)]
struct Shelf {
    records: Mutex<BTreeMap<(String, String), Record>>,
    conflicts: AtomicI64,
}

impl Shelf {
    fn records(&self) -> MutexGuard<'_, BTreeMap<(String, String), Record>> {
        self.records.lock().unwrap()
    }

    fn tables(&self) -> Vec<String> {
        self.records().keys().map(|(table, key)| format!("{table} {key}")).collect()
    }
}

impl Tables for Shelf {
    fn get(&self, table: &str, key: &str) -> Result<Option<Record>, StoreError> {
        Ok(self.records().get(&(table.into(), key.into())).cloned())
    }

    fn put(&self, table: &str, key: &str, value: &[u8], expected: Expected) -> Result<u64, StoreError> {
        if table.starts_with(PREFIX) && self.conflicts.fetch_sub(1, std::sync::atomic::Ordering::Relaxed) > 0 {
            return Err(StoreError::Conflict);
        }
        let mut records = self.records();
        let at = (table.to_owned(), key.to_owned());
        let found = records.get(&at).map(|record| record.revision);
        let fits = match expected {
            Expected::Any => true,
            Expected::Absent => found.is_none(),
            Expected::Revision(revision) => found == Some(revision),
        };
        if !fits {
            return Err(StoreError::Conflict);
        }
        let revision = records.values().map(|record| record.revision).max().unwrap_or(0) + 1;
        records.insert(at, Record { revision, value: value.to_vec().into() });
        Ok(revision)
    }

    fn delete(&self, table: &str, key: &str, expected: Expected) -> Result<bool, StoreError> {
        let at = (table.to_owned(), key.to_owned());
        let found = self.records().get(&at).map(|record| record.revision);
        if matches!(expected, Expected::Revision(wanted) if found != Some(wanted)) {
            return Err(StoreError::Conflict);
        }
        Ok(self.records().remove(&at).is_some())
    }

    fn scan(
        &self,
        table: &str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, Record)>, StoreError> {
        let records = self.records();
        let of_table = records.iter().filter(|((of, _), _)| of == table);
        let found = of_table.filter(|((_, key), _)| key.starts_with(prefix) && Some(key.as_str()) > after);
        Ok(found.take(limit).map(|((_, key), record)| (key.clone(), record.clone())).collect())
    }
}

fn stores() -> (Arc<Shelf>, DataStores) {
    let shelf = Arc::new(Shelf::default());
    (Arc::clone(&shelf), DataStores::new(shelf))
}

fn act(now: Millis, key: &str) -> Act<'_> {
    Act { now, idempotency_key: Some(key) }
}

fn value(value: Value) -> Put {
    Put { value, ttl: None, condition: None }
}

fn only(value: Value, condition: Condition) -> Put {
    Put { value, ttl: None, condition: Some(condition) }
}

fn one() -> Add {
    Add { by: 1.into(), field: None, ttl: None }
}

fn read(stores: &DataStores, key: &str, now: Millis) -> Option<Value> {
    stores.get("t", key, now).unwrap().map(|record| record.value)
}

#[test]
fn a_record_is_written_read_and_removed() {
    let (_, stores) = stores();
    let first = stores.put("t", "k", &value(json!({"a": 1})), act(NOW, "1")).unwrap();
    let second = stores.put("t", "k", &value(json!([2])), act(NOW + 5, "2")).unwrap();
    assert_eq!((first.created, second.created), (true, false));
    assert!(second.revision > first.revision && first.revision > 0);
    let record = stores.get("t", "k", NOW + 6).unwrap().unwrap();
    let expected =
        DataRecord { key: "k".into(), value: json!([2]), revision: second.revision, changed: NOW + 5, expires: None };
    assert_eq!(record, expected);
    assert!(stores.delete("t", "k", None, act(NOW, "3")).unwrap());
    assert!(!stores.delete("t", "k", None, act(NOW, "4")).unwrap());
    assert_eq!(read(&stores, "k", NOW), None);
    assert_eq!(stores.names().unwrap(), ["t"]);
}

#[test]
fn a_repeat_of_a_change_gets_its_first_result_whatever_came_between() {
    let (_, stores) = stores();
    let first = stores.add("t", "n", &one(), act(NOW, "a")).unwrap();
    assert_eq!(stores.add("t", "n", &one(), act(NOW, "a")).unwrap(), first);
    for other in 0..100 {
        stores.add("t", "n", &one(), act(NOW, &format!("b{other}"))).unwrap();
    }
    assert_eq!(stores.add("t", "n", &one(), act(NOW, "a")).unwrap(), first);
    assert_eq!(read(&stores, "n", NOW), Some(json!(101)));

    let put = stores.put("t", "p", &only(json!(1), Condition::Absent), act(NOW, "p")).unwrap();
    assert_eq!(stores.put("t", "p", &only(json!(1), Condition::Absent), act(NOW, "p")).unwrap(), put);
    let computed_anew = stores.put("t", "p", &only(json!(9), Condition::Absent), act(NOW, "p")).unwrap();
    assert_eq!(computed_anew, put, "the value that was kept is the answer");
    stores.put("t", "p", &value(json!(2)), act(NOW, "q")).unwrap();
    stores.put("t", "p", &value(json!(1)), act(NOW, "p")).unwrap();
    assert_eq!(read(&stores, "p", NOW), Some(json!(2)), "a late repeat does not undo what came after it");
}

#[test]
fn a_repeat_is_known_after_the_record_was_deleted_or_expired() {
    let (_, stores) = stores();
    stores.put("t", "k", &value(json!(1)), act(NOW, "1")).unwrap();
    assert!(stores.delete("t", "k", None, act(NOW, "2")).unwrap());
    stores.put("t", "k", &value(json!(3)), act(NOW, "3")).unwrap();
    assert!(stores.delete("t", "k", None, act(NOW, "2")).unwrap(), "the first result");
    assert_eq!(read(&stores, "k", NOW), Some(json!(3)), "and the new record stays");

    let short = Add { ttl: Some(1_000), ..one() };
    stores.add("t", "n", &short, act(NOW, "4")).unwrap();
    let again = stores.add("t", "n", &short, act(NOW + 2_000, "4")).unwrap();
    assert_eq!((again.number, read(&stores, "n", NOW + 2_000)), (1.into(), None));
}

#[test]
fn changes_without_a_key_are_each_their_own() {
    let (_, stores) = stores();
    let act = Act { now: NOW, idempotency_key: None };
    for sum in 1..=3 {
        assert_eq!(stores.add("t", "n", &one(), act).unwrap().number, sum.into());
    }
}

#[test]
fn a_record_remembers_no_more_than_it_should() {
    let (shelf, stores) = stores();
    for number in 0..400 {
        stores.add("t", "n", &one(), act(NOW, &number.to_string())).unwrap();
    }
    let record = shelf.get("data:t", "n").unwrap().unwrap();
    assert!(record.value.len() < 5_000, "{}", record.value.len());
}

#[test]
fn conditions_are_kept() {
    let (_, stores) = stores();
    let conflict = |put: Put, key: &str, words: &str| {
        let error = stores.put("t", key, &put, act(NOW, "c")).unwrap_err();
        assert_eq!(error.code(), "conflict");
        assert_eq!(error.to_string(), format!("the record `{key}` {words}"));
    };
    conflict(only(json!(1), Condition::Present), "k", "does not exist");
    conflict(only(json!(1), Condition::Revision(7)), "k", "does not exist");
    conflict(only(json!(1), Condition::Value(json!(1))), "k", "does not exist");
    let made = stores.put("t", "k", &only(json!({"n": 1, "of": [2]}), Condition::Absent), act(NOW, "1")).unwrap();
    conflict(only(json!(1), Condition::Absent), "k", "exists already");
    conflict(only(json!(1), Condition::Revision(0)), "k", "exists already");
    let other = made.revision + 1;
    let words = format!("is at revision {}, not {other}", made.revision);
    conflict(only(json!(1), Condition::Revision(other)), "k", &words);
    conflict(only(json!(1), Condition::Value(json!({"n": 1}))), "k", "holds another value");
    let same = Condition::Value(json!({"of": [2.0], "n": 1.0}));
    let second = stores.put("t", "k", &only(json!(2), same), act(NOW, "2")).unwrap();
    stores.put("t", "k", &only(json!(3), Condition::Revision(second.revision)), act(NOW, "3")).unwrap();
    stores.put("t", "k", &only(json!(4), Condition::Present), act(NOW, "4")).unwrap();
    let stale = Condition::Revision(second.revision);
    assert_eq!(stores.delete("t", "k", Some(&stale), act(NOW, "5")).unwrap_err().code(), "conflict");
    assert!(stores.delete("t", "k", Some(&Condition::Value(json!(4))), act(NOW, "6")).unwrap());
}

#[test]
fn sums_are_exact_where_they_can_be() {
    let (_, stores) = stores();
    let add = |by: Value, field: Option<&str>, key: &str| {
        let Value::Number(by) = by else { panic!("a number") };
        let act = Act { now: NOW, idempotency_key: None };
        stores.add("t", key, &Add { by, field: field.map(str::to_owned), ttl: None }, act)
    };
    assert_eq!(add(json!(5), None, "n").unwrap().number, 5.into());
    assert_eq!(add(json!(-7), None, "n").unwrap().number, (-2).into());
    assert_eq!(add(json!(0.5), None, "n").unwrap().number.as_f64(), Some(-1.5));
    assert_eq!(add(json!(2), Some("visits.today"), "m").unwrap().number, 2.into());
    assert_eq!(add(json!(3), Some("visits.today"), "m").unwrap().number, 5.into());
    assert_eq!(read(&stores, "m", NOW), Some(json!({"visits": {"today": 5}})));
    let wrong = |result: Result<Added, DataError>, code: &str, words: &str| {
        let error = result.unwrap_err();
        assert_eq!((error.code(), error.to_string()), (code, words.to_owned()));
    };
    wrong(add(json!(1), None, "m"), "wrong_type", "the record `m` is a map, not a number");
    wrong(
        add(json!(1), Some("visits.today.x"), "m"),
        "wrong_type",
        "the record `m` holds a number where the path `visits.today.x` needs a map",
    );
    wrong(add(json!(1), Some("visits"), "m"), "wrong_type", "`visits` of the record `m` is a map, not a number");
    add(json!(i64::MAX), None, "big").unwrap();
    wrong(add(json!(1), None, "big"), "out_of_range", "the record `big` would be larger than a number can be");
}

#[test]
fn a_window_of_a_counter_begins_with_its_first_count() {
    let (_, stores) = stores();
    let add = Add { ttl: Some(60_000), ..one() };
    let count = |now: Millis, key: &str| stores.add("t", "ip", &add, act(now, key)).unwrap();
    assert_eq!(count(NOW, "1").number, 1.into());
    assert_eq!(count(NOW + 59_999, "2").number, 2.into(), "an older record keeps its time");
    let new = count(NOW + 60_000, "3");
    assert_eq!((new.number, new.created), (1.into(), true));
    assert_eq!(count(NOW + 119_999, "4").number, 2.into());
}

#[test]
fn what_is_gone_is_taken_away_an_hour_later_and_leaves_nothing() {
    let (shelf, stores) = stores();
    let short = Put { value: json!(1), ttl: Some(1_000), condition: None };
    for key in ["a", "b/c"] {
        stores.put("t", key, &short, act(NOW, key)).unwrap();
    }
    stores.put("t", "b/c", &value(json!(2)), act(NOW, "kept")).unwrap();
    stores.put("t", "d", &value(json!(3)), act(NOW, "d1")).unwrap();
    stores.delete("t", "d", None, act(NOW + 1_000, "d2")).unwrap();
    assert_eq!(stores.sweep(NOW + HOUR).unwrap(), 0, "not yet");
    assert_eq!(stores.sweep(NOW + HOUR + 1_000).unwrap(), 0, "someone looked just now");
    assert_eq!(stores.sweep(NOW + HOUR + 20_000).unwrap(), 2);
    assert_eq!(shelf.tables(), ["data-stores t", "data:t b/c"]);
    assert_eq!(read(&stores, "b/c", NOW + 2 * HOUR), Some(json!(2)));
}

#[test]
fn many_ends_are_taken_in_several_goes() {
    let (shelf, stores) = stores();
    let short = Put { value: json!(1), ttl: Some(1), condition: None };
    for number in 0..150 {
        stores.put("t", &number.to_string(), &short, act(NOW, "x")).unwrap();
    }
    let later = NOW + 2 * HOUR;
    let taken = [stores.sweep(later), stores.sweep(later), stores.sweep(later), stores.sweep(later)];
    assert_eq!(taken.map(Result::unwrap), [64, 64, 22, 0]);
    assert_eq!(shelf.tables(), ["data-stores t"]);
}

#[test]
fn races_are_run_again_and_given_up_in_the_end() {
    let (shelf, stores) = stores();
    shelf.conflicts.store(10, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(stores.add("t", "n", &one(), act(NOW, "1")).unwrap().number, 1.into());
    shelf.conflicts.store(1_000, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(stores.add("t", "n", &one(), act(NOW, "2")).unwrap_err().code(), "store_busy");
}

#[test]
fn names_keys_and_values_have_bounds() {
    let (shelf, stores) = stores();
    let put = |store: &str, key: &str, size: usize| {
        stores.put(store, key, &value("x".repeat(size).into()), act(NOW, "1")).map_err(|error| error.code())
    };
    let (longest, longer) = ("k".repeat(LONGEST_KEY), "k".repeat(LONGEST_KEY + 1));
    assert!(put("A-z_9", "any text: ☃/\n", 1).is_ok());
    assert!(put("t", &longest, LARGEST_VALUE - 2).is_ok());
    assert_eq!(put("t", "k", LARGEST_VALUE - 1), Err("too_large"));
    assert_eq!(put("t", &longer, 1), Err("invalid_parameters"));
    assert_eq!(put("t", "", 1), Err("invalid_parameters"));
    for name in ["", "a b", "a/b", "ä", "data:t", "..", &"t".repeat(65)] {
        assert_eq!(put(name, "k", 1), Err("invalid_parameters"), "{name:?}");
        assert!(stores.get(name, "k", NOW).is_err() && stores.search(name, &Query::default(), NOW).is_err());
    }
    assert!(shelf.tables().iter().all(|table| table.starts_with("data")), "{:?}", shelf.tables());
}

fn filled() -> DataStores {
    let (_, stores) = stores();
    for number in 0..100 {
        let record = json!({ "n": number, "odd": number % 2 == 1, "tags": [format!("t{}", number % 10)] });
        stores.put("t", &format!("k{number:02}"), &value(record), act(NOW, "x")).unwrap();
    }
    stores.put("t", "other", &value(json!({ "n": null })), act(NOW, "x")).unwrap();
    stores.put("t", "short", &Put { ttl: Some(1), ..value(json!({ "n": 5 })) }, act(NOW, "x")).unwrap();
    stores
}

fn keys(page: &Page) -> Vec<&str> {
    page.items.iter().map(|record| record.key.as_str()).collect()
}

fn query(filter: Value, limit: usize) -> Query {
    let Value::Object(fields) = filter else { panic!("a map") };
    Query { limit, filter: Filter::read(&fields).unwrap(), ..Query::default() }
}

#[test]
fn pages_follow_on_each_other_and_end() {
    let stores = filled();
    let mut query = Query { prefix: "k".into(), ..query(json!({ "odd": true }), 20) };
    let mut found = Vec::new();
    loop {
        let page = stores.search("t", &query, NOW + 10).unwrap();
        found.extend(page.items.iter().map(|record| record.value["n"].as_u64().unwrap()));
        assert!(page.items.len() <= 20);
        match page.next {
            Some(next) => query.after = Some(next),
            None => break,
        }
    }
    assert_eq!(found, (0..100).filter(|n| n % 2 == 1).collect::<Vec<_>>());
    let filter = Filter::default();
    assert_eq!(stores.count("t", "", &filter, usize::MAX, NOW + 10).unwrap(), 101);
    assert_eq!(stores.count("t", "k1", &filter, usize::MAX, NOW + 10).unwrap(), 10);
    assert_eq!(stores.count("t", "", &filter, 7, NOW + 10).unwrap(), 7);
    assert_eq!(stores.count("t", "", &query.filter, usize::MAX, NOW + 10).unwrap(), 50);
    assert_eq!(stores.search("nobody", &Query { limit: 5, ..Query::default() }, NOW).unwrap(), Page::default());
}

#[test]
fn a_search_is_sorted_by_a_field() {
    let stores = filled();
    let sorted = |order: &str| {
        let order = Some(Order::read(order).unwrap());
        let query = Query { order, ..query(json!({ "tags": { "contains": "t3" } }), 3) };
        let page = stores.search("t", &query, NOW + 10).unwrap();
        page.items.iter().map(|record| record.value["n"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(sorted("n"), [3, 13, 23]);
    assert_eq!(sorted("-n"), [93, 83, 73]);
    let all = Query { order: Some(Order::read("-odd").unwrap()), ..query(json!({}), 200) };
    let page = stores.search("t", &all, NOW + 10).unwrap();
    assert_eq!((keys(&page)[0], keys(&page)[50], keys(&page)[100]), ("k01", "k00", "other"));
    for order in ["", "-", "n,,m"] {
        assert_eq!(Order::read(order).unwrap_err().code(), "invalid_parameters", "{order}");
    }
}

#[test]
fn a_sorted_search_goes_on_after_its_last_record() {
    let stores = filled();
    let mut query = Query { order: Some(Order::read("odd,-n").unwrap()), ..query(json!({}), 30) };
    let mut found = Vec::new();
    loop {
        let page = stores.search("t", &query, NOW + 10).unwrap();
        found.extend(keys(&page).into_iter().map(str::to_owned));
        match page.next {
            Some(next) => query.after = Some(next),
            None => break,
        }
    }
    let expected = [98, 96, 1].map(|n| format!("k{n:02}"));
    assert_eq!((found.len(), &found[0], &found[1], &found[99]), (101, &expected[0], &expected[1], &expected[2]));
    let gone = Query { after: Some("gone".into()), ..query };
    assert_eq!(stores.search("t", &gone, NOW).unwrap_err().code(), "invalid_parameters");
}

#[test]
fn a_filter_may_be_one_of_many() {
    let (_, stores) = stores();
    for n in 0..10 {
        stores.put("t", &n.to_string(), &value(json!({ "n": n })), act(NOW, "x")).unwrap();
    }
    let found = |wanted: Value| {
        let query = Query { limit: 20, filter: Filter::any(&wanted).unwrap(), ..Query::default() };
        keys(&stores.search("t", &query, NOW).unwrap()).join("")
    };
    assert_eq!(found(json!([{ "n": { "lt": 2 } }, { "n": 5 }, { "n": { "gte": 9 } }])), "0159");
    assert_eq!(found(json!([{ "n": { "gt": 2, "lt": 5 } }])), "34");
    assert_eq!((found(json!([])), found(json!({}))), ("0123456789".into(), "0123456789".into()));
    assert_eq!(found(json!([{}, { "n": 1 }])), "0123456789");
    for wrong in [json!("n"), json!([1]), json!([{ "n": { "odd": 1 } }])] {
        assert_eq!(Filter::any(&wrong).unwrap_err().code(), "invalid_parameters", "{wrong}");
    }
}

#[test]
fn filters_say_which_records_are_meant() {
    let record = json!({
        "status": "open", "total": 10, "price": 1.0, "paid": false, "note": null, "tags": ["new", 2],
        "address": { "city": "Bern" }, "lines": [{ "sku": "a" }], "a.b": "dotted",
    });
    for (filter, expected) in [
        (json!({}), true),
        (json!({ "status": "open", "total": 10 }), true),
        (json!({ "status": "open", "total": 11 }), false),
        (json!({ "total": 10.0, "price": 1 }), true),
        (json!({ "total": "10" }), false),
        (json!({ "note": null }), true),
        (json!({ "nothing": null }), false),
        (json!({ "total": { "gt": 9, "lte": 10 } }), true),
        (json!({ "total": { "gt": 10 } }), false),
        (json!({ "total": { "gte": 10, "lt": 10.5 } }), true),
        (json!({ "status": { "gt": "closed", "lt": "p" } }), true),
        (json!({ "note": { "gt": 1 } }), false),
        (json!({ "nothing": { "lt": 1 } }), false),
        (json!({ "status": { "not": "closed" }, "nothing": { "not": 1 } }), true),
        (json!({ "status": { "not": "open" } }), false),
        (json!({ "status": { "in": ["open", "held"] } }), true),
        (json!({ "total": { "in": [] } }), false),
        (
            json!({ "tags": { "contains": 2.0 }, "status": { "contains": "pe" }, "address": { "contains": "city" } }),
            true,
        ),
        (json!({ "total": { "contains": 1 } }), false),
        (json!({ "status": { "starts_with": "op" } }), true),
        (json!({ "total": { "starts_with": "1" } }), false),
        (json!({ "status": { "ends_with": "en" } }), true),
        (json!({ "status": { "not_in": ["open"] } }), false),
        (json!({ "none": { "not_in": ["open"] }, "missing": { "not_contains": "x" } }), true),
        (json!({ "tags": { "not_contains": "old" } }), true),
        (json!({ "tags": { "not_contains": "new" } }), false),
        (json!({ "note": { "exists": true }, "nothing": { "exists": false } }), true),
        (json!({ "note": { "exists": false } }), false),
        (json!({ "address": { "is": { "city": "Bern" } }, "address.city": "Bern", "lines.0.sku": "a" }), true),
        (json!({ "lines.1.sku": "a" }), false),
        (json!({ "a.b": "dotted" }), true),
        (json!({ "tags": ["new", 2] }), true),
    ] {
        let Value::Object(fields) = &filter else { panic!("a map") };
        assert_eq!(Filter::read(fields).unwrap().fits("k", &record).unwrap(), expected, "{filter}");
    }
}

#[test]
fn what_cannot_be_compared_is_said() {
    for (filter, expected) in [
        (json!({ "n": { "more": 1 } }), "`where.n`: `more` is no test; these are: `is`, `not`, `gt`,"),
        (json!({ "n": { "in": 1 } }), "`where.n.in` takes a list"),
        (json!({ "n": { "exists": 1 } }), "`where.n.exists` takes `true` or `false`"),
        (json!({ "n": { "starts_with": 1 } }), "`where.n.starts_with` takes a text"),
        (json!({ "n": { "gt": true } }), "`where.n.gt` takes a number or a text"),
    ] {
        let Value::Object(fields) = &filter else { panic!("a map") };
        let error = Filter::read(fields).unwrap_err();
        assert_eq!(error.code(), "invalid_parameters");
        assert!(error.to_string().starts_with(expected), "{error}");
    }
    let Value::Object(fields) = json!({ "n": { "gt": 1 } }) else { panic!("a map") };
    let error = Filter::read(&fields).unwrap().fits("k", &json!({ "n": "5" })).unwrap_err();
    assert_eq!(error.to_string(), r#"`n` of the record `k` is "5", which cannot be compared with 1"#);
    assert_eq!(error.code(), "wrong_type");
}

/// What the first release with data stores wrote.
const FROZEN: &[u8] = include_bytes!("../../testdata/data_store/1.bin");

#[test]
fn records_of_every_release_are_read() {
    let record = Stored {
        value: Some(r#"{"n":1}"#.into()),
        expires: Some(NOW + HOUR),
        changed: NOW,
        applied: vec![
            Applied { by: author("a"), revision: Some(7), effect: Effect::Put { created: true } },
            Applied { by: author("b"), revision: Some(8), effect: Effect::Deleted },
            Applied { by: author("c"), revision: None, effect: Effect::Added { number: "1.5".into(), created: false } },
        ],
    };
    assert_eq!(Stored::decode(FROZEN).unwrap(), record);
    assert_eq!(record.encode(), FROZEN);
    for length in 0..FROZEN.len() {
        assert_eq!(Stored::decode(&FROZEN[..length]).unwrap_err().code(), "store_failed");
    }
    let error = Stored::decode(&[9, 0]).unwrap_err();
    assert!(error.to_string().contains("format 9"), "{error}");
    let step = crate::error::StepError::from(error);
    assert_eq!((step.code.as_str(), step.recovery), ("store_failed", crate::error::Recovery::Permanent));
}

mod columns;
