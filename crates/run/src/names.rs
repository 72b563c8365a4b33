//! What expressions see from a position in a run.

use crate::entry::{Item, Recognised};
use crate::error::StepError;
use crate::id::{Millis, Spot};
use crate::input::{Input, Source};
use crate::payload::Payload;
use crate::state::{Activity, Lane, State, is_turn};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use rhai::{Dynamic, Map};
use scenario::data;
use scenario::expression::Names;
use scenario::plan::{BlockNo, Kind, Plan, Role, TriggerReads};
use scenario::secret::{Secret, Unavailable};

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
            "vars" => Some(self.state.vars.clone()),
            "env" => Some(self.environment()),
            "resume" => self.resume(),
            "error" => self.error(),
            _ => self.loop_variable(name).or_else(|| self.output(name)),
        }
    }

    fn secret(&self, name: &str) -> Result<Secret, Unavailable> {
        self.state.setting.secrets.secret(name)
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

    fn environment(&self) -> Dynamic {
        let env = self.state.setting.env.iter();
        data::share(env.map(|(name, value)| (name.as_str().into(), value.as_str().into())).collect::<Map>().into())
    }

    /// The link by which the step around this point is answered, inside of a `wait_for`.
    fn resume(&self) -> Option<Dynamic> {
        let waits = |spot: &Spot| matches!(self.state.plan.step(spot.step).kind, Kind::WaitFor(_));
        let spot = self.around(|spot, role| role == Role::Work && waits(spot))?;
        let url = self.state.setting.resume_url(self.state.run, &spot);
        Some(data::share(Map::from_iter([("url".into(), url.into())]).into()))
    }

    /// The failure that is being dealt with at this point.
    fn error(&self) -> Option<Dynamic> {
        if let Some(spot) = self.around(|_, role| role == Role::Handler) {
            return match self.state.active.get(&spot)? {
                Activity::Handling { error, origin, attempt } => {
                    Some(error_value(&self.state.plan, error, Some(origin), *attempt))
                }
                _ => None,
            };
        }
        let collapse = self.state.collapse.as_ref()?;
        Some(error_value(&self.state.plan, &collapse.error, collapse.spot.as_ref(), 1))
    }

    /// The nearest step around this point that fits, with the role of its list that this point is in.
    fn around(&self, fits: impl Fn(&Spot, Role) -> bool) -> Option<Spot> {
        let plan = &self.state.plan;
        let mut turns = self.lane.turns.clone();
        let mut block = plan.block(self.lane.block);
        loop {
            let owner = block.owner?;
            if is_turn(plan, block) {
                turns.pop();
            }
            let spot = Spot { step: owner, turns: turns.clone() };
            if fits(&spot, block.role) {
                return Some(spot);
            }
            block = plan.block(plan.step(owner).block);
        }
    }

    /// The value of a loop's variable or of `index`, from the innermost loop outwards.
    fn loop_variable(&self, name: &str) -> Option<Dynamic> {
        let plan = &self.state.plan;
        let mut depth = self.lane.turns.len();
        let mut block = self.lane.block;
        while let Some(owner) = plan.block(block).owner {
            let step = plan.step(owner);
            if is_turn(plan, plan.block(block)) {
                let turn = *self.lane.turns.get(depth.checked_sub(1)?)?;
                depth -= 1;
                if name == "index" {
                    return Some(Dynamic::from_int(turn.into()));
                }
                if let Kind::ForEach(each) = &step.kind
                    && name == &*each.variable
                {
                    let spot = Spot { step: owner, turns: self.lane.turns[..depth].into() };
                    return match self.state.active.get(&spot)? {
                        Activity::Looping { items, .. } => item(items, turn, each.batch),
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

/// What a turn gets: an item, or as many items as a batch has.
fn item(items: &Payload, turn: u32, batch: Option<u32>) -> Option<Dynamic> {
    let items = items.value();
    let items = items.read_lock::<rhai::Array>()?;
    let Some(batch) = batch else { return items.get(turn as usize).cloned() };
    let first = turn as usize * batch as usize;
    let items = items.get(first..items.len().min(first + batch as usize))?;
    Some(data::share(items.to_vec().into()))
}

/// `error` in expressions: `code`, `message`, `status`, `hint`, `step` (its id, else its label) and `attempt`.
fn error_value(plan: &Plan, error: &StepError, origin: Option<&Spot>, attempt: u32) -> Dynamic {
    let step = origin.map(|spot| plan.step(spot.step));
    let step = step.map(|step| step.id.as_deref().unwrap_or(&step.label));
    let text = |text: Option<&str>| text.map_or(Dynamic::UNIT, |text| text.to_owned().into());
    let status = error.status.map_or(Dynamic::UNIT, |status| Dynamic::from_int(status.into()));
    let fields: [(&str, Dynamic); 6] = [
        ("code", error.code.as_str().into()),
        ("message", error.message.as_str().into()),
        ("hint", text(error.hint.as_deref())),
        ("status", status),
        ("step", text(step)),
        ("attempt", Dynamic::from_int(attempt.into())),
    ];
    data::share(fields.into_iter().map(|(name, value)| (name.into(), value)).collect::<Map>().into())
}

/// A view with a failure in it that the state does not hold, or not yet.
pub(crate) struct WithError<'a> {
    view: View<'a>,
    error: Dynamic,
}

impl<'a> WithError<'a> {
    /// The failure of the step at `origin`.
    pub(crate) fn new(view: View<'a>, error: &StepError, origin: &Spot, attempt: u32) -> Self {
        let error = error_value(&view.state.plan, error, Some(origin), attempt);
        Self { view, error }
    }
}

impl Names for WithError<'_> {
    fn get(&self, name: &str) -> Option<Dynamic> {
        if name == "error" { Some(self.error.clone()) } else { self.view.get(name) }
    }

    fn secret(&self, name: &str) -> Result<Secret, Unavailable> {
        self.view.secret(name)
    }
}

/// How many loops stand around a block.
fn loops_around(plan: &Plan, block: BlockNo) -> usize {
    let mut count = 0;
    let mut at = block;
    while let Some(owner) = plan.block(at).owner {
        count += usize::from(is_turn(plan, plan.block(at)));
        at = plan.step(owner).block;
    }
    count
}

impl State {
    /// The value of `trigger`, with the fields that the plan reads.
    fn trigger(&self) -> &Dynamic {
        self.trigger.get_or_init(|| trigger(&self.created.input, self.recognised(), &self.plan.trigger_reads))
    }
}

/// The value of `trigger`, with these fields.
pub(crate) fn trigger(input: &Input, recognised: Option<&Recognised>, reads: &TriggerReads) -> Dynamic {
    let mut map = Map::new();
    let mut put = |name: &str, value: &dyn Fn() -> Dynamic| {
        if reads.reads(name) {
            map.insert(name.into(), value());
        }
    };
    put("body", &|| input.body.value());
    put("at", &|| time(input.at).into());
    put("source", &|| source(input.source).into());
    let told = |of: fn(&Recognised) -> Option<&str>| recognised.and_then(of).map_or(Dynamic::UNIT, Into::into);
    put("provider", &|| told(|recognised| recognised.provider.as_deref()));
    put("event", &|| told(|recognised| recognised.event.as_deref()));
    put("id", &|| told(|recognised| recognised.id.as_deref()));
    if let Some(one) = recognised.and_then(|recognised| recognised.item.as_ref()) {
        put("item", &|| item_of(input.body.value(), one));
        put("index", &|| Dynamic::from_int(one.index.into()));
    }
    let is_request = !matches!(input.source, Source::Call | Source::Failure);
    if let Some(request) = input.request.as_ref().filter(|_| is_request) {
        put("method", &|| request.method.as_str().into());
        put("path", &|| request.path.as_str().into());
        put("ip", &|| request.ip.as_str().into());
        put("params", &|| pairs(&request.params));
        put("query", &|| pairs(&request.query));
        put("headers", &|| pairs(&request.headers));
        put("files", &|| input.files.as_ref().map_or_else(|| rhai::Array::new().into(), Payload::value));
        put("file", &|| first_file(input));
        put("raw", &|| raw(input));
        put("data", &|| merged(&pairs(&request.query), &input.body.value()));
    } else if input.source == Source::Mail {
        put("files", &|| input.files.as_ref().map_or_else(|| rhai::Array::new().into(), Payload::value));
        put("file", &|| first_file(input));
        put("data", &|| input.body.value());
        let mail = input.body.value();
        for (name, value) in mail.read_lock::<Map>().iter().flat_map(|fields| fields.iter()) {
            put(name, &|| value.clone());
        }
    } else {
        put("data", &|| input.body.value());
    }
    data::share(map.into())
}

/// The one item that a body was cut down to. `()` where the body, given anew to a replay, has no such place.
fn item_of(body: Dynamic, item: &Item) -> Dynamic {
    let mut at = body;
    for name in &item.path {
        while let Some(first) = first(&at) {
            at = first;
        }
        let next = at.read_lock::<Map>().and_then(|map| map.get(name.as_str()).cloned());
        at = next.unwrap_or(Dynamic::UNIT);
    }
    first(&at).unwrap_or(at)
}

/// The first item of a list, `()` where it has none; none of what is no list.
fn first(value: &Dynamic) -> Option<Dynamic> {
    value.read_lock::<rhai::Array>().map(|list| list.first().cloned().unwrap_or(Dynamic::UNIT))
}

/// `()` where the request carried no file.
fn first_file(input: &Input) -> Dynamic {
    let Some(files) = &input.files else { return Dynamic::UNIT };
    let files = files.value();
    files.read_lock::<rhai::Array>().and_then(|files| files.first().cloned()).unwrap_or(Dynamic::UNIT)
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
        Source::Poll => "poll",
        Source::Manual => "manual",
        Source::Call => "call",
        Source::Failure => "failure",
        Source::Mail => "mail",
    }
}

/// RFC 3339, UTC, with milliseconds.
pub(crate) fn time(at: Millis) -> String {
    jiff::Timestamp::from_millisecond(at).map(|time| format!("{time:.3}")).unwrap_or_default()
}

#[cfg(test)]
mod tests;
