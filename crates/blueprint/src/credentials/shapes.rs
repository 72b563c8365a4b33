//! What credentials look like, and what they are called.

use super::HIDDEN;
use std::borrow::Cow;

/// How tokens of well-known services begin, and how long they are at least.
const PREFIXES: [(&str, usize); 30] = [
    ("sk-", 20),
    ("sk_live_", 16),
    ("sk_test_", 16),
    ("rk_live_", 16),
    ("whsec_", 16),
    ("xoxb-", 20),
    ("xoxp-", 20),
    ("xoxa-", 20),
    ("xapp-", 20),
    ("ghp_", 20),
    ("gho_", 20),
    ("ghs_", 20),
    ("github_pat_", 20),
    ("glpat-", 16),
    ("gsk_", 20),
    ("hf_", 20),
    ("AIza", 35),
    ("AKIA", 20),
    ("ASIA", 20),
    ("EAA", 40),
    ("SG.", 30),
    ("shpat_", 20),
    ("ya29.", 20),
    ("pplx-", 20),
    ("xai-", 20),
    ("r8_", 20),
    ("ntn_", 20),
    ("dop_v1_", 20),
    ("pat-na1-", 20),
    ("npm_", 20),
];

/// What a parameter or header is called that holds a credential, without what is no letter.
const NAMES: [&str; 16] = [
    "authorization",
    "token",
    "accesstoken",
    "authtoken",
    "bearertoken",
    "apitoken",
    "xauthtoken",
    "secret",
    "clientsecret",
    "apisecret",
    "secretkey",
    "password",
    "passwd",
    "authpass",
    "privatekey",
    "ocpapimsubscriptionkey",
];

/// Whether what has this name holds a credential.
pub(super) fn is_credential(name: &str) -> bool {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    NAMES.contains(&plain.as_str()) || ["apikey", "accesskey", "authkey"].iter().any(|end| plain.ends_with(end))
}

/// Whether a parameter of a URL's query holds a credential: there, short names are usual, too.
pub(super) fn is_credential_of_query(name: &str) -> bool {
    is_credential(name) || ["key", "appid", "auth", "sig", "hapikey"].contains(&name.to_ascii_lowercase().as_str())
}

/// The text, with `•••` for what looks like a token, and for a private key.
pub(super) fn hidden(text: &str) -> String {
    let text = without_private_keys(text);
    let mut out = String::with_capacity(text.len());
    let mut rest = &*text;
    while let Some(begin) = rest.find(is_of_token) {
        let end = rest[begin..].find(|c| !is_of_token(c)).map_or(rest.len(), |length| begin + length);
        let word = rest[begin..end].trim_end_matches(['.', '-']);
        out.push_str(&rest[..begin]);
        out.push_str(if is_token(word) { HIDDEN } else { word });
        out.push_str(&rest[begin + word.len()..end]);
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

fn is_of_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')
}

/// Whether a word is a token: as long as one, with digits in it, and beginning as one does.
pub(super) fn is_token(word: &str) -> bool {
    if word.len() < 16 || !word.bytes().any(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let is_known = PREFIXES.iter().any(|(prefix, length)| word.starts_with(prefix) && word.len() >= *length);
    is_known || is_signed_token(word) || is_of_airtable(word)
}

/// A JSON Web Token (RFC 7519, section 3): three parts, of which the first is a map.
fn is_signed_token(word: &str) -> bool {
    let parts: Vec<&str> = word.split('.').collect();
    matches!(parts.as_slice(), [head, claims, signature]
        if head.starts_with("eyJ") && claims.starts_with("eyJ") && signature.len() >= 20)
}

/// A personal access token of Airtable.
fn is_of_airtable(word: &str) -> bool {
    word.split_once('.').is_some_and(|(name, key)| name.starts_with("pat") && name.len() == 17 && key.len() == 64)
}

/// The text without private keys as RFC 7468 writes them.
fn without_private_keys(text: &str) -> Cow<'_, str> {
    const BEGIN: &str = "-----BEGIN ";
    if !text.contains(BEGIN) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(begin) = rest.find(BEGIN) {
        let (before, key) = rest.split_at(begin);
        out.push_str(before);
        let is_private = key.lines().next().is_some_and(|line| line.contains("PRIVATE KEY"));
        let length = if is_private { end_of_key(key) } else { BEGIN.len() };
        out.push_str(if is_private { HIDDEN } else { BEGIN });
        rest = &key[length..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Where a key ends that begins the text: all of it, where nothing says.
fn end_of_key(key: &str) -> usize {
    const END: &str = "-----END ";
    let end = key.find(END).map(|at| at + END.len());
    end.and_then(|at| Some(at + key[at..].find("-----")? + "-----".len())).unwrap_or(key.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_known_by_how_they_begin() {
        let token = format!("sk-proj-{}", "a1B2".repeat(8));
        let signed = format!("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.{}", "x1".repeat(20));
        for (text, expected) in [
            (format!("Bearer {token}"), "Bearer •••".to_owned()),
            (format!("const key = \"{token}\"; // {signed}."), "const key = \"•••\"; // •••.".to_owned()),
            ("sk-YOUR-KEY-GOES-HERE-PLEASE".to_owned(), "sk-YOUR-KEY-GOES-HERE-PLEASE".to_owned()),
            ("risk-assessment-2024-report-final".to_owned(), "risk-assessment-2024-report-final".to_owned()),
            ("EAAREDACTED".to_owned(), "EAAREDACTED".to_owned()),
            ("-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\nafter".to_owned(), "•••\nafter".to_owned()),
            ("-----BEGIN CERTIFICATE-----\nx".to_owned(), "-----BEGIN CERTIFICATE-----\nx".to_owned()),
            ("Grüße, 你好 …".to_owned(), "Grüße, 你好 …".to_owned()),
        ] {
            assert_eq!(hidden(&text), expected, "{text}");
        }
    }

    #[test]
    fn credentials_are_known_by_their_names() {
        for name in
            ["Authorization", "X-Api-Key", "X-RapidAPI-Key", "client_secret", "PASSWORD", "Ocp-Apim-Subscription-Key"]
        {
            assert!(is_credential(name), "{name}");
        }
        for name in ["pageToken", "key", "keyword", "Content-Type", "tokens", "secretary"] {
            assert!(!is_credential(name), "{name}");
        }
        assert!(is_credential_of_query("key") && is_credential_of_query("appid") && !is_credential_of_query("q"));
    }
}
