//! Which parameters go by themselves: those that no template of the request uses.

use super::shape::{Action, App, Content, Exchange};
use super::template::Filled;
use std::collections::BTreeSet;

/// The names that the action's requests read.
pub(super) fn used(app: &App, action: &Action) -> BTreeSet<String> {
    let shared = app.base.iter().chain([&app.headers]);
    let own = action.exchanges.iter().flat_map(templates);
    let mut names: BTreeSet<String> = shared.chain(own).flat_map(Filled::names).collect();
    for when in action.exchanges.iter().filter_map(|exchange| exchange.when.as_ref()) {
        if let Ok(expression) = when.expression() {
            names.extend(expression.names().iter().map(|(name, _)| name.clone()));
        }
    }
    names
}

/// Everything that is put together for one call.
fn templates(exchange: &Exchange) -> impl Iterator<Item = &Filled> {
    let body = exchange.body.as_ref().and_then(|content| match content {
        Content::Json(filled) | Content::Form(filled) | Content::Multipart(filled) => filled.as_ref(),
        Content::Raw(filled) => Some(filled),
    });
    [Some(&exchange.target), exchange.query.as_ref(), exchange.headers.as_ref(), body].into_iter().flatten()
}
