//! Those who answer a scenario under test: mocks, recorded answers, data stores in memory, modules that only compute, samples.

use super::far_side::Recorded;
use super::performance::Piece;
use engine::{Cast, Deployment, Scene};
use modules::far_side::FarSide;
use run::PreparedCall;
use run::answer::accept;
use run::call::{Call, Delivery, Module, Origin, Outcome};
use run::data_store::{Act, DataStores, Put};
use run::entry;
use run::error::StepError;
use run::files::Files;
use run::id::{Millis, Spot};
use run::setting::Setting;
use scenario::catalog::Effect;
use scenario::plan::{Mock, MockError, StoreContents, Test, WaitFor};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use tokio::runtime::Runtime;

/// The module that recorded exchanges answer.
const REQUEST: &str = "http.request";

/// How the names of modules begin that work on the data stores.
const STORES: &str = "store.";

/// A call that was made.
pub(crate) struct Called {
    /// By which step in which turn.
    pub(crate) spot: Spot,
    /// With what.
    pub(crate) parameters: Value,
}

/// Everyone who answers one test.
pub(super) struct StandIns<'a> {
    pub(super) calls: Vec<Called>,
    pub(super) complaints: Vec<String>,
    piece: Piece<'a>,
    test: &'a Test,
    recorded: Arc<Recorded>,
    stores: DataStores,
    /// Modules that run as they are; made when the first of them is called.
    real: Option<Real>,
    /// How many values of each sequence were given.
    given: HashMap<String, usize>,
}

/// Modules with nothing outside.
struct Real {
    runtime: Runtime,
    modules: Vec<Arc<dyn Module>>,
}

impl<'a> StandIns<'a> {
    pub(super) fn new(piece: Piece<'a>, test: &'a Test, now: Millis) -> Result<Self, String> {
        let recorded = Arc::new(Recorded::new(&test.http));
        let (calls, complaints, given) = (Vec::new(), Vec::new(), HashMap::new());
        let tables = store::open("memory:").map_err(|error| error.to_string())?.tables;
        let stores = DataStores::new(tables);
        let act = Act { now, idempotency_key: None };
        for (table, records) in &test.stores {
            for (key, value) in records {
                let put = Put { value: value.clone(), ttl: None, condition: None };
                stores.put(table, key, &put, act).map_err(|error| format!("stores.{table}.{key}: {error}"))?;
            }
        }
        Ok(Self { calls, complaints, piece, test, recorded, stores, real: None, given })
    }

    /// What the data stores hold now, of these keys.
    pub(super) fn stored(&self, keys: &StoreContents, now: Millis) -> Result<StoreContents, String> {
        let mut stored = StoreContents::new();
        for (table, records) in keys {
            for key in records.keys() {
                let record =
                    self.stores.get(table, key, now).map_err(|error| format!("stores.{table}.{key}: {error}"))?;
                let value = record.map(|record| (key.clone(), record.value));
                stored.entry(table.clone()).or_default().extend(value);
            }
        }
        Ok(stored)
    }

    fn respond(&mut self, call: &PreparedCall, scene: Scene<'_>) -> Result<Value, StepError> {
        if let Some((name, mock)) = self.mock(&call.spot, scene) {
            return self.mocked(name, mock);
        }
        let spec = self.piece.catalog.module(&call.module);
        let is_recorded = &*call.module == REQUEST && !self.test.http.is_empty();
        let computes = spec.as_ref().is_some_and(|spec| spec.effect == Effect::Pure);
        if is_recorded || computes || call.module.starts_with(STORES) {
            let answer = self.perform(call, scene);
            self.complaints.extend(self.recorded.unanswered());
            return answer;
        }
        Ok(spec.map(|spec| spec.sample.clone()).unwrap_or_default())
    }

    /// The test's stand-in for this step, and the name it has there: the step's id, or its module. Ids are those of
    /// the scenario under test; what it calls is as it is.
    fn mock(&self, spot: &Spot, scene: Scene<'_>) -> Option<(&'a str, &'a Mock)> {
        if scene.scenario != self.piece.id {
            return None;
        }
        let step = scene.plan.step(spot.step);
        let mut names = step.id.as_deref().into_iter().chain([&*step.module]);
        let (name, mock) = names.find_map(|name| self.test.mock.get_key_value(name))?;
        Some((name, mock))
    }

    /// Remembers what a step of the scenario under test sent.
    fn note(&mut self, spot: &Spot, parameters: Value, scene: Scene<'_>) {
        if scene.scenario == self.piece.id {
            self.calls.push(Called { spot: spot.clone(), parameters });
        }
    }

    fn mocked(&mut self, name: &str, mock: &Mock) -> Result<Value, StepError> {
        match mock {
            Mock::Value(value) => Ok(value.clone()),
            Mock::Error(error) => Err(failure(error)),
            Mock::Timeout => Err(StepError::permanent("deadline", "nobody answered in time")),
            Mock::Sequence(items) => {
                let given = self.given.entry(name.to_owned()).or_default();
                *given += 1;
                match items.get(*given - 1) {
                    Some(item) => self.mocked(name, item),
                    None => {
                        let message = format!(
                            "mock.{name}: `$sequence` has {}, and this is call {given}",
                            crate::terminal::count(items.len(), "value")
                        );
                        self.complaints.push(message.clone());
                        Err(StepError::permanent("mock_exhausted", message))
                    }
                }
            }
        }
    }

    /// Makes the call as the engine would.
    fn perform(&mut self, call: &PreparedCall, scene: Scene<'_>) -> Result<Value, StepError> {
        let origin =
            Origin { scenario: scene.scenario, run: scene.run, spot: &call.spot, attempt: call.attempt, depth: 0 };
        let made = Call {
            parameters: &call.parameters,
            connection: call.connection.as_deref(),
            idempotency_key: &call.idempotency_key,
            author_host: call.author_host.as_deref(),
            timeout: call.timeout,
            now: scene.now,
            origin,
        };
        self.real()?.call(&call.module, made)
    }

    fn real(&mut self) -> Result<&Real, StepError> {
        let real = match self.real.take() {
            Some(real) => real,
            None => Real::new(self.piece, &self.stores, Arc::clone(&self.recorded))?,
        };
        Ok(self.real.insert(real))
    }
}

impl Cast for StandIns<'_> {
    fn call(&mut self, call: &PreparedCall, scene: Scene<'_>) -> Result<Outcome, StepError> {
        self.note(&call.spot, call.parameters.clone(), scene);
        let output = self.respond(call, scene)?;
        Ok(Outcome { output, sent: call.parameters.clone(), delivery: Delivery::Sandbox })
    }

    fn answer(&mut self, spot: &Spot, asked: &WaitFor, scene: Scene<'_>) -> Option<Value> {
        let step = scene.plan.step(spot.step);
        let Some((name, mock)) = self.mock(spot, scene) else {
            self.complaints.push(format!(
                "mock: `{}` waits for an answer, and the test gives none; mock it, with `$timeout: true` for nobody",
                step.label
            ));
            return None;
        };
        // Whoever does not answer is no error yet: the deadline makes it one.
        let given = self.mocked(name, mock).ok()?;
        let nothing = Map::new();
        let fields = given.as_object().unwrap_or(&nothing);
        match accept(asked, fields) {
            Ok(accepted) => Some(answered(accepted, fields, scene.now)),
            Err(objections) => {
                let objections = objections.iter().map(|one| format!("mock.{name}.{}: {}", one.field, one.problem));
                self.complaints.extend(objections);
                None
            }
        }
    }

    fn invoke(&mut self, called: &entry::Called, scene: Scene<'_>) -> Option<Result<Value, StepError>> {
        let input: Value = serde_json::from_slice(called.input.text()).unwrap_or_default();
        self.note(&called.spot, json!({ "scenario": called.scenario, "input": input }), scene);
        let (name, mock) = self.mock(&called.spot, scene)?;
        Some(self.mocked(name, mock))
    }

    fn scenario(&mut self, name: &str) -> Option<Arc<Deployment>> {
        (self.piece.neighbours)(name)
    }
}

impl Real {
    fn new(piece: Piece<'_>, stores: &DataStores, recorded: Arc<Recorded>) -> Result<Self, StepError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| StepError::permanent("test", error.to_string()))?;
        let blobs = store::open("memory:").map_err(|error| StepError::permanent("test", error.to_string()))?.blobs;
        let files = Files::new(blobs, &Setting::rehearsed().resume_key);
        let modules = modules::rehearsed(Arc::clone(piece.connections), stores, &files, recorded as Arc<dyn FarSide>);
        Ok(Self { runtime, modules })
    }

    fn call(&self, module: &str, call: Call<'_>) -> Result<Value, StepError> {
        let found = self.modules.iter().find(|known| known.name() == module);
        let module = found.ok_or_else(|| StepError::permanent("unknown_module", format!("there is no `{module}`")))?;
        self.runtime.block_on(module.call(call)).map(|outcome| outcome.output)
    }
}

/// What the step gives: the fields and the choice, and how they came, where the test says it.
fn answered(mut accepted: Map<String, Value>, given: &Map<String, Value>, now: Millis) -> Value {
    let at = jiff::Timestamp::from_millisecond(now).map(|time| format!("{time:.3}")).unwrap_or_default();
    let usual = [("by", Value::Null), ("at", at.into())].into_iter().map(|(name, value)| (name.to_owned(), value));
    for (name, value) in given.iter().map(|(name, value)| (name.clone(), value.clone())).chain(usual) {
        accepted.entry(name).or_insert(value);
    }
    accepted.into()
}

/// The error that a mock tells of. Without a word about it, another try may help unless the status says otherwise, so
/// that `retry` is exercised.
fn failure(error: &MockError) -> StepError {
    let code = error.code.as_deref().unwrap_or(if error.status.is_some() { "http_status" } else { "mock" });
    let message = error.message.as_deref().unwrap_or("the test lets this call fail");
    let passing = error.retry.unwrap_or_else(|| error.status.is_none_or(may_pass));
    let make = if passing { StepError::passing } else { StepError::permanent };
    let failure = make(code, message).retry_after(error.retry_after);
    match error.status {
        Some(status) => failure.status(status),
        None => failure,
    }
}

/// RFC 9110 §15.5.9, RFC 8470 §5.2, RFC 6585 §4, and failures of the server's own: as `http.request` sees it.
fn may_pass(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500..=599)
}
