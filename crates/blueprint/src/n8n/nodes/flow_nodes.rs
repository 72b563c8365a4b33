//! Nodes that steer: `wait`, `stopAndError`, `respondToWebhook`, `executeWorkflow`, and the reading of feeds.

use super::{Made, Refused};
use crate::draft::{Data, Step};
use crate::ids::slug;
use crate::n8n::desk::Desk;
use crate::n8n::reading::Reading;
use crate::ours::{Expr, Part, Text};
use serde_json::Value;

/// `wait`.
pub(crate) fn wait(desk: &mut Desk<'_>) -> Result<Made, Refused> {
    let node = desk.node;
    let old = node.version < 1.1;
    match node.text("resume", "timeInterval") {
        "timeInterval" => {
            let unit = match node.text("unit", if old { "hours" } else { "seconds" }) {
                "seconds" => "s",
                "minutes" => "m",
                "days" => "d",
                _ => "h",
            };
            let length = match node.get("amount") {
                Value::Null => Data::text(format!("{}{unit}", if old { 1 } else { 5 })),
                Value::Number(number) => duration(number.as_f64().unwrap_or_default(), unit),
                given => {
                    let mut text = desk.say_text(&given.clone());
                    text.push(Part::Literal(unit.to_owned()));
                    Data::map([("for", Data::Text(text))])
                }
            };
            Ok(Made { steps: vec![Step::call("wait", length)], ..Made::default() })
        }
        "specificTime" => {
            let until = desk.say_text(&node.get("dateTime").clone());
            Ok(Made { steps: vec![Step::call("wait", Data::map([("until", Data::Text(until))]))], ..Made::default() })
        }
        _ => {
            Err("it waits for a call of its link: a step `wait_for` does that here, with the link `resume.url`"
                .to_owned())
        }
    }
}

/// A length of time that may have a fraction.
fn duration(amount: f64, unit: &str) -> Data {
    if amount.fract() == 0.0 {
        return Data::text(format!("{amount:.0}{unit}"));
    }
    let factor = match unit {
        "d" => 86_400.0,
        "h" => 3_600.0,
        "m" => 60.0,
        _ => 1.0,
    };
    Data::text(format!("{:.0}ms", amount * factor * 1000.0))
}

/// `stopAndError`.
pub(crate) fn fail(desk: &mut Desk<'_>) -> Result<Made, Refused> {
    let node = desk.node;
    let path = if node.text("errorType", "errorMessage") == "errorObject" { "errorObject" } else { "errorMessage" };
    let message = desk.say_text(&node.get(path).clone());
    let message = if message.parts().is_empty() { Text::literal("stopped") } else { message };
    Ok(Made { steps: vec![Step::call("fail", Data::Text(message))], ..Made::default() })
}

/// `respondToWebhook`.
pub(crate) fn respond(desk: &mut Desk<'_>) -> Result<Made, Refused> {
    let node = desk.node;
    let mut with = Vec::new();
    let kind = node.text("respondWith", "firstIncomingItem");
    let code = node.get("options.responseCode").clone();
    let code = if code.is_object() { code["values"]["responseCode"].clone() } else { code };
    if !code.is_null() && code != 200 {
        let status = desk.say(&code);
        with.push(("status".to_owned(), status));
    }
    let headers = headers(desk);
    let is_html = headers.iter().any(|(name, value)| {
        name.eq_ignore_ascii_case("content-type") && value.as_literal().is_some_and(|kind| kind.contains("html"))
    });
    let body = match kind {
        "firstIncomingItem" => {
            Some(("json", desk.input().map_or(Data::Null, |input| Data::value(input.first().json()))))
        }
        "allIncomingItems" => Some(("json", Data::value(desk.items()))),
        "json" => Some(("json", desk.say_json(&node.get("responseBody").clone()))),
        "text" => {
            let text = desk.say_text(&node.get("responseBody").clone());
            Some((if is_html { "html" } else { "text" }, Data::Text(text)))
        }
        "noData" => None,
        "redirect" => Some(("redirect", Data::Text(desk.say_text(&node.get("redirectURL").clone())))),
        _ => return Err(format!("it answers with {kind}")),
    };
    with.extend(body.map(|(key, data)| (key.to_owned(), data)));
    // A page says itself what it is.
    let headers: Vec<_> = headers
        .into_iter()
        .filter(|(name, _)| {
            !(name.eq_ignore_ascii_case("content-type") && matches!(kind, "json")
                || is_html && name.eq_ignore_ascii_case("content-type"))
        })
        .collect();
    if !headers.is_empty() {
        with.push(("headers".to_owned(), Data::Map(headers)));
    }
    Ok(Made { steps: vec![Step::call("respond", Data::Map(with))], ..Made::default() })
}

fn headers(desk: &mut Desk<'_>) -> Vec<(String, Data)> {
    let given = desk.node.get("options.responseHeaders.entries").as_array().cloned().unwrap_or_default();
    let mut headers: Vec<(String, Data)> = Vec::new();
    for header in &given {
        let Some(name) = header["name"].as_str().filter(|name| !name.is_empty()) else { continue };
        let value = Data::Text(desk.say_text(&header["value"]));
        headers.retain(|(known, _)| known != name);
        headers.push((name.to_owned(), value));
    }
    headers
}

/// `executeWorkflow`. A workflow that is not imported, too, could not be called: somebody has to put that in.
pub(crate) fn call(desk: &mut Desk<'_>) -> Result<Made, Refused> {
    let node = desk.node;
    if node.text("source", "database") != "database" {
        return Err("the workflow that it calls stands in its parameters or in a file".to_owned());
    }
    let named = node.get("workflowId");
    let id = crate::n8n::desk::locator(named).as_str().unwrap_or_default().trim().to_owned();
    let is_own = ["={{ $workflow.id }}", "={{$workflow.id}}"].contains(&id.as_str());
    let own = desk.workflow.called_as.as_ref().filter(|_| is_own);
    let Some(scenario) = own.or_else(|| desk.known.workflows.get(&id)).cloned() else {
        if id.starts_with('=') {
            return Err("which workflow it calls is computed".to_owned());
        }
        // A list shows the folder before the name.
        let shown = named["cachedResultName"].as_str().map(|name| name.rsplit(" — ").next().unwrap_or(name));
        let scenario = slug(shown.unwrap_or(&id), "called");
        return Err(format!(
            "it calls another workflow: import both together, or put `call: {{ scenario: {scenario} }}` here"
        ));
    };
    let given = node.get("workflowInputs.value").clone();
    let input = if given.as_object().is_some_and(|given| !given.is_empty()) {
        desk.say(&given)
    } else {
        desk.input().map_or(Data::Map(Vec::new()), |input| Data::spread(input.paired().json()))
    };
    let mut with = vec![("scenario".to_owned(), Data::text(scenario)), ("input".to_owned(), input)];
    if node.get("options.waitForSubWorkflow") == &Value::Bool(false) {
        with.push(("detach".to_owned(), Data::Bool(true)));
        return Ok(Made { steps: vec![Step::call("call", Data::Map(with))], ..Made::default() });
    }
    Ok(Made::step(Step::call("call", Data::Map(with)), Reading::one(Expr::name(desk.id.clone()))))
}

/// `rssFeedRead`.
pub(crate) fn feed(desk: &mut Desk<'_>) -> Result<Made, Refused> {
    let url = desk.say_text(&desk.node.get("url").clone());
    let step = Step::call("rss.read", Data::map([("url", Data::Text(url)), ("limit", Data::int(100))]));
    let item = Expr::name("item");
    let fields = [
        ("link", "url"),
        ("pubDate", "published"),
        ("isoDate", "published"),
        ("creator", "author"),
        ("contentSnippet", "summary"),
    ];
    let names = fields.iter().map(|(theirs, ours)| ((*theirs).to_owned(), item.clone().field(*ours))).collect();
    let items = Expr::name(desk.id.clone()).field("items");
    let list = items.method("map", [Expr::closure("item", item.clone().method("merge", [Expr::Map(names)]))]);
    Ok(Made::step(step, Reading::many(list)))
}
