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
