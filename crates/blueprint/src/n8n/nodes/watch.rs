//! Triggers that watch: mailboxes become `mail`, feeds and apps `poll`.

use super::sheets::sheet_name;
use super::triggers::{Started, old_cron};
use crate::counterparts::{AppTrigger, Counterpart, Counterparts};
use crate::draft::{Data, Step};
use crate::n8n::desk::{Accounts, locator};
use crate::n8n::reading::{MailFormat, Reading, Shape};
use crate::n8n::workflow::Node;
use crate::ours::{Expr, Text};
use serde_json::Value;

/// Settings of a trigger, with their keys in order.
type Settings = Vec<(String, Data)>;

/// How many attachments are known by their names in n8n.
const ATTACHMENTS: i64 = 10;

/// What is new.
fn body() -> Expr {
    Expr::name("trigger").field("body")
}

/// `emailReadImap`.
pub(super) fn mailbox(node: &Node, accounts: &mut Accounts) -> Started {
    let connection = accounts.of(node, "imap");
    let mut with = vec![("connection".to_owned(), Data::text(connection.as_str()))];
    let folder = Some(node.text("mailbox", "INBOX")).filter(|folder| !folder.eq_ignore_ascii_case("INBOX"));
    with.extend(folder.map(|folder| ("folder".to_owned(), Data::text(folder))));
    let (rule, decision) = asked_for(node.text("options.customEmailConfig", "[]"));
    with.extend((!rule.is_empty()).then(|| ("where".to_owned(), Data::Map(rule))));
    let marks = node.text("postProcessAction", "read") == "read";
    with.extend(marks.then(|| ("after".to_owned(), Data::text("seen"))));
    let format = match node.text("format", "simple") {
        "resolved" => MailFormat::Resolved,
        _ => MailFormat::Simple,
    };
    let mail = Expr::name("trigger");
    let mut reading = Reading::one(mail.clone()).shaped(Shape::Mail(format));
    if format == MailFormat::Resolved || node.flag("downloadAttachments") {
        let prefix = node.text("dataPropertyAttachmentsPrefixName", "attachment_");
        for at in 0..ATTACHMENTS {
            let file = mail.clone().field("attachments").maybe_item(Expr::Int(at)).maybe("file");
            reading = reading.with_file_at(format!("{prefix}{at}"), file);
        }
    }
    let decision =
        decision.or((node.text("format", "simple") == "raw").then_some("the mail is not there as it was sent"));
    let started = Started::by("mail", Data::Map(with), reading).decided(decision);
    Started { connection: Some((connection, vec!["imap".to_owned()])), ..started }
}

/// The conditions of a search of IMAP that a rule says; and what is to be said of the rest.
fn asked_for(conditions: &str) -> (Settings, Option<&'static str>) {
    let Ok(Value::Array(conditions)) = serde_json::from_str::<Value>(conditions) else {
        return (Vec::new(), Some("its rules are no list of conditions: look at `where`"));
    };
    let mut rule: Settings = Vec::new();
    let mut rest = None;
    for condition in &conditions {
        // Each mail starts one run, whether it is read or not.
        if matches!(condition.as_str(), Some("ALL" | "UNSEEN" | "NEW" | "RECENT")) {
            continue;
        }
        let ours = match condition[0].as_str().map(str::to_uppercase).as_deref() {
            Some("FROM") => Some("from"),
            Some("TO") => Some("to"),
            Some("SUBJECT") => Some("subject"),
            Some("BODY" | "TEXT") => Some("body"),
            _ => None,
        };
        match (ours, condition[1].as_str().map(str::trim).filter(|text| !text.is_empty())) {
            (Some(ours), Some(text)) if rule.iter().all(|(known, _)| known != ours) => {
                rule.push((ours.to_owned(), Data::text(crate::mail::pattern(text))));
            }
            _ => rest = Some("its rules ask for more than `where` can say: look at it"),
        }
    }
    (rule, rest)
}

/// `rssFeedReadTrigger`.
pub(super) fn feed(node: &Node) -> Result<Started, String> {
    let url = node.text("feedUrl", "");
    if url.is_empty() || url.starts_with('=') {
        return Err("its feed is not given".to_owned());
    }
    let (mut with, decision) = times(node, "1m")?;
    with.push(("feed".to_owned(), literal(url)));
    Ok(Started::by("poll", Data::Map(with), Reading::one(body()).shaped(Shape::Article)).decided(decision))
}

/// An app that is asked time and again. `id` is that of the step which fetches the rest of what is new.
pub(super) fn app(
    node: &Node,
    (found, counterpart): (&AppTrigger, &Counterpart),
    known: &Counterparts,
    accounts: &mut Accounts,
    id: &str,
) -> Result<Started, String> {
    let nobody = || format!("there is no trigger for {}", node.kind);
    let poll = found.poll.as_ref().ok_or_else(nobody)?;
    let action = format!("{}.{}", found.app, poll["action"].as_str().ok_or_else(nobody)?);
    let spec = known.catalog.module(&action).ok_or_else(nobody)?;
    let event = node.text("triggerOn", node.text("event", ""));
    if ["Started", "Ended", "Updated", "Cancelled", "pdate"].iter().any(|other| event.ends_with(other)) {
        return Err(format!("it starts by “{event}”: here a poll of {} starts with what is new", found.app));
    }
    let mut with = Vec::new();
    let mut connection = None;
    if spec.needs_connection {
        // As its other nodes for sheets have it: one account, one connection.
        let called = if found.app == "google_sheets" { "google".to_owned() } else { found.app.replace('_', "-") };
        let name = accounts.of(node, &called);
        with.push(("connection".to_owned(), Data::text(name.as_str())));
        connection = Some((name, spec.connections.clone()));
    }
    let given = match node.kind.as_str() {
        "googleSheetsTrigger" => vec![
            ("spreadsheet".to_owned(), locator(node.get("documentId")).clone()),
            ("sheet".to_owned(), sheet_name(node.get("sheetName"))),
        ],
        "gmailTrigger" => gmail(node),
        _ => parameters(node, counterpart),
    };
    for (ours, value) in given {
        let takes = &spec.parameters["properties"][&ours];
        let is_said = poll["parameters"].get(&ours).is_some() || ours == "limit";
        let data = said(&value)?;
        if takes.is_object() && !is_said && !data.is_empty() {
            with.push((
                ours,
                if takes["type"] == "array" && !matches!(data, Data::List(_)) { Data::List(vec![data]) } else { data },
            ));
        }
    }
    let (mut settings, decision) = times(node, poll["every"].as_str().unwrap_or("5m"))?;
    settings.push((format!("{}.{}", found.app, found.name), Data::Map(with)));
    let row = Reading::one(body()).shaped(Shape::Row(true));
    let reading = if node.kind == "googleSheetsTrigger" { row } else { Reading::one(body()) };
    let started = Started::by("poll", Data::Map(settings), reading).decided(decision);
    let started = Started { connection: connection.clone(), ..started };
    Ok(if node.kind == "gmailTrigger" { whole_mail(node, id, started) } else { started })
}

/// A search of Gmail tells of mails by their ids alone.
fn whole_mail(node: &Node, id: &str, started: Started) -> Started {
    let connection = started.connection.iter().map(|(name, _)| ("connection", Data::text(name.as_str())));
    let with = connection.chain([("id", Data::value(body().field("id")))]);
    let step = Step::call("gmail.get_message", Data::map(with)).with_id(id);
    let reading = Reading::one(Expr::name(id)).shaped(Shape::Gmail);
    let attached = node.flag("options.downloadAttachments");
    let decision = attached.then_some(
        "its attachments are not fetched: `gmail.get_attachment` fetches one, a trigger `mail` has them all",
    );
    let decision = decision.map(str::to_owned).or(started.decision);
    Started { steps: vec![step], reading, decision, ..started }
}

/// The search that the filters of `gmailTrigger` mean (<https://support.google.com/mail/answer/7190>).
fn gmail(node: &Node) -> Vec<(String, Value)> {
    let mut words: Vec<String> =
        Some(node.text("filters.q", "")).filter(|q| !q.is_empty()).map(str::to_owned).into_iter().collect();
    match node.text("filters.readStatus", "both") {
        "unread" => words.push("is:unread".to_owned()),
        "read" => words.push("is:read".to_owned()),
        _ => {}
    }
    let sender = Some(node.text("filters.sender", "")).filter(|sender| !sender.is_empty());
    words.extend(sender.map(|sender| format!("from:({sender})")));
    let mut given = vec![
        ("query".to_owned(), Value::String(words.join(" "))),
        ("labels".to_owned(), node.get("filters.labelIds").clone()),
    ];
    given.extend(node.flag("filters.includeSpamTrash").then(|| ("everywhere".to_owned(), Value::Bool(true))));
    given
}

fn parameters(node: &Node, counterpart: &Counterpart) -> Vec<(String, Value)> {
    let value =
        |paths: &[&str]| paths.iter().map(|path| locator(node.get(path))).find(|value| !value.is_null()).cloned();
    counterpart.parameters().filter_map(|(ours, paths)| Some((ours.to_owned(), value(&paths)?))).collect()
}

/// A value of what is asked; a computed one reads what is not there before a run.
fn said(value: &Value) -> Result<Data, String> {
    match value {
        Value::String(text) if text.starts_with('=') => Err("what it asks for is computed".to_owned()),
        Value::String(text) => Ok(literal(text)),
        other => Ok(Data::of(other)),
    }
}

fn literal(text: &str) -> Data {
    Data::Text(Text::literal(text))
}

/// When it asks: at the first of its times, and what is to be said where there are others.
fn times(node: &Node, usual: &str) -> Result<(Settings, Option<&'static str>), String> {
    let all = node.get("pollTimes.item").as_array().map(Vec::as_slice).unwrap_or_default();
    let first = match all.first() {
        Some(rule) => old_cron(rule)?,
        None => Data::map([("every", Data::text(usual))]),
    };
    let Data::Map(times) = first else { return Ok((Vec::new(), None)) };
    Ok((times, (all.len() > 1).then_some("it asks at the first of its times alone: give it all")))
}
