//! A draft becomes text, in the form that `hookmill fmt` leaves alone.

mod data;
mod scalar;

use crate::draft::{Action, Branch, Collect, Data, Draft, ForEach, OnError, Repeat, Route, Step, Take, Todo, Trigger};
use crate::ours::Expr;
use data::{Braces, dashed, entry};
use scalar::{Within, on_one_line};
use std::fmt::Write;

/// How wide remarks become.
const REMARK: usize = 110;

/// The text of a draft, with the number of each step, counted in the order of the text.
#[derive(Debug)]
pub struct Written {
    /// The text, with a mark above each step.
    marked: String,
}

/// The beginning of a mark; it is no remark that people write.
const MARK: &str = "#@step@";

/// Writes a draft.
pub fn write(draft: &Draft) -> Written {
    let mut writer = Writer { out: String::new(), steps: 0 };
    writer.draft(draft);
    // What is longer than any scenario may be is not worth its form.
    let marked = match writer.out.len() > 2 * scenario::MAX_TEXT {
        true => writer.out,
        false => scenario::format::format(&writer.out).unwrap_or(writer.out),
    };
    Written { marked }
}

impl Written {
    /// The text as it is to be kept.
    pub fn text(&self) -> String {
        let kept = self.marked.lines().filter(|line| !line.trim_start().starts_with(MARK));
        let text = kept.fold(String::new(), |text, line| text + line + "\n");
        scenario::format::format(&text).unwrap_or(text)
    }

    /// The text in which places are looked up by [`Self::step_at`].
    pub fn marked(&self) -> &str {
        &self.marked
    }

    /// The key of the top in whose value this line (from 1) of the marked text is.
    pub fn section_at(&self, line: u32) -> &str {
        let above = self.marked.lines().take(line as usize);
        let tops = above.filter(|line| line.starts_with(|first: char| first.is_ascii_alphabetic()));
        tops.last().and_then(|line| line.split(':').next()).unwrap_or_default()
    }

    /// The number of the step that this line (from 1) of the marked text belongs to; none above the first.
    pub fn step_at(&self, line: u32) -> Option<usize> {
        let lines: Vec<&str> = self.marked.lines().take(line as usize).collect();
        let mut indent = lines.last().map_or(0, |line| indent_of(line));
        // A line of a text of several lines is indented by more than its step, as all lines of it are.
        for line in lines.iter().rev() {
            let own = indent_of(line);
            if let Some(number) = line.trim_start().strip_prefix(MARK) {
                if own <= indent {
                    return number.trim().parse().ok();
                }
            } else if !line.trim().is_empty() {
                indent = indent.min(own);
            }
        }
        None
    }
}

fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

struct Writer {
    out: String,
    steps: usize,
}

impl Writer {
    fn draft(&mut self, draft: &Draft) {
        self.remarks(0, &draft.remarks);
        self.string(0, "name", &draft.name);
        if let Some(description) = &draft.description {
            self.prose("description", description);
        }
        let goes_on = self.out.lines().next_back().is_some_and(|line| line.starts_with(' '));
        if goes_on && (draft.enabled.is_some() || draft.timezone.is_some()) {
            self.out.push('\n');
        }
        if let Some(enabled) = draft.enabled {
            entry(&mut self.out, 0, "enabled", &Data::Bool(enabled), Braces::Ours);
        }
        if let Some(timezone) = &draft.timezone {
            self.string(0, "timezone", timezone);
        }
        self.triggers(&draft.triggers);
        if !draft.limits.is_empty() {
            entry(&mut self.out, 0, "limits", &Data::Map(draft.limits.clone()), Braces::Ours);
        }
        self.block(0, "steps", &draft.steps);
        if !draft.on_failure.is_empty() {
            self.block(0, "on_failure", &draft.on_failure);
        }
        if !draft.tests.is_empty() {
            // In tests, braces are braces.
            entry(&mut self.out, 0, "tests", &Data::List(draft.tests.clone()), Braces::Theirs);
        }
    }

    fn triggers(&mut self, triggers: &[Trigger]) {
        match triggers {
            [] => {}
            [one] => {
                self.remarks(0, &one.remarks);
                self.out.push_str("trigger:\n");
                entry(&mut self.out, 2, &one.kind, &one.with, Braces::Ours);
            }
            several => {
                self.out.push_str("trigger:\n");
                for trigger in several {
                    self.remarks(2, &trigger.remarks);
                    let mut lines = String::new();
                    entry(&mut lines, 4, &trigger.kind, &trigger.with, Braces::Ours);
                    dashed(&mut self.out, 2, &lines);
                }
            }
        }
    }

    /// `key:` with steps below it.
    fn block(&mut self, indent: usize, key: &str, steps: &[Step]) {
        if steps.is_empty() {
            let _ = writeln!(self.out, "{:indent$}{key}: []", "");
            return;
        }
        let _ = writeln!(self.out, "{:indent$}{key}:", "");
        for step in steps {
            self.item(indent + 2, step);
        }
    }

    fn item(&mut self, indent: usize, step: &Step) {
        self.remarks(indent, &step.remarks);
        let _ = writeln!(self.out, "{:indent$}{MARK}{}", "", self.steps);
        self.steps += 1;
        self.listed(indent, |writer, indent| writer.step(indent, step));
    }

    /// An item of a list: what `write` writes, with a dash before it.
    fn listed(&mut self, indent: usize, write: impl FnOnce(&mut Self, usize)) {
        let before = std::mem::take(&mut self.out);
        write(self, indent + 2);
        let lines = std::mem::replace(&mut self.out, before);
        dashed(&mut self.out, indent, &lines);
    }

    fn step(&mut self, indent: usize, step: &Step) {
        for (key, value) in [("id", &step.id), ("name", &step.name)] {
            if let Some(value) = value {
                self.string(indent, key, value);
            }
        }
        if step.disabled {
            entry(&mut self.out, indent, "disabled", &Data::Bool(true), Braces::Ours);
        }
        if let Some(when) = &step.when {
            self.expression(indent, "when", when);
        }
        self.action(indent, &step.action);
        if let Some(retry) = &step.retry {
            entry(&mut self.out, indent, "retry", retry, Braces::Ours);
        }
        if let Some(on_error) = &step.on_error {
            self.on_error(indent, on_error);
        }
    }

    fn action(&mut self, indent: usize, action: &Action) {
        match action {
            Action::Call(module, with) => entry(&mut self.out, indent, module, with, Braces::Ours),
            Action::Filter(condition) => self.expression(indent, "filter", condition),
            Action::Route(route) => self.route(indent, route),
            Action::ForEach(each) => self.for_each(indent, each),
            Action::Repeat(repeat) => self.repeat(indent, repeat),
            Action::Parallel(branches) => {
                self.key(indent, "parallel");
                for (name, steps) in branches {
                    self.block(indent + 2, &on_one_line(name, Within::Flow), steps);
                }
            }
            Action::Todo(todo) => self.todo(indent, todo),
        }
    }

    fn route(&mut self, indent: usize, route: &Route) {
        self.key(indent, "route");
        if route.take == Take::First {
            self.string(indent + 2, "take", "first");
        }
        self.key(indent + 2, "branches");
        for Branch { name, when, steps } in &route.branches {
            self.listed(indent + 4, |writer, indent| {
                if let Some(name) = name {
                    writer.string(indent, "name", name);
                }
                if let Some(when) = when {
                    writer.expression(indent, "when", when);
                }
                writer.block(indent, "steps", steps);
            });
        }
        if let Some(otherwise) = &route.otherwise {
            self.block(indent + 2, "otherwise", otherwise);
        }
    }

    fn for_each(&mut self, indent: usize, each: &ForEach) {
        self.key(indent, "for_each");
        self.expression(indent + 2, "in", &each.over);
        if let Some(item) = &each.item {
            self.string(indent + 2, "as", item);
        }
        if let Some(batch) = each.batch {
            entry(&mut self.out, indent + 2, "batch", &Data::Number(batch.into()), Braces::Ours);
        }
        if !each.steps.is_empty() || each.collect.is_none() {
            self.block(indent + 2, "steps", &each.steps);
        }
        self.collect(indent + 2, each.collect.as_ref());
    }

    fn repeat(&mut self, indent: usize, repeat: &Repeat) {
        self.key(indent, "repeat");
        if let Some(times) = &repeat.times {
            let times = match times {
                Expr::Int(times) => Data::int(*times),
                other => Data::value(other.clone()),
            };
            entry(&mut self.out, indent + 2, "times", &times, Braces::Ours);
        }
        if let Some(until) = &repeat.until {
            self.expression(indent + 2, "until", until);
        }
        self.block(indent + 2, "steps", &repeat.steps);
        self.collect(indent + 2, repeat.collect.as_ref());
    }

    fn collect(&mut self, indent: usize, collect: Option<&Collect>) {
        let bare = |expr: &Expr| Data::Text(crate::ours::Text::literal(expr.to_string()));
        let value = match collect {
            None => return,
            Some(Collect::List(value)) if looks_like_a_form(value) => Data::map([("list", value.clone())]),
            Some(Collect::List(value)) => value.clone(),
            Some(Collect::Text(text, separator)) => {
                Data::map([("text", Data::Text(text.clone())), ("separator", Data::text(separator))])
            }
            Some(Collect::Sum(sum)) => Data::map([("sum", bare(sum))]),
            Some(Collect::Group(value, by)) => Data::map([("group", value.clone()), ("by", bare(by))]),
        };
        entry(&mut self.out, indent, "collect", &value, Braces::Ours);
    }

    fn on_error(&mut self, indent: usize, on_error: &OnError) {
        match on_error {
            OnError::Ignore => self.string(indent, "on_error", "ignore"),
            OnError::Stop => self.string(indent, "on_error", "stop"),
            OnError::Hold(None) => self.string(indent, "on_error", "hold"),
            OnError::Hold(Some(policy)) => {
                entry(&mut self.out, indent, "on_error", &Data::map([("hold", policy.clone())]), Braces::Ours);
            }
            OnError::Use(value) => {
                entry(&mut self.out, indent, "on_error", &Data::map([("use", value.clone())]), Braces::Ours);
            }
            OnError::Steps(steps) => {
                self.key(indent, "on_error");
                self.block(indent + 2, "steps", steps);
            }
        }
    }

    fn todo(&mut self, indent: usize, todo: &Todo) {
        self.key(indent, "todo");
        self.string(indent + 2, "was", &todo.was);
        self.string(indent + 2, "reason", &todo.reason);
        entry(&mut self.out, indent + 2, "original", &Data::of(&todo.original), Braces::Theirs);
    }

    fn key(&mut self, indent: usize, key: &str) {
        let _ = writeln!(self.out, "{:indent$}{key}:", "");
    }

    /// `key: text`, where nothing in the text is an expression.
    fn string(&mut self, indent: usize, key: &str, text: &str) {
        entry(&mut self.out, indent, key, &Data::text(text), Braces::Theirs);
    }

    /// `key: text` at the top, a long one on several lines.
    fn prose(&mut self, key: &str, text: &str) {
        let is_prose = text.chars().count() + key.len() > data::WIDTH
            && !text.starts_with(' ')
            && !text.chars().any(char::is_control)
            && text.split_whitespace().collect::<Vec<_>>().join(" ") == text;
        if !is_prose {
            return self.string(0, key, text);
        }
        let _ = writeln!(self.out, "{key}: >-");
        for line in wrapped(text, REMARK) {
            let _ = writeln!(self.out, "  {line}");
        }
    }

    /// `key: expression`, without braces.
    fn expression(&mut self, indent: usize, key: &str, expr: &Expr) {
        let Some(lines) = expr.on_lines(data::WIDTH.saturating_sub(indent + key.len())) else {
            let _ = writeln!(self.out, "{:indent$}{key}: {}", "", on_one_line(&expr.to_string(), Within::Block));
            return;
        };
        let _ = writeln!(self.out, "{:indent$}{key}: >-", "");
        for line in lines {
            let _ = writeln!(self.out, "{:indent$}  {line}", "");
        }
    }

    fn remarks(&mut self, indent: usize, remarks: &[String]) {
        for remark in remarks {
            for line in remark.lines().flat_map(|line| wrapped(line, REMARK.saturating_sub(indent))) {
                let _ = writeln!(self.out, "{:indent$}# {line}", "");
            }
        }
    }
}

/// Whether the value would be read as a form of `collect`.
fn looks_like_a_form(value: &Data) -> bool {
    ["list", "text", "sum", "group"].iter().any(|form| value.get(form).is_some())
}

/// The words of a remark in lines of about this width.
fn wrapped(line: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let printable: String = line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    for word in printable.split_whitespace() {
        match lines.last_mut() {
            Some(last) if last.chars().count() + word.chars().count() < width => {
                last.push(' ');
                last.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests;
