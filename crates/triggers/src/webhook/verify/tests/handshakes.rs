//! Handshakes: what has to be done, and that none starts where it must not. Their answers are vectors.

use super::super::{Effect, Incoming, Settings};
use crate::webhook::providers::find;
use scenario::secret::Secret;

fn request<'a>(method: &'a str, body: &'a str) -> Incoming<'a> {
    Incoming { method, url: "https://hooks.example.com/a", query: "", headers: &[], body: body.as_bytes(), now: 0 }
}

fn effect(settings: &Settings, body: &str) -> Option<Option<Effect>> {
    let (provider, incoming) = (find("notion").unwrap(), request("POST", body));
    let verdict = provider.verify(settings, &incoming, None);
    provider.handshake(settings, &incoming, &verdict).map(|greeting| greeting.effect)
}

#[test]
fn the_first_token_of_notion_is_to_be_kept_and_no_later_one() {
    let body = r#"{"verification_token":"first"}"#;
    let keep = Some(Some(Effect::Keep(Secret::new("first"))));
    assert_eq!(effect(&Settings::default(), body), keep);
    assert_eq!(effect(&Settings::of("secret", ""), body), keep);
    assert_eq!(effect(&Settings::of("secret", "kept"), body), None);
    assert_eq!(effect(&Settings::default(), r#"{"verification_token":" "}"#), None);
    assert_eq!(effect(&Settings::default(), r#"{"type":"page.created"}"#), None);
    assert!(!format!("{:?}", effect(&Settings::default(), body)).contains("first"));
}

#[test]
fn events_are_no_handshakes() {
    for (name, body) in [
        ("slack", r#"{"type":"event_callback","challenge":"c"}"#),
        ("discord", r#"{"type":2}"#),
        ("line", r#"{"events":[{}]}"#),
        ("zoom", r#"{"event":"meeting.ended","payload":{"plainToken":"a"}}"#),
        ("github", "{}"),
        ("msgraph", r#"{"value":[]}"#),
        ("trello", "{}"),
    ] {
        let provider = find(name).unwrap();
        let settings = Settings::of("secret", "s");
        assert_eq!(provider.handshake(&settings, &request("POST", body), &Ok(())), None, "{name}");
    }
}

#[test]
fn webhooks_take_the_methods_of_their_handshakes() {
    for (name, methods) in [("meta", &["GET"][..]), ("dropbox", &["GET"]), ("trello", &["HEAD"]), ("github", &[])] {
        assert_eq!(find(name).unwrap().handshake.methods(), methods, "{name}");
    }
}
