//! The least that actix-web can do: reads a request to its end and answers fixed JSON. `cargo xtask bench` holds the
//! gateway against it.

use actix_web::web::{self, Payload};
use actix_web::{App, HttpResponse, HttpServer};
use futures_util::StreamExt;
use std::num::NonZero;
use std::thread;

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8080".to_owned());
    HttpServer::new(|| App::new().default_service(web::to(answer))).workers(workers()).bind(address)?.run().await
}

/// As many as the real server takes.
fn workers() -> usize {
    thread::available_parallelism().map_or(2, NonZero::get).max(2)
}

async fn answer(mut body: Payload) -> HttpResponse {
    while let Some(piece) = body.next().await {
        if piece.is_err() {
            return HttpResponse::BadRequest().finish();
        }
    }
    HttpResponse::Ok().content_type("application/json").body(r#"{"response":"Hello","name":"Ada"}"#)
}
