//! The server itself: every route, and the bounds that hold for all of them.

use crate::tls::Certificate;
use crate::{App, api, auth, editor, gateway, headers, health, oauth, resume};
use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig};
use actix_web::{App as Routes, HttpServer};
use rustls::ServerConfig;
use std::io;
use std::net::TcpListener;
use std::num::NonZero;
use std::thread;
use std::time::Duration;

/// How long a client may take to send the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a client may take to agree on keys.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a connection is kept on which nothing is asked.
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);

/// How long requests in flight may take once the server stops, in seconds.
const SHUTDOWN_TIMEOUT: u64 = 10;

/// Serves on this listener until the server's handle stops it: one worker for each processor, two at least. Signals
/// are the caller's business.
pub fn serve(listener: TcpListener, app: App) -> io::Result<Server> {
    listen(listener, None, app)
}

/// The same by TLS alone, in HTTP/2 or HTTP/1.1 as the client has it (RFC 7301).
pub fn serve_tls(listener: TcpListener, certificate: &Certificate, app: App) -> io::Result<Server> {
    listen(listener, Some(certificate.config().map_err(io::Error::other)?), app)
}

/// By TLS alone where there is a certificate, and else without.
pub fn serve_as(listener: TcpListener, certificate: Option<&Certificate>, app: App) -> io::Result<Server> {
    match certificate {
        Some(certificate) => serve_tls(listener, certificate, app),
        None => serve(listener, app),
    }
}

fn listen(listener: TcpListener, tls: Option<ServerConfig>, app: App) -> io::Result<Server> {
    let server = HttpServer::new(move || {
        let app = web::Data::new(app.clone());
        Routes::new().app_data(app.clone()).configure(|routes| configure(routes, &app))
    });
    let server = server
        .workers(workers())
        .client_request_timeout(HEAD_TIMEOUT)
        .tls_handshake_timeout(HANDSHAKE_TIMEOUT)
        .keep_alive(IDLE_TIMEOUT)
        .shutdown_timeout(SHUTDOWN_TIMEOUT)
        .disable_signals();
    let server = match tls {
        None => server.listen(listener)?,
        Some(config) => server.listen_rustls_0_23(listener, config)?,
    };
    Ok(server.run())
}

fn workers() -> usize {
    thread::available_parallelism().map_or(2, NonZero::get).max(2)
}

/// Every route. Those below `/hook/` stand first and bare: what is wrapped around the others costs time, and their
/// answers are the scenario's own. Those below `/resume/` answer whoever has the link.
fn configure(routes: &mut ServiceConfig, app: &App) {
    routes.configure(gateway::configure(app.gateway().clone())).configure(resume::configure(app)).service(
        web::scope("")
            .wrap(headers::security(app))
            .configure(public)
            .configure(guarded)
            .default_service(web::to(editor::page)),
    );
}

/// The routes that answer anyone: with the editor's files, these are all. Whatever else is added goes to [`guarded`].
fn public(routes: &mut ServiceConfig) {
    routes
        .service(health::healthz)
        .service(health::readyz)
        .service(oauth::callback)
        .service(auth::login::form)
        .service(auth::login::with_credentials)
        .service(auth::login::with_code);
}

/// The routes for those who are known. The guard stands around them, whatever their path is.
fn guarded(routes: &mut ServiceConfig) {
    routes.service(web::resource("/logout").wrap(from_fn(auth::require)).post(auth::login::logout)).service(
        // The last one stands around the others.
        web::scope("/api").wrap(from_fn(api::nameable)).wrap(from_fn(auth::require)).configure(api::configure),
    );
}
