//! URLs: their parts, their queries, and what must be escaped in them.

use super::notation::utf8;
use super::{Call, Function};
use crate::expression::fault::Fault;
use crate::expression::value::{as_list, as_map, as_text, describe, list, map, write_text};
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use rhai::{Dynamic, Map};
use url::{Url, form_urlencoded};

type Result<T = Dynamic> = std::result::Result<T, Fault>;

const NO_URL: &str = "A text that is no URL.";

pub(super) const TABLE: &[Function] = &[
    Function {
        name: "encode_url_component",
        group: "url",
        signature: "encode_url_component(text) -> text",
        doc: "The text as a part of a URL: all but letters, digits and `-._~` as `%` and hexadecimal digits (RFC 3986).",
        errors: "",
        example: r#""a b&c/中".encode_url_component()"#,
        result: r#""a%20b%26c%2F%E4%B8%AD""#,
        run: |call| encode(call, COMPONENT),
    },
    Function {
        name: "encode_url",
        group: "url",
        signature: "encode_url(text) -> text",
        doc: "A whole URL with everything escaped that cannot stand in one; what separates its parts stays.",
        errors: "",
        example: r#""https://example.com/a b?c=ä".encode_url()"#,
        result: r#""https://example.com/a%20b?c=%C3%A4""#,
        run: |call| encode(call, WHOLE),
    },
    Function {
        name: "decode_url",
        group: "url",
        signature: "decode_url(text) -> text",
        doc: "The text with `%` and hexadecimal digits resolved; `+` stays: `parse_query` knows it as a blank.",
        errors: "Bytes that are no UTF-8.",
        example: r#""a%20b%26c".decode_url()"#,
        result: r#""a b&c""#,
        run: decode,
    },
    Function {
        name: "parse_url",
        group: "url",
        signature: "parse_url(text) -> map",
        doc: "The parts of a URL: `scheme`, `username`, `password`, `host`, `port`, `path`, `query` (a map), `fragment`, \
              `origin`, `href`; `()` for those it does not have. The port is that of the scheme where none is written.",
        errors: NO_URL,
        example: r#""https://example.com/a?b=c#d".parse_url()"#,
        result: "{\"fragment\":\"d\",\"host\":\"example.com\",\"href\":\"https://example.com/a?b=c#d\",\"origin\":\
                 \"https://example.com\",\"password\":null,\"path\":\"/a\",\"port\":443,\"query\":{\"b\":\"c\"},\
                 \"scheme\":\"https\",\"username\":null}",
        run: parse,
    },
    Function {
        name: "build_url",
        group: "url",
        signature: "build_url(parts) -> text",
        doc: "The URL of these parts, as `parse_url` gives them: `scheme` (`https` where it is missing), `host`, `port`, \
              `username`, `password`, `path`, `query` (a map or a text), `fragment`.",
        errors: "A missing host, an unknown part, or parts that make no URL.",
        example: r#"#{host: "example.com", path: "/a b", query: #{q: "x y"}}.build_url()"#,
        result: r#""https://example.com/a%20b?q=x+y""#,
        run: build,
    },
    Function {
        name: "with_query",
        group: "url",
        signature: "with_query(url, parameters) -> text",
        doc: "The URL with these parameters in its query; those it has already are replaced, and removed by `()`.",
        errors: NO_URL,
        example: r#""https://example.com/?a=1&b=2".with_query(#{b: 3, a: ()})"#,
        result: r#""https://example.com/?b=3""#,
        run: with_query,
    },
    Function {
        name: "join_url",
        group: "url",
        signature: "join_url(base, reference) -> text",
        doc: "What a reference means on a page with this URL, as browsers read links.",
        errors: NO_URL,
        example: r#""https://example.com/a/b".join_url("../c")"#,
        result: r#""https://example.com/c""#,
        run: join,
    },
    Function {
        name: "parse_query",
        group: "url",
        signature: "parse_query(text) -> map",
        doc: "The parameters of a query or of a form's body; one that is repeated is a list.",
        errors: "",
        example: r#""?a=1&b=x+y&a=2".parse_query()"#,
        result: r#"{"a":["1","2"],"b":"x y"}"#,
        run: parse_query,
    },
    Function {
        name: "to_query",
        group: "url",
        signature: "to_query(parameters) -> text",
        doc: "Parameters as a query or a form's body (`application/x-www-form-urlencoded`): of a map in the order of its \
              keys, or of a list of `[name, value]` in its order. A list as value repeats its name, `()` is left out.",
        errors: "A list with something else than pairs.",
        example: r#"#{a: [1, 2], b: "x y", c: ()}.to_query()"#,
        result: r#""a=1&a=2&b=x+y""#,
        run: |call| Ok(form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs(call, 0)?).finish().into()),
    },
];

/// All but the unreserved characters (RFC 3986 §2.3).
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// What may not stand anywhere in a URL (RFC 3986 §2); `%` stays, so that what is escaped is not escaped again.
const WHOLE: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'\\').add(b'^').add(b'`').add(b'{').add(b'|').add(b'}');

fn encode(call: &mut Call, escaped: &'static AsciiSet) -> Result {
    let text = call.text(0)?;
    call.spend_bytes(text.len())?;
    Ok(utf8_percent_encode(&text, escaped).to_string().into())
}

fn decode(call: &mut Call) -> Result {
    let text = call.text(0)?;
    call.spend_bytes(text.len())?;
    utf8(percent_decode_str(&text).collect()).map(Dynamic::from).map_err(|why| call.fail(&why))
}

fn parse(call: &mut Call) -> Result {
    let url = url(call)?;
    let some = |text: &str| if text.is_empty() { Dynamic::UNIT } else { text.into() };
    let plain = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let origin = url.origin();
    let query = gathered(call, url.query_pairs())?;
    Ok(map(Map::from([
        ("scheme".into(), url.scheme().into()),
        ("username".into(), some(&plain(url.username()))),
        ("password".into(), url.password().map_or(Dynamic::UNIT, |password| plain(password).into())),
        ("host".into(), url.host_str().map_or(Dynamic::UNIT, |part| part.into())),
        ("port".into(), url.port_or_known_default().map_or(Dynamic::UNIT, |port| i64::from(port).into())),
        ("path".into(), url.path().into()),
        ("query".into(), query),
        ("fragment".into(), url.fragment().map_or(Dynamic::UNIT, |part| part.into())),
        ("origin".into(), if origin.is_tuple() { origin.ascii_serialization().into() } else { Dynamic::UNIT }),
        ("href".into(), url.as_str().into()),
    ])))
}

fn build(call: &mut Call) -> Result {
    const PARTS: [&str; 10] =
        ["scheme", "host", "port", "username", "password", "path", "query", "fragment", "origin", "href"];
    let parts = call.map(0)?.clone();
    if let Some(unknown) = parts.keys().find(|name| !PARTS.contains(&name.as_str())) {
        return Err(call.fail(&format!("a URL has no part `{unknown}`, but `{}`", PARTS[..8].join("`, `"))));
    }
    let part = |name: &str| match parts.get(name) {
        None => String::new(),
        Some(value) => {
            let mut text = String::new();
            write_text(value, &mut text);
            text
        }
    };
    let scheme = if part("scheme").is_empty() { "https".to_owned() } else { part("scheme") };
    let host = part("host");
    if host.is_empty() {
        return Err(call.fail("the part `host` is missing"));
    }
    let no_url = |call: &Call, name: &str| {
        call.fail(&format!("its part `{name}` cannot be {}", describe(parts.get(name).unwrap_or(&Dynamic::UNIT))))
    };
    if host.contains(['/', '?', '#', '@', '\\']) {
        return Err(no_url(call, "host"));
    }
    let mut url = Url::parse(&format!("{scheme}://{host}")).map_err(|_| no_url(call, "host"))?;
    if let Some(port) = parts.get("port").filter(|port| !port.is_unit()) {
        let port = port.as_int().ok().and_then(|port| u16::try_from(port).ok());
        url.set_port(Some(port.ok_or_else(|| no_url(call, "port"))?)).map_err(|()| no_url(call, "port"))?;
    }
    url.set_username(&part("username")).map_err(|()| no_url(call, "username"))?;
    let password = Some(part("password")).filter(|password| !password.is_empty());
    url.set_password(password.as_deref()).map_err(|()| no_url(call, "password"))?;
    url.set_path(&part("path"));
    set_query(call, &mut url, parts.get("query"))?;
    url.set_fragment(Some(part("fragment")).filter(|fragment| !fragment.is_empty()).as_deref());
    Ok(String::from(url).into())
}

fn set_query(call: &mut Call, url: &mut Url, query: Option<&Dynamic>) -> Result<()> {
    match query {
        None => {}
        Some(query) if query.is_unit() => {}
        Some(query) => match as_text(query) {
            Some(text) => url.set_query(Some(text.trim_start_matches('?'))),
            None => {
                let pairs = pairs_of(call, query)?;
                if !pairs.is_empty() {
                    url.query_pairs_mut().extend_pairs(pairs);
                }
            }
        },
    }
    Ok(())
}

fn with_query(call: &mut Call) -> Result {
    let mut url = url(call)?;
    let changes = call.map(1)?.clone();
    let added = pairs(call, 1)?;
    let kept: Vec<(String, String)> =
        url.query_pairs().filter(|(name, _)| !changes.contains_key(name.as_ref())).map(owned).collect();
    url.set_query(None);
    if !kept.is_empty() || !added.is_empty() {
        url.query_pairs_mut().extend_pairs(kept).extend_pairs(added);
    }
    Ok(String::from(url).into())
}

fn join(call: &mut Call) -> Result {
    let reference = call.text(1)?;
    let joined = url(call)?.join(&reference).map_err(|error| call.fail(&error.to_string()))?;
    Ok(String::from(joined).into())
}

fn parse_query(call: &mut Call) -> Result {
    let text = call.text(0)?;
    call.spend_bytes(text.len())?;
    gathered(call, form_urlencoded::parse(text.trim_start_matches('?').as_bytes()))
}

fn url(call: &mut Call) -> Result<Url> {
    let text = call.text(0)?;
    call.spend_bytes(text.len())?;
    Url::parse(&text).map_err(|error| {
        let text = describe(&text.into());
        call.fail(&format!("{text} is no URL: {error}"))
    })
}

/// Pairs as a map, where what is repeated is a list.
fn gathered(call: &mut Call, pairs: form_urlencoded::Parse) -> Result {
    /// What a parameter takes beside its text.
    const PARAMETER: usize = 64;
    let mut gathered: Vec<(String, Vec<Dynamic>)> = Vec::new();
    let mut positions = std::collections::HashMap::new();
    for (name, value) in pairs {
        call.reserve(PARAMETER + value.len())?;
        let position = *positions.entry(name.clone()).or_insert_with(|| {
            gathered.push((name.into_owned(), Vec::new()));
            gathered.len() - 1
        });
        if let Some((_, values)) = gathered.get_mut(position) {
            values.push(value.into_owned().into());
        }
    }
    let value = |mut values: Vec<Dynamic>| match values.len() {
        1 => values.pop().unwrap_or_default(),
        _ => list(values),
    };
    Ok(map(gathered.into_iter().map(|(name, values)| (name.into(), value(values))).collect()))
}

fn pairs(call: &mut Call, position: usize) -> Result<Vec<(String, String)>> {
    pairs_of(call, call.any(position))
}

/// The pairs of a map, or of a list of them.
fn pairs_of(call: &mut Call, parameters: &Dynamic) -> Result<Vec<(String, String)>> {
    let mut pairs = Vec::new();
    if let Some(entries) = as_map(parameters) {
        entries.iter().for_each(|(name, value)| add(&mut pairs, name, value));
    } else if let Some(items) = as_list(parameters) {
        for item in items.iter() {
            let pair = as_list(item).filter(|pair| pair.len() == 2);
            let pair = pair.and_then(|pair| Some((as_text(pair.first()?)?, pair.get(1)?.clone())));
            let Some((name, value)) = pair else {
                return Err(call.fail("parameters are a map, or a list of pairs such as `[\"a\", 1]`"));
            };
            add(&mut pairs, &name, &value);
        }
    } else {
        return Err(call.fail(&format!("parameters are a map or a list of pairs, not {}", describe(parameters))));
    }
    call.spend_bytes(pairs.iter().map(|(name, value)| 64 + name.len() + value.len()).sum())?;
    Ok(pairs)
}

fn add(pairs: &mut Vec<(String, String)>, name: &str, value: &Dynamic) {
    if let Some(items) = as_list(value) {
        items.iter().for_each(|item| add_one(pairs, name, item));
    } else {
        add_one(pairs, name, value);
    }
}

fn add_one(pairs: &mut Vec<(String, String)>, name: &str, value: &Dynamic) {
    if !value.is_unit() {
        let mut text = String::new();
        write_text(value, &mut text);
        pairs.push((name.to_owned(), text));
    }
}

fn owned((name, value): (std::borrow::Cow<str>, std::borrow::Cow<str>)) -> (String, String) {
    (name.into_owned(), value.into_owned())
}
