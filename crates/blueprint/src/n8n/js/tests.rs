//! What is read of JavaScript, and what is refused.

use super::*;
use proptest::prelude::*;

fn member(of: Js, name: &str) -> Js {
    Js::Member { of: Box::new(of), name: name.into(), access: Access::Plain }
}

fn name(name: &str) -> Js {
    Js::Name(name.into())
}

#[test]
fn paths_calls_and_optional_accesses() {
    let json = || name("$json");
    assert_eq!(parse("$json.a.b").unwrap(), member(member(json(), "a"), "b"));
    let index = Js::Index { of: Box::new(json()), at: Box::new(Js::Text("a b".into())), access: Access::Plain };
    assert_eq!(parse("$json[\"a b\"]").unwrap(), index);
    let optional = Js::Member { of: Box::new(json()), name: "a".into(), access: Access::Optional };
    assert_eq!(parse(" $json ?. a ; ").unwrap(), optional);
    let arguments = vec![Item::One(Js::Text("X".into()))];
    let call = Js::Call { callee: Box::new(name("$")), arguments, access: Access::Plain };
    assert_eq!(parse("$('X').item.json").unwrap(), member(member(call, "item"), "json"));
}

#[test]
fn operators_bind_as_in_javascript() {
    let shown = |text: &str| show(&parse(text).unwrap());
    assert_eq!(shown("a + b * c"), "(a + (b * c))");
    assert_eq!(shown("a || b && c"), "(a || (b && c))");
    assert_eq!(shown("2 ** 3 ** 2"), "(2 ** (3 ** 2))");
    assert_eq!(shown("a - b - c"), "((a - b) - c)");
    assert_eq!(shown("a === b ? c : d ? e : f"), "((a === b) ? c : (d ? e : f))");
    assert_eq!(shown("!a.b"), "!a.b");
    assert_eq!(shown("a ?.5 : 1"), "(a ? .5 : 1)");
    assert_eq!(shown("index in lines"), "(index in lines)");
    assert_eq!(shown("interest + inn"), "(interest + inn)");
}

fn show(js: &Js) -> String {
    match js {
        Js::Name(name) | Js::Number(name) => name.clone(),
        Js::Member { of, name, .. } => format!("{}.{name}", show(of)),
        Js::Unary { operator, value } => format!("{operator}{}", show(value)),
        Js::Binary { operator, left, right } => format!("({} {operator} {})", show(left), show(right)),
        Js::Conditional { condition, yes, no } => format!("({} ? {} : {})", show(condition), show(yes), show(no)),
        other => format!("{other:?}"),
    }
}

#[test]
fn texts_templates_and_regular_expressions() {
    assert_eq!(parse(r"'a\n\u00e4\u{1f600}\x41'").unwrap(), Js::Text("a\nä😀A".into()));
    assert_eq!(parse(r"'\ud83d\ude00'").unwrap(), Js::Text("😀".into()));
    let pieces = vec![Piece::Text("a ".into()), Piece::Value(name("b")), Piece::Text("}".into())];
    assert_eq!(parse("`a ${b}}`").unwrap(), Js::Template(pieces));
    assert_eq!(parse("/[/\"]\\//gi").unwrap(), Js::Regex { source: "[/\"]\\/".into(), flags: "gi".into() });
    assert!(parse("a / b / c").is_ok());
    assert!(parse("x.map(d => d.t.replace(/[\")]/g, ''))").is_ok());
}

#[test]
fn functions() {
    let body = Box::new(member(name("x"), "a"));
    let function = Js::Function { parameters: vec!["x".into()], body };
    assert_eq!(parse("x => x.a").unwrap(), function);
    assert_eq!(parse("(x) => x.a").unwrap(), function);
    assert_eq!(parse("({a}) => a").unwrap(), Js::Statements);
    assert_eq!(parse("x => { return x }").unwrap(), Js::Statements);
    assert!(parse("(function(n) { if (!n) return 1; return '}' })(2)").is_ok());
    let map = parse("x => ({a: 1, 'b c': x, ...x, [x]: 2, x})").unwrap();
    let Js::Function { body, .. } = map else { panic!("{map:?}") };
    assert!(matches!(*body, Js::Map(entries) if entries.len() == 5));
}

#[test]
fn what_is_no_expression_is_refused_with_its_place() {
    for (text, at) in [("", 0), ("a b", 2), ("a.", 2), ("(a", 2), ("'a", 2), ("const a = 1", 5), ("a = 1", 2)] {
        let fault = parse(text).unwrap_err();
        assert_eq!(fault.at, at, "{text}: {fault:?}");
    }
    let deep = format!("{}1{}", "(".repeat(20_000), ")".repeat(20_000));
    assert!(parse(&deep).is_err());
    assert!(parse(&"!".repeat(20_000)).is_err());
    assert!(parse(&"a".repeat(100_000)).is_err());
}

proptest! {
    #[test]
    fn nothing_panics(text in "[$a-c0-9.?:+*/(){}\\[\\]'\"`!=<>&|, =>\\\\n]{0,60}") {
        let _ = parse(&text);
    }

    #[test]
    fn any_text_is_read_back(text in ".*") {
        let written = serde_json::to_string(&text).unwrap();
        prop_assert_eq!(parse(&written).unwrap(), Js::Text(text));
    }
}
