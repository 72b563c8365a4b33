//! `GET /api/v1/openapi.json`, and the document itself, which needs no running server.

use crate::error::{Document, Refusals};
use actix_web::http::header;
use actix_web::{App, HttpResponse, get};
use std::sync::OnceLock;
use utoipa::PartialSchema;
use utoipa::ToSchema;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{InfoBuilder, License, OpenApi};
use utoipa_actix_web::{AppExt, scope};

/// What the document says of the API as a whole.
const DESCRIPTION: &str = "Scenarios and runs. Times are milliseconds since 1970 unless they are texts (RFC 3339). \
    Refusals are problem documents (RFC 9457) with a stable `code`. Programs send the token as `Authorization: Bearer`; \
    a browser that is logged in may use its session instead.";

/// The OpenAPI document of the API, version 1, as pretty JSON.
pub fn openapi() -> &'static str {
    static DOCUMENT: OnceLock<String> = OnceLock::new();
    DOCUMENT.get_or_init(|| {
        let json = document().to_pretty_json();
        json.expect("the document is made of texts and maps with texts as keys, which JSON can say") + "\n"
    })
}

/// Answers this document.
#[utoipa::path(
    tag = "api",
    operation_id = "get_openapi",
    responses((status = 200, body = serde_json::Map<String, serde_json::Value>), Refusals)
)]
#[get("/openapi.json")]
pub(super) async fn get() -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CONTENT_TYPE, "application/json")).body(openapi())
}

fn document() -> OpenApi {
    let (_, mut document) =
        App::new().into_utoipa_app().service(scope("/api/v1").configure(super::v1)).split_for_parts();
    document.info = InfoBuilder::new()
        .title("Hookmill")
        .version("1")
        .description(Some(DESCRIPTION))
        .license(Some(License::new("MIT OR Apache-2.0")))
        .build();
    let token = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
    let components = document.components.get_or_insert_default();
    components.add_security_scheme("token", token);
    // Schemas of responses that operations share are not collected with the operations.
    let mut shared = vec![(Document::name().into_owned(), Document::schema())];
    Document::schemas(&mut shared);
    components.schemas.extend(shared);
    document.security = Some(vec![SecurityRequirement::new("token", Vec::<String>::new())]);
    document
}
