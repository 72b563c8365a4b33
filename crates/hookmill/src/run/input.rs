//! What a run by hand starts with.

use anyhow::{Context, anyhow, bail};
use engine::{Clock, Delivery, SystemClock};
use run::entry::{Item, Recognised};
use run::input::{Input, Request, Source};
use run::payload::Payload;
use scenario::plan::{ItemPath, Plan, Trigger};
use serde_json::Value;
use std::io;
use triggers::webhook::batch;

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

/// What the run begins with. Where each item of a request starts a run, there has to be one.
pub(super) fn delivery(plan: &Plan, body: Option<Value>, query: Vec<(String, String)>) -> anyhow::Result<Delivery> {
    let each = plan.triggers.iter().find_map(|trigger| match trigger {
        Trigger::Webhook(webhook) => webhook.each.as_ref(),
        _ => None,
    });
    let method = if body.is_some() { "POST" } else { "GET" };
    let (item, body) = match (each, body) {
        (Some(path), Some(body)) => only(path, &body).map(|(item, body)| (Some(item), body))?,
        (_, body) => (None, body.map_or_else(Payload::null, |body| Payload::of_value(&body))),
    };
    let input = input(plan, method, body, query);
    let recognised = item.map(|item| Recognised { item: Some(item), at: input.at, ..Recognised::default() });
    Ok(Delivery { recognised, ..Delivery::from(input) })
}

/// The one item of the body, and the body with no other.
fn only(path: &ItemPath, body: &Value) -> anyhow::Result<(Item, Payload)> {
    let mut items = batch::split(&body.to_string(), &path.0, 0).map_err(|refusal| {
        let reasons: Vec<String> = refusal.reasons.iter().map(|reason| reason.message.clone()).collect();
        anyhow!("{}: {}", refusal.detail, reasons.join(", "))
    })?;
    let names: Vec<String> = path.0.iter().map(|name| name.to_string()).collect();
    let place: String = names.iter().map(|name| format!(".{name}")).collect();
    let count = items.len();
    match (items.pop(), count) {
        (Some(one), 1) => Ok((Item { path: names, index: 0, count: 1 }, Payload::of_json(one))),
        _ => bail!("`body{place}` has {count} items, each of which is a run of its own: give one"),
    }
}

/// A scenario with a webhook, or a run that is given query values, sees a request as it would come
/// over HTTP: POST with a body, GET without.
fn input(plan: &Plan, method: &str, body: Payload, query: Vec<(String, String)>) -> Input {
    let path = plan.triggers.iter().find_map(|trigger| match trigger {
        Trigger::Webhook(webhook) => Some(webhook.path.as_deref().unwrap_or_default().to_owned()),
        _ => None,
    });
    let request = (path.is_some() || !query.is_empty()).then(|| {
        Box::new(Request {
            method: method.to_owned(),
            path: path.unwrap_or_default(),
            query,
            ip: "127.0.0.1".to_owned(),
            ..Request::default()
        })
    });
    Input { source: Source::Manual, at: SystemClock.now(), request, body, raw: None, files: None }
}
