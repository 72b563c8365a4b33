//! Credentials of a request: in its headers, its query, its URL and its body.

use super::{Kept, is_literal, shapes};
use crate::draft::Data;
use crate::hosts::{self, called};
use crate::ids::slug;
use crate::ours::{Expr, Part, Text};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Parts of URLs behind which a credential stands: all of the rest, or up to the next stroke.
const URLS: [(&str, bool); 4] = [
    ("hooks.slack.com/services/", true),
    ("discord.com/api/webhooks/", true),
    ("discordapp.com/api/webhooks/", true),
    ("api.telegram.org/bot", false),
];

/// How a connection gives its credential.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// `Authorization: Bearer …`
    Bearer,
    /// A user and a password.
    Basic,
    /// A header of this name.
    Header(String),
    /// A parameter of the query of this name.
    Query(String),
}

impl Kind {
    /// The type of the connection.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Bearer => "bearer",
            Self::Basic => "basic",
            Self::Header(_) | Self::Query(_) => "api_key",
        }
    }
}

/// A credential: to whom it goes, how, and what it is.
type Key = (String, Kind, String);

/// The credentials of a scenario, and what they are called here.
#[derive(Debug, Default)]
pub(super) struct Keys {
    /// Names of connections that mean something else.
    pub(super) taken: BTreeSet<String>,
    connections: BTreeMap<Key, String>,
    secrets: BTreeMap<(String, String), String>,
}

impl Keys {
    /// How the connection of this name gives its credential.
    pub(super) fn kind_of(&self, name: &str) -> Option<&Kind> {
        self.connections.iter().find(|(_, known)| *known == name).map(|((_, kind, _), _)| kind)
    }

    /// What is known of the connection besides its credential.
    pub(super) fn settings(&self, name: &str) -> Map<String, Value> {
        let mut settings = Map::new();
        if let Some(((host, kind, _), _)) = self.connections.iter().find(|(_, known)| *known == name) {
            match kind {
                Kind::Header(header) => drop(settings.insert("header".to_owned(), json!(header))),
                Kind::Query(query) => drop(settings.insert("query".to_owned(), json!(query))),
                Kind::Bearer | Kind::Basic => {}
            }
            if !host.is_empty() {
                settings.insert("allow".to_owned(), json!([host]));
            }
        }
        settings
    }

    /// The connection that has this credential.
    fn connection(&mut self, host: &str, kind: Kind, value: &str) -> String {
        let key = (host.to_owned(), kind, value.to_owned());
        if let Some(known) = self.connections.get(&key) {
            return known.clone();
        }
        // The app of this name has a connection of its own kind.
        let plain = match called(host).as_str() {
            "http" => "http".to_owned(),
            host => format!("{host}-http"),
        };
        let mut names = std::iter::once(plain.clone()).chain((2..).map(|number| format!("{plain}-{number}")));
        let name = names.find(|name| !self.taken.contains(name)).unwrap_or(plain);
        self.taken.insert(name.clone());
        self.connections.insert(key, name.clone());
        name
    }

    /// The secret that is this.
    fn secret(&mut self, host: &str, parameter: &str, value: &str) -> String {
        let words = slug(&format!("{} {parameter}", called(host)), "secret").replace('-', "_");
        let words = if words.starts_with(|c: char| c.is_ascii_digit()) { format!("key_{words}") } else { words };
        let key = (words.clone(), value.to_owned());
        if let Some(known) = self.secrets.get(&key) {
            return known.clone();
        }
        let mut names = std::iter::once(words.clone()).chain((2..).map(|number| format!("{words}_{number}")));
        let name = names.find(|name| self.secrets.values().all(|known| known != name)).unwrap_or(words);
        self.secrets.insert(key, name.clone());
        name
    }
}

/// Takes the credentials out of a request's parameters.
pub(super) fn take_out(with: &mut Vec<(String, Data)>, keys: &mut Keys, kept: &mut Vec<Kept>) {
    let host = host_of(with);
    let mut connected = with.iter().any(|(key, _)| key == "connection");
    for place in ["headers", "query"] {
        let Some((_, Data::Map(pairs))) = with.iter_mut().find(|(key, _)| key == place) else { continue };
        let mut connection = None;
        pairs.retain_mut(|(name, value)| {
            let Some((kind, credential)) = given(place, name, value) else { return true };
            if !connected && connection.is_none() {
                connection = Some(keys.connection(&host, kind, &credential));
                return false;
            }
            let secret = keys.secret(&host, name, &credential);
            kept.push(Kept::Secret(secret.clone()));
            *value = in_its_place(&kind, &secret);
            true
        });
        let is_empty = pairs.is_empty();
        if is_empty {
            with.retain(|(key, _)| key != place);
        }
        if let Some(name) = connection {
            connected = true;
            with.insert(0, ("connection".to_owned(), Data::text(name.as_str())));
            kept.push(Kept::Connection(name));
        }
    }
    for (key, value) in with.iter_mut() {
        match (key.as_str(), value) {
            ("url", Data::Text(url)) => *url = without_credentials(url, &host, keys, kept),
            ("json" | "form" | "text" | "body" | "query" | "headers", value) => in_body(key, value, &host, keys, kept),
            _ => {}
        }
    }
}

/// The host of a request, where it is told without an expression.
fn host_of(with: &[(String, Data)]) -> String {
    let url = with.iter().find(|(key, _)| key == "url").map(|(_, url)| url);
    let Some(Data::Text(url)) = url else { return String::new() };
    hosts::of_url(url).unwrap_or_default()
}

/// The credential that a header or a parameter is, where it is one.
fn given(place: &str, name: &str, value: &Data) -> Option<(Kind, String)> {
    let is_one = if place == "query" { shapes::is_credential_of_query(name) } else { shapes::is_credential(name) };
    if !is_one {
        return None;
    }
    if let Some(login) = literal_login(value) {
        return Some((Kind::Basic, login));
    }
    let literal = value.as_literal().filter(|text| is_literal(text))?;
    if place == "query" {
        return Some((Kind::Query(name.to_owned()), literal.to_owned()));
    }
    if name.eq_ignore_ascii_case("authorization")
        && let Some((scheme, credential)) = literal.trim().split_once(' ')
    {
        match scheme.to_ascii_lowercase().as_str() {
            "bearer" => return Some((Kind::Bearer, credential.trim().to_owned())),
            "basic" => return Some((Kind::Basic, credential.trim().to_owned())),
            _ => {}
        }
    }
    Some((Kind::Header(name.to_owned()), literal.to_owned()))
}

/// `Basic {{ "user:password".encode_base64() }}`, of which nothing is computed.
fn literal_login(value: &Data) -> Option<String> {
    let Data::Text(text) = value else { return None };
    let [Part::Literal(_), Part::Value(Expr::Method(of, name, _))] = text.parts() else { return None };
    if name != "encode_base64" {
        return None;
    }
    let words = |part: &Part| match part {
        Part::Literal(words) | Part::Value(Expr::Text(words)) => Some(words.clone()),
        Part::Value(_) => None,
    };
    match &**of {
        Expr::Text(words) => Some(words.clone()),
        Expr::Joined(parts) => parts.iter().map(words).collect::<Option<Vec<_>>>().map(|parts| parts.concat()),
        _ => None,
    }
}

/// A secret where a credential stood.
fn in_its_place(kind: &Kind, secret: &str) -> Data {
    let value = Part::Value(Expr::name("secrets").field(secret));
    let scheme = match kind {
        Kind::Bearer => "Bearer ",
        Kind::Basic => "Basic ",
        Kind::Header(_) | Kind::Query(_) => "",
    };
    Data::Text(Text::of([Part::Literal(scheme.to_owned()), value]))
}

/// Secrets for what is called as credentials are, or looks like one, anywhere in a body.
fn in_body(name: &str, value: &mut Data, host: &str, keys: &mut Keys, kept: &mut Vec<Kept>) {
    match value {
        Data::Map(entries) => {
            for (name, value) in entries {
                in_body(name, value, host, keys, kept);
            }
        }
        Data::List(items) => items.iter_mut().for_each(|item| in_body(name, item, host, keys, kept)),
        Data::Text(text) => {
            let is_named = shapes::is_credential(name) && text.as_literal().is_some_and(is_literal);
            *text = replaced(text, name, host, keys, kept, &|words| match is_named {
                true => vec![(0, words.len())],
                false => tokens(words),
            });
        }
        Data::Null | Data::Bool(_) | Data::Number(_) => {}
    }
}

/// Where tokens stand in a text.
fn tokens(words: &str) -> Vec<(usize, usize)> {
    let is_of_token = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let mut found = Vec::new();
    let mut at = 0;
    for word in words.split(|c: char| !is_of_token(c)) {
        if shapes::is_token(word) {
            found.push((at, at + word.len()));
        }
        at += word.len();
        at += words[at..].chars().next().map_or(0, char::len_utf8);
    }
    found
}

/// A URL with secrets for what stands in its query, its path and before its host.
fn without_credentials(url: &Text, host: &str, keys: &mut Keys, kept: &mut Vec<Kept>) -> Text {
    replaced(url, "url", host, keys, kept, &|words| {
        let mut found = tokens(words);
        for (marker, is_rest) in URLS {
            if let Some(at) = words.find(marker).map(|at| at + marker.len()) {
                let length = words[at..].find(if is_rest { "?" } else { "/" }).unwrap_or(words.len() - at);
                found.push((at, at + length));
            }
        }
        for (at, _) in words.match_indices(['?', '&']) {
            let rest = &words[at + 1..];
            let pair = rest.split(['&', '#']).next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=')
                && shapes::is_credential_of_query(name)
            {
                let begin = at + 1 + name.len() + 1;
                found.push((begin, begin + value.len()));
            }
        }
        if let Some(begin) = words.find("://").map(|at| at + 3) {
            let authority = words[begin..].split('/').next().unwrap_or_default();
            found
                .extend(authority.rfind('@').filter(|at| authority[..*at].contains(':')).map(|at| (begin, begin + at)));
        }
        found
    })
}

/// The text with a secret for each part that is found in its words. Parts that overlap are one.
fn replaced(
    text: &Text,
    name: &str,
    host: &str,
    keys: &mut Keys,
    kept: &mut Vec<Kept>,
    find: &dyn Fn(&str) -> Vec<(usize, usize)>,
) -> Text {
    let mut out = Text::default();
    for part in text.parts() {
        let Part::Literal(words) = part else {
            out.push(part.clone());
            continue;
        };
        let mut found: Vec<(usize, usize)> = find(words).into_iter().filter(|(begin, end)| begin < end).collect();
        found.sort_unstable();
        let mut at = 0;
        for (begin, end) in found {
            if begin < at {
                continue;
            }
            let secret = keys.secret(host, name, &words[begin..end]);
            kept.push(Kept::Secret(secret.clone()));
            out.push(Part::Literal(words[at..begin].to_owned()));
            out.push(Part::Value(Expr::name("secrets").field(secret)));
            at = end;
        }
        out.push(Part::Literal(words[at..].to_owned()));
    }
    out
}
