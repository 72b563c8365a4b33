//! Texts made to take long, or much memory: every tool answers each of them in time.

use crate::catalog::catalog;
use scenario::changes::changes;
use scenario::check;
use scenario::diagnostic::{Diagnostic, Fix, apply};
use scenario::format::format;
use scenario::lint::review;
use std::time::{Duration, Instant};

/// How long one of them may take, without optimisation and beside other tests. What each case has found took minutes.
const LONGEST: Duration = Duration::from_secs(15);

fn numbered(times: usize, line: impl Fn(usize) -> String) -> String {
    (0..times).map(line).collect()
}

fn in_time(act: impl FnOnce()) {
    let begin = Instant::now();
    act();
    assert!(begin.elapsed() < LONGEST, "it takes {:?}", begin.elapsed());
}

fn review_in_time(text: &str) {
    in_time(|| drop(review(text, &catalog())));
}

fn format_in_time(text: &str) {
    in_time(|| drop(format(text)));
}

fn changes_in_time(before: &str, after: &str) {
    in_time(|| drop(changes(before, after)));
}

#[test]
fn a_name_as_long_as_the_text_is_no_misspelling() {
    review_in_time(&format!("steps:\n- ? {}\n  : 1\n", "x".repeat(900_000)));
}

#[test]
fn quotes_that_nothing_closes_are_looked_through_once() {
    review_in_time(&format!("steps:\n- rhai: |\n    '{}\n", "\\'".repeat(200_000)));
}

#[test]
fn closures_by_the_thousand_are_refused_at_once() {
    review_in_time(&format!("steps:\n- rhai: |\n    [{}]\n", "|x|x,".repeat(20_000)));
}

#[test]
fn tests_may_name_thousands_of_steps() {
    let ids = numbered(10_000, |n| format!("- {{id: n{n}, set: 1}}\n"));
    let mocks = numbered(10_000, |n| format!("    n{n}: 1\n"));
    review_in_time(&format!("steps:\n{ids}tests:\n- mock:\n{mocks}"));
}

#[test]
fn a_pattern_that_tests_repeat_is_compiled_once() {
    let test = "- expect: { returned: { $matches: \"(a{1,100}){1,100}\" } }\n";
    review_in_time(&format!("steps: []\ntests:\n{}", test.repeat(5_000)));
}

#[test]
fn webhooks_are_warned_of_without_reading_all_for_each() {
    review_in_time(&format!("trigger: [{}]\nsteps: []\n", "{webhook: {path: a}},".repeat(10_000)));
}

#[test]
fn a_flow_of_many_lines_is_gone_over_once() {
    format_in_time(&format!("steps:\n- set: [\n{}    1]\n", "    \"a\",\n".repeat(40_000)));
    format_in_time(&format!("steps:\n- set: [\"\n{}\"]\n", "    'a'\n".repeat(40_000)));
}

#[test]
fn comments_below_an_anchor_are_gone_over_once() {
    format_in_time(&format!("a: &a\n{}  b: 1\nsteps: []\n", "#\n".repeat(150_000)));
}

#[test]
fn maps_scripts_and_triggers_of_thousands_are_compared() {
    let keys = |value: &str| numbered(20_000, |n| format!("    a{n}: {value}\n"));
    changes_in_time(&format!("steps:\n- set:\n{}", keys("1")), &format!("steps:\n- set:\n{}", keys("2")));
    let script = |value: &str| numbered(20_000, |n| format!("    let a{n} = {value};\n"));
    changes_in_time(&format!("steps:\n- rhai: |\n{}", script("1")), &format!("steps:\n- rhai: |\n{}", script("2")));
    let hooks = |way: &str| numbered(8_000, |n| format!("- {{ webhook: {{ path: {way}{n} }} }}\n"));
    changes_in_time(&format!("trigger:\n{}steps: []\n", hooks("a")), &format!("trigger:\n{}steps: []\n", hooks("b")));
}

/// Texts as other programs, other times and other tastes write them.
const ODD: &[&str] = &[
    "\u{feff}steps:\r\n  - set: { a: 1, b: \"{{ trigger.nope }}\" }\r\n    idd: a\r\n",
    "\u{feff}",
    "steps:\r  - set: 1\r",
    "steps:\u{85}  - set: 1\u{2028}  - set: 2\n",
    "steps:\n  - set: \"a\0b\"\n",
    "steps:\n  - set: \"\\ud800 \\ude00 \\0 \\x00 \\UFFFFFFFF\"\n",
    "steps:\n  - set: \"\\ud83d\\ude00 {{ nope }}\"\n",
    "steps:\n  - set: \"\\N\\_\\L\\P\\e {{ nope }}\"\n",
    "a: &a { b: 1 }\nsteps:\n  - <<: *a\n    <<: *a\n    set: 1\n",
    "a: &a { b: 1 }\nsteps:\n  - <<: [*a, *a, { c: 1 }]\n    set: 1\n",
    "steps:\n  - <<: 1\n    set: 1\n",
    "steps: &a [*a]\n",
    "&a a: *a\nsteps: []\n",
    "steps:\n  - ? [a, b]\n    : c\n  - ? { a: b }\n    : c\n",
    "1: a\nnull: b\ntrue: c\n~: d\n'': e\n? : f\nsteps: []\n",
    "steps:\n  - set: !!binary aGk=\n  - set: !!float nan\n  - set: !!set { a, b }\n  - set: !!str 1\n  - set: !!int x\n",
    "%YAML 1.1\n---\nsteps:\n  - set: yes\n...\n",
    "%TAG ! tag:a,2000:\n---\nsteps:\n  - set: !x 1\n...\n# end\n",
    "---\n---\nsteps: []\n",
    "steps: []\n...\nsteps: []\n",
    "steps:\n  - set: [1e999, -1e999, 0x0123456789abcdef0123, 18446744073709551616, -9223372036854775809, -0, 0o777, 1_000, .nan]\n",
    "steps:\n  - wait: 1e300\n  - wait: -1\n  - wait: .inf\n  - wait: 99999999999999999999d\n  - wait: 0.0000001ms\n",
    "limits: { timeout: 1e19, concurrency: 1e3, queue: -1, rate: 1e9/0.0s }\nkeep: { runs: 1.0, for: '' }\nsteps: []\n",
    "trigger: { webhook: { max_body: 18446744073709551615gb, wait: '1.m', path: '{a}/{a}/{}' } }\nsteps: []\n",
    "trigger: { schedule: { cron: '0 0 30 2 *' } }\nsteps: []\n",
    "trigger: { schedule: { cron: '*/0 * * * *', every: 0 } }\nsteps: []\n",
    "trigger: { schedule: { cron: '99999999999999999999 * * * *' } }\nsteps: []\n",
    "trigger: { schedule: { at: '99999-12-31T23:59:60Z' } }\ntimezone: ../../etc/passwd\nsteps: []\n",
    "trigger: { webhook: { input: { $ref: '#' } } }\nsteps: []\n",
    "steps:\n  - set: |9\n             a {{ nope }}\n",
    "steps:\n  - set: |-2+\n      a\n",
    "steps:\n  - set: >+\n\n\n      a {{ nope }}\n\n\n  - set: 1\n",
    "steps:\n\t- set: 1\n",
    "steps:\n  - set: \"a\n\n    {{ nope\n    }}\"\n",
    "steps:\n  - set: '{{ \"{{\" }}'\n  - set: '{{ `${`${`}`}` }}'\n  - set: '}} {{'\n  - set: '\\{{ {{'\n",
    "steps:\n  - set: '{{ \"\\u{110000}\" }}'\n  - set: '{{ \"\\ud800\" }}'\n  - set: \"{{ 'a\\u{d800}' }}\"\n",
    "steps:\n  - set: \"{{ 99999999999999999999 }} {{ 0xffffffffffffffffff }} {{ 1e999 }} {{ -9223372036854775808 }}\"\n",
    "steps:\n  - filter: trigger.a.matches('(a{1000}){1000}')\n  - filter: trigger.a.path('$[')\n",
    "{steps: [{respond: {status: \"200\", status: 200}}, {id: é, set: 1}, {id: Ⅷ, set: 1}]}\n",
    "steps:\n  - respond:\n  - respond: { status:\"201, headers: { X-Order: 12 }, body: \"a;b\" }\n  - respond: { text: a }\n",
    "steps: [set: 1, set: 2, {set}, [set], 'set', ]\ntests: {a: }\non_failure: -\n",
];

#[test]
fn odd_texts_are_answered() {
    for text in ODD {
        let (plan, findings) = review(text, &catalog());
        assert_eq!(plan.is_none(), findings.iter().any(Diagnostic::is_error), "{text}");
        for finding in &findings {
            let lines = text.lines().count() as u32 + 1;
            assert!((1..=lines).contains(&finding.place.line) && finding.place.column >= 1, "{finding:?}\n{text}");
        }
        let fixes: Vec<&Fix> = findings.iter().filter_map(|finding| finding.fix.as_ref()).collect();
        let fixed = apply(text, &fixes);
        let left = review(&fixed.text, &catalog()).1;
        assert!(fixes.is_empty() || left.len() < findings.len(), "fixes mend nothing: {fixes:?}\n{text}");
        match format(text) {
            Ok(formatted) => {
                assert_eq!(formatted, format(&formatted).unwrap(), "{text}");
                assert_eq!(changes(text, &formatted).unwrap(), [], "{text}");
            }
            Err(told) => assert!(told.code == "E0101" || told.code == "E0102" || told.code == "E0121", "{told:?}"),
        }
    }
}

/// What stands in a text once is not held a thousand times.
#[test]
fn i8_aliases_repeat_no_long_text() {
    let text = format!("a: &a {}\nsteps: [{}]\n", "x".repeat(500_000), "*a, ".repeat(900));
    assert_eq!(check(&text, &catalog()).1[0].code, "E0102");
}

/// More closures than anyone writes, each of which takes its time to look up.
#[test]
fn x3_functions_and_variables_of_a_source_are_bounded() {
    for source in ["|x| x, ".repeat(501), "a, ".repeat(50_000)] {
        let (_, findings) = check(&format!("steps:\n- rhai: |\n    [{source}]\n"), &catalog());
        assert_eq!(findings[0].code, "E0301", "{:?}", findings[0]);
    }
    let (plan, findings) = check(&format!("steps:\n- rhai: |\n    [{}]\n", "|x| x, ".repeat(500)), &catalog());
    assert!(plan.is_some(), "{findings:?}");
}
