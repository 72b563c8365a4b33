//! Tokens: a text that both sides know, sent along as it is. It proves the sender, and nothing about the content.

use super::constant_time::is_one_of;
use super::{Fault, Incoming, Settings};
use serde_json::Value;

/// A token and where it stands.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    /// Where it stands in the request.
    pub place: TokenPlace,
    /// The setting with the token, or several that are all accepted.
    pub secret: &'static str,
}

/// Where a token stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenPlace {
    /// In the header of this name.
    Header(&'static str),
    /// In the header that the setting `name` names.
    NamedHeader,
    /// In the parameter of the query that the setting `name` names.
    NamedParameter,
    /// In `Authorization`, behind `Bearer` (RFC 6750 §2.1).
    Bearer,
    /// In each item of a list in the body: the list's name and the member's. All items must have it.
    EachItem(&'static str, &'static str),
}

impl Token {
    pub(super) fn verify(&self, settings: &Settings, incoming: &Incoming<'_>) -> Result<(), Fault> {
        let accepted = settings.secrets(self.secret)?;
        let given = self.place.read(settings, incoming)?;
        // No early exit over several items either.
        let fits = given.iter().fold(true, |fits, one| fits & is_one_of(one.as_bytes(), accepted.iter().copied()));
        if fits { Ok(()) } else { Err(Fault::bad_token()) }
    }
}

impl TokenPlace {
    pub(super) fn is_in_body(self) -> bool {
        matches!(self, Self::EachItem(..))
    }

    /// The tokens of a request: at least one.
    fn read(self, settings: &Settings, incoming: &Incoming<'_>) -> Result<Vec<String>, Fault> {
        match self {
            Self::Header(name) => Ok(vec![incoming.header(name)?.to_owned()]),
            Self::NamedHeader => Ok(vec![incoming.header(settings.required("name")?)?.to_owned()]),
            Self::NamedParameter => parameter(settings.required("name")?, incoming).map(|token| vec![token]),
            Self::Bearer => bearer(incoming).map(|token| vec![token.to_owned()]),
            Self::EachItem(list, member) => each_item(incoming.body, list, member),
        }
    }
}

/// The credentials behind `Bearer` in `Authorization`. The scheme's case does not matter (RFC 9110 §11.1).
pub(super) fn bearer<'i>(incoming: &Incoming<'i>) -> Result<&'i str, Fault> {
    let value = incoming.header("Authorization")?;
    match value.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(token.trim()),
        _ => Err(Fault::wrong_scheme("`Authorization` is not of the scheme `Bearer`")),
    }
}

fn parameter(name: &str, incoming: &Incoming<'_>) -> Result<String, Fault> {
    let mut values = incoming.parameters(name);
    match (values.next(), values.next()) {
        (Some(value), None) if !value.is_empty() => Ok(value),
        (Some(_), Some(_)) => Err(Fault::duplicate_parameter(name)),
        _ => Err(Fault::missing_parameter(name)),
    }
}

fn each_item(body: &[u8], list: &str, member: &str) -> Result<Vec<String>, Fault> {
    let parsed: Option<Value> = serde_json::from_slice(body).ok();
    let items = parsed.as_ref().and_then(|body| body.get(list)).and_then(Value::as_array);
    let items = items.filter(|items| !items.is_empty());
    let items = items.ok_or_else(|| Fault::malformed_body(format!("the body has no list `{list}` with items")))?;
    // An item without the member has an empty one, which no secret is.
    Ok(items.iter().map(|item| item[member].as_str().unwrap_or_default().to_owned()).collect())
}
