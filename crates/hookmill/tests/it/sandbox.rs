//! Expressions that would eat the machine: each ends in a clear error, within a second and 64 MB, at default limits, in
//! a server that goes on serving.

use crate::served::Served;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long any of them may take, from the call to its answer.
const LONGEST: Duration = Duration::from_secs(1);

/// How many times longer it may take in a binary that is not optimized: work is bounded by its amount, not by time.
/// `HOOKMILL_BIN` names one that is.
const UNOPTIMIZED: u32 = 30;

/// How much the server's resident memory may grow meanwhile, in KiB.
const MOST: u64 = 64 * 1024;

/// How much memory the server may hold before a call, in KiB.
const CALM: u64 = 80 * 1024;

/// A script, and the code of the error in which it ends.
struct Case {
    name: String,
    script: String,
    code: String,
}

/// `testdata/sandbox/NAME.rhai`, whose first line is `// CODE`.
fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/sandbox");
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| Case::read(file)).collect()
}

impl Case {
    fn read(file: &Path) -> Self {
        let text = fs::read_to_string(file).unwrap();
        let (first, script) = text.split_once('\n').unwrap();
        Self {
            name: file.file_stem().unwrap().to_str().unwrap().to_owned(),
            code: first.strip_prefix("// ").unwrap().to_owned(),
            script: script.to_owned(),
        }
    }

    fn scenario(&self) -> String {
        let script: String = self.script.lines().map(|line| format!("      {line}\n")).collect();
        format!("trigger: {{ webhook: {{ path: {} }} }}\nsteps:\n  - rhai: |\n{script}  - respond: {{}}\n", self.name)
    }
}

#[test]
fn every_hostile_script_ends_in_an_error_soon_and_small() {
    let cases = cases();
    let mut served =
        Served::start(&[("calm.yaml", "trigger: { webhook: { path: calm } }\nsteps: [{ respond: {} }]\n")]);
    cases.iter().for_each(|case| served.write(&format!("{}.yaml", case.name), &case.scenario()));
    served.stop();
    served.restart();
    let longest = if std::env::var_os("HOOKMILL_BIN").is_some() { LONGEST } else { LONGEST * UNOPTIMIZED };
    let mut wrong = Vec::new();
    for case in &cases {
        // What an earlier one left behind must not hide what this one takes.
        if served.memory("VmRSS") > CALM {
            served.stop();
            served.restart();
        }
        let before = served.memory("VmRSS");
        served.forget_peak();
        let began = Instant::now();
        let status = served.post(&format!("/hook/{}", case.name), "{}").status;
        let (took, grew) = (began.elapsed(), served.memory("VmHWM").saturating_sub(before));
        let error = last_error(&served, &case.name);
        let told = format!("{}: {status} after {took:?}, {grew} KiB more: {error}", case.name);
        println!("{told}");
        if status != 500 || error["code"] != case.code.as_str() || took > longest || grew > MOST {
            wrong.push(told);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(cases.len() >= 30, "the cases are gone");
    assert_eq!(served.post("/hook/calm", "{}").status, 204, "it goes on serving");
}

/// The error of the scenario's one run; where there is no run, what the API says instead.
fn last_error(served: &Served, scenario: &str) -> serde_json::Value {
    let runs = served.api("GET", &format!("/runs?scenario={scenario}"), "").json();
    match runs["items"][0]["id"].as_str() {
        Some(id) => served.api("GET", &format!("/runs/{id}"), "").json()["error"].clone(),
        None => runs,
    }
}
