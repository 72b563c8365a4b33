//! Nodes as steps: one file for each kind that is more than a mapping of parameters.

pub(crate) mod apps;
pub(crate) mod conditions;
pub(crate) mod fields;
pub(crate) mod files;
pub(crate) mod flow_nodes;
pub(crate) mod http;
pub(crate) mod lists;
pub(crate) mod mail;
pub(crate) mod merge;
pub(crate) mod redis;
pub(crate) mod scripts;
pub(crate) mod sheets;
pub(crate) mod sql;
pub(crate) mod tables;
pub(crate) mod triggers;
pub(crate) mod watch;

use super::desk::Desk;
use super::reading::Reading;
use crate::draft::{Data, Step, Take};
use crate::ours::Expr;

/// What became of a node.
#[derive(Debug, Default)]
pub(crate) struct Made {
    pub(crate) steps: Vec<Step>,
    /// Where its items are; without one, those that came pass through.
    pub(crate) reading: Option<Reading>,
    /// The condition of each output of a choice; `Err` tells that the output is taken where no other is.
    pub(crate) choice: Vec<Choice>,
    pub(crate) take: Take,
    /// What is different, or has to be decided.
    pub(crate) decision: Option<String>,
}

/// An output of a choice.
#[derive(Clone, Debug)]
pub(crate) struct Choice {
    pub(crate) name: Option<String>,
    /// None: where no other output is taken.
    pub(crate) when: Option<Expr>,
}

/// Why a node is not said, and is kept as a `todo`.
pub(crate) type Refused = String;

impl Made {
    /// A step whose output is one item.
    pub(crate) fn step(step: Step, reading: Reading) -> Self {
        Self { steps: vec![step], reading: Some(reading), ..Self::default() }
    }

    /// Nothing: what came passes.
    pub(crate) fn passing() -> Self {
        Self::default()
    }

    #[must_use]
    pub(crate) fn decide(mut self, what: impl Into<String>) -> Self {
        self.decision = Some(what.into());
        self
    }
}

/// A node that is switched off: its steps are, too, and what came passes. What cannot be said is only named.
pub(crate) fn switched_off(desk: &mut Desk<'_>) -> Made {
    let made = match desk.node.kind.as_str() {
        "splitInBatches" | "if" | "switch" | "filter" | "merge" => Ok(Made::default()),
        _ => make(desk),
    };
    let mut steps = made.map(|made| made.steps).unwrap_or_default();
    if steps.is_empty() || desk.helper().is_some() || !desk.tally.unsaid.is_empty() {
        steps = vec![Step::call("set", Data::text(format!("{} is switched off", desk.node.name)))];
    }
    steps.iter_mut().for_each(|step| step.disabled = true);
    desk.forget();
    Made { steps, ..Made::default() }
}

/// The node in our language.
pub(crate) fn make(desk: &mut Desk<'_>) -> Result<Made, Refused> {
    let node = desk.node;
    match node.kind.as_str() {
        "noOp" | "executionData" => Ok(Made::passing()),
        "if" | "filter" => conditions::choice(desk),
        "switch" => conditions::switch(desk),
        "set" => fields::set(desk),
        "renameKeys" => fields::rename(desk),
        "dateTime" => fields::date_time(desk),
        "crypto" => fields::crypto(desk),
        "markdown" | "html" | "xml" | "htmlExtract" => fields::format(desk),
        "httpRequest" => http::request(desk),
        "code" | "function" | "functionItem" => scripts::code(desk),
        "splitOut" | "itemLists" | "aggregate" | "sort" | "limit" | "removeDuplicates" | "summarize" => {
            lists::shaped(desk)
        }
        "convertToFile" | "extractFromFile" | "moveBinaryData" | "spreadsheetFile" | "readPDF" => files::made(desk),
        "merge" => merge::merge(desk),
        "wait" => flow_nodes::wait(desk),
        "stopAndError" => flow_nodes::fail(desk),
        "respondToWebhook" => flow_nodes::respond(desk),
        "executeWorkflow" => flow_nodes::call(desk),
        "rssFeedRead" => flow_nodes::feed(desk),
        "graphql" => http::graphql(desk),
        "emailSend" => mail::send(desk),
        "googleSheets" => sheets::sheets(desk),
        "postgres" | "mySql" => sql::sql(desk),
        "redis" => redis::redis(desk),
        _ => apps::app(desk),
    }
}
