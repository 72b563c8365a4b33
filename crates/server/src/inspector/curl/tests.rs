//! Lines as people paste them, and what each of them would send.

use super::{Request, parse};

fn request(method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> Request {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Request { method: method.to_owned(), url: url.to_owned(), headers, body: body.to_owned() }
}

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const JSON: (&str, &str) = ("content-type", "application/json");

#[test]
fn row_26_lines_are_read_as_curl_reads_them() {
    for (line, expected) in [
        ("curl http://h/hook/a?x=1", request("GET", "http://h/hook/a?x=1", &[], "")),
        ("curl -sSX PUT h/hook/a -d a=1 -d b=2", request("PUT", "h/hook/a", &[FORM], "a=1&b=2")),
        ("curl -XDELETE 'http://h/hook/a'", request("DELETE", "http://h/hook/a", &[], "")),
        ("curl -G h/hook/a -d a=1 --data-urlencode 'b=x y&z'", request("GET", "h/hook/a?a=1&b=x%20y%26z", &[], "")),
        ("curl -I h/hook/a", request("HEAD", "h/hook/a", &[], "")),
        ("curl --json '{\"a\":' --json '1}' h/hook/a", request("POST", "h/hook/a", &[JSON], "{\"a\":1}")),
        ("curl h/hook/a -u me:pass", request("GET", "h/hook/a", &[("authorization", "Basic bWU6cGFzcw==")], "")),
        (
            "curl 'h/hook/a' \\\n  -H 'Content-Type: application/json' \\\r\n  -H 'Accept:' -H 'X-Empty;' --data-raw '@1'",
            request("POST", "h/hook/a", &[JSON, ("x-empty", "")], "@1"),
        ),
        (
            r#"curl h/hook/a --data-raw $'it\'s \u738b\n' --compressed -o /dev/null"#,
            request("POST", "h/hook/a", &[FORM], "it's 王\n"),
        ),
        (r#"curl h/hook/a -d "a \"q\" \$5 5$ \n""#, request("POST", "h/hook/a", &[FORM], "a \"q\" $5 5$ \\n")),
    ] {
        assert_eq!(parse(line), Ok(expected), "{line}");
    }
}

#[test]
fn what_a_line_cannot_say_here_is_named() {
    for (line, named) in [
        ("", "curl"),
        ("wget http://h", "curl"),
        ("curl", "no address"),
        ("curl h/a h/b", "two addresses"),
        ("curl h/a -H", "lacks its value"),
        ("curl h/a -H nothing", "no header"),
        ("curl h/a -d @file.json", "files are not read"),
        ("curl h/a -b jar.txt", "files are not read"),
        ("curl h/a -F a=b", "`-F`"),
        ("curl h/a --proxy p", "`--proxy`"),
        ("curl h/a -d \"$TOKEN\"", "variable"),
        ("curl h/a -d \"`id`\"", "not run"),
        ("curl h/a; rm x", "`;`"),
        ("curl h/a?a=1&b=2", "`&`"),
        ("curl 'h/a", "not closed"),
        ("curl h/a -d $'\\xff'", "no character"),
    ] {
        let error = parse(line).unwrap_err();
        assert!(error.contains(named), "{line}: {error}");
    }
}

#[test]
fn addresses_are_taken_apart() {
    for (url, path, query) in [
        ("https://h.example.com/hook/a/b?x=1#end", Some("/hook/a/b"), Some("x=1")),
        ("h:8080/hook/a", Some("/hook/a"), None),
        ("h?x=1/2", None, Some("x=1/2")),
        ("h", None, None),
    ] {
        let request = request("GET", url, &[], "");
        assert_eq!((request.path(), request.query()), (path, query), "{url}");
    }
}
