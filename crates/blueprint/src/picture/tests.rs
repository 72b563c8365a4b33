//! Pictures: what is drawn, where it stands, and what a text can do to them.

use super::arrange::{HEIGHT, WIDTH, arrange};
use super::{Picture, Tone, Walked};
use proptest::prelude::*;

const SCENARIO: &str = "\
name: Orders
trigger:
  webhook: { path: orders }
steps:
  - id: total
    set: { sum: 5 }
  - name: Which way?
    route:
      branches:
        - name: large
          steps:
            - http.request: { url: https://example.com }
              on_error: { steps: [{ id: sorry, set: { a: 1 } }] }
        - when: total.sum < 3
          steps: [{ stop: ok }]
      otherwise: [{ id: other, wait: 5s }]
  - for_each: { in: \"[1]\", steps: [{ id: inner, wait: 1s }] }
  - todo: { was: \"nobody:Knows\", reason: no module does this, original: {} }
";

#[test]
fn a_scenario_is_drawn_with_its_branches() {
    let picture = Picture::of(SCENARIO);
    let at = |id: &str| picture.boxes.iter().position(|it| it.id == id).unwrap();
    let lines: Vec<(usize, usize, Option<&str>)> =
        picture.lines.iter().map(|it| (it.from, it.to, it.label.as_deref())).collect();
    let (route, call) = (at("steps/1"), at("steps/1/route/branches/0/steps/0"));
    let each = at("steps/2");
    for expected in [
        (at("trigger/0"), at("total"), None),
        (route, call, Some("large")),
        (call, at("sorry"), Some("on error")),
        (route, at("other"), Some("otherwise")),
        (at("other"), each, None),
        (at("sorry"), each, None),
        (each, at("inner"), Some("each")),
        (at("inner"), each, None),
        (each, at("steps/3"), Some("then")),
    ] {
        assert!(lines.contains(&expected), "{expected:?} of {lines:?}");
    }
    assert!(!lines.iter().any(|line| line.0 == at("steps/1/route/branches/1/steps/0")), "it ends there");
    assert_eq!(picture.boxes[at("steps/3")].tone, Tone::NotExecutable);
    assert_eq!(picture.lines.iter().filter(|it| it.when == Walked::OnFailure).count(), 1);
}

#[test]
fn pictures_are_told_in_mermaid() {
    let chart = Picture::of("trigger: { manual: {} }\nsteps:\n  - name: 'Say \"<b>\" #1'\n    wait: 5s\n").mermaid();
    let expected = "flowchart TD\n  n0([\"manual\"])\n  n1[\"Say #34;#60;b#62;#34; #35;1<br/>wait\"]\n  n0 --> n1\n";
    assert_eq!(chart, expected);
}

#[test]
fn an_svg_stands_for_itself() {
    let svg = Picture::of(SCENARIO).svg();
    assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\"") && svg.contains("prefers-color-scheme: dark"));
    assert!(svg.contains("Which way?") && svg.contains("class=\"failure\""));
    assert!(!svg.contains("href") && !svg.contains("<script"));
    assert!(scenario::value(&svg).is_err() || !svg.contains("&&"), "entities alone");
}

#[test]
fn what_is_no_scenario_is_an_empty_picture() {
    assert_eq!(Picture::of("a: ["), Picture::default());
    assert!(Picture::default().svg().ends_with("</svg>\n"));
    assert_eq!(Picture::default().mermaid(), "flowchart TD\n");
}

proptest! {
    #[test]
    fn boxes_never_stand_upon_each_other(count in 1_usize..40, lines in proptest::collection::vec((0_usize..40, 0_usize..40), 0..80)) {
        let mut picture = Picture::default();
        for at in 0..count {
            picture.add(at.to_string(), "a", "b", Tone::Plain);
        }
        for (from, to) in lines {
            picture.line(from % count, to % count, None);
        }
        let arranged = arrange(&picture);
        for (at, (x, y)) in arranged.places.iter().enumerate() {
            prop_assert!(*x >= 0.0 && x + WIDTH <= arranged.width && y + HEIGHT <= arranged.height);
            for (other, there) in arranged.places.iter().enumerate().filter(|(other, _)| *other != at) {
                let apart = (x - there.0).abs() >= WIDTH || (y - there.1).abs() >= HEIGHT;
                prop_assert!(apart, "{at} and {other}");
            }
        }
    }

    #[test]
    fn whatever_a_name_is_the_picture_is_markup_that_closes(name in "\\PC{0,40}") {
        let mut picture = Picture::default();
        picture.add("a", &name, &name, Tone::Start);
        picture.line(0, 0, Some(name.clone()));
        let svg = picture.svg();
        let count = |sign: &str| svg.matches(sign).count();
        prop_assert_eq!(count("<text"), count("</text>"));
        prop_assert_eq!((count("<g "), count("<title>")), (1, 2));
    }
}
