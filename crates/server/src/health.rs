//! Whether the process lives and takes work, for whatever watches over it. Says nothing else to strangers.

use crate::App;
use actix_web::{HttpResponse, get, web};
use serde_json::json;

#[get("/healthz")]
pub(crate) async fn healthz() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "status": "ok" }))
}

#[get("/readyz")]
pub(crate) async fn readyz(app: web::Data<App>) -> HttpResponse {
    if app.is_ready() {
        HttpResponse::Ok().json(json!({ "status": "ready" }))
    } else {
        HttpResponse::ServiceUnavailable().json(json!({ "status": "starting" }))
    }
}
