//! Public keys of senders: fetched when they are needed, and kept for a while.

use crate::webhook::rate::Bucket;
use crate::webhook::verify::{KeyKind, KeyRequest, Keys};
use bytes::Bytes;
use run::call::BoxFuture;
use run::id::Millis;
use scenario::plan::Rate;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// For how long keys are taken as they were fetched.
const KEPT: Millis = 60 * 60 * 1000;

/// After how long keys may be fetched again because one is missing among them, and those that could not be fetched.
const AGAIN: Millis = 60 * 1000;

/// How many sets of a kind are kept. Whoever calls can name certificates of PayPal, but not more than these.
const MOST: usize = 64;

/// Callers cannot have the server fetch keys of a kind more often than this, whatever they send.
const FETCHES: Rate = Rate { count: 30, per: Duration::from_secs(60) };

/// Fetches what senders publish.
pub trait FetchKeys: Send + Sync + fmt::Debug {
    /// What is at this URL, by a GET over HTTPS without redirects, at most a megabyte; or why there is nothing.
    fn fetch<'a>(&'a self, url: &'a str) -> BoxFuture<'a, Result<Bytes, String>>;
}

/// The keys that were fetched. Clones mean the same.
#[derive(Clone, Debug)]
pub struct KeyRing(Arc<Ring>);

#[derive(Debug)]
struct Ring {
    source: Arc<dyn FetchKeys>,
    sets: Shelf,
    certificates: Shelf,
}

/// Keys of one kind by their URLs. Each kind has its own, so that whoever uses one up leaves the other alone.
#[derive(Debug)]
struct Shelf {
    places: Mutex<HashMap<String, Arc<Place>>>,
    fetches: Bucket,
}

/// The keys at a URL: locked by the one who fetches them, while others of the same URL wait.
type Place = tokio::sync::Mutex<Kept>;

#[derive(Debug, Default)]
struct Kept {
    keys: Option<Arc<Keys>>,
    /// When they were last fetched, or could not be; none: not yet.
    at: Option<Millis>,
}

/// When keys are fetched again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Renewal {
    /// When they have been kept long enough.
    WhenOld,
    /// Now, because something is missing among them; unless they have just been fetched.
    AtOnce,
}

impl KeyRing {
    /// An empty ring that fetches by this.
    pub fn of(source: Arc<dyn FetchKeys>) -> Self {
        Self(Arc::new(Ring { source, sets: Shelf::empty(), certificates: Shelf::empty() }))
    }

    /// The keys at a URL; none where there are none to be had. Of many who ask at once, one fetches; who asks for another
    /// URL does not wait for it.
    pub(super) async fn get(&self, wanted: &KeyRequest, renewal: Renewal, now: Millis) -> Option<Arc<Keys>> {
        let shelf = self.0.shelf(wanted.kind);
        let place = shelf.place(&wanted.url)?;
        let mut kept = place.lock().await;
        if kept.serves(renewal, now) || shelf.fetches.take(now).is_err() {
            return kept.keys.clone();
        }
        let keys = match self.0.source.fetch(&wanted.url).await {
            Ok(fetched) => Keys::read(wanted.kind, &fetched).map(Arc::new),
            Err(error) => {
                tracing::warn!(url = wanted.url, error, "the keys of a sender cannot be fetched");
                None
            }
        };
        // Old keys are better than none while the sender cannot be reached.
        let keys = keys.or(kept.keys.take());
        *kept = Kept { keys: keys.clone(), at: Some(now) };
        keys
    }
}

impl Ring {
    fn shelf(&self, kind: KeyKind) -> &Shelf {
        match kind {
            KeyKind::Jwks => &self.sets,
            KeyKind::Certificate => &self.certificates,
        }
    }
}

impl Shelf {
    fn empty() -> Self {
        Self { places: Mutex::default(), fetches: Bucket::new(FETCHES) }
    }

    /// The place of a URL; none where all are taken by URLs that are being fetched.
    fn place(&self, url: &str) -> Option<Arc<Place>> {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = places.get(url) {
            return Some(Arc::clone(place));
        }
        if places.len() >= MOST {
            let least = places.iter().filter_map(|(url, place)| Some((place.try_lock().ok()?.worth(), url)));
            let least = least.min().map(|(_, url)| url.clone())?;
            places.remove(&least);
        }
        let place = Arc::<Place>::default();
        places.insert(url.to_owned(), Arc::clone(&place));
        Some(place)
    }
}

impl Kept {
    fn serves(&self, renewal: Renewal, now: Millis) -> bool {
        let Some(at) = self.at else { return false };
        let age = now.saturating_sub(at);
        match (renewal, &self.keys) {
            (Renewal::WhenOld, Some(_)) => age < KEPT,
            (Renewal::AtOnce, _) | (Renewal::WhenOld, None) => age < AGAIN,
        }
    }

    /// What has no keys goes first, then what was fetched the longest ago.
    fn worth(&self) -> (bool, Option<Millis>) {
        (self.keys.is_some(), self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    /// A set of no keys but one, and a count of those who asked.
    #[derive(Debug, Default)]
    struct Far {
        asked: AtomicU32,
    }

    impl FetchKeys for Far {
        fn fetch<'a>(&'a self, url: &'a str) -> BoxFuture<'a, Result<Bytes, String>> {
            self.asked.fetch_add(1, Ordering::Relaxed);
            Box::pin(async move {
                if url.contains("away") {
                    return Err("nobody is there".to_owned());
                }
                Ok(Bytes::from_static(br#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#))
            })
        }
    }

    fn request(url: &str) -> KeyRequest {
        KeyRequest { url: url.to_owned(), kind: KeyKind::Jwks }
    }

    #[tokio::test]
    async fn keys_are_fetched_once_an_hour_and_when_one_is_missing() {
        let far = Arc::new(Far::default());
        let ring = KeyRing::of(Arc::clone(&far) as Arc<dyn FetchKeys>);
        let wanted = request("https://keys.example.com/");
        for (renewal, now, asked) in [
            (Renewal::WhenOld, 0, 1),
            (Renewal::WhenOld, KEPT - 1, 1),
            (Renewal::AtOnce, AGAIN - 1, 1),
            (Renewal::AtOnce, AGAIN, 2),
            (Renewal::WhenOld, AGAIN + KEPT - 1, 2),
            (Renewal::WhenOld, AGAIN + KEPT, 3),
        ] {
            assert!(ring.get(&wanted, renewal, now).await.is_some());
            assert_eq!(far.asked.load(Ordering::Relaxed), asked, "{renewal:?} at {now}");
        }
    }

    #[tokio::test]
    async fn w3_without_keys_nobody_is_asked_again_at_once() {
        let far = Arc::new(Far::default());
        let ring = KeyRing::of(Arc::clone(&far) as Arc<dyn FetchKeys>);
        for _ in 0..10 {
            assert!(ring.get(&request("https://away.example.com/"), Renewal::AtOnce, 5).await.is_none());
        }
        assert_eq!(far.asked.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn whoever_names_many_urls_has_few_fetched() {
        let far = Arc::new(Far::default());
        let ring = KeyRing::of(Arc::clone(&far) as Arc<dyn FetchKeys>);
        for number in 0..1_000 {
            ring.get(&request(&format!("https://keys.example.com/{number}")), Renewal::WhenOld, 5).await;
        }
        assert_eq!(far.asked.load(Ordering::Relaxed), FETCHES.count);
        assert_eq!(ring.0.sets.places.lock().unwrap().len(), MOST);
        // Nor do they keep others from theirs.
        let other = KeyRequest { kind: KeyKind::Certificate, ..request("https://certificates.example.com/") };
        ring.get(&other, Renewal::WhenOld, 5).await;
        assert_eq!(far.asked.load(Ordering::Relaxed), FETCHES.count + 1);
    }

    #[tokio::test]
    async fn urls_with_nothing_there_push_out_no_keys() {
        let far = Arc::new(Far::default());
        let ring = KeyRing::of(Arc::clone(&far) as Arc<dyn FetchKeys>);
        let wanted = request("https://keys.example.com/");
        assert!(ring.get(&wanted, Renewal::WhenOld, 0).await.is_some());
        for number in 0..1_000 {
            ring.get(&request(&format!("https://away.example.com/{number}")), Renewal::WhenOld, 5).await;
        }
        let asked = far.asked.load(Ordering::Relaxed);
        assert!(ring.get(&wanted, Renewal::WhenOld, 6).await.is_some());
        assert_eq!(far.asked.load(Ordering::Relaxed), asked, "they are still kept");
    }

    /// Answers when it is let.
    #[derive(Debug)]
    struct Slow(tokio::sync::Semaphore, AtomicU32);

    impl FetchKeys for Slow {
        fn fetch<'a>(&'a self, url: &'a str) -> BoxFuture<'a, Result<Bytes, String>> {
            self.1.fetch_add(1, Ordering::Relaxed);
            Box::pin(async move {
                if url.contains("slow") {
                    self.0.acquire().await.unwrap().forget();
                }
                Far::default().fetch(url).await
            })
        }
    }

    #[tokio::test]
    async fn one_fetches_for_many_and_keeps_nobody_from_other_urls() {
        let far = Arc::new(Slow(tokio::sync::Semaphore::new(0), AtomicU32::new(0)));
        let ring = KeyRing::of(Arc::clone(&far) as Arc<dyn FetchKeys>);
        let waiting: Vec<_> = (0..8)
            .map(|_| {
                let ring = ring.clone();
                tokio::spawn(async move { ring.get(&request("https://slow.example.com/"), Renewal::WhenOld, 0).await })
            })
            .collect();
        let wanted = request("https://keys.example.com/");
        let other = ring.get(&wanted, Renewal::WhenOld, 0);
        assert!(tokio::time::timeout(Duration::from_secs(20), other).await.unwrap().is_some());
        far.0.add_permits(1);
        for one in waiting {
            assert!(tokio::time::timeout(Duration::from_secs(20), one).await.unwrap().unwrap().is_some());
        }
        assert_eq!(far.1.load(Ordering::Relaxed), 2);
    }
}
