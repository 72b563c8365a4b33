//! Actions of Zapier as steps.

use super::Walk;
use super::file::Node;
use super::values::{Reading, Shape, Values, column};
use super::{apps, filter, formatter};
use crate::draft::{Action, Data, Step};
use crate::ledger::readable;
use crate::ours::{Expr, Part, Text};
use crate::report::State;
use serde_json::{Map, Value};

/// Why a step is not said.
pub(super) type Refused = String;

/// The JavaScript action by its key; the other is Python.
const JAVASCRIPT: &str = "01929fad-d3dd-62c2-52ed-7868d5fcc691";

/// The steps of a node.
pub(super) fn make(walk: &mut Walk<'_, '_, '_, '_>, node: &Node<'_>, made: &mut Vec<Step>) -> Result<(), Refused> {
    match node.app {
        app if app.starts_with("Filter") || (app.starts_with("Branching") && node.kind == "filter") => {
            let condition = walk.said(|values| filter::condition(node.get("filter_criteria"), values))?;
            let mut step = Step::new(Action::Filter(condition));
            step.name = readable(&node.origin.label, None);
            walk.ledger.tell(&node.origin, None, State::Runs, None);
            made.push(walk.ledger.of(&node.origin, step));
            Ok(())
        }
        app if app.starts_with("Code") => code(walk, node, made),
        app if app.starts_with("WebHook") || app.starts_with("Webhook") => webhook(walk, node, made),
        app if app.starts_with("Delay") => delay(walk, node, made),
        app if app.starts_with("ZapierFormatter") || app.starts_with("Formatter") => {
            let value = walk.said(|values| formatter::value(node, values))?;
            let id = walk.keep(node, Step::call("set", value), "formatted", made);
            let shape = Shape::Single("output");
            walk.readings.insert(node.origin.id.clone(), Reading { base: Expr::name(id), shape });
            Ok(())
        }
        app if app.starts_with("Storage") => storage(walk, node, made),
        app if app.starts_with("EmailByZapier") || app.starts_with("ZapierMail") || app.starts_with("SMTP") => {
            mail(walk, node, made)
        }
        app if app.starts_with("GoogleSheets") => sheets(walk, node, made),
        "" => Err("nobody has chosen what it does".to_owned()),
        _ => of_app(walk, node, made),
    }
}

impl Walk<'_, '_, '_, '_> {
    /// Adds the step of a node; its id.
    fn keep(&mut self, node: &Node<'_>, step: Step, otherwise: &str, made: &mut Vec<Step>) -> String {
        self.keep_as(node, step, (otherwise, State::Runs, None), made)
    }

    fn keep_as(
        &mut self,
        node: &Node<'_>,
        step: Step,
        (otherwise, state, reason): (&str, State, Option<String>),
        made: &mut Vec<Step>,
    ) -> String {
        let id = self.ledger.id(&node.origin, otherwise);
        self.ledger.tell(&node.origin, Some(&id), state, reason);
        let mut step = step.with_id(id.clone());
        step.name = readable(&node.origin.label, Some(&id));
        let step = self.ledger.of(&node.origin, step);
        made.push(step);
        self.readings.insert(node.origin.id.clone(), Reading::plain(Expr::name(id.as_str())));
        id
    }

    /// Adds a step that needs an account; its id.
    fn keep_connected(
        &mut self,
        node: &Node<'_>,
        (module, mut with): (&str, Vec<(String, Data)>),
        types: &[String],
        made: &mut Vec<Step>,
    ) -> String {
        let id = self.keep_as(node, Step::call(module, Data::Null), (noun(module), State::NeedsConnection, None), made);
        let app = module.split('.').next().unwrap_or(module);
        let account = match &node.value["authentication_id"] {
            Value::Null => String::new(),
            Value::String(id) => id.chars().take(12).collect(),
            other => other.to_string(),
        };
        let connection = self.ledger.connection(app, types, &account, &id);
        with.insert(0, ("connection".to_owned(), connection));
        if let Some(step) = made.last_mut() {
            step.action = Action::Call(module.to_owned(), Data::Map(with));
        }
        id
    }

    fn types(&self, module: &str) -> Vec<String> {
        self.ledger.known.catalog.module(module).map(|spec| spec.connections.clone()).unwrap_or_default()
    }
}

/// What an action is about.
fn noun(module: &str) -> &str {
    let action = module.rsplit('.').next().unwrap_or(module);
    action.split_once('_').map_or(action, |(_, noun)| noun)
}

/// JavaScript runs as it is: it gets `inputData`, and gives `output` or what it returns.
fn code(walk: &mut Walk<'_, '_, '_, '_>, node: &Node<'_>, made: &mut Vec<Step>) -> Result<(), Refused> {
    let written = node.text("code").replace("\r\n", "\n");
    let is_javascript = node.action == JAVASCRIPT || node.action.contains("javascript") || node.action.contains("js");
    if !is_javascript
        && (node.action.contains("python") || written.contains("input_data") || !written.contains("inputData"))
    {
        return Err("its code is Python".to_owned());
    }
    let absent = [
        ("require(", "it uses packages of Node.js"),
        ("import ", "it uses packages of Node.js"),
        ("fetch(", "it makes calls: a step `http.request` does that here"),
        ("StoreClient(", "it keeps values between runs: a data store does that here"),
        ("Buffer.", "it uses `Buffer` of Node.js"),
        ("process.", "it reads the environment"),
        ("callback(", "it gives its output by a callback"),
        ("setTimeout(", "it waits: a step `wait` does that here"),
    ];
    if let Some((_, why)) = absent.iter().find(|(what, _)| written.contains(what)) {
        return Err((*why).to_owned());
    }
    let input = walk.said(|values| Ok(values.data(node.get("input"))))?;
    let input = if matches!(&input, Data::Map(entries) if !entries.is_empty()) {
        input
    } else {
        Data::value(Expr::Map(Vec::new()))
    };
    let assigns = written
        .lines()
        .any(|line| line.trim_start().starts_with("output ") || line.trim_start().starts_with("output="));
    let declared = if assigns { "let output;\n" } else { "" };
    let result = if assigns { "\nreturn output;" } else { "" };
    let code = format!("const inputData = $json;\n{declared}{}{result}", written.trim_end().replace('\t', "  "));
    let with = [("items", input), ("code", Data::text(code)), ("first", Data::Bool(true))];
    walk.keep(node, Step::call("js.run", Data::map(with)), "code", made);
    Ok(())
}

fn webhook(walk: &mut Walk<'_, '_, '_, '_>, node: &Node<'_>, made: &mut Vec<Step>) -> Result<(), Refused> {
    let method = match node.action.to_ascii_lowercase() {
        action if action.contains("get") => "GET",
        action if action.contains("put") => "PUT",
        action if action.contains("post") => "POST",
        action if action.contains("custom") => "",
        action => return Err(format!("the request “{action}” is not known")),
    };
    let with = walk.said(|values| {
        let mut with = vec![("url".to_owned(), Data::Text(values.text(node.text("url"))))];
        let chosen = if method.is_empty() { node.text("method").to_ascii_uppercase() } else { method.to_owned() };
        let headers = node.get("headers");
        let headers = headers.as_object().filter(|headers| !headers.is_empty()).map(|_| values.data(headers));
        let body = body(node, values);
        let implied = if body.is_some() && chosen != "GET" { "POST" } else { "GET" };
        if !chosen.is_empty() && chosen != implied {
            with.push(("method".to_owned(), Data::text(chosen.as_str())));
        }
        with.extend(headers.map(|headers| ("headers".to_owned(), headers)));
        match body {
            Some((_, data)) if chosen == "GET" => with.push(("query".to_owned(), data)),
            body => with.extend(body),
        }
        Ok(with)
    })?;
    if with.iter().any(|(key, value)| key == "url" && value.is_empty()) {
        return Err("its address is not given".to_owned());
    }
    let id = walk.keep(node, Step::call("http.request", Data::Map(with)), "answer", made);
    let reading = Reading::plain(Expr::name(id).field("body"));
    walk.readings.insert(node.origin.id.clone(), reading);
    Ok(())
}

fn body(node: &Node<'_>, values: &mut Values<'_>) -> Option<(String, Data)> {
    let data = node.get("data");
    let is_json = match node.get("payload_type").as_str() {
        Some(kind) => kind.eq_ignore_ascii_case("json"),
        None => node.get("as_json") != &Value::Bool(false) && node.text("as_json") != "no",
    };
    match data {
        Value::Object(entries) if entries.is_empty() => None,
        Value::Object(_) => {
            let fields = values.data(data);
            let key = node.text("json_key");
            let fields = if key.is_empty() { fields } else { Data::map([(key, fields)]) };
            Some((if is_json { "json" } else { "form" }.to_owned(), fields))
        }
        Value::String(text) if !text.trim().is_empty() => {
            let said = values.text(text);
            match said.as_literal().and_then(|text| serde_json::from_str::<Value>(text).ok()) {
                Some(value) => Some(("json".to_owned(), Data::of(&value))),
                None if text.trim_start().starts_with(['{', '[']) => {
                    Some(("json".to_owned(), Data::value(said.into_expr().method("parse_json", []))))
                }
                None => Some(("text".to_owned(), Data::Text(said))),
            }
        }
        _ => None,
    }
}

fn delay(walk: &mut Walk<'_, '_, '_, '_>, node: &Node<'_>, made: &mut Vec<Step>) -> Result<(), Refused> {
    let length = if node.action.contains("until") {
        let until = walk.said(|values| Ok(values.text(node.text("delay_until_date"))))?;
        Data::map([("until", Data::Text(until))])
    } else if node.action.contains("for") {
        let unit = match node.text("delay_for_unit").to_ascii_lowercase() {
            unit if unit.starts_with("minute") => "m",
            unit if unit.starts_with("hour") => "h",
            unit if unit.starts_with("day") => "d",
            unit if unit.starts_with("week") => "w",
            unit => return Err(format!("the unit “{unit}” is not known")),
        };
        let amount = node.get("delay_for_value").clone();
        let amount = if let Value::Number(number) = amount { Value::from(number.to_string()) } else { amount };
        let mut said = walk.said(|values| Ok(values.text(amount.as_str().unwrap_or_default().trim())))?;
        match (said.as_literal().and_then(|text| text.parse::<u64>().ok()), unit) {
            (Some(weeks), "w") => Data::text(format!("{}d", weeks.saturating_mul(7))),
            (Some(amount), _) => Data::text(format!("{amount}{unit}")),
            (None, "w") => return Err("how many weeks it waits is computed".to_owned()),
            (None, _) => {
                said.push(Part::Literal(unit.to_owned()));
                Data::map([("for", Data::Text(said))])
            }
        }
    } else {
        return Err("it lets messages pass one after another: `limits` of the scenario does that here".to_owned());
    };
    walk.ledger.tell(&node.origin, None, State::Runs, None);
    let mut step = Step::call("wait", length);
    step.name = readable(&node.origin.label, None);
    made.push(walk.ledger.of(&node.origin, step));
    Ok(())
}

/// Storage by Zapier: records of a data store.
fn storage(walk: &mut Walk<'_, '_, '_, '_>, node: &Node<'_>, made: &mut Vec<Step>) -> Result<(), Refused> {
    let key = walk.said(|values| Ok(values.data(node.get("key"))))?;
    if key.is_empty() {
        return Err("its key is not given".to_owned());
    }
    let value = walk.said(|values| Ok(values.data(node.get("value"))))?;
    let table = ("table".to_owned(), Data::text("zapier-storage"));
    let key = ("key".to_owned(), key);
    let (module, with) = match node.action.to_ascii_lowercase() {
        action if action.contains("get") => ("store.get", vec![table, key]),
        action if action.contains("set") => ("store.put", vec![table, key, ("value".to_owned(), value)]),
        action if action.contains("increment") => ("store.add", vec![table, key]),
        action if action.contains("delete") || action.contains("remove") => ("store.delete", vec![table, key]),
        action => return Err(format!("“{action}” of the storage is not known")),
    };
    walk.keep(node, Step::call(module, Data::Map(with)), "stored", made);
    Ok(())
}

fn mail(walk: &mut Walk<'_, '_, '_, '_>, node: &Node<'_>, made: &mut Vec<Step>) -> Result<(), Refused> {
    let fields = [("to", "to"), ("cc", "cc"), ("bcc", "bcc"), ("reply_to", "reply_to"), ("subject", "subject")];
    let with = walk.said(|values| {
        let mut with: Vec<(String, Data)> = Vec::new();
        for (ours, theirs) in fields {
            let data = values.data(node.get(theirs));
            if !data.is_empty() {
                with.push((ours.to_owned(), data));
            }
        }
        let body = values.data(node.get("body"));
        let is_page = node.text("body").contains("</") || node.text("body").contains("<br");
        if !body.is_empty() {
            let (key, body) = if is_page { ("html", body.as_markup()) } else { ("text", body) };
            with.push((key.to_owned(), body));
        }
        Ok(with)
    })?;
    walk.keep_connected(node, ("email.send", with), &["smtp".to_owned()], made);
    Ok(())
}

/// Rows of Google Sheets, whose cells Zapier knows by the letters of columns.
fn sheets(walk: &mut Walk<'_, '_, '_, '_>, node: &Node<'_>, made: &mut Vec<Step>) -> Result<(), Refused> {
    let place = walk.said(|values| {
        let spreadsheet = values.data(node.get("spreadsheet"));
        // The file has the sheet's number; its name is what people saw.
        let sheet = match node.shown("worksheet") {
            Some(shown) => Data::text(shown),
            None => values.data(node.get("worksheet")),
        };
        Ok(vec![("spreadsheet".to_owned(), spreadsheet), ("sheet".to_owned(), sheet)])
    })?;
    let types = walk.types("google_sheets.append");
    let mut with = place;
    match node.action {
        "add_row" | "create_row" => {
            let row = cells(walk, node)?;
            with.push(("row".to_owned(), row));
            walk.keep_connected(node, ("google_sheets.append", with), &types, made);
        }
        "update_row" => {
            let number = walk.said(|values| Ok(values.data(node.get("row"))))?;
            let row = cells(walk, node)?;
            with.extend([("number".to_owned(), number), ("row".to_owned(), row)]);
            walk.keep_connected(node, ("google_sheets.update", with), &types, made);
        }
        "lookup_row" | "find_row" => {
            let column = node.shown("lookup_key").unwrap_or_else(|| node.text("lookup_key"));
            if column.is_empty() || column.starts_with("COL$") {
                return Err(
                    "it finds a row by a column's letter: `google_sheets.find` wants the column's name".to_owned()
                );
            }
            let value = walk.said(|values| Ok(values.data(node.get("lookup_value"))))?;
            with.extend([("column".to_owned(), Data::text(column)), ("value".to_owned(), value)]);
            let id = walk.keep_connected(node, ("google_sheets.find", with), &types, made);
            let base = Expr::name(id).field("row").maybe("fields");
            walk.readings.insert(node.origin.id.clone(), Reading { base, shape: Shape::Cells });
        }
        other => return Err(format!("“{other}” of Google Sheets is not known")),
    }
    Ok(())
}

/// The cells by their letters, as a list.
fn cells(walk: &mut Walk<'_, '_, '_, '_>, node: &Node<'_>) -> Result<Data, Refused> {
    let params = node.value["params"].as_object();
    let given: Vec<(i64, &Value)> = params
        .into_iter()
        .flatten()
        .filter_map(|(key, value)| Some((key.strip_prefix("COL$").and_then(column)?, value)))
        .collect();
    let Some(last) = given.iter().map(|(place, _)| *place).max().filter(|last| *last < 1_000) else {
        return Err("no cells are given".to_owned());
    };
    walk.said(|values| {
        let mut cells = vec![Data::Null; usize::try_from(last + 1).unwrap_or(0)];
        for (place, value) in &given {
            if let Some(cell) = usize::try_from(*place).ok().and_then(|place| cells.get_mut(place)) {
                *cell = values.data(value);
            }
        }
        Ok(Data::List(cells))
    })
}

/// A step of an app, by the words of its names.
fn of_app(walk: &mut Walk<'_, '_, '_, '_>, node: &Node<'_>, made: &mut Vec<Step>) -> Result<(), Refused> {
    let nothing = Map::new();
    let params = node.value["params"].as_object().unwrap_or(&nothing);
    let Some(found) = apps::module(walk.ledger.known, node.app, node.action, params) else {
        return Err(format!("there is no module for {}", node.origin.kind));
    };
    let with = walk.said(|values| {
        let fields = found.parameters.iter().map(|(ours, theirs)| {
            let data = values.data(&params[theirs.as_str()]);
            (ours.clone(), fitted(data, &found.spec.parameters["properties"][ours.as_str()]))
        });
        Ok(fields.collect::<Vec<_>>())
    })?;
    if found.spec.needs_connection || !found.spec.connections.is_empty() {
        let types = found.spec.connections.clone();
        walk.keep_connected(node, (&found.module, with), &types, made);
    } else {
        walk.keep(node, Step::call(found.module.as_str(), Data::Map(with)), noun(&found.module), made);
    }
    Ok(())
}

/// The value as the parameter takes it.
fn fitted(data: Data, schema: &Value) -> Data {
    let takes = |kind: &str| match &schema["type"] {
        Value::String(one) => one == kind,
        Value::Array(several) => several.iter().any(|one| one == kind),
        _ => false,
    };
    match data {
        Data::List(mut items) if takes("string") && !takes("array") && items.len() == 1 => items.swap_remove(0),
        Data::Text(text) if takes("array") && !takes("string") => match text.as_literal() {
            Some(words) => Data::List(words.split(',').map(|word| Data::text(word.trim())).collect()),
            None => Data::List(vec![Data::Text(text)]),
        },
        Data::Text(text) if (takes("integer") || takes("number")) && !takes("string") => {
            literal(&text).unwrap_or(Data::Text(text))
        }
        Data::Text(text) if takes("boolean") && !takes("string") => {
            match text.as_literal().map(str::to_lowercase).as_deref() {
                Some("true" | "yes" | "1") => Data::Bool(true),
                Some("false" | "no" | "0") => Data::Bool(false),
                _ => Data::Text(text),
            }
        }
        other => other,
    }
}

fn literal(text: &Text) -> Option<Data> {
    text.as_literal()?.trim().parse().ok().map(Data::int)
}
