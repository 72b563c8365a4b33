//! What is new in answers, by ids and by all that items have; cursors; the order; what a crash leaves.

use super::*;
use scenario::catalog::{Catalog, Effect, ModuleSpec};
use scenario::plan::Trigger;
use serde_json::json;

const OF: Of<'_> = Of { scenario: "shop", number: 0 };

/// A poll with these keys, written as in a map.
fn poll(keys: &str) -> Poll {
    poll_of(&format!("shop.list: {{ since: \"{{{{ cursor ?? 'never' }}}}\" }}, {keys}"))
}

fn poll_of(keys: &str) -> Poll {
    let spec = |name: &str| ModuleSpec {
        name: name.to_owned(),
        summary: "Lists.".to_owned(),
        description: "Lists.".to_owned(),
        parameters: json!({ "type": "object", "properties": { "since": {}, "url": {}, "headers": {} } }),
        example: json!({}),
        sample: json!([]),
        connections: Vec::new(),
        needs_connection: false,
        effect: Effect::Outside,
        url_parameter: None,
        retry_pauses: Vec::new(),
    };
    let text = format!("trigger: {{ poll: {{ every: 1m, {keys} }} }}\nsteps: []\n");
    let (plan, findings) = scenario::check(&text, &Catalog::new(["shop.list", "http.request"].map(spec)));
    let plan = plan.unwrap_or_else(|| panic!("{findings:#?}"));
    match plan.triggers.into_iter().next() {
        Some(Trigger::Poll(poll)) => *poll,
        other => panic!("{other:?}"),
    }
}

/// One look after another.
struct Looking {
    poll: Poll,
    known: Known,
    now: Millis,
}

impl Looking {
    fn at(poll: Poll) -> Self {
        Self { known: Known::new(&poll.identity), poll, now: 1_700_000_000_000 }
    }

    fn asked(&mut self) -> Value {
        self.now += 60_000;
        ask(&self.poll, OF, &self.known, &Setting::default(), self.now).unwrap().1.parameters
    }

    fn found(&mut self, output: Value) -> Found {
        let parameters = self.asked();
        look(&self.poll, OF, &self.known, (&parameters, &output), &Setting::default(), self.now).unwrap()
    }

    /// What starts runs; all of it is noted, as it is kept on disk.
    fn looked(&mut self, output: Value) -> Vec<Value> {
        let found = self.found(output);
        self.known = Known::read(&found.known.write(), &self.poll.identity);
        assert_eq!(self.known, found.known);
        found.fresh.into_iter().map(|fresh| fresh.body).collect()
    }

    fn problem(&mut self, output: Value) -> String {
        let parameters = self.asked();
        let setting = Setting::default();
        look(&self.poll, OF, &self.known, (&parameters, &output), &setting, self.now).unwrap_err().message
    }
}

fn items(ids: &[i64]) -> Value {
    ids.iter().map(|id| json!({ "id": id })).collect()
}

fn ids(items: &[Value]) -> Vec<i64> {
    items.iter().map(|item| item["id"].as_i64().unwrap()).collect()
}

#[test]
fn what_was_there_first_starts_nothing_and_what_is_new_starts_once() {
    let mut looking = Looking::at(poll("items: output, id: item.id"));
    assert_eq!(ids(&looking.looked(items(&[1, 2]))), [0; 0]);
    assert_eq!(ids(&looking.looked(items(&[1, 2, 4, 3, 4]))), [4, 3]);
    assert_eq!(ids(&looking.looked(items(&[4, 5]))), [5]);
    assert_eq!(ids(&looking.looked(items(&[1, 2, 3, 4, 5]))), [0; 0]);
}

#[test]
fn all_may_be_new_at_first_and_the_oldest_comes_first() {
    let mut looking = Looking::at(poll("items: output, id: item.id, first: all, newest: first"));
    assert_eq!(ids(&looking.looked(items(&[3, 2, 1]))), [1, 2, 3]);
    assert_eq!(ids(&looking.looked(items(&[5, 4, 3]))), [4, 5]);
}

#[test]
fn nothing_at_first_is_a_first_look_too() {
    let mut looking = Looking::at(poll("items: output, id: item.id"));
    assert_eq!(ids(&looking.looked(json!([]))), [0; 0]);
    assert_eq!(ids(&looking.looked(items(&[1]))), [1]);
    assert_eq!(ids(&looking.looked(Value::Null)), [0; 0]);
}

#[test]
fn without_an_id_all_of_an_item_counts() {
    let mut looking = Looking::at(poll("items: output, first: all"));
    let item = |price: i64| json!({ "id": 1, "price": price });
    assert_eq!(looking.looked(json!([item(5)])), [item(5)]);
    assert_eq!(looking.looked(json!([item(5), item(6)])), [item(6)]);
}

#[test]
fn the_cursor_is_that_of_the_newest_item_and_sorts_them() {
    let mut looking = Looking::at(poll("items: output, id: item.id, cursor: item.at, first: all"));
    assert_eq!(looking.asked(), json!({ "since": "never" }));
    let item = |id: i64, at: &str| json!({ "id": id, "at": at });
    let found = looking.looked(json!([item(2, "2026-02-02"), item(1, "2026-02-01"), item(3, "2026-02-03")]));
    assert_eq!(ids(&found), [1, 2, 3]);
    assert_eq!(looking.asked(), json!({ "since": "2026-02-03" }));
    assert_eq!(ids(&looking.looked(json!([item(4, "2026-01-01")]))), [4]);
    assert_eq!(looking.asked(), json!({ "since": "2026-02-03" }), "a late one does not set it back");
    assert_eq!(ids(&looking.looked(json!([]))), [0; 0]);
    assert_eq!(looking.asked(), json!({ "since": "2026-02-03" }));
}

#[test]
fn the_cursor_may_be_one_of_the_answer() {
    let mut looking = Looking::at(poll("items: output.rows, id: item.id, cursor: output.next"));
    looking.looked(json!({ "rows": [], "next": "p2" }));
    assert_eq!(looking.asked(), json!({ "since": "p2" }));
}

#[test]
fn numbers_are_sorted_as_numbers() {
    let mut looking = Looking::at(poll("items: output, id: item.id, cursor: item.id, first: all"));
    assert_eq!(ids(&looking.looked(items(&[10, 9, 100]))), [9, 10, 100]);
}

#[test]
fn runs_have_the_same_names_until_they_are_noted() {
    let mut looking = Looking::at(poll("items: output, id: item.id, first: all"));
    let first = looking.found(items(&[1, 2]));
    // A crash after what was begun is on disk: the next look comes later, and finds one more.
    looking.known = first.begun.unwrap();
    let second = looking.found(items(&[2, 1, 3]));
    let names = |found: &Found| found.fresh.iter().map(|fresh| fresh.run).collect::<Vec<_>>();
    let (one, two) = (names(&Found { begun: None, ..first }), names(&second));
    assert_eq!([one[0], one[1]], [two[1], two[0]]);
    assert_eq!(second.begun.as_ref(), Some(&looking.known), "nothing is begun anew");
    looking.known = second.known;
    let third = looking.found(items(&[4]));
    assert!(third.fresh[0].run.created() > two[2].created());
    let other = Of { number: 1, ..OF };
    assert_ne!(named(OF, 5, b"x"), named(other, 5, b"x"));
}

#[test]
fn a_batch_that_was_begun_is_begun_again_with_the_same_items() {
    let mut looking = Looking::at(poll("items: output, id: item.id, first: all, batch: true"));
    let first = looking.found(items(&[1, 2]));
    assert_eq!(first.fresh.len(), 1);
    assert_eq!(first.fresh[0].body, items(&[1, 2]));
    looking.known = first.begun.clone().unwrap();
    let again = looking.found(items(&[1, 2, 3]));
    assert_eq!((&again.fresh, again.more), (&first.fresh, true));
    looking.known = again.known;
    let rest = looking.found(items(&[1, 2, 3]));
    assert_eq!((rest.fresh[0].body.clone(), rest.more), (items(&[3]), false));
    // What was begun may be gone from the answer: then there is nothing to begin again.
    looking.known = rest.begun.unwrap();
    let gone = looking.found(items(&[9]));
    assert_eq!((gone.fresh[0].body.clone(), gone.more), (items(&[9]), false));
}

#[test]
fn what_is_known_is_bounded_and_has_the_last_answer() {
    let mut known = Known::new("x");
    known.add(&(0..9_000).collect::<Vec<_>>());
    known.add(&(8_000..18_000).collect::<Vec<_>>());
    assert_eq!((known.items.len(), known.items[0]), (MOST_KNOWN, 8_000));
    assert!(known.write().len() < 120_000, "{}", known.write().len());
    let mut looking = Looking::at(poll("items: output, id: item.id"));
    let many: Vec<i64> = (0..10_001).collect();
    assert_eq!(looking.problem(items(&many)), "the answer has 10001 items, and no more than 10000 are looked at");
}

#[test]
fn answers_that_cannot_be_read_say_why() {
    let mut looking = Looking::at(poll("items: output, id: item.id"));
    assert_eq!(looking.problem(json!({ "rows": [] })), "`items` gives a map, not a list of items");
    assert_eq!(looking.problem(json!("none")), "`items` gives no list, not a list of items");
    assert!(looking.problem(json!([{ "name": "x" }])).contains("`item.id`"));
    assert!(looking.problem(json!([{ "id": null }])).contains("known again"));
}

#[test]
fn what_is_known_of_another_poll_counts_for_nothing() {
    let mut looking = Looking::at(poll("items: output, id: item.id"));
    looking.looked(items(&[1]));
    let bytes = looking.known.write();
    assert_eq!(Known::read(&bytes, "another"), Known::new("another"));
    assert_eq!(Known::read(b"{", "x"), Known::new("x"));
    let other = poll("items: output, id: item.name");
    assert_ne!(other.identity, looking.poll.identity);
    assert_eq!(poll("items: output, id: item.id, jitter: 5s, first: all").identity, looking.poll.identity);
}

#[test]
fn only_what_has_changed_is_asked_for() {
    let keys = "http.request: { url: \"https://a.example/?since={{ cursor ?? 0 }}\" }, items: output.body, id: item.id";
    let mut looking = Looking::at(poll_of(keys));
    let answer = |etag: &str, ids: &[i64]| json!({ "status": 200, "headers": { "etag": etag }, "body": items(ids) });
    assert_eq!(looking.asked()["headers"], Value::Null);
    looking.looked(answer("\"one\"", &[1]));
    assert_eq!(looking.asked()["headers"], json!({ "if-none-match": "\"one\"" }));
    let before = looking.known.clone();
    assert_eq!(looking.looked(json!({ "status": 304, "headers": {}, "body": "" })), [0; 0].map(|_: i32| Value::Null));
    assert_eq!(looking.known, before);
    assert_eq!(ids(&looking.looked(answer("\"two\"", &[1, 2]))), [2]);
    assert_eq!(looking.asked()["headers"], json!({ "if-none-match": "\"two\"" }));
    // Another question: what was said of the one before means nothing.
    looking.known.cursor = json!(5);
    assert_eq!(looking.asked()["headers"], Value::Null);
}
