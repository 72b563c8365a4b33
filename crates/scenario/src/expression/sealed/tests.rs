//! Where secrets belong in a value, and that nothing else is taken for such a place.

use super::*;
use crate::diagnostic::Place;
use rhai::Dynamic;
use serde_json::json;

struct Data;

impl Names for Data {
    fn get(&self, name: &str) -> Option<Dynamic> {
        (name == "data").then(|| "{{ secrets.a }} ••• \u{0}secrets.a".into())
    }
}

fn text(source: &str) -> Template {
    Template::parse(source, &|_| Place::default()).unwrap()
}

fn map(entries: Vec<(&str, Template)>) -> Template {
    Template::Map(entries.into_iter().map(|(key, item)| (key.into(), item)).collect())
}

fn check(template: &Template, shown: &Value, opened: &Value) {
    let sealed = template.seal(&Data, &Moment { now: 0, seed: 0, first_line: 0 }).unwrap();
    assert_eq!(&sealed.value, shown);
    let mut value = sealed.value;
    let mut read = |name: &str| if name == "none" { Err(()) } else { Ok(Secret::new(format!("<{name}>"))) };
    for hole in &sealed.holes {
        hole.fill(&mut value, &mut read).unwrap();
    }
    assert_eq!(&value, opened);
}

#[test]
fn secrets_go_where_they_were_written() {
    check(&text("{{ secrets.a }}"), &json!("•••"), &json!("<a>"));
    check(&text("x {{ secrets.a }}{{ secrets.b }} y"), &json!("x •••••• y"), &json!("x <a><b> y"));
    let deep = map(vec![
        ("a/b~c", Template::List(vec![Template::Literal(json!(1)), text("{{ secrets.a }}")])),
        ("", map(vec![("0", text("{{ secrets.b }}"))])),
        ("plain", text("{{ 1 + 1 }}")),
    ]);
    let shown = json!({"a/b~c": [1, "•••"], "": {"0": "•••"}, "plain": 2});
    check(&deep, &shown, &json!({"a/b~c": [1, "<a>"], "": {"0": "<b>"}, "plain": 2}));
}

#[test]
fn what_data_says_is_data() {
    let data = "{{ secrets.a }} ••• \u{0}secrets.a";
    check(&text("{{ data }}"), &json!(data), &json!(data));
    check(
        &text("{{ data }} {{ secrets.a }} {{ data }}"),
        &json!(format!("{data} ••• {data}")),
        &json!(format!("{data} <a> {data}")),
    );
}

#[test]
fn of_equal_keys_the_last_counts() {
    let twice = Template::Map(vec![
        ("k".into(), text("{{ secrets.a }}")),
        ("k2".into(), text("{{ secrets.a }}")),
        (Key::Computed(text("{{ \"k\" }}")), text("plain")),
    ]);
    check(&twice, &json!({"k": "plain", "k2": "•••"}), &json!({"k": "plain", "k2": "<a>"}));
}

#[test]
fn a_secret_that_is_not_there_opens_nothing() {
    let sealed = text("a {{ secrets.none }}").seal(&Data, &Moment { now: 0, seed: 0, first_line: 0 }).unwrap();
    let mut value = sealed.value.clone();
    assert_eq!(sealed.holes[0].fill(&mut value, &mut |_| Err("gone")), Err("gone"));
    assert_eq!(value, sealed.value);
}

#[test]
fn outside_of_calls_a_secret_is_a_fault() {
    let moment = Moment { now: 0, seed: 0, first_line: 0 };
    for source in ["{{ secrets.a }}", "x {{ secrets.a }}"] {
        let template = text(source);
        let mut out = Vec::new();
        for error in [
            template.render(&Data, &moment).unwrap_err(),
            template.value(&Data, &moment).unwrap_err(),
            template.text(&Data, &moment).unwrap_err(),
            template.write_json(&Data, &moment, &mut out).unwrap_err(),
        ] {
            assert_eq!(error.code, "secret", "{source}");
        }
    }
    let key = Template::Map(vec![(Key::Computed(text("{{ secrets.a }}")), Template::Literal(json!(1)))]);
    assert_eq!(key.seal(&Data, &moment).unwrap_err().code, "secret");
}

#[test]
fn within_html_values_are_text_unless_they_are_said_to_be_markup() {
    struct Page;
    impl Names for Page {
        fn get(&self, name: &str) -> Option<Dynamic> {
            (name == "data").then(|| "<b a='1'> & \"c\"".into())
        }
    }
    let check = |source: &str, expected: Value| {
        let template = text(source).in_html();
        let (names, moment) = (Page, Moment { now: 0, seed: 0, first_line: 0 });
        assert_eq!(template.render(&names, &moment).unwrap(), expected, "{source}");
        assert_eq!(template.seal(&names, &moment).unwrap().value, expected, "{source}");
    };
    let shown = "&lt;b a=&#39;1&#39;&gt; &amp; &quot;c&quot;";
    check("<p>{{ data }}</p>", json!(format!("<p>{shown}</p>")));
    check("{{ data }}", json!(shown));
    check("<p>{{ raw_html(data) }}{{ data.raw_html() }}</p>", json!("<p><b a='1'> & \"c\"<b a='1'> & \"c\"</p>"));
    check("{{ raw_html(data) }}", json!("<b a='1'> & \"c\""));
    // Whatever else is done with it makes text of it again.
    check("{{ raw_html(data) + data }}", json!(format!("{shown}{shown}")));
    check("{{ raw_html(data).trim() }}", json!(shown));
    check("{{ 1 + 1 }} {{ () }}", json!("2 "));
    check("<br>", json!("<br>"));
    let secret = text("<i title='{{ data }}'>{{ secrets.a }}").in_html();
    let sealed = secret.seal(&Page, &Moment { now: 0, seed: 0, first_line: 0 }).unwrap();
    assert_eq!(sealed.value, json!(format!("<i title='{shown}'>•••")));
}
