//! n8n with workflows like the hello scenario and the one of five steps. Executions are saved, as they are by default.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::{Value, json};

use super::npm::Installed;
use super::peer::{Peer, free_address};
use crate::process;

/// Where the workflow like `bench/scenarios/hello.yaml` answers.
pub(crate) const HELLO: &str = "/webhook/hello";

/// Where the workflow like `bench/scenarios/steps.yaml` answers.
pub(crate) const STEPS: &str = "/webhook/steps";

/// How long executions that were accepted may take to end.
const PATIENCE: Duration = Duration::from_secs(300);

/// How it is set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Setup {
    /// As it comes.
    Default,
    /// For production, with the expression engine that is fastest: in its own process, without a sandbox.
    Best,
}

/// Its folder, with the workflows in it.
pub(crate) struct Home {
    folder: PathBuf,
    setup: Setup,
}

impl Home {
    /// A new one, with both workflows imported and published.
    pub(crate) fn new(installed: &Installed, setup: Setup) -> anyhow::Result<Self> {
        let folder = installed.folder.join(format!("n8n-home-{setup:?}").to_lowercase());
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        let home = Self { folder, setup };
        for workflow in [hello(), steps()] {
            let id = workflow["id"].as_str().context("a workflow has an id")?;
            let file = home.folder.join(id).with_extension("json");
            fs::write(&file, json!([workflow]).to_string())?;
            process::read(home.command(installed).arg("import:workflow").arg(format!("--input={}", file.display())))?;
            process::read(home.command(installed).args(["publish:workflow", &format!("--id={id}")]))?;
        }
        Ok(home)
    }

    /// Serves it.
    pub(crate) fn start(
        &self,
        installed: &Installed,
        answers: impl Fn(SocketAddr) -> anyhow::Result<()>,
    ) -> anyhow::Result<Peer> {
        let address = free_address()?;
        let mut command = self.command(installed);
        command.arg("start").env("N8N_LISTEN_ADDRESS", address.ip().to_string());
        command.env("N8N_PORT", address.port().to_string());
        command.env("N8N_RUNNERS_BROKER_PORT", free_address()?.port().to_string());
        Peer::start(command, address, &self.folder.join("log"), answers)
    }

    /// Waits until all executions of the five-step workflow are over; tells of those whose number is greater than `after`.
    pub(crate) fn completed(&self, installed: &Installed, after: u64) -> anyhow::Result<Completed> {
        let end = Instant::now() + PATIENCE;
        let mut last = None;
        loop {
            let seen = self.look(installed, after)?;
            if last == Some(seen) && seen.open == 0 {
                return Ok(seen);
            }
            if Instant::now() > end {
                bail!("n8n still has {} executions to do", seen.open);
            }
            last = Some(seen);
            thread::sleep(Duration::from_millis(200));
        }
    }

    fn look(&self, installed: &Installed, after: u64) -> anyhow::Result<Completed> {
        let script = "const [, file, workflow, after] = process.argv;\
            const database = new (require('node:sqlite').DatabaseSync)(file, { readOnly: true });\
            const row = database.prepare(`select max(id) as last, sum(status = 'success') as succeeded, \
              sum(status in ('new', 'running', 'waiting')) as open, \
              (julianday(max(stoppedAt)) - julianday(min(startedAt))) * 86400 as seconds \
              from execution_entity where workflowId = ? and id > ?`).get(workflow, Number(after));\
            console.log(JSON.stringify([row.last ?? 0, row.succeeded ?? 0, row.open ?? 0, row.seconds ?? 0]));";
        let mut node = installed.node();
        node.args(["--no-warnings", "-e", script]).arg(self.database()).args(["steps", &after.to_string()]);
        let said = process::read(&mut node)?;
        let (last, succeeded, open, seconds) =
            serde_json::from_str(said.trim()).with_context(|| format!("n8n's database tells no counts: {said}"))?;
        Ok(Completed { last, succeeded, open, seconds })
    }

    fn database(&self) -> PathBuf {
        self.folder.join(".n8n/database.sqlite")
    }

    /// Quiet: it asks nobody on the internet, and shows nothing.
    fn command(&self, installed: &Installed) -> Command {
        let mut command = installed.node();
        command.arg(&installed.n8n).env("N8N_USER_FOLDER", Path::new(&self.folder));
        let off = ["DIAGNOSTICS", "VERSION_NOTIFICATIONS", "TEMPLATES", "PERSONALIZATION", "COMMUNITY_PACKAGES"];
        command.envs(off.map(|name| (format!("N8N_{name}_ENABLED"), "false")));
        command.envs([
            ("N8N_DISABLED_MODULES", "mcp-registry"),
            ("N8N_LOG_LEVEL", "warn"),
            ("NO_UPDATE_NOTIFIER", "1"),
        ]);
        match self.setup {
            Setup::Default => command.env_remove("NODE_ENV"),
            Setup::Best => command.envs([("NODE_ENV", "production"), ("N8N_EXPRESSION_ENGINE", "legacy")]),
        };
        command
    }
}

/// Executions of the five-step workflow, as the database tells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Completed {
    /// The number of the last.
    pub(crate) last: u64,
    /// Those that succeeded.
    pub(crate) succeeded: u64,
    /// Those that are not over.
    open: u64,
    /// From the begin of the first to the end of the last.
    pub(crate) seconds: f64,
}

fn hello() -> Value {
    let respond = json!({ "respondWith": "json", "responseBody": "={{ { response: 'Hello', name: $json.name } }}" });
    workflow("hello", "responseNode", vec![set("name", "={{ $json.body.name }}"), ("respondToWebhook", 1.1, respond)])
}

fn steps() -> Value {
    let nodes = (1..=5).map(|number| match number {
        1 => set("text", "={{ $json.body.name }} 1"),
        number => set("text", &format!("={{{{ $json.text }}}} {number}")),
    });
    workflow("steps", "onReceived", nodes.collect())
}

fn set(name: &str, value: &str) -> (&'static str, f64, Value) {
    let assignment = json!({ "id": name, "name": name, "value": value, "type": "string" });
    ("set", 3.4, json!({ "assignments": { "assignments": [assignment] } }))
}

/// A webhook and what follows it: kind, version and parameters of each node.
fn workflow(id: &str, mode: &str, nodes: Vec<(&str, f64, Value)>) -> Value {
    let hook = ("webhook", 2.0, json!({ "httpMethod": "POST", "path": id, "responseMode": mode }));
    let nodes: Vec<Value> =
        [hook].into_iter().chain(nodes).enumerate().map(|(number, node)| node_json(id, number, node)).collect();
    let names: Vec<&str> = nodes.iter().filter_map(|node| node["name"].as_str()).collect();
    let connections: serde_json::Map<String, Value> = names
        .windows(2)
        .map(|pair| (pair[0].to_owned(), json!({ "main": [[{ "node": pair[1], "type": "main", "index": 0 }]] })))
        .collect();
    json!({
        "id": id, "name": id, "versionId": format!("{id}-1"), "active": false,
        "nodes": nodes, "connections": connections, "settings": { "executionOrder": "v1" },
    })
}

fn node_json(id: &str, number: usize, (kind, version, parameters): (&str, f64, Value)) -> Value {
    let name = format!("{id}-{number}");
    json!({
        "id": name, "name": name, "webhookId": name, "position": [200 * number, 0],
        "type": format!("n8n-nodes-base.{kind}"), "typeVersion": version, "parameters": parameters,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workflows_are_chains() {
        let steps = steps();
        assert_eq!(steps["nodes"].as_array().map(Vec::len), Some(6));
        assert_eq!(steps["connections"]["steps-4"]["main"][0][0]["node"], "steps-5");
        assert_eq!(steps["connections"].as_object().map(serde_json::Map::len), Some(5));
        assert_eq!(steps["nodes"][2]["parameters"]["assignments"]["assignments"][0]["value"], "={{ $json.text }} 2");
        assert_eq!(hello()["nodes"][2]["type"], "n8n-nodes-base.respondToWebhook");
    }
}
