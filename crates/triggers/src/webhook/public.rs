//! The address at which a caller sees the server. Some providers sign it, so it must be the one they called, and nobody
//! else may choose it: a `Host` header never does.

use super::address::{Forwarding, Proxies};
use std::net::IpAddr;

/// The start of the server's addresses, without a final slash.
#[derive(Clone, Debug)]
pub struct PublicUrl {
    /// As its owner says, which outweighs everything: `https://mill.example.com`.
    pub configured: Option<String>,
    /// Where it listens.
    pub listening: String,
}

impl PublicUrl {
    /// The address of a request for this target (path and query as they came): at the configured place, else at the one that
    /// a trusted proxy names, else where the server listens.
    pub fn of(&self, proxies: &Proxies, peer: IpAddr, fields: &[(&str, &[u8])], target: &str) -> String {
        let base = match &self.configured {
            Some(configured) => configured.trim_end_matches('/').to_owned(),
            None => self.forwarded(proxies, peer, fields).unwrap_or_else(|| self.listening.clone()),
        };
        base + target
    }

    /// The place that the nearest proxy names, if it is trusted and names one. Without a scheme it is ours.
    fn forwarded(&self, proxies: &Proxies, peer: IpAddr, fields: &[(&str, &[u8])]) -> Option<String> {
        if !proxies.trusts(peer.to_canonical()) {
            return None;
        }
        let (host, proto) = match proxies.header {
            Forwarding::XForwardedFor => {
                let last =
                    |name| Some(super::address::lines(fields, name).last()?.rsplit(',').next()?.trim().to_owned());
                (last("x-forwarded-host"), last("x-forwarded-proto"))
            }
            Forwarding::Forwarded => super::address::forwarded_to(fields),
        };
        let own = self.listening.split_once("://").map_or("http", |(scheme, _)| scheme);
        let scheme = proto.map_or_else(|| own.to_owned(), |proto| proto.to_ascii_lowercase());
        let host = host.filter(|host| is_host(host))?;
        matches!(scheme.as_str(), "http" | "https").then(|| format!("{scheme}://{host}"))
    }
}

/// A name or an address, with a port or without.
fn is_host(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
    !text.is_empty() && text.len() <= 255 && text.bytes().all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(configured: Option<&str>, header: Forwarding, peer: &str, fields: &[(&str, &str)]) -> String {
        let public =
            PublicUrl { configured: configured.map(str::to_owned), listening: "http://127.0.0.1:8080".to_owned() };
        let proxies = Proxies { trusted: vec!["10.0.0.0/8".parse().unwrap()], header };
        let fields: Vec<(&str, &[u8])> = fields.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
        public.of(&proxies, peer.parse().unwrap(), &fields, "/hook/a%20b?c=1")
    }

    const FORWARDED: [(&str, &str); 3] =
        [("Host", "evil.example"), ("X-Forwarded-Host", "mill.example.com"), ("X-Forwarded-Proto", "https")];

    #[test]
    fn p5_what_is_configured_outweighs_every_header() {
        let told = url(Some("https://hooks.example.net/"), Forwarding::XForwardedFor, "10.0.0.1", &FORWARDED);
        assert_eq!(told, "https://hooks.example.net/hook/a%20b?c=1");
    }

    #[test]
    fn p5_headers_count_from_trusted_proxies_alone() {
        let x = Forwarding::XForwardedFor;
        assert_eq!(url(None, x, "10.0.0.1", &FORWARDED), "https://mill.example.com/hook/a%20b?c=1");
        assert_eq!(url(None, x, "::ffff:10.0.0.1", &FORWARDED), "https://mill.example.com/hook/a%20b?c=1");
        assert_eq!(url(None, x, "203.0.113.9", &FORWARDED), "http://127.0.0.1:8080/hook/a%20b?c=1");
        assert_eq!(url(None, Forwarding::Forwarded, "10.0.0.1", &FORWARDED), "http://127.0.0.1:8080/hook/a%20b?c=1");
        let forwarded =
            [("Forwarded", "for=1.2.3.4;host=a.example, for=10.0.0.2; Host=\"b.example:8443\";proto=HTTPS")];
        assert_eq!(url(None, Forwarding::Forwarded, "10.0.0.1", &forwarded), "https://b.example:8443/hook/a%20b?c=1");
    }

    #[test]
    fn p5_a_forged_host_goes_nowhere() {
        for fields in [
            &[("Host", "evil.example")][..],
            &[("Host", "evil.example"), ("X-Forwarded-Proto", "https")],
            &[("X-Forwarded-Host", "evil.example, ")],
            &[("X-Forwarded-Host", "a.example/path")],
            &[("X-Forwarded-Host", "user@a.example")],
            &[("X-Forwarded-Host", "a.example"), ("X-Forwarded-Proto", "javascript")],
        ] {
            let told = url(None, Forwarding::XForwardedFor, "10.0.0.1", fields);
            assert_eq!(told, "http://127.0.0.1:8080/hook/a%20b?c=1", "{fields:?}");
        }
    }

    /// What a caller writes stands before what the proxy appends.
    #[test]
    fn p5_of_several_the_nearest_proxys_counts() {
        let fields = [("X-Forwarded-Host", "evil.example, mill.example.com"), ("X-Forwarded-Proto", "http,https")];
        let told = url(None, Forwarding::XForwardedFor, "10.0.0.1", &fields);
        assert_eq!(told, "https://mill.example.com/hook/a%20b?c=1");
    }
}
