//! Connections by OAuth 2: a client of some authorization server.

use super::http::Http;
use super::settings::Settings;
use crate::auth::oauth2::{ClientAuth, Grant, OAuth2};
use crate::auth::{Grantor, Scheme};
use std::sync::Arc;
use url::Url;

/// `{ type: oauth2, token, client_id, authorize?, client_secret?, scopes?, grant?, client?, extra?, refresh_token? }`.
pub(super) fn read(settings: &mut Settings<'_>) -> Http {
    let token = settings.required_text("token");
    let token = token.filter(|_| settings.http_url("token").is_some()).and_then(|text| Url::parse(&text).ok());
    let authorize = settings.http_url("authorize");
    let grant = grant(settings, authorize.is_some());
    let client = client_auth(settings);
    let extra = settings.pairs("extra");
    let read = client_of(settings, token);
    let scheme = read.map(|read| {
        let oauth = OAuth2 { grant, client, authorize, extra, ..read };
        Scheme::Token(Arc::new(Grantor::OAuth2(oauth)))
    });
    Http::with(scheme, settings)
}

/// What every client has, whoever its authorization server is.
pub(super) fn client_of(settings: &mut Settings<'_>, token: Option<Url>) -> Option<OAuth2> {
    let client_id = settings.required_text("client_id");
    let client_secret = settings.secret("client_secret");
    let refresh_token = settings.secret("refresh_token");
    let scopes = settings.texts("scopes").unwrap_or_default();
    Some(OAuth2 {
        grant: Grant::AuthorizationCode,
        authorize: None,
        token: token?,
        scopes,
        extra: Vec::new(),
        client: ClientAuth::Body,
        client_id: client_id?,
        client_secret,
        refresh_token,
    })
}

fn grant(settings: &mut Settings<'_>, has_page: bool) -> Grant {
    match (settings.text("grant").as_deref(), has_page) {
        (None | Some("authorization_code"), true) => Grant::AuthorizationCode,
        (None | Some("client_credentials"), _) => Grant::ClientCredentials,
        (Some("authorization_code"), false) => {
            settings.reject("grant", "needs `authorize`: where people allow it", None);
            Grant::AuthorizationCode
        }
        (Some(_), _) => {
            settings.reject("grant", "is no way to a token", Some("`authorization_code` or `client_credentials`"));
            Grant::ClientCredentials
        }
    }
}

fn client_auth(settings: &mut Settings<'_>) -> ClientAuth {
    match settings.text("client").as_deref() {
        None | Some("body") => ClientAuth::Body,
        Some("basic") => ClientAuth::Basic,
        Some(_) => {
            settings.reject("client", "is no way to say who it is", Some("`body` or `basic`"));
            ClientAuth::Body
        }
    }
}
