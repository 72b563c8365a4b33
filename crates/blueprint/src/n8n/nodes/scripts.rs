//! Code nodes: JavaScript runs as it is.

use super::{Made, Refused};
use crate::draft::{Data, Step};
use crate::n8n::code;
use crate::n8n::desk::{Desk, script};
use crate::n8n::flow::Gives;
use crate::n8n::reading::{Count, Reading};
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
    let items = match desk.input() {
        Some(input) if each => Some(input.paired().json()),
        Some(input) if input.count == Count::One => Some(input.json()),
        Some(input) => Some(input.all()),
        None => None,
    };
    let reads = ["items", "$input", "$json", "$data", "item", "$binary"].iter().any(|root| source.contains(root));
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

/// The code without blanks at the ends of lines, where they can mean nothing.
fn tidied(source: &str) -> String {
    let source = source.replace("\r\n", "\n");
    let source = source.trim_matches('\n').trim_end();
    if source.contains('`') {
        return source.to_owned();
    }
    source.lines().map(|line| line.trim_end().replace('\t', "  ")).collect::<Vec<_>>().join("\n")
}
