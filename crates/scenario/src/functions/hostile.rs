//! Whatever is handed to a function of any kind, a value or an error comes back, soon.

use super::{Function, all};
use crate::data;
use crate::diagnostic::Place;
use crate::expression::{Expression, Moment, Names};
use proptest::prelude::*;
use rhai::Dynamic;
use std::collections::BTreeMap;

struct Arguments(BTreeMap<String, Dynamic>);

impl Names for Arguments {
    fn get(&self, name: &str) -> Option<Dynamic> {
        self.0.get(name).cloned()
    }
}

/// Calls the function with these arguments; what it made must be JSON.
fn call(function: &Function, arguments: &[Dynamic]) {
    let names: Vec<String> = (0..arguments.len()).map(|position| format!("x{position}")).collect();
    let source = format!("{}({})", function.name, names.join(", "));
    let compiled = Expression::compile(&source, &|_| Place::default()).unwrap();
    let arguments = Arguments(names.into_iter().zip(arguments.iter().cloned()).collect());
    if let Ok(value) = compiled.eval(&arguments, &Moment { now: 1_795_343_400_250, seed: 7, first_line: 0 }) {
        assert!(data::parse(&data::to_text(&value)).is_ok(), "{source}");
    }
}

/// Texts with what the parsers look for.
fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        r#"[<>/!?&;#x="' a-c\n-]{0,60}"#,
        r#"[,;"\n\r\ta-c]{0,40}"#,
        r#"[-:{}\[\]&*!|>' \na-c0-9]{0,40}"#,
        r"[A-Za-z0-9+/=_.-]{0,64}",
        r"(https?|mailto)://[a-z@:/?#&=%0-9\[\].]{0,40}",
        Just("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----".to_owned()),
        prop::sample::select(vec!["big5", "utf-16le", "hex", "base64", "iso-2022-jp", "$..a", "dns", "zero"])
            .prop_map(str::to_owned),
    ]
}

fn values() -> impl Strategy<Value = Dynamic> {
    let leaf = prop_oneof![
        6 => texts().prop_map(Dynamic::from),
        1 => any::<i64>().prop_map(Dynamic::from_int),
        1 => (0_i64..20).prop_map(Dynamic::from_int),
        1 => any::<f64>().prop_map(Dynamic::from_float),
        1 => any::<bool>().prop_map(Dynamic::from_bool),
        1 => Just(Dynamic::UNIT),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        let key = prop_oneof![
            prop::sample::select(vec![
                "input",
                "output",
                "key",
                "iv",
                "mode",
                "padding",
                "headers",
                "separator",
                "root",
                "indent",
                "host",
                "query",
                "port",
                "algorithm",
                "@a",
                "#text",
                "columns",
                "quote",
            ])
            .prop_map(str::to_owned),
            "[a-c@#<]{0,3}".prop_map(|key| key),
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Dynamic::from_array),
            prop::collection::btree_map(key, inner, 0..4).prop_map(|entries| {
                Dynamic::from_map(entries.into_iter().map(|(key, value)| (key.into(), value)).collect())
            }),
        ]
    })
    .prop_map(data::share)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn any_arguments_give_a_value_or_an_error(arguments in prop::collection::vec(values(), 4)) {
        for function in all() {
            for count in (0..=arguments.len()).filter(|count| function.accepts(*count)) {
                call(function, &arguments[..count]);
            }
        }
    }

    #[test]
    fn what_is_written_is_read_again(value in values()) {
        let read = |source: &str| {
            let compiled = Expression::compile(source, &|_| Place::default()).unwrap();
            let arguments = Arguments(BTreeMap::from([("value".to_owned(), value.clone())]));
            compiled.eval(&arguments, &Moment { now: 0, seed: 0, first_line: 0 }).map(|value| data::to_json(&value))
        };
        let expected = data::to_json(&value);
        prop_assert_eq!(read("value.to_json().parse_json()").unwrap(), expected.clone());
        prop_assert_eq!(read("value.to_json(2).parse_json()").unwrap(), expected.clone());
        if let serde_json::Value::String(text) = &expected {
            for coding in ["base64", "base64url", "base32", "hex"] {
                let again = read(&format!("value.encode_{coding}().decode_{coding}()")).unwrap();
                prop_assert_eq!(&again, &expected);
            }
            let again = read("value.encode_url_component().decode_url()").unwrap();
            prop_assert_eq!(&again, &expected);
            prop_assert_eq!(&read("value.escape_html().unescape_html()").unwrap(), &expected);
            let again = read(r#"value.aes_encrypt("0123456789abcdef", "fedcba9876543210")
                .aes_decrypt("0123456789abcdef", "fedcba9876543210")"#).unwrap();
            prop_assert_eq!(&again, &expected);
            if !text.contains('\r') {
                let again = read("[[value, 1]].to_csv().parse_csv(#{headers: false})").unwrap();
                prop_assert_eq!(again, serde_json::json!([[text, "1"]]));
            }
        }
    }
}

/// Texts that cost a careless reader time or memory beyond their length. A reader that looks at each character a few
/// times is done in milliseconds; one that looks at the rest of the text for each would take minutes.
#[test]
fn long_monotonous_texts_are_read_once() {
    const BYTES: usize = 24 << 10;
    let pieces = [
        "a", ",", "a,", ",\n", "\"", "[", "[],", "{\"a\":", "<", "<a>", "<a ", "<a b='", "</", "<br><p>", "<li>",
        "<script>", "<!--", "&", "&amp;", "&#", "%", "%41", "a=&", "=", "- ", "&a ", "? ", "a: ", "*a ", "A", "A.",
        "\u{1}", "é",
    ];
    let groups = ["json", "format", "url", "encoding", "crypto", "check"];
    for piece in pieces {
        let text: Dynamic = piece.repeat(BYTES / piece.len()).into();
        for function in all().filter(|function| groups.contains(&function.group)) {
            let given = [text.clone(), "a".into(), "a".into()];
            for count in (1..=2).filter(|count| function.accepts(*count)) {
                call(function, &given[..count]);
            }
        }
    }
}
