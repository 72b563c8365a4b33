//! `GET /api/v1/session`

use crate::auth::{Caller, Means, Way};
use crate::error::Refusals;
use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

/// Who is asking.
#[derive(Serialize, ToSchema)]
struct Session {
    /// The user's name, as runs record it.
    user: String,
    /// By what they are known.
    via: Via,
}

/// By what a caller is known.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Via {
    /// A session that the printed link opened.
    Link,
    /// A session that name and password opened.
    Password,
    /// A session that the server's token opened, or a token in the header.
    Token,
}

/// Says who is asking.
#[utoipa::path(tag = "session", operation_id = "get_session", responses((status = 200, body = Session), Refusals))]
#[get("/session")]
pub(in crate::api) async fn get(caller: Caller) -> web::Json<Session> {
    let via = match caller.means() {
        Means::Session(_, Way::Link) => Via::Link,
        Means::Session(_, Way::Password) => Via::Password,
        Means::Session(_, Way::Token) | Means::Token => Via::Token,
    };
    web::Json(Session { user: caller.user().to_owned(), via })
}
