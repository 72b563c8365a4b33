//! Branch: Signs nothing: the preset knows the name and the id of its events. An unguessable path keeps strangers out.

use super::{JSON, Provider, Sample};
use crate::webhook::verify::Fact;

pub(super) const PROVIDER: Provider = Provider {
    name: "branch",
    title: "Branch",
    summary: "Signs nothing: the preset knows the name and the id of its events. An unguessable path keeps strangers out.",
    docs: "https://help.branch.io/developers-hub/docs/webhooks",
    event: Fact::First(&[Fact::Body("name"), Fact::Parameter("name")]),
    id: Fact::First(&[Fact::Body("id"), Fact::Parameter("id")]),
    sample: Sample { content_type: JSON, body: include_str!("samples/branch.json") },
    example: "branch: {}",
    ..Provider::BASE
};
