//! A request in a file, as `curl --include`, the inspector and `nc` write it: lines that end with LF or CR LF, an empty
//! line, and the bytes of the body.

use anyhow::{Context, ensure};
use run::id::Millis;
use triggers::webhook::verify::Incoming;

/// A request that was read.
#[derive(Debug)]
pub(super) struct RawRequest {
    method: String,
    url: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

impl RawRequest {
    /// Reads it. `url` is the public URL, where it is not what the request says.
    pub(super) fn read(bytes: &[u8], url: Option<&str>) -> anyhow::Result<Self> {
        let mut rest = bytes;
        let first = line(&mut rest);
        let first = std::str::from_utf8(first).ok().context("the first line is no request line")?;
        let mut words = first.split_ascii_whitespace();
        let (method, target) = words.next().zip(words.next()).with_context(|| {
            format!("`{}` is no request line, such as `POST /hook/orders HTTP/1.1`", first.escape_debug())
        })?;
        ensure!(method.bytes().all(|byte| byte.is_ascii_alphabetic()), "`{}` is no method", method.escape_debug());
        let headers = headers(&mut rest)?;
        let url = url.map_or_else(|| public_url(target, &headers), str::to_owned);
        Ok(Self { method: method.to_owned(), url, body: body(rest, &headers), headers })
    }

    /// Calls with the request.
    pub(super) fn with_incoming<T>(&self, now: Millis, work: impl FnOnce(&Incoming<'_>) -> T) -> T {
        let headers: Vec<(&str, &[u8])> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
        let query = self.url.split_once('?').map_or("", |(_, query)| query);
        work(&Incoming { method: &self.method, url: &self.url, query, headers: &headers, body: &self.body, now })
    }
}

/// The next line, without its end.
fn line<'b>(rest: &mut &'b [u8]) -> &'b [u8] {
    let end = rest.iter().position(|byte| *byte == b'\n');
    let (line, after) = match end {
        Some(end) => (&rest[..end], &rest[end + 1..]),
        None => (*rest, &[][..]),
    };
    *rest = after;
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// The headers, up to and with the empty line.
fn headers(rest: &mut &[u8]) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    let mut headers = Vec::new();
    while !rest.is_empty() {
        let line = line(rest);
        if line.is_empty() {
            break;
        }
        let colon = line.iter().position(|byte| *byte == b':');
        let colon = colon.with_context(|| format!("`{}` is no header", line.escape_ascii()))?;
        let name = std::str::from_utf8(&line[..colon]).ok().context("the name of a header is no text")?;
        headers.push((name.to_owned(), line[colon + 1..].trim_ascii().to_vec()));
    }
    Ok(headers)
}

/// `Content-Length` outweighs the end of the file: editors put a line end there.
fn body(rest: &[u8], headers: &[(String, Vec<u8>)]) -> Vec<u8> {
    let length = header(headers, "content-length").and_then(|length| length.parse::<usize>().ok());
    rest[..length.map_or(rest.len(), |length| length.min(rest.len()))].to_vec()
}

fn public_url(target: &str, headers: &[(String, Vec<u8>)]) -> String {
    if target.contains("://") {
        return target.to_owned();
    }
    format!("https://{}{target}", header(headers, "host").unwrap_or("localhost"))
}

fn header<'h>(headers: &'h [(String, Vec<u8>)], wanted: &str) -> Option<&'h str> {
    let (_, value) = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted))?;
    std::str::from_utf8(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> RawRequest {
        RawRequest::read(text.as_bytes(), None).unwrap()
    }

    #[test]
    fn both_line_ends_are_read_and_the_body_is_left_alone() {
        for text in [
            "POST /a?b=c HTTP/1.1\nHost: x.example.com\nA:  b \n\none\r\ntwo\n",
            "POST /a?b=c HTTP/1.1\r\nHost: x.example.com\r\nA: b\r\n\r\none\r\ntwo\n",
        ] {
            let request = read(text);
            assert_eq!((request.method.as_str(), request.url.as_str()), ("POST", "https://x.example.com/a?b=c"));
            assert_eq!(request.headers[1], ("A".to_owned(), b"b".to_vec()));
            assert_eq!(request.body, b"one\r\ntwo\n");
        }
    }

    #[test]
    fn the_length_outweighs_the_end_of_the_file() {
        assert_eq!(read("POST / HTTP/1.1\nContent-Length: 2\n\nab\n").body, b"ab");
        assert_eq!(read("POST / HTTP/1.1\nContent-Length: 9\n\nab").body, b"ab");
        assert_eq!(read("GET http://x.example.com/a HTTP/1.1\n").url, "http://x.example.com/a");
        assert_eq!(read("GET / HTTP/1.1").body, b"");
    }

    #[test]
    fn what_is_no_request_is_told() {
        for text in ["", "\n", "{\"a\": 1}\n", "POST\n", "POST / HTTP/1.1\nno header\n\n"] {
            assert!(RawRequest::read(text.as_bytes(), None).is_err(), "{text:?}");
        }
        assert!(RawRequest::read(b"POST / HTTP/1.1\nA: \xff\n\n\xff\xfe", None).is_ok());
    }
}
