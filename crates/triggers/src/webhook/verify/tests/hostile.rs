//! Requests that nobody means well with: no preset panics, and nothing of a secret is shown.

use super::super::{Incoming, Settings, diagnose};
use crate::webhook::providers::{self, Kind, Provider};
use proptest::prelude::*;

const SECRET: &str = "correct-horse-battery-staple";

/// Headers that presets read, and one that none does.
fn names() -> Vec<&'static str> {
    let mut names: Vec<_> = providers::all().flat_map(|provider| provider.telltales.iter().copied()).collect();
    names.extend(["authorization", "x-hub-signature-256", "x-hub-signature", "webhook-id", "webhook-timestamp"]);
    names.extend(["webhook-signature", "svix-id", "svix-timestamp", "x-slack-request-timestamp", "paypal-cert-url"]);
    names.extend(["paypal-auth-algo", "x-signature-timestamp", "x-hubspot-request-timestamp", "content-type", "x-a"]);
    names
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,40}",
        "(t=[0-9]{0,20},?)?(v[01]a?[=,][0-9a-f]{0,64}[ ,]?){0,3}",
        "(sha256=|v0=|sha1=)?[0-9a-zA-Z+/=]{0,90}",
        "(Bearer|Basic) [A-Za-z0-9_=-]{0,20}(\\.[A-Za-z0-9_=-]{0,20}){0,3}",
        "[0-9]{1,20}",
        "https?://[a-z.@:0-9]{0,20}/c",
        Just("application/x-www-form-urlencoded".to_owned()),
    ]
}

/// Every secret is [`SECRET`], every header that can be named is one that nobody sends.
fn settings_of(provider: &Provider) -> Settings {
    provider.settings.iter().fold(Settings::default(), |settings, setting| match setting.kind {
        Kind::Secrets => settings.with(setting.name, SECRET),
        Kind::Text => settings.with(setting.name, "X-A"),
        Kind::Choice(_) | Kind::Duration => settings,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_request_makes_a_preset_panic_or_pass(
        headers in proptest::collection::vec((proptest::sample::select(names()), value()), 0..6),
        body in prop_oneof![any::<Vec<u8>>(), ".{0,60}".prop_map(String::into_bytes), Just(b"{\"value\":[{}]}".to_vec())],
        url in prop_oneof!["https?://[a-z.:0-9]{0,20}(/[a-z%0-9]{0,8}){0,3}(\\?[a-zA-Z0-9=&%]{0,20})?", ".{0,30}"],
        method in prop_oneof![Just("POST"), Just("GET"), Just("HEAD"), Just("")],
        now in any::<i64>(),
    ) {
        let headers: Vec<(&str, &[u8])> = headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
        let query = url.split_once('?').map_or("", |(_, query)| query);
        let incoming = Incoming { method, url: &url, query, headers: &headers, body: &body, now };
        for provider in providers::all() {
            let settings = settings_of(provider);
            let verdict = provider.verify(&settings, &incoming, None);
            let fault = verdict.clone().expect_err("nobody guesses it");
            prop_assert!(!fault.to_string().contains(SECRET));
            provider.handshake(&settings, &incoming, &verdict);
            provider.keys_wanted(&settings, &incoming);
            provider.facts(&settings, &incoming, &incoming.parsed_body());
        }
    }

    #[test]
    fn no_request_makes_the_doctor_panic_or_tell_a_secret(
        header in value(),
        body in prop_oneof![any::<Vec<u8>>(), "\\{\"a\": ?[0-9\"a-z\u{e9}]{0,5}\\}\n?".prop_map(String::into_bytes)],
        name in proptest::sample::select(names()),
    ) {
        let headers: [(&str, &[u8]); 2] = [(name, header.as_bytes()), ("x-slack-request-timestamp", b"1")];
        let url = "https://hooks.example.com:80/a/?b=c";
        let incoming = Incoming { method: "POST", url, query: "b=c", headers: &headers, body: &body, now: 0 };
        for provider in providers::all() {
            let settings = settings_of(provider);
            let Err(fault) = provider.verify(&settings, &incoming, None) else { continue };
            let diagnosis = diagnose(provider, &settings, &incoming, &fault, &[]);
            prop_assert!(!diagnosis.to_string().contains(SECRET), "{}", diagnosis);
        }
    }
}
