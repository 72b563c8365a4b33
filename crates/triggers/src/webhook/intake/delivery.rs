//! From a verified request to its run, or one run for each of its items, and back to the caller in time.

use super::checks::Armed;
use super::note::{Note, Settled, Verdict};
use super::{Arrival, Intake, Sender};
use crate::webhook::answer::Answered;
use crate::webhook::batch;
use crate::webhook::cloudevents::Event;
use crate::webhook::hooks::Hook;
use crate::webhook::problem::Refusal;
use crate::webhook::providers::SameAgain;
use crate::webhook::schema;
use crate::webhook::verify::{Facts, Incoming, Settings};
use bytes::Bytes;
use engine::{Answer, By, Delivery, Novelty, Refused, Told};
use run::entry::{Item, Recognised};
use run::id::RunId;
use run::input::{Input, Request};
use run::payload::Payload;
use scenario::data;
use scenario::plan::{Deduping, ItemPath};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::cell::OnceCell;
use std::collections::HashMap;
use std::time::Duration;

/// Within this time a sender is answered that takes a delivery for lost before long, whatever the run does: less than the
/// second that is promised, by what it takes to read and to write.
const PROMPT: Duration = Duration::from_millis(800);

/// For how long repeats of a delivery are recognised that names itself and has no preset: longer than senders try again.
const WINDOW: Duration = Duration::from_secs(24 * 60 * 60);

/// After how many seconds a caller that was refused for lack of room may try again.
const RETRY_AFTER: u32 = 5;

impl Intake {
    /// Starts what a request starts. `sent` is the body as it came.
    pub(super) async fn deliver<'h>(
        &self,
        hook: &'h Hook,
        arrival: &Arrival<'_>,
        sent: &Bytes,
        mut input: Input,
    ) -> Settled<'h> {
        let lead = hook.lead();
        if let Some(lead) = lead {
            unwrap_form(lead, &mut input);
        }
        let body = Parsed::of(&input.body);
        if let Some(schema) = &hook.schema
            && let Err(refusal) = schema::check(schema, body.value(), input.request.as_deref())
        {
            return Settled::refused(hook, refusal);
        }
        match &hook.each {
            None => {
                let facts = self.reading(hook, arrival).facts(sent, &body);
                self.deliver_one(hook, arrival, input, facts).await
            }
            Some(path) => self.deliver_each(hook, arrival, sent, input, path).await,
        }
    }

    async fn deliver_one<'h>(&self, hook: &'h Hook, arrival: &Arrival<'_>, input: Input, facts: Facts) -> Settled<'h> {
        let dedupe = dedupe(hook, arrival, facts.id.as_deref());
        let recognised = recognised(hook, arrival, &facts, None);
        let (delivery, patience) = (Delivery { input, recognised, dedupe }, self.patience(hook, arrival));
        let told = match &hook.trial {
            None => self.handle.deliver(&hook.deployment, delivery, patience).await,
            Some(by) => self.try_one(hook, by, delivery, patience).await,
        };
        let (answer, mut note) = told.map_or_else(refused, |told| answered(hook, told));
        (note.provider, note.event, note.id) = (hook.lead().map(|lead| lead.provider.name), facts.event, facts.id);
        Settled::new(hook, answer, note)
    }

    async fn deliver_each<'h>(
        &self,
        hook: &'h Hook,
        arrival: &Arrival<'_>,
        sent: &Bytes,
        input: Input,
        path: &ItemPath,
    ) -> Settled<'h> {
        let body = String::from_utf8_lossy(input.body.text());
        let around = input.request.as_ref().map_or(0, |request| weight(request));
        let parts = match batch::split(&body, &path.0, around) {
            Ok(parts) => parts,
            Err(refusal) => return Settled::refused(hook, refusal),
        };
        let count = u32::try_from(parts.len()).unwrap_or(u32::MAX);
        let parts: Vec<Payload> = parts.into_iter().map(Payload::of_json).collect();
        let reading = self.reading(hook, arrival);
        let facts: Vec<Facts> = parts.iter().map(|part| reading.facts(part.text(), &Parsed::of(part))).collect();
        let names = names(hook, sent, &facts);
        let deliveries = parts.into_iter().zip(facts).zip(names).zip(0..).map(|(((body, facts), name), index)| {
            let item = Item { path: path.0.iter().map(|name| name.to_string()).collect(), index, count };
            let dedupe = dedupe(hook, arrival, name.as_deref());
            let recognised = recognised(hook, arrival, &facts, Some(item));
            let input = Input { body, raw: None, files: None, ..input.clone() };
            Delivery { input, recognised, dedupe }
        });
        let taken = match &hook.trial {
            None => self.handle.deliver_each(&hook.deployment, deliveries.collect()).await,
            Some(by) => self.try_each(hook, by, deliveries).await,
        };
        let (answer, mut note) = match taken {
            Ok(runs) => accepted_each(&runs),
            Err(refused) => self::refused(refused),
        };
        note.provider = hook.lead().map(|lead| lead.provider.name);
        Settled::new(hook, answer, note)
    }

    async fn try_one(&self, hook: &Hook, by: &str, delivery: Delivery, patience: Duration) -> Result<Told, Refused> {
        let answer = self.handle.deliver_trial(&hook.deployment, delivery, by.to_owned(), patience).await?;
        Ok(Told { answer, novelty: Novelty::First })
    }

    /// Tries a text with each of these, one after another.
    async fn try_each(
        &self,
        hook: &Hook,
        by: &str,
        deliveries: impl Iterator<Item = Delivery>,
    ) -> Result<Vec<(RunId, Novelty)>, Refused> {
        let mut runs = Vec::new();
        for delivery in deliveries {
            let Told { answer, novelty } = self.try_one(hook, by, delivery, Duration::ZERO).await?;
            runs.extend(answer.run().map(|run| (run, novelty)));
        }
        Ok(runs)
    }

    fn reading<'a>(&self, hook: &'a Hook, arrival: &'a Arrival<'a>) -> Reading<'a> {
        let lead = hook.lead();
        Reading { lead: lead.map(|lead| (lead, lead.settings(&self.setting))), arrival }
    }

    /// How long a caller waits for the run's answer.
    fn patience(&self, hook: &Hook, arrival: &Arrival<'_>) -> Duration {
        let deadline = hook.lead().and_then(|lead| lead.provider.deadline);
        if deadline.is_none() || arrival.sender == Sender::Operator {
            return hook.wait();
        }
        let gone = self.handle.clock().now().saturating_sub(arrival.at);
        let left = PROMPT.saturating_sub(Duration::from_millis(u64::try_from(gone).unwrap_or(0)));
        hook.own_wait().unwrap_or(left)
    }
}

/// A body that is read as JSON once, if it is.
struct Parsed<'p> {
    text: &'p [u8],
    value: OnceCell<Value>,
}

impl<'p> Parsed<'p> {
    fn of(body: &'p Payload) -> Self {
        Self { text: body.text(), value: OnceCell::new() }
    }

    fn value(&self) -> &Value {
        self.value.get_or_init(|| serde_json::from_slice(self.text).unwrap_or_default())
    }
}

/// How a request is read for what it says of its event.
struct Reading<'a> {
    lead: Option<(&'a Armed, Settings)>,
    arrival: &'a Arrival<'a>,
}

impl Reading<'_> {
    /// What a request, or an item of it with what stands around it, says of its event. The sender's own words outweigh
    /// what the general form says.
    fn facts(&self, sent: &[u8], body: &Parsed<'_>) -> Facts {
        if self.lead.is_none() && !self.may_be_event(body.text) {
            return Facts::default();
        }
        let value = body.value();
        let said = self.lead.as_ref().map(|(lead, settings)| {
            let Arrival { method, headers, at: now, .. } = *self.arrival;
            let incoming = Incoming { method, url: "", query: self.arrival.query(), headers, body: sent, now };
            lead.provider.facts(settings, &incoming, value)
        });
        match said {
            Some(said) if said != Facts::default() => said,
            _ => Event::of(self.arrival.headers, value)
                .map(|event| Facts { event: Some(event.kind), id: Some(event.id) })
                .unwrap_or_default(),
        }
    }

    fn may_be_event(&self, text: &[u8]) -> bool {
        self.arrival.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("ce-specversion"))
            || memchr::memmem::find(text, b"\"specversion\"").is_some()
    }
}

/// What repeats of each item are known by. An id that several items share is that of the request, so their places tell
/// them apart. An item without any is known by the whole request and its place in it, since a sender that was not answered
/// sends the same again; unless the sender says the same thing whenever something has happened.
fn names(hook: &Hook, sent: &Bytes, facts: &[Facts]) -> Vec<Option<String>> {
    let mut shares: HashMap<&str, u32> = HashMap::new();
    facts.iter().filter_map(|facts| facts.id.as_deref()).for_each(|id| *shares.entry(id).or_default() += 1);
    let recurs = hook.lead().is_some_and(|lead| lead.provider.same_again == SameAgain::Event);
    let digest: Option<String> = (facts.iter().any(|facts| facts.id.is_none()) && !recurs)
        .then(|| Sha256::digest(sent).iter().map(|byte| format!("{byte:02x}")).collect());
    let name = |(index, facts): (usize, &Facts)| match (&facts.id, &digest) {
        (Some(id), _) if shares.get(id.as_str()).is_some_and(|shares| *shares > 1) => Some(format!("{id} {index}")),
        (Some(id), _) => Some(id.clone()),
        (None, Some(digest)) => Some(format!("{digest} {index}")),
        (None, None) => None,
    };
    facts.iter().enumerate().map(name).collect()
}

/// By what repeats of a delivery are recognised that its sender names so.
fn dedupe(hook: &Hook, arrival: &Arrival<'_>, name: Option<&str>) -> Option<By> {
    if hook.trial.is_some() {
        return None;
    }
    match (&hook.dedupe, arrival.sender) {
        (Deduping::Off, _) | (_, Sender::Operator) => None,
        (Deduping::By(dedupe), _) => Some(By::Expression(dedupe.clone())),
        (Deduping::AsPreset, _) => {
            let window = hook.lead().map_or(WINDOW, |lead| lead.provider.window);
            name.map(|name| By::Id { id: format!("{} {name}", hook.path), window })
        }
    }
}

/// How many bytes a request takes besides its body: each item of a batch has them again.
fn weight(request: &Request) -> usize {
    let pairs = [&request.headers, &request.query, &request.params];
    pairs.into_iter().flatten().map(|(name, value)| name.len() + value.len()).sum()
}

fn recognised(hook: &Hook, arrival: &Arrival<'_>, facts: &Facts, item: Option<Item>) -> Option<Recognised> {
    let provider = hook.lead().map(|lead| lead.provider.name.to_owned());
    let (event, id) = (facts.event.clone(), facts.id.clone());
    let recognised = Recognised { provider, event, id, item, at: arrival.at };
    (recognised != Recognised { at: arrival.at, ..Recognised::default() }).then_some(recognised)
}

/// The JSON that a sender put into a field of a form is the body.
fn unwrap_form(lead: &Armed, input: &mut Input) {
    let Some(field) = lead.provider.form_field else { return };
    let Ok(Value::Object(form)) = serde_json::from_slice::<Value>(input.body.text()) else { return };
    let (Some(Value::String(text)), 1) = (form.get(field), form.len()) else { return };
    if let Ok(value) = data::parse(text.as_bytes()) {
        input.body = Payload::of_both(text.clone(), value);
    }
}

fn answered(hook: &Hook, told: Told) -> (Answered, Note) {
    let Told { answer, novelty } = told;
    let run = answer.run();
    let verdict = if novelty == Novelty::Repeat { Verdict::Repeat } else { Verdict::Taken };
    let (answer, note) = match answer {
        Answer::Responded { run, response } => (Answered::by_run(run, response), Note::new(verdict)),
        Answer::Accepted { run } => (Answered::accepted(run), Note::new(verdict)),
        Answer::Dropped => (Answered::dropped(), Note::new(verdict)),
        Answer::TimedOut { run } => match hook.lead().filter(|lead| lead.provider.deadline.is_some()) {
            Some(lead) => (late(lead, run), Note::new(verdict)),
            None => (Answered::refused(&Refusal::timed_out(run)), Note::new(verdict)),
        },
        // To send it yet again would change nothing: what has failed is resumed or replayed here.
        Answer::Failed { run } if novelty == Novelty::Repeat => (Answered::accepted(run), Note::new(verdict)),
        Answer::Failed { run } => (Answered::refused(&Refusal::run_failed(run)), Note::new(verdict)),
    };
    let answer = match (run, novelty) {
        (Some(first), Novelty::Repeat) => answer.repeated(first),
        _ => answer,
    };
    let runs = u32::from(run.is_some() && novelty == Novelty::First);
    (answer, Note { run, runs, ..note })
}

/// That the delivery is taken, in the way its sender understands, while the run goes on.
fn late(lead: &Armed, run: RunId) -> Answered {
    let late = lead.provider.late;
    match late.body {
        Some(body) => Answered::plain(late.status, "application/json", body).of(run),
        None => Answered::accepted(run).at(late.status),
    }
}

fn accepted_each(runs: &[(RunId, Novelty)]) -> (Answered, Note) {
    let new = runs.iter().filter(|(_, novelty)| *novelty == Novelty::First).count();
    let verdict = if new == 0 && !runs.is_empty() { Verdict::Repeat } else { Verdict::Taken };
    let answer = Answered::accepted_each(runs.iter().map(|(run, _)| *run));
    let (run, runs) = (runs.first().map(|(run, _)| *run), u32::try_from(new).unwrap_or(u32::MAX));
    (answer, Note { run, runs, ..Note::new(verdict) })
}

fn refused(refused: Refused) -> (Answered, Note) {
    let refusal = match refused {
        Refused::Busy { retry_after } => Refusal::too_many_requests(retry_after),
        Refused::Draining { retry_after } => Refusal::draining(retry_after),
        Refused::Stopping | Refused::Store(_) => Refusal::busy(RETRY_AFTER),
    };
    (Answered::refused(&refusal), Note::new(Verdict::refused(&refusal)))
}
