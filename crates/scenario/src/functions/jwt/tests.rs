//! Tokens of RFC 7515 and of another program (the keys in `testdata/functions/jwt/` were made for these tests), and
//! tokens that must not be taken.

use crate::data;
use crate::diagnostic::Place;
use crate::expression::{Expression, Moment, Names};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rhai::Dynamic;
use std::collections::BTreeMap;

const NOW: i64 = 1_795_343_400;
const RSA_PRIVATE: &str = include_str!("../../../testdata/functions/jwt/rsa-private.pem");
const RSA_PUBLIC: &str = include_str!("../../../testdata/functions/jwt/rsa-public.pem");
const EC_PRIVATE: &str = include_str!("../../../testdata/functions/jwt/ec-private.pem");
const EC_PUBLIC: &str = include_str!("../../../testdata/functions/jwt/ec-public.pem");

/// RFC 7515, appendix A.1.
const A1: &str = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt\
                  cGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const A1_KEY: &str = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";

struct Given(BTreeMap<&'static str, Dynamic>);

impl Names for Given {
    fn get(&self, name: &str) -> Option<Dynamic> {
        self.0.get(name).cloned()
    }
}

/// The value of an expression in which `token` and `key` have these values.
fn eval_at(now: i64, source: &str, token: &str, key: &str) -> Result<String, String> {
    let names = Given(BTreeMap::from([("token", token.trim().into()), ("key", key.into())]));
    let moment = Moment { now: now * 1000, seed: 1, first_line: 0 };
    let value = Expression::compile(source, &|_| Place::default()).unwrap().eval(&names, &moment);
    value.map(|value| String::from_utf8(data::to_text(&value)).unwrap()).map_err(|error| error.message)
}

fn eval(source: &str, token: &str, key: &str) -> Result<String, String> {
    eval_at(NOW, source, token, key)
}

fn refused(source: &str, token: &str, key: &str, expected: &str) {
    let error = eval(source, token, key).expect_err(source);
    assert!(error.contains(expected), "{source}: {error}");
}

fn token_of(header: &str, claims: &str, signature: &str) -> String {
    format!("{}.{}.{signature}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims))
}

#[test]
fn the_token_of_the_rfc() {
    let source = r#"token.jwt_verify(key, #{key: "base64url", issuer: "joe", algorithms: ["HS256"]})"#;
    let claims = r#"{"exp":1300819380,"http://example.com/is_root":true,"iss":"joe"}"#;
    assert_eq!(eval_at(1_300_819_300, source, A1, A1_KEY).unwrap(), claims);
    assert_eq!(eval_at(1_300_819_380 + 59, source, A1, A1_KEY).unwrap(), claims);
    assert!(eval_at(1_300_819_380 + 60, source, A1, A1_KEY).unwrap_err().contains("expired"));
}

#[test]
fn key_pairs() {
    let (rs256, es256) = (
        include_str!("../../../testdata/functions/jwt/rs256.jwt"),
        include_str!("../../../testdata/functions/jwt/es256.jwt"),
    );
    assert_eq!(eval("token.jwt_verify(key)", rs256, RSA_PUBLIC).unwrap(), r#"{"sub":"7"}"#);
    assert_eq!(eval("token.jwt_verify(key)", es256, EC_PUBLIC).unwrap(), r#"{"sub":"8"}"#);
    let signed = eval(r#"#{sub: "7"}.jwt_sign(key)"#, "", RSA_PRIVATE).unwrap();
    assert_eq!(signed.trim_matches('"'), rs256.trim());
    for algorithm in ["RS384", "RS512"] {
        let signed = eval(&format!(r#"#{{a: 1}}.jwt_sign(key, "{algorithm}")"#), "", RSA_PRIVATE).unwrap();
        assert_eq!(eval("token.jwt_verify(key).a", signed.trim_matches('"'), RSA_PUBLIC).unwrap(), "1");
    }
    refused("token.jwt_verify(key)", es256, RSA_PUBLIC, "not the PEM of a public key for ES256");
    refused("token.jwt_verify(key)", rs256, EC_PUBLIC, "not the PEM of a public key for RS256");
    refused("token.jwt_verify(key)", rs256, "-----BEGIN nothing", "not the PEM");
    refused("#{}.jwt_sign(key)", "", RSA_PUBLIC, "not the PEM of a private key");
    refused(r#"#{}.jwt_sign(key, "ES256")"#, "", EC_PRIVATE, "not signed with");
}

#[test]
fn shared_secrets() {
    for algorithm in ["HS256", "HS384", "HS512"] {
        let source =
            format!(r#"#{{a: 1}}.jwt_sign(key, #{{algorithm: "{algorithm}", expires_in: 60, header: #{{kid: "k"}}}})"#);
        let token = eval(&source, "", "secret").unwrap();
        let token = token.trim_matches('"');
        assert_eq!(
            eval("token.jwt_verify(key)", token, "secret").unwrap(),
            format!(r#"{{"a":1,"exp":{},"iat":{NOW}}}"#, NOW + 60)
        );
        let header = eval("token.jwt_decode().header", token, "").unwrap();
        assert_eq!(header, format!(r#"{{"alg":"{algorithm}","kid":"k","typ":"JWT"}}"#));
        refused("token.jwt_verify(key)", token, "another", "signature is wrong");
    }
}

#[test]
fn what_attackers_send() {
    let header = r#"{"alg":"HS256","typ":"JWT"}"#;
    for alg in ["none", "None", "NONE", "", "hs256", "HS999"] {
        let token = token_of(&format!(r#"{{"alg":"{alg}"}}"#), r#"{"sub":"7"}"#, "");
        refused("token.jwt_verify(key)", &token, "secret", "with this key the algorithm is one of HS256, HS384, HS512");
    }
    refused("token.jwt_verify(key)", &token_of("{}", "{}", ""), "secret", "with this key the algorithm");
    refused("token.jwt_verify(key)", &token_of(header, "{}", ""), "secret", "signature is wrong");
    // The public key of a pair, which everyone knows, as if it were a shared secret.
    let message = token_of(header, r#"{"sub":"admin"}"#, "");
    let code = super::super::hash::code::<hmac::Hmac<sha2::Sha256>>(
        RSA_PUBLIC.as_bytes(),
        message.trim_end_matches('.').as_bytes(),
    );
    let confused = format!("{message}{}", URL_SAFE_NO_PAD.encode(code));
    refused("token.jwt_verify(key)", &confused, RSA_PUBLIC, "with this key the algorithm is one of RS256");
    refused(r#"#{}.jwt_sign(key, "HS256")"#, "", RSA_PUBLIC, "with this key the algorithm");
    // Changed claims under an old signature.
    let (old, signature) = A1.rsplit_once('.').unwrap();
    let (header, _) = old.split_once('.').unwrap();
    let changed = format!("{header}.{}.{signature}", URL_SAFE_NO_PAD.encode(r#"{"iss":"eve"}"#));
    refused(r#"token.jwt_verify(key, #{key: "base64url"})"#, &changed, A1_KEY, "signature is wrong");
    refused("token.jwt_verify(key)", A1, "", "the key: it is empty");
}

#[test]
fn what_is_no_token() {
    for token in ["", ".", "..", "a.b", "a.b.c", "e30.e30", "e30.W10.x", "e30=.e30.x", &"a.".repeat(1000)] {
        refused("token.jwt_verify(key)", token, "secret", "");
        refused("token.jwt_decode()", token, "secret", "this is no token");
    }
}

#[test]
fn claims_are_checked() {
    let check = |claims: &str, options: &str, expected: Option<&str>| {
        let token = eval(&format!("{claims}.jwt_sign(key)"), "", "secret").unwrap();
        let source = format!("token.jwt_verify(key, {options}).len() >= 0");
        match expected {
            None => assert_eq!(eval(&source, token.trim_matches('"'), "secret").as_deref(), Ok("true"), "{claims}"),
            Some(why) => refused(&source, token.trim_matches('"'), "secret", why),
        }
    };
    check(&format!("#{{exp: {}}}", NOW - 59), "#{}", None);
    check(&format!("#{{exp: {}}}", NOW - 61), "#{}", Some("has expired"));
    check(&format!("#{{nbf: {}}}", NOW + 59), "#{}", None);
    check(&format!("#{{nbf: {}}}", NOW + 61), "#{}", Some("not valid yet"));
    check(r#"#{exp: "tomorrow"}"#, "#{}", Some("`exp` is seconds since 1970"));
    check(r#"#{aud: "a"}"#, r#"#{audience: "a"}"#, None);
    check(r#"#{aud: ["x", "a"]}"#, r#"#{audience: ["a", "b"]}"#, None);
    check(r#"#{aud: "c"}"#, r#"#{audience: ["a", "b"]}"#, Some("`aud` is not the audience that is wanted"));
    check("#{}", r#"#{audience: "a"}"#, Some("`aud`"));
    check(r#"#{iss: "joe"}"#, r#"#{issuer: "eve"}"#, Some("`iss`"));
    check("#{}", r#"#{algorithms: ["HS512"]}"#, Some("which `algorithms` does not name"));
    check("#{}", r#"#{algorithms: "HS256"}"#, None);
    check("#{}", r#"#{algorithm: "HS256"}"#, Some("did you mean `algorithms`?"));
    let critical = eval(r#"#{}.jwt_sign(key, #{header: #{crit: ["exp"], alg: "none"}})"#, "", "secret").unwrap();
    refused("token.jwt_verify(key)", critical.trim_matches('"'), "secret", "critical extensions");
}
