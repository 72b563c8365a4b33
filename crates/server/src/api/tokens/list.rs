//! `GET /api/v1/tokens`

use crate::App;
use crate::auth::Named;
use crate::error::Refusals;
use actix_web::{get, web};
use run::id::Millis;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// The tokens that people made.
#[derive(Serialize, ToSchema)]
struct Tokens {
    /// The newest first.
    items: Vec<Token>,
}

/// A token, without its text.
#[derive(Serialize, ToSchema)]
struct Token {
    /// By which it is deleted.
    #[schema(value_type = String)]
    id: Arc<str>,
    /// What it is for.
    #[schema(value_type = String)]
    name: Arc<str>,
    /// When it was made.
    created: Millis,
    /// When it was last used, if ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used: Option<Millis>,
}

/// Lists the tokens that people made. The server's own is not among them.
#[utoipa::path(tag = "tokens", operation_id = "list_tokens", responses((status = 200, body = Tokens), Refusals))]
#[get("/tokens")]
pub(in crate::api) async fn list(app: web::Data<App>) -> web::Json<Tokens> {
    let tokens = app.accounts().tokens().list().into_iter();
    let mut items: Vec<Token> =
        tokens.map(|(id, Named { name, created, last_used, .. })| Token { id, name, created, last_used }).collect();
    items.sort_by_key(|token| std::cmp::Reverse(token.created));
    web::Json(Tokens { items })
}
