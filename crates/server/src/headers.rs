//! Response headers that keep browsers from doing what the pages never ask for.

use crate::App;
use actix_web::http::header;
use actix_web::middleware::DefaultHeaders;

/// Everything comes from the server's own files; nothing is inline, framed, or sent elsewhere. Pictures that are
/// values of a run are shown from the value itself.
const POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; \
                      base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The headers of every answer that is not a scenario's own. A handler may set its own value instead.
pub(crate) fn security(app: &App) -> DefaultHeaders {
    let headers = DefaultHeaders::new()
        .add((header::CONTENT_SECURITY_POLICY, POLICY))
        .add((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .add((header::REFERRER_POLICY, "same-origin"))
        .add(("cross-origin-opener-policy", "same-origin"))
        .add(("cross-origin-resource-policy", "same-origin"))
        .add((header::CACHE_CONTROL, "no-store"));
    if app.is_secure() {
        return headers.add((header::STRICT_TRANSPORT_SECURITY, "max-age=31536000"));
    }
    headers
}
