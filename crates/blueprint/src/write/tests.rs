//! Drafts become text that passes the check and is in form.

use super::*;
use crate::ours::{Operator, Part, Text};
use scenario::catalog::Catalog;
use serde_json::json;

fn name(name: &str) -> Expr {
    Expr::name(name)
}

fn sample() -> Draft {
    let body = || name("trigger").field("body");
    let mut set = Step::call("set", Data::map([("a", Data::value(body().maybe("x"))), ("b", Data::text("{{ no }}"))]));
    set.remarks.push("Why it is there.\nAnd \u{7} more.".to_owned());
    let lines = Text::of([
        Part::Literal("Dear ".to_owned()),
        Part::Value(body().field("name")),
        Part::Literal(",\nbye".to_owned()),
    ]);
    let each = ForEach {
        over: body().maybe("lines").or_else(Expr::List(Vec::new())),
        item: Some("line".to_owned()),
        batch: None,
        steps: vec![
            Step::new(Action::Filter(name("line").binary(Operator::Greater, Expr::Int(1)))),
            Step::call("set", Data::Text(lines)).with_id("letter"),
        ],
        collect: Some(Collect::Text(Text::value(name("letter")), "\n".to_owned())),
    };
    let mut answer = Step::call("respond", Data::map([("text", Data::value(name("letters")))]));
    answer.on_error = Some(OnError::Steps(vec![Step::call("stop", Data::Null)]));
    let branch = Branch {
        name: Some("Large: yes".to_owned()),
        when: Some(name("made").field("a").method("is_blank", [])),
        steps: vec![answer],
    };
    Draft {
        name: "Orders: new ones".to_owned(),
        remarks: vec!["From elsewhere.".to_owned()],
        triggers: vec![Trigger {
            kind: "webhook".to_owned(),
            with: Data::map([("path", Data::text("orders"))]),
            remarks: Vec::new(),
        }],
        steps: vec![
            set.with_id("made"),
            Step::new(Action::ForEach(each)).with_id("letters"),
            Step::new(Action::Route(Route { take: Take::First, branches: vec![branch], otherwise: None })),
        ],
        ..Draft::default()
    }
}

#[test]
fn what_is_written_is_sound_and_in_form() {
    let text = write(&sample()).text();
    assert_eq!(scenario::format::format(&text).expect("sound"), text);
    let (plan, found) = scenario::check(&text, &Catalog::default());
    assert!(plan.is_some(), "{text}\n{found:?}");
    for expected in [
        "# From elsewhere.\nname: \"Orders: new ones\"\n",
        "  # Why it is there.\n  # And more.\n  - id: made\n    set: { a: \"{{ trigger.body?.x }}\", b: \"\\\\{{ no }}\" }\n",
        "      in: trigger.body?.lines ?? []\n      as: line\n",
        "            Dear {{ trigger.body.name }},\n            bye\n",
        "          when: made.a.is_blank()\n",
    ] {
        let found = text.contains(expected)
            || text.contains(&expected.replace("\\\\{{", "\\{{").replace("b: \"\\{{ no }}\"", "b: '\\{{ no }}'"));
        assert!(found, "{expected}\n{text}");
    }
}

#[test]
fn lines_lead_back_to_their_steps() {
    let written = write(&sample());
    let line_of = |part: &str| written.marked().lines().position(|line| line.contains(part)).map(|at| at as u32 + 1);
    let step = |part: &str| line_of(part).and_then(|line| written.step_at(line));
    assert_eq!(step("name: \"Orders"), None);
    assert_eq!(step("id: made"), Some(0));
    assert_eq!(step("as: line"), Some(1));
    assert_eq!(step("filter:"), Some(2));
    assert_eq!(step("bye"), Some(3));
    assert_eq!(step("collect:"), Some(1));
    assert_eq!(step("Large: yes"), Some(4));
    assert_eq!(step("stop:"), Some(6));
}

#[test]
fn a_todo_keeps_what_was() {
    let original = json!({ "module": "app:Do", "mapper": { "text": "{{1.a}} \"b\"", "n": 1.5, "list": [[], {}] } });
    let todo = Todo { was: "app:Do".to_owned(), reason: "no module does this".to_owned(), original: original.clone() };
    let draft = Draft { name: "a".to_owned(), steps: vec![Step::new(Action::Todo(todo))], ..Draft::default() };
    let text = write(&draft).text();
    let read = scenario::value(&text).expect("sound");
    assert_eq!(read["steps"][0]["todo"]["original"], original, "{text}");
}
