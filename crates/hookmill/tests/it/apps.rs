//! Apps of a folder: made, checked, tried, used, and watched.

use crate::binary::{folder, hookmill};
use crate::served::Served;
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
