//! Expressions and templates by example: `testdata/expressions/`.

use super::*;
use crate::data;
use proptest::prelude::*;
use std::fmt::Write;

const MOMENT: Moment = Moment { now: 1_795_343_400_250, seed: 7, first_line: 0 };

struct World(Dynamic);

impl Names for World {
    fn get(&self, name: &str) -> Option<Dynamic> {
        self.0.as_map_ref().ok()?.get(name).cloned()
    }
}

fn world() -> World {
    World(data::parse(include_bytes!("../../testdata/expressions/world.json")).unwrap())
}

fn at(offset: usize) -> Place {
    Place { line: 1, column: u32::try_from(offset).unwrap() + 1 }
}

fn compile(source: &str) -> Result<Expression, Box<Diagnostic>> {
    Expression::compile(source, &at)
}

fn run(source: &str) -> Result<String, ExpressionError> {
    let script = Script::compile(source, &at).unwrap_or_else(|error| panic!("{source}: {error:?}"));
    Ok(String::from_utf8(data::to_text(&script.eval(&world(), &MOMENT)?)).unwrap())
}

fn eval(source: &str) -> Result<String, ExpressionError> {
    let value = compile(source).unwrap_or_else(|error| panic!("{source}: {error:?}")).eval(&world(), &MOMENT)?;
    Ok(String::from_utf8(data::to_text(&value)).unwrap())
}

/// The cases of a file: `input => expected`.
fn cases(file: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    file.lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| line.rsplit_once(" => ").unwrap_or_else(|| panic!("no arrow: {line}")))
        .map(|(input, expected)| (input.trim(), expected.trim()))
}

type Run = fn(&str) -> Result<String, ExpressionError>;

fn check_values(file: &'static str, run: Run) {
    let mut wrong = String::new();
    for (source, expected) in cases(file) {
        match run(source) {
            Ok(value) if value == expected => {}
            other => writeln!(wrong, "{source}\n  expected {expected}\n  got      {other:?}").unwrap(),
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// Side by side: many of these cases work until a limit stops them.
fn check_errors(file: &'static str, run: Run) {
    const SIDE_BY_SIDE: usize = 4;
    let part = |first| move || wrong_errors(cases(file).skip(first).step_by(SIDE_BY_SIDE), run);
    let wrong: String = std::thread::scope(|scope| {
        let parts: Vec<_> = (0..SIDE_BY_SIDE).map(|first| scope.spawn(part(first))).collect();
        parts.into_iter().map(|part| part.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "\n{wrong}");
}

fn wrong_errors(cases: impl Iterator<Item = (&'static str, &'static str)>, run: Run) -> String {
    let mut wrong = String::new();
    for (source, expected) in cases {
        let mut words = expected.splitn(3, ' ');
        let (code, column, said) = (words.next().unwrap(), words.next().unwrap(), words.next().unwrap());
        let Err(error) = run(source) else {
            writeln!(wrong, "{source}: no error").unwrap();
            continue;
        };
        let (text, said) = match said.strip_prefix("hint: ") {
            Some(said) => (error.hint.clone().unwrap_or_default(), said),
            None => (error.message.clone(), said),
        };
        let placed = column == "0" || error.place == at(column.parse::<usize>().unwrap() - 1);
        if error.code != code || !placed || !text.contains(said) {
            writeln!(wrong, "{source}\n  expected {expected}\n  got      {error:?}").unwrap();
        }
    }
    wrong
}

fn check_refusals(file: &'static str, compile: fn(&str) -> Option<Box<Diagnostic>>) {
    let mut wrong = String::new();
    for (source, expected) in cases(file) {
        let mut words = expected.splitn(3, ' ');
        let (code, column, said) = (words.next().unwrap(), words.next().unwrap(), words.next().unwrap_or(""));
        let Some(found) = compile(source) else {
            writeln!(wrong, "{source}: compiled").unwrap();
            continue;
        };
        let told = format!("{} {}", found.message, found.hint.clone().unwrap_or_default());
        if found.code != code || found.place != at(column.parse::<usize>().unwrap() - 1) || !told.contains(said) {
            writeln!(wrong, "{source}\n  expected {expected}\n  got      {found:?}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn values() {
    check_values(include_str!("../../testdata/expressions/values.txt"), eval);
}

#[test]
fn expressions_are_scripts_too() {
    check_values(include_str!("../../testdata/expressions/values.txt"), run);
}

#[test]
fn scripts() {
    check_values(include_str!("../../testdata/expressions/scripts.txt"), run);
}

#[test]
fn errors() {
    check_errors(include_str!("../../testdata/expressions/errors.txt"), eval);
}

/// What other evaluations have compiled does not help this one: a run walked again meets the same limits.
#[test]
fn patterns_cost_the_same_whoever_used_them_before() {
    let matching = |from: u32, to: u32| format!("range({from}, {to}).map(|i| \"a\".matches(`x${{i}}`)).len()");
    let (few, many) = (matching(0, 90), matching(0, 210));
    assert_eq!(eval(&many).unwrap_err().code, "limit");
    assert_eq!(eval(&few).unwrap(), "90");
    assert_eq!(eval(&many).unwrap_err().code, "limit");
}

#[test]
fn script_errors() {
    check_errors(include_str!("../../testdata/expressions/script-errors.txt"), run);
}

#[test]
fn refusals() {
    check_refusals(include_str!("../../testdata/expressions/refusals.txt"), |source| compile(source).err());
}

#[test]
fn script_refusals() {
    let file = include_str!("../../testdata/expressions/script-refusals.txt");
    check_refusals(file, |source| Script::compile(source, &at).err());
}

#[test]
fn scripts_do_not_change_what_others_see() {
    let world = world();
    let script = Script::compile("let t = trigger; t.body.lines[0].qty = 99; t.body.lines.push(1); t", &at).unwrap();
    let changed = data::to_json(&script.eval(&world, &MOMENT).unwrap());
    assert_eq!(changed["body"]["lines"][0]["qty"], 99);
    assert_eq!(data::to_json(&world.0)["trigger"]["body"]["lines"].as_array().unwrap().len(), 2);
    assert_eq!(data::to_json(&world.0)["trigger"]["body"]["lines"][0]["qty"], 2);
}

#[test]
fn names_of_scripts() {
    let script = Script::compile("let a = trigger.body; fn f(x) { x + other } f(a) + row.x", &at).unwrap();
    let names: Vec<&str> = script.names().iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["trigger", "other", "row"]);
    assert!(script.trigger_reads().reads("body") && !script.trigger_reads().reads("raw"));
}

#[test]
fn names_and_trigger_reads() {
    fn check(source: &str, names: &[(&str, u32)], reads: &str) {
        let expression = compile(source).unwrap();
        let found: Vec<(&str, u32)> =
            expression.names().iter().map(|(name, place)| (name.as_str(), place.column)).collect();
        assert_eq!(found, names, "{source}");
        let found = match expression.trigger_reads() {
            TriggerReads::All => "all".to_owned(),
            TriggerReads::Fields(fields) => fields.into_iter().collect::<Vec<_>>().join(" "),
        };
        assert_eq!(found, reads, "{source}");
    }
    check("1 + 2", &[], "");
    check("b + a + b", &[("b", 1), ("a", 5)], "");
    check("trigger.body.x + trigger.query", &[("trigger", 1)], "body query");
    check("trigger?.body", &[("trigger", 1)], "body");
    check("trigger[\"body\"].x", &[("trigger", 1)], "body");
    check("trigger[key].x", &[("trigger", 1), ("key", 9)], "all");
    check("trigger.keys()", &[("trigger", 1)], "all");
    check("to_json(trigger)", &[("trigger", 9)], "all");
    check("list.map(|item| item.a + trigger.body.n + other)", &[("list", 1), ("trigger", 26), ("other", 43)], "body");
    check("list.map(|trigger| trigger.body)", &[("list", 1)], "");
    check("list.map(|l| l.map(|x| x + trigger))", &[("list", 1), ("trigger", 28)], "all");
    check("`${trigger.raw} ${x}`", &[("trigger", 4), ("x", 19)], "raw");
    check("trigger.body ?? trigger.raw", &[("trigger", 1)], "body raw");
    check("a in trigger.body", &[("a", 1), ("trigger", 6)], "body");
}

#[test]
fn conditions() {
    fn check(source: &str, expected: Result<bool, &str>) {
        let found = compile(source).unwrap().holds(&world(), &MOMENT);
        assert_eq!(found.map_err(|error| error.code), expected, "{source}");
    }
    check("n > 2", Ok(true));
    check("trigger.body.nope ?? false", Ok(false));
    check("n", Err("not_a_condition"));
    check("trigger.body.none", Err("not_a_condition"));
    check("trigger.nope", Err("missing_property"));
}

#[test]
fn places_of_several_lines() {
    let lines = |offset: usize| Place { line: 7, column: u32::try_from(offset).unwrap() };
    let error = Expression::compile("n +\n  trigger.nope", &lines).unwrap().eval(&world(), &MOMENT).unwrap_err();
    assert_eq!(error.place, Place { line: 7, column: 14 });
}

#[test]
fn templates() {
    fn check(text: &str, expected: &str) {
        let template = Template::parse(text, &at).unwrap_or_else(|found| panic!("{text}: {found:?}"));
        let mut json = Vec::new();
        template.write_json(&world(), &MOMENT, &mut json).unwrap();
        assert_eq!(String::from_utf8(json).unwrap(), expected, "{text}");
        assert_eq!(template.render(&world(), &MOMENT).unwrap().to_string(), expected, "{text}");
        assert_eq!(data::to_json(&template.value(&world(), &MOMENT).unwrap()).to_string(), expected, "{text}");
    }
    check("", "\"\"");
    check("plain } text {", "\"plain } text {\"");
    check("{{ n }}", "3");
    check("{{n}}", "3");
    check(" {{ n }}", "\" 3\"");
    check("{{ n }}{{ n }}", "\"33\"");
    check("a {{ trigger.body.order }} b", "\"a A1 b\"");
    check("nothing: {{ trigger.body.none }}.", "\"nothing: .\"");
    check("{{ trigger.body.none }}", "null");
    check("x {{ trigger.body.lines[0].tags }}", r#""x [\"x\",\"y\"]""#);
    check("{{ #{a: 1}.a }}", "1");
    check("{{ #{a: #{b: 1}}}}", r#"{"a":{"b":1}}"#);
    check(r#"{{ "}}" }}"#, r#""}}""#);
    check(r#"{{ "{{ n }}" }}"#, r#""{{ n }}""#);
    check(r#"{{ "\"}}" + `}}${ "}" }` }}"#, r#""\"}}}}}""#);
    check("{{ /* }} */ n }}", "3");
    check("{{ [1].map(|x| { x }) }}", "[1]");
    check(r"\{{ n }} is {{ n }}", r#""{{ n }} is 3""#);
    check("{{ `${n}` }}", "\"3\"");
}

#[test]
fn template_diagnostics() {
    fn check(text: &str, expected: &[(&str, u32)]) {
        let found = Template::parse(text, &at).expect_err(text);
        let found: Vec<(&str, u32)> = found.iter().map(|found| (found.code, found.place.column)).collect();
        assert_eq!(found, expected, "{text}");
    }
    check("a {{ n", &[("E0302", 3)]);
    check("{{ }}", &[("E0303", 4)]);
    check("{{}}", &[("E0303", 3)]);
    check("{{ n + }} and {{ }} and {{ nope(1) }}", &[("E0301", 7), ("E0303", 18), ("E0305", 28)]);
    check("é {{ upper() }}", &[("E0306", 6)]);
    check("{{ \"abc }}", &[("E0301", 4)]);
    check("{{ n }} {{", &[("E0302", 9)]);
}

#[test]
fn template_text() {
    fn check(text: &str, expected: &str) {
        assert_eq!(Template::parse(text, &at).unwrap().text(&world(), &MOMENT).unwrap(), expected, "{text}");
    }
    check("{{ trigger.body.text }}", "hello");
    check("{{ trigger.body.none }}", "");
    check("{{ trigger.body.lines[1].tags }}", "[]");
    check("{{ n }} items", "3 items");
}

#[test]
fn whole_templates_keep_the_authors_order() {
    let template = Template::Map(vec![
        ("z".into(), Template::parse("{{ n }}", &at).unwrap()),
        (
            "a \"b\"".into(),
            Template::List(vec![Template::Literal(1.into()), Template::parse("x{{ n }}", &at).unwrap()]),
        ),
    ]);
    let mut json = Vec::new();
    template.write_json(&world(), &MOMENT, &mut json).unwrap();
    let expected = r#"{"z":3,"a \"b\"":[1,"x3"]}"#;
    assert_eq!(String::from_utf8(json).unwrap(), expected);
    assert_eq!(template.text(&world(), &MOMENT).unwrap(), expected);
    assert_eq!(template.render(&world(), &MOMENT).unwrap().to_string(), expected);
    assert_eq!(template.expressions().len(), 2);
}

#[test]
fn keys_are_computed() {
    let key = |text: &str| Key::Computed(Template::parse(text, &at).unwrap());
    let value = |text: &str| Template::parse(text, &at).unwrap();
    let template = Template::Map(vec![
        (key("{{ trigger.body.order }}"), value("1")),
        ("b".into(), value("2")),
        (key("x{{ n }}"), value("3")),
        (key("{{ n }}"), value("{{ n }}")),
        ("A1".into(), value("the later one")),
    ]);
    let expected = r#"{"A1":"the later one","b":"2","x3":"3","3":3}"#;
    let mut json = Vec::new();
    template.write_json(&world(), &MOMENT, &mut json).unwrap();
    assert_eq!(String::from_utf8(json).unwrap(), expected);
    assert_eq!(template.text(&world(), &MOMENT).unwrap(), expected);
    assert_eq!(template.render(&world(), &MOMENT).unwrap().to_string(), expected);
    let value = data::to_json(&template.value(&world(), &MOMENT).unwrap());
    assert_eq!(value, serde_json::from_str::<serde_json::Value>(expected).unwrap());
    assert_eq!(template.expressions().len(), 4);
    let wrong = Template::Map(vec![(key("{{ trigger.body.lines }}"), Template::Literal(1.into()))]);
    let error = wrong.render(&world(), &MOMENT).unwrap_err();
    assert_eq!((error.code, error.place), ("type_mismatch", at(3)));
}

/// A match for braces is not looked for through the whole text again and again, which would take minutes, and what is
/// nested in it is not a matter of our own stack.
#[test]
fn hostile_braces_are_split() {
    for (text, count) in [
        ("{{ /* }}".repeat(100_000), 100_000),
        (format!("{{{{ {} }}}}", "`${".repeat(200_000)), 1),
        (format!("{{{{ {}{} }}}}", "`${".repeat(10_000), "}`".repeat(10_000)), 1),
        ("{{".repeat(300_000), 1),
    ] {
        assert_eq!(braces::split(&text).len(), count, "{}…", &text[..20]);
        let mut short = text;
        short.truncate(20_000);
        assert!(Template::parse(&short, &at).is_err());
    }
}

#[test]
fn i3_data_is_never_a_template() {
    struct Hostile;
    impl Names for Hostile {
        fn get(&self, _: &str) -> Option<Dynamic> {
            Some("{{ 1 + 1 }}".into())
        }
    }
    let template = Template::parse("say {{ x }}", &at).unwrap();
    assert_eq!(template.text(&Hostile, &MOMENT).unwrap(), "say {{ 1 + 1 }}");
}

#[test]
fn values_larger_than_the_limits_can_be_read() {
    struct Large(Dynamic);
    impl Names for Large {
        fn get(&self, _: &str) -> Option<Dynamic> {
            Some(self.0.clone())
        }
    }
    let items = value::list((0..150_000).map(Dynamic::from_int).collect());
    let large = Large(value::map([("items".into(), items), ("text".into(), "x".repeat(9 << 20).into())].into()));
    for (source, expected) in [("v.items.len()", 150_000), ("v.items[149999]", 149_999), ("v.text.len()", 9 << 20)] {
        assert_eq!(compile(source).unwrap().eval(&large, &MOMENT).unwrap().as_int(), Ok(expected), "{source}");
    }
    assert!(compile("v").unwrap().eval(&large, &MOMENT).is_ok());
}

#[test]
fn random_values_differ_by_place_and_repeat_by_moment() {
    let ask = |source: &str, moment: &Moment| eval_at(source, moment);
    assert_eq!(ask("uuid()", &MOMENT), ask("uuid()", &MOMENT));
    assert_ne!(ask("uuid()", &MOMENT), ask(" uuid()", &MOMENT));
    assert_ne!(ask("uuid()", &MOMENT), ask("uuid()", &Moment { seed: 8, ..MOMENT }));
    assert_eq!(eval("[1, 2, 3].map(|x| uuid()).distinct().len()").unwrap(), "3");
    let id = ask("uuid()", &MOMENT);
    assert_eq!((&id[15..16], "89ab".contains(&id[20..21])), ("4", true), "{id}");
}

fn eval_at(source: &str, moment: &Moment) -> String {
    data::to_json(&compile(source).unwrap().eval(&world(), moment).unwrap()).to_string()
}

#[test]
fn deep_nesting_is_refused_or_limited() {
    for source in [
        "(".repeat(5_000),
        format!("{}1{}", "(".repeat(5_000), ")".repeat(5_000)),
        format!("{}1{}", "[".repeat(5_000), "]".repeat(5_000)),
        vec!["1"; 10_000].join(" + "),
        vec!["true"; 10_000].join(" && "),
        vec!["n"; 10_000].join("."),
        "!".repeat(10_000) + "true",
        "-".repeat(10_000) + "1",
        "if true { 1 } else ".repeat(3_000) + "{ 1 }",
        "|x| ".repeat(3_000) + "x",
        "`${".repeat(3_000),
        vec!["n"; 10_000].join(" ?? "),
    ] {
        if let Ok(expression) = compile(&source) {
            let _ = expression.eval(&world(), &MOMENT);
        }
        if let Ok(script) = Script::compile(&source, &at) {
            let _ = script.eval(&world(), &MOMENT);
        }
    }
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,60}") {
        let _ = Template::parse(&text, &at);
        if let Ok(expression) = compile(&text) {
            let _ = expression.eval(&world(), &MOMENT);
        }
    }

    #[test]
    fn no_garbage_makes_it_panic(words in proptest::collection::vec(WORDS, 1..14)) {
        let source = words.concat();
        let _ = Template::parse(&format!("{{{{{source}}}}}"), &at);
        if let Ok(expression) = compile(&source) {
            let _ = expression.eval(&world(), &MOMENT);
        }
        if let Ok(script) = Script::compile(&source, &at) {
            let _ = script.eval(&world(), &MOMENT);
        }
    }
}

const WORDS: &str = r#"trigger|\.body|\.lines|\[0\]|\[-1\]|\?\.x|\?\[1\]| \?\? |n|1|"a"|\+|-|\*|/| in | == |<|&&|\|\||!|\(|\)|\{|\}|#\{a: |\[|\]|,|\|x\| |x|\.map\(|\.len\(\)|if |else|`|\$\{|0\.\.3|'c'|\.0|::|fn |let x = |let n = |;|=| \+= |\.push\(|\.pop\(\)|\.remove\(|for x in |return |break|\*\*|<<|99999999999|\.sum\(\)"#;
