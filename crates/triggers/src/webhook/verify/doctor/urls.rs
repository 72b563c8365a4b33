//! Public URLs that a proxy changed: some providers sign them.

use super::Finding;
use super::shown::escaped;
use super::trial::Trial;
use crate::webhook::redact;

/// Whether the request was signed for another spelling of the URL.
pub(super) fn explain(trial: &Trial<'_>) -> Option<Finding> {
    if !trial.signs_url() {
        return None;
    }
    let url = trial.incoming.url;
    let found = spellings(trial).into_iter().find(|other| other != url && trial.fits_url(other))?;
    let (found, url) = (redact::target(&found, trial.secret_parameters), trial.masked.url);
    let [found, url] = [&found, url].map(|url| escaped(url.as_bytes()));
    let message = format!("the sender signed the URL `{found}`, and here it is `{url}`");
    let hint = "start the server with `--public-url` as the sender calls it, or name the proxy in front with \
                `--trust-proxy`";
    Some(Finding::new("public_url", message, hint))
}

/// The URL as proxies change it.
fn spellings(trial: &Trial<'_>) -> Vec<String> {
    let incoming = &trial.incoming;
    let Some((scheme, rest)) = incoming.url.split_once("://") else { return Vec::new() };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, target) = rest.split_at(end);
    let headers = ["x-forwarded-host", "x-original-host", "host"];
    let mut hosts = vec![authority.to_owned()];
    hosts.extend(headers.iter().filter_map(|name| incoming.first(name)).map(str::to_owned));
    let bare: Vec<String> =
        hosts.iter().filter_map(|host| host.rsplit_once(':')).map(|(host, _)| host.to_owned()).collect();
    hosts.extend(bare);
    let schemes = [scheme, "https", "http"];
    let targets = targets(target, incoming.query);
    let mut all = Vec::new();
    for scheme in schemes {
        for host in &hosts {
            all.extend(targets.iter().map(|target| format!("{scheme}://{host}{target}")));
        }
    }
    all
}

/// The path and query, with and without a slash at the end, and with and without the query.
fn targets(target: &str, query: &str) -> Vec<String> {
    let path = target.split('?').next().unwrap_or_default();
    let bare = path.trim_end_matches('/');
    let paths = [path.to_owned(), bare.to_owned(), format!("{bare}/")];
    let mut targets = vec![target.to_owned()];
    for path in paths {
        if !query.is_empty() {
            targets.push(format!("{path}?{query}"));
        }
        targets.push(path);
    }
    targets
}
