//! Any bytes as a file of Make, n8n, Zapier or Node-RED: refused, or scenarios in which nothing is wrong but what is left
//! to do, and which formatting does not change.

#![no_main]

use blueprint::Counterparts;
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static KNOWN: LazyLock<Counterparts> = LazyLock::new(Counterparts::default);

fuzz_target!(|bytes: &[u8]| {
    let Ok(all) = blueprint::import("fuzz.json", bytes, &KNOWN) else { return };
    for one in &all {
        let (_, found) = scenario::check(&one.yaml, &KNOWN.catalog);
        let wrong: Vec<_> = found.iter().filter(|found| found.is_error() && !found.is_todo()).collect();
        assert!(wrong.is_empty(), "{wrong:?}\n{}", one.yaml);
        assert_eq!(scenario::format::format(&one.yaml).as_deref().ok(), Some(one.yaml.as_str()));
    }
});
