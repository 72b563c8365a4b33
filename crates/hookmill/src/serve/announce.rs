//! What `serve` says when it is ready: where to log in, where to call, and one line to try.

use crate::folder::Folder;
use crate::terminal::{BAD, QUIET, STRONG, count, paint, say};
use scenario::plan::{Trigger, Webhook};
use server::library::{Entry, Library};
use server::{App, Post};
use url::Url;

/// Says it all.
pub(super) fn all(app: &App, public: &Url, post: &Post, folder: &Folder, resumed: usize) {
    let entries = &folder.list();
    let base = public.as_str().trim_end_matches('/');
    say(format_args!("{}  {}", paint(STRONG, "Hookmill"), base));
    say(format_args!("  log in   {}", app.new_login_link()));
    if resumed > 0 {
        say(format_args!("  resumed  {}", count(resumed, "run")));
    }
    for entry in entries {
        let errors = entry.diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).count();
        for (path, _) in hooks(entry) {
            say(format_args!("  webhook  {base}/hook/{path}  {}", paint(QUIET, &entry.id)));
        }
        for address in &entry.addresses {
            let Post { domain, open } = post;
            let closed = if *open { "" } else { "  not taken in: `--smtp` is not given" };
            say(format_args!("  mailhook {address}@{domain}  {}{}", paint(QUIET, &entry.id), paint(BAD, closed)));
        }
        if errors > 0 {
            let still = if entry.plan.is_some() { "; the last good version serves" } else { "" };
            say(format_args!("  {}   {}: {}{still}", paint(BAD, "broken"), entry.file, count(errors, "error")));
        }
    }
    for file in folder.left_out() {
        say(format_args!("  {} {}: subfolders are not served", paint(BAD, "left out"), file.display()));
    }
    if let Some(line) = line_to_try(base, entries) {
        say(format_args!("  try      {line}"));
    }
}

fn hooks(entry: &Entry) -> impl Iterator<Item = (&str, &Webhook)> {
    let plan = entry.plan.iter().filter(|plan| plan.enabled);
    let webhooks = plan.flat_map(|plan| &plan.triggers).filter_map(|trigger| match trigger {
        Trigger::Webhook(webhook) => Some(&**webhook),
        _ => None,
    });
    entry.hooks.iter().map(String::as_str).zip(webhooks)
}

/// A `curl` line for a webhook that answers; the shortest that sends something.
fn line_to_try(base: &str, entries: &[Entry]) -> Option<String> {
    let lines = entries.iter().filter_map(|entry| curl(base, entry));
    lines.min_by_key(|line| (!line.contains(" -d "), line.len()))
}

/// A `curl` line for a scenario's webhook that takes calls of anyone on this machine: with the body of its first test, where
/// it has one.
fn curl(base: &str, entry: &Entry) -> Option<String> {
    let plan = entry.plan.as_ref().filter(|plan| plan.responds)?;
    let (path, webhook) = hooks(entry).find(|(path, webhook)| !path.contains('{') && is_open(webhook))?;
    let body = plan.tests.iter().find_map(|test| test.trigger.get("body"));
    match body {
        Some(body) if takes(webhook, "POST") => {
            let body = body.to_string().replace('\'', r"'\''");
            Some(format!("curl -d '{body}' -H 'content-type: application/json' {base}/hook/{path}"))
        }
        _ if takes(webhook, "GET") => Some(format!("curl {base}/hook/{path}")),
        _ => None,
    }
}

/// Whether a call needs no signature, no login and no particular address.
fn is_open(webhook: &Webhook) -> bool {
    webhook.verify.checks().is_empty() && webhook.allow.is_empty()
}

fn takes(webhook: &Webhook, method: &str) -> bool {
    webhook.methods.is_empty() || webhook.methods.iter().any(|name| name == method)
}
