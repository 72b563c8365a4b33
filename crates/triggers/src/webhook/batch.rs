//! Requests that carry many items: `each` makes one input of each, all of them like a batch of one. Only the text is
//! cut, so that what is kept of it stays as it came, digit by digit.

use super::problem::{Reason, Refusal};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// The most bytes that all parts of a batch may have together: what stands around the list is repeated in each.
const MOST_BYTES: usize = 64 << 20;

/// The most items that one request may bring.
const MOST_ITEMS: usize = 10_000;

/// The body (JSON text) once for each item of the list that `path` leads to, with this item alone in the list. Where a
/// list stands on the way, the path goes on in each of its items. `around` says how many bytes come with each part besides
/// its text.
///
/// Refused with 422 where the path leads to no list, with 413 where there are too many items or their parts are too large.
pub fn split(body: &str, path: &[Arc<str>], around: usize) -> Result<Vec<String>, Refusal> {
    let mut parts = Parts { texts: Vec::new(), bytes: 0, each: around };
    let mut around = Around::default();
    walk(body, path, &mut around, &mut parts)?;
    Ok(parts.texts)
}

#[derive(Debug)]
struct Parts {
    texts: Vec<String>,
    bytes: usize,
    /// So many bytes more for each.
    each: usize,
}

/// What stands before and after the place that is looked at, outermost first.
#[derive(Debug, Default)]
struct Around<'b> {
    before: Vec<&'b str>,
    after: Vec<&'b str>,
    place: Vec<String>,
}

impl Parts {
    fn add(&mut self, item: &str, around: &Around<'_>) -> Result<(), Refusal> {
        let pieces = around.before.iter().copied().chain([item]).chain(around.after.iter().rev().copied());
        let text: String = pieces.collect();
        self.bytes += text.len() + self.each;
        if self.texts.len() >= MOST_ITEMS {
            return Err(Refusal::too_many_items(MOST_ITEMS));
        }
        if self.bytes > MOST_BYTES {
            return Err(Refusal::batch_too_large(MOST_BYTES as u64));
        }
        self.texts.push(text);
        Ok(())
    }
}

fn walk<'b>(text: &'b str, path: &[Arc<str>], around: &mut Around<'b>, parts: &mut Parts) -> Result<(), Refusal> {
    let text = text.trim_ascii();
    match (text.as_bytes().first(), path.split_first()) {
        (Some(b'['), _) => walk_list(text, path, around, parts),
        (Some(b'{'), Some((name, rest))) => walk_map(text, name, rest, around, parts),
        (_, Some((name, _))) => Err(no_list(around, &format!("is no map, so it has no \"{name}\""))),
        (_, None) => Err(no_list(around, "is no list")),
    }
}

fn walk_list<'b>(text: &'b str, path: &[Arc<str>], around: &mut Around<'b>, parts: &mut Parts) -> Result<(), Refusal> {
    let items: Vec<&'b RawValue> = serde_json::from_str(text).map_err(|_| no_list(around, "is no JSON list"))?;
    around.before.push("[");
    around.after.push("]");
    for (index, item) in items.into_iter().enumerate() {
        if path.is_empty() {
            parts.add(item.get(), around)?;
        } else {
            around.place.push(index.to_string());
            walk(item.get(), path, around, parts)?;
            around.place.pop();
        }
    }
    around.before.pop();
    around.after.pop();
    Ok(())
}

fn walk_map<'b>(
    text: &'b str,
    name: &str,
    rest: &[Arc<str>],
    around: &mut Around<'b>,
    parts: &mut Parts,
) -> Result<(), Refusal> {
    let Members(members) = serde_json::from_str(text).map_err(|_| no_list(around, "is no JSON map"))?;
    // The last of several members of one name is the one that counts.
    let Some((_, value)) = members.iter().rev().find(|(known, _)| known == name) else {
        return Err(no_list(around, &format!("has no \"{name}\"")));
    };
    let value = value.get();
    let start = value.as_ptr() as usize - text.as_ptr() as usize;
    around.before.push(&text[..start]);
    around.after.push(&text[start + value.len()..]);
    around.place.push(name.to_owned());
    walk(value, rest, around, parts)?;
    around.before.pop();
    around.after.pop();
    around.place.pop();
    Ok(())
}

fn no_list(around: &Around<'_>, what: &str) -> Refusal {
    let place = around.place.iter().map(|name| format!("/{}", name.replace('~', "~0").replace('/', "~1")));
    Refusal::invalid_input(vec![Reason { path: place.collect(), message: what.to_owned() }])
}

/// The members of a JSON map, in order, with their values as text.
struct Members<'b>(Vec<(Cow<'b, str>, &'b RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Members<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some((Name(name), value)) = map.next_entry()? {
                    members.push((name, value));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

/// A name that is copied only where it has escapes.
#[derive(Deserialize)]
struct Name<'b>(#[serde(borrow)] Cow<'b, str>);

#[cfg(test)]
mod tests {
    use super::*;

    fn path(names: &[&str]) -> Vec<Arc<str>> {
        names.iter().map(|name| Arc::from(*name)).collect()
    }

    fn check(body: &str, names: &[&str], expected: &[&str]) {
        assert_eq!(split(body, &path(names), 0).unwrap(), expected, "{body}");
    }

    fn check_refused(body: &str, names: &[&str], place: &str, why: &str) {
        let refusal = split(body, &path(names), 0).unwrap_err();
        assert_eq!(
            (refusal.status, &*refusal.reasons[0].path, &*refusal.reasons[0].message),
            (422, place, why),
            "{body}"
        );
    }

    #[test]
    fn each_item_in_what_stood_around_it() {
        check("[1, [2] ,{}]", &[], &["[1]", "[[2]]", "[{}]"]);
        check("[]", &[], &[]);
        check(r#"{"to":"x","events":[]}"#, &["events"], &[]);
        check(
            r#" {"to":"x", "events": [{"id": 1} ,{"id":2.50}], "at":1e400} "#,
            &["events"],
            &[r#"{"to":"x", "events": [{"id": 1}], "at":1e400}"#, r#"{"to":"x", "events": [{"id":2.50}], "at":1e400}"#],
        );
    }

    #[test]
    fn lists_on_the_way() {
        check(
            r#"{"entry":[{"id":1,"changes":["a","b"]},{"id":2,"changes":[]},{"id":3,"changes":["c"]}]}"#,
            &["entry", "changes"],
            &[
                r#"{"entry":[{"id":1,"changes":["a"]}]}"#,
                r#"{"entry":[{"id":1,"changes":["b"]}]}"#,
                r#"{"entry":[{"id":3,"changes":["c"]}]}"#,
            ],
        );
    }

    #[test]
    fn names_with_escapes_and_names_that_come_twice() {
        check(r#"{"a\u0062":[1]}"#, &["ab"], &[r#"{"a\u0062":[1]}"#]);
        check(r#"{"a":[1],"a":[2,3]}"#, &["a"], &[r#"{"a":[1],"a":[2]}"#, r#"{"a":[1],"a":[3]}"#]);
    }

    #[test]
    fn what_is_no_list_is_named() {
        check_refused("null", &[], "", "is no list");
        check_refused("{}", &["events"], "", "has no \"events\"");
        check_refused(r#"{"events":3}"#, &["events"], "/events", "is no list");
        check_refused(r#"{"a/b":[{"c":[]},{"c":"x"}]}"#, &["a/b", "c"], "/a~1b/1/c", "is no list");
        check_refused("[3]", &["a"], "/0", "is no map, so it has no \"a\"");
    }

    #[test]
    fn parts_are_bounded_together() {
        let body = format!(r#"{{"much":"{}","items":[{}0]}}"#, "x".repeat(1 << 20), "0,".repeat(100));
        assert_eq!(split(&body, &path(&["items"]), 0).unwrap_err().status, 413);
        let many = |count: usize| format!("[{}0]", "0,".repeat(count - 1));
        assert_eq!(split(&many(MOST_ITEMS), &[], 100).unwrap().len(), MOST_ITEMS);
        assert_eq!(split(&many(MOST_ITEMS + 1), &[], 0).unwrap_err().code, "too_many_items");
        assert_eq!(split(&many(2_000), &[], 64 << 10).unwrap_err().code, "batch_too_large");
    }
}
