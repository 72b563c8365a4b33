//! Whatever an expression or script does with a secret, neither its value nor its errors nor what it compared tell it.

use super::super::{ExpressionError, Moment, Names, Script};
use super::*;
use crate::data;
use crate::functions;
use crate::secret::Unavailable;
use proptest::prelude::*;

/// As long as a key of AES.
const CANARY: &str = "cAnAry-012345678";

const MOMENT: Moment = Moment { now: 1_795_343_400_250, seed: 7, first_line: 0 };

struct Keeper;

impl Names for Keeper {
    fn get(&self, name: &str) -> Option<Dynamic> {
        (name == "x").then(|| "some text".into())
    }

    fn secret(&self, name: &str) -> Result<Secret, Unavailable> {
        if name == "canary" { Ok(Secret::new(CANARY)) } else { Err(Unavailable::unknown(name)) }
    }
}

fn at(_: usize) -> Place {
    Place { line: 1, column: 1 }
}

fn tells_nothing(source: &str, result: Result<Dynamic, ExpressionError>) {
    let shown = match result {
        Ok(value) => String::from_utf8_lossy(&data::to_text(&value)).into_owned(),
        Err(error) => format!("{error:?}"),
    };
    assert!(!shown.contains("cAnAry"), "{source} tells {shown}");
}

/// Evaluates the source in every way; those that the check refuses are not evaluated.
fn check(source: &str) {
    if let Ok(expression) = Expression::compile(source, &at) {
        let result = expression.eval(&Keeper, &MOMENT);
        assert!(expression.secret().is_none() || result.is_err(), "{source} has a value");
        tells_nothing(source, result);
        if let Ok((_, comparisons)) = expression.weigh(&Keeper, &MOMENT) {
            assert!(!format!("{comparisons:?}").contains("cAnAry"), "{source} compares {comparisons:?}");
        }
    }
    if let Ok(script) = Script::compile(source, &at) {
        tells_nothing(source, script.eval(&Keeper, &MOMENT));
    }
}

fn eval(source: &str) -> Result<String, ExpressionError> {
    let expression = Expression::compile(source, &at).unwrap_or_else(|error| panic!("{source}: {error:?}"));
    let value = expression.eval(&Keeper, &MOMENT)?;
    Ok(String::from_utf8(data::to_text(&value)).unwrap())
}

#[test]
fn a_key_is_the_secret() {
    let check = |source: &str, plain: &str| assert_eq!(eval(source), eval(&plain.replace("KEY", CANARY)), "{source}");
    check("x.hmac_sha256(secrets.canary)", "x.hmac_sha256(\"KEY\")");
    check("hmac_sha1(x, secrets[\"canary\"])", "hmac_sha1(x, \"KEY\")");
    check("#{a: 1}.jwt_sign(secrets.canary)", "#{a: 1}.jwt_sign(\"KEY\")");
    check("x.aes_encrypt(secrets.canary, secrets.canary)", "x.aes_encrypt(\"KEY\", \"KEY\")");
    check("digest([\"a\", secrets.canary, x], \"md5\")", "(\"a\" + \"KEY\" + x).md5()");
    check("[x].map(|y| y.hmac_md5(secrets.canary))", "[x.hmac_md5(\"KEY\")]");
    check("\"KEY\".secure_equal(secrets.canary)", "false");
}

#[test]
fn faults_say_what_is_wrong_and_not_with_what() {
    let check = |source: &str, code: &str, part: &str| {
        let error = eval(source).unwrap_err();
        assert!(error.code == code && error.message.contains(part), "{source}: {error:?}");
        assert!(!format!("{error:?}").contains("cAnAry"), "{error:?}");
    };
    check("secrets.canary", "secret", "`secrets.canary` is no value");
    check("x.hmac_sha256(secrets.other)", "secret", "there is no secret `other`");
    check("x.hmac_sha256(secrets.canary, #{key: \"hex\"})", "expression", "hexadecimal");
    check("x.hmac_sha256(secrets.canary, #{key: \"base64\"})", "expression", "no base64");
    check("x.aes_encrypt(secrets.canary, secrets.canary, #{mode: \"gcm\"})", "expression", "12 bytes");
}

/// Expressions with a secret in them, most of which are refused.
fn sources() -> impl Strategy<Value = String> {
    let names: Vec<&str> = functions::all().map(|function| function.name).collect();
    let name = prop::sample::select(names);
    let leaf = prop::sample::select(vec![
        "secrets.canary",
        "secrets.canary",
        "secrets[\"canary\"]",
        "secrets",
        "secrets[x]",
        "x",
        "\"key\"",
        "\"sha256\"",
        "16",
        "()",
        "#{key: \"hex\"}",
        "|y| y",
    ]);
    leaf.prop_map(str::to_owned).prop_recursive(4, 24, 4, move |inner| {
        let some = || inner.clone();
        prop_oneof![
            (name.clone(), some()).prop_map(|(f, a)| format!("{f}({a})")),
            (name.clone(), some(), some()).prop_map(|(f, a, b)| format!("{a}.{f}({b})")),
            (name.clone(), some(), some(), some()).prop_map(|(f, a, b, c)| format!("{f}({a}, {b}, {c})")),
            (some(), some()).prop_map(|(a, b)| format!("x.aes_encrypt({a}, {b})")),
            (some(), some()).prop_map(|(a, b)| format!("digest([{a}, {b}], \"sha1\")")),
            (some(), some()).prop_map(|(a, b)| format!("[{a}, {b}]")),
            some().prop_map(|a| format!("#{{a: {a}}}")),
            some().prop_map(|a| format!("`${{{a}}}`")),
            some().prop_map(|a| format!("[1].map(|y| {a})")),
            some().prop_map(|a| format!("({a}).len()")),
            (prop::sample::select(vec!["+", "==", "!=", "<", "??", "&&", "..", "*"]), some(), some())
                .prop_map(|(operator, a, b)| format!("{a} {operator} {b}")),
            (some(), some()).prop_map(|(a, b)| format!("{a}[{b}]")),
            (some(), some()).prop_map(|(a, b)| format!("if {a} == 1 {{ {a} }} else {{ {b} }}")),
            some().prop_map(|a| format!("let z = {a}; z")),
            some().prop_map(|a| format!("try {{ {a} }} catch (e) {{ e }}")),
            some().prop_map(|a| format!("throw {a};")),
            some().prop_map(|a| format!("fn f(y) {{ y }} f({a})")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn nothing_tells_a_secret(source in sources()) {
        check(&source);
    }
}

/// Every function is given the secret in each of its places, beside arguments of many kinds.
#[test]
fn no_function_tells_a_secret() {
    let others = ["x", "\"sha256\"", "16", "[x]", "#{key: \"hex\"}", "#{output: \"text\"}", "|y| y", "()"];
    for function in functions::all() {
        for position in 0..4 {
            for count in (position + 1..=4).filter(|count| function.accepts(*count)) {
                for other in others {
                    let argument = |at: usize| if at == position { "secrets.canary" } else { other };
                    let arguments: Vec<&str> = (0..count).map(argument).collect();
                    check(&format!("{}({})", function.name, arguments.join(", ")));
                    check(&format!("{}([{}])", function.name, arguments.join(", ")));
                }
            }
        }
    }
}
