//! Lists in pages, where a description leaves no doubt how the next one is asked for.

use super::document::Document;
use super::operation::{Given, Place};
use serde_json::{Map, Value, json};

/// What is sent, and where the answer has it.
const CURSORS: [(&str, &str); 9] = [
    ("cursor", "next_cursor"),
    ("cursor", "nextCursor"),
    ("page_token", "next_page_token"),
    ("pageToken", "nextPageToken"),
    ("continuation_token", "next_continuation_token"),
    ("after", "next"),
    ("cursor", "next"),
    ("start_cursor", "next_cursor"),
    ("starting_token", "next_token"),
];

/// Names of parameters that say how much a page holds.
const SIZES: [&str; 8] = ["limit", "per_page", "page_size", "pageSize", "perPage", "maxResults", "max_results", "size"];

/// How the pages of an action are read.
pub(super) struct Pages {
    /// Where the answer has its items; none: it is the list.
    pub(super) items: Option<String>,
    cursor: Option<(&'static str, &'static str)>,
    size: Option<(String, u64)>,
}

impl Pages {
    /// The pages of this response; the parameters by which they are asked for are taken out of those given.
    pub(super) fn of(
        document: &Document,
        method: &str,
        response: &Value,
        schema: &Value,
        given: &mut Vec<Given>,
    ) -> Option<Self> {
        if method != "get" {
            return None;
        }
        let merged = document.merged(schema);
        let cursor = CURSORS.into_iter().find(|(wire, next)| {
            let is_asked = given.iter().any(|it| it.place == Place::Query && it.wire == *wire && !it.required);
            let answers = merged.properties.iter().find(|(name, _)| name == next);
            is_asked && answers.is_some_and(|(_, it)| document.merged(it).kind() == Some("string"))
        });
        let items = match cursor {
            Some(_) => {
                let is_list = |schema: &Value| document.merged(schema).kind() == Some("array");
                let mut lists = merged.properties.iter().filter(|(_, it)| is_list(it)).map(|(name, _)| *name);
                let only = lists.next().filter(|_| lists.next().is_none())?;
                let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
                Some(only.to_owned())
                    .filter(|it| it.starts_with(|c: char| c.is_ascii_alphabetic()) && it.chars().all(is_name))
            }
            None => {
                let headers = response["headers"].as_object()?;
                headers.keys().find(|name| name.eq_ignore_ascii_case("link"))?;
                (merged.kind() == Some("array")).then_some(None::<String>)?;
                None
            }
        };
        if cursor.is_some() && items.is_none() {
            return None;
        }
        let is_size = |it: &&Given| it.place == Place::Query && SIZES.contains(&it.wire.as_str()) && !it.required;
        let size = given.iter().find(is_size).map(|it| (it.wire.clone(), it.sort.default.clone()));
        let asks = |it: &Given| {
            it.place == Place::Query
                && !it.required
                && (Some(it.wire.as_str()) == cursor.map(|(wire, _)| wire)
                    || size.as_ref().is_some_and(|(wire, _)| *wire == it.wire)
                    || (cursor.is_none() && it.wire == "page"))
        };
        if given.iter().any(|it| it.name == "limit" && !asks(it)) {
            return None;
        }
        given.retain(|it| !asks(it));
        // As many as a page holds anyway: more may be refused.
        let size = size.and_then(|(wire, default)| Some((wire, default?.as_u64().filter(|it| *it > 0)?)));
        Some(Self { items, cursor, size })
    }

    /// As an app's file has it.
    pub(super) fn written(&self) -> Value {
        let items = self.items.as_ref().map_or_else(|| "answer".to_owned(), |items| format!("answer.{items}"));
        let mut pages = Map::from_iter([("items".to_owned(), items.into())]);
        match self.cursor {
            Some((wire, next)) => {
                pages.insert("next".to_owned(), format!("answer?.{next}").into());
                pages.insert("as".to_owned(), wire.into());
            }
            None => drop(pages.insert("link".to_owned(), true.into())),
        }
        pages.extend(self.size.as_ref().map(|(wire, most)| ("size".to_owned(), json!({ wire: most }))));
        pages.into()
    }

    /// What a page by example becomes: its items, and the page without a next one.
    pub(super) fn of_answer(&self, answer: &Value) -> (Value, Value) {
        let mut last = answer.clone();
        if let (Some((_, next)), Some(fields)) = (self.cursor, last.as_object_mut()) {
            fields.insert(next.to_owned(), Value::Null);
        }
        let items = self.items.as_ref().map_or(answer, |items| &answer[items]);
        (if items.is_array() { items.clone() } else { json!([]) }, last)
    }

    /// What the first page is asked for by.
    pub(super) fn query(&self) -> Option<(String, String)> {
        self.size.as_ref().map(|(wire, most)| (wire.clone(), (*most).min(100).to_string()))
    }
}
