//! Opens what is on disk: archives first, then the log from where they end. What a crash left half done is done again
//! or removed.

pub(super) mod archives;
pub(super) mod log;
