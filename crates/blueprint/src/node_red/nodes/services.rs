//! Nodes that reach outside: brokers, mail, databases, commands, messengers; and `rbe`, which remembers.

use super::{At, data};
use crate::draft::{Action, Data, OnError, Step, Take};
use crate::node_red::message::{Kind, Value};
use crate::node_red::walk::{Output, Refused, Sends};
use crate::ours::Expr;
use crate::report::State;
use serde_json::Value as Json;

/// `mqtt out`.
pub(crate) fn mqtt(at: &mut At<'_, '_, '_, '_>) -> Result<Sends, Refused> {
    let node = at.node;
    let topic = match node.text("topic", "") {
        "" => data(&at.message.get("topic").expr),
        topic => Data::text(topic),
    };
    if topic.is_empty() {
        return Err("its topic is not known".to_owned());
    }
    let payload = at.message.get("payload");
    let mut with = vec![("topic".to_owned(), topic), ("message".to_owned(), data(&payload.expr))];
    if let Some(qos) = node.number("qos").filter(|qos| (1.0..3.0).contains(qos)) {
        with.push(("qos".to_owned(), Data::int(qos as i64)));
    }
    if node.value["retain"] == "true" || node.flag("retain") {
        with.push(("retain".to_owned(), Data::Bool(true)));
    }
    let broker = at.walk.file().setting(&node.value["broker"]);
    let was = ["name", "broker"].iter().find_map(|key| broker[*key].as_str().filter(|name| !name.is_empty()));
    connected(at, "mqtt.publish", with, "mqtt", was.unwrap_or_default());
    Ok(Sends::Nothing)
}

/// `e-mail`.
pub(crate) fn mail(at: &mut At<'_, '_, '_, '_>) -> Result<Sends, Refused> {
    let node = at.node;
    let to = match node.text("name", "") {
        "" => data(&at.message.get("to").expr),
        to => Data::text(to),
    };
    if to.is_empty() {
        return Err("to whom it goes is not known".to_owned());
    }
    let mut with = vec![("to".to_owned(), to)];
    for (ours, theirs) in [("from", "from"), ("cc", "cc"), ("bcc", "bcc"), ("subject", "topic")] {
        let value = data(&at.message.known(theirs));
        if !value.is_empty() {
            with.push((ours.to_owned(), value));
        }
    }
    let payload = at.message.get("payload");
    let key = if payload.kind == Kind::Html { "html" } else { "text" };
    let body = match payload.kind {
        Kind::Structure | Kind::Read => payload.expr.method("to_json", []),
        _ => payload.expr,
    };
    if body != Expr::Nothing {
        let body = data(&body);
        with.push((key.to_owned(), if key == "html" { body.as_markup() } else { body }));
    }
    connected(at, "email.send", with, "mail", node.text("server", ""));
    Ok(Sends::Nothing)
}

/// `mysql` and nodes of PostgreSQL: the statement comes with the message, or stands in the node.
pub(crate) fn sql(at: &mut At<'_, '_, '_, '_>) -> Result<Sends, Refused> {
    let node = at.node;
    let (module, kind) = if node.kind == "mysql" { ("mysql.query", "mysql") } else { ("postgres.query", "postgres") };
    let sql = match node.text("query", "") {
        "" => at.message.get("topic").expr,
        query => Expr::text(query),
    };
    // A value that becomes a part of a statement could be one: only what is written out is taken.
    let Expr::Text(sql) = sql else {
        return Err("its statement is computed: write it out, and give the values as `parameters`".to_owned());
    };
    if sql.contains("{{") {
        return Err("values stand in its statement: write $1 for each, and give them as `parameters`".to_owned());
    }
    let mut with = vec![("sql".to_owned(), Data::text(sql))];
    let values = at.message.get(if node.kind == "mysql" { "payload" } else { "params" }).expr;
    if matches!(values, Expr::List(_)) {
        with.push(("parameters".to_owned(), data(&values)));
    }
    let database = at.walk.file().setting(node.value.get("mydb").unwrap_or(&node.value["postgreSQLConfig"]));
    let was = ["name", "db", "database"].iter().find_map(|key| database[*key].as_str().filter(|name| !name.is_empty()));
    let id = connected(at, module, with, kind, was.unwrap_or_default());
    at.message.set("payload", Value::new(Expr::name(id).field("rows"), Kind::Structure));
    Ok(Sends::On)
}

/// `exec`: a command that the operator has to allow.
pub(crate) fn command(at: &mut At<'_, '_, '_, '_>) -> Result<Sends, Refused> {
    let node = at.node;
    let line = [node.text("command", ""), node.text("append", "")].join(" ");
    if line.contains(['|', '>', '<', ';', '&', '$', '`', '"', '\'', '*', '\\']) {
        return Err("its command is a line for a shell: make a program of it, and allow that".to_owned());
    }
    let mut words = line.split_whitespace();
    let Some(program) = words.next() else { return Err("its command comes with the message".to_owned()) };
    if node.wires.iter().skip(1).any(|wires| !wires.is_empty()) {
        return Err("it has outputs of their own for errors and exit codes".to_owned());
    }
    let name = crate::ids::slug(program.rsplit(['/', '\\']).next().unwrap_or(program), "program");
    let mut arguments: Vec<Data> = words.map(Data::text).collect();
    let appended = match node.value["addpay"] {
        Json::Bool(true) => Some("payload"),
        Json::String(ref path) if !path.is_empty() => Some(path.as_str()),
        _ => None,
    };
    if let Some(path) = appended {
        arguments.push(data(&at.message.get(path).expr.method("to_text", [])));
    }
    let mut with = vec![("command", Data::text(name.as_str()))];
    if !arguments.is_empty() {
        with.push(("arguments", Data::List(arguments)));
    }
    let reason = format!("the operator has to allow the command: `hookmill serve --allow-command {name}=PATH`");
    let id = at.keep_as(Step::call("command.run", Data::map(with)), "command", State::NeedsDecision, Some(reason));
    at.message.set("payload", Value::new(Expr::name(id).field("stdout"), Kind::Text));
    Ok(Sends::On)
}

/// `rbe`: what is as it was goes no further.
pub(crate) fn changed(at: &mut At<'_, '_, '_, '_>) -> Result<Sends, Refused> {
    let node = at.node;
    if node.text("func", "rbe") != "rbe" {
        return Err(format!("it compares by “{}”", node.text("func", "rbe")));
    }
    let path = match node.text("property", "payload") {
        "" => "payload",
        path => path,
    };
    let now = at.message.get(path).expr;
    let key = match at.message.get("topic").expr {
        Expr::Nothing => Data::text(if node.label.is_empty() { "last" } else { node.label }),
        topic => data(&topic),
    };
    let table = ("table", Data::text("last-values"));
    let mut read = Step::call("store.get", Data::map([table.clone(), ("key", key.clone())]));
    read.on_error = Some(OnError::Use(Data::map([("value", Data::Null)])));
    let last = at.before(read, "last");
    let is_new = now.clone().method("same_as", [Expr::name(last).field("value")]).negated();
    at.walk.ledger.tell(&node.origin, None, State::Runs, None);
    let put = Step::call("store.put", Data::map([table, ("key", key), ("value", data(&now))]));
    let put = at.walk.ledger.of(&node.origin, put);
    let message = at.message.clone();
    Ok(Sends::Chosen(vec![Output { place: 0, name: None, when: Some(is_new), message, first: vec![put] }], Take::All))
}

/// Everything else: messengers that are known, and what nobody knows.
pub(crate) fn other(at: &mut At<'_, '_, '_, '_>) -> Result<Sends, Refused> {
    let node = at.node;
    match node.kind {
        "telegram sender" => {
            let with = vec![
                ("chat_id".to_owned(), data(&at.message.get("payload.chatId").expr)),
                ("text".to_owned(), data(&at.message.get("payload.content").expr)),
            ];
            if with.iter().any(|(_, value)| value.is_empty()) {
                return Err("the payload does not tell `chatId` and `content`".to_owned());
            }
            let bot = at.walk.file().setting(&node.value["bot"])["botname"].as_str().unwrap_or_default();
            let id = of_app(at, "telegram.send_message", with, bot)?;
            at.message.set("payload", Value::any(Expr::name(id)));
            Ok(Sends::On)
        }
        "file" | "file in" => {
            Err("it reads or writes a file of the machine: files here come and go with steps".to_owned())
        }
        "batch" => Err("it groups messages of several runs".to_owned()),
        kind if kind.starts_with("ui_") || kind.starts_with("ui-") => {
            Err("it is a part of a dashboard, which is not there".to_owned())
        }
        kind => Err(format!("there is no step for nodes of the type {kind}")),
    }
}

/// A step of an app, as the catalogue has it.
fn of_app(at: &mut At<'_, '_, '_, '_>, module: &str, with: Vec<(String, Data)>, was: &str) -> Result<String, Refused> {
    let known = at.walk.ledger.known;
    let Some(spec) = known.catalog.module(module) else { return Err(format!("the module {module} is not there")) };
    let types = spec.connections.clone();
    let app = module.split('.').next().unwrap_or(module).to_owned();
    Ok(with_connection(at, module, with, (&app, &types, was)))
}

fn connected(at: &mut At<'_, '_, '_, '_>, module: &str, with: Vec<(String, Data)>, app: &str, was: &str) -> String {
    let kind = if app == "mail" { "smtp" } else { app };
    with_connection(at, module, with, (app, &[kind.to_owned()], was))
}

fn with_connection(
    at: &mut At<'_, '_, '_, '_>,
    module: &str,
    with: Vec<(String, Data)>,
    (app, types, was): (&str, &[String], &str),
) -> String {
    let step = Step::call(module, Data::Map(with));
    let id = at.keep_as(step, module.rsplit('.').next().unwrap_or(module), State::NeedsConnection, None);
    let connection = at.walk.ledger.connection(app, types, was, &id);
    if let Some(Step { action: Action::Call(_, Data::Map(with)), .. }) = at.made.last_mut() {
        with.insert(0, ("connection".to_owned(), connection));
    }
    id
}
