//! The credentials of a type of connection that an app of the folder defines: the far side has them, and nothing that is
//! kept or shown does.

use super::{CANARY, Echo, IN_PATH, item, tells_nothing, tells_nothing_below};
use crate::binary::hookmill;
use crate::served::Served;
use serde_json::json;

/// An app that sends its secrets by every way that an app has.
const APP: &str = r#"title: Parcels
about: Parcels.
base: "{{ site }}"
connection:
  fields:
    site!: { type: url, title: Site }
    token!: { secret: true, title: Token }
    key!: { secret: true, title: Key }
  auth: { headers: { Authorization: "Bearer {{ token }}", X-Key: "{{ key }}" } }
  test: { get: /test, shows: answer }
errors: { message: answer }
actions:
  send: { title: Send, about: Sends., post: /send, parameters: { to!: { title: To } } }
  many: { title: Many, about: Lists., get: /many, pages: { items: "[answer]", next: answer?.text, as: cursor } }
  fail: { title: Fail, about: Fails., post: /fail }
"#;

const USES: &str = r#"
trigger: { webhook: { path: use, verify: none } }
steps:
  - id: sent
    parcels.send: { connection: mine, to: Ada }
  - id: many
    parcels.many: { connection: mine, limit: 1 }
  - id: failed
    parcels.fail: { connection: mine }
    on_error: ignore
  - respond: { json: { sent: "{{ sent }}", many: "{{ many }}", failed: "{{ failed }}" } }
"#;

#[test]
fn a2_what_an_apps_own_connection_holds_is_never_told() {
    let far = Echo::start();
    let mut served = Served::start(&[]);
    let folder = served.path().join("scenarios");
    std::fs::create_dir(folder.join("apps")).unwrap();
    std::fs::write(folder.join("apps/parcels.yaml"), APP).unwrap();
    served.write("use.yaml", USES);
    let site = format!("http://{}", far.address);
    let fields = json!({ "site": site, "token": CANARY, "key": IN_PATH });
    let made = json!({ "type": "parcels", "fields": fields }).to_string();
    served.wait_for("the app", |served| served.api("PUT", "/connections/mine", &made).status == 204);
    let told = |served: &Served, method: &str, path: &str, body: &str| {
        let answer = served.api(method, path, body);
        tells_nothing(path, &answer.body);
        answer
    };
    let tested = told(&served, "POST", "/connections/mine/test", "").json();
    assert_eq!(tested["ok"], true, "{tested}");
    let answer = served.post("/hook/use", "{}");
    tells_nothing("the answer", &answer.body);
    assert_eq!(answer.status, 200, "{}", answer.text());
    for path in ["/send", "/many", "/fail", "/test"] {
        let asked = far.asked(path);
        assert!(asked.contains(&format!("authorization: Bearer {CANARY}\n")), "{path}: {asked}");
        assert!(asked.contains(&format!("x-key: {IN_PATH}")), "{path}: {asked}");
    }
    let listed = told(&served, "GET", "/connections", "").json();
    assert_eq!(item(&listed, "mine")["fields"], json!({ "site": site }));
    let run = told(&served, "GET", "/runs", "").json()["items"][0]["id"].as_str().unwrap().to_owned();
    for path in ["", "/scope"] {
        told(&served, "GET", &format!("/runs/{run}{path}"), "");
    }
    for path in ["/modules", "/scenarios/use", "/alarms", "/scenarios/use/versions"] {
        assert_eq!(told(&served, "GET", path, "").status, 200, "{path}");
    }
    let wrong =
        json!({ "type": "parcels", "fields": { "site": CANARY, "token": format!("{CANARY}\n"), "kye": IN_PATH } });
    assert_eq!(told(&served, "PUT", "/connections/other", &wrong.to_string()).status, 422);
    let tried =
        json!({ "type": "parcels", "fields": { "site": format!("{site}/fail"), "token": CANARY, "key": IN_PATH } });
    let tried = told(&served, "POST", "/connections/test", &tried.to_string()).json();
    assert_eq!(tried["ok"], false, "{tried}");
    for command in [&["app", "show", "parcels"][..], &["app", "list"], &["app", "check"]] {
        let said = hookmill(served.path(), command);
        assert_eq!(said.code, 0, "{said:?}");
        tells_nothing("a command", format!("{}{}", said.out, said.err).as_bytes());
    }
    served.stop();
    tells_nothing("the log", served.log().as_bytes());
    assert!(tells_nothing_below(&served.data()) > 10_000, "the data folder was looked at");
}
