//! What a message holds on its way, as far as that is known: which expression gives each of its properties.

use crate::ours::Expr;
use std::collections::BTreeMap;

/// A message: Node-RED's `msg`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Message {
    /// All of it, where a step gives it whole.
    whole: Option<Expr>,
    /// Properties that were set since.
    fields: BTreeMap<String, Value>,
}

/// A value and what is known of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Value {
    pub(crate) expr: Expr,
    pub(crate) kind: Kind,
}

/// What is known of a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Nothing.
    #[default]
    Any,
    /// A text.
    Text,
    /// A text that is a page.
    Html,
    /// A map or a list.
    Structure,
    /// A text of JSON elsewhere, which was read here already.
    Read,
}

/// How many keys a path may have; what is below belongs to nobody.
const DEEPEST: usize = 40;

/// How large an expression may be that is put in where it is read; a larger one becomes a step of its own.
const LARGEST: usize = 14;

impl Value {
    pub(crate) fn any(expr: Expr) -> Self {
        Self { expr, kind: Kind::Any }
    }

    pub(crate) fn new(expr: Expr, kind: Kind) -> Self {
        Self { expr, kind }
    }

    /// Whether it reads well where it is read.
    pub(crate) fn is_small(&self) -> bool {
        let (mut size, mut letters) = (0, 0);
        self.expr.each(&mut |expr| {
            size += 1;
            if let Expr::Text(text) = expr {
                letters += text.len();
            }
        });
        size <= LARGEST && letters <= 80 && !matches!(self.expr, Expr::Joined(_) | Expr::If(..))
    }
}

impl Message {
    /// A message of which one step gives everything.
    pub(crate) fn of(whole: Expr) -> Self {
        Self { whole: Some(whole), fields: BTreeMap::new() }
    }

    /// Sets a property: `payload`, or `payload.name` within it.
    pub(crate) fn set(&mut self, path: &str, value: Value) {
        let keys = keys(path);
        match keys.as_slice() {
            [] => {}
            [key] => drop(self.fields.insert(key.clone(), value)),
            [first, rest @ ..] => {
                let before = self.get(first).expr;
                let after = put(before, rest, value.expr);
                self.fields.insert(first.clone(), Value::new(after, Kind::Structure));
            }
        }
    }

    /// The same with a property set.
    #[must_use]
    pub(crate) fn with(mut self, path: &str, value: Value) -> Self {
        self.set(path, value);
        self
    }

    /// Removes a property.
    pub(crate) fn delete(&mut self, path: &str) {
        let keys = keys(path);
        match keys.as_slice() {
            [] => {}
            [key] => drop(self.fields.insert(key.clone(), Value::any(Expr::Nothing))),
            [first, rest @ ..] => {
                let before = self.get(first).expr;
                let after = match (rest, before) {
                    ([key], Expr::Map(entries)) => {
                        Expr::Map(entries.into_iter().filter(|(known, _)| known != key).collect())
                    }
                    ([key], before) => before.method("omit", [Expr::List(vec![Expr::text(key.as_str())])]),
                    (_, before) => put(before, rest, Expr::Nothing),
                };
                self.fields.insert(first.clone(), Value::new(after, Kind::Structure));
            }
        }
    }

    /// A property; `()` where nothing is known of it.
    pub(crate) fn get(&self, path: &str) -> Value {
        let keys = keys(path);
        let Some((first, rest)) = keys.split_first() else { return Value::new(self.all(), Kind::Structure) };
        let known = match (self.fields.get(first), &self.whole) {
            (Some(known), _) => known.clone(),
            (None, Some(whole)) => Value::any(whole.clone().maybe(first.as_str())),
            (None, None) => Value::any(Expr::Nothing),
        };
        rest.iter().fold(known, |of, key| Value::any(within(of.expr, key)))
    }

    /// Whether a property was set, or may have been.
    pub(crate) fn has(&self, key: &str) -> bool {
        match self.fields.get(key) {
            Some(known) => known.expr != Expr::Nothing,
            None => self.whole.is_some(),
        }
    }

    /// A property that some node has set by its name.
    pub(crate) fn known(&self, key: &str) -> Expr {
        self.fields.get(key).map_or(Expr::Nothing, |value| value.expr.clone())
    }

    /// All of it, as a map.
    pub(crate) fn all(&self) -> Expr {
        let fields = self.fields.iter().filter(|(_, value)| value.expr != Expr::Nothing);
        let fields: Vec<(String, Expr)> = fields.map(|(key, value)| (key.clone(), value.expr.clone())).collect();
        match &self.whole {
            None => Expr::Map(fields),
            Some(whole) if fields.is_empty() => whole.clone(),
            Some(whole) => whole.clone().method("merge", [Expr::Map(fields)]),
        }
    }

    /// The properties that are known by their names.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.fields.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// What several messages are of which one comes: `chosen` gives what differs, by the property's name.
    pub(crate) fn met(messages: &[Self], mut chosen: impl FnMut(&str) -> Expr) -> Self {
        let Some((first, others)) = messages.split_first() else { return Self::default() };
        let names: std::collections::BTreeSet<&str> =
            messages.iter().flat_map(|message| message.fields.keys().map(String::as_str)).collect();
        let whole = first.whole.clone().filter(|_| others.iter().all(|other| other.whole == first.whole));
        let mut met = Self { whole, fields: BTreeMap::new() };
        for name in names {
            let own = first.get(name);
            let same = others.iter().all(|other| other.get(name) == own);
            let kind = if others.iter().all(|other| other.get(name).kind == own.kind) { own.kind } else { Kind::Any };
            let value = if same { own } else { Value::new(chosen(name), kind) };
            met.fields.insert(name.to_owned(), value);
        }
        met
    }
}

/// A value within another: a position of a list, or a key.
fn within(of: Expr, key: &str) -> Expr {
    if let Ok(position) = key.parse::<i64>() {
        return of.maybe_item(Expr::Int(position));
    }
    match of {
        Expr::Map(entries) => match entries.iter().rposition(|(known, _)| known == key) {
            Some(at) => entries.into_iter().nth(at).map_or(Expr::Nothing, |(_, value)| value),
            None => Expr::Nothing,
        },
        Expr::Nothing => Expr::Nothing,
        other => other.maybe(key),
    }
}

/// The same with a value put in at the end of the keys.
fn put(before: Expr, keys: &[String], value: Expr) -> Expr {
    let Some((key, rest)) = keys.split_first() else { return value };
    match before {
        Expr::Nothing => Expr::Map(vec![(key.clone(), put(Expr::Nothing, rest, value))]),
        Expr::Map(mut entries) => {
            match entries.iter().position(|(known, _)| known == key) {
                Some(at) => {
                    let inner = std::mem::replace(&mut entries[at].1, Expr::Nothing);
                    entries[at].1 = put(inner, rest, value);
                }
                None => entries.push((key.clone(), put(Expr::Nothing, rest, value))),
            }
            Expr::Map(entries)
        }
        other => other.method("put", [Expr::text(keys.join(".")), value]),
    }
}

/// The keys of a path: `payload.list[0]["first name"]`.
pub(crate) fn keys(path: &str) -> Vec<String> {
    let mut keys = Vec::new();
    let mut key = String::new();
    let mut letters = path.trim().chars();
    while let Some(letter) = letters.next() {
        match letter {
            '.' | '[' | ']' => {
                if !key.is_empty() {
                    keys.push(std::mem::take(&mut key));
                }
                if letter == '[' {
                    let quoted: String = letters.by_ref().take_while(|letter| *letter != ']').collect();
                    keys.push(quoted.trim().trim_matches(['"', '\'']).to_owned());
                }
            }
            _ => key.push(letter),
        }
    }
    if !key.is_empty() {
        keys.push(key);
    }
    keys.retain(|key| !key.is_empty());
    keys.truncate(DEEPEST);
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_are_set_and_read_within_each_other() {
        let mut message = Message::default().with("payload", Value::any(Expr::name("trigger").field("body")));
        assert_eq!(message.get("payload.user[0].name").expr.to_string(), "trigger.body?.user?[0]?.name");
        message.set("payload.seen", Value::any(Expr::Bool(true)));
        assert_eq!(message.get("payload").expr.to_string(), "trigger.body.put(\"seen\", true)");
        message.set("headers.accept", Value::any(Expr::text("x")));
        message.set("headers[\"x-y\"]", Value::any(Expr::Int(1)));
        assert_eq!(message.get("headers").expr.to_string(), "#{accept: \"x\", \"x-y\": 1}");
        message.delete("headers.accept");
        assert_eq!(message.get("headers[\"x-y\"]").expr, Expr::Int(1));
        assert_eq!(message.get("headers.accept").expr, Expr::Nothing);
        assert_eq!(message.get("unknown.key").expr, Expr::Nothing);
    }

    #[test]
    fn what_differs_is_chosen_where_messages_meet() {
        let one = Message::default().with("payload", Value::any(Expr::Int(1))).with("topic", Value::any(Expr::Int(5)));
        let two = one.clone().with("payload", Value::any(Expr::Int(2)));
        let met = Message::met(&[one, two], |name| Expr::name("vars").maybe(name));
        assert_eq!(met.get("payload").expr.to_string(), "vars?.payload");
        assert_eq!(met.get("topic").expr, Expr::Int(5));
    }
}
