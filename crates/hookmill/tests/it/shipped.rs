//! The scenarios in `scenarios/`: sound, tested, and runnable on a machine that has nothing.

use crate::binary::{hookmill, root};

/// What a run of each gets, and what it answers; nothing where it has no answer.
const SHIPPED: [(&str, &[&str], &str); 27] = [
    ("app-installs", &["-q", "name=INSTALL", "-q", "id=1"], ""),
    ("approve-refund", &["-i", r#"{"order":"A1","amount":20}"#], r#""order":"A1""#),
    ("bank-statement", &["-i", STATEMENT], ""),
    ("branch-events", &["-q", "branch=taipei", "-q", "event=sale", "-q", "amount=12.5"], r#""noted":"sale""#),
    ("branch-figures", &[], ""),
    ("call-a-partner", &["-i", r#"{"order":"A1","weight":2.5}"#], r#""order":"A1""#),
    ("course-enrolled", &["-i", r#"{"event":"e1","user":7,"course":"c1"}"#], ""),
    ("customers-mirror", &[], ""),
    ("deploy-on-push", &["-i", r#"{"ref":"refs/heads/main"}"#], ""),
    ("failure-alarm", &["-i", r#"{"scenario":"quote","run":"1","error":{"code":"timeout","message":"late"}}"#], ""),
    ("hello", &[], "{\"response\":\"Hello\"}\n"),
    ("hello-name", &["-q", "name=Ada"], "Hello, Ada!"),
    ("keep-documents", &["-q", "customer=C7"], r#"{"kept":[]}"#),
    ("learning-events", &["-i", LEARNING], ""),
    ("line-keyword-reply", &["-i", r#"{"events":[{"type":"follow","replyToken":"t1"}]}"#], ""),
    ("new-tickets", &[], ""),
    ("nightly-report", &[], ""),
    ("notify-team", &["-i", r#"{"text":"Hi"}"#], r#""told":"team""#),
    ("price-of", &["-i", r#"{"sku":"TEA","qty":3}"#], ""),
    ("quote", &["-i", r#"{"lines":[{"sku":"TEA","qty":3}]}"#], r#""total":30.0"#),
    ("ship-order", &["-i", r#"{"order":"A1","lines":[{"qty":2,"price":3}]}"#], r#""response":"Hello""#),
    ("shop-order", &["-i", ORDER], ""),
    ("split-order", &["-i", r#"{"order":"A1","lines":[{"sku":"TEA","qty":2,"supplier":"a"}]}"#], r#"["a"]"#),
    ("stock-feed", &["-i", r#"{"id":"e1","sku":"TEA","change":-2}"#], ""),
    ("stock-update", &["-i", r#"{"sku":"T1","qty":2}"#], r#""left":10"#),
    ("survey-mail", &["-i", r#"{"svid":"aB3dE","hash":"x9"}"#], ""),
    ("tell-partner", &["-i", r#"{"order":"A1"}"#], r#""order":"A1""#),
];

const ORDER: &str = r##"{"id":1,"name":"#1","email":"a@example.com","total_price":"5.00","currency":"TWD",
    "line_items":[{"quantity":1,"title":"Tea"}]}"##;

const STATEMENT: &str = r#"{"subject":"銀行明細","from":{"address":"a@bank.example"},
    "attachments":[{"name":"明細.csv","file":{"filename":"明細.csv","base64":"pOm0wSy6S61uLKr3w0IKMjAyNi8xMS8wMSzC4LFiLDEwMDAK"}}]}"#;

const LEARNING: &str = r#"{"accountId":1,"events":[{"eventId":"e1","eventName":"COURSE_ENROLLMENT",
    "timestamp":1727414643000,
    "data":{"userId":7,"loId":"course:1","dateEnrolled":1727414643}}]}"#;

/// But for the secrets of senders, of which a fresh machine has none.
#[test]
fn all_check_clean() {
    let said = hookmill(&root(), &["check"]);
    let other = said.out.lines().filter(|line| !line.contains("warning[E0908]")).collect::<Vec<_>>();
    assert_eq!((said.code, other), (0, Vec::new()), "{}", said.err);
    assert!(said.err.starts_with(&format!("{} scenarios, 0 errors, ", SHIPPED.len())), "{}", said.err);
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
