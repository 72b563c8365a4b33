//! Which webhook a request means: by path, then by method.
//!
//! Paths without `{name}` are found by one look into a table, which is the way of almost every request. The others
//! stand in a tree of segments in which a literal is tried before a `{name}`, from left to right.

use super::pattern::{Pattern, Segment, trim_slashes};
use percent_encoding::percent_decode_str;
use std::borrow::Cow;
use std::collections::HashMap;

/// Methods that never start a run: they ask about a resource, or about the way to it (RFC 9110 §9.3).
const WITHOUT_RUN: [&str; 4] = ["HEAD", "OPTIONS", "TRACE", "CONNECT"];

/// What `Allow` names for a webhook that takes any method.
const COMMON: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// One webhook to be found.
#[derive(Clone, Debug)]
pub struct Endpoint<T> {
    /// Its path.
    pub pattern: Pattern,
    /// Upper-case methods; empty: any.
    pub methods: Vec<String>,
    /// What stands behind it.
    pub target: T,
}

/// Two webhooks that the same requests would reach: they have the same path but for the names in it. They are told
/// by their place in the list that was given; the first is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// Place of the one that is served.
    pub served: usize,
    /// Place of the one that is not.
    pub shadowed: usize,
}

/// All webhooks by path.
#[derive(Debug)]
pub struct Routes<T> {
    routes: Vec<Route<T>>,
    exact: HashMap<String, usize>,
    tree: Node,
}

#[derive(Debug)]
struct Route<T> {
    target: T,
    names: Vec<String>,
    methods: Methods,
    allow: Vec<String>,
    given: usize,
}

/// The route at a path, whatever the method is.
struct Reached<'r, 'p, T> {
    route: &'r Route<T>,
    /// Decoded.
    path: Cow<'p, str>,
    params: Vec<(String, String)>,
}

#[derive(Debug)]
enum Methods {
    Any,
    Listed,
}

#[derive(Debug, Default)]
struct Node {
    literals: HashMap<String, Node>,
    any: Option<Box<Node>>,
    end: Option<usize>,
}

/// What a request means.
#[derive(Debug, PartialEq, Eq)]
pub enum Lookup<'r, 'p, T> {
    /// This webhook.
    Found(Match<'r, 'p, T>),
    /// A webhook, but not by this method.
    MethodNotAllowed {
        /// The webhook.
        found: Match<'r, 'p, T>,
        /// Upper-case methods, for `Allow`.
        allow: &'r [String],
    },
    /// No webhook.
    NotFound,
}

/// The webhook a request means.
#[derive(Debug, PartialEq, Eq)]
pub struct Match<'r, 'p, T> {
    /// What stands behind it.
    pub target: &'r T,
    /// The request's path, decoded, without slashes around it.
    pub path: Cow<'p, str>,
    /// Values of `{name}` segments, decoded, in the order of the path.
    pub params: Vec<(String, String)>,
}

impl<T> Routes<T> {
    /// The table of these webhooks, and which of them stand in each other's way.
    pub fn build(endpoints: Vec<Endpoint<T>>) -> (Self, Vec<Conflict>) {
        let mut routes = Self { routes: Vec::new(), exact: HashMap::new(), tree: Node::default() };
        let mut conflicts = Vec::new();
        for (given, endpoint) in endpoints.into_iter().enumerate() {
            if let Err(served) = routes.add(endpoint, given) {
                conflicts.push(Conflict { served, shadowed: given });
            }
        }
        (routes, conflicts)
    }

    /// The webhook for a request path below `/hook/`, as it came (percent-encoded), and its method.
    pub fn lookup<'r, 'p>(&'r self, path: &'p str, method: &str) -> Lookup<'r, 'p, T> {
        let Some(Reached { route, path, params }) = self.at(path) else { return Lookup::NotFound };
        let found = Match { target: &route.target, path, params };
        if route.takes(method) { Lookup::Found(found) } else { Lookup::MethodNotAllowed { found, allow: &route.allow } }
    }

    fn at<'r, 'p>(&'r self, path: &'p str) -> Option<Reached<'r, 'p, T>> {
        let path = trim_slashes(path);
        if !path.contains('%')
            && let Some(&index) = self.exact.get(path)
        {
            return Some(Reached { route: &self.routes[index], path: Cow::Borrowed(path), params: Vec::new() });
        }
        let segments = decode(path)?;
        let (index, values) = self.find(&segments)?;
        let route = &self.routes[index];
        let params = route.names.iter().cloned().zip(values.into_iter().map(str::to_owned)).collect();
        Some(Reached { route, path: joined(path, &segments), params })
    }

    fn add(&mut self, endpoint: Endpoint<T>, given: usize) -> Result<(), usize> {
        let index = self.routes.len();
        let slot = match endpoint.pattern.literal() {
            Some(path) => self.exact.entry(path).or_insert(index),
            None => self.tree.end_of(endpoint.pattern.segments()).get_or_insert(index),
        };
        if *slot != index {
            let served = *slot;
            return Err(self.routes[served].given);
        }
        self.routes.push(Route::new(endpoint, given));
        Ok(())
    }

    fn find<'s>(&self, segments: &'s [Cow<'_, str>]) -> Option<(usize, Vec<&'s str>)> {
        // A slash that came encoded is a part of its segment, and no literal has one.
        if segments.iter().all(|segment| !segment.contains('/'))
            && let Some(&index) = self.exact.get(segments.join("/").as_str())
        {
            return Some((index, Vec::new()));
        }
        let mut values = Vec::new();
        self.tree.find(segments, &mut values).map(|index| (index, values))
    }
}

impl<T> Route<T> {
    fn new(endpoint: Endpoint<T>, given: usize) -> Self {
        let Endpoint { pattern, methods, target } = endpoint;
        let names = pattern.segments().iter().filter_map(|segment| match segment {
            Segment::Any(name) => Some(name.clone()),
            Segment::Literal(_) => None,
        });
        let (methods, allow) = if methods.is_empty() {
            (Methods::Any, COMMON.map(str::to_owned).to_vec())
        } else {
            (Methods::Listed, methods.into_iter().filter(|name| !WITHOUT_RUN.contains(&name.as_str())).collect())
        };
        Self { target, names: names.collect(), methods, allow, given }
    }

    fn takes(&self, method: &str) -> bool {
        match self.methods {
            Methods::Any => !WITHOUT_RUN.contains(&method),
            Methods::Listed => self.allow.iter().any(|name| name == method),
        }
    }
}

impl Node {
    fn end_of(&mut self, segments: &[Segment]) -> &mut Option<usize> {
        let Some((first, rest)) = segments.split_first() else { return &mut self.end };
        let child = match first {
            Segment::Literal(text) => self.literals.entry(text.clone()).or_default(),
            Segment::Any(_) => &mut **self.any.get_or_insert_default(),
        };
        child.end_of(rest)
    }

    /// The end that these segments lead to, and what its `{name}` segments matched. No deeper than the longest
    /// pattern, and no node is looked at twice.
    fn find<'s>(&self, segments: &'s [Cow<'_, str>], values: &mut Vec<&'s str>) -> Option<usize> {
        let Some((first, rest)) = segments.split_first() else { return self.end };
        if let Some(end) = self.literals.get(first.as_ref()).and_then(|child| child.find(rest, values)) {
            return Some(end);
        }
        let child = self.any.as_ref().filter(|_| !first.is_empty())?;
        values.push(first);
        let end = child.find(rest, values);
        if end.is_none() {
            values.pop();
        }
        end
    }
}

/// The segments of a path, decoded; none where they are not UTF-8.
fn decode(path: &str) -> Option<Vec<Cow<'_, str>>> {
    path.split('/').map(|segment| percent_decode_str(segment).decode_utf8().ok()).collect()
}

fn joined<'p>(path: &'p str, segments: &[Cow<'_, str>]) -> Cow<'p, str> {
    if path.contains('%') { Cow::Owned(segments.join("/")) } else { Cow::Borrowed(path) }
}

#[cfg(test)]
mod tests;
