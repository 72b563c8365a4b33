//! What a run by hand starts with.

use anyhow::Context;
use engine::{Clock, SystemClock};
use run::input::{Input, Request, Source};
use run::payload::Payload;
use scenario::plan::{Plan, Trigger};
use serde_json::Value;
use std::io;

/// The body that `--input` names: JSON itself, `@FILE`, or `-` for stdin.
pub(super) fn body(argument: &str) -> anyhow::Result<Value> {
    let (text, whence) = match argument.strip_prefix('@') {
        Some(file) => (std::fs::read_to_string(file).with_context(|| format!("cannot read {file}"))?, file),
        None if argument == "-" => (io::read_to_string(io::stdin()).context("cannot read stdin")?, "stdin"),
        None => (argument.to_owned(), "--input"),
    };
    serde_json::from_str(&text).with_context(|| format!("{whence} is no JSON"))
}

/// `name=value`.
pub(super) fn query_pair(argument: &str) -> Result<(String, String), String> {
    let (name, value) = argument.split_once('=').ok_or("write it as NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// The run's input. A scenario with a webhook, or a run that is given query values, sees a request as it would come
/// over HTTP: POST with a body, GET without.
pub(super) fn input(plan: &Plan, body: Option<Value>, query: Vec<(String, String)>) -> Input {
    let path = plan.triggers.iter().find_map(|trigger| match trigger {
        Trigger::Webhook(webhook) => Some(webhook.path.as_deref().unwrap_or_default().to_owned()),
        _ => None,
    });
    let request = (path.is_some() || !query.is_empty()).then(|| {
        Box::new(Request {
            method: if body.is_some() { "POST" } else { "GET" }.to_owned(),
            path: path.unwrap_or_default(),
            query,
            ip: "127.0.0.1".to_owned(),
            ..Request::default()
        })
    });
    let body = body.map_or_else(Payload::null, |body| Payload::of_value(&body));
    Input { source: Source::Manual, at: SystemClock.now(), request, body, raw: None, files: None }
}
