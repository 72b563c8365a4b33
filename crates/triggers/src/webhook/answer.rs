//! What the caller of a webhook is told, as plain data: status, header fields, body.

use super::problem::{self, Refusal};
use super::verify::Greeting;
use bytes::Bytes;
use run::id::RunId;
use run::response::Response;
use std::borrow::Cow;
use std::sync::Arc;

/// Tells which run answered.
pub const RUN: &str = "hookmill-run";

/// Tells that the answer is that of an earlier delivery, and its run.
pub const REPEAT: &str = "hookmill-repeat";

/// What a page may do that a scenario answers with: it must not act in the name of the editor's origin (CWE-79).
const SANDBOX: &str = "sandbox allow-forms allow-popups allow-scripts";

const JSON: &str = "application/json";

/// An answer that is ready to be sent.
#[derive(Clone, Debug)]
pub struct Answered {
    /// HTTP status.
    pub status: u16,
    /// The body.
    pub body: Bytes,
    /// Whether the connection serves further requests.
    pub connection: Connection,
    /// What a run said, whose header fields come first.
    response: Option<Arc<Response>>,
    headers: Vec<(&'static str, Cow<'static, str>)>,
}

/// What becomes of a connection once the answer is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    /// It serves the next request.
    Kept,
    /// It is closed: what is still to come of the body is not wanted.
    Closed,
}

impl Answered {
    /// What a run says.
    pub fn by_run(run: RunId, response: Arc<Response>) -> Self {
        let mut answer = Self::new(response.status, response.body.clone());
        let is_page = response.headers.iter().any(|(name, value)| name == "content-type" && can_run_scripts(value));
        if is_page {
            answer = answer.with("content-security-policy", SANDBOX);
        }
        answer.response = Some(response);
        answer.with("x-content-type-options", "nosniff").of(run)
    }

    /// That the run is on disk; it has no answer of its own.
    pub fn accepted(run: RunId) -> Self {
        Self::json(200, format!(r#"{{"accepted":true,"run":"{run}"}}"#)).of(run)
    }

    /// That these runs, one for each item of a batch, are on disk.
    pub fn accepted_each(runs: impl ExactSizeIterator<Item = RunId>) -> Self {
        let count = runs.len();
        let named: Vec<String> = runs.take(MOST_NAMED).map(|run| format!("\"{run}\"")).collect();
        Self::json(200, format!(r#"{{"accepted":true,"count":{count},"runs":[{}]}}"#, named.join(",")))
    }

    /// That no run was started, and none will be for this delivery: it is not to be sent again.
    pub fn dropped() -> Self {
        Self::json(200, r#"{"accepted":false,"dropped":"as many runs are under way as the scenario allows"}"#)
    }

    /// What a sender is answered that asked before it sends.
    pub fn greeting(greeting: &Greeting) -> Self {
        Self::plain(greeting.status, greeting.content_type, greeting.body.clone())
    }

    /// A short text, or JSON, that is neither a page nor anything a browser makes one of.
    pub fn plain(status: u16, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        Self::new(status, body.into()).with("content-type", content_type).with("x-content-type-options", "nosniff")
    }

    /// That there is nothing to say.
    pub fn empty(status: u16) -> Self {
        Self::new(status, Bytes::new())
    }

    /// Why no run answers, as a problem document.
    pub fn refused(refusal: &Refusal) -> Self {
        let body = Bytes::from(refusal.to_json().to_string());
        let mut answer = Self::new(refusal.status, body).with("content-type", problem::CONTENT_TYPE);
        if matches!(refusal.status, 408 | 413) || matches!(refusal.code, "busy" | "no_websocket") {
            answer.connection = Connection::Closed;
        }
        if let Some(allow) = &refusal.allow {
            answer = answer.with("allow", allow.clone());
        }
        if let Some(seconds) = refusal.retry_after {
            answer = answer.with("retry-after", seconds.to_string());
        }
        match refusal.run {
            Some(run) => answer.of(run),
            None => answer,
        }
    }

    /// The same with a header field more. `name` is lower-case.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The same with another status.
    #[must_use]
    pub fn at(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// The same, which an earlier delivery was told: its run.
    #[must_use]
    pub fn repeated(self, first: RunId) -> Self {
        self.with(REPEAT, first.to_string())
    }

    /// The header fields, in order; names are lower-case.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        let said = self.response.iter().flat_map(|response| &response.headers);
        let said = said.map(|(name, value)| (name.as_str(), value.as_str()));
        said.chain(self.headers.iter().map(|(name, value)| (*name, value.as_ref())))
    }

    fn json(status: u16, body: impl Into<Bytes>) -> Self {
        Self::new(status, body.into()).with("content-type", JSON)
    }

    fn new(status: u16, body: Bytes) -> Self {
        Self { status, body, connection: Connection::Kept, response: None, headers: Vec::with_capacity(4) }
    }

    /// The same, which names its run.
    #[must_use]
    pub fn of(self, run: RunId) -> Self {
        self.with(RUN, run.to_string())
    }
}

/// How many runs of a batch the answer names; the others are told by their number alone.
const MOST_NAMED: usize = 100;

/// Whether a browser may run what an answer of this type holds.
fn can_run_scripts(content_type: &str) -> bool {
    let names = |kind: &[u8]| content_type.as_bytes().windows(kind.len()).any(|part| part.eq_ignore_ascii_case(kind));
    [&b"html"[..], b"xml", b"svg"].into_iter().any(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run() -> RunId {
        "0190b6f0-0000-7000-8000-000000000001".parse().unwrap()
    }

    fn page(content_type: &str) -> Answered {
        let headers = vec![("content-type".to_owned(), content_type.to_owned())];
        Answered::by_run(run(), Arc::new(Response { status: 200, headers, body: Bytes::from_static(b"<p>") }))
    }

    fn value<'a>(answer: &'a Answered, name: &str) -> Option<&'a str> {
        answer.headers().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    #[test]
    fn w18_pages_are_sandboxed() {
        for content_type in ["text/html; charset=utf-8", "image/svg+xml", "application/xhtml+xml", "TEXT/HTML"] {
            assert_eq!(value(&page(content_type), "content-security-policy"), Some(SANDBOX), "{content_type}");
        }
        let data = page("application/json");
        assert_eq!(value(&data, "content-security-policy"), None);
        assert_eq!(value(&data, "x-content-type-options"), Some("nosniff"));
    }

    #[test]
    fn a_batch_names_its_runs_up_to_a_bound() {
        let two = Answered::accepted_each([run(), run()].into_iter());
        assert_eq!(two.body, format!(r#"{{"accepted":true,"count":2,"runs":["{0}","{0}"]}}"#, run()));
        let many = Answered::accepted_each(vec![run(); 10_000].into_iter());
        assert!(many.body.starts_with(br#"{"accepted":true,"count":10000,"runs":["#) && many.body.len() < 5_000);
    }

    #[test]
    fn refusals_say_when_to_come_again_and_whether_to_go_on_sending() {
        let busy = Answered::refused(&Refusal::busy(7));
        assert_eq!((value(&busy, "retry-after"), busy.connection), (Some("7"), Connection::Closed));
        let method = Answered::refused(&Refusal::method_not_allowed(&["GET".to_owned(), "POST".to_owned()]));
        assert_eq!((value(&method, "allow"), method.connection), (Some("GET, POST"), Connection::Kept));
    }
}
