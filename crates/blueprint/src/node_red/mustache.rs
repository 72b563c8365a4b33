//! Mustache as `template` nodes have it: values, and sections that repeat for the items of a list.

use super::message::Message;
use super::walk::Refused;
use crate::ours::{Expr, Part, Presence, Text};

/// What is made harmless in values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Escape {
    /// Nothing.
    Nothing,
    /// What means something in HTML.
    Html,
    /// What means something within a text of JSON.
    Json,
}

/// How deep sections may stand in one another.
const DEEPEST: usize = 8;

/// A template in our language.
pub(crate) fn say(template: &str, message: &Message, escape: Escape) -> Result<Text, Refused> {
    let mut reader = Reader { rest: template, message, escape, items: Vec::new() };
    let parts = reader.parts(None)?;
    Ok(Text::of(parts))
}

struct Reader<'t, 'm> {
    rest: &'t str,
    message: &'m Message,
    escape: Escape,
    /// The names of the items of the sections around.
    items: Vec<String>,
}

impl Reader<'_, '_> {
    /// The parts up to the end of the section of this name.
    fn parts(&mut self, section: Option<&str>) -> Result<Vec<Part>, Refused> {
        let mut parts = Vec::new();
        loop {
            let Some(at) = self.rest.find("{{") else {
                if let Some(section) = section {
                    return Err(format!("its section “{section}” has no end"));
                }
                parts.push(Part::Literal(self.rest.to_owned()));
                return Ok(parts);
            };
            parts.push(Part::Literal(self.rest[..at].to_owned()));
            let behind = &self.rest[at + 2..];
            let (is_raw, end) = match behind.strip_prefix('{') {
                Some(_) => (true, "}}}"),
                None => (false, "}}"),
            };
            let behind = if is_raw { &behind[1..] } else { behind };
            let Some(close) = behind.find(end) else { return Err("its braces are not closed".to_owned()) };
            let tag = behind[..close].trim();
            self.rest = &behind[close + end.len()..];
            match tag.chars().next() {
                Some('!') => {}
                Some('#') => parts.push(self.section(tag[1..].trim())?),
                Some('/') if section == Some(tag[1..].trim()) => return Ok(parts),
                Some('^' | '/' | '>' | '=') => return Err(format!("its tag `{tag}` is not known")),
                Some('&') => parts.push(self.value(tag[1..].trim(), Escape::Nothing)?),
                Some(_) => parts.push(self.value(tag, if is_raw { Escape::Nothing } else { self.escape })?),
                None => return Err("it has empty braces".to_owned()),
            }
        }
    }

    fn value(&self, name: &str, escape: Escape) -> Result<Part, Refused> {
        let expr = self.named(name)?;
        // What is missing is nothing.
        let expr = match &expr {
            Expr::Text(text) if escape == Escape::Nothing => return Ok(Part::Literal(text.clone())),
            Expr::Nothing => return Ok(Part::Literal(String::new())),
            Expr::Field(_, _, Presence::May) | Expr::Item(_, _, Presence::May) => expr.or_else(Expr::text("")),
            _ => expr,
        };
        let function = match escape {
            Escape::Nothing => return Ok(Part::Value(expr)),
            Escape::Html => "escape_html",
            Escape::Json => "escape_json",
        };
        Ok(Part::Value(expr.method("to_text", []).method(function, [])))
    }

    fn named(&self, name: &str) -> Result<Expr, Refused> {
        if name.starts_with("flow.") || name.starts_with("global.") || name.starts_with("env.") {
            return Err(format!("it reads `{name}`, which is kept between messages"));
        }
        Ok(match self.items.last() {
            Some(item) if name == "." => Expr::name(item.as_str()),
            // Within a section, names are those of its item; names of the message begin anew.
            Some(item) if !self.message.has(name.split('.').next().unwrap_or(name)) || name.len() < 2 => {
                name.split('.').fold(Expr::name(item.as_str()), |of, key| of.maybe(key))
            }
            _ => self.message.get(name).expr,
        })
    }

    /// A section over a list: its text for every item.
    fn section(&mut self, name: &str) -> Result<Part, Refused> {
        if self.items.len() >= DEEPEST {
            return Err("its sections are nested too deeply".to_owned());
        }
        let list = self.named(name)?;
        let item = if self.items.is_empty() { "item".to_owned() } else { format!("item_{}", self.items.len() + 1) };
        self.items.push(item.clone());
        let inside = self.parts(Some(name));
        self.items.pop();
        let body = Text::of(inside?).into_expr();
        let lines = list.or_else(Expr::List(Vec::new())).method("map", [Expr::closure(item, body)]);
        Ok(Part::Value(lines.method("join", [Expr::text("")])))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node_red::message::Value;

    #[track_caller]
    fn check(template: &str, escape: Escape, expected: &str) {
        let message = Message::default().with("payload", Value::any(Expr::name("trigger").field("body")));
        let said = say(template, &message, escape).map(|text| Expr::Joined(text.parts().to_vec()).to_string());
        assert_eq!(said.unwrap_or_else(|reason| format!("refused: {reason}")), expected, "{template}");
    }

    #[test]
    fn templates_are_texts_with_values() {
        check("Hi {{payload.name}}!", Escape::Nothing, "`Hi ${trigger.body?.name ?? \"\"}!`");
        check("{{{payload}}}<b>", Escape::Html, "`${trigger.body}<b>`");
        check("<b>{{payload}}</b>", Escape::Html, "`<b>${trigger.body.to_text().escape_html()}</b>`");
        check(
            "{{#payload.list}}- {{sku}}{{/payload.list}}",
            Escape::Nothing,
            "`${(trigger.body?.list ?? []).map(|item| `- ${item?.sku ?? \"\"}`).join(\"\")}`",
        );
        check("{{^payload}}no{{/payload}}", Escape::Nothing, "refused: its tag `^payload` is not known");
        check("{{payload", Escape::Nothing, "refused: its braces are not closed");
        check("{{#payload}}", Escape::Nothing, "refused: its section “payload” has no end");
    }
}
