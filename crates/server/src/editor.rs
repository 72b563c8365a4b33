//! Everything that is no other route: the editor's files, and its page for the addresses it reads itself.

use crate::assets::Coding;
use crate::error::Problem;
use crate::forms::{is_known, reads};
use crate::{App, Asset, Assets};
use actix_web::http::{Method, StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use bytes::Bytes;
use std::borrow::Cow;

/// The page that every address of the editor shows.
const INDEX: &str = "index.html";

/// Below this folder names carry a digest of their content: what has the name never changes.
const HASHED: &str = "assets/";

/// Shown when the editor was not built.
const UNBUILT: &str = include_str!("editor/unbuilt.html");

/// Answers with the file of this path, else with the editor's page.
pub(crate) async fn page(request: HttpRequest, app: web::Data<App>) -> Result<HttpResponse, Problem> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "this address is only read");
        return Err(problem.header(header::ALLOW, "GET, HEAD"));
    }
    let path = request.path().trim_start_matches('/');
    let assets = &app.options().assets;
    if let Some(answer) = (!path.is_empty()).then(|| file(&request, assets, path)).flatten() {
        return Ok(answer);
    }
    if !path.is_empty() && !takes_html(&request) {
        return Err(Problem::not_found("there is nothing at this address"));
    }
    let index = file(&request, assets, INDEX);
    Ok(index.unwrap_or_else(|| HttpResponse::Ok().content_type("text/html; charset=utf-8").body(UNBUILT)))
}

/// The file in the smallest form that the browser reads.
fn file(request: &HttpRequest, assets: &Assets, path: &str) -> Option<HttpResponse> {
    let packed = Coding::ALL
        .into_iter()
        .filter(|coding| reads(request, *coding))
        .find_map(|coding| Some((coding, assets.packed(path, coding)?)));
    Some(match packed {
        Some((coding, asset)) => answer(request, path, asset, Some(coding)),
        None => answer(request, path, assets.get(path)?, None),
    })
}

fn answer(request: &HttpRequest, path: &str, asset: Asset, coding: Option<Coding>) -> HttpResponse {
    let tag = format!("\"{}\"", asset.digest);
    let cache = if path.starts_with(HASHED) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let status = if is_known(request, &tag) { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
    let mut response = HttpResponse::build(status);
    response.insert_header((header::ETAG, tag)).insert_header((header::CACHE_CONTROL, cache));
    response.insert_header((header::VARY, "Accept-Encoding"));
    if status == StatusCode::NOT_MODIFIED {
        return response.finish();
    }
    if let Some(coding) = coding {
        response.insert_header((header::CONTENT_ENCODING, coding.token()));
    }
    let bytes = match asset.bytes {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => bytes.into(),
    };
    response.content_type(with_charset(asset.media_type)).body(bytes)
}

fn takes_html(request: &HttpRequest) -> bool {
    let accepts = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("");
    accepts.contains("text/html")
}

fn with_charset(media_type: String) -> String {
    let is_text = media_type.starts_with("text/") && !media_type.contains("charset");
    if is_text { media_type + "; charset=utf-8" } else { media_type }
}
