//! `redis`: keys and their values.

use super::{Made, Refused};
use crate::draft::{Data, Step};
use crate::n8n::desk::Desk;
use crate::n8n::reading::{Reading, Shape};
use crate::ours::Expr;

/// `redis`.
pub(crate) fn redis(desk: &mut Desk<'_>) -> Result<Made, Refused> {
    let node = desk.node;
    let connection = desk.connect("redis", &["redis".to_owned()]);
    let mut with = vec![("connection".to_owned(), connection)];
    let id = Expr::name(desk.id.clone());
    let (action, entries, reading) = match node.text("operation", "info") {
        "get" => {
            let mut entries = vec![("key".to_owned(), named(desk, "key"))];
            if matches!(node.text("keyType", "automatic"), "hash" | "list" | "sets") {
                return Err("it reads a hash, list or set".to_owned());
            }
            if node.flag("options.dotNotation") {
                entries.push(("as".to_owned(), Data::text("text")));
            }
            ("get", entries, property(desk, id.field("value")))
        }
        "set" => {
            let mut entries = vec![("key".to_owned(), named(desk, "key")), ("value".to_owned(), named(desk, "value"))];
            entries.extend(lifetime(desk));
            return Ok(passing("redis.set", with, entries));
        }
        "delete" => {
            let entries = vec![("keys".to_owned(), named(desk, "key"))];
            return Ok(passing("redis.delete", with, entries));
        }
        "incr" => {
            let key = named(desk, "key");
            // The value stands under the name of the key.
            let reading = match key.as_literal() {
                Some(name) => Reading::one(id.field("value")).shaped(Shape::Wrapped(name.to_owned())),
                None => {
                    let pair = Expr::List(vec![key.clone().into_expr(), id.field("value")]);
                    Reading::one(Expr::List(vec![pair]).method("from_entries", []))
                }
            };
            let mut entries = vec![("key".to_owned(), key)];
            entries.extend(lifetime(desk));
            ("increment", entries, reading)
        }
        "keys" => ("keys", vec![("pattern".to_owned(), named(desk, "keyPattern"))], Reading::one(id.field("keys"))),
        "publish" => {
            let entries = vec![
                ("channel".to_owned(), named(desk, "channel")),
                ("message".to_owned(), named(desk, "messageData")),
            ];
            return Ok(passing("redis.publish", with, entries));
        }
        "push" | "pop" => return Ok(ends(desk, with)),
        other => return Err(format!("there is no module for redis {other}")),
    };
    with.extend(entries);
    Ok(Made::step(Step::call(format!("redis.{action}"), Data::Map(with)), reading))
}

/// What is added to a list or taken from it, at one of its ends.
fn ends(desk: &mut Desk<'_>, mut with: Vec<(String, Data)>) -> Made {
    let at_tail = desk.node.flag("tail");
    with.push(("key".to_owned(), named(desk, "list")));
    if desk.node.text("operation", "info") == "push" {
        let mut entries = vec![("items".to_owned(), Data::List(vec![named(desk, "messageData")]))];
        entries.extend((!at_tail).then(|| ("end".to_owned(), Data::text("head"))));
        return passing("redis.push", with, entries);
    }
    with.extend(at_tail.then(|| ("end".to_owned(), Data::text("tail"))));
    let reading = property(desk, Expr::name(desk.id.clone()).field("item"));
    Made::step(Step::call("redis.pop", Data::Map(with)), reading)
}

fn named(desk: &mut Desk<'_>, path: &str) -> Data {
    desk.given(path).unwrap_or(Data::text(""))
}

/// What n8n keeps in a property of the item, which has a name of its own.
fn property(desk: &Desk<'_>, value: Expr) -> Reading {
    let name = desk.node.text("propertyName", "propertyName").trim_start_matches('=').to_owned();
    Reading::one(value).shaped(Shape::Wrapped(name))
}

/// How long a value is kept.
fn lifetime(desk: &mut Desk<'_>) -> Option<(String, Data)> {
    let expires = desk.node.flag("expire");
    expires.then(|| ("ttl".to_owned(), desk.given("ttl").unwrap_or(Data::int(60))))
}

/// A step whose node passes on what came.
fn passing(module: &str, mut with: Vec<(String, Data)>, entries: Vec<(String, Data)>) -> Made {
    with.extend(entries);
    Made { steps: vec![Step::call(module, Data::Map(with))], ..Made::default() }
}
