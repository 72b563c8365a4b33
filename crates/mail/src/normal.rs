//! One form of texts that people take for the same: full-width letters, composed accents, upper and lower case.

use icu_normalizer::ComposingNormalizerBorrowed;

/// The text in compatibility form (Unicode NFKC).
pub(crate) fn composed(text: &str) -> String {
    ComposingNormalizerBorrowed::new_nfkc().normalize(text).into_owned()
}

/// The same in lower case, in one line: header fields are folded anywhere, and runs of blanks say nothing.
pub(crate) fn plain(text: &str) -> String {
    let text = composed(text).to_lowercase();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
