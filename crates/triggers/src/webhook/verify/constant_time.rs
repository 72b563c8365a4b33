//! The one place where secrets are compared: the time it takes tells nothing about where, or in length, they differ.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};

/// Whether what came is one of these. All are looked at, whichever fits.
pub(super) fn is_one_of<'a>(given: &[u8], accepted: impl IntoIterator<Item = &'a [u8]>) -> bool {
    let given = digest(&SHA256, given);
    accepted.into_iter().fold(false, |found, one| found | same(given.as_ref(), digest(&SHA256, one).as_ref()))
}

/// Whether two digests are the same.
pub(super) fn same(left: &[u8], right: &[u8]) -> bool {
    verify_slices_are_equal(left, right).is_ok()
}

#[cfg(test)]
mod tests {
    use super::is_one_of;

    /// Each is digested before it is compared, so that neither a length nor a place where two differ can be timed; and all
    /// are looked at, whichever fits.
    #[test]
    fn w2_lengths_do_not_matter_and_every_secret_is_looked_at() {
        let mut looked_at = 0;
        let accepted: [&[u8]; 4] = [b"first", b"", b"a much longer secret than the others", b"last"];
        let counted = accepted.into_iter().inspect(|_| looked_at += 1);
        assert!(is_one_of(b"first", counted));
        assert_eq!(looked_at, 4);
        for (given, fits) in [("last", true), ("las", false), ("last ", false), ("LAST", false), ("firstlast", false)] {
            assert_eq!(is_one_of(given.as_bytes(), accepted), fits, "{given}");
        }
        assert!(!is_one_of(b"x", []));
    }
}
