//! Lines for `curl`, read as curl(1) and a POSIX shell read them: the request that such a line makes. Nothing is run, no
//! file is read, and what only a shell could tell (`$NAME`, backquotes) is an error.

mod words;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// The request that a line makes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// As it stands in the line, with host and query.
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Request {
    /// The path, if the line names one.
    pub(crate) fn path(&self) -> Option<&str> {
        let rest = self.url.split_once("://").map_or(self.url.as_str(), |(_, rest)| rest);
        let rest = rest.split(['?', '#']).next().unwrap_or_default();
        rest.find('/').map(|start| &rest[start..])
    }

    /// What stands behind the `?`.
    pub(crate) fn query(&self) -> Option<&str> {
        let url = self.url.split('#').next().unwrap_or_default();
        url.split_once('?').map(|(_, query)| query)
    }
}

/// The request of a line that begins with `curl`. What it cannot be is said in a sentence.
pub(crate) fn parse(line: &str) -> Result<Request, String> {
    let mut words = words::split(line)?.into_iter();
    if words.next().as_deref() != Some("curl") {
        return Err("the line does not begin with `curl`".to_owned());
    }
    let mut options = Options::default();
    while let Some(word) = words.next() {
        match word.strip_prefix('-').filter(|rest| !rest.is_empty()) {
            None => options.address(word)?,
            Some(long) if long.starts_with('-') => options.long(&long[1..], &mut words)?,
            Some(short) => options.short(short, &mut words)?,
        }
    }
    options.request()
}

/// What the options of a line come to.
#[derive(Default)]
struct Options {
    url: Option<String>,
    method: Option<String>,
    headers: Vec<(String, String)>,
    data: Option<String>,
    /// `Content-Type` where the line has none of its own.
    content_type: Option<&'static str>,
    in_url: bool,
    head_only: bool,
}

impl Options {
    fn address(&mut self, url: String) -> Result<(), String> {
        match self.url.replace(url) {
            None => Ok(()),
            Some(first) => Err(format!("there are two addresses, {first:?} and another")),
        }
    }

    fn long(&mut self, name: &str, words: &mut impl Iterator<Item = String>) -> Result<(), String> {
        if matches!(name, "get" | "head") {
            return self.flag(if name == "get" { 'G' } else { 'I' });
        }
        if IGNORED.contains(&name) {
            return Ok(());
        }
        let mut value = || words.next().ok_or_else(|| format!("`--{name}` lacks its value"));
        match name {
            "request" => self.value('X', value()?),
            "header" => self.value('H', value()?),
            "data" | "data-ascii" | "data-binary" => self.value('d', value()?),
            "data-raw" => self.add(&value()?),
            "data-urlencode" => self.encoded(&value()?),
            "json" => self.json(&value()?),
            "user" => self.value('u', value()?),
            "user-agent" => self.value('A', value()?),
            "referer" => self.value('e', value()?),
            "cookie" => self.value('b', value()?),
            "url" => self.address(value()?),
            "output" | "max-time" | "connect-timeout" | "write-out" | "retry" => value().map(drop),
            _ => Err(format!("`--{name}` is not known here")),
        }
    }

    /// Letters behind one dash: the last one may have a value, right behind it or as the next word.
    fn short(&mut self, letters: &str, words: &mut impl Iterator<Item = String>) -> Result<(), String> {
        for (place, letter) in letters.char_indices() {
            if !"XHduAebomw".contains(letter) {
                self.flag(letter)?;
                continue;
            }
            let rest = &letters[place + letter.len_utf8()..];
            let value = if rest.is_empty() { words.next() } else { Some(rest.to_owned()) };
            return self.value(letter, value.ok_or_else(|| format!("`-{letter}` lacks its value"))?);
        }
        Ok(())
    }

    fn flag(&mut self, letter: char) -> Result<(), String> {
        match letter {
            'G' => self.in_url = true,
            'I' => self.head_only = true,
            's' | 'S' | 'i' | 'v' | 'k' | 'L' | 'f' | 'g' | 'N' => {}
            _ => return Err(format!("`-{letter}` is not known here")),
        }
        Ok(())
    }

    fn value(&mut self, letter: char, value: String) -> Result<(), String> {
        match letter {
            'X' => self.method = Some(value),
            'H' => return self.header(&value),
            'd' if value.starts_with('@') => return Err(format!("files are not read: {value:?}")),
            'd' => return self.add(&value),
            'u' => self.headers.push(("authorization".to_owned(), format!("Basic {}", BASE64_STANDARD.encode(value)))),
            'A' => self.headers.push(("user-agent".to_owned(), value)),
            'e' => self.headers.push(("referer".to_owned(), value)),
            'b' if value.contains('=') => self.headers.push(("cookie".to_owned(), value)),
            'b' => return Err(format!("files are not read: {value:?}")),
            // Where the answer goes, and how long it is waited for.
            _ => {}
        }
        Ok(())
    }

    fn header(&mut self, line: &str) -> Result<(), String> {
        if let Some((name, value)) = line.split_once(':') {
            // A header without a value is one that curl would send by itself, and is not to.
            if !value.trim().is_empty() {
                self.headers.push((name.trim().to_lowercase(), value.trim().to_owned()));
            }
            return Ok(());
        }
        let name = line.strip_suffix(';').ok_or_else(|| format!("{line:?} is no header"))?;
        self.headers.push((name.trim().to_lowercase(), String::new()));
        Ok(())
    }

    fn add(&mut self, text: &str) -> Result<(), String> {
        self.content_type.get_or_insert("application/x-www-form-urlencoded");
        self.data = Some(match self.data.take() {
            Some(before) => format!("{before}&{text}"),
            None => text.to_owned(),
        });
        Ok(())
    }

    fn encoded(&mut self, text: &str) -> Result<(), String> {
        let (name, value) = text.split_once('=').map_or((None, text), |(name, value)| (Some(name), value));
        if name.is_none() && text.contains('@') {
            return Err(format!("files are not read: {text:?}"));
        }
        let value = utf8_percent_encode(value, RESERVED).to_string();
        match name.filter(|name| !name.is_empty()) {
            Some(name) => self.add(&format!("{name}={value}")),
            None => self.add(&value),
        }
    }

    fn json(&mut self, text: &str) -> Result<(), String> {
        if text.starts_with('@') {
            return Err(format!("files are not read: {text:?}"));
        }
        self.content_type = Some("application/json");
        self.data.get_or_insert_default().push_str(text);
        Ok(())
    }

    fn request(mut self) -> Result<Request, String> {
        let mut url = self.url.take().ok_or("the line has no address")?;
        let mut body = self.data.take();
        if self.in_url
            && let Some(data) = body.take()
        {
            url = format!("{url}{}{data}", if url.contains('?') { '&' } else { '?' });
            self.content_type = None;
        }
        let usual = match (&body, self.head_only) {
            (_, true) => "HEAD",
            (Some(_), _) => "POST",
            (None, _) => "GET",
        };
        if let Some(kind) = self.content_type
            && !self.headers.iter().any(|(name, _)| name == "content-type")
        {
            self.headers.push(("content-type".to_owned(), kind.to_owned()));
        }
        let method = self.method.unwrap_or_else(|| usual.to_owned());
        Ok(Request { method, url, headers: self.headers, body: body.unwrap_or_default() })
    }
}

/// What `--data-urlencode` encodes.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Options that say how curl is to behave, not what it is to send.
const IGNORED: [&str; 14] = [
    "compressed",
    "fail",
    "globoff",
    "http1.1",
    "http2",
    "include",
    "insecure",
    "location",
    "no-buffer",
    "path-as-is",
    "progress-bar",
    "show-error",
    "silent",
    "verbose",
];

#[cfg(test)]
mod tests;
