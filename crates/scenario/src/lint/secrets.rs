//! W0503: credentials in plain text. Shapes of tokens that well-known services give out, values of keys that are named
//! after secrets, and what `verify` takes for secrets.

use super::outline::{Outline, entries_of};
use crate::catalog::{SettingKind, SettingSpec};
use crate::diagnostic::Diagnostic;
use crate::text::{Entry, Node, Value};

/// How tokens of well-known services begin, what they are, and how many characters follow at least.
const TOKENS: &[(&str, &str, usize)] = &[
    ("sk_live_", "a Stripe secret key", 16),
    ("rk_live_", "a Stripe restricted key", 16),
    ("whsec_", "a webhook signing secret", 16),
    ("ghp_", "a GitHub token", 30),
    ("gho_", "a GitHub token", 30),
    ("ghs_", "a GitHub token", 30),
    ("github_pat_", "a GitHub token", 30),
    ("glpat-", "a GitLab token", 16),
    ("xoxb-", "a Slack token", 16),
    ("xoxp-", "a Slack token", 16),
    ("xapp-", "a Slack token", 16),
    ("AKIA", "an AWS access key", 16),
    ("ASIA", "an AWS access key", 16),
    ("AIza", "a Google API key", 30),
    ("ya29.", "a Google access token", 20),
    ("SG.", "a SendGrid key", 30),
    ("shpat_", "a Shopify token", 16),
    ("shpss_", "a Shopify secret", 16),
    ("sk-ant-", "an API key", 16),
    ("sk-proj-", "an API key", 16),
    ("npm_", "an npm token", 30),
    ("pypi-", "a PyPI token", 30),
    ("dop_v1_", "a DigitalOcean token", 30),
];

/// Keys whose values are secrets.
const NAMES: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "secret",
    "client_secret",
    "api_key",
    "apikey",
    "access_key",
    "secret_key",
    "private_key",
    "token",
    "access_token",
    "auth_token",
    "refresh_token",
    "x-api-key",
    "x-auth-token",
];

/// Sections in which values are examples, not credentials.
const EXAMPLES: &[&str] = &["tests", "input"];

pub(super) fn find(outline: &Outline<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    look(outline.root, "", &mut findings);
    for trigger in outline.triggers().into_iter().filter(|trigger| trigger.key.text == "webhook") {
        let providers = trigger.node.get("verify").map(entries_of).unwrap_or_default();
        providers.iter().for_each(|provider| settings(outline, provider, &mut findings));
    }
    findings
}

/// The settings of one provider that are secrets.
fn settings(outline: &Outline<'_>, provider: &Entry, findings: &mut Vec<Diagnostic>) {
    let Some(spec) = outline.catalog.providers().and_then(|known| known.get(&provider.key.text)) else { return };
    let is_secret = |setting: &SettingSpec| setting.kind == SettingKind::Secrets;
    match &provider.node.value {
        Value::Map(entries) => {
            for Entry { key, node } in
                entries.iter().filter(|entry| spec.setting(&entry.key.text).is_some_and(is_secret))
            {
                literals(node, &key.text, findings);
            }
        }
        _ if spec.settings.first().is_some_and(is_secret) => literals(&provider.node, &provider.key.text, findings),
        _ => {}
    }
}

/// Texts of a secret setting into which nothing is put; those that [`look`] has told of are told once.
fn literals(node: &Node, key: &str, findings: &mut Vec<Diagnostic>) {
    match &node.value {
        Value::Text(text) if !text.trim().is_empty() && !text.contains("{{") && kind_of(key, text).is_none() => {
            findings.push(Diagnostic::plain_secret(node.place, "the secret of a webhook"));
        }
        Value::List(items) => items.iter().for_each(|item| literals(item, key, findings)),
        _ => {}
    }
}

fn look(node: &Node, key: &str, findings: &mut Vec<Diagnostic>) {
    match &node.value {
        Value::Text(text) => {
            if let Some(kind) = kind_of(key, text) {
                findings.push(Diagnostic::plain_secret(node.place, kind));
            }
        }
        Value::List(items) => items.iter().for_each(|item| look(item, key, findings)),
        Value::Map(entries) => {
            for Entry { key, node } in entries.iter().filter(|entry| !EXAMPLES.contains(&entry.key.text.as_str())) {
                look(node, &key.text, findings);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn kind_of(key: &str, text: &str) -> Option<&'static str> {
    if text.contains("-----BEGIN ") && text.contains("PRIVATE KEY-----") {
        return Some("a private key");
    }
    let token = TOKENS.iter().find(|(start, _, length)| has_token(text, start, *length));
    if let Some((_, kind, _)) = token {
        return Some(kind);
    }
    if text.contains("{{") {
        return None;
    }
    let key = key.to_ascii_lowercase();
    if key == "authorization" {
        return has_credentials(text).then_some("a credential");
    }
    if has_password_in_url(text) {
        return Some("a password in a URL");
    }
    (NAMES.contains(&key.as_str()) && is_no_placeholder(text)).then_some("a secret")
}

/// Whether a token of this beginning stands anywhere in the text.
fn has_token(text: &str, start: &str, length: usize) -> bool {
    text.match_indices(start).any(|(at, _)| {
        let is_part = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
        let is_word = text[..at].chars().next_back().is_none_or(|c| !c.is_ascii_alphanumeric());
        is_word && text[at + start.len()..].chars().take_while(|c| is_part(*c)).count() >= length
    })
}

/// `Bearer abc…`, `Basic abc…` (RFC 9110, 11.4).
fn has_credentials(text: &str) -> bool {
    text.split_once(' ').is_some_and(|(_, credentials)| is_no_placeholder(credentials.trim()))
}

/// `https://user:password@host/` (RFC 3986, 3.2.1).
fn has_password_in_url(text: &str) -> bool {
    let Some((_, rest)) = text.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let password = authority.rsplit_once('@').and_then(|(user, _)| user.split_once(':'));
    password.is_some_and(|(_, password)| is_no_placeholder(password))
}

/// Whether a value is one that somebody could use: long enough, and not one that says it is none.
fn is_no_placeholder(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let says_so = ["example", "changeme", "change-me", "your", "xxx", "placeholder", "<", "•", "***", "todo", "..."];
    text.chars().count() >= 6 && !text.contains(' ') && !says_so.iter().any(|word| lower.contains(word))
}
