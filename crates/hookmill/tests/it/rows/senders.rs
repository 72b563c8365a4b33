//! Senders as they are, and the scenarios that ship for them: signed as each of them signs.

use super::google::Sheets;
use super::stand_in::StandIn;
use super::{SECRET, base64, captured, connections, hex, hmac, run_of, runs, serve, whole};
use crate::served::{Answer, Served};
use serde_json::{Value, json};

const JSON: &str = "application/json";

fn line(served: &Served, body: &Value) -> Answer {
    let body = body.to_string();
    let signature = base64(&hmac(body.as_bytes()));
    served.send("POST", "/hook/line", &[("content-type", JSON), ("x-line-signature", &signature)], body.as_bytes())
}

#[test]
fn row_09_a_message_to_line_gets_its_answer_once_and_the_console_its_200() {
    let api = StandIn::content();
    let there = format!("{{ type: bearer, base: \"{}\", token: channel-token }}", api.url(""));
    let mut served = serve(&["line-keyword-reply"], &[("connections.yaml", &connections("line", &there))], &[]);
    let verify = line(&served, &json!({ "destination": "U1", "events": [] }));
    assert_eq!((verify.status, verify.header("hookmill-run")), (200, None));
    let message = |id: &str, text: &str, again: bool| {
        json!({
            "type": "message", "webhookEventId": id, "deliveryContext": { "isRedelivery": again }, "replyToken": id,
            "message": { "type": "text", "text": text },
        })
    };
    let two = json!({ "destination": "U1", "events": [message("m1", "Your hours?", false), message("m2", "請問地址 😀", false)] });
    let answer = line(&served, &two);
    assert_eq!((answer.status, &answer.json()["count"]), (200, &json!(2)), "{}", answer.text());
    let again = line(&served, &json!({ "destination": "U1", "events": [message("m2", "請問地址 😀", true)] }));
    assert_eq!(again.status, 200);
    served.wait_for("both answers", |_| api.asked().len() >= 2);
    served.wait_for("every run to end", |served| {
        runs(served, "line-keyword-reply").iter().all(|run| run["status"] == "succeeded")
    });
    assert_eq!(runs(&served, "line-keyword-reply").len(), 2);
    let mut replies: Vec<Value> = api.asked().iter().map(|asked| asked.json()).collect();
    replies.sort_by_key(|reply| reply["replyToken"].to_string());
    let texts: Vec<&Value> = replies.iter().map(|reply| &reply["messages"][0]["text"]).collect();
    assert_eq!(texts, ["We are open from nine to six.", "12 Long Street, Taipei."]);
    let asked = api.asked().remove(0);
    assert_eq!(
        (asked.target.as_str(), asked.header("authorization")),
        ("/v2/bot/message/reply", "Bearer channel-token")
    );
    let forged = served.send("POST", "/hook/line", &[("x-line-signature", &base64(&hmac(b"x")))], b"{\"events\":[]}");
    assert_eq!(forged.status, 401);
    let verdicts: Vec<Value> =
        captured(&mut served, "line", 4).into_iter().map(|request| request["verdict"].clone()).collect();
    assert_eq!(verdicts, ["refused", "repeat", "taken", "handshake"]);
}

/// The answer to a survey under the keys below, as SurveyCake sends it.
const ENCRYPTED: &str = "lvghx3fGu2MVj8zwDsPSGxntF2iKlbriqXDdBVvCp9VPlHaQjC1GwefxbLCbT/ybMdYt4B6YrogYbsHYAlVAN01I\
    oyye4JDhsfJykUs3OxWM91pOfIT6dsFDXUWJsPQuhxo1g6EZ+yPxagjTjrU0p6zdG1L/3IXRxGe62Z5VMxcWKgwN\
    4mTFLjbx5YiOBdh3ZqQUjAOEAPebRT7FcEqnbXV2EOlQREQDfI1NjCuGB9mBlyYFgxIxTRFvcELLOwVm";

#[test]
fn row_12_an_answer_to_a_survey_is_fetched_decrypted_and_thanked_for() {
    let cake = StandIn::start(|_| (200, ENCRYPTED.to_owned()));
    let there = format!(
        "{{ type: surveycake, base: \"{}\", hash_key: 0123456789abcdef, iv_key: fedcba9876543210 }}",
        cake.url("")
    );
    let mut served = serve(&["survey-mail"], &[("connections.yaml", &connections("survey", &there))], &[]);
    let scenario = served.api("GET", "/scenarios/survey-mail", "").json();
    let hook = format!("/hook/{}", scenario["triggers"][0]["path"].as_str().unwrap());
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let answer = served.send("POST", &hook, &form, b"svid=aB3dE&hash=5fd521e8");
    let run = served.ended(&run_of(&answer));
    assert_eq!((answer.status, &run["status"]), (200, &json!("succeeded")), "{run}");
    let mail = run["steps"].as_array().unwrap().iter().find(|step| step["id"] == "mail").unwrap();
    assert!(mail["sent"].to_string().contains("ann@example.com"), "{mail}");
    assert!(mail["sent"].to_string().contains("Thank you: How was it?"), "{mail}");
    assert_eq!(cake.asked()[0].target, "/webhook/v0/aB3dE/5fd521e8");
    let again = served.send("POST", &hook, &form, b"svid=aB3dE&hash=5fd521e8");
    assert_eq!(again.header("hookmill-repeat"), Some(run_of(&answer).as_str()));
    // What a stranger makes up leads nowhere.
    let made_up = served.send("POST", &hook, &form, b"svid=..%2F..&hash=x%3Fy");
    assert_eq!(served.ended(&run_of(&made_up))["status"], "failed");
    assert_eq!(cake.asked().len(), 1);
}

fn shopify(served: &Served, topic: &str, delivery: &str, order: &Value) -> Answer {
    let body = order.to_string();
    let signature = base64(&hmac(body.as_bytes()));
    let headers = [
        ("content-type", JSON),
        ("x-shopify-topic", topic),
        ("x-shopify-webhook-id", delivery),
        ("x-shopify-hmac-sha256", &signature),
    ];
    served.send("POST", "/hook/shop-order", &headers, body.as_bytes())
}

fn order(id: u64) -> Value {
    let line = json!({ "title": "珍珠奶茶組", "quantity": 2, "sku": "TEA-01" });
    json!({ "id": id, "name": format!("#{id}"), "email": "jon@example.com", "total_price": "1290.00", "currency": "TWD", "line_items": [line] })
}

#[test]
fn row_11_an_order_is_answered_at_once_and_done_in_the_order_in_which_it_changed() {
    let sheets = Sheets::start();
    let (office, key) = sheets.connection();
    let connections = connections("office", &office);
    let mut served = serve(&["shop-order"], &[("connections.yaml", &connections), ("key.json", &key)], &[]);
    sheets.hold(Some("#1"));
    let first = shopify(&served, "orders/create", "w1", &order(1));
    assert_eq!(first.status, 200, "while the sheet does not answer: {}", first.text());
    let again = shopify(&served, "orders/create", "w1", &order(1));
    assert_eq!(again.header("hookmill-repeat"), Some(run_of(&first).as_str()));
    let changes: Vec<String> =
        (2..5).map(|n| run_of(&shopify(&served, "orders/updated", &format!("w{n}"), &order(1)))).collect();
    let other = run_of(&shopify(&served, "orders/create", "w9", &order(2)));
    assert_eq!(served.ended(&other)["status"], "succeeded", "another order does not wait");
    assert_eq!(sheets.rows().len(), 1);
    sheets.hold(None);

    let ended = served.ended(&run_of(&first));
    assert_eq!(ended["status"], "succeeded", "{ended}");
    let sent =
        |id: &str| ended["steps"].as_array().unwrap().iter().find(|step| step["id"] == id).unwrap()["sent"].clone();
    assert!(sent("packing").to_string().contains("warehouse@example.com"));
    assert!(
        sent("confirmation").to_string().contains("jon@example.com")
            && sent("packing").to_string().contains("珍珠奶茶組")
    );
    let mut before = ended["steps"][0]["ended"].as_i64();
    for run in changes {
        let run = served.ended(&run);
        let began = run["steps"][0]["started"].as_i64();
        assert!(began >= before, "changes of one order are done one after another: {run}");
        before = run["changed"].as_i64();
    }
    let forged = served.send("POST", "/hook/shop-order", &[("x-shopify-hmac-sha256", &base64(&hmac(b"{}")))], b"{ }");
    assert_eq!(forged.status, 401);
    assert_eq!(runs(&served, "shop-order").len(), 5);
}

#[test]
fn row_11_a_sender_in_a_hurry_is_answered_before_a_run_that_takes_its_time() {
    let sheets = Sheets::start();
    let (office, key) = sheets.connection();
    let connections = connections("office", &office);
    let scenario = "
trigger: { webhook: { path: shop-order, verify: { shopify: \"{{ secrets.shopify }}\" } } }
steps:
  - id: row
    google_sheets.append: { connection: office, spreadsheet: s, sheet: Sheet, row: [\"{{ trigger.body.name }}\"] }
  - respond: { json: { row: \"{{ row.updated_range }}\" } }
";
    let files = [("connections.yaml", connections.as_str()), ("key.json", &key), ("slow.yaml", scenario)];
    let mut served = serve(&[], &files, &[]);
    sheets.hold(Some("#1"));
    let began = std::time::Instant::now();
    let late = shopify(&served, "orders/create", "w1", &order(1));
    assert!(began.elapsed() < std::time::Duration::from_secs(5), "Shopify gives up after five seconds");
    assert_eq!((late.status, &late.json()["accepted"]), (200, &json!(true)), "{}", late.text());
    sheets.hold(None);
    assert_eq!(served.ended(&run_of(&late))["status"], "succeeded");
    let prompt = shopify(&served, "orders/create", "w2", &order(2));
    assert_eq!((prompt.status, prompt.json()["row"].as_str()), (200, Some("Sheet!A2:Z2")), "{}", prompt.text());
}

fn learning(served: &Served, password: &str, events: &[Value]) -> Answer {
    let login = format!("Basic {}", base64(format!("learning:{password}").as_bytes()));
    let body = json!({ "accountId": 1010, "events": events }).to_string();
    served.send("POST", "/hook/learning", &[("content-type", JSON), ("authorization", &login)], body.as_bytes())
}

#[test]
fn row_16_enrolments_of_learning_manager_reach_the_crm_once_each() {
    let crm = StandIn::content();
    let there = format!("{{ type: api_key, base: \"{}\", header: x-api-key, value: key-1 }}", crm.url("/v1"));
    let files = [("connections.yaml", connections("crm", &there))];
    let files = files.each_ref().map(|(name, text)| (*name, text.as_str()));
    let mut served = serve(&["learning-events", "course-enrolled"], &files, &[]);
    let event = |id: &str, name: &str, enrolled: Value| {
        let data = json!({ "userId": 4279332, "loId": "course:7374992", "dateEnrolled": enrolled });
        json!({ "eventId": id, "eventName": name, "timestamp": 1727414643000_i64, "data": data })
    };
    let batch = [
        event("e1", "COURSE_ENROLLMENT_BATCH", json!(1727414643)),
        event("e2", "COURSE_ENROLLMENT_BATCH", json!(1727414643)),
        event("e3", "BADGE_CREATION", Value::Null),
    ];
    assert_eq!(learning(&served, "wrong", &batch).status, 401);
    let answer = learning(&served, SECRET, &batch);
    assert_eq!((answer.status, &answer.json()["count"]), (200, &json!(3)), "{}", answer.text());
    // It was not heard, and all is sent again, with one event more.
    let alone = event("e4", "COURSE_ENROLLMENT", json!("2026-01-20T05:44:05.000Z"));
    assert_eq!(learning(&served, SECRET, &[&batch[..], &[alone]].concat()).status, 200);
    served.wait_for("three enrolments", |_| crm.asked().len() >= 3);
    served.wait_for("every run to end", |served| {
        runs(served, "learning-events").iter().all(|run| run["status"] == "succeeded")
    });
    assert_eq!(runs(&served, "learning-events").len(), 4);
    let mut asked: Vec<(String, Value)> =
        crm.asked().iter().map(|asked| (asked.target.clone(), asked.json()["since"].clone())).collect();
    asked.sort_by(|one, other| one.0.cmp(&other.0));
    let at = |id: &str, since: &str| (format!("/v1/enrolments/{id}"), json!(since));
    let seconds = "2024-09-27T05:24:03.000Z";
    assert_eq!(asked, [at("e1", seconds), at("e2", seconds), at("e4", "2026-01-20T05:44:05.000Z")]);
    assert!(crm.asked().iter().all(|asked| asked.header("x-api-key") == "key-1"));
}

fn push(branch: &str) -> String {
    let commit =
        |id: &str| json!({ "id": format!("{id}ab2c3d4e5f6a7"), "message": "Mend\n\nit", "author": { "name": "Mei" } });
    json!({
        "ref": format!("refs/heads/{branch}"), "after": "59b20b8", "deleted": false,
        "repository": { "full_name": "acme/shop" }, "commits": [commit("1"), commit("2")],
    })
    .to_string()
}

fn github(served: &Served, event: &str, delivery: &str, kind: &str, body: &str) -> Answer {
    let signature = format!("sha256={}", hex(&hmac(body.as_bytes())));
    let headers = [
        ("content-type", kind),
        ("x-github-event", event),
        ("x-github-delivery", delivery),
        ("x-hub-signature-256", &signature),
    ];
    served.send("POST", "/hook/deploy-on-push", &headers, body.as_bytes())
}

#[test]
fn row_19_a_push_to_main_is_deployed_in_either_content_type() {
    let deployer = StandIn::content();
    let there = format!("{{ type: bearer, base: \"{}\", token: t0ken-1 }}", deployer.url(""));
    let mut served = serve(&["deploy-on-push"], &[("connections.yaml", &connections("deployer", &there))], &[]);
    let ping = github(&served, "ping", "g0", JSON, r#"{"zen":"Keep it logically awesome."}"#);
    assert_eq!((ping.status, ping.header("hookmill-run")), (200, None));
    let form = format!("payload={}", percent(&push("main")));
    for (delivery, kind, body) in
        [("g1", JSON, push("main")), ("g2", "application/x-www-form-urlencoded", form), ("g3", JSON, push("try"))]
    {
        let answer = github(&served, "push", delivery, kind, &body);
        let run = served.ended(&run_of(&answer));
        assert_eq!((answer.status, &run["status"]), (200, &json!("succeeded")), "{run}");
    }
    let asked = deployer.asked();
    assert_eq!(asked.len(), 2, "{asked:?}");
    for asked in asked {
        assert_eq!((asked.target.as_str(), asked.header("authorization")), ("/deployments", "Bearer t0ken-1"));
        let changes = "1ab2c3d Mend (Mei)\n2ab2c3d Mend (Mei)";
        assert_eq!(asked.json(), json!({ "repository": "acme/shop", "commit": "59b20b8", "changes": changes }));
    }
    let forged = served.send("POST", "/hook/deploy-on-push", &[("x-hub-signature-256", "sha256=00")], b"{}");
    assert_eq!(forged.status, 401);
    let refused = captured(&mut served, "deploy-on-push", 5).remove(0);
    let refused = whole(&served, "deploy-on-push", &refused);
    assert!(refused["verdict"] == "refused" && refused["diagnosis"].is_object(), "{refused}");
}

fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// With the secrets as they ship: none has a value on this machine.
#[test]
fn row_19_without_its_secret_a_webhook_takes_nothing() {
    let shipped = std::fs::read_to_string(crate::binary::root().join("scenarios/secrets.yaml")).unwrap();
    let none = shipped.replace("_WEBHOOK_", "_NOT_SET_HERE_");
    let mut served = serve(&["deploy-on-push"], &[("secrets.yaml", &none)], &[]);
    let answer = github(&served, "push", "g1", JSON, &push("main"));
    assert!((400..600).contains(&answer.status), "{}", answer.text());
    let refused = captured(&mut served, "deploy-on-push", 1).remove(0);
    let refused = whole(&served, "deploy-on-push", &refused);
    assert_eq!(refused["verdict"], "refused");
    assert!(refused["detail"].as_str().is_some_and(|detail| detail.contains("has no value")), "{refused}");
    assert_eq!(runs(&served, "deploy-on-push").len(), 0);
}

#[test]
fn row_21_slack_makes_sure_of_us_and_we_of_slack() {
    let scenario = "
trigger: { webhook: { path: slack, verify: { slack: \"{{ secrets.github }}\" } } }
steps: [{ store.add: { table: events, key: \"{{ trigger.event }}\" } }]
";
    let mut served = serve(&[], &[("slack.yaml", scenario)], &[]);
    let send = |body: &str, age: i64, secret_is_right: bool| {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() as i64 - age;
        let signed = if secret_is_right { format!("v0:{now}:{body}") } else { "other".to_owned() };
        let (time, signature) = (now.to_string(), format!("v0={}", hex(&hmac(signed.as_bytes()))));
        let headers =
            [("content-type", JSON), ("x-slack-request-timestamp", time.as_str()), ("x-slack-signature", &signature)];
        served.send("POST", "/hook/slack", &headers, body.as_bytes())
    };
    let challenge = r#"{"type":"url_verification","challenge":"3eZbrw1aB"}"#;
    let answer = send(challenge, 0, true);
    assert!(answer.status == 200 && answer.text().contains("3eZbrw1aB"), "{}", answer.text());
    let forged = send(challenge, 0, false);
    assert!(forged.status == 401 && !forged.text().contains("3eZbrw1aB"), "{}", forged.text());
    let event = r#"{"type":"event_callback","event_id":"Ev1","event":{"type":"app_mention","text":"hi"}}"#;
    assert_eq!((send(event, 3_600, true).status, send(event, 0, true).status), (401, 200));
    let again = send(event, 0, true);
    assert!(again.status == 200 && again.header("hookmill-repeat").is_some(), "{}", again.text());
    served.wait_for("the event", |served| served.api("GET", "/stores/events/app_mention", "").json()["value"] == 1);
}

#[test]
fn row_24_installations_come_by_get_and_by_post_thousands_a_minute_and_count_once() {
    let mut served = serve(&["app-installs"], &[], &[]);
    let triggers = served.api("GET", "/scenarios/app-installs", "").json();
    let hook = format!("/hook/{}", triggers["triggers"][0]["path"].as_str().unwrap());
    let mut connection = served.connect().unwrap();
    let began = std::time::Instant::now();
    for n in 0..200 {
        let target = format!("{hook}?name=INSTALL&id=g{n}&campaign=%E6%96%B0%E5%B9%B4&os=ANDROID&user=u{n}");
        assert_eq!(connection.send("GET", &target, &[], b"").unwrap().status, 200);
    }
    let a_minute = 200.0 * 60.0 / began.elapsed().as_secs_f64();
    assert!(a_minute > 1_000.0, "{a_minute} a minute, from one caller that waits for each answer");
    let event = json!({
        "name": "INSTALL", "id": "p1", "last_attributed_touch_data": { "~campaign": "新年" },
        "user_data": { "os": "ANDROID", "developer_identity": "user-42" },
    });
    for _ in 0..2 {
        assert_eq!(served.post(&hook, &event.to_string()).status, 200);
    }
    served.wait_for("all of them", |served| {
        let path = format!("/stores/campaigns/{}", percent("新年 android"));
        served.api("GET", &path, "").json()["value"] == 201
    });
    assert_eq!(served.api("GET", "/stores/installs/p1", "").json()["value"]["user"], "user-42");
    served.wait_for("every run to end", |served| {
        served.api("GET", "/runs?status=running&limit=1", "").json()["items"] == json!([])
    });
    assert_eq!(served.api("GET", &format!("/stores/campaigns/{}", percent("新年 android")), "").json()["value"], 201);
}
