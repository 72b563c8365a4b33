//! `hookmill listen`: what comes to a webhook of a server, handed on to a program on this machine.

mod events;
mod forward;

use crate::runs::Place;
use crate::runs::server::Server;
use crate::terminal::{BAD, Done, QUIET, STRONG, paint, printable, say};
use clap::Args;
use events::{Event, Events};
use forward::Forward;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use std::time::Duration;
use url::Url;

/// How long it is waited before a lost connection is tried again: at first, and at most.
const SOON: Duration = Duration::from_millis(250);
const LATER: Duration = Duration::from_secs(10);

/// Hand what comes to a webhook on to a program on this machine
#[derive(Args, Debug)]
pub(crate) struct Listen {
    /// The webhook's path below `/hook/`; where there is none, a bin is made, which takes everything
    path: String,
    /// Where the program listens, as http://127.0.0.1:3000/hooks; left out: requests are only shown
    #[arg(long, value_name = "URL")]
    forward: Option<Url>,
    #[command(flatten)]
    place: Place,
}

impl Listen {
    pub(crate) fn run(self) -> Done {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(self.listen())
    }

    async fn listen(self) -> Done {
        let server = Server::of(&self.place)?;
        let path = self.path.trim_matches('/');
        let hook = match find(&server, path).await? {
            Some(hook) => hook,
            None => server.post("/hooks", &json!({ "path": path })).await?,
        };
        let forward = self.forward.clone().map(Forward::to).transpose()?;
        let to = self.forward.as_ref().map(|url| format!("  →  {url}")).unwrap_or_default();
        say(format_args!("{}{to}", paint(STRONG, printable(hook["url"].as_str().unwrap_or(path)))));
        let place = format!("/hooks/{}/listen", utf8_percent_encode(path, NON_ALPHANUMERIC));
        let mut pause = SOON;
        loop {
            match server.stream(&place).await {
                Ok(stream) => {
                    pause = SOON;
                    show_all(Events::of(stream), forward.as_ref()).await;
                    say(paint(QUIET, "the connection is lost; trying again"));
                }
                Err(error) if pause == SOON => say(format_args!("{}: {error:#}", paint(BAD, "error"))),
                Err(_) => {}
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LATER);
        }
    }
}

/// The webhook with this path.
async fn find(server: &Server, path: &str) -> anyhow::Result<Option<Value>> {
    let hooks = server.get("/hooks").await?;
    let mut hooks = hooks["hooks"].as_array().into_iter().flatten();
    let is_served = |hook: &Value| hook["scenario"].is_string() || hook["bin"] == true;
    Ok(hooks.find(|hook| hook["path"] == path && is_served(hook)).cloned())
}

/// Shows every request and hands it on, until the stream is over.
async fn show_all(mut events: Events, forward: Option<&Forward>) {
    while let Some(event) = events.next().await {
        match event {
            Event::Request(request) => show(&request, forward).await,
            Event::Missed => say(paint(BAD, "requests were missed: they came faster than they were handed on")),
        }
    }
}

async fn show(request: &Value, forward: Option<&Forward>) {
    let text = |key: &str| printable(request[key].as_str().unwrap_or_default());
    let line = format!(
        "{}  {} {}  {} {}",
        paint(QUIET, crate::terminal::time(jiff::Timestamp::now().as_millisecond())),
        text("method"),
        text("target"),
        request["status"],
        text("verdict"),
    );
    let told = match forward {
        None => String::new(),
        Some(forward) => format!("  →  {}", forward.send(request).await),
    };
    say(format_args!("{line}{told}"));
}
