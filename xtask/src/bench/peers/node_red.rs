//! Node-RED with the flow of the hello scenario. It keeps nothing of what it does.

use std::fs;
use std::net::SocketAddr;

use serde_json::{Value, json};

use super::npm::Installed;
use super::peer::{Peer, free_address};

/// Where the flow answers.
pub(crate) const PATH: &str = "/hello";

/// Starts it on an empty folder.
pub(crate) fn start(installed: &Installed, answers: impl Fn(SocketAddr) -> anyhow::Result<()>) -> anyhow::Result<Peer> {
    let home = installed.folder.join("node-red-home");
    if home.exists() {
        fs::remove_dir_all(&home)?;
    }
    fs::create_dir_all(&home)?;
    let address = free_address()?;
    fs::write(home.join("settings.js"), format!("module.exports = {};\n", settings(address)))?;
    fs::write(home.join("flows.json"), flows().to_string())?;
    let mut command = installed.node();
    command.arg(&installed.node_red).arg("--userDir").arg(&home).env("NODE_ENV", "production");
    Peer::start(command, address, &installed.folder.join("node-red.log"), answers)
}

fn settings(address: SocketAddr) -> Value {
    json!({
        "uiHost": address.ip(),
        "uiPort": address.port(),
        "flowFile": "flows.json",
        "credentialSecret": false,
        "telemetry": { "enabled": false },
        "logging": { "console": { "level": "warn" } },
        "externalModules": { "palette": { "allowInstall": false } },
    })
}

fn flows() -> Value {
    let set = "return Object.assign(msg, { payload: { response: 'Hello', name: msg.payload.name } });";
    json!([
        { "id": "flow", "type": "tab", "label": "hello" },
        { "id": "hook", "type": "http in", "z": "flow", "url": PATH, "method": "post", "wires": [["set"]] },
        { "id": "set", "type": "function", "z": "flow", "func": set, "outputs": 1, "wires": [["respond"]] },
        { "id": "respond", "type": "http response", "z": "flow", "wires": [] },
    ])
}
