//! Public keys of senders: fetched when they are needed, and kept for a while.

use crate::webhook::rate::Bucket;
use crate::webhook::verify::{KeyRequest, Keys};
use bytes::Bytes;
use run::call::BoxFuture;
use run::id::Millis;
use scenario::plan::Rate;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// For how long keys are taken as they were fetched.
const KEPT: Millis = 60 * 60 * 1000;

/// After how long keys may be fetched again because one is missing among them, and those that could not be fetched.
const AGAIN: Millis = 60 * 1000;

/// How many sets are kept. Whoever calls can name certificates of PayPal, but not more than these.
const MOST: usize = 64;

/// Callers cannot have the server fetch keys more often than this, whatever they send.
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
    kept: Mutex<HashMap<String, Kept>>,
    fetches: Bucket,
}

#[derive(Debug)]
struct Kept {
    keys: Option<Arc<Keys>>,
    at: Millis,
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
        Self(Arc::new(Ring { source, kept: Mutex::default(), fetches: Bucket::new(FETCHES) }))
    }

    /// The keys at a URL; none where there are none to be had. Of many who ask at once, one fetches.
    pub(super) async fn get(&self, wanted: &KeyRequest, renewal: Renewal, now: Millis) -> Option<Arc<Keys>> {
        let mut kept = self.0.kept.lock().await;
        if let Some(known) = kept.get(&wanted.url)
            && known.serves(renewal, now)
        {
            return known.keys.clone();
        }
        let old = kept.get(&wanted.url).and_then(|known| known.keys.clone());
        if self.0.fetches.take(now).is_err() {
            return old;
        }
        let keys = match self.0.source.fetch(&wanted.url).await {
            Ok(fetched) => Keys::read(wanted.kind, &fetched).map(Arc::new),
            Err(error) => {
                tracing::warn!(url = wanted.url, error, "the keys of a sender cannot be fetched");
                None
            }
        };
        // Old keys are better than none while the sender cannot be reached.
        let keys = keys.or(old);
        if kept.len() >= MOST
            && let Some(oldest) = kept.iter().min_by_key(|(_, known)| known.at).map(|(url, _)| url.clone())
        {
            kept.remove(&oldest);
        }
        kept.insert(wanted.url.clone(), Kept { keys: keys.clone(), at: now });
        keys
    }
}

impl Kept {
    fn serves(&self, renewal: Renewal, now: Millis) -> bool {
        let age = now.saturating_sub(self.at);
        match (renewal, &self.keys) {
            (Renewal::WhenOld, Some(_)) => age < KEPT,
            (Renewal::AtOnce, _) | (Renewal::WhenOld, None) => age < AGAIN,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::webhook::verify::KeyKind;
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
        assert!(ring.0.kept.lock().await.len() <= MOST);
    }
}
