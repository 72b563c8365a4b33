//! What expressions see from a position in a run.

use crate::id::Millis;
use crate::input::{Input, Source};
use crate::payload::Payload;
use crate::state::{Activity, Lane, State};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use rhai::{Dynamic, Map};
use scenario::data;
use scenario::expression::Names;
use scenario::plan::{BODY, BlockNo, Kind, Plan, TriggerReads};

/// The view from one lane: what lies before it, and the turns it is in.
pub(crate) struct View<'a> {
    pub(crate) state: &'a State,
    pub(crate) lane: &'a Lane,
}

impl Names for View<'_> {
    fn get(&self, name: &str) -> Option<Dynamic> {
        match name {
            "trigger" => Some(self.state.trigger().clone()),
            "run" => Some(self.run()),
            _ => self.loop_variable(name).or_else(|| self.output(name)),
        }
    }
}

impl View<'_> {
    fn run(&self) -> Dynamic {
        let mut map = Map::new();
        map.insert("id".into(), self.state.run.to_string().into());
        map.insert("scenario".into(), self.state.created.scenario.as_str().into());
        map.insert("version".into(), self.state.created.version.0.as_ref().into());
        data::share(map.into())
    }

    /// The value of a loop's variable or of `index`, from the innermost loop outwards.
    fn loop_variable(&self, name: &str) -> Option<Dynamic> {
        let plan = &self.state.plan;
        let mut depth = self.lane.turns.len();
        let mut block = self.lane.block;
        while let Some(owner) = plan.block(block).owner {
            let step = plan.step(owner);
            if let Kind::ForEach(each) = &step.kind {
                let turn = *self.lane.turns.get(depth.checked_sub(1)?)?;
                depth -= 1;
                if name == "index" {
                    return Some(Dynamic::from_int(turn.into()));
                }
                if name == &*each.variable {
                    let spot = crate::id::Spot { step: owner, turns: self.lane.turns[..depth].into() };
                    return match self.state.active.get(&spot)? {
                        Activity::Looping { items, .. } => item(items, turn),
                        _ => None,
                    };
                }
            }
            block = step.block;
        }
        None
    }

    /// The output of an earlier step of this lane or of a lane around it.
    fn output(&self, name: &str) -> Option<Dynamic> {
        let plan = &self.state.plan;
        let step = plan.steps.iter().find(|step| step.id.as_deref() == Some(name))?;
        let depth = loops_around(plan, step.block);
        let lane = Lane { block: step.block, turns: self.lane.turns.get(..depth)?.into() };
        let outputs = &self.state.lanes.get(&lane)?.outputs;
        outputs.iter().rev().find(|(no, _)| *no == step.no).map(|(_, output)| output.value())
    }
}

fn item(items: &Payload, turn: u32) -> Option<Dynamic> {
    items.value().read_lock::<rhai::Array>()?.get(turn as usize).cloned()
}

/// How many loops stand around a block.
fn loops_around(plan: &Plan, block: BlockNo) -> usize {
    let mut count = 0;
    let mut at = block;
    while let Some(owner) = plan.block(at).owner.filter(|_| at != BODY) {
        count += usize::from(matches!(plan.step(owner).kind, Kind::ForEach(_)));
        at = plan.step(owner).block;
    }
    count
}

impl State {
    /// The value of `trigger`, with the fields that the plan reads.
    fn trigger(&self) -> &Dynamic {
        self.trigger.get_or_init(|| trigger(&self.created.input, &self.plan.trigger_reads))
    }
}

fn trigger(input: &Input, reads: &TriggerReads) -> Dynamic {
    let mut map = Map::new();
    let mut put = |name: &str, value: &dyn Fn() -> Dynamic| {
        if reads.reads(name) {
            map.insert(name.into(), value());
        }
    };
    put("body", &|| input.body.value());
    put("at", &|| time(input.at).into());
    put("source", &|| source(input.source).into());
    if let Some(request) = &input.request {
        put("method", &|| request.method.as_str().into());
        put("path", &|| request.path.as_str().into());
        put("ip", &|| request.ip.as_str().into());
        put("params", &|| pairs(&request.params));
        put("query", &|| pairs(&request.query));
        put("headers", &|| pairs(&request.headers));
        put("files", &|| input.files.as_ref().map_or_else(|| rhai::Array::new().into(), Payload::value));
        put("raw", &|| raw(input));
        put("data", &|| merged(&pairs(&request.query), &input.body.value()));
    } else {
        put("data", &|| input.body.value());
    }
    data::share(map.into())
}

/// Pairs as a map. A repeated name gives a list of its values.
fn pairs(pairs: &[(String, String)]) -> Dynamic {
    let mut map = Map::new();
    for (name, value) in pairs {
        let value = Dynamic::from(value.clone());
        match map.get_mut(name.as_str()) {
            None => {
                map.insert(name.as_str().into(), value);
            }
            Some(first) if first.is_array() => {
                if let Some(mut list) = first.write_lock::<rhai::Array>() {
                    list.push(value);
                }
            }
            Some(first) => *first = vec![first.take(), value].into(),
        }
    }
    data::share(map.into())
}

/// Query and body fields in one map; the body wins. A body that is no map stands under `body`.
fn merged(query: &Dynamic, body: &Dynamic) -> Dynamic {
    let mut map = query.read_lock::<Map>().map(|map| map.clone()).unwrap_or_default();
    match body.read_lock::<Map>() {
        Some(fields) => map.extend(fields.iter().map(|(name, value)| (name.clone(), value.clone()))),
        None if body.is_unit() => {}
        None => {
            map.insert("body".into(), body.clone());
        }
    }
    data::share(map.into())
}

/// The body as it came: its text; base64 where it is no UTF-8. A JSON body was not kept apart, it is its own text.
fn raw(input: &Input) -> Dynamic {
    let Some(raw) = &input.raw else { return String::from_utf8_lossy(input.body.text()).into_owned().into() };
    let encoded = raw.value();
    let bytes =
        encoded.read_lock::<rhai::ImmutableString>().and_then(|text| BASE64_STANDARD.decode(text.as_bytes()).ok());
    bytes.and_then(|bytes| String::from_utf8(bytes).ok()).map_or(encoded.clone(), Dynamic::from)
}

fn source(source: Source) -> &'static str {
    match source {
        Source::Webhook => "webhook",
        Source::Schedule => "schedule",
        Source::Manual => "manual",
    }
}

/// RFC 3339, UTC, with milliseconds.
fn time(at: Millis) -> String {
    jiff::Timestamp::from_millisecond(at).map(|time| format!("{time:.3}")).unwrap_or_default()
}
