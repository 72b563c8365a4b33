//! `GET /api/v1/modules`

use crate::App;
use crate::error::{Problem, Refusals};
use crate::packed::Packed;
use actix_web::{HttpRequest, HttpResponse, get, web};
use scenario::catalog::{AppFace, Catalog, Face, ModuleSpec, Translated, builtins};
use scenario::schema::{Part, flow_steps, triggers};
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;

/// Every module that a step can use, every flow step, and every trigger.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what is written item by item")]
struct Modules {
    /// The modules by name, then flow steps in the order of the reference, then triggers.
    items: Vec<Module>,
}

/// What a module, a flow step or a trigger is.
#[derive(Serialize, ToSchema)]
struct Module {
    /// The key of a step, `http.request`, or of a trigger.
    name: String,
    /// Which of the three it is.
    kind: Kind,
    /// Its name for people, in English.
    title: String,
    /// One sentence.
    summary: String,
    /// The whole description, Markdown.
    description: String,
    /// JSON Schema (2020-12) of the parameters. What it refers to is in its `$defs`, but `steps`.
    #[schema(value_type = Object)]
    parameters: Value,
    /// A parameter list as one would write it.
    example: Value,
    /// What a successful call answers, by example.
    sample: Value,
    /// Connection types that the parameter `connection` accepts; empty: the module takes no connection.
    connections: Vec<String>,
    /// Whether `connection` must be given.
    needs_connection: bool,
    /// Whether a call reaches outside of the run.
    effect: Effect,
    /// The parameter that holds a URL to be called, if any.
    url_parameter: Option<String>,
    /// The pauses, in seconds, after which a step that fails is tried again where it has no `retry`; missing: it is not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    retry_pauses: Vec<u64>,
    /// The app that it is of; none where it is of no known one.
    #[schema(value_type = Option<AppView>)]
    app: Option<AppFace>,
    /// What it is called elsewhere: types and titles of Make and n8n.
    aliases: Vec<String>,
    /// What it and its parameters are called, by language. English (`en`) has titles alone.
    #[schema(value_type = BTreeMap<String, WordsView>)]
    i18n: Translated,
}

/// Whether it is done, leads through what is done, or starts it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ModuleKind)]
enum Kind {
    /// A step that does something.
    Module,
    /// A step of the language itself: `route`, `for_each`, `set`…
    Flow,
    /// What starts a run.
    Trigger,
}

/// A JSON object.
type Object = serde_json::Map<String, Value>;

/// Whether calling a module reaches outside of the run.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Effect {
    /// Computes from its parameters alone.
    Pure,
    /// May change or read something outside.
    Outside,
}

/// The app that a module is of.
#[derive(ToSchema)]
#[schema(as = ModuleApp)]
#[expect(dead_code, reason = "describes `scenario`'s `AppFace`, which knows no API document")]
struct AppView {
    /// What its modules' names begin with; `flow` and `trigger` are the language's own.
    name: String,
    /// What people call it.
    title: String,
    /// The colour of its discs, `#rrggbb`; white on it is read well.
    color: String,
    /// The name of its icon.
    icon: String,
    /// What people call it, by language.
    i18n: BTreeMap<String, String>,
}

/// What something is called in one language.
#[derive(ToSchema)]
#[schema(as = ModuleWords)]
#[expect(dead_code, reason = "describes `scenario`'s `Words`, which knows no API document")]
struct WordsView {
    /// Its name, short.
    title: String,
    /// What it does, in one sentence; missing where `summary` says it.
    #[schema(required = false)]
    summary: String,
    /// Its parameters, by the path of names (`batch.size`). `response=file` is one of the values of `response`, and
    /// `verify.*.secret` is meant of all presets of `verify`.
    #[schema(required = false)]
    parameters: BTreeMap<String, TermView>,
}

/// What a parameter, or one of its values, is called.
#[derive(ToSchema)]
#[schema(as = ModuleTerm)]
#[expect(dead_code, reason = "describes `scenario`'s `Term`, which knows no API document")]
struct TermView {
    /// Its name.
    title: String,
    /// What it is for; missing where its schema says it.
    #[schema(required = false)]
    description: String,
}

/// Lists the modules that steps can use, the flow steps, and the triggers.
#[utoipa::path(tag = "modules", operation_id = "list_modules", responses((status = 200, body = Modules), Refusals))]
#[get("/modules")]
pub(super) async fn list(request: HttpRequest, app: web::Data<App>) -> Result<HttpResponse, Problem> {
    // There are many, and they do not change: told to each browser once, and made into JSON once.
    let told = web::block(move || app.modules(|catalog| Packed::of(&All(catalog)))).await;
    let told = told.map_err(|error| Problem::internal(&error))?;
    told.and_then(|all| all.answer(&request)).map_err(|error| Problem::internal(&error))
}

/// Written one after another: there are more modules than should be in memory at once.
struct All<'a>(&'a Catalog);

impl Serialize for All<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut all = serializer.serialize_struct("Modules", 1)?;
        all.serialize_field("items", &Items(self.0))?;
        all.end()
    }
}

struct Items<'a>(&'a Catalog);

impl Serialize for Items<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(items(self.0))
    }
}

fn items(catalog: &Catalog) -> impl Iterator<Item = Module> {
    let faces = catalog.faces();
    let modules = catalog.modules();
    let modules = modules.map(|it| Module::of(Arc::unwrap_or_clone(it.spec), Kind::Module, it.face));
    let flow = flow_of(catalog).map(|spec| {
        let face = faces.modules.get(&spec.name).cloned();
        Module::of(spec, Kind::Flow, face)
    });
    let triggers = triggers(catalog).into_iter().map(|part| {
        let face = faces.triggers.get(&part.name).cloned();
        Module::of(trigger(part), Kind::Trigger, face)
    });
    modules.chain(flow).chain(triggers)
}

/// The flow steps, with schemas that stand on their own.
fn flow_of(catalog: &Catalog) -> impl Iterator<Item = ModuleSpec> {
    let parts = flow_steps(catalog);
    builtins().iter().zip(parts).map(|(spec, part)| ModuleSpec { parameters: part.parameters, ..spec.clone() })
}

/// A trigger as if it were a module that nothing calls.
fn trigger(part: Part) -> ModuleSpec {
    let end = part.description.find(". ").map_or(part.description.len(), |dot| dot + 1);
    ModuleSpec {
        name: part.name,
        summary: part.description[..end].replace('\n', " "),
        description: part.description,
        parameters: part.parameters,
        example: Value::Object(Object::new()),
        sample: Value::Null,
        connections: Vec::new(),
        needs_connection: false,
        effect: scenario::catalog::Effect::Pure,
        url_parameter: None,
        retry_pauses: Vec::new(),
    }
}

impl Module {
    fn of(spec: ModuleSpec, kind: Kind, face: Option<Face>) -> Self {
        let effect = match spec.effect {
            scenario::catalog::Effect::Pure => Effect::Pure,
            scenario::catalog::Effect::Outside => Effect::Outside,
        };
        let title = face.as_ref().map(Face::title).filter(|title| !title.is_empty()).unwrap_or(&spec.name).to_owned();
        let (app, aliases, i18n) = match face {
            Some(Face { app, aliases, i18n }) => (Some(app), aliases, i18n),
            None => (None, Vec::new(), Translated::new()),
        };
        Self {
            title,
            name: spec.name,
            kind,
            summary: spec.summary,
            description: spec.description,
            parameters: spec.parameters,
            example: spec.example,
            sample: spec.sample,
            connections: spec.connections,
            needs_connection: spec.needs_connection,
            effect,
            url_parameter: spec.url_parameter,
            retry_pauses: spec.retry_pauses,
            app,
            aliases,
            i18n,
        }
    }
}
