//! `hookmill runs show`.

use super::server::Server;
use super::{Place, folder};
use crate::terminal::{self, BAD, Done, QUIET, paint};
use anyhow::Context;
use clap::Args;
use run::entry::{End, Entry, KeyOf, Recognised};
use run::history::history;
use run::id::RunId;
use run::payload::Payload;
use serde_json::{Value, json};
use std::io::Write;
use std::process::ExitCode;

/// Show what the steps of a run did
#[derive(Args, Debug)]
pub(super) struct Show {
    /// The run
    run: RunId,
    #[command(flatten)]
    place: Place,
}

impl Show {
    pub(super) async fn run(self) -> Done {
        let told = match (&self.place.server, folder::open(&self.place.data)) {
            (None, Some(engine)) => {
                let told = self.of_folder(&engine);
                folder::close(engine).await?;
                told?
            }
            _ => Server::of(&self.place)?.get(&format!("/runs/{}", self.run)).await?,
        };
        let mut out = terminal::stdout();
        show_run(&mut out, &told)?;
        show_delivery(&mut out, &told)?;
        show_keys(&mut out, &told)?;
        told["steps"].as_array().into_iter().flatten().try_for_each(|step| show_step(&mut out, step))?;
        Ok(ExitCode::SUCCESS)
    }

    /// The same fields as the API gives, as far as they are shown.
    fn of_folder(&self, engine: &engine::Engine) -> anyhow::Result<Value> {
        let handle = engine.handle();
        let (head, entries) = handle.journal(self.run)?.context("there is no such run")?;
        let Some(Entry::Created(created)) = entries.first() else { anyhow::bail!("the journal has no beginning") };
        let plan = handle.version(&created.scenario, &created.version).ok();
        let decoded = |payload: &Payload| serde_json::from_slice::<Value>(payload.text()).unwrap_or_default();
        let step = |record: &run::history::StepRecord| {
            let step = plan.as_ref().map(|plan| plan.step(record.spot.step));
            json!({
                "status": record.status,
                "attempts": record.attempts,
                "started": record.started,
                "ended": record.ended,
                "copied": record.copied,
                "label": step.map(|step| &*step.label),
                "module": step.map(|step| &*step.module),
                "sent": record.sent.as_ref().map(decoded),
                "output": record.output.as_ref().map(decoded),
                "error": record.error,
                "failures": record.failures,
                "in_doubt": record.in_doubt,
            })
        };
        let replay_of = entries.iter().find_map(|entry| match entry {
            Entry::Replayed(replayed) => Some(replayed.of.to_string()),
            _ => None,
        });
        let steps: Vec<Value> = history(&entries).iter().map(step).collect();
        let mut keys = json!({});
        for entry in entries.iter().take(8) {
            match entry {
                Entry::Keyed { dedupe, line, .. } => (keys["dedupe"], keys["line"]) = (json!(dedupe), json!(line)),
                Entry::Unkeyed { of, error, .. } => keys[format!("{}_error", key_of(*of))] = json!(error),
                _ => {}
            }
        }
        let error = entries.iter().rev().find_map(|entry| match entry {
            Entry::Ended { end, .. } => match &**end {
                End::Failed { error, .. } => Some(error),
                _ => None,
            },
            _ => None,
        });
        Ok(json!({
            "scenario": head.scenario,
            "status": head.status,
            "created": self.run.created(),
            "changed": head.at,
            "error": error,
            "replay_of": replay_of,
            "recognised": Recognised::of(&entries).map(recognised),
            "steps": steps,
            "keys": keys,
            "repeats": handle.repeats(self.run)?,
        }))
    }
}

/// Says how the run stands.
fn show_run(out: &mut impl Write, told: &Value) -> anyhow::Result<()> {
    let at = |key: &str| terminal::time(told[key].as_i64().unwrap_or_default());
    let scenario = terminal::printable(told["scenario"].as_str().unwrap_or_default());
    let status = told["status"].as_str().unwrap_or_default();
    let times = format!("since {}, last changed {}", at("created"), at("changed"));
    writeln!(out, "{status:<9}  {scenario:<20}  {}", paint(QUIET, times))?;
    if let Some(of) = told["replay_of"].as_str() {
        writeln!(out, "{}", paint(QUIET, format_args!("replay of {of}")))?;
    }
    show_error(out, told)
}

fn show_step(out: &mut impl Write, step: &Value) -> anyhow::Result<()> {
    let text = |key: &str| terminal::printable(step[key].as_str().unwrap_or_default());
    write!(out, "{:<9}  {:<20}  {}", text("status"), text("label"), text("module"))?;
    if let (Some(started), Some(ended)) = (step["started"].as_i64(), step["ended"].as_i64()) {
        write!(out, "  {}", paint(QUIET, format_args!("{} ms", ended - started)))?;
    }
    match step["attempts"].as_u64().unwrap_or_default() {
        0 | 1 => {}
        attempts => write!(out, "  {}", paint(QUIET, format_args!("{attempts} attempts")))?,
    }
    writeln!(out, "{}", paint(QUIET, if step["copied"] == true { "  copied" } else { "" }))?;
    for key in ["sent", "output"] {
        if let Some(value) = step.get(key).filter(|value| !value.is_null()) {
            writeln!(out, "    {}", paint(QUIET, format_args!("{key}: {value}")))?;
        }
    }
    for failed in step["failures"].as_array().into_iter().flatten() {
        let at = |key: &str| terminal::time(failed[key].as_i64().unwrap_or_default());
        let text = |key: &str| terminal::printable(failed["error"][key].as_str().unwrap_or_default());
        let (attempt, began, next) = (&failed["attempt"], at("started"), at("next"));
        let told =
            format!("attempt {attempt} of {began}: {}: {}; tried again from {next} on", text("code"), text("message"));
        writeln!(out, "    {}", paint(QUIET, told))?;
    }
    for doubt in step["in_doubt"].as_array().into_iter().flatten() {
        let at = |key: &str| terminal::time(doubt[key].as_i64().unwrap_or_default());
        let (attempt, started, noticed) = (&doubt["attempt"], at("started"), at("noticed"));
        let told =
            format!("in doubt: attempt {attempt} of {started}, noticed {noticed}: it may have been made, or not");
        writeln!(out, "    {}", paint(BAD, told))?;
    }
    show_error(out, step)
}

/// Says why a run or a step failed, where it did.
fn show_error(out: &mut impl Write, of: &Value) -> anyhow::Result<()> {
    let Some(error) = of.get("error").filter(|error| !error.is_null()) else { return Ok(()) };
    let text = |key: &str| terminal::printable(error[key].as_str().unwrap_or_default());
    writeln!(out, "    {}", paint(BAD, format_args!("{}: {}", text("code"), text("message"))))?;
    Ok(())
}

fn key_of(of: KeyOf) -> &'static str {
    match of {
        KeyOf::Dedupe => "dedupe",
        KeyOf::Line => "line",
    }
}

/// The same fields as the API gives.
fn recognised(recognised: &Recognised) -> Value {
    let Recognised { provider, event, id, item, .. } = recognised;
    let (index, count) = (item.as_ref().map(|item| item.index), item.as_ref().map(|item| item.count));
    json!({ "provider": provider, "event": event, "id": id, "index": index, "count": count })
}

/// Says what the delivery that started the run was recognised as.
fn show_delivery(out: &mut impl Write, told: &Value) -> anyhow::Result<()> {
    let delivery = &told["recognised"];
    for (name, key) in [("from", "provider"), ("event", "event"), ("delivery", "id")] {
        if let Some(value) = delivery[key].as_str() {
            writeln!(out, "{name:<9}  {}", terminal::printable(value))?;
        }
    }
    if let (Some(index), Some(count)) = (delivery["index"].as_u64(), delivery["count"].as_u64()) {
        writeln!(out, "{:<9}  {} of {count}", "item", index + 1)?;
    }
    Ok(())
}

/// Says what the run is recognised by and lines up by, and how often its delivery was repeated.
fn show_keys(out: &mut impl Write, told: &Value) -> anyhow::Result<()> {
    let keys = &told["keys"];
    for name in ["dedupe", "line"] {
        if let Some(value) = keys[name].as_str() {
            writeln!(out, "{name:<9}  {}", terminal::printable(value))?;
        }
        if let Some(why) = keys[format!("{name}_error")]["message"].as_str() {
            writeln!(out, "{name:<9}  {}", paint(BAD, terminal::printable(why)))?;
        }
    }
    if let Some(count) = told["repeats"]["count"].as_u64() {
        let last = told["repeats"]["last"].as_i64().and_then(|at| jiff::Timestamp::from_millisecond(at).ok());
        let last = last.map_or(String::new(), |last| format!(", the last at {last:.3}"));
        writeln!(out, "{:<9}  {count} of its delivery{last}", "repeats")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use run::entry::Item;

    #[test]
    fn what_a_delivery_was_recognised_as_is_shown() {
        let item = Some(Item { path: vec!["events".into()], index: 1, count: 3 });
        let (provider, event, id) = (Some("shop".into()), Some("order".into()), Some("evt_1".into()));
        let told = json!({ "recognised": recognised(&Recognised { provider, event, id, item, at: 0 }) });
        let mut out = Vec::new();
        show_delivery(&mut out, &told).unwrap();
        let lines = "from       shop\nevent      order\ndelivery   evt_1\nitem       2 of 3\n";
        assert_eq!(String::from_utf8(out).unwrap(), lines);
        let mut out = Vec::new();
        show_delivery(&mut out, &json!({ "recognised": null })).unwrap();
        assert_eq!(out, b"");
    }
}
