//! Forms of bodies, ways to prove who calls, repeats and floods.

use super::{SECRET, base64, captured, hex, hmac, run_of, serve};
use crate::served::Served;
use serde_json::{Value, json};

#[test]
fn row_29_all_forms_of_a_body_have_one_shape_and_the_raw_text_stays() {
    let scenario = "
trigger: { webhook: { path: forms, verify: none } }
steps:
  - id: order
    set: \"{{ trigger.body?.order ?? trigger.body }}\"
  - respond: { json: { id: \"{{ order.id }}\", city: \"{{ order.city }}\", raw: \"{{ trigger.raw }}\" } }
";
    let served = Served::start(&[("forms.yaml", scenario)]);
    let parts = "--cut\r\ncontent-disposition: form-data; name=\"id\"\r\n\r\nA1\r\n\
                 --cut\r\ncontent-disposition: form-data; name=\"city\"\r\n\r\n台北\r\n--cut--\r\n";
    for (kind, body) in [
        ("application/json", r#"{ "id": "A1",  "city": "台北" }"#),
        ("application/xml", "<order><id>A1</id><city>台北</city></order>"),
        ("application/x-www-form-urlencoded", "id=A1&city=%E5%8F%B0%E5%8C%97"),
        ("multipart/form-data; boundary=cut", parts),
    ] {
        let answer = served.send("POST", "/hook/forms", &[("content-type", kind)], body.as_bytes());
        assert_eq!(answer.json(), json!({ "id": "A1", "city": "台北", "raw": body }), "{kind}");
    }
}

/// TLS by the binary itself has tests of its own, with the server's.
#[test]
fn row_30_every_way_to_prove_who_calls() {
    let ways = [
        ("bearer", "{ bearer: \"{{ secrets.github }}\" }"),
        ("basic", "{ basic: { user: hook, password: \"{{ secrets.github }}\" } }"),
        ("key", "{ header: { name: X-Api-Key, value: \"{{ secrets.github }}\" } }"),
        ("query", "{ query: { name: token, value: \"{{ secrets.github }}\" } }"),
        ("jwt", "{ jwt: { secret: \"{{ secrets.github }}\", audience: hooks } }"),
        ("hmac", "{ hmac: { secret: \"{{ secrets.github }}\", header: X-Signature, prefix: \"sha256=\" } }"),
    ];
    let files: Vec<(String, String)> = ways
        .iter()
        .map(|(name, verify)| {
            let text = format!(
                "trigger: {{ webhook: {{ path: {name}, verify: {verify} }} }}\nsteps: [{{ respond: {{ text: in }} }}]\n"
            );
            (format!("{name}.yaml"), text)
        })
        .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let served = serve(&[], &files, &[]);
    let body = b"{\"n\":1}";
    let call = |path: &str, header: &str, value: &str| served.send("POST", path, &[(header, value)], body).status;
    let (basic, signature) = (base64(format!("hook:{SECRET}").as_bytes()), hex(&hmac(body)));
    for (path, header, right, wrong) in [
        ("/hook/bearer", "authorization", format!("Bearer {SECRET}"), "Bearer wrong".to_owned()),
        ("/hook/basic", "authorization", format!("Basic {basic}"), format!("Basic {}", base64(b"hook:wrong"))),
        ("/hook/key", "x-api-key", SECRET.to_owned(), "wrong".to_owned()),
        ("/hook/jwt", "authorization", token(&served, "hooks"), token(&served, "others")),
        ("/hook/hmac", "x-signature", format!("sha256={signature}"), format!("sha256={}", hex(&hmac(b"other")))),
    ] {
        assert_eq!(call(path, header, &right), 200, "{path}");
        assert_eq!((call(path, header, &wrong), call(path, "x-nothing", "1")), (401, 401), "{path}");
    }
    assert_eq!(call(&format!("/hook/query?token={SECRET}"), "x-nothing", "1"), 200);
    assert_eq!(call("/hook/query?token=wrong", "x-nothing", "1"), 401);
}

#[test]
fn row_30_questions_are_answered_and_start_nothing() {
    let scenario = "
trigger: { webhook: { path: asked, methods: [POST], verify: { bearer: \"{{ secrets.github }}\" } } }
steps: []
";
    let served = serve(&[], &[("asked.yaml", scenario)], &[]);
    let question = |method: &str| {
        let answer = served.send(method, "/hook/asked", &[], b"");
        (answer.status, answer.header("allow").map(str::to_owned))
    };
    assert_eq!(question("OPTIONS"), (204, Some("POST, HEAD, OPTIONS".to_owned())));
    assert_eq!((question("DELETE").0, question("POST").0), (405, 401));
    assert_eq!(super::runs(&served, "asked").len(), 0);
}

/// A token for this audience, good for a minute by the server's clock.
fn token(served: &Served, audience: &str) -> String {
    let run = served.send("POST", "/hook/bearer", &[("authorization", &format!("Bearer {SECRET}"))], b"");
    let now = served.api("GET", &format!("/runs/{}", run_of(&run)), "").json()["created"].as_i64().unwrap() / 1000;
    let part = |value: Value| base64(value.to_string().as_bytes()).replace('+', "-").replace('/', "_").replace('=', "");
    let signed = format!(
        "{}.{}",
        part(json!({ "alg": "HS256", "typ": "JWT" })),
        part(json!({ "aud": audience, "exp": now + 60 }))
    );
    let signature = base64(&hmac(signed.as_bytes())).replace('+', "-").replace('/', "_").replace('=', "");
    format!("Bearer {signed}.{signature}")
}

#[test]
fn row_31_what_was_acknowledged_survives_and_a_repeat_is_no_double() {
    let scenario = "
trigger: { webhook: { path: paid, verify: { github: \"{{ secrets.github }}\" } } }
steps:
  - store.add: { table: paid, key: all, by: \"{{ trigger.body.amount }}\" }
";
    let mut served = serve(&[], &[("paid.yaml", scenario)], &[]);
    let body = br#"{"amount":5}"#;
    let signature = format!("sha256={}", hex(&hmac(body)));
    let send = |served: &Served| {
        let headers = [
            ("content-type", "application/json"),
            ("x-hub-signature-256", signature.as_str()),
            ("x-github-event", "payment"),
            ("x-github-delivery", "d-1"),
        ];
        served.send("POST", "/hook/paid", &headers, body)
    };
    let first = send(&served);
    assert_eq!(first.status, 200, "{}", first.text());
    served.kill();
    served.restart();
    let again = send(&served);
    assert_eq!((again.status, again.header("hookmill-repeat")), (200, Some(run_of(&first).as_str())));
    served.ended(&run_of(&first));
    let paid = |served: &Served| served.api("GET", "/stores/paid/all", "").json()["value"].clone();
    assert_eq!(paid(&served), 5);
    // Whoever wants it done again says so.
    let replayed = served.api("POST", &format!("/runs/{}/replay", run_of(&first)), "{}").json();
    served.wait_for("the replay", |served| paid(served) == 10);
    assert!(replayed.to_string().contains("run") || replayed["id"].is_string(), "{replayed}");
}

#[test]
fn row_32_a_flood_of_one_hook_is_told_to_come_again_and_others_do_not_feel_it() {
    let scenario = |name: &str, rate: &str| {
        format!(
            "trigger: {{ webhook: {{ path: {name}, verify: none{rate} }} }}\nsteps: [{{ respond: {{ text: in }} }}]\n"
        )
    };
    let (flooded, other) = (scenario("flooded", ", rate: 5/1h"), scenario("other", ""));
    let mut served = Served::start(&[("flooded.yaml", &flooded), ("other.yaml", &other)]);
    let mut refused = 0;
    for n in 0..40 {
        let answer = served.get("/hook/flooded");
        if answer.status == 429 {
            let pause: u64 = answer.header("retry-after").and_then(|text| text.parse().ok()).unwrap();
            assert!((1..=3_600).contains(&pause), "{pause}");
            refused += 1;
        } else {
            assert_eq!(answer.status, 200, "{n}");
        }
        assert_eq!(served.get("/hook/other").text(), "in", "while the other is flooded");
    }
    assert_eq!(refused, 35);
    let seen = captured(&mut served, "flooded", 40);
    assert_eq!(seen.iter().filter(|request| request["verdict"] == "refused").count(), 35);
}
