//! How people allow a connection to act for them: where they are sent, and what is done with what they come back with.

use super::oauth2::{Code, Grant, unfit};
use super::tokens::{Asked, Fate, Tokens};
use super::{Grantor, unguessable};
use crate::catalog::Options;
use crate::client::Client;
use crate::connections::{Connections, Secret};
use crate::guard::Guard;
use run::error::StepError;
use run::files::Files;
use run::id::Millis;
use std::sync::Arc;
use url::Url;

/// Where someone is to allow a connection, and what proves later that it was asked from here.
#[derive(Clone, Debug)]
pub struct Consent {
    /// Where to send the person.
    pub url: Url,
    /// What the answer is redeemed with. It never leaves the server before.
    pub verifier: Secret,
}

/// Asks someone to allow the connection of this name; the answer comes to `redirect`, with this `state`.
pub fn consent(connections: &Connections, name: &str, redirect: &Url, state: &str) -> Result<Consent, StepError> {
    let Some(Grantor::OAuth2(oauth)) = connections.grantor(name)?.map(|grantor| &**grantor) else {
        return Err(unfit());
    };
    let verifier = unguessable();
    let url = oauth.authorization(redirect, state, &verifier).ok_or_else(unfit)?;
    Ok(Consent { url, verifier })
}

/// Gets and keeps the tokens for what someone allowed.
pub async fn redeem(
    connections: &Connections,
    name: &str,
    code: Code,
    files: &Files,
    options: Options,
    now: Millis,
) -> Result<(), StepError> {
    let grantor = connections.grantor(name)?.ok_or_else(unfit)?;
    let guard = Guard::new(options.allow_private).listening(options.listeners);
    let client = Arc::new(Client::new(guard, files.clone()));
    let asked = Asked { client: &client, connection: name, grantor, scopes: &[], now };
    options.tokens.redeem(asked, code).await
}

/// How the tokens of a connection fare.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Whether somebody has allowed it; none where nobody has to.
    pub consent: Option<bool>,
    /// When it ends, and whether it was refused.
    pub fate: Fate,
}

/// How the tokens of the connection of this name fare. Blocks for the disk.
pub fn standing(connections: &Connections, name: &str, tokens: &Tokens) -> Standing {
    let Ok(Some(grantor)) = connections.grantor(name) else {
        let fate = Fate { ends: connections.certificate_ends(name), ..Fate::default() };
        return Standing { consent: None, fate };
    };
    let needs = matches!(&**grantor, Grantor::OAuth2(oauth) if oauth.grant == Grant::AuthorizationCode);
    let consent = needs.then(|| tokens.is_authorized(name, grantor));
    Standing { consent, fate: tokens.fate(name, grantor) }
}
