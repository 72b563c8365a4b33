//! A server that stands in for every far side: an operator names it, and each HTTP request goes there in place of its own
//! host, so that whole scenarios are tried against recorded answers without being changed.

use url::Url;

/// Where a request for `url` goes: `https://api.example.com/v1/orders?page=2` to
/// `STAND_IN/api.example.com/v1/orders?page=2`. A port that is not the scheme's own stays with the host.
pub(super) fn by(stand_in: &Url, url: &Url) -> Url {
    let mut target = stand_in.clone();
    let host = url.host_str().unwrap_or_default();
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    target.set_path(&format!("{}/{host}{port}{}", stand_in.path().trim_end_matches('/'), url.path()));
    target.set_query(url.query());
    target.set_fragment(None);
    target
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_becomes_the_first_part_of_the_path() {
        let check = |stand_in: &str, url: &str, expected: &str| {
            let (stand_in, url) = (stand_in.parse().unwrap(), url.parse().unwrap());
            assert_eq!(by(&stand_in, &url).as_str(), expected);
        };
        check(
            "http://127.0.0.1:9",
            "https://api.example.com/v1/a?b=c%20d",
            "http://127.0.0.1:9/api.example.com/v1/a?b=c%20d",
        );
        check("http://127.0.0.1:9/far/", "http://example.com:8080", "http://127.0.0.1:9/far/example.com:8080/");
        check("http://127.0.0.1:9", "https://example.com/a%2Fb/!A1:B2", "http://127.0.0.1:9/example.com/a%2Fb/!A1:B2");
    }
}
