//! Nodes that shape the fields of an item: `set`, `renameKeys`, `dateTime`, `crypto` and the formats.

use super::{Made, Refused};
use crate::draft::{Data, Step};
use crate::n8n::desk::Desk;
use crate::n8n::reading::{Reading, Shape};
use crate::ours::Expr;
use serde_json::Value;

/// `set`.
pub(crate) fn set(desk: &mut Desk<'_>) -> Result<Made, Refused> {
    let node = desk.node;
    if node.version >= 3.0 && node.text("mode", "manual") == "raw" {
        let json = desk.say_json(&node.get("jsonOutput").clone());
        return Ok(finish(desk, json, node.flag("includeOtherFields")));
    }
    let mut fields = Vec::new();
    for (name, kind, value) in assigned(desk) {
        let value = typed(desk, &kind, &value);
        let name = name.trim_start_matches('=').to_owned();
        if name.contains("{{") {
            return Err("the name of a field is computed".to_owned());
        }
        put(&mut fields, &name, value);
    }
    let keeps = if node.version >= 3.3 {
        node.flag("includeOtherFields")
    } else if node.version >= 3.0 {
        node.text("include", "all") != "none"
    } else {
        !node.flag("keepOnlySet")
    };
    Ok(finish(desk, Data::Map(fields), keeps))
}

/// Name, type and value of what is set.
fn assigned(desk: &Desk<'_>) -> Vec<(String, String, Value)> {
    let node = desk.node;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |path: &str| node.get(path).as_array().cloned().unwrap_or_default();
    if node.version >= 3.3 {
        let given = list("assignments.assignments");
        return given.iter().map(|one| (text(&one["name"]), text(&one["type"]), one["value"].clone())).collect();
    }
    if node.version >= 3.0 {
        let given = list("fields.values");
        return given
            .iter()
            .map(|one| {
                let kind = one["type"].as_str().unwrap_or("stringValue");
                (text(&one["name"]), kind.trim_end_matches("Value").to_owned(), one[kind].clone())
            })
            .collect();
    }
    let mut all = Vec::new();
    for kind in ["boolean", "number", "string"] {
        for one in list(&format!("values.{kind}")) {
            let name = if one["name"].is_string() { text(&one["name"]) } else { "propertyName".to_owned() };
            all.push((name, kind.to_owned(), one["value"].clone()));
        }
    }
    all
}

/// The value in its type.
fn typed(desk: &mut Desk<'_>, kind: &str, value: &Value) -> Data {
    match (kind, value) {
        ("number", Value::String(text)) if !text.starts_with('=') => match text.trim().parse::<i64>() {
            Ok(whole) => Data::int(whole),
            Err(_) => match text.trim().parse::<f64>().ok().and_then(serde_json::Number::from_f64) {
                Some(number) => Data::Number(number),
                None => Data::text(text.as_str()),
            },
        },
        ("boolean", Value::String(text)) if text == "true" || text == "false" => Data::Bool(text == "true"),
        ("array" | "object", Value::String(_)) => desk.say_json(value),
        ("", Value::Null) | ("string", Value::Null) => Data::text(""),
        _ => desk.say(value),
    }
}

/// A field at a path with dots.
fn put(fields: &mut Vec<(String, Data)>, path: &str, value: Data) {
    match path.split_once('.') {
        Some((first, rest)) if !first.is_empty() && !rest.is_empty() => {
            let known = fields.iter_mut().find(|(key, inner)| key == first && matches!(inner, Data::Map(_)));
            match known {
                Some((_, Data::Map(inner))) => put(inner, rest, value),
                _ => {
                    let mut inner = Vec::new();
                    put(&mut inner, rest, value);
                    fields.push((first.to_owned(), Data::Map(inner)));
                }
            }
        }
        _ => {
            fields.retain(|(key, _)| key != path);
            fields.push((path.to_owned(), value));
        }
    }
}

/// The step, and where the fields are: those that are not set are those that came.
fn finish(desk: &Desk<'_>, data: Data, keeps: bool) -> Made {
    let keys = match &data {
        Data::Map(entries) => Some(entries.iter().map(|(key, _)| key.clone()).collect::<Vec<_>>()),
        _ => None,
    };
    let base = Reading::one(Expr::name(desk.id.clone()));
    let base = desk.input().map_or(base.clone(), |input| base.with_files_of(&input.paired()));
    let under = desk.input().filter(|_| keeps).map(|input| input.paired());
    let reading = match (keys, under) {
        (Some(keys), Some(under)) => base.shaped(Shape::Over(keys, Box::new(under))),
        (Some(keys), None) => base.shaped(Shape::Known(keys)),
        (None, _) => base,
    };
    if keeps && matches!(&data, Data::Map(entries) if entries.is_empty()) {
        return Made::passing();
    }
    Made::step(Step::call("set", data), reading)
}

/// `renameKeys`.
pub(crate) fn rename(desk: &mut Desk<'_>) -> Result<Made, Refused> {
    let keys = desk.node.get("keys.key").as_array().cloned().unwrap_or_default();
    let names = keys.iter().filter_map(|key| Some((key["currentKey"].as_str()?, key["newKey"].as_str()?)));
    let names = Expr::Map(names.map(|(old, new)| (old.to_owned(), Expr::text(new))).collect());
    let item = desk.input().map_or(Expr::Nothing, |input| input.paired().json());
    let renamed = item.method("rename_keys", [names]);
    Ok(Made::step(Step::call("set", Data::value(renamed)), Reading::one(Expr::name(desk.id.clone()))))
}

/// One field that is computed, beside those that came.
fn computed(desk: &Desk<'_>, name: &str, value: Expr) -> Made {
    finish(desk, Data::map([(name, Data::value(value))]), true)
}

/// `dateTime`.
pub(crate) fn date_time(desk: &mut Desk<'_>) -> Result<Made, Refused> {
    let node = desk.node;
    if node.version < 2.0 {
        let value = desk.given("value").map_or(Expr::Nothing, Data::into_expr);
        let format = node.text("toFormat", "MM/DD/YYYY");
        let name = node.text("dataPropertyName", "data").to_owned();
        return match node.text("action", "format") {
            "format" => Ok(computed(desk, &name, value.method("format_date", [Expr::text(format)]))),
            _ => Err("this calculation with dates is not known".to_owned()),
        };
    }
    let operation = node.text("operation", "getCurrentDate");
    let name = |unless_given: &str| node.text("outputFieldName", unless_given).to_owned();
    let mut moment = |path: &str| desk.given(path).map_or(Expr::call("now", []), Data::into_expr);
    let unit = node.text("timeUnit", "days").trim_end_matches('s').to_owned();
    match operation {
        "getCurrentDate" => {
            let function = if node.get("includeTime") == &Value::Bool(false) { "today" } else { "now" };
            Ok(computed(desk, &name("currentDate"), desk.zoned(function)))
        }
        "addToDate" | "subtractFromDate" => {
            let date = moment("magnitude");
            let amount = match node.get("duration") {
                Value::Number(number) => Expr::Int(number.as_i64().unwrap_or_default()),
                other => desk.say_expr(&other.clone()),
            };
            let amount = if operation == "addToDate" { amount } else { negated(amount) };
            Ok(computed(desk, &name("newDate"), date.method(format!("add_{unit}s"), [amount])))
        }
        "formatDate" => {
            let date = moment("date");
            let format = match node.text("format", "MM/dd/yyyy") {
                "custom" => node.text("customFormat", "MM/dd/yyyy"),
                given => given,
            };
            let format = format.replace("yyyy", "YYYY").replace("dd", "DD").replace("LL", "MM");
            Ok(computed(desk, &name("formattedDate"), date.method("format_date", [Expr::text(format)])))
        }
        "extractDate" => {
            let date = moment("date");
            Ok(computed(desk, &name("datePart"), date.method(node.text("part", "month"), [])))
        }
        "roundDate" => {
            let date = moment("date");
            let to = node.text("toNearest", "month");
            Ok(computed(desk, &name("roundedDate"), date.method("start_of", [Expr::text(to)])))
        }
        _ => Err("this calculation with dates is not known".to_owned()),
    }
}

fn negated(amount: Expr) -> Expr {
    match amount {
        Expr::Int(number) => Expr::Int(-number),
        other => Expr::Minus(Box::new(other)),
    }
}

/// `crypto`.
pub(crate) fn crypto(desk: &mut Desk<'_>) -> Result<Made, Refused> {
    let node = desk.node;
    let name = node.text("dataPropertyName", "data").to_owned();
    let action = node.text("action", "hash");
    let algorithm = node.text("type", "MD5").to_ascii_lowercase();
    let encoding = node.text("encoding", "hex").to_owned();
    if node.flag("binaryData") {
        return Err("it reads a file of the item".to_owned());
    }
    let value = desk.given("value").map_or(Expr::text(""), Data::into_expr);
    let output = (encoding != "hex").then(|| Expr::text(encoding));
    match (action, algorithm.as_str()) {
        ("hash", "md5" | "sha256" | "sha384" | "sha512" | "sha1") => {
            Ok(computed(desk, &name, value.method(algorithm, output)))
        }
        ("hmac", "md5" | "sha256" | "sha384" | "sha512" | "sha1") => {
            let key = desk.given("secret").map_or(Expr::text(""), Data::into_expr);
            let made = value.method(format!("hmac_{algorithm}"), std::iter::once(key).chain(output));
            Ok(computed(desk, &name, made).decide("its key stands in the text: a secret is the better place"))
        }
        ("generate", _) if node.text("encodingType", "uuid") == "uuid" => {
            Ok(computed(desk, &name, Expr::call("uuid", [])))
        }
        _ => Err("this kind of encryption is not known".to_owned()),
    }
}

/// `markdown`, `html`, `htmlExtract` and `xml`.
pub(crate) fn format(desk: &mut Desk<'_>) -> Result<Made, Refused> {
    let node = desk.node;
    match (node.kind.as_str(), node.text("operation", ""), node.text("mode", "")) {
        ("markdown", _, mode) => {
            let to_html = mode == "markdownToHtml";
            let (module, from) = if to_html { ("markdown.to_html", "markdown") } else { ("html.to_markdown", "html") };
            let text = desk.given(from).unwrap_or(Data::text(""));
            let own = if to_html { "text" } else { "html" };
            let field = node.text("destinationKey", "data").to_owned();
            let step = Step::call(module, Data::map([(own, text)]));
            Ok(Made::step(step, Reading::one(Expr::name(desk.id.clone())).shaped(Shape::Wrapped(field))))
        }
        ("html", "" | "generateHtmlTemplate", _) => {
            let html = Data::Text(desk.say_always(&desk.node.get("html").clone()));
            Ok(finish(desk, Data::map([("html", html)]), false))
        }
        ("html", "extractHtmlContent", _) | ("htmlExtract", ..) => extracted(desk),
        ("xml", _, mode) => {
            let property = node.text("dataPropertyName", "data").to_owned();
            let value = desk.input().map_or(Expr::Nothing, |input| input.paired().field(&property));
            let made = match mode {
                "jsonToxml" => value.method("to_xml", []),
                _ => value.method("parse_xml", []),
            };
            let reading = Reading::one(Expr::name(desk.id.clone()));
            let reading = if mode == "jsonToxml" { reading.shaped(Shape::Wrapped(property)) } else { reading };
            Ok(Made::step(Step::call("set", Data::value(made)), reading))
        }
        _ => Err("this operation is not known".to_owned()),
    }
}

fn extracted(desk: &mut Desk<'_>) -> Result<Made, Refused> {
    let node = desk.node;
    let property = node.text("dataPropertyName", "data").to_owned();
    let html = desk.input().map_or(Expr::Nothing, |input| input.paired().field(&property));
    let mut fields = Vec::new();
    for value in node.get("extractionValues.values").as_array().cloned().unwrap_or_default() {
        let (Some(key), Some(selector)) = (value["key"].as_str(), value["cssSelector"].as_str()) else { continue };
        let mut field = vec![("selector".to_owned(), Data::text(selector.trim_start_matches('=')))];
        match value["returnValue"].as_str().unwrap_or("text") {
            "html" => field.push(("take".to_owned(), Data::text("inner_html"))),
            "attribute" => {
                field.push(("attribute".to_owned(), Data::text(value["attribute"].as_str().unwrap_or_default())));
            }
            _ => {}
        }
        if value["returnArray"] == Value::Bool(true) {
            field.push(("all".to_owned(), Data::Bool(true)));
        }
        fields.push((key.to_owned(), Data::Map(field)));
    }
    let keys = fields.iter().map(|(key, _)| key.clone()).collect();
    let with = Data::map([("html", Data::value(html)), ("values", Data::Map(fields))]);
    let reading = Reading::one(Expr::name(desk.id.clone())).shaped(Shape::Known(keys));
    Ok(Made::step(Step::call("html.extract", with), reading))
}
