//! The schemes by which requests prove their sender. A preset names one and fills in its words.

use super::{Fault, Incoming, JwtRules, KeyRequest, Keys, Settings, Signed, Token, TokenPlace};
use super::{certificate, configured, form_and_url, in_body, login};

/// How a request proves its sender.
#[derive(Clone, Copy, Debug)]
pub enum Scheme {
    /// Not at all.
    Unverifiable,
    /// With a signature in a header.
    Signed(Signed<'static>),
    /// With a signature whose parts the settings name.
    Configured,
    /// With a token.
    Token(Token),
    /// With a user and a password.
    Login,
    /// With a JSON Web Token.
    Jwt(JwtRules),
    /// With a signature over the URL and the form (Twilio).
    FormAndUrl,
    /// With a signature inside the body (Mailgun).
    InBody,
    /// With a signature by the key of a certificate (PayPal).
    Certificate,
    /// By the setting that is there; where several are, all of them.
    BySetting(&'static [(&'static str, Scheme)]),
    /// By the value of the setting `version`; the first one where it is not set.
    ByVersion(&'static [(&'static str, Scheme)]),
    /// By the header that is there; the first one where none is.
    ByHeader(&'static [(&'static str, Scheme)]),
}

impl Scheme {
    /// Whether it proves anything.
    pub fn proves(&self) -> bool {
        !matches!(self, Self::Unverifiable)
    }

    /// Whether it takes the body to check it; else the head of a request proves its sender.
    pub(crate) fn reads_body(&self) -> bool {
        match self {
            Self::Unverifiable | Self::Login | Self::Jwt(_) => false,
            Self::Token(token) => token.place.is_in_body(),
            Self::BySetting(schemes) | Self::ByVersion(schemes) | Self::ByHeader(schemes) => {
                schemes.iter().any(|(_, scheme)| scheme.reads_body())
            }
            Self::Signed(_) | Self::Configured | Self::FormAndUrl | Self::InBody | Self::Certificate => true,
        }
    }

    /// The keys that must be fetched before it can be checked.
    pub(crate) fn keys_wanted(&self, settings: &Settings, incoming: &Incoming<'_>) -> Option<KeyRequest> {
        match self {
            Self::Jwt(rules) => rules.keys_wanted(settings, incoming),
            Self::Certificate => certificate::keys_wanted(settings, incoming),
            _ => None,
        }
    }

    /// Whether the request passes.
    pub(crate) fn verify(
        &self,
        settings: &Settings,
        incoming: &Incoming<'_>,
        keys: Option<&Keys>,
    ) -> Result<(), Fault> {
        match self {
            Self::Unverifiable => Err(Fault::unverifiable("this provider")),
            Self::Signed(signed) => signed.verify(settings, incoming),
            Self::Configured => configured::verify(settings, incoming),
            Self::Token(token) => token.verify(settings, incoming),
            Self::Login => login::verify(settings, incoming),
            Self::Jwt(rules) => rules.verify(settings, incoming, keys),
            Self::FormAndUrl => form_and_url::verify(settings, incoming),
            Self::InBody => in_body::verify(settings, incoming),
            Self::Certificate => certificate::verify(settings, incoming, keys),
            Self::BySetting(schemes) => {
                let given = by_setting(schemes, settings)?;
                given.into_iter().try_for_each(|scheme| scheme.verify(settings, incoming, keys))
            }
            Self::ByVersion(schemes) => by_version(schemes, settings)?.verify(settings, incoming, keys),
            Self::ByHeader(schemes) => match by_header(schemes, incoming) {
                Some(scheme) => scheme.verify(settings, incoming, keys),
                None => Err(Fault::unverifiable("this provider")),
            },
        }
    }

    /// The headers, lower-case, that hold a secret, or a signature that could be played again; besides `Authorization`.
    /// `setting` gives the header that the author named.
    pub(crate) fn secret_headers<'s>(&self, setting: &impl Fn(&str) -> Option<&'s str>) -> Vec<String> {
        let lower = |name: &str| name.to_ascii_lowercase();
        match self {
            Self::Signed(signed) => vec![lower(signed.header)],
            Self::Token(Token { place: TokenPlace::Header(name), .. }) => vec![lower(name)],
            Self::Token(Token { place: TokenPlace::NamedHeader, .. }) => {
                setting("name").map(lower).into_iter().collect()
            }
            Self::Configured | Self::Jwt(_) => setting("header").map(lower).into_iter().collect(),
            Self::FormAndUrl => vec![lower(form_and_url::HEADER)],
            Self::Certificate => vec![lower(certificate::SIGNATURE)],
            Self::BySetting(schemes) | Self::ByVersion(schemes) | Self::ByHeader(schemes) => {
                schemes.iter().flat_map(|(_, scheme)| scheme.secret_headers(setting)).collect()
            }
            Self::Unverifiable | Self::Token(_) | Self::Login | Self::InBody => Vec::new(),
        }
    }

    /// The settings that name where a secret stands: they must be known before any request comes.
    pub(crate) fn naming_settings(&self) -> &'static [&'static str] {
        match self {
            Self::Token(Token { place: TokenPlace::NamedHeader | TokenPlace::NamedParameter, .. }) => &["name"],
            Self::Configured | Self::Jwt(_) => &["header"],
            Self::BySetting(schemes) | Self::ByVersion(schemes) | Self::ByHeader(schemes) => schemes
                .iter()
                .map(|(_, scheme)| scheme.naming_settings())
                .find(|names| !names.is_empty())
                .unwrap_or(&[]),
            _ => &[],
        }
    }

    /// What in the settings refuses every request, whatever their secrets are: told before the first one comes.
    pub(crate) fn check(&self, settings: &Settings) -> Result<(), Fault> {
        match self {
            Self::Configured => configured::check(settings),
            Self::BySetting(schemes) => {
                let given = by_setting(schemes, settings).unwrap_or_default();
                given.into_iter().try_for_each(|scheme| scheme.check(settings))
            }
            _ => Ok(()),
        }
    }

    /// The one signature check that these settings lead to, if it is one in a header.
    pub(super) fn signed<'s>(&self, settings: &'s Settings, incoming: &Incoming<'_>) -> Option<Signed<'s>> {
        match self {
            Self::Signed(signed) => Some(*signed),
            Self::Configured => configured::signed(settings).ok(),
            Self::BySetting(schemes) => by_setting(schemes, settings).ok()?.first()?.signed(settings, incoming),
            Self::ByVersion(schemes) => by_version(schemes, settings).ok()?.signed(settings, incoming),
            Self::ByHeader(schemes) => by_header(schemes, incoming)?.signed(settings, incoming),
            _ => None,
        }
    }
}

fn by_setting<'a>(schemes: &'a [(&str, Scheme)], settings: &Settings) -> Result<Vec<&'a Scheme>, Fault> {
    let given: Vec<_> = schemes.iter().filter(|(name, _)| settings.has(name)).map(|(_, scheme)| scheme).collect();
    if given.is_empty() {
        return Err(Fault::no_secret(schemes.first().map_or("secret", |(name, _)| name)));
    }
    Ok(given)
}

fn by_version<'a>(schemes: &'a [(&str, Scheme)], settings: &Settings) -> Result<&'a Scheme, Fault> {
    let wanted = settings.text("version");
    let found = schemes.iter().find(|(name, _)| wanted.is_none_or(|wanted| wanted == *name));
    found.map(|(_, scheme)| scheme).ok_or_else(|| Fault::bad_setting("version", "is not one that is known"))
}

fn by_header<'a>(schemes: &'a [(&str, Scheme)], incoming: &Incoming<'_>) -> Option<&'a Scheme> {
    let there = schemes.iter().find(|(name, _)| incoming.has(name)).or(schemes.first());
    there.map(|(_, scheme)| scheme)
}
