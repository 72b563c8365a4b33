//! Events and ids of deliveries.

use super::super::{Facts, Incoming, Settings};
use crate::webhook::providers::find;

/// The facts of a request of this preset, as `event | id`.
fn facts(name: &str, headers: &[(&str, &str)], query: &str, body: &str) -> String {
    let headers: Vec<(&str, &[u8])> = headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
    let body = if body.is_empty() { find(name).unwrap().sample.body } else { body };
    let incoming = Incoming {
        method: "POST",
        url: "https://hooks.example.com/a",
        query,
        headers: &headers,
        body: body.as_bytes(),
        now: 0,
    };
    let settings = Settings::default().with("id", "X-Id").with("event", "X-Event");
    let Facts { event, id } = find(name).unwrap().facts(&settings, &incoming, &incoming.parsed_body());
    format!("{} | {}", event.as_deref().unwrap_or("-"), id.as_deref().unwrap_or("-"))
}

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

#[test]
fn every_sample_tells_its_facts() {
    let github = [("X-GitHub-Event", "push"), ("X-GitHub-Delivery", "d1")];
    let drive = [("X-Goog-Resource-State", "update"), ("X-Goog-Channel-ID", "c"), ("X-Goog-Message-Number", "7")];
    for (name, headers, expected) in [
        ("adobe_learning_manager", &[][..], "LEARNER_PROGRESS | 5f0f6c1e-8f0b-4c43-9a40-0f4f0b6f7d11"),
        ("branch", &[], "INSTALL | 880001112223334445"),
        ("discord", &[], "ship | 1200000000000000001"),
        ("dropbox", &[], "- | -"),
        ("github", &github, "push | d1"),
        ("gitlab", &[("Idempotency-Key", "k1")], "push | k1"),
        ("google_drive", &drive, "update | c:7"),
        ("google_pubsub", &[], "OBJECT_FINALIZE | 9000000000000001"),
        ("hmac", &[("X-Id", "7"), ("X-Event", "paid")], "paid | 7"),
        ("hubspot", &[], "contact.creation | 3001:40:1760000000000"),
        ("line", &[], "message | 01K70000000000000000000001"),
        ("mailgun", &[], "failed | 00000000000000000000000000000000000000000000000001"),
        ("meta", &[], "messages | wamid.EXAMPLE1"),
        ("msgraph", &[], "updated | 00000000-0000-4000-8000-000000000001:users/u1/messages/m1:W/\"CQAAABYA\""),
        ("sendgrid", &[], "delivered | ZXhhbXBsZQ"),
        ("shopify", &[("X-Shopify-Topic", "orders/paid"), ("X-Shopify-Webhook-Id", "w")], "orders/paid | w"),
        ("slack", &[], "message | Ev00000001"),
        ("standard", &[("webhook-id", "msg_1")], "parcel.shipped | msg_1"),
        ("surveycake", &[FORM], "- | aB3dE:0123456789abcdef0123456789abcdef"),
        ("telegram", &[], "message | 500000001"),
        ("trello", &[], "createCard | 000000000000000000000001"),
        ("twilio", &[FORM], "received | SM00000000000000000000000000000001:received"),
        ("zoom", &[], "meeting.ended | meeting.ended:1760000000000:ZXhhbXBsZQ=="),
        ("bearer", &[], "- | -"),
    ] {
        assert_eq!(facts(name, headers, "", ""), expected, "{name}");
    }
}

#[test]
fn batches_tell_the_facts_of_their_items() {
    let two = r#"{"events":[{"type":"message","webhookEventId":"a"},{"type":"message","webhookEventId":"b"}]}"#;
    assert_eq!(facts("line", &[], "", two), "message | a,b");
    let many: Vec<String> =
        (0..60).map(|number| format!(r#"{{"type":"t{number}","webhookEventId":"{number:06}"}}"#)).collect();
    let many = facts("line", &[], "", &format!(r#"{{"events":[{}]}}"#, many.join(",")));
    assert_eq!(many.split(" | ").map(str::len).collect::<Vec<_>>(), [64, 64], "long ones are digested");
}

/// Each word is looked up among the others once: a batch as long as a body may be holds nobody up.
#[test]
fn very_many_items_are_told_apart_quickly() {
    let event = |number: u32| format!(r#"{{"event":"delivered","sg_event_id":"{number:08}"}}"#);
    let many: Vec<String> = (0..100_000).map(event).collect();
    let began = std::time::Instant::now();
    assert!(facts("sendgrid", &[], "", &format!("[{}]", many.join(","))).starts_with("delivered | "));
    assert!(began.elapsed() < std::time::Duration::from_secs(5), "{:?}", began.elapsed());
}

#[test]
fn forms_and_queries_tell_them_too() {
    let interaction = "payload=%7B%22type%22%3A%22block_actions%22%2C%22trigger_id%22%3A%2213.7%22%7D";
    assert_eq!(facts("slack", &[FORM], "", interaction), "block_actions | 13.7");
    assert_eq!(facts("slack", &[FORM], "", "command=%2Fship&trigger_id=13.8"), "/ship | 13.8");
    assert_eq!(facts("branch", &[], "name=OPEN&id=9", "-"), "OPEN | 9");
}

#[test]
fn w5_without_an_id_the_body_is_one() {
    let id = |body: &str| facts("jira", &[], "", body);
    let first = id(r#"{"webhookEvent":"a"}"#);
    assert_eq!(first, id(r#"{"webhookEvent":"a"}"#));
    assert_ne!(first, id(r#"{"webhookEvent":"a" }"#));
}

#[test]
fn w5_the_id_is_the_one_that_is_signed() {
    for (name, signed, injected) in [
        ("svix", &[("svix-signature", "v1,x"), ("svix-id", "signed")][..], ("webhook-id", "other")),
        ("svix", &[("webhook-signature", "v1,x"), ("webhook-id", "signed")], ("svix-id", "other")),
        ("gitlab", &[("webhook-signature", "v1,x"), ("webhook-id", "signed")], ("Idempotency-Key", "other")),
        ("gitlab", &[("webhook-signature", "v1,x"), ("webhook-id", "signed")], ("X-Gitlab-Event-UUID", "other")),
        ("standard", &[("webhook-signature", "v1,x"), ("webhook-id", "signed")], ("svix-id", "other")),
    ] {
        let headers: Vec<_> = [injected].into_iter().chain(signed.iter().copied()).collect();
        assert!(facts(name, &headers, "", "").ends_with(" | signed"), "{name} with {injected:?}");
    }
    let mailgun = r#"{"signature":{"token":"signed"},"event-data":{"event":"failed","id":"other"}}"#;
    assert_eq!(facts("mailgun", &[], "", mailgun), "failed | signed");
}

#[test]
fn notifications_of_graph_are_known_by_the_version_of_the_resource() {
    let one = |resource: &str, etag: &str| {
        format!(r#"{{"subscriptionId":"s","resource":"{resource}","changeType":"updated"{etag}}}"#)
    };
    let etag = |version: &str| format!(r#","resourceData":{{"@odata.etag":"{version}"}}"#);
    let all = |items: &[String]| facts("msgraph", &[], "", &format!(r#"{{"value":[{}]}}"#, items.join(",")));
    assert_eq!(all(&[one("m1", &etag("1"))]), "updated | s:m1:1");
    assert_eq!(all(&[one("m1", &etag("2"))]), "updated | s:m1:2", "the next change is no repeat");
    assert_eq!(all(&[one("m1", &etag("1")), one("m2", &etag("1"))]), "updated | s:m1:1,s:m2:1");
    assert_eq!(all(&[one("m1", &etag("1")), one("m2", "")]), "updated | -", "one without a version may be news");
    assert_eq!(all(&[one("m1", "")]), "updated | -");
}

#[test]
fn items_without_an_id_are_not_known_by_the_whole_they_came_in() {
    let provider = find("meta").unwrap();
    let body = r#"{"object":"page","entry":[{"changes":[{"field":"feed","value":1},{"field":"feed","value":2}]}]}"#;
    let headers: [(&str, &[u8]); 0] = [];
    let (method, url) = ("POST", "https://hooks.example.com/a");
    let incoming = Incoming { method, url, query: "", headers: &headers, body: body.as_bytes(), now: 0 };
    let id = |body: &str| provider.facts(&Settings::default(), &incoming, &serde_json::from_str(body).unwrap()).id;
    assert!(id(body).is_some());
    assert_eq!(id(r#"{"object":"page","entry":[{"changes":[{"field":"feed","value":1}]}]}"#), None);
}
