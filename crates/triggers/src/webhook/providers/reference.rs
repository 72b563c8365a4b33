//! The tables of `docs/providers.md`, from the presets.

use super::{Need, Provider, all};
use crate::webhook::verify::Handshake;
use std::fs;
use std::path::Path;

const BEGIN: &str = "<!-- from the code: begin -->\n";
const END: &str = "<!-- from the code: end -->\n";

fn tables() -> String {
    let mut text =
        String::from("\n| preset | of | how a request proves itself | answers within |\n|---|---|---|---|\n");
    for provider in all() {
        let Provider { name, title, summary, docs, .. } = provider;
        let within = provider.deadline.map_or("–".to_owned(), |deadline| format!("{} s", deadline.as_secs()));
        text += &format!("| `{name}` | [{title}]({docs}) | {summary} | {within} |\n");
    }
    text += "\n```yaml\n# One line each, below `verify:`.\n";
    all().for_each(|provider| text += &format!("{}\n", provider.example));
    text += "```\n\n## What can be set\n\n";
    for provider in all().filter(|provider| !provider.settings.is_empty()) {
        text += &format!("**`{}`**", provider.name);
        if !provider.one_of.is_empty() {
            let names: Vec<_> = provider.one_of.iter().map(|name| format!("`{name}`")).collect();
            text += &format!(" (one of {})", names.join(", "));
        }
        text.push('\n');
        for setting in provider.settings {
            let need = if setting.need == Need::Required { "" } else { " *(optional)*" };
            text += &format!("- `{}`{need}: {}\n", setting.name, setting.summary);
        }
        text.push('\n');
    }
    text += "## Handshakes\n\n| preset | asked | answered |\n|---|---|---|\n";
    for provider in all() {
        if let Some((asked, answered)) = described(provider.handshake) {
            text += &format!("| `{}` | {asked} | {answered} |\n", provider.name);
        }
    }
    text + "\n"
}

fn described(handshake: Handshake) -> Option<(String, &'static str)> {
    const ECHO: &str = "200 and the same as plain text, at most 1 KiB";
    let (asked, answered) = match handshake {
        Handshake::None => return None,
        Handshake::Head => ("`HEAD`".to_owned(), "200"),
        Handshake::Event(header, event) => (format!("a signed request with `{header}: {event}`"), "200, no run"),
        Handshake::Notice(header, event) => (format!("a request with `{header}: {event}`"), "200, no run"),
        Handshake::Challenge => ("a signed `url_verification` with a `challenge`".to_owned(), ECHO),
        Handshake::Subscribe => {
            let asked = "`GET` with `hub.verify_token` and `hub.challenge`";
            (asked.to_owned(), "200 and the challenge where the token is `verify_token`, else 403")
        }
        Handshake::SignToken => {
            let asked = "a signed `endpoint.url_validation` with a `plainToken` of letters, digits, `_`, `-`";
            (asked.to_owned(), "200, the token and its code")
        }
        Handshake::EchoOnGet(name) => (format!("`GET` with `{name}`"), ECHO),
        Handshake::EchoOnPost(name) => (format!("`POST` with `{name}` in the query"), ECHO),
        Handshake::Ping => ("a signed `{\"type\":1}`".to_owned(), "200 and `{\"type\":1}`"),
        Handshake::EmptyList(name) => (format!("a signed request with no `{name}`"), "200, no run"),
        Handshake::KeepToken => (
            "`POST` with a `verification_token`, while there is no secret".to_owned(),
            "200; the first token is kept for you to read (`GET /api/v1/hooks`), and verifies nothing until you set it",
        ),
    };
    Some((asked, answered))
}

#[test]
fn the_copy_in_the_documents_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/providers.md");
    let kept = fs::read_to_string(&path).unwrap();
    let (before, rest) = kept.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let fresh = format!("{before}{BEGIN}{}{END}{after}", tables());
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&path, &fresh).unwrap();
        return;
    }
    assert!(kept == fresh, "docs/providers.md is stale: run the tests with UPDATE_EXPECT=1");
}
