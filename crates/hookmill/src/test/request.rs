//! From a test's `trigger:` to the delivery that starts a run.

use engine::Delivery;
use mail::Mail;
use run::entry::{Item, Recognised};
use run::id::Millis;
use run::input::{Input, Request, Source};
use run::payload::Payload;
use scenario::plan::{Plan, Trigger};
use serde_json::{Map, Value};

/// Fields of `trigger` that come from the run itself or from the other fields.
const DERIVED: [&str; 2] = ["data", "at"];

/// The delivery that the test describes. Left out: the method is POST with a body, else GET; the path is the webhook's.
/// Problems are told as the test's failure.
pub(super) fn delivery(plan: &Plan, trigger: &Value, at: Millis) -> Result<Delivery, String> {
    let nothing = Map::new();
    let fields = trigger.as_object().unwrap_or(&nothing);
    if let Some(derived) = DERIVED.iter().find(|key| fields.contains_key(**key)) {
        return Err(format!("trigger.{derived} cannot be given: it is made from the other fields"));
    }
    let source = source(plan, fields);
    let request = if source == Source::Webhook { Some(Box::new(request(plan, fields)?)) } else { None };
    let input = Input {
        source,
        at,
        request,
        body: if source == Source::Mail {
            mail(plan, fields)
        } else {
            fields.get("body").map_or_else(Payload::null, Payload::of_value)
        },
        raw: fields.get("raw").map(Payload::of_value),
        files: fields.get("files").map(Payload::of_value),
    };
    Ok(Delivery { recognised: recognised(plan, fields, at)?, ..Delivery::from(input) })
}

/// The fields of a mail: those that stand in `trigger` itself. What is left out is as in a mail that lacks it.
fn mail(plan: &Plan, fields: &Map<String, Value>) -> Payload {
    let mut mail = serde_json::to_value(Mail::default()).unwrap_or_default();
    if let Some(Trigger::Mailhook(mailhook)) = plan.triggers.first() {
        (mail["envelope"], mail["auth"]) = triggers::mailhook::unsaid(mailhook.address.as_deref().unwrap_or_default());
    }
    let given = fields.iter().filter(|(name, _)| !matches!(name.as_str(), "body" | "files" | "id"));
    let body = fields.get("body").and_then(Value::as_object);
    for (name, value) in body.into_iter().flatten().chain(given) {
        mail[name] = value.clone();
    }
    Payload::of_value(&mail)
}

/// What the sender's preset would tell of the request, and which of its items this is.
fn recognised(plan: &Plan, fields: &Map<String, Value>, at: Millis) -> Result<Option<Recognised>, String> {
    let text = |key: &str| match fields.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(format!("trigger.{key} must be a text")),
    };
    let (provider, event, id, item) = (text("provider")?, text("event")?, text("id")?, item(plan, fields)?);
    let recognised = Recognised { provider, event, id, item, at };
    let is_nothing = recognised == Recognised { at, ..Recognised::default() };
    Ok((!is_nothing).then_some(recognised))
}

/// A scenario with a webhook is tested by a request, any other one as its first trigger would start it.
fn source(plan: &Plan, fields: &Map<String, Value>) -> Source {
    let has_webhook = plan.triggers.iter().any(|trigger| matches!(trigger, Trigger::Webhook(_)));
    match plan.triggers.first() {
        Some(Trigger::Mail(_) | Trigger::Mailhook(_)) if !has_webhook => Source::Mail,
        _ if has_webhook || fields.keys().any(|key| key != "body") => Source::Webhook,
        Some(Trigger::Schedule(_)) => Source::Schedule,
        Some(Trigger::Poll(_)) => Source::Poll,
        _ => Source::Manual,
    }
}

/// The one item that the body holds, where each starts a run.
fn item(plan: &Plan, fields: &Map<String, Value>) -> Result<Option<Item>, String> {
    let index =
        match fields.get("index").map(|index| (index, index.as_u64().and_then(|index| u32::try_from(index).ok()))) {
            None => 0,
            Some((_, Some(index))) => index,
            Some((index, None)) => return Err(format!("trigger.index must be a whole number, not {index}")),
        };
    let each = plan.triggers.iter().find_map(|trigger| match trigger {
        Trigger::Webhook(webhook) => webhook.each.as_ref(),
        _ => None,
    });
    let path = each.map(|path| path.0.iter().map(|name| name.to_string()).collect());
    Ok(path.map(|path| Item { path, index, count: index.saturating_add(1) }))
}

fn request(plan: &Plan, fields: &Map<String, Value>) -> Result<Request, String> {
    let text = |key: &str| fields.get(key).and_then(Value::as_str).map(str::to_owned);
    let method = text("method").map(|method| method.to_uppercase());
    let usual = if fields.contains_key("body") { "POST" } else { "GET" };
    let path = plan.triggers.iter().find_map(|trigger| match trigger {
        Trigger::Webhook(webhook) => webhook.path.as_deref().map(str::to_owned),
        _ => None,
    });
    Ok(Request {
        method: method.unwrap_or_else(|| usual.to_owned()),
        path: text("path").or(path).unwrap_or_default(),
        params: pairs(fields, "params")?,
        query: pairs(fields, "query")?,
        headers: pairs(fields, "headers")?.into_iter().map(|(name, value)| (name.to_lowercase(), value)).collect(),
        ip: text("ip").unwrap_or_else(|| "127.0.0.1".to_owned()),
    })
}

/// The pairs of a map: a list is a pair for each item. Values are texts, as HTTP has them.
fn pairs(fields: &Map<String, Value>, key: &str) -> Result<Vec<(String, String)>, String> {
    let mut pairs = Vec::new();
    let given = match fields.get(key) {
        None | Some(Value::Null) => return Ok(pairs),
        Some(Value::Object(given)) => given,
        Some(_) => return Err(format!("trigger.{key} must be a map of names and values")),
    };
    for (name, value) in given {
        let items = match value {
            Value::Array(items) => items.as_slice(),
            one => std::slice::from_ref(one),
        };
        for item in items {
            let text = match item {
                Value::String(text) => text.clone(),
                Value::Null | Value::Array(_) | Value::Object(_) => {
                    return Err(format!("trigger.{key}.{name} must be a text, number or boolean"));
                }
                scalar => scalar.to_string(),
            };
            pairs.push((name.clone(), text));
        }
    }
    Ok(pairs)
}
