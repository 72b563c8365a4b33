//! Signatures that are right in another algorithm, notation, prefix or text.

use super::Finding;
use super::trial::Trial;
use crate::webhook::verify::{Algorithm, Notation, SignatureList, Signed};

const HMACS: [Algorithm; 3] = [Algorithm::HmacSha1, Algorithm::HmacSha256, Algorithm::HmacSha512];

const PREFIXES: [&str; 7] = ["", "sha256=", "sha1=", "sha512=", "v0=", "v1=", "hmac-sha256="];

const TEXTS: [&str; 5] =
    ["{body}", "{timestamp}.{body}", "{timestamp}{body}", "{timestamp}:{body}", "v0:{timestamp}:{body}"];

/// Whether the signature fits when it is made or written in another way.
pub(super) fn explain(trial: &Trial<'_>) -> Option<Finding> {
    let way = trial.way().filter(|way| HMACS.contains(&way.algorithm))?;
    let lists = PREFIXES.into_iter().map(SignatureList::One).filter(|_| matches!(way.list, SignatureList::One(_)));
    let lists: Vec<_> = [way.list].into_iter().chain(lists).collect();
    let texts = [way.text].into_iter().chain(TEXTS);
    for text in texts {
        for algorithm in HMACS {
            for notation in Notation::ALL {
                for list in &lists {
                    let other = Signed { text, algorithm, notation, list: *list, ..way };
                    if trial.fits_way(&other) {
                        return Some(finding(&way, &other));
                    }
                }
            }
        }
    }
    None
}

fn finding(way: &Signed<'_>, other: &Signed<'_>) -> Finding {
    let (code, what, setting) = if way.text != other.text {
        ("other_text", format!("over `{}`, not over `{}`", other.text, way.text), "signed")
    } else if way.algorithm != other.algorithm {
        let (found, wanted) = (other.algorithm.title(), way.algorithm.title());
        ("other_algorithm", format!("made with {found}, not with {wanted}"), "algorithm")
    } else if way.notation != other.notation {
        let (found, wanted) = (other.notation.name(), way.notation.name());
        ("other_encoding", format!("written in {found}, not in {wanted}"), "encoding")
    } else {
        let SignatureList::One(prefix) = other.list else { return same(way) };
        ("other_prefix", format!("written behind `{prefix}`"), "prefix")
    };
    let hint = format!("have the sender sign as its preset says, or check it by `hmac`, which has `{setting}`");
    Finding::new(code, format!("the signature fits: it is {what}"), hint)
}

/// The very same way fits: only the time, or what is beside the signature, was wrong.
fn same(way: &Signed<'_>) -> Finding {
    let message = format!("the signature in `{}` fits, and something beside it does not", way.header);
    Finding::new("signature_fits", message, "look at the time and at the other headers")
}
