//! Segments and selectors (RFC 9535 §2.3, §2.5) on values. Everything looked at is counted.

use super::super::Call;
use super::Result;
use crate::expression::value::{as_list, as_map};
use jsonpath_rust::parser::model::{Segment, Selector, SingularQuery, SingularQuerySegment};
use regex::Regex;
use rhai::Dynamic;
use std::collections::HashMap;

/// One evaluation of a query.
pub(super) struct Walk<'w, 'c, 'm> {
    pub(super) call: &'w mut Call<'c, 'm>,
    /// What `$` stands for.
    root: &'w Dynamic,
    seen: usize,
    /// The patterns of `match` and `search`; none where a text is no pattern.
    pub(super) patterns: HashMap<String, Option<Regex>>,
}

impl<'w, 'c, 'm> Walk<'w, 'c, 'm> {
    pub(super) fn new(call: &'w mut Call<'c, 'm>, root: &'w Dynamic) -> Self {
        Self { call, root, seen: 0, patterns: HashMap::new() }
    }

    /// What these segments find, beginning with one value.
    pub(super) fn select(&mut self, segments: &[Segment], from: &Dynamic) -> Result<Vec<Dynamic>> {
        let mut nodes = vec![from.clone()];
        for segment in segments {
            let mut found = Vec::new();
            for node in &nodes {
                self.segment(segment, node, &mut found)?;
            }
            nodes = found;
        }
        Ok(nodes)
    }

    /// What these segments find, beginning with the root.
    pub(super) fn select_from_root(&mut self, segments: &[Segment]) -> Result<Vec<Dynamic>> {
        self.select(segments, self.root)
    }

    /// What a query that finds one value at most finds.
    pub(super) fn singular(&mut self, query: &SingularQuery, current: &Dynamic) -> Result<Option<Dynamic>> {
        let (segments, from) = match query {
            SingularQuery::Current(segments) => (segments, current),
            SingularQuery::Root(segments) => (segments, self.root),
        };
        let mut value = from.clone();
        for segment in segments {
            self.see()?;
            let next = match segment {
                SingularQuerySegment::Name(name) => member(&value, name),
                SingularQuerySegment::Index(index) => item(&value, *index),
            };
            match next {
                Some(next) => value = next,
                None => return Ok(None),
            }
        }
        Ok(Some(value))
    }

    /// Counts one value that is looked at: a few of them are as much work as an operation of an expression.
    fn see(&mut self) -> Result<()> {
        const AN_OPERATION: usize = 4;
        self.seen += 1;
        if self.seen.is_multiple_of(AN_OPERATION) { self.call.spend(1) } else { Ok(()) }
    }

    fn segment(&mut self, segment: &Segment, node: &Dynamic, found: &mut Vec<Dynamic>) -> Result<()> {
        match segment {
            Segment::Selector(selector) => self.selector(selector, node, found),
            Segment::Selectors(selectors) => {
                selectors.iter().try_for_each(|selector| self.selector(selector, node, found))
            }
            Segment::Descendant(segment) => self.descend(segment, node, found),
        }
    }

    /// The node, then its children with all that is below them.
    fn descend(&mut self, segment: &Segment, node: &Dynamic, found: &mut Vec<Dynamic>) -> Result<()> {
        let before = found.len();
        self.segment(segment, node, found)?;
        self.call.reserve((found.len() - before) * size_of::<Dynamic>())?;
        if let Some(items) = as_list(node) {
            for child in items.iter() {
                self.see()?;
                self.descend(segment, child, found)?;
            }
        } else if let Some(entries) = as_map(node) {
            for child in entries.values() {
                self.see()?;
                self.descend(segment, child, found)?;
            }
        }
        Ok(())
    }

    fn selector(&mut self, selector: &Selector, node: &Dynamic, found: &mut Vec<Dynamic>) -> Result<()> {
        self.see()?;
        match selector {
            Selector::Name(name) => found.extend(member(node, name)),
            Selector::Index(index) => found.extend(item(node, *index)),
            Selector::Slice(start, end, step) => self.slice(node, *start, *end, *step, found)?,
            Selector::Wildcard => self.children(node, |_, _| Ok(true), found)?,
            Selector::Filter(filter) => self.children(node, |walk, child| walk.holds(filter, child), found)?,
        }
        Ok(())
    }

    /// The children that are wanted.
    fn children(
        &mut self,
        node: &Dynamic,
        mut wanted: impl FnMut(&mut Self, &Dynamic) -> Result<bool>,
        found: &mut Vec<Dynamic>,
    ) -> Result<()> {
        let mut take = |child: &Dynamic| {
            self.see()?;
            if wanted(self, child)? {
                found.push(child.clone());
            }
            Ok(())
        };
        if let Some(items) = as_list(node) {
            items.iter().try_for_each(&mut take)
        } else if let Some(entries) = as_map(node) {
            entries.values().try_for_each(&mut take)
        } else {
            Ok(())
        }
    }

    /// RFC 9535 §2.3.4.2.2.
    fn slice(
        &mut self,
        node: &Dynamic,
        start: Option<i64>,
        end: Option<i64>,
        step: Option<i64>,
        found: &mut Vec<Dynamic>,
    ) -> Result<()> {
        let Some(items) = as_list(node) else { return Ok(()) };
        let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
        let step = step.unwrap_or(1);
        let absolute = |end: i64| if end < 0 { end.saturating_add(length) } else { end };
        let (mut position, last) = if step > 0 {
            let (start, end) = (start.unwrap_or(0), end.unwrap_or(length));
            (absolute(start).clamp(0, length), absolute(end).clamp(0, length))
        } else {
            let start = start.map_or(length - 1, absolute).clamp(-1, length - 1);
            (start, end.map_or(-1, absolute).clamp(-1, length - 1))
        };
        while (step > 0 && position < last) || (step < 0 && position > last) {
            self.see()?;
            found.extend(usize::try_from(position).ok().and_then(|position| items.get(position)).cloned());
            position = position.saturating_add(step);
        }
        Ok(())
    }
}

fn member(node: &Dynamic, name: &str) -> Option<Dynamic> {
    as_map(node)?.get(name).cloned()
}

fn item(node: &Dynamic, index: i64) -> Option<Dynamic> {
    let items = as_list(node)?;
    let position = match usize::try_from(index) {
        Ok(position) => position,
        Err(_) => items.len().checked_sub(usize::try_from(index.unsigned_abs()).ok()?)?,
    };
    items.get(position).cloned()
}
