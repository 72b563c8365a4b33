//! The scenarios in `scenarios/`: sound, tested, and runnable on a machine that has nothing.

use crate::binary::{hookmill, root};

/// What a run of each gets, and what it answers; nothing where it has no answer.
const SHIPPED: [(&str, &[&str], &str); 20] = [
    ("approve-refund", &["-i", r#"{"order":"A1","amount":20}"#], r#""order":"A1""#),
    ("bank-statement", &["-i", r#"{"account":"1","lines":[{"day":"2026-01-02","amount":-5}]}"#], r#""booked":1"#),
    ("branch-events", &["-q", "branch=taipei", "-q", "event=sale", "-q", "amount=12.5"], r#""noted":"sale""#),
    ("branch-figures", &[], ""),
    ("call-a-partner", &["-i", r#"{"order":"A1","weight":2.5}"#], r#""order":"A1""#),
    ("customers-mirror", &[], ""),
    ("failure-alarm", &["-i", r#"{"scenario":"quote","run":"1","error":{"code":"timeout","message":"late"}}"#], ""),
    ("hello", &[], "{\"response\":\"Hello\"}\n"),
    ("hello-name", &["-q", "name=Ada"], "Hello, Ada!"),
    ("keep-documents", &["-q", "customer=C7"], r#"{"kept":[]}"#),
    ("line-keyword-reply", &["-i", r#"{"events":[]}"#], ""),
    ("nightly-report", &[], ""),
    ("price-of", &["-i", r#"{"sku":"TEA","qty":3}"#], ""),
    ("quote", &["-i", r#"{"lines":[{"sku":"TEA","qty":3}]}"#], r#""total":30.0"#),
    ("ship-order", &["-i", r#"{"order":"A1","lines":[{"qty":2,"price":3}]}"#], r#""response":"Hello""#),
    ("split-order", &["-i", r#"{"order":"A1","lines":[{"sku":"TEA","qty":2,"supplier":"a"}]}"#], r#"["a"]"#),
    ("stock-feed", &["-i", r#"{"id":"e1","sku":"TEA","change":-2}"#], ""),
    ("stock-update", &["-i", r#"{"sku":"T1","qty":2}"#], r#""left":10"#),
    ("survey-mail", &["-i", r#"{"svid":"aB3dE","hash":"x9"}"#], ""),
    ("tell-partner", &["-i", r#"{"order":"A1"}"#], r#""order":"A1""#),
];

#[test]
fn all_check_clean() {
    let said = hookmill(&root(), &["check"]);
    assert_eq!((said.code, said.out.as_str()), (0, ""), "{}", said.err);
    assert!(said.err.starts_with("20 scenarios, 0 errors, 0 warnings"), "{}", said.err);
}

#[test]
fn each_has_tests_and_they_pass() {
    let said = hookmill(&root(), &["test"]);
    assert_eq!(said.code, 0, "{}", said.err);
    for (name, _, _) in SHIPPED {
        assert!(said.err.contains(&format!("ok    {name}: ")), "{name} has no test: {}", said.err);
    }
}

#[test]
fn each_runs_on_a_machine_that_has_nothing() {
    for (name, arguments, answer) in SHIPPED {
        let file = format!("scenarios/{name}.yaml");
        let said = hookmill(&root(), &[&["run", &file], arguments].concat());
        assert!(said.code == 0 && said.out.contains(answer), "{name}: {said:?}");
    }
}
