//! What holds for every preset, whichever there are.

use super::super::{Incoming, Settings, SignatureList, Time};
use crate::webhook::providers::{self, Kind, Need, Provider};
use scenario::catalog::Catalog;
use std::collections::BTreeSet;

/// Settings as an author would write them, one for each of those of which one must be given.
fn settings_of(provider: &Provider, value: &str) -> Vec<Settings> {
    let mut all = Settings::default();
    for setting in provider.settings.iter().filter(|setting| setting.need == Need::Required) {
        all.add(setting.name, value.as_bytes());
    }
    if provider.one_of.is_empty() {
        return vec![all];
    }
    let one = |name: &&str| {
        let settings = all.clone().with(name, value);
        if *name == "password" { settings.with("user", "hook") } else { settings }
    };
    provider.one_of.iter().map(one).collect()
}

fn with_sample<T>(provider: &Provider, headers: &[(&str, &[u8])], work: impl FnOnce(&Incoming<'_>) -> T) -> T {
    work(&Incoming {
        method: "POST",
        url: "https://hooks.example.com/hook/a",
        query: "",
        headers,
        body: provider.sample.body.as_bytes(),
        now: 1_760_000_000_000,
    })
}

#[test]
fn w3_every_preset_refuses_a_request_without_a_signature() {
    let mut tried = 0;
    for provider in providers::all().filter(|provider| provider.proves()) {
        for settings in settings_of(provider, "a-secret-of-the-author") {
            let verdict = with_sample(provider, &[], |incoming| provider.verify(&settings, incoming, None));
            assert!(verdict.is_err(), "{} lets an unsigned request in", provider.name);
            tried += 1;
        }
    }
    assert!(tried > 35, "{tried}");
}

#[test]
fn w3_every_preset_refuses_everything_while_a_secret_is_missing_or_empty() {
    for provider in providers::all().filter(|provider| provider.proves()) {
        let mut all = vec![Settings::default()];
        for empty in ["", " ", "\n"] {
            all.extend(settings_of(provider, empty));
        }
        for settings in all {
            let verdict = with_sample(provider, &[], |incoming| provider.verify(&settings, incoming, None));
            let fault = verdict.unwrap_err();
            assert!(["no_secret", "bad_setting"].contains(&fault.code), "{}: {fault}", provider.name);
        }
    }
}

#[test]
fn a2_where_secrets_and_signatures_stand_is_known() {
    let named = |name: &str| (["name", "header"].contains(&name)).then_some("X-Own");
    for (name, headers) in [
        ("header", &["x-own"][..]),
        ("hmac", &["x-own"]),
        ("jwt", &["x-own"]),
        ("adobe_learning_manager", &["x-own", "x-own"]),
        ("trello", &["x-trello-webhook"]),
        ("paypal", &["paypal-transmission-sig"]),
        ("twilio", &["x-twilio-signature"]),
        ("telegram", &["x-telegram-bot-api-secret-token"]),
        ("svix", &["svix-signature", "webhook-signature"]),
        ("query", &[]),
        ("basic", &[]),
    ] {
        assert_eq!(providers::find(name).unwrap().secret_headers(named), headers, "{name}");
    }
    // Whatever names a header of a secret is one of those settings that have to be literal.
    for provider in providers::all() {
        let asked = std::cell::RefCell::new(BTreeSet::new());
        let ask = |name: &str| asked.borrow_mut().insert(name.to_owned()).then_some("x");
        provider.secret_headers(ask);
        provider.secret_parameter(ask);
        let known = provider.naming_settings().iter().map(|name| (*name).to_owned());
        assert_eq!(asked.into_inner(), known.collect(), "{}", provider.name);
    }
}

/// Anybody can compute a code under an empty key.
#[test]
fn w3_a_signature_under_an_empty_key_passes_nowhere() {
    let mut tried = 0;
    for provider in providers::all() {
        let set = Settings::default().with("secret", "x").with("header", "X-Sig").with("token", "x");
        let Some(way) = with_sample(provider, &[], |incoming| provider.scheme.signed(&set, incoming)) else { continue };
        let mut headers = vec![(way.header, b"".as_slice()), (way.id, b"1")];
        if let Time::Header(name, _) = way.time {
            headers.push((name, b"1760000000"));
        }
        let sent = [&b"t=1760000000,v1="[..], b"v1,", b"sha256=", b"sha1=", b"v0=", b""];
        for prefix in sent {
            headers[0].1 = prefix;
            let code = with_sample(provider, &headers, |incoming| {
                let claim = way.claim(incoming).ok()?;
                way.expectation(&[], &claim, incoming).code
            });
            let Some(code) = code else { continue };
            let signature = [prefix, code.as_bytes()].concat();
            headers[0].1 = &signature;
            for empty in ["", "whsec_"] {
                let settings = Settings::default().with("secret", empty).with("header", "X-Sig");
                let verdict = with_sample(provider, &headers, |incoming| provider.verify(&settings, incoming, None));
                assert!(verdict.is_err(), "{} takes an empty key", provider.name);
            }
            // With that very code as the signature a secret passes: the code was made in the right way.
            assert!(matches!(way.list, SignatureList::One(_) | SignatureList::Fields(..) | SignatureList::Versions(_)));
            tried += 1;
            break;
        }
    }
    assert!(tried >= 15, "{tried}");
}

#[test]
fn presets_that_prove_nothing_close_no_hook() {
    let open: Vec<_> = providers::all().filter(|provider| !provider.proves()).map(|provider| provider.name).collect();
    assert_eq!(open, ["branch", "surveycake"]);
    for name in open {
        let provider = providers::find(name).unwrap();
        let verdict = with_sample(provider, &[], |incoming| provider.verify(&Settings::default(), incoming, None));
        assert_eq!(verdict.unwrap_err().code, "unverifiable");
    }
}

#[test]
fn presets_are_well_described() {
    let mut names = BTreeSet::new();
    for provider in providers::all() {
        for name in provider.aliases.iter().chain([&provider.name]) {
            assert!(names.insert(*name), "{name} is there twice");
            assert_eq!(providers::find(name).unwrap().name, provider.name);
        }
        let texts = [provider.summary].into_iter().chain(provider.settings.iter().map(|setting| setting.summary));
        for text in texts {
            assert!(text.ends_with('.') && !text.contains("  "), "{}: {text}", provider.name);
        }
        assert!(provider.docs.starts_with("https://"), "{}", provider.name);
        assert!(provider.window.as_secs() >= 7 * 86_400, "{}", provider.name);
        let lower = |header: &&str| header.to_lowercase() == **header;
        assert!(provider.telltales.iter().all(lower), "{}", provider.name);
        for name in provider.one_of {
            let setting = provider.settings.iter().find(|setting| setting.name == *name).unwrap();
            assert_eq!(setting.need, Need::Optional, "{}.{name}", provider.name);
        }
        let words = |setting: &&providers::Setting| matches!(setting.kind, Kind::Choice([]));
        assert!(!provider.settings.iter().any(|setting| words(&setting)), "{}", provider.name);
    }
    assert!(names.len() >= 38, "{}", names.len());
}

#[test]
fn samples_are_what_they_say() {
    for provider in providers::all() {
        let headers: [(&str, &[u8]); 1] = [("content-type", provider.sample.content_type.as_bytes())];
        let body = with_sample(provider, &headers, |incoming| incoming.parsed_body());
        assert!(!body.is_null(), "{}: its sample cannot be read", provider.name);
    }
}

#[test]
fn examples_are_scenarios() {
    let catalog = Catalog::default().with_providers(providers::all().map(Provider::spec));
    for provider in providers::all() {
        let text = format!(
            "trigger: {{ webhook: {{ path: a, verify: {{ {} }} }} }}\nsteps: [{{ stop: }}]\n",
            provider.example
        );
        let (plan, diagnostics) = scenario::check(&text, &catalog);
        let errors: Vec<_> = diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).collect();
        assert!(plan.is_some() && errors.is_empty(), "{text}{errors:#?}");
    }
}
