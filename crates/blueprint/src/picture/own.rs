//! The picture of a scenario, from its text: it is drawn even where something in it is still left to do.

use super::{Line, Picture, Tone, Walked};
use serde_json::Value;

/// Keys of a step that do not say what it does.
const COMMON: [&str; 9] = ["id", "name", "when", "retry", "on_error", "timeout", "note", "disabled", "sample"];

/// How deep steps are drawn within one another.
const DEEPEST: usize = 60;

/// The end of a way: from where the next line begins, and what is written on it.
type End = (usize, Option<String>);

/// The picture of a text.
pub(super) fn ours(yaml: &str) -> Picture {
    let mut picture = Picture::default();
    let Ok(text) = scenario::value(yaml) else { return picture };
    let triggers = match &text["trigger"] {
        Value::Array(several) => several.iter().collect(),
        Value::Null => Vec::new(),
        one => vec![one],
    };
    let mut ends: Vec<End> = Vec::new();
    for (at, trigger) in triggers.iter().enumerate() {
        let kind = trigger.as_object().and_then(|it| it.keys().next()).map_or("trigger", String::as_str);
        let title = ["path", "every", "cron", "at"].iter().find_map(|key| trigger[kind][*key].as_str());
        ends.push((picture.add(format!("trigger/{at}"), title.unwrap_or(kind), kind, Tone::Start), None));
    }
    draw(&mut picture, &text["steps"], "steps", ends, 0);
    if text["on_failure"].is_array() {
        let start = picture.add("on_failure", "when a run fails", "on_failure", Tone::Start);
        draw(&mut picture, &text["on_failure"], "on_failure", vec![(start, None)], 0);
    }
    picture
}

/// Draws a list of steps behind these ends; the ends of it.
fn draw(picture: &mut Picture, steps: &Value, path: &str, mut ends: Vec<End>, depth: usize) -> Vec<End> {
    if depth > DEEPEST {
        return ends;
    }
    for (at, step) in steps.as_array().into_iter().flatten().enumerate() {
        let path = format!("{path}/{at}");
        let module = step.as_object().and_then(|it| it.keys().find(|key| !COMMON.contains(&key.as_str())));
        let module = module.map_or("", String::as_str);
        let with = &step[module];
        let title = ["name", "id"].iter().find_map(|key| step[*key].as_str());
        let shown = title.map_or_else(|| told(module, with), str::to_owned);
        let tone = match module {
            "todo" => Tone::NotExecutable,
            "filter" | "route" | "for_each" | "repeat" | "parallel" => Tone::Flow,
            _ => Tone::Plain,
        };
        let kind = if module == "todo" { with["was"].as_str().unwrap_or("todo") } else { module };
        let id = step["id"].as_str().map_or_else(|| path.clone(), str::to_owned);
        let here = picture.add(id, shown, kind, tone);
        let when = step["when"].as_str();
        for (from, label) in ends {
            picture.line(from, here, label.or_else(|| when.map(|when| format!("when {when}"))));
        }
        ends = inside(picture, module, with, (here, &path), depth);
        if step["on_error"]["steps"].is_array() {
            let before = picture.lines.len();
            let failed = draw(
                picture,
                &step["on_error"]["steps"],
                &format!("{path}/on_error/steps"),
                vec![(here, None)],
                depth + 1,
            );
            if let Some(line) =
                picture.lines.get_mut(before..).and_then(|new| new.iter_mut().find(|it| it.from == here))
            {
                (line.when, line.label) = (Walked::OnFailure, Some("on error".to_owned()));
            }
            ends.extend(failed.into_iter().filter(|(end, _)| *end != here));
        }
    }
    ends
}

/// What stands inside a step; the ends behind it.
fn inside(picture: &mut Picture, module: &str, with: &Value, (here, path): (usize, &str), depth: usize) -> Vec<End> {
    let mut ends = Vec::new();
    match module {
        "route" => {
            let branches = if with.is_array() { with } else { &with["branches"] };
            for (at, branch) in branches.as_array().into_iter().flatten().enumerate() {
                let label = ["name", "when"].iter().find_map(|key| branch[*key].as_str()).map(str::to_owned);
                let path = format!("{path}/route/branches/{at}/steps");
                ends.extend(draw(picture, &branch["steps"], &path, vec![(here, label)], depth + 1));
            }
            let otherwise = vec![(here, Some("otherwise".to_owned()))];
            ends.extend(draw(picture, &with["otherwise"], &format!("{path}/route/otherwise"), otherwise, depth + 1));
        }
        "parallel" => {
            for (name, steps) in with.as_object().into_iter().flatten() {
                let start = vec![(here, Some(name.clone()))];
                ends.extend(draw(picture, steps, &format!("{path}/parallel/{name}"), start, depth + 1));
            }
        }
        "for_each" | "repeat" | "wait_for" => {
            let label = match module {
                "for_each" => Some("each".to_owned()),
                "repeat" => Some("again".to_owned()),
                _ => None,
            };
            let ends_inside =
                draw(picture, &with["steps"], &format!("{path}/{module}/steps"), vec![(here, label)], depth + 1);
            for (from, label) in ends_inside.into_iter().filter(|(end, _)| *end != here && module != "wait_for") {
                picture.lines.push(Line { from, to: here, label, when: Walked::Usually });
            }
            ends.push((here, (module != "wait_for").then(|| "then".to_owned())));
        }
        "stop" | "return" | "fail" => {}
        _ => ends.push((here, None)),
    }
    ends
}

/// What is shown of a step without a name.
fn told(module: &str, with: &Value) -> String {
    match with {
        Value::String(text) => text.clone(),
        Value::Object(entries) if module == "set" => entries.keys().cloned().collect::<Vec<_>>().join(", "),
        _ => module.to_owned(),
    }
}
