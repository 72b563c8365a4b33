//! Questions about texts: whether they have the form of an address, a number or a document. None asks the outside.

use super::notation::Notation;
use super::{Call, Function};
use crate::expression::fault::Fault;
use crate::expression::value::as_text;
use ipnet::IpNet;
use rhai::Dynamic;
use serde::de::IgnoredAny;
use std::net::IpAddr;
use url::{Host, Url};

type Result = std::result::Result<Dynamic, Fault>;

pub(super) const TABLE: &[Function] = &[
    Function {
        name: "is_email",
        group: "check",
        signature: "is_email(value) -> bool",
        doc: "Whether it is an address that mail can be sent to, as HTML's `input type=email` takes it, with a domain that \
              has a dot; international domains count.",
        errors: "",
        example: r#""ada@example.com".is_email()"#,
        result: "true",
        run: |call| check(call, is_email),
    },
    Function {
        name: "is_phone",
        group: "check",
        signature: "is_phone(value) -> bool",
        doc: "Whether it is an international telephone number (E.164): `+` and 7 to 15 digits; blanks, dots, hyphens and \
              parentheses between them do not matter.",
        errors: "",
        example: r#""+886 2 2345-6789".is_phone()"#,
        result: "true",
        run: |call| check(call, is_phone),
    },
    Function {
        name: "is_url",
        group: "check",
        signature: "is_url(value) -> bool",
        doc: "Whether it is a URL of the web: `http` or `https` with a host.",
        errors: "",
        example: r#""https://example.com/a?b=c".is_url()"#,
        result: "true",
        run: |call| check(call, is_url),
    },
    Function {
        name: "is_domain",
        group: "check",
        signature: "is_domain(value) -> bool",
        doc: "Whether it is a domain name with a dot in it.",
        errors: "",
        example: r#""shop.example.com".is_domain()"#,
        result: "true",
        run: |call| check(call, is_domain),
    },
    Function {
        name: "is_ip",
        group: "check",
        signature: "is_ip(value) -> bool",
        doc: "Whether it is an IP address, of version 4 or 6.",
        errors: "",
        example: r#""2001:db8::1".is_ip()"#,
        result: "true",
        run: |call| check(call, |text| text.parse::<IpAddr>().is_ok()),
    },
    Function {
        name: "is_ipv4",
        group: "check",
        signature: "is_ipv4(value) -> bool",
        doc: "Whether it is an IP address of version 4.",
        errors: "",
        example: r#""192.0.2.7".is_ipv4()"#,
        result: "true",
        run: |call| check(call, |text| text.parse::<IpAddr>().is_ok_and(|address| address.is_ipv4())),
    },
    Function {
        name: "is_ipv6",
        group: "check",
        signature: "is_ipv6(value) -> bool",
        doc: "Whether it is an IP address of version 6.",
        errors: "",
        example: r#""192.0.2.7".is_ipv6()"#,
        result: "false",
        run: |call| check(call, |text| text.parse::<IpAddr>().is_ok_and(|address| address.is_ipv6())),
    },
    Function {
        name: "in_network",
        group: "check",
        signature: "in_network(address, network) -> bool",
        doc: "Whether an IP address is in a network in CIDR notation, or in one of a list of them.",
        errors: "A network that is none.",
        example: r#""192.0.2.7".in_network("192.0.2.0/24")"#,
        result: "true",
        run: in_network,
    },
    Function {
        name: "is_uuid",
        group: "check",
        signature: "is_uuid(value) -> bool",
        doc: "Whether it is a UUID in its usual form: 32 hexadecimal digits with hyphens (RFC 9562).",
        errors: "",
        example: r#""2ed6657d-e927-568b-95e1-2665a8aea6a2".is_uuid()"#,
        result: "true",
        run: |call| check(call, |text| uuid(text).is_some()),
    },
    Function {
        name: "is_json",
        group: "check",
        signature: "is_json(value) -> bool",
        doc: "Whether it is a JSON text.",
        errors: "",
        example: r#""[1, 2".is_json()"#,
        result: "false",
        run: |call| check(call, |text| serde_json::from_str::<IgnoredAny>(text).is_ok()),
    },
    Function {
        name: "is_base64",
        group: "check",
        signature: "is_base64(value) -> bool",
        doc: "Whether it is base64, with or without padding.",
        errors: "",
        example: r#""SGVsbG8=".is_base64()"#,
        result: "true",
        run: |call| check(call, |text| Notation::Base64.read(text).is_ok()),
    },
    Function {
        name: "is_hex",
        group: "check",
        signature: "is_hex(value) -> bool",
        doc: "Whether it is made of pairs of hexadecimal digits.",
        errors: "",
        example: r#""48692g".is_hex()"#,
        result: "false",
        run: |call| check(call, |text| !text.is_empty() && Notation::Hex.read(text).is_ok()),
    },
    Function {
        name: "is_luhn",
        group: "check",
        signature: "is_luhn(value) -> bool",
        doc: "Whether the last digit is the check digit of the others (ISO/IEC 7812), as in card numbers; blanks and \
              hyphens do not matter.",
        errors: "",
        example: r#""4111 1111 1111 1111".is_luhn()"#,
        result: "true",
        run: |call| check(call, is_luhn),
    },
    Function {
        name: "is_iban",
        group: "check",
        signature: "is_iban(value) -> bool",
        doc: "Whether it has the form and the check digits of a bank account's number (ISO 13616); blanks do not matter.",
        errors: "",
        example: r#""GB82 WEST 1234 5698 7654 32".is_iban()"#,
        result: "true",
        run: |call| check(call, is_iban),
    },
    Function {
        name: "is_ean",
        group: "check",
        signature: "is_ean(value) -> bool",
        doc: "Whether it is the number of a bar code with a right check digit: EAN-8, UPC-A, EAN-13 (ISBN, too), GTIN-14.",
        errors: "",
        example: r#""9783161484100".is_ean()"#,
        result: "true",
        run: |call| check(call, is_ean),
    },
];

/// The number that a UUID's usual form says.
pub(super) fn uuid(text: &str) -> Option<u128> {
    const HYPHENS: [usize; 4] = [8, 13, 18, 23];
    let well_formed = text.len() == 36
        && text.bytes().enumerate().all(|(position, byte)| match HYPHENS.contains(&position) {
            true => byte == b'-',
            false => byte.is_ascii_hexdigit(),
        });
    well_formed.then(|| u128::from_str_radix(&text.replace('-', ""), 16).ok()).flatten()
}

/// What is no text has no form.
fn check(call: &mut Call, holds: fn(&str) -> bool) -> Result {
    let Some(text) = as_text(call.any(0)) else { return Ok(false.into()) };
    call.spend_bytes(text.len())?;
    Ok(holds(&text).into())
}

/// The form that browsers take (WHATWG HTML, valid e-mail address), with the lengths of RFC 5321 §4.5.3.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let allowed = |char: char| char.is_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(char);
    let dots_inside = !local.starts_with('.') && !local.ends_with('.') && !local.contains("..");
    (1..=64).contains(&local.len()) && local.chars().all(allowed) && dots_inside && is_domain(domain)
}

fn is_phone(text: &str) -> bool {
    let Some(rest) = text.trim().strip_prefix('+') else { return false };
    let separator = |char: char| " .-()\u{a0}".contains(char);
    let digits = rest.chars().filter(char::is_ascii_digit).count();
    let first = rest.chars().find(char::is_ascii_digit);
    (7..=15).contains(&digits)
        && first.is_some_and(|first| first != '0')
        && rest.chars().all(|char| char.is_ascii_digit() || separator(char))
}

fn is_url(text: &str) -> bool {
    let web = |url: Url| matches!(url.scheme(), "http" | "https") && url.has_host();
    // Browsers repair much; what has blanks or no `//` is no URL that a form should take.
    let plain = !text.contains(|char: char| char.is_whitespace() || char.is_control()) && text.contains("://");
    plain && Url::parse(text).is_ok_and(web)
}

fn is_domain(text: &str) -> bool {
    let Ok(Host::Domain(ascii)) = Host::parse(text) else { return false };
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    ascii.len() <= 253 && ascii.contains('.') && ascii.split('.').all(label) && !text.contains('%')
}

fn is_luhn(text: &str) -> bool {
    let Some(digits) = digits(text, " -") else { return false };
    let doubled = |digit: u32| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let weigh = |(place, digit): (usize, &u32)| if place % 2 == 1 { doubled(*digit) } else { *digit };
    digits.len() > 1 && digits.iter().rev().enumerate().map(weigh).fold(0_u32, |sum, digit| (sum + digit) % 10) == 0
}

fn is_iban(text: &str) -> bool {
    let compact: String = text.chars().filter(|char| *char != ' ').map(|char| char.to_ascii_uppercase()).collect();
    let bytes = compact.as_bytes();
    let form = (15..=34).contains(&bytes.len())
        && bytes.iter().all(u8::is_ascii_alphanumeric)
        && bytes[..2].iter().all(u8::is_ascii_alphabetic)
        && bytes[2..4].iter().all(u8::is_ascii_digit);
    if !form {
        return false;
    }
    let rotated = bytes[4..].iter().chain(&bytes[..4]);
    let remainder = rotated.fold(0_u32, |remainder, byte| {
        let value = char::from(*byte).to_digit(36).unwrap_or(0);
        (remainder * if value > 9 { 100 } else { 10 } + value) % 97
    });
    remainder == 1
}

fn is_ean(text: &str) -> bool {
    let Some(digits) = digits(text, " -") else { return false };
    let weigh = |(place, digit): (usize, &u32)| if place % 2 == 1 { digit * 3 } else { *digit };
    matches!(digits.len(), 8 | 12 | 13 | 14)
        && digits.iter().rev().enumerate().map(weigh).sum::<u32>().is_multiple_of(10)
}

/// The digits of a text that has nothing else but these separators.
fn digits(text: &str, separators: &str) -> Option<Vec<u32>> {
    text.chars().filter(|char| !separators.contains(*char)).map(|char| char.to_digit(10)).collect()
}

fn in_network(call: &mut Call) -> Result {
    let Some(address) = as_text(call.any(0)).and_then(|text| text.parse::<IpAddr>().ok()) else {
        return Ok(false.into());
    };
    let networks = match as_text(call.any(1)) {
        Some(network) => vec![network.into()],
        None => call.list(1)?.clone(),
    };
    for network in networks {
        let parsed = as_text(&network)
            .and_then(|text| text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from)));
        match parsed {
            Some(parsed) if parsed.contains(&address) => return Ok(true.into()),
            Some(_) => {}
            None => return Err(call.unsuitable(1, "a network such as `192.0.2.0/24` or a list of them")),
        }
    }
    Ok(false.into())
}
