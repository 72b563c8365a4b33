//! Tokens, logins and headers that a request lacks, has in another form, or had before they were masked.

use super::Finding;
use super::senders;
use super::trial::Trial;
use crate::webhook::verify::{Fault, Incoming, Notation, Scheme};
use scenario::secret::MASK;

/// That the request is a copy without what proved its sender, where it is.
pub(super) fn masked(trial: &Trial<'_>) -> Option<Finding> {
    let is_masked = |value: &[u8]| std::str::from_utf8(value).is_ok_and(|value| value.contains(MASK));
    let in_headers = trial.incoming.headers.iter().any(|(_, value)| is_masked(value));
    let in_query = || trial.incoming.has_in_query(MASK);
    (in_headers || in_query()).then(|| {
        let message = format!(
            "what proves the sender was masked (`{MASK}`) when the request was kept, so nothing can be verified"
        );
        let hint = "read the `diagnosis` that was kept with it, or take a request where it is sent";
        Finding::new("masked", message, hint)
    })
}

/// What is missing, and who else might have sent it.
pub(super) fn absent(trial: &Trial<'_>, fault: &Fault) -> Vec<Finding> {
    let header = trial.way().map(|way| way.header);
    if header.is_some_and(|header| trial.incoming.first(header).is_some()) {
        return vec![senders::fitting(trial).unwrap_or_else(|| incomplete(fault))];
    }
    let others = senders::explain(trial);
    let signs =
        header.is_some() || matches!(trial.provider.scheme, Scheme::FormAndUrl | Scheme::InBody | Scheme::Certificate);
    if !others.is_empty() || signs {
        return others;
    }
    let hint = match scheme(trial) {
        Some("Basic") => "have the sender log in, with `Authorization: Basic …`; or someone else is calling",
        Some(_) => "have the sender send `Authorization: Bearer …`; or someone else is calling",
        None => "have the sender send it, with the value that is set; or someone else is calling",
    };
    vec![Finding::new("no_credentials", fault.detail.clone(), hint)]
}

/// What is wrong before the token or login in `Authorization`; none where it is not there that it should be.
pub(super) fn misspelt(trial: &Trial<'_>, fault: &Fault) -> Option<Finding> {
    let scheme = scheme(trial)?;
    let value = trial.incoming.first("authorization")?;
    let hint = format!("have the sender write `Authorization: {scheme} …`");
    let behind = value.split_once(' ').map_or(value, |(_, behind)| behind.trim());
    let encoded = Notation::Base64.write(value.as_bytes());
    let fits = |credential: &str| trial.fits_authorization(&format!("{scheme} {credential}"));
    Some(if fits(value) {
        Finding::new("scheme_missing", format!("`{scheme} ` is missing before what is right"), hint)
    } else if fits(behind) {
        Finding::new("other_scheme", format!("another word than `{scheme}` stands before what is right"), hint)
    } else if fits(&encoded) {
        Finding::new("other_encoding", format!("the login is right, and not in base64 behind `{scheme} `"), hint)
    } else {
        Finding::new("other_scheme", fault.detail.clone(), hint)
    })
}

fn incomplete(fault: &Fault) -> Finding {
    let hint =
        "the signature is there: have the sender send this header, too, or take it out of the settings if it has none";
    Finding::new("incomplete", fault.detail.clone(), hint)
}

/// The word that `Authorization` begins with, where that is how the sender proves itself.
fn scheme(trial: &Trial<'_>) -> Option<&'static str> {
    trial.provider.challenge()?.split(' ').next()
}

impl Incoming<'_> {
    /// Whether some value of the query holds this text.
    fn has_in_query(&self, text: &str) -> bool {
        crate::webhook::encoding::pairs(self.query.as_bytes(), encoding_rs::UTF_8)
            .any(|(_, value)| value.contains(text))
    }
}
