//! Merges of texts: what each side changed is in the whole, and what both changed is told.

use super::{Merged, Wins, by_parts, merge};
use crate::changes::changes;
use proptest::prelude::*;

const BASE: &str = "\
# Of the file.
name: Orders
trigger:
  webhook: {}
steps:
  # Looks the order up.
  - id: order
    http.request: { url: https://a.example/orders, method: get }
  - id: row
    set: { number: \"{{ order.body.number }}\", total: 5 }
  - id: mail
    email.send:
      to: a@example.com
      subject: New order
  - respond: { text: thanks }
";

#[track_caller]
fn merged(ours: &str, theirs: &str) -> Merged {
    merge(BASE, ours, theirs, Wins::Ours).unwrap()
}

#[track_caller]
fn check(ours: &str, theirs: &str, expected: &[&str], absent: &[&str]) {
    let merged = merged(ours, theirs);
    assert_eq!(merged.conflicts, [], "{}", merged.text);
    for part in expected {
        assert!(merged.text.contains(part), "`{part}` is missing:\n{}", merged.text);
    }
    for part in absent {
        assert!(!merged.text.contains(part), "`{part}` is there:\n{}", merged.text);
    }
}

#[test]
fn what_each_changed_is_there() {
    let ours =
        BASE.replace("method: get", "method: post").replace("  - id: mail", "  # Somebody waits for it.\n  - id: mail");
    let theirs = BASE.replace("a.example/orders", "b.example/orders").replace("New order", "An order");
    check(
        &ours,
        &theirs,
        &["b.example/orders", "method: post", "subject: An order", "# Somebody waits for it.", "# Looks the order up."],
        &["a.example"],
    );
}

#[test]
fn steps_come_and_go() {
    let ours = BASE.replace("  - respond", "  - id: own\n    set: { a: 1 }\n  - respond");
    let theirs = BASE
        .replace("  - id: row\n    set: { number: \"{{ order.body.number }}\", total: 5 }\n", "")
        .replace("  - id: mail", "  - id: new\n    wait: 5s\n  - id: mail");
    check(&ours, &theirs, &["id: own", "id: new"], &["id: row"]);
    let text = merged(&ours, &theirs).text;
    let place = |what: &str| text.find(what).unwrap();
    assert!(place("id: order") < place("id: new") && place("id: new") < place("id: mail"), "{text}");
    assert!(place("id: mail") < place("id: own") && place("id: own") < place("respond"), "{text}");
}

#[test]
fn a_step_that_was_put_into_a_branch_takes_its_edits_along() {
    let ours = BASE.replace("subject: New order", "subject: Mine");
    let theirs = BASE.replace(
        "  - id: mail\n    email.send:\n      to: a@example.com\n      subject: New order\n",
        "  - route:\n      - when: row.total > 3\n        steps:\n          - id: mail\n            email.send:\n              \
         to: b@example.com\n              subject: New order\n",
    );
    check(
        &ours,
        &theirs,
        &["to: b@example.com", "subject: Mine", "when: row.total > 3"],
        &["a@example.com", "New order"],
    );
    assert_eq!(merged(&ours, &theirs).text.matches("id: mail").count(), 1);
}

#[test]
fn a_step_that_somebody_moved_stays_there_and_changes() {
    let mail = "  - id: mail\n    email.send:\n      to: a@example.com\n      subject: New order\n";
    let branch = "  - route:\n      - when: row.total > 3\n        steps:\n          - id: mail\n            email.send:\n              \
                  to: a@example.com\n              subject: New order\n";
    let theirs = BASE.replace("a@example.com", "c@example.com");
    check(&BASE.replace(mail, branch), &theirs, &["when: row.total > 3", "to: c@example.com"], &["a@example.com"]);
}

#[test]
fn what_both_changed_is_kept_and_told() {
    let ours = BASE.replace("New order", "Mine");
    let theirs = BASE.replace("New order", "Theirs").replace("total: 5", "total: 6");
    let Merged { text, conflicts } = merged(&ours, &theirs);
    assert_eq!(conflicts.len(), 1, "{conflicts:?}");
    assert_eq!(conflicts[0].path, "steps/mail/email.send/subject");
    assert!(text.contains("subject: Mine") && text.contains("total: 6"), "{text}");
    assert!(text.contains("# Imported anew: both changed this") && text.contains("#   subject: Theirs"), "{text}");
}

#[test]
fn a_step_that_does_something_else_now_is_one_step() {
    let theirs = BASE.replace(
        "    email.send:\n      to: a@example.com\n      subject: New order\n",
        "    slack.send: { text: x }\n",
    );
    check(BASE, &theirs, &["slack.send"], &["email.send"]);
    let quiet = BASE.replace("  - id: mail\n", "  - id: mail\n    note: mine\n");
    check(&quiet, &theirs, &["slack.send", "note: mine"], &["email.send"]);
    let edited = BASE.replace("New order", "Mine");
    let Merged { text, conflicts } = merged(&edited, &theirs);
    assert_eq!(conflicts.len(), 1);
    assert!(text.contains("subject: Mine") && !text.contains("\n    slack.send"), "{text}");
}

#[test]
fn what_was_taken_out_stays_out_unless_it_changed() {
    let without = BASE.replace("  - id: row\n    set: { number: \"{{ order.body.number }}\", total: 5 }\n", "");
    check(&without, &BASE.replace("New order", "x"), &["subject: x"], &["id: row"]);
    let Merged { text, conflicts } = merged(&without, &BASE.replace("total: 5", "total: 7"));
    assert_eq!(conflicts.len(), 1);
    assert!(text.contains("#   row:") || text.contains("total: 7"), "{text}");
    assert!(!text.contains("\n  - id: row"), "{text}");
}

#[test]
fn comments_of_a_step_that_goes_stay() {
    let ours = BASE.replace("  - id: row\n", "  # Ask Ada before this changes.\n  - id: row\n");
    let theirs = BASE.replace("  - id: row\n    set: { number: \"{{ order.body.number }}\", total: 5 }\n", "");
    check(&ours, &theirs, &["# Ask Ada before this changes."], &["id: row"]);
}

#[test]
fn what_says_the_same_in_other_words_gives_way() {
    let ours = BASE.replace("New order", "Mine");
    let theirs = BASE.replace("New order", "Theirs");
    let Merged { text, conflicts } = merge(BASE, &ours, &theirs, Wins::Theirs).unwrap();
    assert_eq!(conflicts, []);
    assert!(text.contains("subject: Theirs") && !text.contains("Mine"), "{text}");
    let text = merge(BASE, &ours, &BASE.replace("total: 5", "total: 6"), Wins::Theirs).unwrap().text;
    assert!(text.contains("subject: Mine") && text.contains("total: 6"), "what did not change stays: {text}");
}

#[test]
fn texts_that_are_none_are_refused() {
    let told = |base: &str, ours: &str, theirs: &str| merge(base, ours, theirs, Wins::Ours).unwrap_err().to_string();
    assert!(told(BASE, "a: [", BASE).starts_with("the edited text cannot be read"));
    assert!(told("{ steps: [] }", BASE, "steps: []").contains("the old text is not written line by line"));
}

/// A scenario of a few steps, whose parts are as the numbers say.
fn scenario(parts: &[(u8, u8, bool)]) -> String {
    let mut text = "name: a\ntrigger: { manual: {} }\nsteps:\n".to_owned();
    for (id, value, commented) in parts {
        if *commented {
            text += &format!("  # about {id}\n");
        }
        let step = match value % 4 {
            0 => format!("  - id: s{id}\n    set: {{ a: {value}, b: [1, 2] }}\n"),
            1 => format!(
                "  - id: s{id}\n    when: {value} > 3\n    http.request:\n      url: https://example.com/{value}\n"
            ),
            2 => format!("  - name: n{id}\n    wait: {value}s\n"),
            _ => format!(
                "  - route:\n      - name: r{id}\n        steps:\n          - id: t{id}\n            wait: {value}s\n"
            ),
        };
        text += &step;
    }
    if parts.is_empty() { text.replace("steps:\n", "steps: []\n") } else { text }
}

prop_compose! {
    fn parts()(ids in proptest::sample::subsequence((0..9_u8).collect::<Vec<_>>(), 0..7))
        (values in proptest::collection::vec((any::<u8>(), any::<bool>()), ids.len()), ids in Just(ids)) -> Vec<(u8, u8, bool)> {
        ids.into_iter().zip(values).map(|(id, (value, commented))| (id, value % 16, commented)).collect()
    }
}

/// The words of all comments.
fn comments(text: &str) -> Vec<&str> {
    text.lines().filter(|line| line.trim_start().starts_with('#')).map(str::trim).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn nobody_edited_then_theirs_is_it(base in parts(), theirs in parts()) {
        let (base, theirs) = (scenario(&base), scenario(&theirs));
        let merged = by_parts(&base, &base, &theirs, Wins::Ours).unwrap();
        prop_assert_eq!(&merged.conflicts, &[]);
        let found = changes(&theirs, &merged.text).unwrap();
        prop_assert!(found.is_empty(), "{found:#?}\n{}\n{}", theirs, merged.text);
    }

    #[test]
    fn nothing_new_then_ours_is_it(base in parts(), ours in parts()) {
        let (base, ours) = (scenario(&base), scenario(&ours));
        let merged = by_parts(&base, &ours, &base, Wins::Ours).unwrap();
        prop_assert_eq!(&merged.conflicts, &[]);
        let found = changes(&ours, &merged.text).unwrap();
        prop_assert!(found.is_empty(), "{found:#?}\n{}\n{}", ours, merged.text);
        prop_assert_eq!(comments(&ours), comments(&merged.text));
    }

    #[test]
    fn no_edit_is_lost(base in parts(), ours in parts(), theirs in parts()) {
        let (base, ours, theirs) = (scenario(&base), scenario(&ours), scenario(&theirs));
        let merged = by_parts(&base, &ours, &theirs, Wins::Ours).unwrap();
        // Each line that somebody wrote is there: what steps say, and what was said about them.
        let written = ours.lines().map(str::trim).filter(|line| !base.contains(line));
        for line in written.filter(|line| line.starts_with('#') || line.contains("wait:") || line.contains("url:")) {
            prop_assert!(merged.text.contains(line), "`{line}` is lost\n{base}\n{ours}\n{theirs}\n{}", merged.text);
        }
    }
}
