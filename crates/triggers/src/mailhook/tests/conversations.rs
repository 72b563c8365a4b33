//! Conversations as files below `testdata/mailhook/`: `C:` is a line of the client, `C!` bytes of it with `\r`, `\n` and
//! `\0`, `S:` how the server's next line begins, `S: (closed)` that it ends the connection, `N:` a new connection, `R:` how
//! many runs there are of a scenario.

use super::process::{Client, Process};
use std::path::Path;

const SCENARIOS: [(&str, &str); 5] = [
    ("bank", "  mailhook: { address: bank, where: { subject: statement } }"),
    ("orders", "  mailhook: { address: orders }"),
    ("asleep", "off  mailhook: { address: asleep }"),
    ("slow", "  mailhook: { address: slow, rate: 1/1h }"),
    ("master", "  mailhook: { address: postmaster }"),
];

fn unescaped(text: &str) -> Vec<u8> {
    text.replace("\\r", "\r").replace("\\n", "\n").replace("\\0", "\0").into_bytes()
}

/// Holds one conversation; what is not as written.
async fn hold(text: &str) -> Result<(), String> {
    let store = store::open("memory:").unwrap();
    let process = Process::start(&store, &SCENARIOS).await;
    let mut client = Client::connect(process.address).await;
    for (number, line) in text.lines().enumerate() {
        let (kind, rest) = line.split_at(line.len().min(2));
        let rest = rest.strip_prefix(' ').unwrap_or(rest);
        let wrong = |found: &str| Err(format!("line {}: {line}\n  but: {found}", number + 1));
        match kind {
            "C:" => drop(client.try_send(format!("{rest}\r\n").as_bytes()).await),
            "C!" => drop(client.try_send(&unescaped(rest)).await),
            "S:" => {
                let said = client.line().await;
                let is_so = if rest == "(closed)" { said.is_empty() } else { said.starts_with(rest) };
                if !is_so {
                    return wrong(&said);
                }
            }
            "N:" => client = Client::connect(process.address).await,
            "R:" => {
                let (scenario, count) = rest.split_once(' ').unwrap();
                let runs = process.runs(scenario).len();
                if runs.to_string() != count {
                    return wrong(&format!("{runs} runs"));
                }
            }
            _ if line.is_empty() || line.starts_with('#') => {}
            _ => panic!("line {}: {line}", number + 1),
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn conversations_go_as_they_are_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/mailhook");
    let (mut wrong, mut count) = (Vec::new(), 0);
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        count += 1;
        if let Err(what) = hold(&std::fs::read_to_string(&path).unwrap()).await {
            wrong.push(format!("{}, {what}", path.file_name().unwrap().to_string_lossy()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count >= 12, "the conversations are gone");
}
