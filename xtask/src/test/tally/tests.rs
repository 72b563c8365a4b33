//! The counts, read from what runners really print.

use serde_json::json;

use super::*;

fn tally(passed: u64, failed: u64, skipped: u64) -> Option<Tally> {
    Some(Tally { passed, failed, skipped })
}

#[test]
fn reads_the_summary_of_nextest() {
    let check = |said: &str, expected| assert_eq!(Tally::of_nextest(said), expected, "{said}");
    check("     Summary [   0.013s] 4 tests run: 4 passed, 0 skipped\n", tally(4, 0, 0));
    check("     Summary [   1.5s] 1 test run: 0 passed, 1 failed, 12 skipped\n  FAIL [..] x\n", tally(0, 1, 12));
    check("Summary [  9.1s] 9 tests run: 6 passed (1 slow, 2 leaky), 2 failed, 1 timed out, 3 skipped", tally(6, 3, 3));
    check("Summary [  9.1s] 2 tests run: 1 passed (1 flaky), 1 exec failed, 0 skipped", tally(1, 1, 0));
    check("Summary [  9.1s] 3/9 tests run: 1 passed, 2 failed (1 due to a signal), 0 skipped", tally(1, 2, 0));
    check("error: could not compile `x`", None);
    check("", None);
}

#[test]
fn adds_up_the_results_of_cargo_test() {
    let check = |said: &str, expected| assert_eq!(Tally::of_cargo_test(said), expected, "{said}");
    check(
        "test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.1s\n\n\
         test result: FAILED. 1 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.1s\n",
        tally(3, 3, 1),
    );
    check("error: no library targets found", None);
}

#[test]
fn reads_the_report_of_vitest() {
    let check = |report: Value, expected| assert_eq!(Tally::of_vitest(&report), expected, "{report}");
    let counts = |files: Value| json!({"numPassedTests": 5, "numFailedTests": 1, "numPendingTests": 2, "numTodoTests": 1, "testResults": files});
    check(counts(json!([{"status": "failed", "assertionResults": [{"status": "failed"}]}])), tally(5, 1, 3));
    check(counts(json!([{"status": "failed", "assertionResults": []}])), tally(5, 2, 3));
    check(json!({}), None);
}

#[test]
fn a_runner_that_breaks_off_is_a_failure() {
    let ended = |success| Ended { success, output: String::new(), errors: String::new() };
    let (well, badly) = (ended(true), ended(false));
    assert_eq!(Tally::PASSED.judged(&well), Tally::PASSED);
    assert_eq!(Tally::PASSED.judged(&badly), Tally { passed: 1, failed: 1, skipped: 0 });
    assert_eq!(Tally::FAILED.judged(&badly), Tally::FAILED);
    assert_eq!(Tally::default().judged(&well), Tally::FAILED);
}
