//! Requests signed as Amazon Web Services take them (IAM User Guide, "AWS Signature Version 4 for API requests").

use super::scheme::secret_value;
use crate::client::{Body, Outgoing};
use crate::connections::Secret;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use run::error::StepError;
use run::id::Millis;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::time::{Duration, UNIX_EPOCH};
use url::Url;

/// What a body is said to be that is not read before it is sent.
const UNSIGNED: &str = "UNSIGNED-PAYLOAD";

/// Headers that are on the way but not signed: what carries them may change them.
const PASSING: [HeaderName; 4] = [header::USER_AGENT, header::CONNECTION, header::EXPECT, header::AUTHORIZATION];

/// Who signs, and for what.
#[derive(Clone, Debug)]
pub(crate) struct Keys {
    pub(crate) key_id: String,
    pub(crate) secret: Secret,
    /// Of credentials that last a while.
    pub(crate) session_token: Option<Secret>,
    /// `s3`, `sqs`…
    pub(crate) service: String,
    pub(crate) region: String,
}

impl Keys {
    pub(super) fn secrets(&self) -> impl Iterator<Item = &Secret> {
        [Some(&self.secret), self.session_token.as_ref()].into_iter().flatten()
    }

    /// Signs the request as of now, and gives the signature. The request may not be changed afterwards.
    pub(super) fn sign(&self, request: &mut Outgoing, now: Millis) -> Result<Secret, StepError> {
        let unfit = || StepError::permanent("invalid_request", "the request cannot be signed for AWS");
        let time = basic_time(now).ok_or_else(unfit)?;
        let payload = match &request.body {
            Body::Bytes(bytes) => hex(&Sha256::digest(bytes)),
            Body::Pieces(_) if self.service == "s3" => UNSIGNED.to_owned(),
            Body::Pieces(_) => {
                return Err(StepError::permanent("invalid_request", "AWS takes files unsigned at S3 alone"));
            }
        };
        let headers = &mut request.headers;
        headers.insert("x-amz-date", HeaderValue::from_str(&time).map_err(|_| unfit())?);
        if self.service == "s3" {
            headers.insert("x-amz-content-sha256", HeaderValue::from_str(&payload).map_err(|_| unfit())?);
        }
        if let Some(token) = &self.session_token {
            headers.insert("x-amz-security-token", secret_value(token.reveal())?);
        }
        let (canonical_headers, names) = canonical_headers(&request.url, headers);
        let canonical = format!(
            "{}\n{}\n{}\n{canonical_headers}\n{names}\n{payload}",
            request.method,
            self.canonical_path(&request.url),
            canonical_query(&request.url)
        );
        let date = &time[..8];
        let scope = format!("{date}/{}/{}/aws4_request", self.region, self.service);
        let to_sign = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{}", hex(&Sha256::digest(canonical.as_bytes())));
        let signature = hex(&keyed(&self.signing_key(date), to_sign.as_bytes()));
        let value = format!(
            "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={names}, Signature={signature}",
            self.key_id
        );
        headers.insert(header::AUTHORIZATION, secret_value(&value)?);
        Ok(Secret::new(signature))
    }

    fn signing_key(&self, date: &str) -> Vec<u8> {
        let first = keyed(format!("AWS4{}", self.secret.reveal()).as_bytes(), date.as_bytes());
        [self.region.as_str(), &self.service, "aws4_request"]
            .iter()
            .fold(first, |key, part| keyed(&key, part.as_bytes()))
    }

    /// The path, each segment encoded: once more than in the URL, except for S3, which takes it as it is.
    fn canonical_path(&self, url: &Url) -> String {
        let path = if url.path().is_empty() { "/" } else { url.path() };
        let segments = path.split('/').map(|segment| {
            let plain = if self.service == "s3" { percent_decoded(segment) } else { segment.as_bytes().to_vec() };
            encoded(&plain)
        });
        segments.collect::<Vec<_>>().join("/")
    }
}

/// The parameters, encoded as AWS does, in order.
fn canonical_query(url: &Url) -> String {
    let mut pairs: Vec<(String, String)> =
        url.query_pairs().map(|(name, value)| (encoded(name.as_bytes()), encoded(value.as_bytes()))).collect();
    pairs.sort();
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

/// The headers that are signed, each on a line of its own, and their names.
fn canonical_headers(url: &Url, headers: &HeaderMap) -> (String, String) {
    let host = url.host_str().unwrap_or_default();
    let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    let mut lines = vec![("host".to_owned(), host)];
    for name in headers.keys().filter(|name| !PASSING.contains(name) && **name != header::HOST) {
        let values = headers.get_all(name).iter().map(|value| trimmed(&String::from_utf8_lossy(value.as_bytes())));
        lines.push((name.as_str().to_owned(), values.collect::<Vec<_>>().join(",")));
    }
    lines.sort();
    let names: Vec<&str> = lines.iter().map(|(name, _)| name.as_str()).collect();
    let names = names.join(";");
    (lines.iter().map(|(name, value)| format!("{name}:{value}\n")).collect(), names)
}

/// Without spaces around it, and one where there were several.
fn trimmed(value: &str) -> String {
    value.split(' ').filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Everything but letters, digits and `-._~` as `%XX`.
fn encoded(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, &byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
        text
    })
}

fn percent_decoded(segment: &str) -> Vec<u8> {
    crate::connections::decoded(segment).into_bytes()
}

/// `20150830T123600Z`.
fn basic_time(now: Millis) -> Option<String> {
    let since = Duration::from_millis(u64::try_from(now).ok()?);
    // `Sun, 30 Aug 2015 12:36:00 GMT`, of which every part has its place.
    let date = httpdate::fmt_http_date(UNIX_EPOCH.checked_add(since)?);
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month = months.iter().position(|month| *month == &date[8..11])? + 1;
    Some(format!("{}{month:02}{}T{}Z", &date[12..16], &date[5..7], date[17..25].replace(':', "")))
}

fn keyed(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(text);
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests;
