//! Any bytes as a journal: what is read is written and read again as the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use run::entry;

fuzz_target!(|bytes: &[u8]| {
    let Ok(entries) = entry::decode(bytes) else { return };
    let written = entry::encode(&entries);
    let again = entry::decode(&written).expect("what was written is read again");
    assert_eq!(entry::encode(&again), written);
});
