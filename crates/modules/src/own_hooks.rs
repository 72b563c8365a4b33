//! Calls of this server's own hooks, handed over in the process: without a network in between, which may not even lead
//! back here, and without a connection that would be held while the called run works.

use crate::client::Outgoing;
use crate::far_side::Answer;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method};
use run::call::{BoxFuture, Call};
use run::error::StepError;
use run::files::Files;
use run::input::MOST_DEPTH;
use std::fmt;
use std::sync::Arc;
use url::{Position, Url};

/// Answers calls of this server's own hooks as its gateway would.
pub trait Hooks: Send + Sync + fmt::Debug {
    /// What the hook answers. A refusal is an answer, too; an error says why there is none. Dropped when the call has
    /// taken its time; the run that it began goes on.
    fn request(&self, request: HookRequest) -> BoxFuture<'_, Result<Answer, StepError>>;
}

/// A request to one of this server's own hooks.
#[derive(Clone, Debug)]
pub struct HookRequest {
    /// Any but CONNECT and TRACE.
    pub method: Method,
    /// Path and query as they stand in the URL, from `/hook/` on.
    pub target: String,
    /// As they would go over the network, [`run::input::DEPTH_HEADER`] among them; `host` and `content-length` are left
    /// out.
    pub headers: HeaderMap,
    /// Complete.
    pub body: Bytes,
}

/// Where this server's hooks are, and who answers for them.
#[derive(Clone, Debug)]
pub struct OwnHooks {
    /// The server's public URL, below which there is `hook/`.
    pub public_url: Url,
    /// The gateway.
    pub hooks: Arc<dyn Hooks>,
}

/// Bodies that are longer go over the network, a piece at a time, in bytes.
const MOST_AT_ONCE: u64 = 16 * 1024 * 1024;

impl OwnHooks {
    /// Whether the URL is of this server.
    pub(crate) fn is_here(&self, url: &Url) -> bool {
        self.public_url.origin() == url.origin()
    }

    /// The request as the hook gets it; none where it is no hook's, or is to go over the network.
    pub(crate) async fn taken(&self, request: &Outgoing, files: &Files) -> Result<Option<HookRequest>, StepError> {
        let Some(target) = self.target(&request.url) else { return Ok(None) };
        let Some(body) = request.body.at_once(files, MOST_AT_ONCE).await? else { return Ok(None) };
        let (method, headers) = (request.method.clone(), request.headers.clone());
        Ok(Some(HookRequest { method, target, headers, body }))
    }

    fn target(&self, url: &Url) -> Option<String> {
        if !self.is_here(url) {
            return None;
        }
        let below = url.path().strip_prefix(self.public_url.path().trim_end_matches('/'))?;
        let query = &url[Position::AfterPath..Position::AfterQuery];
        below.starts_with("/hook/").then(|| format!("{below}{query}"))
    }
}

/// What the header of the depth says in calls of this run. Runs that called each other too often call no more.
pub(crate) fn depth(call: &Call<'_>) -> Result<HeaderValue, StepError> {
    if call.origin.depth >= MOST_DEPTH {
        let message = format!("hooks have called each other {MOST_DEPTH} times in a row up to this run");
        return Err(StepError::permanent("hook_loop", message)
            .hint("a scenario that calls its own hook, directly or not, needs a condition that ends it"));
    }
    Ok(HeaderValue::from(call.origin.depth + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Nobody;

    impl Hooks for Nobody {
        fn request(&self, _: HookRequest) -> BoxFuture<'_, Result<Answer, StepError>> {
            unreachable!("nobody is asked")
        }
    }

    fn check(public_url: &str, url: &str, expected: Option<&str>) {
        let own = OwnHooks { public_url: Url::parse(public_url).unwrap(), hooks: Arc::new(Nobody) };
        assert_eq!(own.target(&Url::parse(url).unwrap()).as_deref(), expected, "{url} at {public_url}");
    }

    #[test]
    fn own_hooks_are_known_by_origin_and_path() {
        check("https://mill.example.com", "https://mill.example.com/hook/a%2Fb?x=1&y", Some("/hook/a%2Fb?x=1&y"));
        check("https://mill.example.com/", "https://mill.example.com:443/hook/a#here", Some("/hook/a"));
        check("https://example.com/mill", "https://example.com/mill/hook/a", Some("/hook/a"));
        check("https://example.com/mill/", "https://example.com/hook/a", None);
        check("https://mill.example.com", "http://mill.example.com/hook/a", None);
        check("https://mill.example.com", "https://mill.example.com:8443/hook/a", None);
        check("https://mill.example.com", "https://mill.example.com.evil.example/hook/a", None);
        check("https://mill.example.com", "https://mill.example.com/api/v1/runs", None);
        check("https://mill.example.com", "https://mill.example.com/hook/../api/v1/runs", None);
    }
}
