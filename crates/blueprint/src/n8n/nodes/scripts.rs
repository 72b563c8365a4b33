//! Code nodes: JavaScript runs as it is.

use super::{Made, Refused};
use crate::draft::{Data, Step};
use crate::n8n::code;
use crate::n8n::desk::{Desk, script};
use crate::n8n::flow::Gives;
use crate::n8n::js::{self, Entry, Item, Js};
use crate::n8n::reading::{Count, Reading, Shape};
use crate::n8n::translate;
use crate::ours::Expr;

/// `code`, `function` and `functionItem`.
pub(crate) fn code(desk: &mut Desk<'_>) -> Result<Made, Refused> {
    let Some(source) = code::source(desk.node) else { return Err("its code is Python".to_owned()) };
    if let Some(absent) = code::missing(source) {
        return Err(absent.to_owned());
    }
    let names = code::named_nodes(source);
    if let Some(unseen) = names.iter().find(|name| !desk.sight.nodes.contains_key(*name)) {
        return Err(format!("the output of “{unseen}” cannot be seen from here"));
    }
    let each = code::is_each(desk.node);
    if let Some(made) = plain(desk, source, each) {
        return Ok(made);
    }
    let items = match desk.input() {
        Some(input) if each => Some(input.paired().json()),
        Some(input) if input.count == Count::One => Some(input.json()),
        Some(input) => Some(input.all()),
        None => None,
    };
    let reads = ["items", "$items", "$input", "$json", "$data"].iter().any(|root| has_word(source, root))
        || each && has_word(source, "item");
    let mut with = script(&tidied(source), items.filter(|_| reads), &names, &desk.sight);
    let id = Expr::name(desk.id.clone());
    if let Data::Map(entries) = &mut with {
        if each {
            entries.push(("mode".to_owned(), Data::text("each")));
        } else if code::gives(desk.node) == Gives::One {
            entries.push(("first".to_owned(), Data::Bool(true)));
        }
    }
    let single = each || code::gives(desk.node) == Gives::One;
    let reading = if single { Reading::one(id) } else { Reading::many(id) };
    Ok(Made::step(Step::call("js.run", with), reading))
}

/// Code that only returns a value that reads well in our language: a step `set`.
fn plain(desk: &mut Desk<'_>, source: &str, each: bool) -> Option<Made> {
    let (remarks, code) = opening(source);
    let returned = code.strip_prefix("return")?.trim().trim_end_matches(';').trim();
    let js = of_items(&js::parse(returned).ok()?)?;
    let single = each || code::gives(desk.node) == Gives::One;
    let data = translate::data(&js, &desk.sight).ok()?;
    let data = match (single, data) {
        (true, Data::List(mut items)) if items.len() == 1 => items.pop()?,
        (true, data @ Data::Map(_)) | (false, data @ (Data::List(_) | Data::Text(_))) => data,
        _ => return None,
    };
    let id = Expr::name(desk.id.clone());
    let reading = match (&data, single) {
        (Data::Map(entries), true) => {
            Reading::one(id).shaped(Shape::Known(entries.iter().map(|(key, _)| key.clone()).collect()))
        }
        (_, true) => Reading::one(id),
        (_, false) => Reading::many(id),
    };
    let mut made = Made::step(Step::call("set", data), reading);
    made.steps[0].remarks = remarks;
    Some(made)
}

/// The remarks with which code begins, and what follows. Those that stand in every new node are left out.
fn opening(source: &str) -> (Vec<String>, &str) {
    const GIVEN: [&str; 6] = [
        "Code here will run",
        "More info and help",
        "Tip:",
        "Loop over input items",
        "Add a new field called",
        "You can use",
    ];
    let (mut remarks, mut rest) = (Vec::new(), source.trim());
    while let Some(behind) = rest.strip_prefix("//") {
        let (line, behind) = behind.split_once('\n').unwrap_or((behind, ""));
        if !GIVEN.iter().any(|given| line.contains(given)) && line.contains(char::is_alphanumeric) {
            remarks.push(line.trim().to_owned());
        }
        rest = behind.trim_start();
    }
    (if remarks.is_empty() { remarks } else { vec![remarks.join("\n")] }, rest)
}

/// What code returns, without the `json` around each item; none where that does not show.
fn of_items(js: &Js) -> Option<Js> {
    match js {
        Js::List(items) => {
            let items = items.iter().map(|item| match item {
                Item::One(item @ Js::Map(_)) => of_items(item).map(Item::One),
                _ => None,
            });
            items.collect::<Option<Vec<_>>>().map(Js::List)
        }
        Js::Map(entries) => match entries.as_slice() {
            [Entry::Field(key, json)] if key == "json" => Some(json.clone()),
            _ => {
                (!entries.iter().any(|entry| matches!(entry, Entry::Field(key, _) if key == "json" || key == "binary")))
                    .then(|| js.clone())
            }
        },
        Js::Call { callee, arguments, access } => match (&**callee, arguments.as_slice()) {
            (Js::Member { name, .. }, [Item::One(Js::Function { parameters, body })]) if name == "map" => {
                let body = match &**body {
                    body @ Js::Map(_) => Box::new(of_items(body)?),
                    _ => return None,
                };
                let function = Js::Function { parameters: parameters.clone(), body };
                Some(Js::Call { callee: callee.clone(), arguments: vec![Item::One(function)], access: *access })
            }
            _ => None,
        },
        _ => None,
    }
}

/// Whether the word stands in the code as a name of its own: neither as a part of another, nor as that of a field.
fn has_word(code: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    code.match_indices(word).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let behind = code[at + word.len()..].chars().next();
        !before.is_some_and(|c| is_part(c) || c == '.') && !behind.is_some_and(is_part)
    })
}

/// The code without blanks at the ends of lines, where they can mean nothing.
fn tidied(source: &str) -> String {
    let source = source.replace("\r\n", "\n");
    let source = source.trim();
    if source.contains('`') {
        return source.to_owned();
    }
    source.lines().map(|line| line.trim_end().replace('\t', "  ")).collect::<Vec<_>>().join("\n")
}
