//! Whatever the text, there is an answer.

use crate::catalog::catalog;
use proptest::prelude::*;
use scenario::check;

/// Pieces of which wrong scenarios are made.
const PIECES: &[&str] = &[
    "steps:\n",
    "  - ",
    "    ",
    "set: ",
    "route:\n",
    "for_each: ",
    "{ in: x, steps: [] }",
    "\"{{ ",
    " }}\"",
    "trigger: ",
    "webhook: { path: ",
    "respond: ",
    "{ status: ",
    "&a ",
    "*a",
    "<<: ",
    "|\n",
    ">-\n",
    "[",
    "]",
    "{",
    "}",
    ": ",
    ", ",
    "\n",
    "'",
    "\"",
    "\\",
    "é",
    "\t",
    "- ",
    "tests: ",
    "id: a\n",
    "when: ",
    "0",
    "-1",
    "~",
    "!t ",
    "---\n",
    "# c\n",
];

proptest! {
    #[test]
    fn any_text_is_checked(text in any::<String>()) {
        let (plan, findings) = check(&text, &catalog());
        prop_assert_eq!(plan.is_none(), findings.iter().any(|finding| finding.is_error()));
    }

    #[test]
    fn any_pieces_are_checked(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..60)) {
        let (plan, findings) = check(&pieces.concat(), &catalog());
        prop_assert_eq!(plan.is_none(), findings.iter().any(|finding| finding.is_error()));
    }

    #[test]
    fn any_cut_or_change_of_a_scenario_is_checked(cut in 0_usize..1500, piece in prop::sample::select(PIECES), kept in 0_usize..1500) {
        let text = include_str!("../../testdata/clean-ship-order.yaml");
        let start: String = text.chars().take(cut).collect();
        let end: String = text.chars().skip(kept).collect();
        let text = format!("{start}{piece}{end}");
        let lines = text.lines().count() as u32 + 1;
        for finding in check(&text, &catalog()).1 {
            prop_assert!((1..=lines).contains(&finding.place.line) && finding.place.column >= 1, "{finding:?}");
        }
    }
}

#[test]
fn long_texts_are_checked() {
    let steps: String = (0..3_000).map(|n| format!("  - id: s{n}\n    set: \"{{{{ s{} }}}}\"\n", n - n % 7)).collect();
    let (_, findings) = check(&format!("steps:\n{steps}"), &catalog());
    assert_eq!(findings.len(), 3_000_usize.div_ceil(7), "each seventh step reads itself");
}

/// What takes long for some checkers does not here: names, findings, expressions and triggers in their thousands.
#[test]
fn hostile_texts_are_checked_in_time() {
    let many = |line: &str, times: usize| format!("steps:\n{}", line.repeat(times));
    let texts = [
        many("- a: 1\n", 100_000),
        many("- set: \"{{ a }}\"\n", 30_000),
        many("- {id: a, set: 1}\n", 40_000),
        format!("steps: [{{ set: \"{}\" }}]", "{{ a }} \\n".repeat(20_000)),
        format!("steps: []\ntests: [{{ expect: {{ ran: [{}a] }} }}]", "b, ".repeat(100_000)),
        format!("trigger: [{}]\nsteps: []", "{ schedule: { cron: '0 0 31 2 *' } },".repeat(20_000)),
        format!("steps:\n- http.request: {{ url: a, headers: {{ {} }} }}", "a: [], ".repeat(60_000)),
    ];
    let begin = std::time::Instant::now();
    for text in texts {
        let (plan, findings) = check(&text, &catalog());
        assert!(plan.is_none() && !findings.is_empty());
    }
    assert!(begin.elapsed().as_secs() < 60, "a scenario holds up the check: {:?}", begin.elapsed());
}

/// Not a measure, but a thousand scenarios must not take minutes even without optimisation.
#[test]
fn a_thousand_scenarios_are_checked_in_time() {
    let text = include_str!("../../testdata/clean-ship-order.yaml");
    let catalog = catalog();
    let begin = std::time::Instant::now();
    for _ in 0..1_000 {
        assert!(check(text, &catalog).0.is_some());
    }
    println!("{:?}", begin.elapsed());
    assert!(begin.elapsed().as_secs() < 60, "{:?}", begin.elapsed());
}
