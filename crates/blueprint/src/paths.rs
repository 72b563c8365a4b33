//! Paths of webhooks that a file chooses. One that can be guessed is not taken over: whoever tries some words could start the
//! scenario. One that cannot is kept where the file is somebody's own, because callers know it.

use crate::draft::{Data, Trigger};
use crate::settle::Translated;
use std::collections::BTreeSet;

/// What becomes of the paths that a file chooses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Paths {
    /// None stays: others know the file.
    Fresh,
    /// Those that nobody guesses stay.
    #[default]
    Unguessable,
    /// All stay, for callers that cannot be told another.
    Kept,
}

/// How long a word is at least that nobody guesses, in characters: 26 of 32 letters have 128 bits.
const UNGUESSABLE: usize = 26;

/// The scenarios of a file with paths as they are wanted.
pub(crate) fn settled(mut scenarios: Vec<Translated>, paths: Paths) -> Vec<Translated> {
    let mut taken = BTreeSet::new();
    for scenario in &mut scenarios {
        for trigger in &mut scenario.draft.triggers {
            if paths != Paths::Kept {
                freshen(trigger, paths);
            }
        }
        let own: BTreeSet<String> = scenario.draft.triggers.iter().filter_map(path_of).collect();
        for trigger in &mut scenario.draft.triggers {
            part(trigger, &taken);
        }
        taken.extend(own);
    }
    scenarios
}

fn path_of(trigger: &Trigger) -> Option<String> {
    let path = trigger.with.get("path").filter(|_| trigger.kind == "webhook")?;
    path.as_literal().map(str::to_owned)
}

/// Leaves a path out that another scenario of the file has: elsewhere, methods tell one from the other.
fn part(trigger: &mut Trigger, taken: &BTreeSet<String>) {
    let Some(path) = path_of(trigger).filter(|path| taken.contains(path)) else { return };
    if let Data::Map(with) = &mut trigger.with {
        with.retain(|(key, _)| key != "path");
    }
    trigger.remarks.push(format!("Its path `{path}` is that of another scenario, which takes other methods."));
}

/// Leaves a path out: then an unguessable one is made. Where parts of it are read, it has to stay.
fn freshen(trigger: &mut Trigger, paths: Paths) {
    let Some(path) = path_of(trigger) else { return };
    let Data::Map(with) = &mut trigger.with else { return };
    let is_unguessable = is_unguessable(&path);
    if is_unguessable && paths == Paths::Unguessable {
        return;
    }
    if path.contains('{') {
        trigger.remarks.push("Whoever guesses this path can start it: let `verify` or `allow` say who may.".to_owned());
        return;
    }
    with.retain(|(key, _)| key != "path");
    // Its own path keeps strangers out: that anybody may call it need not be said.
    with.retain(|(key, value)| key != "verify" || value.as_literal() != Some("none"));
    if !is_unguessable {
        let line = format!("Its path was `{path}`: write `path: {path}` where its callers cannot be told another.");
        trigger.remarks.push(line);
    }
}

/// Whether a part of a path is such that nobody guesses it: a UUID (RFC 9562), or a long word of letters and digits.
fn is_unguessable(path: &str) -> bool {
    path.split('/').any(|part| {
        let is_uuid = part.len() == 36 && part.bytes().filter(|byte| *byte == b'-').count() == 4;
        let is_long = part.len() >= UNGUESSABLE && part.bytes().filter(u8::is_ascii_digit).count() >= 4;
        let is_plain = part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let is_hex = part.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
        is_uuid && is_hex || is_long && is_plain
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scenarios_of_one_file_have_paths_of_their_own() {
        let path = "9f1c2d3e-4a5b-4c6d-8e7f-0a1b2c3d4e5f";
        let scenario = || {
            let mut one = Translated::default();
            one.draft.triggers.push(webhook(path));
            one
        };
        let found = settled(vec![scenario(), scenario()], Paths::Unguessable);
        let paths: Vec<bool> = found.iter().map(|one| path_of(&one.draft.triggers[0]).is_some()).collect();
        assert_eq!(paths, [true, false]);
        assert!(found[1].draft.triggers[0].remarks[0].contains("another scenario"));
    }

    fn webhook(path: &str) -> Trigger {
        let with = Data::map([("path", Data::text(path)), ("verify", Data::text("none"))]);
        Trigger { kind: "webhook".to_owned(), with, remarks: Vec::new() }
    }

    #[test]
    fn a_path_that_can_be_guessed_gives_way() {
        for (path, is_kept) in [
            ("orders", false),
            ("orders/2024-11-23-final-version", false),
            ("this_is_a_rather_long_name_of_a_path", false),
            ("9f1c2d3e-4a5b-4c6d-8e7f-0a1b2c3d4e5f", true),
            ("in/9f1c2d3e4a5b4c6d8e7f0a1b2c3d4e5f", true),
            ("customers/{id}", true),
        ] {
            let mut trigger = webhook(path);
            freshen(&mut trigger, Paths::Unguessable);
            assert_eq!(trigger.with.get("path").is_some(), is_kept, "{path}");
            assert_eq!(trigger.with.get("verify").is_some(), is_kept, "{path}");
            assert_eq!(trigger.remarks.iter().any(|remark| remark.contains(path)), !is_kept, "{path}");
            let mut of_others = webhook(path);
            freshen(&mut of_others, Paths::Fresh);
            assert_eq!(of_others.with.get("path").is_some(), path.contains('{'), "{path}");
        }
    }
}
