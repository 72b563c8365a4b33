//! Connections files as people write them, right and wrong.

use super::*;

/// An environment and a folder.
struct Given(&'static [(&'static str, &'static str)]);

impl Sources for Given {
    fn env(&self, name: &str) -> Option<String> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, text)| (*text).to_owned())
    }

    fn file(&self, path: &str) -> Result<String, String> {
        self.env(path).ok_or_else(|| "no such file".to_owned())
    }
}

fn problems(text: &str) -> Vec<String> {
    let problems = Connections::parse(text, &Given(&[])).map(|_| Vec::new());
    problems.unwrap_or_else(|problems| problems).iter().map(ToString::to_string).collect()
}

#[test]
fn all_mistakes_come_at_once_each_with_its_place() {
    let text = "\
office: { type: gogle }
shop:
  type: smtp
  urll: smtp://localhost
  password: { envv: X }
  sandbox: maybe
api: { type: api_key, header: X, query: y, value: z }
token: { type: bearer }
list: [1]
none: { user: a }
far: { type: http, base: ftp://example.com }
key: { type: api_key, header: 'a b', value: z }
mail: { type: smtp, url: 'http://x', from: nobody }
";
    let untyped = format!("10:1: none: it has no `type` (one of {})", KINDS.join(", "));
    let expected = [
        "1:17: office: there is no connection type `gogle` (did you mean `google`?)",
        "2:1: shop: it has no `url`",
        "4:3: shop: there is no setting `urll` (did you mean `url`?)",
        "5:13: shop: `password` is no text (a text, `{ env: NAME }` or `{ file: path }`)",
        "6:12: shop: `sandbox` must be true or false",
        "7:41: api: `query` and `header` exclude each other",
        "8:1: token: it has no `token`",
        "9:7: list: a connection is a list of settings (`{ type: bearer, token: { env: API_TOKEN } }`)",
        &untyped,
        "11:26: far: `base` is no http:// or https:// URL",
        "12:31: key: `header` is no header name",
        "13:26: mail: `url` does not begin with smtps://, smtp+starttls:// or smtp:// (smtps://user@mail.example.com, smtp+starttls://… or smtp://…)",
        "13:44: mail: `from` is no address (Shop <shop@example.com>)",
    ];
    assert_eq!(problems(text), expected);
}

#[test]
fn what_is_no_yaml_says_where() {
    for (text, place) in [("a: {", "1:"), ("a: { type: http }\na: { type: http }", "2:1:"), ("a:\n\t- b", "2:")] {
        let problems = problems(text);
        assert!(problems.len() == 1 && problems[0].starts_with(place), "{text:?}: {problems:?}");
    }
    assert_eq!(problems("[1]").len(), 1);
    assert!(problems("").is_empty() && problems("# nothing yet\n").is_empty());
}

#[test]
fn references_are_resolved_without_their_last_line_break() {
    let text = "a: { type: bearer, token: { env: TOKEN } }\nb: { type: bearer, token: { file: token.txt } }\nc: { type: bearer, token: 007 }";
    let connections = Connections::parse(text, &Given(&[("TOKEN", "abcdef"), ("token.txt", "ghi jkl\r\n")])).unwrap();
    for (name, expected) in [("a", "Bearer abcdef"), ("b", "Bearer ghi jkl"), ("c", "Bearer 007")] {
        let mut request = crate::client::Outgoing {
            method: reqwest::Method::GET,
            url: url::Url::parse("https://example.com").unwrap(),
            headers: reqwest::header::HeaderMap::new(),
            body: bytes::Bytes::new().into(),
        };
        connections.http(name).unwrap().sign(&mut request, Chosen::ByAuthor).unwrap();
        assert_eq!(request.headers["authorization"], expected, "{name}");
    }
}

#[test]
fn what_is_missing_breaks_only_its_own_connection() {
    let text = "\
a: { type: bearer, token: { env: NOT_SET } }
b: { type: google, service_account: { file: gone.json } }
c: { type: google, service_account: { file: wrong.json } }
d: { type: http }
e: { type: bearer, sandbox: true, token: { env: NOT_SET } }
f: { type: google, service_account: { file: text } }
";
    let given = Given(&[("wrong.json", r#"{"client_email": "x", "private_key": "geheim"}"#), ("text", "geheim")]);
    let connections = Connections::parse(text, &given).unwrap();
    let missing: Vec<String> = connections.missing().iter().map(ToString::to_string).collect();
    let expected = [
        "1:27: a: the environment variable NOT_SET is not set",
        "2:37: b: the file gone.json cannot be read: no such file",
        "3:37: c: `service_account` holds a `private_key` that is no RSA key (PEM)",
        "6:37: f: `service_account` holds no JSON (line 1, column 1)",
    ];
    assert_eq!(missing, expected);
    assert_eq!(connections.http("a").unwrap_err().code, "connection_broken");
    assert!(connections.http("d").is_ok() && connections.http("e").is_ok());
    let kinds: Vec<String> = connections.kinds().into_values().collect();
    assert_eq!(kinds, ["bearer", "google", "google", "http", "bearer", "google"]);
}

#[test]
fn a_webhook_connection_without_its_variable_breaks_only_itself() {
    let text = "\
a: { type: webhook, secret: { env: NOT_SET } }
b: { type: webhook, secret: [{ env: SET }, { env: NOT_SET }] }
c: { type: webhook, secret: { env: SET } }
";
    let connections = Connections::parse(text, &Given(&[("SET", "whsec_YWJj")])).unwrap();
    let missing: Vec<String> = connections.missing().iter().map(ToString::to_string).collect();
    let expected = [
        "1:29: a: the environment variable NOT_SET is not set",
        "2:44: b: the environment variable NOT_SET is not set",
    ];
    assert_eq!(missing, expected);
    assert_eq!(connections.http("a").unwrap_err().code, "connection_broken");
    assert_eq!(connections.http("b").unwrap_err().code, "connection_broken");
    assert!(connections.http("c").is_ok());
    for none in ["a: { type: webhook }", "a: { type: webhook, secret: [] }", "a: { type: webhook, secret: }"] {
        let problems = problems(none);
        assert!(problems.len() == 1 && problems[0].contains("`secret` must be given"), "{none}: {problems:?}");
    }
}

#[test]
fn no_secret_is_ever_shown() {
    let text = "\
a: { type: basic, user: ann, password: geheim }
b: { type: bearer, token: geheim }
c: { type: api_key, header: X, value: geheim }
d: { type: api_key, query: x, value: geheim }
e: { type: smtp, url: 'smtps://ann:geheim@example.com' }
f: { type: smtp, url: 'smtps://example.com', password: geheim }
";
    let shown = format!("{:?}", Connections::parse(text, &Given(&[])).unwrap());
    assert!(!shown.contains("geheim") && shown.contains("•••"), "{shown}");
}

#[test]
fn a_file_is_loaded_with_references_to_its_own_folder() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("connections.yaml");
    assert!(Connections::load(&path).unwrap().kinds().is_empty());
    std::fs::write(folder.path().join("token"), "abcdef\n").unwrap();
    std::fs::write(&path, "api: { type: bearer, token: { file: token } }").unwrap();
    let connections = Connections::load(&path).unwrap();
    assert!(connections.missing().is_empty() && connections.http("api").is_ok());
    assert!(Connections::load(folder.path()).is_err());
}

/// The connections that come with the scenarios work on a machine that knows none of their secrets.
#[test]
fn the_shipped_connections_work_as_they_are() {
    let text = include_str!("../../../../scenarios/connections.yaml");
    let connections = Connections::parse(text, &Given(&[])).unwrap();
    assert!(connections.missing().is_empty(), "{:?}", connections.missing());
    assert!(!connections.kinds().is_empty());
    assert!(connections.kinds().keys().all(|name| connections.service(name).is_ok()));
}
