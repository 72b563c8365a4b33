//! Hostile requests, pasted: a real shell is asked what it makes of them.

use super::*;
use crate::inspector::captured::{Captured, Verdict};
use crate::inspector::record::{decode, encode};
use bytes::Bytes;
use std::io::Write as _;
use std::net::Ipv4Addr;
use std::process::{Command, Stdio};
use std::time::Duration;

const BASE: &str = "https://hooks.example.com";

/// Words that mean something to a shell, to curl, to HTTPie, or to a script.
const HOSTILE: [&str; 11] = [
    "'; touch /nowhere; '",
    "$(id) `id` ${HOME} !!",
    "@/etc/passwd",
    "=1",
    "a\nb\r\nc",
    "\\'\"\\",
    "</script><script>alert(1)</script>",
    "--output x",
    "-ox",
    "ü•\u{2028}",
    "-",
];

fn copied(target: &str, headers: &[(&str, &[u8])], body: &[u8], form: Form) -> String {
    String::from_utf8(tried("POST", target, headers, body, form).unwrap()).unwrap()
}

fn tried(
    method: &str,
    target: &str,
    headers: &[(&str, &[u8])],
    body: &[u8],
    form: Form,
) -> Result<Vec<u8>, Uncopiable> {
    let captured = Captured {
        hook: "x",
        at: 1,
        took: Duration::ZERO,
        ip: Ipv4Addr::LOCALHOST.into(),
        method,
        target,
        secret_params: &[],
        secret_headers: &[],
        headers,
        body: Bytes::copy_from_slice(body),
        body_length: body.len() as u64,
        verdict: Verdict::Kept,
        provider: None,
        event: None,
        id: None,
        status: 200,
        answer_headers: &[],
        answer: b"",
        run: None,
        runs: 0,
        of: None,
    };
    let mut bytes = Vec::new();
    encode(&captured, &mut bytes);
    copy(&decode(&bytes).unwrap(), BASE, form)
}

/// The words that a shell makes of a command, with the program replaced by one that says them.
fn words(command: &str, program: &str) -> Vec<String> {
    let said = command.replacen(&format!("{program} "), "printf '%s\\0' ", 1);
    let said = Command::new("sh").arg("-c").arg(said).output().unwrap();
    assert!(said.status.success() && said.stderr.is_empty(), "{command}");
    let text = String::from_utf8(said.stdout).unwrap();
    text.split_terminator('\0').map(str::to_owned).collect()
}

#[test]
fn a_shell_gives_curl_and_httpie_what_came() {
    for body in HOSTILE {
        let header = body.replace(['\n', '\r'], " ");
        let headers: &[(&str, &[u8])] = &[("x-a", header.as_bytes()), ("content-type", b"text/plain"), ("x-b", b"")];
        let curl = words(&copied("/hook/x?a[]='$(id)'", headers, body.as_bytes(), Form::Curl), "curl");
        let url = format!("{BASE}/hook/x?a[]='$(id)'");
        let field = format!("x-a: {header}");
        let expected = ["--globoff", "-X", "POST", &url, "-H", &field, "-H", "content-type: text/plain", "-H", "x-b;"];
        assert_eq!(curl, [&expected[..], &["--data-raw", body]].concat());
        let httpie = words(&copied("/hook/x", headers, body.as_bytes(), Form::Httpie), "http");
        let escape = if header.starts_with(['=', '@']) { "\\" } else { "" };
        let field = format!("x-a:{escape}{header}");
        let url = format!("{BASE}/hook/x");
        let expected = ["POST", &url, &field, "content-type:text/plain", "x-b;", "--ignore-stdin"];
        assert_eq!(httpie, [expected.map(str::to_owned).as_slice(), &[format!("--raw={body}")]].concat());
    }
}

#[test]
fn what_would_be_an_option_is_not_copied_as_a_command() {
    for method in ["-o", "--output", "G-ET", "post", "M_1", "!"] {
        for form in [Form::Curl, Form::Httpie, Form::Fetch] {
            let told = tried(method, "/hook/x", &[], b"", form);
            assert!(matches!(told, Err(Uncopiable::Method(_))), "{method} as {form:?}");
        }
        assert!(tried(method, "/hook/x", &[], b"", Form::Http).unwrap().starts_with(method.as_bytes()));
    }
    let headers: &[(&str, &[u8])] = &[("--output", b"/etc/cron.d/x")];
    assert!(matches!(tried("POST", "/hook/x", headers, b"", Form::Httpie), Err(Uncopiable::Header(_))));
    let curl = words(&copied("/hook/x", headers, b"", Form::Curl), "curl");
    assert_eq!(curl[4..], ["-H", "--output: /etc/cron.d/x"]);
}

#[test]
fn a_long_body_is_no_argument() {
    let long = "ü'".repeat(LONGEST_ARGUMENT / 3 + 1);
    let command = copied("/hook/x", &[("content-type", b"text/plain")], long.as_bytes(), Form::Curl);
    let line = format!("curl() {{ cat; }}\n{command}");
    let mut shell = Command::new("sh").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    shell.stdin.take().unwrap().write_all(line.as_bytes()).unwrap();
    assert!(shell.wait_with_output().unwrap().stdout == long.as_bytes());
    assert!(command.ends_with("--data-binary @-\n"));
    let httpie = copied("/hook/x", &[], long.as_bytes(), Form::Httpie);
    assert!(httpie.starts_with("printf %s ") && !httpie.contains("--raw"));
    let short = "x".repeat(LONGEST_ARGUMENT);
    assert!(copied("/hook/x", &[], short.as_bytes(), Form::Curl).contains("--data-raw"));
}

#[test]
fn a_head_is_asked_for_as_one() {
    let curl = String::from_utf8(tried("HEAD", "/hook/x", &[], b"", Form::Curl).unwrap()).unwrap();
    assert_eq!(words(&curl, "curl"), ["--globoff", "--head", &format!("{BASE}/hook/x")]);
    for (method, form) in [("HEAD", Form::Curl), ("HEAD", Form::Fetch), ("GET", Form::Fetch)] {
        assert!(tried(method, "/hook/x", &[], b"", form).is_ok());
        assert!(matches!(tried(method, "/hook/x", &[], b"{}", form), Err(Uncopiable::Body { .. })), "{method}");
    }
    assert!(tried("HEAD", "/hook/x", &[], b"{}", Form::Http).is_ok());
}

#[test]
fn what_is_masked_is_said_and_the_address_is_one() {
    let key: &[(&str, &[u8])] = &[("x-api-key", b"canary")];
    let form: &[(&str, &[u8])] = &[("content-type", b"application/x-www-form-urlencoded")];
    let packed = b"payload=%7B%22token%22%3A1%7D";
    for (target, headers, body) in [
        ("/hook/x?token=canary", &[][..], &b""[..]),
        ("/hook/x", key, b""),
        ("/hook/x", &[], br#"{"password":"canary"}"#),
        ("/hook/x", form, packed),
    ] {
        for (kind, comment) in [(Form::Curl, "# "), (Form::Httpie, "# "), (Form::Fetch, "// ")] {
            let copy = copied(target, headers, body, kind);
            assert!(copy.starts_with(&format!("{comment}{FILL_IN}\n")), "{copy}");
        }
    }
    for kind in [Form::Curl, Form::Httpie, Form::Fetch, Form::Http] {
        let copy = copied("/hook/x?token=canary&a=1", &[], b"", kind);
        assert!(copy.contains("/hook/x?token=%E2%80%A2%E2%80%A2%E2%80%A2&a=1"), "{copy}");
        assert!(!copied("/hook/x?a=1", &[], b"{}", kind).contains("masked"));
    }
}

#[test]
fn bytes_that_are_no_text_are_decoded_by_the_shell() {
    let bytes = [0, 0xff, b'\'', b'\n'];
    let curl = copied("/hook/x", &[], &bytes, Form::Curl);
    assert!(curl.starts_with("printf %s AP8nCg== | base64 -d | curl --globoff"), "{curl}");
    assert!(curl.ends_with("--data-binary @-\n"));
    let fetch = copied("/hook/x", &[], &bytes, Form::Fetch);
    assert!(fetch.contains("body: Uint8Array.from(atob(\"AP8nCg==\"), (c) => c.charCodeAt(0)),"), "{fetch}");
}

#[test]
fn a_script_cannot_be_left() {
    for body in HOSTILE {
        let fetch = copied("/hook/x", &[("x-a", b"</script>")], body.as_bytes(), Form::Fetch);
        assert!(!fetch.contains("</") && !fetch.contains('\u{2028}'), "{fetch}");
        let line = fetch.lines().find_map(|line| line.strip_prefix("  body: ")?.strip_suffix(',')).unwrap();
        assert_eq!(serde_json::from_str::<String>(line).unwrap(), body);
    }
}

#[test]
fn the_request_itself() {
    let headers: &[(&str, &[u8])] = &[("Host", b"evil.example"), ("X-A", b"1"), ("content-length", b"99")];
    assert_eq!(
        copied("/hook/x?a=1", headers, b"{}", Form::Http),
        "POST /hook/x?a=1 HTTP/1.1\r\nhost: hooks.example.com\r\nX-A: 1\r\ncontent-length: 2\r\n\r\n{}"
    );
    assert_eq!(words(&copied("/hook/x", &[], b"", Form::Curl), "curl").len(), 4);
}

#[test]
fn a2_copies_have_no_credentials() {
    let headers: &[(&str, &[u8])] = &[("authorization", b"Bearer canary"), ("content-type", b"application/json")];
    for form in [Form::Curl, Form::Httpie, Form::Fetch, Form::Http] {
        let copy = copied("/hook/x?token=canary", headers, b"{\"password\":\"canary\"}", form);
        assert!(!copy.contains("canary") && copy.contains("\"•••\""), "{copy}");
    }
}
