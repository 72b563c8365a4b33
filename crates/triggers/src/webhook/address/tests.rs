//! Callers behind proxies, and lists of networks.

use super::*;

fn proxies(trusted: &[&str], header: Forwarding) -> Proxies {
    Proxies { trusted: trusted.iter().map(|network| network.parse().unwrap()).collect(), header }
}

fn check_client(proxies: &Proxies, peer: &str, headers: &[(&str, &str)], expected: &str) {
    let fields: Vec<(&str, &[u8])> = headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
    let client = proxies.client(peer.parse().unwrap(), &fields);
    assert_eq!(client, expected.parse::<IpAddr>().unwrap(), "{peer} {headers:?}");
}

#[test]
fn p1_without_trusted_proxies_only_the_peer_counts() {
    for header in [Forwarding::XForwardedFor, Forwarding::Forwarded] {
        for name in ["X-Forwarded-For", "Forwarded", "X-Real-IP", "CF-Connecting-IP"] {
            for value in ["1.2.3.4", "for=1.2.3.4"] {
                check_client(&proxies(&[], header), "10.0.0.9", &[(name, value)], "10.0.0.9");
            }
        }
    }
}

#[test]
fn p2_from_the_right_past_trusted_proxies() {
    let behind = proxies(&["10.0.0.0/8", "fd00::/8"], Forwarding::XForwardedFor);
    let check = |peer: &str, value: &str, expected: &str| {
        check_client(&behind, peer, &[("X-Forwarded-For", value)], expected);
    };
    check("203.0.113.5", "1.2.3.4", "203.0.113.5");
    check("10.0.0.1", "1.2.3.4", "1.2.3.4");
    check("10.0.0.1", "198.51.100.1, 203.0.113.66", "203.0.113.66");
    check("10.0.0.1", "198.51.100.1, 203.0.113.66, 10.0.0.2,10.0.0.3", "203.0.113.66");
    check("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3");
    check("10.0.0.1", "198.51.100.1, unknown", "10.0.0.1");
    check("10.0.0.1", "198.51.100.1, unknown, 10.0.0.7", "10.0.0.7");
    check("10.0.0.1", "198.51.100.1, _hidden, 203.0.113.66", "203.0.113.66");
    check("10.0.0.1", "198.51.100.1,", "10.0.0.1");
    check("10.0.0.1", "", "10.0.0.1");
    check("fd00::1", "2001:db8::7", "2001:db8::7");
    check("::ffff:10.0.0.1", "1.2.3.4", "1.2.3.4");
}

#[test]
fn p3_lines_are_joined_in_order() {
    let behind = proxies(&["10.0.0.0/8"], Forwarding::XForwardedFor);
    let lines = [("x-forwarded-for", "198.51.100.1"), ("accept", "*/*"), ("X-FORWARDED-FOR", "203.0.113.66, 10.1.1.1")];
    check_client(&behind, "10.0.0.1", &lines, "203.0.113.66");
    check_client(&behind, "10.0.0.1", &[lines[2], lines[0]], "198.51.100.1");
}

#[test]
fn p3_forwarded() {
    let behind = proxies(&["10.0.0.0/8"], Forwarding::Forwarded);
    let check = |value: &str, expected: &str| {
        check_client(&behind, "10.0.0.1", &[("Forwarded", value)], expected);
    };
    check("for=192.0.2.60;proto=http;by=203.0.113.43", "192.0.2.60");
    check("for=\"[2001:db8::1]:4711\"", "2001:db8::1");
    check("For = \"192.0.2.60\" ; Proto=https", "192.0.2.60");
    check("for=10.0.0.1:80", "10.0.0.1");
    check("for=1.2.3.4, for=192.0.2.43:47011, for=10.0.0.3", "192.0.2.43");
    check("by=\"x,for=1.2.3.4\";for=192.0.2.43", "192.0.2.43");
    check("for=\"\\1.2.3.4\"", "1.2.3.4");
    check("for=1.2.3.4, for=unknown", "10.0.0.1");
    check("for=1.2.3.4, for=\"_gazonk\"", "10.0.0.1");
    check("for=1.2.3.4, proto=http", "10.0.0.1");
    check("for=1.2.3.4;for=5.6.7.8", "10.0.0.1");
    check("for=\"1.2.3.4, for=5.6.7.8", "10.0.0.1");
    check("for=\"1.2.3.4", "10.0.0.1");
}

#[test]
fn p3_only_the_configured_header_counts() {
    let both = [("Forwarded", "for=1.1.1.1"), ("X-Forwarded-For", "2.2.2.2")];
    check_client(&proxies(&["10.0.0.0/8"], Forwarding::Forwarded), "10.0.0.1", &both, "1.1.1.1");
    check_client(&proxies(&["10.0.0.0/8"], Forwarding::XForwardedFor), "10.0.0.1", &both, "2.2.2.2");
    check_client(&proxies(&["10.0.0.0/8"], Forwarding::XForwardedFor), "10.0.0.1", &both[..1], "10.0.0.1");
}

#[test]
fn p4_addresses() {
    let check = |text: &str, expected: Option<&str>| {
        assert_eq!(node(text), expected.map(|address| address.parse().unwrap()), "{text}");
    };
    check("192.0.2.1", Some("192.0.2.1"));
    check(" 192.0.2.1:8080 ", Some("192.0.2.1"));
    check("2001:db8::1", Some("2001:db8::1"));
    check("[2001:db8::1]", Some("2001:db8::1"));
    check("[2001:db8::1]:443", Some("2001:db8::1"));
    check("::ffff:192.0.2.1", Some("192.0.2.1"));
    check("[::ffff:c000:201]:1", Some("192.0.2.1"));
    check("fe80::1%eth0", Some("fe80::1"));
    for garbage in [
        "010.0.0.1",
        "1.2.3",
        "0x7f.1",
        "0177.0.0.1",
        "2130706433",
        "1.2.3.4.5",
        "256.1.1.1",
        "1.2.3.4:99999",
        "localhost",
        "[1.2.3.4",
        "::1]",
        "①.2.3.4",
    ] {
        check(garbage, None);
    }
}

fn network(text: &str) -> Network {
    let (address, prefix) = text.split_once('/').unwrap();
    Network { address: address.parse().unwrap(), prefix: prefix.parse().unwrap() }
}

fn check_allowed(networks: &[&str], address: &str, expected: bool) {
    let networks: Vec<Network> = networks.iter().map(|text| network(text)).collect();
    assert_eq!(allowed(address.parse().unwrap(), &networks), expected, "{address} in {networks:?}");
}

#[test]
fn cve_2025_68949_addresses_are_compared_as_numbers() {
    for address in ["110.0.0.1", "10.0.0.10", "10.0.0.100", "::ffff:10.0.0.10", "10.0.0.0", "::10.0.0.1", "::1"] {
        check_allowed(&["10.0.0.1/32"], address, false);
    }
    for address in ["10.0.0.1", "::ffff:10.0.0.1", "::ffff:a00:1"] {
        check_allowed(&["10.0.0.1/32"], address, true);
        check_allowed(&["::ffff:10.0.0.1/128"], address, true);
    }
}

#[test]
fn networks() {
    check_allowed(&[], "198.51.100.1", true);
    check_allowed(&["203.0.113.0/24", "2001:db8::/32"], "203.0.113.255", true);
    check_allowed(&["203.0.113.0/24", "2001:db8::/32"], "203.0.114.0", false);
    check_allowed(&["203.0.113.0/24", "2001:db8::/32"], "2001:db8:ffff::1", true);
    check_allowed(&["203.0.113.0/24", "2001:db8::/32"], "2001:db9::1", false);
    check_allowed(&["203.0.113.77/24"], "203.0.113.1", true);
    check_allowed(&["0.0.0.0/0"], "198.51.100.1", true);
    check_allowed(&["0.0.0.0/0"], "2001:db8::1", false);
    check_allowed(&["::/0"], "198.51.100.1", false);
    check_allowed(&["::ffff:10.0.0.0/104"], "10.255.0.1", true);
    check_allowed(&["10.0.0.0/33"], "10.0.0.0", false);
}
