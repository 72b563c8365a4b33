//! Lists that come in pages: what to ask for next, and when it is enough.

use super::scope::Scope;
use super::shape::{Next, Pages};
use reqwest::header::{self, HeaderMap};
use serde_json::Value;
use url::Url;

/// How many items are read where nobody says.
pub(super) const USUAL: u64 = 100;

/// How many pages are read at most, whatever the far side says: one that never ends must not hold a run.
const MOST_PAGES: u64 = 1_000;

/// A list that is being read.
pub(super) struct Reading<'p> {
    pages: &'p Pages,
    limit: usize,
    pub(super) items: Vec<Value>,
    read: u64,
    last: Option<Ask>,
}

/// What is asked for by the next request.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Ask {
    /// More parameters.
    By(Vec<(String, Value)>),
    /// Another URL.
    At(Url),
}

impl<'p> Reading<'p> {
    pub(super) fn of(pages: &'p Pages, limit: u64) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        Self { pages, limit, items: Vec::new(), read: 0, last: None }
    }

    /// What the first page is asked for by.
    pub(super) fn first(&self) -> Vec<(String, Value)> {
        let mut more = self.size();
        match &self.pages.next {
            Next::Number { wire, from } => more.push((wire.clone(), (*from).into())),
            Next::Offset(wire) => more.push((wire.clone(), 0.into())),
            _ => {}
        }
        more
    }

    /// Takes a page in; what to ask for next, where it is not the end.
    pub(super) fn take(&mut self, scope: &Scope<'_>, headers: &HeaderMap, asked: &Url) -> Option<Ask> {
        let found = match self.pages.items.found(scope) {
            Value::Array(items) => items,
            _ => Vec::new(),
        };
        let count = found.len();
        self.items.extend(found);
        self.read += 1;
        if self.items.len() >= self.limit || self.read >= MOST_PAGES {
            self.items.truncate(self.limit);
            return None;
        }
        let next = self.next(scope, headers, asked, count)?;
        // A far side that names the same page again would go on for ever.
        if self.last.as_ref() == Some(&next) {
            return None;
        }
        self.last = Some(next.clone());
        Some(next)
    }

    fn next(&self, scope: &Scope<'_>, headers: &HeaderMap, asked: &Url, count: usize) -> Option<Ask> {
        let full = |wanted: &Option<(String, u64)>| match wanted {
            Some((_, most)) => count as u64 >= (*most).min(self.limit as u64),
            None => count > 0,
        };
        match &self.pages.next {
            Next::Nowhere => None,
            Next::Cursor { next, wire } => {
                let cursor = next.found(scope);
                let is_end = matches!(&cursor, Value::Null | Value::Bool(false)) || cursor == "";
                (!is_end).then(|| self.by(wire, cursor))
            }
            Next::Link => asked.join(&link(headers)?).ok().map(Ask::At),
            Next::Url(code) => asked.join(code.found(scope).as_str().filter(|url| !url.is_empty())?).ok().map(Ask::At),
            Next::Number { wire, from } => full(&self.pages.size).then(|| self.by(wire, (from + self.read).into())),
            Next::Offset(wire) => full(&self.pages.size).then(|| self.by(wire, self.items.len().into())),
        }
    }

    fn by(&self, wire: &str, value: Value) -> Ask {
        let mut more = self.size();
        more.push((wire.to_owned(), value));
        Ask::By(more)
    }

    fn size(&self) -> Vec<(String, Value)> {
        let size = self.pages.size.iter();
        size.map(|(wire, most)| (wire.clone(), (*most).min(self.limit as u64).into())).collect()
    }
}

/// The target of `rel="next"` in `Link` headers (RFC 8288 §3).
fn link(headers: &HeaderMap) -> Option<String> {
    let texts = headers.get_all(header::LINK).iter().filter_map(|value| value.to_str().ok());
    for link in texts.flat_map(|text| text.split(", <").map(|link| link.trim_start_matches('<').to_owned())) {
        let Some((target, parameters)) = link.split_once('>') else { continue };
        let is_next = parameters.split(';').any(|parameter| {
            let (name, value) = parameter.trim().trim_end_matches(',').split_once('=').unwrap_or_default();
            let value = value.trim().trim_matches('"');
            name.trim().eq_ignore_ascii_case("rel") && value.split(' ').any(|rel| rel.eq_ignore_ascii_case("next"))
        });
        if is_next {
            return Some(target.to_owned());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    #[test]
    fn the_next_link_is_found() {
        let check = |text: &'static str, expected: Option<&str>| {
            let headers = HeaderMap::from_iter([(header::LINK, HeaderValue::from_static(text))]);
            assert_eq!(link(&headers).as_deref(), expected, "{text}");
        };
        check(
            "<https://a.example/?p=2>; rel=\"next\", <https://a.example/?p=9>; rel=\"last\"",
            Some("https://a.example/?p=2"),
        );
        check(
            "<https://a.example/?p=1>; rel=\"prev\", <https://a.example/?p=3&x=1,2>; rel=next",
            Some("https://a.example/?p=3&x=1,2"),
        );
        check("</x?p=2>; title=\"a\"; rel=\"last next\"", Some("/x?p=2"));
        check("<https://a.example/?p=9>; rel=\"last\"", None);
        check("nonsense", None);
    }
}
