//! The trigger `poll` against a real far side: feeds, lists, ETags, and kills at any moment.

use crate::far_side::{header, read_head};
use crate::served::Served;
use run::entry::{self, Entry};
use std::io::{BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use store::Filter;

/// A list that grows, at `/items` as JSON and at `/feed` as RSS, newest first. It knows its ETag.
struct Shop {
    address: SocketAddr,
    items: Arc<AtomicU64>,
    /// How often it said that nothing has changed.
    unchanged: Arc<AtomicU64>,
}

impl Shop {
    fn start(items: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (items, unchanged) = (Arc::new(AtomicU64::new(items)), Arc::new(AtomicU64::new(0)));
        let (its, told) = (Arc::clone(&items), Arc::clone(&unchanged));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (items, unchanged) = (Arc::clone(&its), Arc::clone(&told));
                std::thread::spawn(move || while answer(&stream, &items, &unchanged).is_some() {});
            }
        });
        Self { address, items, unchanged }
    }

    fn grow(&self, by: u64) {
        self.items.fetch_add(by, Ordering::SeqCst);
    }
}

/// Answers one request; none where the connection ends.
fn answer(mut stream: &TcpStream, items: &AtomicU64, unchanged: &AtomicU64) -> Option<()> {
    let head = read_head(&mut BufReader::new(stream))?;
    let count = items.load(Ordering::SeqCst);
    let etag = format!("\"{count}\"");
    if header(&head, "if-none-match") == Some(&etag) {
        unchanged.fetch_add(1, Ordering::SeqCst);
        return stream.write_all(b"HTTP/1.1 304 Not Modified\r\n\r\n").ok();
    }
    let (kind, body) = if head.first()?.contains("/feed") {
        let item = |n: u64| format!("<item><guid isPermaLink=\"false\">{n}</guid><title>Article {n}</title></item>");
        let items: String = (1..=count).rev().map(item).collect();
        ("application/rss+xml", format!("<rss version=\"2.0\"><channel><title>News</title>{items}</channel></rss>"))
    } else {
        let items: Vec<_> = (1..=count).rev().map(|id| serde_json::json!({ "id": id })).collect();
        ("application/json", serde_json::json!({ "items": items }).to_string())
    };
    let head =
        format!("HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\netag: {etag}\r\ncontent-length: {}\r\n\r\n", body.len());
    stream.write_all(format!("{head}{body}").as_bytes()).ok()
}

/// What each run began with, in the order of their beginnings.
fn bodies(data: &Path) -> Vec<serde_json::Value> {
    let store = store::open(&format!("sled:{}", data.display())).unwrap();
    let runs = store.journal.list(&Filter::default(), usize::MAX).unwrap();
    let body = |run| {
        let journaled = store.journal.read(run).unwrap().expect("a run that is listed can be read");
        let first = journaled.pieces.iter().flat_map(|piece| entry::decode(piece).unwrap()).next();
        let Some(Entry::Created(created)) = first else { panic!("{run} begins with {first:?}") };
        serde_json::from_slice(created.input.body.text()).unwrap()
    };
    runs.into_iter().map(|(run, _)| body(run)).collect()
}

fn runs(served: &Served) -> usize {
    served.api("GET", "/runs?limit=500", "").json()["items"].as_array().unwrap().len()
}

#[test]
fn articles_of_a_feed_and_items_of_a_list_start_runs_once() {
    let shop = Shop::start(3);
    let feed = format!(
        "trigger: {{ poll: {{ every: 1s, feed: \"http://{}/feed\" }} }}\nsteps:\n  - set: \"{{{{ trigger.body.title }}}}\"\n",
        shop.address
    );
    let mut served = Served::start(&[("news.yaml", &feed)]);
    served.wait_for("the first look", |_| shop.unchanged.load(Ordering::SeqCst) > 0);
    assert_eq!(runs(&served), 0, "what was there starts nothing");
    shop.grow(2);
    served.wait_for("two runs", |served| runs(served) == 2);
    let seen = shop.unchanged.load(Ordering::SeqCst);
    served.wait_for("another look", |_| shop.unchanged.load(Ordering::SeqCst) > seen);
    let trigger = &served.api("GET", "/scenarios/news", "").json()["triggers"][0];
    assert_eq!(
        (&trigger["kind"], &trigger["module"], &trigger["failures"]),
        (&"poll".into(), &"rss.read".into(), &0.into())
    );
    assert!(trigger["answered"].is_string(), "{trigger}");
    served.stop();
    let mut titles: Vec<String> = bodies(&served.data()).iter().map(|body| body["title"].to_string()).collect();
    titles.sort();
    assert_eq!(titles, ["\"Article 4\"", "\"Article 5\""]);
}

#[test]
fn kills_at_any_moment_lose_no_item_and_start_none_twice() {
    let shop = Shop::start(0);
    let scenario = format!(
        "trigger:\n  poll:\n    every: 1s\n    http.request: {{ url: \"http://{}/items\" }}\n    items: output.body.items\n    \
         id: item.id\n    first: all\n    newest: first\nsteps:\n  - set: \"{{{{ trigger.body.id }}}}\"\n",
        shop.address
    );
    let mut served = Served::start(&[("shop.yaml", &scenario)]);
    for _ in 0..5 {
        shop.grow(40);
        std::thread::sleep(Duration::from_millis(rand::random::<u64>() % 1_300));
        served.kill();
        served.restart();
    }
    served.wait_for("all items", |served| runs(served) >= 200);
    let seen = shop.unchanged.load(Ordering::SeqCst);
    served.wait_for("another look", |_| shop.unchanged.load(Ordering::SeqCst) > seen);
    served.stop();
    let mut ids: Vec<u64> = bodies(&served.data()).iter().map(|body| body["id"].as_u64().unwrap()).collect();
    ids.sort_unstable();
    assert_eq!(ids, (1..=200).collect::<Vec<_>>());
}
