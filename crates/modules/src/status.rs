//! A status that means failure, as a step's error.

use crate::client::Incoming;
use crate::mask::{Mask, preview};
use reqwest::header;
use run::error::StepError;
use run::id::Millis;
use std::time::{Duration, UNIX_EPOCH};

/// How much of the answer the message tells.
const EXCERPT: usize = 200;

/// The error of an answer whose status is one. `now` is what a date in `Retry-After` is compared with.
pub(crate) fn status_error(answer: &Incoming, now: Millis, mask: &Mask) -> StepError {
    let status = answer.status;
    let text = mask.text(&String::from_utf8_lossy(&answer.body));
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let separator = if text.is_empty() { "" } else { ": " };
    let message = format!("the answer is {status}{separator}{}", preview(&text, EXCERPT));
    // RFC 9110 §15.5.9, RFC 8470 §5.2, RFC 6585 §4, and failures of the server's own.
    let passing = matches!(status.as_u16(), 408 | 425 | 429 | 500..=599);
    let make = if passing { StepError::passing } else { StepError::permanent };
    make("http_status", message).status(status.as_u16()).retry_after(retry_after(answer, now))
}

/// The pause that the answer asks for, in milliseconds: seconds or a date (RFC 9110 §10.2.3).
fn retry_after(answer: &Incoming, now: Millis) -> Option<u64> {
    let text = answer.headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return seconds.checked_mul(1000);
    }
    let due = httpdate::parse_http_date(text).ok()?.duration_since(UNIX_EPOCH).ok()?;
    let now = Duration::from_millis(u64::try_from(now).ok()?);
    u64::try_from(due.saturating_sub(now).as_millis()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::StatusCode;
    use reqwest::header::{HeaderMap, HeaderValue};
    use run::error::Recovery;

    fn answer(status: u16, retry_after: &'static str, body: &'static str) -> StepError {
        let mut headers = HeaderMap::new();
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static(retry_after));
        let status = StatusCode::from_u16(status).unwrap();
        let mask = Mask::over(["supersecret"]);
        // 1994-11-15T08:12:31Z
        status_error(&Incoming { status, headers, body: body.into() }, 784_887_151_000, &mask)
    }

    #[test]
    fn a_pause_is_seconds_or_a_date() {
        let check = |text: &'static str, expected| assert_eq!(answer(503, text, "").retry_after, expected, "{text}");
        check("0", Some(0));
        check("120", Some(120_000));
        check("Tue, 15 Nov 1994 08:12:41 GMT", Some(10_000));
        check("Tue, 15 Nov 1994 08:12:21 GMT", Some(0));
        check("soon", None);
        check("-1", None);
        check("99999999999999999999", None);
        check("18446744073709551615", None);
    }

    #[test]
    fn only_what_may_pass_is_tried_again() {
        let check = |status, expected| assert_eq!(answer(status, "", "").recovery, expected, "{status}");
        for status in [408, 425, 429, 500, 502, 503, 504, 599] {
            check(status, Recovery::Retry);
        }
        for status in [302, 400, 401, 403, 404, 409, 410, 422] {
            check(status, Recovery::Permanent);
        }
    }

    #[test]
    fn the_message_tells_the_answer_without_secrets() {
        let error = answer(404, "", "no\n such   thing: supersecret");
        assert_eq!(error.message, "the answer is 404 Not Found: no such thing: •••");
        assert_eq!(error.status, Some(404));
    }
}
