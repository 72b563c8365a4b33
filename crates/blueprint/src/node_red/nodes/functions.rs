//! `function`: JavaScript that gets `msg` and returns it, run as it is.

use super::At;
use crate::draft::{Data, Step, Take};
use crate::node_red::file::Node;
use crate::node_red::message::{Message, Value};
use crate::node_red::walk::{Output, Refused, Sends};
use crate::ours::{Expr, Operator};

/// What code uses that is not there, and what does that here.
const ABSENT: [(&str, &str); 13] = [
    ("node.send(", "it sends messages whenever it likes: a step gives one output"),
    ("require(", "it uses packages of Node.js"),
    ("setTimeout(", "it waits: a step `wait` does that here"),
    ("setInterval(", "it goes on in the background: a schedule does that here"),
    ("context.", "it keeps values between messages: a data store does that here"),
    ("flow.", "it keeps values between messages: a data store does that here"),
    ("global.", "it keeps values between messages: a data store does that here"),
    ("env.get(", "it reads the environment"),
    ("process.", "it reads the environment"),
    ("Buffer.", "it uses `Buffer` of Node.js"),
    ("new Buffer", "it uses `Buffer` of Node.js"),
    ("RED.", "it uses what only Node-RED has"),
    ("fetch(", "it makes calls: a step `http.request` does that here"),
];

/// What stands before code that writes to the log.
const QUIET: &str =
    "const node = { warn() {}, log() {}, error() {}, debug() {}, trace() {}, status() {}, done() {} };\n";

/// `function`.
pub(crate) fn function(at: &mut At<'_, '_, '_, '_>) -> Result<Sends, Refused> {
    let node = at.node;
    let code = node.text("func", "").replace("\r\n", "\n");
    let code = code.trim_matches('\n').trim_end().replace('\t', "  ");
    let plain = without_comments(&code);
    if let Some(why) = missing(node, &plain) {
        return Err(why.to_owned());
    }
    let outputs = node.wires.len().max(node.number("outputs").map_or(1, |outputs| outputs as usize).min(64));
    let leads_on = node.wires.iter().any(|wires| !wires.is_empty());
    if plain.trim() == "return msg;" || plain.trim().is_empty() {
        let passes = !plain.trim().is_empty();
        return Ok(if passes { Sends::On } else { Sends::Nothing });
    }
    let read = properties(&plain);
    let given: Vec<(String, Data)> = read
        .iter()
        .filter(|name| at.message.has(name))
        .map(|name| (name.clone(), super::data(&at.message.get(name).expr)))
        .collect();
    if outputs == 1 && returns_list(&plain) && leads_on {
        return Err("it sends several messages one after another".to_owned());
    }
    let code = runnable(&code, &plain, outputs);
    let items = if given.is_empty() { Data::value(Expr::Map(Vec::new())) } else { Data::Map(given) };
    let mut with = vec![("items".to_owned(), items), ("code".to_owned(), Data::text(code))];
    if outputs == 1 {
        with.push(("first".to_owned(), Data::Bool(true)));
    }
    let id = at.keep(Step::call("js.run", Data::Map(with)), "function");
    let result = Expr::name(id);
    if !leads_on {
        return Ok(Sends::Nothing);
    }
    let before = at.message.clone();
    let after = |given: Expr| behind(&before, given, &read, &plain);
    if outputs == 1 {
        let message = after(result.clone());
        if may_send_nothing(&plain) {
            let when = Some(result.binary(Operator::Unequal, Expr::Nothing));
            return Ok(Sends::Chosen(
                vec![Output { place: 0, name: None, when, message, first: Vec::new() }],
                Take::All,
            ));
        }
        *at.message = message;
        return Ok(Sends::On);
    }
    let outputs = (0..outputs).map(|place| {
        let given = result.clone().field("outputs").maybe_item(Expr::Int(i64::try_from(place).unwrap_or(0)));
        let when = Some(given.clone().binary(Operator::Unequal, Expr::Nothing));
        Output { place, name: None, when, message: after(given), first: Vec::new() }
    });
    Ok(Sends::Chosen(outputs.collect(), Take::All))
}

/// The code with what it finds around it in Node-RED.
fn runnable(code: &str, plain: &str, outputs: usize) -> String {
    let quiet = if is_used(plain, "node.") { QUIET } else { "" };
    if outputs > 1 {
        let code = indented(code);
        return format!("{quiet}const run = (msg) => {{\n{code}\n}};\nreturn {{ outputs: [].concat(run($json)) }};");
    }
    format!("{quiet}const msg = $json;\n{code}")
}

/// Why code cannot run here.
fn missing(node: &Node<'_>, code: &str) -> Option<&'static str> {
    if let Some((_, why)) = ABSENT.iter().find(|(what, _)| is_used(code, what)) {
        return Some(*why);
    }
    if node.value["libs"].as_array().is_some_and(|libs| !libs.is_empty()) {
        return Some("it uses packages of Node.js");
    }
    let has_more = ["initialize", "finalize"].iter().any(|key| has_code(node.text(key, "")));
    has_more.then_some("it has code that runs when the flows start or stop")
}

/// The message behind code that gave it: what the code never named is as before, where it passes the message on.
fn behind(before: &Message, given: Expr, read: &[String], code: &str) -> Message {
    let mut after = Message::of(given.clone());
    for name in read {
        after.set(name, Value::any(given.clone().maybe(name.as_str())));
    }
    if code.contains("return msg") || code.contains("[msg") || code.contains(", msg") {
        for (name, value) in before.fields().filter(|(name, _)| !read.iter().any(|known| known == name)) {
            after.set(name, Value { expr: value.expr.clone(), kind: value.kind });
        }
    }
    after
}

/// The properties of the message that code names: `msg.payload`, `msg["payload"]`.
fn properties(code: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (at, _) in code.match_indices("msg") {
        let behind = code[at + 3..].trim_start();
        let behind = behind.strip_prefix('?').unwrap_or(behind);
        let name: String = if let Some(name) = behind.strip_prefix('.') {
            name.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()
        } else if let Some(quoted) = behind.strip_prefix(['[']).and_then(|rest| rest.strip_prefix(['"', '\''])) {
            quoted.chars().take_while(|letter| !matches!(letter, '"' | '\'')).collect()
        } else {
            continue;
        };
        if !name.is_empty() && name != "length" && !found.contains(&name) && found.len() < 64 {
            found.push(name);
        }
    }
    if found.is_empty() { vec!["payload".to_owned(), "topic".to_owned()] } else { found }
}

/// Whether code has a word that does not go on to the left: `flow.` is not in `workflow.`.
fn is_used(code: &str, what: &str) -> bool {
    code.match_indices(what).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        !before.is_some_and(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '.' | '$' | '"' | '\'' | '/'))
    })
}

fn has_code(code: &str) -> bool {
    !without_comments(code).trim().is_empty()
}

/// The code without its comments; where a text holds what looks like one, less of it is looked at.
fn without_comments(code: &str) -> String {
    let mut kept = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(at) = rest.find("/*") {
        kept.push_str(&rest[..at]);
        rest = rest[at..].find("*/").map_or("", |end| &rest[at + end + 2..]);
    }
    kept.push_str(rest);
    let lines = kept.lines().map(|line| match line.find("//") {
        Some(at) if !line[..at].ends_with(':') => line[..at].trim_end(),
        _ => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn may_send_nothing(code: &str) -> bool {
    ["return null", "return;", "return undefined", "return false"].iter().any(|nothing| code.contains(nothing))
        || !code.contains("return")
}

/// Whether several messages leave the only output: `return [[a, b]]`.
fn returns_list(code: &str) -> bool {
    code.match_indices("return").any(|(at, _)| {
        let behind = code[at + 6..].trim_start();
        behind.starts_with("[[") || behind.starts_with("[ [")
    })
}

fn indented(code: &str) -> String {
    if code.contains('`') {
        return code.to_owned();
    }
    code.lines()
        .map(|line| if line.is_empty() { String::new() } else { format!("  {line}") })
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_code_names_is_found() {
        assert_eq!(properties("msg.payload = msg.req.query.x; msg['a b'] = 1"), ["payload", "req", "a b"]);
        assert_eq!(properties("return msg;"), ["payload", "topic"]);
        assert!(is_used("var x = flow.get('a')", "flow."));
        assert!(!is_used("workflow.a; x.flow.b", "flow."));
        assert_eq!(without_comments("a /* b */ c // d\n\"http://x\""), "a  c\n\"http://x\"");
        assert!(returns_list("return [[a, b]]"));
        assert!(!returns_list("return [a, b]"));
    }
}
