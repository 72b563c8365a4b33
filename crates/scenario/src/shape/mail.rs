//! `mail:` a mailbox and a rule start the scenario.

use super::schedule::is_time;
use crate::check::Checker;
use crate::diagnostic::{Diagnostic, Place};
use crate::plan::{After, MailTrigger, POLL, Since};
use crate::text::{Node, Value};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use mail::{Has, Pattern, Rule};
use std::sync::Arc;
use std::time::Duration;

pub(super) const KEYS: &[&str] = &["connection", "folder", "where", "after", "every", "since"];
pub(super) const WHERE_KEYS: &[&str] = &["from", "to", "subject", "body", "has_attachment", "size", "newer_than"];
pub(super) const SIZE_KEYS: &[&str] = &["min", "max"];
pub(super) const AFTER_KEYS: &[&str] = &["move"];
const AFTER: &[&str] = &["nothing", "seen", "flag", "delete"];
/// No mailbox is looked into more often.
const SHORTEST: Duration = Duration::from_secs(5);

impl Checker<'_> {
    /// A mailbox and which of its mails are meant. `place` is the key's; `timezone` the scenario's.
    pub(super) fn mail(&mut self, node: &Node, place: Place, timezone: &str) -> Option<MailTrigger> {
        let fields = self.fields(node, "`mail`", KEYS)?;
        let connection = match fields.get("connection") {
            Some(node) => self.named_connection(node, "mail", &["imap"]),
            None => {
                self.report(Diagnostic::missing_connection(place, "mail", &["imap"]));
                None
            }
        };
        let folder = fields.get("folder").and_then(|node| self.folder(node, "`folder`"));
        let rule = fields.get("where").and_then(|node| self.rule(node)).unwrap_or_default();
        let after = fields.get("after").and_then(|node| self.after(node)).unwrap_or(After::Nothing);
        let every = fields.get("every").and_then(|node| self.often(node)).unwrap_or(POLL);
        let since = fields.get("since").and_then(|node| self.since(node, timezone));
        let folder = folder.unwrap_or_else(|| "INBOX".into());
        Some(MailTrigger { connection: connection?, folder, rule, after, every, since, place })
    }

    fn folder(&mut self, node: &Node, what: &str) -> Option<Arc<str>> {
        let name = self.text(node, what)?;
        if name.is_empty() {
            self.report(Diagnostic::out_of_range(node.place, what, "the name of a folder", "empty"));
            return None;
        }
        Some(name.into())
    }

    /// `where:` which mails are meant.
    pub(super) fn rule(&mut self, node: &Node) -> Option<Rule> {
        let fields = self.fields(node, "`where`", WHERE_KEYS)?;
        let mut of = |key: &str| {
            let what = format!("`{key}`");
            fields.get(key).map(|node| self.mail_patterns(node, &what)).unwrap_or_default()
        };
        let (from, to, subject, body) = (of("from"), of("to"), of("subject"), of("body"));
        let has_attachment = fields.get("has_attachment").map(|node| match node.value {
            Value::Bool(true) => Has::Any,
            Value::Bool(false) => Has::None,
            _ => Has::Named(self.mail_patterns(node, "`has_attachment`")),
        });
        let (min_size, max_size) = fields.get("size").map(|node| self.sizes(node)).unwrap_or_default();
        let newer_than = fields.get("newer_than").and_then(|node| self.positive_duration(node, "`newer_than`"));
        Some(Rule { from, to, subject, body, has_attachment, min_size, max_size, newer_than })
    }

    /// A pattern, or a list of which one has to fit.
    fn mail_patterns(&mut self, node: &Node, what: &str) -> Vec<Pattern> {
        let nodes = match &node.value {
            Value::List(_) => self.filled_list(node, what),
            _ => std::slice::from_ref(node),
        };
        nodes.iter().filter_map(|node| self.mail_pattern(node, what)).collect()
    }

    fn mail_pattern(&mut self, node: &Node, what: &str) -> Option<Pattern> {
        let text = self.text(node, what)?;
        match Pattern::parse(text) {
            Ok(pattern) => Some(pattern),
            Err(problem) => {
                self.report(Diagnostic::bad_mail_pattern(node.place, text, &problem.to_string()));
                None
            }
        }
    }

    fn sizes(&mut self, node: &Node) -> (Option<u64>, Option<u64>) {
        let Some(fields) = self.fields(node, "`size`", SIZE_KEYS) else { return (None, None) };
        let min = fields.get("min").and_then(|node| self.size(node, "`min`"));
        let max = fields.get("max").and_then(|node| self.size(node, "`max`"));
        (min, max)
    }

    /// A word, or where it goes.
    fn after(&mut self, node: &Node) -> Option<After> {
        if let Value::Map(_) = node.value {
            let fields = self.fields(node, "`after`", AFTER_KEYS)?;
            let Some(to) = fields.get("move") else {
                self.report(Diagnostic::missing_key(fields.place, "move", "`after`"));
                return None;
            };
            return self.folder(to, "`move`").map(After::Move);
        }
        let words = [After::Nothing, After::Seen, After::Flag, After::Delete];
        let words: Vec<(&str, &After)> = AFTER.iter().copied().zip(&words).collect();
        self.word(node, "`after`", &words).cloned()
    }

    fn often(&mut self, node: &Node) -> Option<Duration> {
        let every = self.duration(node, "`every`")?;
        if every < SHORTEST {
            self.report(Diagnostic::out_of_range(node.place, "`every`", "at least `5s`", node.written(self.source)));
            return None;
        }
        Some(every)
    }

    /// `all`, a day, or a time; without an offset they are meant in the scenario's zone.
    fn since(&mut self, node: &Node, timezone: &str) -> Option<Since> {
        let text = self.text(node, "`since`")?;
        if text == "all" {
            return Some(Since::All);
        }
        // An unknown zone has been reported where it stands.
        let zone = TimeZone::get(timezone).unwrap_or(TimeZone::UTC);
        let local = text.parse::<Date>().ok().filter(|_| text.len() == 10).map(|day| day.at(0, 0, 0, 0));
        let local = local.or_else(|| text.parse::<DateTime>().ok().filter(|_| is_time(text)));
        let absolute = text.parse::<jiff::Timestamp>().ok().filter(|_| is_time(text));
        let time = absolute.or_else(|| Some(local?.to_zoned(zone).ok()?.timestamp()));
        let Some(time) = time else {
            self.report(Diagnostic::bad_since(node.place, text));
            return None;
        };
        Some(Since::Time(time.as_millisecond()))
    }
}
