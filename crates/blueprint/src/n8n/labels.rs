//! What nodes are called: by people, or by the editor, which numbers its own names.

use super::workflow::{Node, Workflow};

/// Names that the editor gives and that are not the kind of the node.
const GIVEN: [&str; 22] = [
    "loopoveritems",
    "splitinbatches",
    "editfields",
    "nooperationdonothing",
    "noop",
    "switch",
    "if",
    "filter",
    "set",
    "code",
    "function",
    "functionitem",
    "merge",
    "wait",
    "limit",
    "sort",
    "aggregate",
    "splitout",
    "respondtowebhook",
    "executeworkflow",
    "stopanderror",
    "itemlists",
];

/// Whether nobody chose the name of the node.
pub(crate) fn is_given_by_the_editor(node: &Node) -> bool {
    let name = letters(unnumbered(&node.name));
    name == letters(node.kind.rsplit('.').next().unwrap_or(&node.kind)) || GIVEN.contains(&name.as_str())
}

/// The words by which the step of a node is called: its label, without the number that the editor gave to a copy, or for
/// a call without a label, what it calls.
pub(crate) fn label(workflow: &Workflow, node: &Node) -> String {
    if node.kind == "httpRequest"
        && is_given_by_the_editor(node)
        && let Some(called) = called(node.text("url", ""))
    {
        return called;
    }
    let plain = unnumbered(&node.name);
    let is_copy = plain != node.name && workflow.nodes.iter().any(|other| other.name == plain);
    // What is pasted gets a 1, and keeps it when the first one goes.
    let is_pasted =
        node.name.ends_with('1') && plain.len() + 1 == node.name.len() && plain.ends_with(char::is_lowercase);
    if is_copy || is_pasted || is_given_by_the_editor(node) { plain.to_owned() } else { node.name.clone() }
}

/// A label without the number at its end: the editor writes it right behind the last letter.
fn unnumbered(name: &str) -> &str {
    let plain = name.trim_end_matches(|c: char| c.is_ascii_digit());
    if name.len() - plain.len() <= 2 && plain.ends_with(char::is_alphabetic) { plain } else { name }
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Words for an address: who is called, and what there.
fn called(url: &str) -> Option<String> {
    let url = url.trim_start_matches('=');
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let rest = rest.split(['?', '#']).next().unwrap_or(rest);
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host: Vec<&str> = host.split('.').collect();
    let is_word = |text: &str| text.len() > 2 && text.chars().all(|c| c.is_ascii_alphabetic() || c == '_' || c == '-');
    // `api.shop.example.com` is `shop`: the part before the last one that is long enough to be a name.
    let who = host.iter().rev().skip(1).copied().find(|part| is_word(part) && part.len() > 3)?;
    let what = path.split('/').rev().find(|part| is_word(part) && *part != who);
    Some(match what {
        Some(what) => format!("{who} {what}"),
        None => who.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(kind: &str, name: &str, url: &str, expected: &str) {
        let node = |name: &str| Node {
            kind: kind.to_owned(),
            name: name.to_owned(),
            parameters: json!({ "url": url }),
            ..Node::default()
        };
        let workflow = Workflow { nodes: vec![node("Search folder"), node(name)], ..Workflow::default() };
        assert_eq!(label(&workflow, &workflow.nodes[1]), expected);
    }

    #[test]
    fn names_of_the_editor_are_left_out() {
        check("set", "Edit Fields3", "", "Edit Fields");
        check("googleDrive", "Search folder1", "", "Search folder");
        check("googleDrive", "Report GA4", "", "Report GA4");
        check("googleDrive", "Make report1", "", "Make report");
        check("httpRequest", "HTTP Request12", "https://api.sendgrid.com/v3/mail/send", "sendgrid send");
        check("httpRequest", "HTTP Request", "=https://www.shop.example.co.uk/{{ $json.id }}", "example");
        check("httpRequest", "HTTP Request", "={{ $json.url }}", "HTTP Request");
        check("httpRequest", "Ask the shop", "https://api.shop.com/orders", "Ask the shop");
    }
}
