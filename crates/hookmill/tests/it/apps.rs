//! Apps of a folder: made, checked, tried, used, and watched.

use crate::binary::{folder, hookmill};
use crate::far_side::site;
use crate::served::Served;
use serde_json::{Value, json};
use std::fs;

const STEPS: &str = "steps: [{ my_shop.create_order: { connection: shop, number: A1 } }]\n";

#[test]
fn a_new_app_checks_and_passes_its_cases() {
    let folder =
        folder(&[("scenarios/a.yaml", STEPS), ("scenarios/connections.yaml", "shop: { type: my_shop, token: x }\n")]);
    let at = folder.path();
    assert!(hookmill(at, &["check"]).out.contains("E0201"), "there is no such module yet");
    let made = hookmill(at, &["app", "new", "my_shop"]);
    assert!(made.code == 0 && made.err.contains("scenarios/apps/my_shop.yaml"), "{made:?}");
    let checked = hookmill(at, &["app", "check"]);
    assert!(checked.code == 0 && checked.err.contains("1 app: 0 errors, 0 warnings"), "{checked:?}");
    let tested = hookmill(at, &["app", "test", "my_shop"]);
    assert!(tested.code == 0 && tested.err.contains("3 passed"), "{tested:?}");
    let shown = hookmill(at, &["app", "show", "my_shop"]);
    assert!(shown.out.contains("my_shop.list_orders"), "{shown:?}");
    let scenarios = hookmill(at, &["check"]);
    assert_eq!(scenarios.code, 0, "{scenarios:?}");
    let again = hookmill(at, &["app", "new", "my_shop"]);
    assert!(again.code == 2 && again.err.contains("is there already"), "{again:?}");
    let shipped = hookmill(at, &["app", "new", "telegram"]);
    assert!(shipped.code == 2 && shipped.err.contains("ships an app `telegram`"), "{shipped:?}");
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let folder = folder(&[("scenarios/a.yaml", "steps: [{ set: { a: 1 } }]\n")]);
    let at = folder.path();
    hookmill(at, &["app", "new", "my_shop"]);
    let (file, cases) = (at.join("scenarios/apps/my_shop.yaml"), at.join("scenarios/apps/my_shop.cases.yaml"));
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("  auth:", "  auht:")).unwrap();
    let checked = hookmill(at, &["check"]);
    assert!(checked.code == 1 && checked.out.contains("my_shop.yaml:11:3: error[E0909]"), "{checked:?}");
    assert!(checked.out.contains("did you mean `auth`?"), "{checked:?}");
    fs::write(&file, text).unwrap();
    let told = fs::read_to_string(&cases).unwrap().replacen(
        "json: { number: A1, total: 6 }",
        "json: { number: A2, total: 6 }",
        1,
    );
    fs::write(&cases, told).unwrap();
    let tested = hookmill(at, &["app", "test"]);
    assert!(tested.code == 1 && tested.err.contains(r#"json.number: expected "A2", found "A1""#), "{tested:?}");
    assert!(tested.err.contains("1 failed") && tested.err.contains("2 passed"), "{tested:?}");
}

/// A broken app takes nothing else with it, and is in use once it is mended.
#[test]
fn apps_are_watched() {
    let b = "trigger: { webhook: { path: b, verify: none } }\nsteps: [{ shop.get: {} }, { respond: { text: b } }]\n";
    let mut served = Served::start(&[
        ("b.yaml", b),
        ("hello.yaml", "trigger: { webhook: { path: hello, verify: none } }\nsteps: [{ respond: { text: hello } }]\n"),
    ]);
    let answers = |served: &Served| (served.get("/hook/hello").status, served.get("/hook/b").status);
    assert_eq!(answers(&served), (200, 404));
    let apps = served.path().join("scenarios/apps");
    fs::create_dir(&apps).unwrap();
    let sound = "title: Shop\nabout: Orders.\nbase: http://127.0.0.1:9\n\
                 actions: { get: { title: Get, about: Gets., get: / } }\n";
    fs::write(apps.join("shop.yaml"), sound.replace("actions", "actoins")).unwrap();
    fs::write(apps.join("mine.yaml"), sound).unwrap();
    served.write("c.yaml", &b.replace("path: b", "path: c").replace("shop.get", "mine.get"));
    served.wait_for("the sound one beside the broken one", |served| served.get("/hook/c").status != 404);
    assert_eq!(answers(&served), (200, 404));
    fs::write(apps.join("shop.yaml"), sound).unwrap();
    served.wait_for("the mended one", |served| served.get("/hook/b").status != 404);
}

/// An app with a type of connection of its own.
const PARCELS: &str = r#"title: { en: Parcels, zh-TW: 包裹, zh-CN: 包裹 }
about: { en: Parcels., zh-TW: 包裹。, zh-CN: 包裹。 }
base: http://127.0.0.1:9
connection:
  fields:
    site!: { title: Site, about: Where it is. }
    token!: { secret: true, title: { en: Token, zh-TW: 權杖, zh-CN: 令牌 }, about: What it gave you. }
  auth: { bearer: "{{ token }}" }
actions:
  send:
    title: { en: Send a parcel, zh-TW: 寄出包裹, zh-CN: 寄出包裹 }
    about: { en: Sends a parcel., zh-TW: 寄出包裹。, zh-CN: 寄出包裹。 }
    post: /parcels
    parameters: { to!: { title: { en: To, zh-TW: 收件人, zh-CN: 收件人 } } }
"#;

fn named(served: &Served, path: &str, list: &str, key: &str, name: &str) -> Option<Value> {
    let all = served.api("GET", path, "").json();
    all[list].as_array().unwrap().iter().find(|it| it[key] == name).cloned()
}

/// Nobody has to start the server anew for an app that is written while it runs.
#[test]
fn an_app_that_comes_is_in_the_palette_and_its_connections_can_be_made() {
    let mut served = Served::start(&[]);
    let module = |served: &Served| named(served, "/modules", "items", "name", "parcels.send");
    let kind = |served: &Served| named(served, "/connections", "types", "type", "parcels");
    assert!(module(&served).is_none() && kind(&served).is_none());
    let apps = served.path().join("scenarios/apps");
    fs::create_dir(&apps).unwrap();
    fs::write(apps.join("parcels.yaml"), PARCELS).unwrap();
    served.wait_for("the app", |served| module(served).is_some());
    let found = module(&served).unwrap();
    assert_eq!(found["i18n"]["zh-TW"]["parameters"]["to"]["title"], "收件人");
    assert_eq!((&found["connections"], &found["app"]["title"]), (&json!(["parcels"]), &json!("Parcels")));
    let found = kind(&served).unwrap();
    assert_eq!(found["fields"][1]["kind"], "secret");
    assert_eq!(found["fields"][1]["i18n"]["zh-CN"]["title"], "令牌");
    let made = json!({ "type": "parcels", "fields": { "site": "here", "token": "canary-of-parcels-81742" } });
    let put = served.api("PUT", "/connections/mine", &made.to_string());
    assert!(put.status < 300, "{}", put.text());
    let wrong = json!({ "type": "parcels", "fields": { "site": "here", "tokne": "x" } });
    let refused = served.api("PUT", "/connections/other", &wrong.to_string());
    assert_eq!(refused.status, 422, "{}", refused.text());
    let made = named(&served, "/connections", "items", "name", "mine").unwrap();
    assert_eq!((&made["state"], &made["fields"]), (&json!("ok"), &json!({ "site": "here" })));
    let all = served.api("GET", "/connections", "").text();
    assert!(!all.contains("canary") && !served.log().contains("canary"), "{all}");
    fs::write(apps.join("parcels.yaml"), PARCELS.replace("Send a parcel", "Hand in a parcel")).unwrap();
    served.wait_for("the other title", |served| {
        module(served).is_some_and(|found| found["i18n"]["en"]["title"] == "Hand in a parcel")
    });
    served.kill();
    served.restart();
    assert!(module(&served).is_some() && kind(&served).is_some());
    fs::remove_file(apps.join("parcels.yaml")).unwrap();
    served.wait_for("the app to go", |served| module(served).is_none());
    let left = named(&served, "/connections", "items", "name", "mine").unwrap();
    assert_eq!(left["state"], "broken", "{left}");
}

#[test]
fn a_broken_app_raises_an_alarm_that_ends_when_it_is_mended() {
    let mut served = Served::start(&[]);
    let alarm = |served: &Served| named(served, "/alarms", "items", "subject", "app parcels");
    let apps = served.path().join("scenarios/apps");
    fs::create_dir(&apps).unwrap();
    let broken = PARCELS.replace("bearer", "baerer");
    fs::write(apps.join("parcels.yaml"), &broken).unwrap();
    served.wait_for("the alarm", |served| alarm(served).is_some());
    let found = alarm(&served).unwrap();
    assert!(found["cleared"].is_null(), "{found}");
    let message = found["message"].as_str().unwrap();
    assert!(message.contains("apps/parcels.yaml:8:") && message.contains("`auth` says nothing"), "{message}");
    fs::write(apps.join("parcels.yaml"), PARCELS).unwrap();
    served.wait_for("the end of the alarm", |served| alarm(served).is_none_or(|it| !it["cleared"].is_null()));
    // One that breaks and is mended while the server rests is told as well.
    fs::write(apps.join("parcels.yaml"), &broken).unwrap();
    served.wait_for("another alarm", |served| alarm(served).is_some_and(|it| it["cleared"].is_null()));
    served.kill();
    fs::remove_file(apps.join("parcels.yaml")).unwrap();
    served.restart();
    served.wait_for("its end", |served| alarm(served).is_none_or(|it| !it["cleared"].is_null()));
}

/// The description of the server's own API, asked for where it stands and read from a file.
#[test]
fn an_app_is_made_of_a_description() {
    let description = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference/openapi.json");
    let description = fs::read_to_string(description).unwrap();
    let folder = folder(&[("scenarios/a.yaml", "steps: []\n"), ("api.json", &description)]);
    let (at, site) = (folder.path(), site("/docs/openapi.json", description));
    let url = format!("{site}/docs/openapi.json");
    let (only, name) = (["--only", "alarms"], ["--name", "own_api"]);
    let made = hookmill(at, &[&["app", "from-openapi", &url][..], &only, &name].concat());
    assert!(made.code == 0 && made.err.contains("the app `own_api` with 2 actions"), "{made:?}");
    assert!(made.err.contains("ok 3 passed"), "{made:?}");
    let text = fs::read_to_string(at.join("scenarios/apps/own_api.yaml")).unwrap();
    assert!(text.contains(&format!("base: {site}\n")), "{text}");
    let checked = hookmill(at, &["app", "check"]);
    assert!(checked.code == 0 && checked.err.contains("1 app: 0 errors, 0 warnings"), "{checked:?}");
    let again = hookmill(at, &[&["app", "from-openapi", &url][..], &name].concat());
    assert!(again.code == 2 && again.err.contains("is there already"), "{again:?}");
    let file = hookmill(at, &["app", "from-openapi", "api.json", "-o", "other.yaml"]);
    assert!(file.code == 0 && at.join("other.cases.yaml").is_file(), "{file:?}");
    assert!(!fs::read_to_string(at.join("other.yaml")).unwrap().contains(at.to_str().unwrap()));
    let none = hookmill(at, &["app", "from-openapi", "scenarios/a.yaml"]);
    assert!(none.code == 2 && none.err.contains("this describes no API"), "{none:?}");
    let shipped = hookmill(at, &["app", "from-openapi", "api.json", "--name", "slack"]);
    assert!(shipped.code == 2 && shipped.err.contains("ships an app `slack`"), "{shipped:?}");
    let missing = hookmill(at, &["app", "from-openapi", &format!("{site}/nothing")]);
    assert!(missing.code == 2 && missing.err.contains("cannot read"), "{missing:?}");
}
