//! JSON Web Tokens (RFC 7519), signed (RFC 7515). The key says which algorithms may be: a text those with a shared
//! secret, a PEM those with a key pair. So a public key is never taken for a secret, and `none` is never taken at all
//! (RFC 8725 §3.1).

mod algorithm;

use super::notation::Notation;
use super::options::Options;
use super::{Call, Function};
use crate::data;
use crate::expression::fault::Fault;
use crate::expression::value::{as_list, as_map, as_number, as_text, describe, map};
use algorithm::{ALGORITHMS, Algorithm, Key};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rhai::{Dynamic, Map};
use serde_json::Value;

type Result<T = Dynamic> = std::result::Result<T, Fault>;

/// How far clocks may be apart, in seconds.
const LEEWAY: f64 = 60.0;

pub(super) const TABLE: &[Function] = &[
    Function {
        name: "jwt_sign",
        group: "crypto",
        signature: "jwt_sign(claims, key, options?) -> text",
        doc: "A signed token (RFC 7519) of these claims. The key is a text for `HS256`, `HS384`, `HS512`, or the PEM of a \
              private key for `RS256`, `RS384`, `RS512`. Options: `algorithm` (`HS256`, or `RS256` with a PEM), `header` \
              (more members of the header, such as `kid`), `expires_in` (seconds; sets `iat` and `exp`), and `key` (how a \
              text key is written).",
        errors: "An algorithm that does not go with the key; a key that cannot be read.",
        example: r#"#{sub: "7"}.jwt_sign("secret")"#,
        result: r#""eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI3In0.YNVm3kTUe0hHLISakU4cmk8MSvtML_GbFX1hBFiznF0""#,
        run: sign,
    },
    Function {
        name: "jwt_verify",
        group: "crypto",
        signature: "jwt_verify(token, key, options?) -> map",
        doc: "The claims of a token whose signature is right and whose time is now (`exp`, `nbf`; 60 seconds leeway). The \
              key is a text or the PEM of a public key. Options: `algorithms` (those that go with the key), `audience`, \
              `issuer` (a text or a list of which one must be named), and `key` (how a text key is written).",
        errors: "A token that is none, is signed in another way or with another key, has expired, is not valid yet, or is \
                 meant for someone else.",
        example: r#"#{sub: "7"}.jwt_sign("secret").jwt_verify("secret").sub"#,
        result: r#""7""#,
        run: verify,
    },
    Function {
        name: "jwt_decode",
        group: "crypto",
        signature: "jwt_decode(token) -> map",
        doc: "What a token says, `header` and `claims`, without any check: never trust it.",
        errors: "A text that is no token.",
        example: r#"#{sub: "7"}.jwt_sign("secret").jwt_decode().header.alg"#,
        result: r#""HS256""#,
        run: decode,
    },
];

fn sign(call: &mut Call) -> Result {
    let options = Options::of(call, 2, &["algorithm", "header", "expires_in", "key"])?;
    let key = key(call, &options)?;
    let algorithm = match options.text("algorithm")? {
        Some(name) => allowed(call, &name, &key)?,
        None => key.usual(),
    };
    let claims = claims(call, &options)?;
    let message = format!("{}.{}", segment(&header(&options, algorithm)?), segment(&claims));
    call.spend_bytes(message.len())?;
    let signature = algorithm.sign(&key, message.as_bytes()).map_err(|why| call.fail(&why))?;
    Ok(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)).into())
}

fn verify(call: &mut Call) -> Result {
    let options = Options::of(call, 2, &["algorithms", "audience", "issuer", "key"])?;
    let key = key(call, &options)?;
    let token = call.text(0)?;
    call.spend_bytes(token.len())?;
    let (message, signature) = token.rsplit_once('.').ok_or_else(|| call.fail(NO_TOKEN))?;
    let (header, claims) = parts(call, message)?;
    let name = header.get("alg").and_then(as_text).unwrap_or_default();
    let algorithm = allowed(call, &name, &key)?;
    if let Some(wanted) = options.any("algorithms")
        && !texts(wanted).iter().any(|wanted| *wanted == name.as_str())
    {
        return Err(call.fail(&format!("the token is signed with {name}, which `algorithms` does not name")));
    }
    if header.contains_key("crit") {
        return Err(call.fail("the token's header has critical extensions (`crit`), and none is known here"));
    }
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| call.fail(NO_TOKEN))?;
    if !algorithm.verify(&key, message.as_bytes(), &signature).map_err(|why| call.fail(&why))? {
        return Err(call.fail("the signature is wrong: another key, or the token was changed"));
    }
    in_time(call, &claims)?;
    meant(call, &options, &claims, "audience", "aud")?;
    meant(call, &options, &claims, "issuer", "iss")?;
    Ok(map(claims))
}

fn decode(call: &mut Call) -> Result {
    let token = call.text(0)?;
    call.spend_bytes(token.len())?;
    let (message, _) = token.rsplit_once('.').ok_or_else(|| call.fail(NO_TOKEN))?;
    let (header, claims) = parts(call, message)?;
    Ok(map(Map::from([("header".into(), map(header)), ("claims".into(), map(claims))])))
}

const NO_TOKEN: &str = "this is no token: it is made of three parts in base64url with dots between";

fn key(call: &Call, options: &Options) -> Result<Key> {
    let text = call.text(1)?;
    let notation = Notation::of(options, "key", Notation::Text)?;
    Key::read(&text, notation).map_err(|why| call.fail(&format!("the key: {why}")))
}

/// The algorithm of this name, if it goes with the key.
fn allowed(call: &Call, name: &str, key: &Key) -> Result<Algorithm> {
    let known = ALGORITHMS.iter().find(|algorithm| algorithm.name() == name);
    known.copied().filter(|algorithm| algorithm.goes_with(key)).ok_or_else(|| {
        let fitting: Vec<_> = ALGORITHMS.iter().filter(|one| one.goes_with(key)).map(|one| one.name()).collect();
        let name = describe(&name.into());
        call.fail(&format!("with this key the algorithm is one of {}, not {name}", fitting.join(", ")))
    })
}

fn header(options: &Options, algorithm: Algorithm) -> Result<Value> {
    let mut header = serde_json::Map::new();
    header.insert("alg".into(), algorithm.name().into());
    header.insert("typ".into(), "JWT".into());
    if let Some(given) = options.any("header") {
        let Value::Object(given) = data::to_json(given) else { return Err(options.wrong("header", "a map", given)) };
        header.extend(given.into_iter().filter(|(name, _)| name != "alg"));
    }
    Ok(Value::Object(header))
}

fn claims(call: &mut Call, options: &Options) -> Result<Value> {
    let mut claims = call.map(0)?.clone();
    if let Some(seconds) = options.count("expires_in")? {
        let now = call.moment().now.div_euclid(1000);
        claims.insert("iat".into(), now.into());
        claims.insert("exp".into(), now.saturating_add_unsigned(seconds as u64).into());
    }
    Ok(data::to_json(&map(claims)))
}

fn segment(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// The header and the claims of what is signed.
fn parts(call: &Call, message: &str) -> Result<(Map, Map)> {
    let (header, claims) = message.split_once('.').ok_or_else(|| call.fail(NO_TOKEN))?;
    let read = |segment: &str| {
        let bytes = URL_SAFE_NO_PAD.decode(segment).ok()?;
        as_map(&data::parse(&bytes).ok()?).map(|map| map.clone())
    };
    let parts = read(header).zip(read(claims));
    parts.ok_or_else(|| call.fail(NO_TOKEN))
}

fn in_time(call: &Call, claims: &Map) -> Result<()> {
    let now = call.moment().now as f64 / 1000.0;
    let time = |name: &str| match claims.get(name) {
        None => Ok(None),
        Some(time) => as_number(time)
            .map(Some)
            .ok_or_else(|| call.fail(&format!("the token's `{name}` is seconds since 1970, not {}", describe(time)))),
    };
    if time("exp")?.is_some_and(|exp| now >= exp + LEEWAY) {
        return Err(call.fail("the token has expired"));
    }
    if time("nbf")?.is_some_and(|nbf| now < nbf - LEEWAY) {
        return Err(call.fail("the token is not valid yet"));
    }
    Ok(())
}

/// Whether one of those that an option names is one of those that the claim names.
fn meant(call: &Call, options: &Options, claims: &Map, option: &str, claim: &str) -> Result<()> {
    let Some(wanted) = options.any(option) else { return Ok(()) };
    let wanted = texts(wanted);
    let named = claims.get(claim).map(texts).unwrap_or_default();
    if wanted.iter().any(|wanted| named.contains(wanted)) {
        return Ok(());
    }
    Err(call.fail(&format!("the token's `{claim}` is not the {option} that is wanted")))
}

/// A text, or the texts of a list.
fn texts(value: &Dynamic) -> Vec<String> {
    match as_list(value) {
        Some(items) => items.iter().filter_map(as_text).map(String::from).collect(),
        None => as_text(value).map(String::from).into_iter().collect(),
    }
}

#[cfg(test)]
mod tests;
