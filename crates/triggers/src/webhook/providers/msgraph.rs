//! Microsoft Graph: The `clientState` of the subscription in each notification.

use super::{JSON, Late, Provider, Sample, Setting};
use crate::webhook::verify::{Fact, Handshake, Scheme, Token, TokenPlace};
use std::time::Duration;

pub(super) const PROVIDER: Provider = Provider {
    name: "msgraph",
    aliases: &["microsoft_graph"],
    title: "Microsoft Graph",
    summary: "The `clientState` of the subscription in each notification.",
    docs: "https://learn.microsoft.com/graph/change-notifications-delivery-webhooks",
    settings: &[Setting::secret("client_state", "The `clientState` that the subscription was made with.")],
    scheme: Scheme::Token(Token { place: TokenPlace::EachItem("value", "clientState"), secret: "client_state" }),
    handshake: Handshake::EchoOnPost("validationToken"),
    event: Fact::Body("value.*.changeType"),
    // The version of the resource makes a notification one of a kind; two that have none may both be news.
    id: Fact::Items(
        "value",
        &Fact::All(&[Fact::Body("subscriptionId"), Fact::Body("resource"), Fact::Body("resourceData.@odata\\.etag")]),
    ),
    deadline: Some(Duration::from_secs(3)),
    late: Late { status: 202, body: None },
    sample: Sample { content_type: JSON, body: include_str!("samples/msgraph.json") },
    example: r#"msgraph: "{{ secrets.graph_state }}""#,
    ..Provider::BASE
};
