//! `hookmill import`: what it writes, what it says, and how many modules and expressions of real blueprints it knows.

mod behaviour;
mod watched;

use crate::binary::{HELLO, folder, hookmill, root};
use crate::far_side::site;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn blueprint(name: &str) -> String {
    json!({ "name": name, "flow": [
        { "id": 1, "module": "gateway:CustomWebHook", "parameters": { "hook": 5 } },
        { "id": 2, "module": "slack:CreateMessage", "parameters": { "__IMTCONN__": 7 },
          "mapper": { "channel": "C1", "text": "Hello {{1.name}}" },
          "metadata": { "restore": { "parameters": { "__IMTCONN__": { "label": "Team\nSlack" } } } } },
        { "id": 3, "module": "nobody:Knows", "mapper": { "a": "{{2.ts}}" } },
    ] })
    .to_string()
}

#[test]
fn a_folder_of_files_becomes_scenarios_that_pass_the_check() {
    let folder =
        folder(&[("in/a.json", &blueprint("Greet")), ("in/deep/b.json", &blueprint("Greet")), ("in/c.txt", "")]);
    let said = hookmill(folder.path(), &["import", "in", "-o", "out"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("2 of 3 modules run, 1 to do; 2 of 2 expressions translated"), "{}", said.out);
    assert!(said.out.contains("3 nobody:Knows (`knows`) not executable: no module here does this"), "{}", said.out);
    let text = fs::read_to_string(folder.path().join("out/greet.yaml")).unwrap();
    assert!(text.contains("Hello {{ trigger.data?.name }}"), "{text}");
    assert_eq!(fs::read_to_string(folder.path().join("out/greet-2.yaml")).unwrap(), text);
    let connections = fs::read_to_string(folder.path().join("out/connections.yaml")).unwrap();
    assert!(connections.contains("# before: Team Slack\n"), "{connections}");

    let check = hookmill(folder.path(), &["check", "--format", "json", "out"]).json();
    let codes: Vec<&str> = errors(&check).filter_map(|found| found["code"].as_str()).collect();
    assert_eq!(codes, ["E0125", "E0125"], "{check:#}");
    assert_eq!(hookmill(folder.path(), &["fmt", "--check", "out"]).code, 0);

    // What is there stays.
    let again = hookmill(folder.path(), &["import", "in/a.json", "-o", "out"]);
    assert!(again.out.contains("greet-3.yaml"), "{}", again.out);
    assert_eq!(fs::read_to_string(folder.path().join("out/connections.yaml")).unwrap(), connections);
}

#[test]
fn a_new_scenario_begins_switched_off() {
    let folder = folder(&[("a.json", &blueprint("Greet"))]);
    let said = hookmill(folder.path(), &["import", "a.json", "-o", "out"]);
    assert!(said.err.contains("new scenarios are switched off: take `enabled: false` out"), "{}", said.err);
    let file = folder.path().join("out/greet.yaml");
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.starts_with("name: Greet\nenabled: false\n"), "{text}");
    assert_eq!(hookmill(folder.path(), &["fmt", "--check", "out"]).code, 0);

    // Somebody switches it on, and it stays on when the file is brought up to date.
    fs::write(&file, text.replace("enabled: false\n", "")).unwrap();
    fs::write(folder.path().join("a.json"), blueprint("Greet").replace("Hello", "Good day")).unwrap();
    let said = hookmill(folder.path(), &["import", "a.json", "-o", "out", "--update"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert!(!said.err.contains("switched off"), "{}", said.err);
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains("Good day") && !text.contains("enabled"), "{text}");

    let trusted = hookmill(folder.path(), &["import", "a.json", "-o", "on", "--enable"]);
    assert!(!trusted.err.contains("switched off"), "{}", trusted.err);
    assert!(!fs::read_to_string(folder.path().join("on/greet.yaml")).unwrap().contains("enabled"));
}

#[test]
fn a_text_that_comes_along_switches_nothing_on() {
    let carrying = |text: &str| {
        json!({ "name": "A", "flow": [], "metadata": { "hookmill": { "id": "a", "text": text } } }).to_string()
    };
    let block = "name: >-\n  A\n\n  B\n\nenabled: true # now\ntrigger:\n  webhook: { path: a }\nsteps: []\n";
    let folder =
        folder(&[("a.json", &carrying(block)), ("b.json", &carrying("{ name: A, \"enabled\": true, steps: [] }\n"))]);
    assert_eq!(hookmill(folder.path(), &["import", "a.json", "-o", "a"]).code, 0);
    let text = fs::read_to_string(folder.path().join("a/a.yaml")).unwrap();
    assert!(text.contains("\nenabled: false # now\n"), "{text}");
    // Where it cannot be written how it is switched, nothing is.
    let said = hookmill(folder.path(), &["import", "b.json", "-o", "b"]);
    assert_eq!(said.code, 1, "{}", said.out);
    assert!(said.out.contains("cannot be switched off"), "{}", said.out);
    assert!(!folder.path().join("b/a.yaml").exists());
}

#[test]
fn credentials_of_a_file_have_their_places_beside_the_scenarios() {
    let call = |mapper: Value| json!({ "module": "http:ActionSendData", "mapper": mapper });
    let file = json!({ "name": "Call", "flow": [
        call(json!({ "url": "https://api.example.com/a", "headers": [{ "name": "X-Api-Key", "value": "hunter2" }] })),
        call(json!({ "url": "https://api.example.com/b?token=hunter2" })),
    ] });
    let folder = folder(&[("a.json", &file.to_string())]);
    let said = hookmill(folder.path(), &["import", "a.json", "-o", "out"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("what is the value of the secret `example_url`?"), "{}", said.out);
    let read = |name: &str| fs::read_to_string(folder.path().join("out").join(name)).unwrap();
    let connections: Value = serde_yaml::from_str(&read("connections.yaml")).unwrap();
    let expected = json!({ "type": "api_key", "header": "X-Api-Key", "allow": ["api.example.com"], "sandbox": true });
    assert_eq!(connections["example-http"], expected);
    assert!(read("secrets.yaml").contains("example_url: { env: EXAMPLE_URL }"), "{}", read("secrets.yaml"));
    for name in ["call.yaml", "call.imported.json"] {
        assert!(!read(name).contains("hunter2"), "{}", read(name));
    }
    let check = hookmill(folder.path(), &["check", "out"]);
    assert_eq!(check.code, 0, "{}", check.out);
}

#[test]
fn paths_that_can_be_guessed_are_taken_over_where_somebody_asks_for_it() {
    let hook = |path: &str| {
        json!({ "name": "Hook", "nodes": [{ "name": "Hook", "type": "n8n-nodes-base.webhook", "parameters": { "path": path } }], "connections": {} }).to_string()
    };
    let uuid = "3f0c6b1e-1111-4222-8333-444455556666";
    let folder = folder(&[("chosen.json", &hook("orders")), ("made.json", &hook(uuid))]);
    let made = |out: &str, arguments: &[&str]| {
        let said = hookmill(folder.path(), &[&["import", "-o", out, "--enable"], arguments].concat());
        assert_eq!(said.code, 0, "{}", said.err);
        fs::read_to_string(folder.path().join(out).join("hook.yaml")).unwrap()
    };
    let text = made("a", &["chosen.json"]);
    assert!(!text.contains("path: orders,") && text.contains("# Its path was `orders`"), "{text}");
    assert!(made("b", &["chosen.json", "--keep-paths"]).contains("{ path: orders,"));
    assert!(made("c", &["made.json"]).contains(uuid));
    // What lies in the web is known to others.
    let address = format!("{}/made.json", site("/made.json", hook(uuid)));
    assert!(!made("d", &[&address, "--allow-private", "127.0.0.1"]).contains(uuid));
}

fn errors(check: &Value) -> impl Iterator<Item = &Value> {
    check["diagnostics"].as_array().unwrap().iter().filter(|found| found["severity"] == "error")
}

#[test]
fn a_dry_run_tells_and_writes_nothing() {
    let folder = folder(&[("a.json", &blueprint("Greet")), ("bad.json", "{\"flow\":")]);
    let said = hookmill(folder.path(), &["import", "a.json", "bad.json", "-o", "out", "--dry-run", "--report", "json"]);
    assert_eq!(said.code, 1, "a file that cannot be read is a fault");
    let report = said.json();
    let [good, bad] = report["files"].as_array().unwrap().as_slice() else { panic!("{report:#}") };
    assert_eq!((&good["ok"], &good["kind"], &good["id"]), (&json!(true), &json!("make"), &json!("greet")));
    assert_eq!(good["modules"], json!({ "total": 3, "executable": 2, "todo": 1 }));
    assert_eq!(good["connections"][0]["was"], "Team Slack");
    assert_eq!(bad["ok"], false);
    assert!(bad["error"].as_str().unwrap().contains("no JSON"), "{bad:#}");
    assert!(!folder.path().join("out").exists());
}

#[test]
fn steps_are_placed_where_their_modules_stood() {
    let placed = json!({ "name": "Greet", "flow": [
        { "id": 1, "module": "gateway:CustomWebHook", "metadata": { "designer": { "x": 0, "y": 0 } } },
        { "id": 2, "module": "nobody:Knows", "metadata": { "designer": { "x": 300, "y": 40 } } },
    ] });
    let folder = folder(&[("a.json", &placed.to_string())]);
    assert_eq!(hookmill(folder.path(), &["import", "a.json", "-o", "out"]).code, 0);
    let layout = fs::read_to_string(folder.path().join("out/greet.layout.json")).unwrap();
    let layout: Value = serde_json::from_str(&layout).unwrap();
    // The answer that Make gives by itself is a step that has no module: it stands between its neighbours.
    let answer = json!({ "x": 150.0, "y": 40.0 });
    let expected = json!({ "positions": { "steps/0": answer, "knows": { "x": 300.0, "y": 40.0 } }, "notes": [] });
    assert_eq!(layout, expected);
    // A folder that was imported into can be imported: layouts are nobody's export.
    let again = hookmill(folder.path(), &["import", "out", "--dry-run", "--report", "json"]);
    assert_eq!(again.json()["files"], json!([]));
}

#[test]
fn a_changed_file_is_merged_into_what_somebody_has_edited() {
    let folder = folder(&[("a.json", &blueprint("Greet"))]);
    assert_eq!(hookmill(folder.path(), &["import", "a.json", "-o", "out"]).code, 0);
    let file = folder.path().join("out/greet.yaml");
    let text = fs::read_to_string(&file).unwrap();
    let edited = text.replace("channel: C1", "channel: C2").replace("steps:\n", "steps:\n  # Says hello.\n");
    fs::write(&file, &edited).unwrap();
    fs::write(folder.path().join("a.json"), blueprint("Greet").replace("Hello {{1.name}}", "Good day {{1.name}}"))
        .unwrap();

    let tried = hookmill(folder.path(), &["import", "a.json", "-o", "out", "--update", "--dry-run"]);
    assert!(tried.out.contains("Good day"), "{}", tried.out);
    assert_eq!(fs::read_to_string(&file).unwrap(), edited, "a dry run writes nothing");

    let said = hookmill(folder.path(), &["import", "a.json", "-o", "out", "--update"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    let merged = fs::read_to_string(&file).unwrap();
    for part in ["Good day", "channel: C2", "# Says hello."] {
        assert!(merged.contains(part), "`{part}` is missing:\n{merged}");
    }
    assert!(!folder.path().join("out/greet-2.yaml").exists());
    let again = hookmill(folder.path(), &["import", "a.json", "-o", "out", "--update", "--report", "json"]).json();
    assert_eq!((&again["files"][0]["changes"], &again["files"][0]["conflicts"]), (&json!([]), &json!([])));

    // What both changed stays as it was edited, and somebody is told.
    fs::write(folder.path().join("a.json"), blueprint("Greet").replace("\"C1\"", "\"C3\"")).unwrap();
    let said = hookmill(folder.path(), &["import", "a.json", "-o", "out", "--update"]);
    assert_eq!(said.code, 1);
    assert!(said.out.contains("conflict") && said.out.contains("slack.post_message/channel"), "{}", said.out);
    let merged = fs::read_to_string(&file).unwrap();
    assert!(merged.contains("channel: C2") && merged.contains("#   channel: C3"), "{merged}");
    assert_eq!(hookmill(folder.path(), &["fmt", "--check", "out"]).code, 0);
}

#[test]
fn a_report_is_one_page() {
    let folder = folder(&[("a.json", &blueprint("Greet")), ("bad.json", "{")]);
    let said = hookmill(folder.path(), &["import", "a.json", "bad.json", "-o", "out", "--report", "html"]);
    assert_eq!(said.code, 1);
    assert!(said.out.starts_with("<!doctype html>") && said.out.ends_with("</html>\n"), "{}", said.out);
    assert_eq!(said.out.matches("<svg ").count(), 2, "both flows");
    assert!(said.out.contains("before: Team Slack?"), "{}", said.out);
}

#[test]
fn apps_of_the_folder_count() {
    let app = "title: My chat\nabout: Talks.\nbase: https://chat.example.com\nconnection: none\nactions:\n  say:\n    title: Say\n    about: Says it.\n    post: /say\n    \
               parameters: { text: { type: text, title: Text } }\n    make: \"my-chat:Say\"\n";
    let blueprint = json!({ "name": "Say", "flow": [{ "id": 1, "module": "my-chat:Say", "mapper": { "text": "x" } }] });
    let folder = folder(&[("a.json", &blueprint.to_string()), ("out/apps/my_chat.yaml", app)]);
    let said = hookmill(folder.path(), &["import", "a.json", "-o", "out"]);
    let text = fs::read_to_string(folder.path().join("out/say.yaml")).unwrap();
    assert!(text.contains("my_chat.say:"), "{}{text}", said.err);
}

#[test]
fn what_lies_in_the_web_is_fetched_where_it_may_be() {
    let folder = folder(&[]);
    let address = format!("{}/greet.json", site("/greet.json", blueprint("Greet")));
    let refused = hookmill(folder.path(), &["import", &address, "--dry-run"]);
    assert_eq!(refused.code, 1);
    assert!(refused.out.contains("is a private address") && refused.out.contains("--allow-private"), "{}", refused.out);
    let allowed = ["import", &address, "--dry-run", "--report", "json", "--allow-private", "127.0.0.1"];
    let report = hookmill(folder.path(), &allowed).json();
    assert_eq!((&report["files"][0]["id"], &report["files"][0]["file"]), (&json!("greet"), &json!(address)));
}

#[test]
fn a_scenario_that_was_exported_comes_back() {
    let scenarios = root().join("scenarios");
    let folder = folder(&[]);
    let files: Vec<String> = fs::read_dir(&scenarios)
        .unwrap()
        .map(|file| file.unwrap().path().to_str().unwrap().to_owned())
        .filter(|file| {
            file.ends_with(".yaml") && !["connections", "secrets", ".test"].iter().any(|it| file.contains(it))
        })
        .collect();
    assert!(files.len() > 10, "the shipped scenarios are gone");
    there_and_back(folder.path(), &files);
}

/// Exports scenarios as blueprints and imports these: each is what it was, letter by letter.
fn there_and_back(folder: &Path, files: &[String]) {
    let mut arguments = vec!["export", "-o", "made"];
    arguments.extend(files.iter().map(String::as_str));
    let said = hookmill(folder, &arguments);
    assert_eq!(said.code, 0, "{}", said.err);
    let report = hookmill(folder, &["import", "made", "-o", "back", "--enable", "--report", "json"]).json();
    assert_eq!(report["files"].as_array().unwrap().len(), files.len());
    for file in files {
        let name = Path::new(file).file_name().unwrap();
        let (before, after) = (fs::read_to_string(file).unwrap(), fs::read_to_string(folder.join("back").join(name)));
        assert_eq!(after.unwrap_or_default(), before, "{file}");
    }
}

#[test]
fn pictures_are_exported() {
    let folder = folder(&[("scenarios/hello.yaml", HELLO)]);
    let svg = hookmill(folder.path(), &["export", "hello", "--as", "svg"]);
    assert!(svg.out.starts_with("<svg ") && svg.out.contains("respond"), "{svg:?}");
    let chart = hookmill(folder.path(), &["export", "scenarios/hello.yaml", "--as", "mermaid"]);
    assert_eq!(chart.out, "flowchart TD\n  n0([\"hello<br/>webhook\"])\n  n1[\"respond\"]\n  n0 --> n1\n");
    assert_eq!(hookmill(folder.path(), &["export", "nobody"]).code, 2);
}

#[test]
fn real_blueprints_come_back_as_they_were() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/blueprints/make");
    if !corpus.is_dir() {
        eprintln!("skipped: there are no files in {}", corpus.display());
        return;
    }
    let folder = folder(&[]);
    let report =
        hookmill(folder.path(), &["import", corpus.to_str().unwrap(), "-o", "first", "--report", "json"]).json();
    let written = report["files"].as_array().unwrap().iter().filter_map(|file| file["written"].as_str());
    let files: Vec<String> = written.map(|file| folder.path().join(file).to_str().unwrap().to_owned()).collect();
    there_and_back(folder.path(), &files);

    // Without the text that goes along, they are blueprints like any other: how much of them Make's words say.
    fs::create_dir(folder.path().join("bare")).unwrap();
    for file in fs::read_dir(folder.path().join("made")).unwrap() {
        let path = file.unwrap().path();
        let mut blueprint: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        blueprint["metadata"].as_object_mut().unwrap().remove("hookmill");
        fs::write(folder.path().join("bare").join(path.file_name().unwrap()), blueprint.to_string()).unwrap();
    }
    let report = hookmill(folder.path(), &["import", "bare", "--dry-run", "--report", "json"]).json();
    let sum = |key: &str| {
        report["files"].as_array().unwrap().iter().filter_map(|file| file["modules"][key].as_u64()).sum::<u64>()
    };
    println!("{} files, {} of {} modules run without the text", files.len(), sum("executable"), sum("total"));
    assert!(sum("executable") * 100 >= sum("total") * 70, "{} of {}", sum("executable"), sum("total"));
}

/// Real files of many authors, where they are at hand: how many percent of the modules run, and of the expressions are said.
fn real_files_run(kind: &str, modules_percent: u64, expressions_percent: u64) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/blueprints").join(kind);
    if !corpus.is_dir() {
        eprintln!("skipped: there are no files in {}", corpus.display());
        return;
    }
    let folder = folder(&[]);
    let said = hookmill(folder.path(), &["import", corpus.to_str().unwrap(), "-o", ".", "--report", "json"]);
    let report = said.json();
    let files = report["files"].as_array().unwrap();
    let failed: Vec<&Value> = files.iter().filter(|file| file["ok"] == false).collect();
    assert!(failed.is_empty(), "{failed:#?}");
    let sum = |group: &str, key: &str| files.iter().filter_map(|file| file[group][key].as_u64()).sum::<u64>();
    let (modules, executable, todo) = (sum("modules", "total"), sum("modules", "executable"), sum("modules", "todo"));
    let (expressions, translated) = (sum("expressions", "total"), sum("expressions", "translated"));
    println!("{} files, {executable} of {modules} modules, {translated} of {expressions} expressions", files.len());
    assert_eq!(executable + todo, modules, "nothing is dropped");
    assert!(executable * 100 >= modules * modules_percent, "{executable} of {modules} modules");
    assert!(translated * 100 >= expressions * expressions_percent, "{translated} of {expressions} expressions");

    let check = hookmill(folder.path(), &["check", "--format", "json", "."]).json();
    let others: Vec<&Value> = errors(&check).filter(|it| it["code"] != "E0125").collect();
    assert!(others.is_empty(), "{others:#?}");
    let formatted = hookmill(folder.path(), &["fmt", "--check", "."]);
    assert_eq!((formatted.code, formatted.out.as_str()), (0, ""));
    let mut poor = Vec::new();
    for entry in fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "yaml") && !path.ends_with("connections.yaml") {
            let text = fs::read_to_string(&path).unwrap();
            poor.extend(reads_poorly(&text).into_iter().map(|what| format!("{}: {what}", path.display())));
        }
    }
    assert!(poor.is_empty(), "{poor:#?}");
}

/// What nobody would have written: lines that go on and on, remarks said twice, numbered numbers, what an editor keeps.
fn reads_poorly(text: &str) -> Vec<String> {
    const RESIDUE: [&str; 6] = ["webhookId:", "position:", "designer:", "__IMT", "typeVersion:", "cachedResult"];
    let indent = |line: &str| line.len() - line.trim_start().len();
    let (mut found, mut remarks, mut verbatim) = (Vec::new(), BTreeSet::new(), None);
    for (number, line) in text.lines().enumerate() {
        let said = line.trim();
        if verbatim.is_some_and(|outer| said.is_empty() || indent(line) > outer) {
            continue;
        }
        verbatim = None;
        // Texts of several lines, code and what is left to do stand as they were.
        let key = said.trim_start_matches("- ");
        let is_kept = ["code:", "original:"].iter().any(|kept| key.starts_with(kept));
        if is_kept || [" |", " |-"].iter().any(|ending| said.ends_with(ending)) {
            verbatim = Some(indent(line));
        }
        let mut complain = |what: &str| found.push(format!("{}: {what}: {said}", number + 1));
        // A text without blanks, or with signs that YAML has to escape, stays on one line.
        let beside: String = said.split("{{").map(|part| part.rsplit("}}").next().unwrap_or(part)).collect();
        let can_break = beside.split(' ').count() > 4 && !said.contains('\\');
        if line.chars().count() > 200 && verbatim.is_none() && can_break {
            complain("too long");
        }
        if said.starts_with('#') && !remarks.insert(said.to_owned()) {
            complain("said twice");
        }
        if RESIDUE.iter().any(|residue| said.starts_with(residue)) {
            complain("residue");
        }
        if let Some(id) = key.strip_prefix("id: ") {
            // `gemini_2_0` is a name, `row_2_2` and `row_1_2_3` are none.
            let is_number = |part: &&str| part.chars().all(|c| c.is_ascii_digit());
            let numbers: Vec<&str> = id.rsplit('_').take_while(is_number).collect();
            if numbers.len() > 2 || matches!(numbers.as_slice(), [last, before] if last == before) {
                complain("numbered twice");
            }
        }
    }
    found
}

#[test]
fn what_reads_poorly_is_found() {
    let long = format!("a: {}", "word ".repeat(60));
    let poor = format!(
        "# One\n# One\n{long}\ncode: |-\n  {long}\nposition: 5\n- id: row_1_2_3\n- id: row_2_2\n- id: gemini_2_0\n"
    );
    let found = reads_poorly(&poor);
    let what: Vec<&str> = found.iter().filter_map(|found| found.split(": ").nth(1)).collect();
    assert_eq!(what, ["said twice", "too long", "residue", "numbered twice", "numbered twice"], "{found:#?}");
}

#[test]
fn real_blueprints_of_make_run() {
    real_files_run("make", 80, 97);
}

#[test]
fn real_workflows_of_n8n_run() {
    real_files_run("n8n", 75, 85);
}
