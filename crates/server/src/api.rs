//! The API, version 1. Every operation is a handler in `<resource>/<verb>.rs` and one line in [`v1`]; its document is
//! collected from the same lines.

pub(crate) mod diagnostic;

mod alarms;
mod blocking;
mod body;
mod check;
mod columns;
mod connections;
mod document;
mod drafts;
mod evaluate;
mod events;
mod functions;
mod hooks;
mod import;
mod modules;
mod next;
mod queues;
mod response;
mod runs;
mod scenarios;
mod secrets;
mod session;
mod setup;
mod sheets;
mod stores;
mod templates;
mod tokens;
mod value;

use crate::error::Problem;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse, ResponseError, web};
use percent_encoding::percent_decode_str;
use utoipa_actix_web::scope;
use utoipa_actix_web::service_config::ServiceConfig;

pub use document::openapi;
pub use templates::{Template, TemplateWords};

/// Mounts the API below `/api`. Who gets here is known.
pub(crate) fn configure(routes: &mut web::ServiceConfig) {
    routes
        .app_data(body::json())
        .app_data(body::plain())
        .app_data(web::QueryConfig::default().error_handler(|error, _| Problem::bad_request(error.to_string()).into()))
        .service(scope("/v1").configure(v1))
        .default_service(web::to(unknown));
}

/// Every operation of version 1.
fn v1(routes: &mut ServiceConfig) {
    people(routes);
    data(routes);
    inspector(routes);
    credentials(routes);
    routes
        .service(alarms::acknowledge::acknowledge)
        .service(alarms::list::list)
        .service(check::check)
        .service(document::get)
        .service(drafts::list)
        .service(evaluate::evaluate)
        .service(events::events)
        .service(functions::list)
        .service(import::import)
        .service(modules::list)
        .service(next::next)
        .service(templates::list)
        .service(queues::list::list)
        .service(queues::purge::purge)
        .service(queues::state::drain)
        .service(queues::state::pause)
        .service(queues::state::resume)
        .service(runs::cancel::cancel)
        .service(runs::events::events)
        .service(runs::get::get)
        .service(runs::list::list)
        .service(runs::moving::move_run)
        .service(runs::replay::replay_many)
        .service(runs::replay::replay)
        .service(runs::resume::resume)
        .service(runs::scope::scope)
        .service(runs::test::test)
        .service(scenarios::create::create)
        .service(scenarios::delete::delete)
        .service(scenarios::draft::delete)
        .service(scenarios::draft::get)
        .service(scenarios::draft::put)
        .service(scenarios::export::export)
        .service(scenarios::get::get)
        .service(scenarios::layout::get)
        .service(scenarios::layout::put)
        .service(scenarios::list::list)
        .service(scenarios::next::next)
        .service(scenarios::listen::listen)
        .service(scenarios::put::put)
        .service(scenarios::run::start)
        .service(scenarios::switch::disable)
        .service(scenarios::switch::enable)
        .service(scenarios::r#try::start)
        .service(scenarios::versions::get)
        .service(scenarios::versions::list)
        .service(scenarios::whatif::what_if);
}

/// Those about data stores.
fn data(routes: &mut ServiceConfig) {
    routes
        .service(columns::delete::delete)
        .service(columns::get::get)
        .service(columns::put::put)
        .service(sheets::export::export)
        .service(sheets::import::import)
        .service(stores::delete::delete)
        .service(stores::get::get)
        .service(stores::list::list)
        .service(stores::put::put)
        .service(stores::records::list);
}

/// Those about webhooks and what came to them.
fn inspector(routes: &mut ServiceConfig) {
    routes
        .service(hooks::list::list)
        .service(hooks::create::create)
        .service(hooks::delete::delete)
        .service(hooks::requests::list)
        .service(hooks::purge::purge)
        .service(hooks::token::forget)
        .service(hooks::events::events)
        .service(hooks::listen::listen)
        .service(hooks::get::get)
        .service(hooks::body::body)
        .service(hooks::copies::copied)
        .service(hooks::draft::drafted)
        .service(hooks::replay::replay)
        .service(hooks::send::send)
        .service(hooks::schema::show)
        .service(hooks::schema::watch)
        .service(hooks::schema::unwatch);
}

/// Those about credentials.
fn credentials(routes: &mut ServiceConfig) {
    routes
        .service(connections::authorize::authorize)
        .service(connections::test::given)
        .service(connections::test::kept)
        .service(connections::delete::delete)
        .service(connections::list::list)
        .service(connections::put::put)
        .service(secrets::delete::delete)
        .service(secrets::list::list)
        .service(secrets::put::put);
}

/// Those about who may come in.
fn people(routes: &mut ServiceConfig) {
    routes
        .service(session::get::get)
        .service(session::password::change)
        .service(setup::create::create)
        .service(setup::get::get)
        .service(tokens::create::create)
        .service(tokens::delete::delete)
        .service(tokens::list::list);
}

/// The longest name in a path, in bytes, decoded: no record has a longer one.
const LONGEST_NAME: usize = 1024;

/// Refuses paths that name nothing: what is no UTF-8 would be taken for another name, and a name that is too long would be
/// the store's error.
pub(crate) async fn nameable<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let decoded: Vec<u8> = percent_decode_str(request.uri().path()).collect();
    let problem = match std::str::from_utf8(&decoded) {
        Err(_) => Problem::bad_request("the path is no UTF-8"),
        Ok(path) if path.len() > LONGEST_NAME && has_long_name(request.uri().path()) => {
            Problem::not_found(format!("nothing has a name of more than {LONGEST_NAME} bytes"))
        }
        Ok(_) => return Ok(next.call(request).await?.map_into_left_body()),
    };
    Ok(request.into_response(problem.error_response()).map_into_right_body())
}

fn has_long_name(path: &str) -> bool {
    path.split('/').any(|segment| percent_decode_str(segment).count() > LONGEST_NAME)
}

async fn unknown() -> Result<HttpResponse, Problem> {
    Err(Problem::not_found("the API has no such operation; /api/v1/openapi.json lists them"))
}
