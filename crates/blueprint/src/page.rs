//! The report of an import as one page: both flows side by side, every module with its reason and the next action, and
//! one question for each account. It has no script and takes nothing from elsewhere, and whatever a file says is escaped.

use crate::Imported;
use crate::picture::{Picture, STYLE, escaped};
use crate::recognise::Kind;
use crate::report::{Item, Modules, State, questions};
use std::fmt::Write;

/// One file, or one scenario of it.
#[derive(Debug)]
pub struct Told<'a> {
    /// The file's name.
    pub file: &'a str,
    /// What it has become, or why it has become nothing.
    pub result: Result<&'a Imported, &'a str>,
}

/// Nothing is run, fetched or sent, whatever stands on the page.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// How the page looks, beside its pictures.
const LOOK: &str = "\
:root { color-scheme: light dark } body { margin: 0 auto; max-width: 1500px; padding: 1.5rem; font: 15px/1.5 system-ui, sans-serif }
h1 { font-size: 1.5rem } h2 { font-size: 1.2rem; margin-top: 2.5rem } h3 { font-size: 1rem }
table { border-collapse: collapse; width: 100% } th, td { border: 1px solid #9fb0c080; padding: .3rem .6rem; text-align: left;
vertical-align: top; overflow-wrap: anywhere } .flows { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem }
.flow { overflow: auto; max-height: 80vh; border: 1px solid #9fb0c080; border-radius: 8px; padding: .5rem }
.state { white-space: nowrap; padding: 0 .5rem; border-radius: 1rem; color: #1c2733 } .runs { background: #dff3e4 }
.connection { background: #fdf0cd } .decision { background: #fde3cc } .todo { background: #fbd9d9 }
@media (max-width: 900px) { .flows { grid-template-columns: 1fr } }
";

/// The page about all that was imported together.
pub fn page(told: &[Told<'_>]) -> String {
    let done: Vec<&Imported> = told.iter().filter_map(|it| it.result.ok()).collect();
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>Import</title>\n<style>{LOOK}{STYLE}</style>\n</head>\n<body>\n<h1>Import</h1>\n"
    );
    let sum = |count: fn(&Modules) -> usize| -> usize { done.iter().map(|one| count(&one.report.modules)).sum() };
    let (total, executable, todo) = (sum(|it| it.total), sum(|it| it.executable), sum(|it| it.todo));
    let _ = writeln!(
        out,
        "<p>{} scenarios, {} files that could not be read. {executable} of {total} modules run, {todo} are left to do.</p>",
        done.len(),
        told.len() - done.len()
    );
    ask(&mut out, &done);
    refused(&mut out, told);
    for one in told {
        if let Ok(imported) = one.result {
            scenario(&mut out, one.file, imported);
        }
    }
    out + "</body>\n</html>\n"
}

/// One question for each account.
fn ask(out: &mut String, done: &[&Imported]) {
    let asked = questions(done.iter().map(|one| (one.id.as_str(), &one.report)));
    if asked.is_empty() {
        return;
    }
    out.push_str("<h2>To be answered once</h2>\n<table>\n<tr><th>question<th>used by</tr>\n");
    for one in &asked {
        let users = one.uses.iter().map(|it| format!("{}: {}", it.scenario, it.steps.join(", ")));
        let users = users.map(|it| escaped(&it)).collect::<Vec<_>>().join("<br>");
        let _ = writeln!(out, "<tr><td>{}?<td>{users}</tr>", escaped(&one.question()));
    }
    out.push_str("</table>\n");
}

fn refused(out: &mut String, told: &[Told<'_>]) {
    if told.iter().all(|one| one.result.is_ok()) {
        return;
    }
    out.push_str("<h2>Not imported</h2>\n<table>\n<tr><th>file<th>reason</tr>\n");
    for one in told {
        if let Err(reason) = one.result {
            let _ = writeln!(out, "<tr><td>{}<td>{}</tr>", escaped(one.file), escaped(reason));
        }
    }
    out.push_str("</table>\n");
}

fn scenario(out: &mut String, file: &str, one: &Imported) {
    let Modules { total, executable, todo } = one.report.modules;
    let whose = match one.kind {
        Kind::Make => "Make",
        Kind::N8n => "n8n",
        Kind::Zapier => "Zapier",
        Kind::NodeRed => "Node-RED",
    };
    let _ = writeln!(
        out,
        "<h2>{}</h2>\n<p>{} ({whose}): {executable} of {total} modules run, {todo} are left to do; {} of {} expressions translated.</p>\n\
         <div class=\"flows\">\n<div class=\"flow\"><h3>before</h3>\n{}</div>\n<div class=\"flow\"><h3>now</h3>\n{}</div>\n</div>",
        escaped(&one.id),
        escaped(file),
        one.report.expressions.translated,
        one.report.expressions.total,
        one.theirs.svg_within_a_page(),
        Picture::of(&one.yaml).svg_within_a_page(),
    );
    out.push_str("<table>\n<tr><th>module<th>step<th>state<th>reason<th>next</tr>\n");
    for item in &one.report.items {
        row(out, item);
    }
    out.push_str("</table>\n");
}

fn row(out: &mut String, item: &Item) {
    let (class, words) = match item.state {
        State::Runs => ("runs", "runs"),
        State::NeedsConnection => ("connection", "needs a connection"),
        State::NeedsDecision => ("decision", "needs a decision"),
        State::NotExecutable => ("todo", "not executable"),
    };
    let text = |text: &Option<String>| escaped(text.as_deref().unwrap_or_default());
    let _ = writeln!(
        out,
        "<tr><td>{} {}<td>{}<td><span class=\"state {class}\">{words}</span><td>{}<td>{}</tr>",
        escaped(&item.id),
        escaped(&item.module),
        text(&item.step),
        text(&item.reason),
        text(&item.next)
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Counterparts, import};
    use serde_json::json;

    #[test]
    fn what_a_file_says_is_never_markup() {
        let evil = "</title></svg><script>alert(1)</script><img src=x onerror=alert(1)>\"'&";
        let file = json!({ "name": evil, "flow": [
            { "id": evil, "module": evil, "metadata": { "designer": { "name": evil } }, "mapper": { evil: evil } },
            { "id": 2, "module": "builtin:BasicRouter", "routes": [{ "flow": [
                { "id": 3, "module": evil, "filter": { "name": evil, "conditions": [[{ "a": evil, "o": evil, "b": evil }]] } },
            ] }] },
        ] });
        let nodes = json!({ "name": evil, "nodes": [
            { "name": evil, "type": evil, "position": [0, 0], "parameters": {} },
            { "name": "b", "type": evil, "position": [0, 0], "parameters": {} },
        ], "connections": { evil: { evil: [[{ "node": "b" }]] } } });
        for file in [file, nodes] {
            let made = import(evil, file.to_string().as_bytes(), &Counterparts::default()).unwrap();
            let mut told: Vec<Told<'_>> = made.iter().map(|one| Told { file: evil, result: Ok(one) }).collect();
            told.push(Told { file: evil, result: Err(evil) });
            let page = page(&told).to_lowercase();
            for sign in ["<script", "<img", "onerror=alert(1)>", "javascript:"] {
                assert!(!page.contains(sign), "{sign}");
            }
            assert!(page.contains("&lt;script&gt;"), "it is shown as it is");
            assert!(page.contains("default-src 'none'"), "nothing may be fetched");
        }
    }

    #[test]
    fn a_page_shows_both_flows_and_asks_once() {
        let file = json!({ "name": "Orders", "flow": [{ "id": 1, "module": "gateway:CustomWebHook" },
            { "id": 2, "module": "nobody:Knows" }] });
        let made = import("a.json", file.to_string().as_bytes(), &Counterparts::default()).unwrap();
        let page =
            page(&[Told { file: "a.json", result: Ok(&made[0]) }, Told { file: "b.json", result: Err("no JSON") }]);
        assert_eq!(page.matches("<svg ").count(), 2);
        assert!(
            page.contains("class=\"runs\"") && page.contains("class=\"todo\""),
            "modules have the colour of their state"
        );
        assert!(page.contains("put a step that does this in place of the `todo`"), "{page}");
        assert!(page.contains("<td>b.json<td>no JSON"), "{page}");
    }
}
