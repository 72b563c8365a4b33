//! `cors:` pages of which origins may call a webhook from a browser.

use crate::check::Checker;
use crate::diagnostic::Diagnostic;
use crate::text::{Node, Value};
use std::net::Ipv6Addr;
use std::slice;

/// Stands for every origin.
const ANY: &str = "*";

impl Checker<'_> {
    /// `*`, or origins.
    pub(super) fn cors(&mut self, node: &Node) -> Vec<String> {
        let nodes = match &node.value {
            Value::Text(text) if text == ANY => return vec![ANY.to_owned()],
            Value::Text(_) => slice::from_ref(node),
            _ => self.filled_list(node, "`cors`"),
        };
        let mut origins = Vec::new();
        for node in nodes {
            let Some(text) = self.text(node, "an origin") else { continue };
            match origin(text) {
                Some(origin) => origins.push(origin),
                None => self.report(Diagnostic::bad_origin(node.place, text)),
            }
        }
        origins
    }
}

/// The origin as browsers send it: scheme and host in lower case, the port only where it is not the scheme's own
/// (RFC 6454 §6.2).
fn origin(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let (scheme, authority) = lower.split_once("://")?;
    let usual = match scheme {
        "https" => 443,
        "http" => 80,
        _ => return None,
    };
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    if !is_host(host) {
        return None;
    }
    match port {
        None => Some(format!("{scheme}://{host}")),
        Some(port) if port.bytes().all(|byte| byte.is_ascii_digit()) => match port.parse::<u16>().ok()? {
            0 => None,
            port if port == usual => Some(format!("{scheme}://{host}")),
            port => Some(format!("{scheme}://{host}:{port}")),
        },
        Some(_) => None,
    }
}

/// A name or an address, without anything around it.
fn is_host(host: &str) -> bool {
    if let Some(inner) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return inner.parse::<Ipv6Addr>().is_ok();
    }
    let is_label = |label: &str| {
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        !label.is_empty() && label.chars().all(is_part)
    };
    host.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn origins_are_as_browsers_send_them() {
        for (text, expected) in [
            ("https://shop.example.com", Some("https://shop.example.com")),
            ("HTTPS://Shop.Example.com:443", Some("https://shop.example.com")),
            ("http://localhost:3000", Some("http://localhost:3000")),
            ("http://localhost:80", Some("http://localhost")),
            ("http://[::1]:3000", Some("http://[::1]:3000")),
            ("http://[::1]", Some("http://[::1]")),
            ("https://shop.example.com/", None),
            ("https://shop.example.com/page", None),
            ("https://*.example.com", None),
            ("https://user@example.com", None),
            ("https://", None),
            ("https://a..b", None),
            ("https://a:0", None),
            ("https://a:+1", None),
            ("https://a:99999", None),
            ("http://[::g]", None),
            ("shop.example.com", None),
            ("ftp://example.com", None),
            ("null", None),
            ("*", None),
            ("", None),
        ] {
            assert_eq!(origin(text).as_deref(), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_was_read_is_read_the_same_again(text in "(https?://)?[A-Za-z0-9.:\\[\\]*/@-]{0,20}") {
            if let Some(read) = origin(&text) {
                prop_assert_eq!(origin(&read), Some(read));
            }
        }
    }
}
