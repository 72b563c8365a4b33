//! Requests of another sender than the preset is for.

use super::Finding;
use super::trial::Trial;
use crate::webhook::providers::{self, Provider};
use crate::webhook::verify::{KeyForm, Settings};

/// Whose headers a request has that lacks those of the preset.
pub(super) fn explain(trial: &Trial<'_>) -> Vec<Finding> {
    if let Some(finding) = fitting(trial) {
        return vec![finding];
    }
    let others = others(trial).filter(|other| other.telltales.iter().any(|header| trial.incoming.has(header)));
    let likely: Vec<Finding> = others
        .map(|other| {
            let message = format!("the request has headers of {}", other.title);
            Finding::new("other_sender", message, format!("use the preset `{}`", other.name))
        })
        .collect();
    likely
}

/// The preset by which the request would pass, with the same secret.
pub(super) fn fitting(trial: &Trial<'_>) -> Option<Finding> {
    if !trial.is_searchable() {
        return None;
    }
    let own = trial.way().map_or("secret", |way| way.secret);
    let secrets: Vec<_> = trial.settings.all(own).map(<[u8]>::to_vec).collect();
    let fits = |other: &&Provider| {
        let Some(main) = other.settings.first().filter(|_| !secrets.is_empty()) else { return false };
        let settings = Settings::default().replaced(main.name, secrets.clone()).timeless();
        // What was read as a public key is no secret of another sender, and the other way round.
        let shared = other.scheme.signed(&settings, &trial.incoming).is_none_or(|way| way.key != KeyForm::Pem);
        shared && other.verify(&settings, &trial.incoming, None).is_ok()
    };
    let other = others(trial).find(fits)?;
    let message = format!("the request is signed as {} signs, with this secret", other.title);
    Some(Finding::new("other_sender", message, format!("use the preset `{}`", other.name)))
}

fn others(trial: &Trial<'_>) -> impl Iterator<Item = &'static Provider> {
    let own = trial.provider.name;
    providers::all().filter(move |other| other.name != own && other.proves())
}
