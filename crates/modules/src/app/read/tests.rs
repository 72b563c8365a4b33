//! What is wrong with an app's file is told with its place and what was probably meant, all of it at once.

use super::read;

const SOUND: &str = r#"title: Shop
about: Orders.
base: https://api.example.com
connection:
  fields:
    token!: { secret: true, title: Token, about: A token. }
  auth: { bearer: "{{ token }}" }
actions:
  get_order:
    title: Get an order
    about: Reads an order.
    get: /orders/{{ id }}
    parameters:
      id!: { title: Order, example: A1 }
"#;

fn findings(text: &str) -> Vec<String> {
    read("shop", text).1.iter().map(ToString::to_string).collect()
}

/// What is found once this part of the text is another.
fn check(part: &str, other: &str, expected: &[&str]) {
    assert!(SOUND.contains(part), "{part}");
    assert_eq!(findings(&SOUND.replace(part, other)), expected, "{other}");
}

#[test]
fn a_sound_file_is_an_app() {
    let (app, findings) = read("shop", SOUND);
    assert_eq!(findings, []);
    let app = app.unwrap();
    assert_eq!(
        (app.name.as_str(), app.actions[0].name.as_str(), app.connection_type()),
        ("shop", "get_order", Some("shop"))
    );
}

#[test]
fn keys_that_nobody_knows_are_told_with_what_was_meant() {
    check(
        "about: Orders.",
        "abuot: Orders.",
        &[
            "1:1: an app has no `about` (`about: …`, or { en: …, zh-TW: …, zh-CN: … })",
            "2:1: an app has no key `abuot` (did you mean `about`?)",
        ],
    );
    check(
        "get: /orders",
        "gett: /orders",
        &[
            "10:5: `get_order` says not what it calls (`get: /things`)",
            "12:5: the action `get_order` has no key `gett` (did you mean `get`?)",
        ],
    );
    check("secret: true,", "secrte: true,", &["6:15: the field `token` has no key `secrte` (did you mean `secret`?)"]);
    check(
        "id!: { title: Order,",
        "id!: { tpe: text, title: Order,",
        &["14:14: the parameter `id` has no key `tpe` (did you mean `type`?)"],
    );
}

#[test]
fn expressions_are_read_where_they_stand() {
    check("/orders/{{ id }}", "/orders/{{ di }}", &["12:21: nothing here is called `di` (did you mean `id`?)"]);
    check("\"{{ token }}\"", "\"{{ tokn }}\"", &["7:23: nothing here is called `tokn` (did you mean `token`?)"]);
    check(
        "    parameters:",
        "    output: answer.order +\n    parameters:",
        &["13:27: this cannot be read: Script is incomplete (something is missing at the end)"],
    );
    let hidden = findings(&SOUND.replace("/orders/{{ id }}", "/orders/{{ id }}/{{ token }}"));
    assert!(
        hidden[0].starts_with("12:30: nothing here is called `token`"),
        "a secret goes where credentials go: {hidden:?}"
    );
}

#[test]
fn values_that_cannot_be_meant_are_told() {
    check("example: A1", "example: 1", &["14:12: the example of `id` is nothing that it takes"]);
    check("get: /orders", "get: orders", &["12:10: a path begins with `/` (`/things/{{ id }}`, below `base`)"]);
    check("base: https://api.example.com\n", "", &["1:1: it has no `base` (`base: https://api.example.com`)"]);
    check(
        "id!: { title: Order, example: A1 }",
        "id!:",
        &[
            "12:21: nothing here is called `id` (one of connection, idempotency_key)",
            "14:7: nothing is said of the parameter `id` (`{ title: …, about: … }`)",
        ],
    );
    check(
        "about: Orders.",
        "about: Orders.\ncolor: \"#ffcc00\"",
        &["3:8: white on #ffcc00 is read with pains: its contrast is 1.5 (take a darker colour: 4.5 at least)"],
    );
    check(
        "title: Shop",
        "title: { de: Laden }",
        &["1:8: this is not said in English (`{ en: …, zh-TW: …, zh-CN: … }`)"],
    );
    check(
        "about: Orders.",
        "about: Orders.\nrate: often",
        &["3:7: `often` is no number of calls in a time (`10/s`, `100/m` or `5/15m`)"],
    );
}

#[test]
fn what_is_no_yaml_is_told_with_its_place() {
    let (app, found) = read("shop", "title: [\n");
    assert!(app.is_none() && found.len() == 1 && found[0].place.line > 0, "{found:?}");
    assert!(read("shop", "").0.is_none());
    assert!(read("shop", "- a").0.is_none());
}
