//! What nodes do with items: take one or all of them, and give one or several.

use super::super::code;
use super::super::workflow::{Failing, Node, Workflow};

/// How a node takes its items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Consumes {
    /// It acts on each.
    Item,
    /// It takes all of them at once.
    List,
    /// It does nothing with them.
    Any,
}

/// How many items a node gives, for one that it took or for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gives {
    One,
    Many,
    /// As many as came.
    Same,
}

/// Whether the node starts the workflow.
pub(crate) fn is_trigger(node: &Node) -> bool {
    let kind = node.kind.as_str();
    let last = kind.rsplit('.').next().unwrap_or(kind);
    matches!(last, "webhook" | "cron" | "interval" | "start" | "emailReadImap") || last.ends_with("Trigger")
}

pub(crate) fn consumes(node: &Node) -> Consumes {
    if node.disabled {
        return Consumes::Any;
    }
    match node.kind.as_str() {
        "noOp" => Consumes::Any,
        "code" if code::is_each(node) => Consumes::Item,
        "code" | "function" | "aggregate" | "sort" | "limit" | "removeDuplicates" | "summarize" | "splitInBatches"
        | "merge" | "compareDatasets" | "respondToWebhook" => Consumes::List,
        "convertToFile" if matches!(node.text("operation", "csv"), "toText" | "toBinary") => Consumes::Item,
        "convertToFile" if node.text("mode", "once") == "each" => Consumes::Item,
        "convertToFile" => Consumes::List,
        "spreadsheetFile" if node.text("operation", "fromFile") == "toFile" => Consumes::List,
        "itemLists" => match node.text("operation", "splitOutItems") {
            "splitOutItems" => Consumes::Item,
            _ => Consumes::List,
        },
        // A pause is one for all.
        "wait" => Consumes::Any,
        _ if node.once => Consumes::List,
        _ => Consumes::Item,
    }
}

pub(crate) fn gives(workflow: &Workflow, at: usize, output: usize) -> Gives {
    let node = &workflow.nodes[at];
    if node.disabled {
        return Gives::Same;
    }
    if is_trigger(node) {
        return Gives::One;
    }
    match node.kind.as_str() {
        "noOp" | "wait" | "if" | "switch" | "filter" | "limit" | "sort" | "removeDuplicates" | "executionData"
        | "respondToWebhook" => Gives::Same,
        "code" | "function" => code::gives(node),
        "splitOut" => Gives::Many,
        "itemLists" => match node.text("operation", "splitOutItems") {
            "aggregateItems" | "concatenateItems" | "summarize" => Gives::One,
            "splitOutItems" => Gives::Many,
            _ => Gives::Same,
        },
        "splitInBatches" => {
            let is_single = batch_size(node) == 1;
            if is_loop_output(node, output) && is_single { Gives::One } else { Gives::Many }
        }
        "extractFromFile" if node.text("operation", "csv") == "csv" => Gives::Many,
        "spreadsheetFile" if node.text("operation", "fromFile") == "fromFile" => Gives::Many,
        "merge" => super::super::nodes::merge::gives(workflow, at),
        "compareDatasets" | "rssFeedRead" => Gives::Many,
        "httpRequest" if lists_follow(workflow, at) => Gives::Many,
        "googleSheets" => match operation(node) {
            "read" | "lookup" | "getRows" => Gives::Many,
            _ => Gives::One,
        },
        "postgres" | "mySql" => match operation(node) {
            "executeQuery" | "select" => Gives::Many,
            _ => Gives::One,
        },
        "mongoDb" if matches!(operation(node), "find" | "aggregate") => Gives::Many,
        _ => match operation(node) {
            "getAll" | "list" | "search" | "getMany" => Gives::Many,
            _ => Gives::One,
        },
    }
}

fn operation(node: &Node) -> &str {
    let unless_given = match node.kind.as_str() {
        "googleSheets" => "read",
        "mongoDb" => "find",
        "airtable" if node.version < 2.0 => "read",
        _ => "",
    };
    match node.text("operation", unless_given) {
        "" if matches!(node.kind.as_str(), "postgres" | "mySql") => "insert",
        given => given,
    }
}

/// Whether what follows a call reads its answer as a list of items.
fn lists_follow(workflow: &Workflow, at: usize) -> bool {
    let responds_with_file = workflow.nodes[at].get("options.response.response.responseFormat") == "file";
    let reads_lists = |kind: &str| matches!(kind, "splitInBatches" | "limit" | "sort" | "removeDuplicates");
    let leads_back = |to: usize| {
        let mut reached = std::collections::BTreeSet::new();
        super::super::reach(workflow, to, &mut reached);
        reached.contains(&at)
    };
    let follows = |to: usize| reads_lists(&workflow.nodes[to].kind) && !leads_back(to);
    !responds_with_file && workflow.leaving(at).any(|link| follows(link.to))
}

/// How many items a turn of a loop gets.
pub(crate) fn batch_size(node: &Node) -> u64 {
    let unless_given = if node.version >= 3.0 { 1 } else { 10 };
    node.get("batchSize").as_u64().unwrap_or(unless_given).max(1)
}

/// Whether the output of a loop leads into its turns.
pub(crate) fn is_loop_output(node: &Node, output: usize) -> bool {
    if node.version >= 3.0 { output == 1 } else { output == 0 }
}

/// The number of outputs of a node that chooses among them.
pub(crate) fn fork_outputs(node: &Node) -> Option<usize> {
    if node.disabled {
        return None;
    }
    match node.kind.as_str() {
        "if" => Some(2),
        "filter" => Some(1 + usize::from(node.failing == Failing::Output)),
        "switch" => Some(switch_outputs(node)),
        "splitInBatches" | "respondToWebhook" => None,
        _ if node.failing == Failing::Output => Some(2),
        _ => None,
    }
}

fn switch_outputs(node: &Node) -> usize {
    if node.text("mode", "rules") == "expression" {
        let unless_given = 4;
        return node
            .get("numberOutputs")
            .as_u64()
            .and_then(|count| usize::try_from(count).ok())
            .unwrap_or(unless_given)
            .min(64);
    }
    if node.version >= 3.0 {
        let rules = node.get("rules.values").as_array().map_or(0, Vec::len);
        return rules + usize::from(node.get("options.fallbackOutput") == "extra");
    }
    let rules = node.get("rules.rules").as_array().map_or(0, Vec::len);
    if node.version >= 2.0 { rules } else { 4 }
}
