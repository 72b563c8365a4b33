//! Whether a browser sent a request on behalf of our own pages: other sites can make it send our cookie along.

use actix_web::http::header::{self, HeaderMap, HeaderName};
use url::Url;

/// What a browser says about where a request comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// Our own pages.
    Same,
    /// Another site, or a page without one.
    Other,
    /// Nothing: an old browser, or none at all.
    Unsaid,
}

/// Reads `Sec-Fetch-Site` (Fetch Metadata), which pages cannot set, and `Origin` (RFC 6454) where it is missing.
pub(super) fn of(headers: &HeaderMap, public_url: &Url) -> Origin {
    if let Some(site) = text(headers, &HeaderName::from_static("sec-fetch-site")) {
        return if site == "same-origin" { Origin::Same } else { Origin::Other };
    }
    match text(headers, &header::ORIGIN) {
        None => Origin::Unsaid,
        Some(origin) if is_ours(origin, headers, public_url) => Origin::Same,
        Some(_) => Origin::Other,
    }
}

/// The origin is where we say we are, or where the browser found us.
fn is_ours(origin: &str, headers: &HeaderMap, public_url: &Url) -> bool {
    let Ok(origin) = Url::parse(origin) else { return false };
    if !matches!(origin.scheme(), "http" | "https") {
        return false;
    }
    let host = text(headers, &header::HOST).and_then(|host| Url::parse(&format!("{}://{host}", origin.scheme())).ok());
    origin.origin() == public_url.origin() || host.is_some_and(|host| host.origin() == origin.origin())
}

/// The header's text. One that is no text is none of ours, so it must not count as absent.
fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name).map(|value| value.to_str().unwrap_or("null"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    fn check(given: &[(&str, &str)], expected: Origin) {
        let mut headers = HeaderMap::new();
        for (name, value) in given {
            headers.insert(name.parse().unwrap(), HeaderValue::from_str(value).unwrap());
        }
        assert_eq!(of(&headers, &"https://mill.example.com".parse().unwrap()), expected, "{given:?}");
    }

    #[test]
    fn fetch_metadata_decides_where_it_is_sent() {
        check(&[("sec-fetch-site", "same-origin")], Origin::Same);
        check(&[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")], Origin::Same);
        for site in ["cross-site", "same-site", "none", "Same-Origin", ""] {
            check(&[("sec-fetch-site", site), ("origin", "https://mill.example.com")], Origin::Other);
        }
    }

    #[test]
    fn the_origin_decides_otherwise() {
        check(&[], Origin::Unsaid);
        check(&[("host", "mill.example.com")], Origin::Unsaid);
        check(&[("origin", "https://mill.example.com"), ("host", "backend:8080")], Origin::Same);
        check(&[("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")], Origin::Same);
        for other in [
            "null",
            "",
            "https://evil.example",
            "https://mill.example.com.evil.example",
            "https://mill.example.com:444",
            "http://127.0.0.1:8081",
            "file://",
            "https://",
        ] {
            check(&[("origin", other), ("host", "127.0.0.1:8080")], Origin::Other);
        }
    }
}
