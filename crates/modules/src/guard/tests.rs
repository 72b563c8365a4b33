//! Addresses in every spelling, and what may be called.

use super::*;

/// Ways to write a private address, each of which must be refused (`testdata/private_urls.txt`).
#[test]
fn every_writing_of_a_private_address_is_refused() {
    for line in include_str!("../../testdata/private_urls.txt").lines().filter(|line| !line.is_empty()) {
        let Ok(url) = Url::parse(line) else { continue };
        let refused = Guard::default().passage(&url, Trust::default());
        assert_eq!(refused.map_err(|error| error.code), Err("private_address".to_owned()), "{line} → {url}");
    }
}

#[test]
fn public_hosts_are_checked_at_resolution() {
    for text in [
        "http://example.com",
        "https://1.1.1.1/",
        "http://172.32.0.1",
        "http://[2606:4700::1111]",
        "http://example.com:8080/",
        "http://notlocalhost/",
        "http://internal.example.com/",
        "http://example.com#@127.0.0.1",
    ] {
        let url = Url::parse(text).unwrap();
        assert_eq!(Guard::default().passage(&url, Trust::default()), Ok(Passage::Checked), "{text}");
    }
}

#[test]
fn what_the_author_wrote_is_trusted_at_that_port_only() {
    let check = |url: &str, written: &str, expected: bool| {
        let trust = Trust { author_host: Some(written), ..Trust::default() };
        let passage = Guard::default().passage(&Url::parse(url).unwrap(), trust);
        assert_eq!(passage == Ok(Passage::Trusted), expected, "{url} written as {written}");
    };
    check("http://127.0.0.1:9000/x", "127.0.0.1:9000", true);
    check("http://127.0.0.1:9000/x", "127.0.0.1", false);
    check("http://127.0.0.1/x", "127.0.0.1:80", true);
    check("https://127.0.0.1/x", "127.0.0.1", true);
    check("http://localhost./x", "localhost", true);
    check("http://localhost:25/x", "localhost:25", true);
    check("http://127.0.0.1/x", "127.1", true);
    check("http://127.0.0.1/x", "example.com", false);
    check("http://127.0.0.1/x", "example.com/@127.0.0.1", false);
    check("http://[::1]:81/x", "[::1]:81", true);
}

#[test]
fn what_the_operator_allows_is_reached() {
    let check = |allowed: &str, url: &str, expected: Result<Passage, &str>| {
        let guard = Guard::new(vec![allowed.parse().unwrap()]);
        let passage = guard.passage(&Url::parse(url).unwrap(), Trust::default()).map_err(|error| error.code);
        assert_eq!(passage, expected.map_err(str::to_owned), "{url} with {allowed}");
    };
    check("db.internal", "http://db.internal:81/", Ok(Passage::Trusted));
    check("DB.internal:81", "http://db.internal:81/", Ok(Passage::Trusted));
    check("db.internal:80", "http://db.internal/", Ok(Passage::Trusted));
    check("db.internal:81", "http://db.internal/", Err("private_address"));
    check("10.1.0.0/16", "http://10.1.2.3/", Ok(Passage::Checked));
    check("10.1.0.0/16", "http://10.2.2.3/", Err("private_address"));
    check("10.1.0.0/16", "http://[::ffff:10.1.2.3]/", Ok(Passage::Checked));
    check("::1", "http://[::1]/", Ok(Passage::Checked));
    check("10.0.0.1", "http://110.0.0.1/", Ok(Passage::Checked));
    check("10.0.0.1", "http://10.0.0.10/", Err("private_address"));
}

#[test]
fn a_destination_is_a_host_or_a_network() {
    for text in ["", "a b", "http://x", "x/y", "user@host", "10.0.0.0/33", "host:99999"] {
        assert!(text.parse::<Allowed>().is_err(), "{text}");
    }
}

#[test]
fn other_schemes_and_ports_are_refused() {
    let code = |text: &str| Guard::default().passage(&Url::parse(text).unwrap(), Trust::default()).unwrap_err().code;
    assert_eq!(code("ftp://example.com/"), "invalid_url");
    assert_eq!(code("file:///etc/passwd"), "invalid_url");
    assert_eq!(code("http://example.com:25/"), "port_refused");
    assert_eq!(code("http://example.com:6379/"), "port_refused");
}

#[test]
fn special_ranges_begin_and_end_where_the_registries_say() {
    let check = |text: &str, expected: bool| assert_eq!(is_public(text.parse().unwrap()), expected, "{text}");
    for (first, last) in [
        ("0.0.0.0", "0.255.255.255"),
        ("10.0.0.0", "10.255.255.255"),
        ("100.64.0.0", "100.127.255.255"),
        ("127.0.0.0", "127.255.255.255"),
        ("169.254.0.0", "169.254.255.255"),
        ("172.16.0.0", "172.31.255.255"),
        ("192.0.0.0", "192.0.0.255"),
        ("192.0.2.0", "192.0.2.255"),
        ("192.88.99.0", "192.88.99.255"),
        ("192.168.0.0", "192.168.255.255"),
        ("198.18.0.0", "198.19.255.255"),
        ("198.51.100.0", "198.51.100.255"),
        ("203.0.113.0", "203.0.113.255"),
        ("224.0.0.0", "255.255.255.255"),
        ("::", "::1"),
        ("::ffff:10.0.0.1", "::ffff:127.0.0.1"),
        ("64:ff9b::", "64:ff9b::ffff:ffff"),
        ("64:ff9b:1::", "64:ff9b:1:ffff::"),
        ("100::", "100::ffff"),
        ("2001::", "2001::ffff"),
        ("2001:db8::", "2001:db8:ffff::"),
        ("2002::", "2002:ffff::"),
        ("fc00::", "fdff::"),
        ("fe80::", "febf::"),
        ("ff00::", "ffff::"),
    ] {
        check(first, false);
        check(last, false);
    }
    for public in ["1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "128.0.0.0", "172.32.0.0"] {
        check(public, true);
    }
    for public in ["192.0.1.0", "198.17.255.255", "198.20.0.0", "223.255.255.255", "::ffff:8.8.8.8", "2a00::1"] {
        check(public, true);
    }
}
