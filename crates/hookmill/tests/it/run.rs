//! `hookmill run`.

use crate::binary::{HELLO, folder, hookmill, hookmill_with, root, with_stdin};
use serde_json::json;

#[test]
fn the_answer_alone_is_on_stdout() {
    let folder = folder(&[("hello.yaml", HELLO)]);
    let said = hookmill(folder.path(), &["run", "hello.yaml"]);
    assert_eq!((said.code, said.out.as_str()), (0, "{\"response\":\"Hello\"}\n"), "{said:?}");
    assert!(said.err.contains("answered") && said.err.contains("succeeded"), "{}", said.err);
}

#[test]
fn input_and_query_are_in_scope() {
    let echo = r#"
trigger: { webhook: { path: echo } }
steps:
  - respond:
      json: { sum: "{{ trigger.body.n + 1 }}", who: "{{ trigger.query.who }}", method: "{{ trigger.method }}" }
"#;
    let folder = folder(&[("echo.yaml", echo), ("input.json", "{\"n\": 41}")]);
    let expected = json!({ "sum": 42, "who": "王", "method": "POST" });
    for (input, stdin) in [("{\"n\": 41}", ""), ("@input.json", ""), ("-", "{\"n\": 41}")] {
        let said = with_stdin(folder.path(), &["run", "echo.yaml", "--input", input, "--query", "who=王"], stdin);
        assert_eq!((said.code, said.json()), (0, expected.clone()), "{input}");
    }
    let said = hookmill(folder.path(), &["run", "echo.yaml", "--input", "{"]);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.err.contains("--input is no JSON"), "{}", said.err);
}

#[test]
fn a_failed_run_names_code_step_place_and_hint() {
    let text = "steps:\n  - id: price\n    set: { a: \"{{ trigger.body.prize }}\" }\n";
    let folder = folder(&[("a.yaml", text)]);
    let said = hookmill(folder.path(), &["run", "a.yaml", "--input", "{\"price\": 3}"]);
    assert_eq!((said.code, said.out.as_str()), (1, ""), "{said:?}");
    assert!(said.err.contains("a.yaml:3:"), "{}", said.err);
    assert!(said.err.contains("failed[missing_property]"), "{}", said.err);
    assert!(said.err.contains("`price`"), "{}", said.err);
    assert!(said.err.contains("hint: "), "{}", said.err);
}

#[test]
fn a_scenario_with_errors_does_not_run() {
    let folder = folder(&[("a.yaml", "steps:\n  - htpp.request: { url: 'http://x' }\n")]);
    let said = hookmill(folder.path(), &["run", "a.yaml"]);
    assert_eq!((said.code, said.out.as_str()), (1, ""));
    assert!(said.err.contains("a.yaml:2:5: error[E0201]"), "{}", said.err);
}

#[test]
fn the_whole_run_as_json() {
    let body = r#"{"order":"A1","lines":[{"qty":2,"price":600}]}"#;
    let said = hookmill(&root(), &["run", "scenarios/ship-order.yaml", "--input", body, "--json"]);
    assert_eq!(said.code, 0, "{said:?}");
    let run = said.json();
    assert_eq!(run["status"], "succeeded");
    assert_eq!(run["response"]["body"]["response"], "Hello");
    let steps = run["steps"].as_array().unwrap();
    assert_eq!(steps[0]["output"], json!({ "number": "A1", "total": 1200 }));
    let sandboxed: Vec<_> = steps.iter().filter(|step| step["sandbox"] == true).map(|step| &step["module"]).collect();
    assert_eq!(sandboxed, ["google_sheets.append", "email.send", "email.send"]);
    assert!(steps.iter().filter(|step| step["sandbox"] == true).all(|step| !step["sent"].is_null()), "{run:#}");
}

#[test]
fn a_run_by_hand_is_of_one_item_where_each_is_a_run() {
    let text = "\
trigger: { webhook: { path: events, verify: none, each: body.entry.events } }
steps: [{ return: { n: '{{ trigger.item.n }}', index: '{{ trigger.index }}' } }]
";
    let folder = folder(&[("a.yaml", text)]);
    let run = |input: &str| hookmill(folder.path(), &["run", "a.yaml", "--json", "-i", input]);
    let one = run(r#"{"entry":[{"events":[]},{"events":[{"n":7}]}]}"#);
    assert_eq!(one.code, 0, "{one:?}");
    assert_eq!(one.json()["steps"][0]["output"], json!({ "n": 7, "index": 0 }), "{one:?}");
    let two = run(r#"{"entry":[{"events":[{"n":7},{"n":8}]}]}"#);
    assert!(two.code == 2 && two.err.contains("`body.entry.events` has 2 items"), "{two:?}");
    let none = run(r#"{"entry":5}"#);
    assert!(none.code == 2 && none.err.contains("has no \"events\""), "{none:?}");
}

#[test]
fn a_real_call_is_made_and_tried_again() {
    let (address, served) = far_side(&[503, 200]);
    let text = format!(
        "steps:\n  - id: far\n    http.request: {{ url: 'http://{address}/x' }}\n    \
         retry: {{ attempts: 3, backoff: 10ms }}\n  - respond: {{ json: '{{{{ far.body }}}}' }}\n"
    );
    let folder = folder(&[("a.yaml", &text)]);
    let said = hookmill(folder.path(), &["run", "a.yaml"]);
    assert_eq!((said.code, said.out.as_str()), (0, "{\"n\":2}\n"), "{said:?}");
    assert!(said.err.contains("retry"), "{}", said.err);
    assert_eq!(served.join().unwrap(), 2);
}

/// A proxy that the environment names would be asked to call what the guard has not seen.
#[test]
fn s1_proxies_of_the_environment_mean_nothing() {
    let (address, served) = far_side(&[200]);
    let text = format!("steps:\n  - http.request: {{ url: 'http://{address}/x' }}\n");
    let folder = folder(&[("a.yaml", &text)]);
    let nobody = "http://127.0.0.1:9";
    let variables = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"].map(|name| (name, nobody));
    let said = hookmill_with(folder.path(), &["run", "a.yaml"], &variables);
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(served.join().unwrap(), 1);
}

/// A server that answers these statuses, one for each connection, and `{"n": …}`; gives the number of calls.
fn far_side(statuses: &'static [u16]) -> (std::net::SocketAddr, std::thread::JoinHandle<usize>) {
    use std::io::{BufRead, BufReader, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let served = std::thread::spawn(move || {
        for (number, status) in (1..).zip(statuses) {
            let (mut stream, _) = listener.accept().unwrap();
            let request = BufReader::new(stream.try_clone().unwrap());
            assert!(request.lines().map(Result::unwrap).take_while(|line| !line.is_empty()).count() > 1);
            let body = format!("{{\"n\":{number}}}");
            let head = format!("HTTP/1.1 {status} X\r\ncontent-type: application/json\r\nconnection: close");
            write!(stream, "{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).unwrap();
        }
        statuses.len()
    });
    (address, served)
}
