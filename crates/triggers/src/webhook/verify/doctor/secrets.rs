//! Secrets that are right but for how they were copied.

use super::Finding;
use super::trial::Trial;
use crate::webhook::verify::notation::{self, Notation};
use crate::webhook::verify::{Fault, KeyForm, Settings, Signed};

/// Another reading of a secret.
type Reading = fn(&[u8]) -> Option<Vec<u8>>;

/// Readings by their codes, with what to say and to do.
const READINGS: [(&str, Reading, &str, &str); 5] = [
    (
        "secret_has_blanks",
        |secret| Some(secret.trim_ascii().to_vec()),
        "the secret is right but for blanks or a line end around it",
        "store it without them: `printf %s SECRET`, not `echo SECRET`",
    ),
    (
        "secret_is_quoted",
        |secret| Some(secret.trim_ascii().strip_prefix(b"\"")?.strip_suffix(b"\"")?.to_vec()),
        "the secret is right but for the quotes around it",
        "store it without quotes",
    ),
    (
        "secret_has_prefix",
        |secret| Some(secret.trim_ascii().strip_prefix(b"whsec_")?.to_vec()),
        "the secret is right without `whsec_`",
        "store it without the prefix",
    ),
    (
        "secret_is_base64",
        |secret| {
            let text = std::str::from_utf8(secret).ok()?.trim();
            notation::read_key(text.strip_prefix("whsec_").unwrap_or(text))
        },
        "the key is what the secret stands for in base64, not its text",
        "use a preset that decodes it, as `standard` does, or store the decoded text",
    ),
    (
        "secret_is_hex",
        |secret| Notation::Hex.read(std::str::from_utf8(secret).ok()?.trim()),
        "the key is what the secret stands for in hexadecimal, not its text",
        "have the sender use the text, or store the decoded one",
    ),
];

/// Whether another reading of one of the secrets makes it fit.
pub(super) fn explain(trial: &Trial<'_>) -> Option<Finding> {
    let names: Vec<_> = trial.provider.settings.iter().map(|setting| setting.name).collect();
    let given = names.iter().filter(|name| trial.settings.has(name));
    for name in given {
        for (code, read, message, hint) in READINGS {
            let read: Vec<_> = trial.settings.all(name).filter_map(read).collect();
            if !read.is_empty() && trial.fits_with(&trial.settings.replaced(name, read)) {
                return Some(Finding::new(code, message, hint));
            }
        }
    }
    as_text(trial).or_else(|| of_other_setting(trial, &names))
}

/// What to do about secrets that cannot be used.
pub(super) fn unusable(fault: &Fault) -> Vec<Finding> {
    let (code, hint) = match fault.code {
        "no_secret" => ("empty_secret", "set it: an empty variable or file lets nobody in, rather than everybody"),
        _ => ("unreadable_secret", "copy it again from the sender's page, as a whole"),
    };
    vec![Finding::new(code, fault.detail.clone(), hint)]
}

/// A secret in base64 whose text is the key, as Stripe has it.
fn as_text(trial: &Trial<'_>) -> Option<Finding> {
    let way = trial.way().filter(|way| way.key == KeyForm::Whsec)?;
    let hint = "the sender does not decode its secret: use its own preset, or `hmac`";
    let as_text = Signed { key: KeyForm::Text, ..way };
    trial
        .fits_way(&as_text)
        .then(|| Finding::new("secret_is_text", "the key is the text of the secret, not decoded", hint))
}

fn of_other_setting(trial: &Trial<'_>, names: &[&str]) -> Option<Finding> {
    let way = trial.way()?;
    let others = names.iter().filter(|name| **name != way.secret && trial.settings.has(name));
    let fits = |name: &&&str| {
        let values: Vec<_> = trial.settings.all(name).map(<[u8]>::to_vec).collect();
        let swapped: Settings = trial.settings.replaced(way.secret, values);
        trial.fits_with(&swapped)
    };
    let name = others.into_iter().find(fits)?;
    let message = format!("the key is what is set as `{name}`");
    Some(Finding::new("secrets_swapped", message, format!("set it as `{}`", way.secret)))
}
