//! Connections to Google: by a service account, or on behalf of a person who allows it.

use super::delivery;
use super::oauth2::client_of;
use super::settings::Settings;
use crate::auth::oauth2::{ClientAuth, Grant};
use crate::auth::service_account::ServiceAccount;
use crate::auth::{Grantor, Scheme};
use run::call::Delivery;
use std::sync::Arc;
use url::Url;

/// What a person is asked to allow, unless the connection says otherwise.
const SCOPES: [&str; 2] =
    ["https://www.googleapis.com/auth/spreadsheets", "https://www.googleapis.com/auth/userinfo.email"];

/// A connection of the type `google`.
#[derive(Debug)]
pub(crate) struct Google {
    /// On whose behalf; no one's in a sandbox that was given no key.
    pub(crate) scheme: Scheme,
    /// Where the APIs are, if not where Google has them.
    pub(crate) endpoint: Option<Url>,
    /// Whether calls leave the machine.
    pub(crate) delivery: Delivery,
}

impl Google {
    /// `{ type: google, service_account: { file: key.json }, subject?, endpoint?, scopes? }`, where the key may also
    /// stand as a map or as JSON text; or `{ type: google, client_id, client_secret, scopes? }`.
    pub(super) fn read(settings: &mut Settings<'_>) -> Self {
        let grantor = if settings.has("client_id") { person(settings) } else { account(settings) };
        let scheme = grantor.map_or(Scheme::None, |grantor| Scheme::Token(Arc::new(grantor)));
        Self { scheme, endpoint: settings.http_url("endpoint"), delivery: delivery(settings.is_sandbox()) }
    }

    /// What gives its tokens.
    pub(crate) fn grantor(&self) -> Option<&Arc<Grantor>> {
        match &self.scheme {
            Scheme::Token(grantor) => Some(grantor),
            _ => None,
        }
    }

    /// The account that it acts as, where it is one.
    pub(crate) fn account(&self) -> Option<&ServiceAccount> {
        match &**self.grantor()? {
            Grantor::ServiceAccount(account) => Some(account),
            Grantor::OAuth2(_) => None,
        }
    }
}

fn account(settings: &mut Settings<'_>) -> Option<Grantor> {
    let key = settings.required_json("service_account");
    let (subject, scopes) = (settings.text("subject"), settings.texts("scopes"));
    for key in ["client_id", "client_secret", "refresh_token", "authorize", "token"] {
        settings.leaves(key);
    }
    match ServiceAccount::of(key?) {
        Ok(account) => Some(Grantor::ServiceAccount(account.acting(subject, scopes))),
        Err(reason) => {
            settings.reject_content("service_account", reason);
            None
        }
    }
}

fn person(settings: &mut Settings<'_>) -> Option<Grantor> {
    settings.leaves("service_account");
    settings.leaves("subject");
    let at = |text: &str| Url::parse(text).ok();
    let authorize = settings.http_url("authorize").or_else(|| at("https://accounts.google.com/o/oauth2/v2/auth"));
    let token = settings.http_url("token").or_else(|| at("https://oauth2.googleapis.com/token"));
    let mut client = client_of(settings, token)?;
    client.grant = Grant::AuthorizationCode;
    client.client = ClientAuth::Body;
    client.authorize = authorize;
    if client.scopes.is_empty() {
        client.scopes = SCOPES.map(str::to_owned).to_vec();
    }
    // Without these Google gives no token that outlives the hour.
    client.extra =
        [("access_type", "offline"), ("prompt", "consent")].map(|(k, v)| (k.to_owned(), v.to_owned())).to_vec();
    Some(Grantor::OAuth2(client))
}
