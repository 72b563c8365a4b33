//! `allow:` of a connection: the hosts that it may be used for.

use std::str::FromStr;
use url::{Host, Url};

/// One entry of the list: `api.example.com`, `api.example.com:8443`, or `*.example.com` for all names below.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HostPattern {
    /// As a URL normalises it, without a final dot.
    host: String,
    /// None: the usual one of the URL's scheme.
    port: Option<u16>,
    reach: Reach,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// This host alone.
    Host,
    /// All names below it, and not itself.
    Below,
}

impl FromStr for HostPattern {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (reach, rest) = match text.strip_prefix("*.") {
            Some(rest) => (Reach::Below, rest),
            None => (Reach::Host, text),
        };
        // Two schemes with different usual ports tell a port that is written from one that is not.
        let [plain, secure] = ["http", "https"].map(|scheme| Url::parse(&format!("{scheme}://{rest}/")));
        let (Ok(plain), Ok(secure)) = (plain, secure) else { return Err("is no host") };
        let is_bare = plain.path() == "/" && plain.query().is_none() && !rest.contains(['@', '*', '/', '\\', '#', '?']);
        let name = plain.host().filter(|_| is_bare).ok_or("is no host")?;
        if reach == Reach::Below && (!matches!(name, Host::Domain(_)) || !rest.contains('.')) {
            return Err("covers more than the names of one domain");
        }
        let ports = (plain.port_or_known_default(), secure.port_or_known_default());
        let port = if ports.0 == ports.1 { ports.0 } else { None };
        Ok(Self { host: host_of(&plain), port, reach })
    }
}

impl HostPattern {
    /// Whether the URL is of such a host.
    pub(crate) fn covers(&self, url: &Url) -> bool {
        let host = host_of(url);
        let fits = match self.reach {
            Reach::Host => host == self.host,
            Reach::Below => host.strip_suffix(&self.host).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.')),
        };
        let usual = if url.scheme() == "https" { 443 } else { 80 };
        fits && url.port_or_known_default() == Some(self.port.unwrap_or(usual))
    }

    /// Whether the URL is of this very host, by its whole name.
    pub(crate) fn names(&self, url: &Url) -> bool {
        self.reach == Reach::Host && self.covers(url)
    }
}

fn host_of(url: &Url) -> String {
    url.host_str().unwrap_or_default().trim_end_matches('.').to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// After CVE-2026-25631: a wildcard covers the names below a domain, and no other that looks like one.
    #[test]
    fn s8_a_pattern_covers_its_hosts_and_no_others() {
        let check = |pattern: &str, url: &str, expected: bool| {
            let pattern: HostPattern = pattern.parse().unwrap();
            assert_eq!(pattern.covers(&Url::parse(url).unwrap()), expected, "{url} by {pattern:?}");
        };
        check("*.example.com", "https://api.example.com/", true);
        check("*.example.com", "https://a.b.EXAMPLE.com./", true);
        check("*.example.com", "https://example.com/", false);
        check("*.example.com", "https://evilexample.com/", false);
        check("*.example.com", "https://example.com.evil/", false);
        check("*.example.com", "https://api.example.com.evil/", false);
        check("*.example.com", "https://a@evil/.example.com", false);
        check("*.example.com", "https://evil/?.example.com", false);
        check("*.example.com", "https://evil\\.example.com", false);
        check("*.example.com", "https://api.example.com@evil/", false);
        check("*.example.com", "https://.example.com/", false);
        check("*.example.com", "https://api.example.com:8443/", false);
        check("api.example.com", "https://api.example.com/x", true);
        check("API.example.com", "http://api.example.com/", true);
        check("api.example.com", "https://x.api.example.com/", false);
        check("api.example.com", "https://api.example.com:444/", false);
        check("api.example.com:8443", "https://api.example.com:8443/", true);
        check("api.example.com:443", "http://api.example.com/", false);
        check("127.0.0.1:9000", "http://2130706433:9000/", true);
        check("[::1]:9000", "http://[::1]:9000/", true);
    }

    #[test]
    fn what_is_no_host_is_refused() {
        for text in [
            "",
            "*",
            "*.",
            "*.com",
            "a b",
            "https://example.com",
            "example.com/x",
            "u@example.com",
            "a.*.com",
            "*.10.0.0.1",
        ] {
            assert!(text.parse::<HostPattern>().is_err(), "{text}");
        }
    }
}
