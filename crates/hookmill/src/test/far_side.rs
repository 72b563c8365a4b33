//! Recorded answers of far sides, found by the requests they fit.

use super::expectation::part_differences;
use modules::far_side::{Answer, Asked, FarSide};
use run::error::StepError;
use scenario::plan::{Exchange, ExchangeBody};
use serde_json::{Map, Value};
use std::sync::{Mutex, PoisonError};
use url::Url;

/// The exchanges of one test.
#[derive(Debug)]
pub(super) struct Recorded {
    exchanges: Vec<Exchange>,
    memory: Mutex<Memory>,
}

/// What happened so far.
#[derive(Debug, Default)]
struct Memory {
    /// How often each exchange answered.
    used: Vec<u32>,
    unanswered: Vec<String>,
}

impl Recorded {
    pub(super) fn new(exchanges: &[Exchange]) -> Self {
        let memory = Memory { used: vec![0; exchanges.len()], unanswered: Vec::new() };
        Self { exchanges: exchanges.to_vec(), memory: Mutex::new(memory) }
    }

    /// Requests that nothing recorded fits, since last asked.
    pub(super) fn unanswered(&self) -> Vec<String> {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut memory.unanswered)
    }
}

impl FarSide for Recorded {
    fn answer(&self, asked: &Asked<'_>) -> Result<Answer, StepError> {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let left = |number: usize, exchange: &Exchange| exchange.times.is_none_or(|times| memory.used[number] < times);
        let mut numbered = self.exchanges.iter().enumerate();
        match numbered.find(|(number, exchange)| fits(exchange, asked) && left(*number, exchange)) {
            Some((number, exchange)) => {
                memory.used[number] += 1;
                Ok(answer(exchange))
            }
            None => {
                let request = format!("{} {}", asked.method, asked.url);
                memory.unanswered.push(format!("http: nothing is recorded that answers {request}"));
                Err(StepError::permanent("not_recorded", format!("the test has recorded no answer to {request}")))
            }
        }
    }
}

fn answer(exchange: &Exchange) -> Answer {
    let (kind, body) = match &exchange.body {
        ExchangeBody::Json(json) => (Some("application/json"), json.to_string().into_bytes()),
        ExchangeBody::Text(text) => (Some("text/plain; charset=utf-8"), text.clone().into_bytes()),
        ExchangeBody::Empty => (None, Vec::new()),
    };
    let mut headers = exchange.headers.clone();
    if let Some(kind) = kind
        && !headers.iter().any(|(name, _)| name == "content-type")
    {
        headers.push(("content-type".to_owned(), kind.to_owned()));
    }
    Answer { status: exchange.status, headers, body }
}

fn fits(exchange: &Exchange, asked: &Asked<'_>) -> bool {
    exchange.method.as_ref().is_none_or(|method| method == asked.method)
        && fits_url(&exchange.url, asked.url)
        && exchange.query.as_ref().is_none_or(|query| part_differences(query, &query_of(asked.url)).is_empty())
        && exchange.json.as_ref().is_none_or(|json| {
            serde_json::from_slice(asked.body).is_ok_and(|body| part_differences(json, &body).is_empty())
        })
}

/// Whether a pattern fits a URL, which counts with its query only where the pattern has one.
fn fits_url(pattern: &str, url: &Url) -> bool {
    let mut url = url.clone();
    url.set_fragment(None);
    if !pattern.contains('?') {
        url.set_query(None);
    }
    let url = url.as_str();
    // A URL without a path is written with a slash, which hardly anyone types.
    fits_glob(pattern.as_bytes(), url.as_bytes())
        || url.strip_suffix('/').is_some_and(|url| fits_glob(pattern.as_bytes(), url.as_bytes()))
}

/// `*` stands for any characters but `/`, `**` for any at all. Looks at each pair of positions once, so the time is
/// bounded by the product of the lengths.
fn fits_glob(pattern: &[u8], text: &[u8]) -> bool {
    // `open[n]`: the pattern so far fits the first n bytes of the text.
    let mut open = vec![false; text.len() + 1];
    open[0] = true;
    let mut rest = pattern;
    while let Some((&first, after)) = rest.split_first() {
        let deep = first == b'*' && after.first() == Some(&b'*');
        rest = if deep { &after[1..] } else { after };
        if first == b'*' {
            for n in 0..text.len() {
                open[n + 1] |= open[n] && (deep || text[n] != b'/');
            }
        } else {
            for n in (0..text.len()).rev() {
                open[n + 1] = open[n] && text[n] == first;
            }
            open[0] = false;
        }
    }
    open[text.len()]
}

/// The query as a map; a repeated name gives a list of its values.
fn query_of(url: &Url) -> Value {
    let mut map = Map::new();
    for (name, value) in url.query_pairs() {
        let value = Value::from(value.into_owned());
        match map.get_mut(&*name) {
            None => _ = map.insert(name.into_owned(), value),
            Some(Value::Array(list)) => list.push(value),
            Some(first) => *first = vec![first.take(), value].into(),
        }
    }
    map.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_urls() {
        let check = |pattern: &str, url: &str, expected: bool| {
            assert_eq!(fits_url(pattern, &url.parse().unwrap()), expected, "{pattern} {url}");
        };
        check("https://api.example.com/orders", "https://api.example.com/orders", true);
        check("https://api.example.com/orders", "https://api.example.com/orders?page=2", true);
        check("https://api.example.com/orders?page=2", "https://api.example.com/orders?page=2", true);
        check("https://api.example.com/orders?page=*", "https://api.example.com/orders?page=2", true);
        check("https://api.example.com/orders?page=3", "https://api.example.com/orders?page=2", false);
        check("https://api.example.com/*", "https://api.example.com/orders", true);
        check("https://api.example.com/*", "https://api.example.com/orders/7", false);
        check("https://api.example.com/**", "https://api.example.com/orders/7", true);
        check("https://api.example.com/*/lines", "https://api.example.com/7/lines", true);
        check("https://api.example.com", "https://api.example.com/", true);
        check("https://**.example.com/a", "https://b.c.example.com/a", true);
        check("**/orders/*", "https://api.example.com/v1/orders/7", true);
        check("https://api.example.com/*", "https://other.example.com/orders", false);
        check("**", "http://x.example/", true);
        check("", "http://x.example/", false);
    }
}
