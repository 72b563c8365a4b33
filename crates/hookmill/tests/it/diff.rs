//! `hookmill diff`.

use crate::binary::{folder, hookmill};

const BEFORE: &str = "\
trigger: { webhook: { path: a } }
steps:
  - id: mail
    email.send: { to: [a@example.com], subject: A }
";
const AFTER: &str = "\
trigger: { webhook: { path: b } }
# told to more people
steps:
  - email.send: { subject: B, to: [a@example.com, ops@example.com] }
    id: mail
";

#[test]
fn changes_are_sentences_below_what_they_are_about() {
    let folder = folder(&[("a.yaml", BEFORE), ("b.yaml", AFTER)]);
    let said = hookmill(folder.path(), &["diff", "a.yaml", "b.yaml"]);
    let expected = "\
What starts it
  the webhook /hook/a moved to /hook/b
Steps
  `subject` of *mail*: \"A\" → \"B\"
  *mail* now also goes to ops@example.com
";
    assert_eq!((said.code, said.out.as_str(), said.err.as_str()), (1, expected, "3 changes\n"));
}

#[test]
fn the_form_is_no_change() {
    let other = "# new\nsteps:\n  - email.send:\n      to: [a@example.com]\n      subject: \"A\"\n    id: mail\n";
    let other = format!("{other}trigger: {{ webhook: {{ path: a }} }}\n");
    let folder = folder(&[("a.yaml", BEFORE), ("b.yaml", &other)]);
    let said = hookmill(folder.path(), &["diff", "a.yaml", "b.yaml"]);
    assert_eq!((said.code, said.out.as_str()), (0, ""), "{said:?}");
    assert!(said.err.starts_with("the same, but for its form"), "{}", said.err);
    assert_eq!(hookmill(folder.path(), &["diff", "a.yaml", "a.yaml"]).err, "the same\n");
}

#[test]
fn changes_as_json() {
    let folder = folder(&[("a.yaml", BEFORE), ("b.yaml", AFTER)]);
    let said = hookmill(folder.path(), &["diff", "--format", "json", "a.yaml", "b.yaml"]);
    let report = said.json();
    assert_eq!((said.code, report.as_array().unwrap().len()), (1, 3));
    assert_eq!((&report[2]["step"], &report[2]["after"]["line"]), (&"mail".into(), &4.into()), "{report}");
}

#[test]
fn what_cannot_be_read_is_told() {
    let folder = folder(&[("a.yaml", BEFORE), ("b.yaml", "steps: [")]);
    let said = hookmill(folder.path(), &["diff", "a.yaml", "b.yaml"]);
    assert!(said.code == 2 && said.err.contains("b.yaml:1:8: error[E0101]"), "{said:?}");
    let said = hookmill(folder.path(), &["diff", "a.yaml", "gone.yaml"]);
    assert!(said.code == 2 && said.err.contains("gone.yaml"), "{said:?}");
}
