//! `webhook:` an HTTP request starts the scenario.

use crate::check::Checker;
use crate::diagnostic::{Diagnostic, Place};
use crate::plan::{Dedupe, Deduping, Network, Verify, Webhook, problem_of_path};
use crate::text::{Node, Value};
use std::collections::HashSet;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

pub(super) const KEYS: &[&str] =
    &["path", "methods", "allow", "cors", "verify", "dedupe", "each", "rate", "input", "wait", "max_body"];
pub(super) const DEDUPE_KEYS: &[&str] = &["key", "window"];
const METHODS: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE"];
/// For how long repeats of a delivery are recognised unless the scenario says otherwise: longer than senders try again.
const WINDOW: Duration = Duration::from_secs(24 * 60 * 60);

impl Checker<'_> {
    /// An HTTP endpoint. `place` is its key's.
    pub(super) fn webhook(&mut self, node: &Node, place: Place) -> Option<Webhook> {
        let fields = self.fields(node, "`webhook`", KEYS)?;
        let path = fields.get("path");
        Some(Webhook {
            path: path.and_then(|node| self.path(node)),
            place: path.map_or(place, |node| node.place),
            methods: fields.get("methods").map(|node| self.methods(node)).unwrap_or_default(),
            allow: fields.get("allow").map(|node| self.allow(node)).unwrap_or_default(),
            verify: fields.get("verify").map_or(Verify::Unsaid, |node| self.verify(node)),
            cors: fields.get("cors").map(|node| self.cors(node)).unwrap_or_default(),
            rate: fields.get("rate").and_then(|node| self.rate(node, "requests in a time")),
            each: fields.get("each").and_then(|node| self.each(node)),
            input: self.input(fields),
            wait: fields.get("wait").and_then(|node| self.positive_duration(node, "`wait`")),
            max_body: fields.get("max_body").and_then(|node| self.size(node, "`max_body`")),
            dedupe: fields.get("dedupe").map_or(Deduping::AsPreset, |node| self.deduping(node)),
        })
    }

    /// An expression, a map, or `false`.
    fn deduping(&mut self, node: &Node) -> Deduping {
        match node.value {
            Value::Bool(false) => return Deduping::Off,
            Value::Bool(true) => self.wrong_kind(node, "`dedupe`", "an expression, a map or `false`"),
            _ => return self.dedupe(node).map_or(Deduping::AsPreset, Deduping::By),
        }
        Deduping::AsPreset
    }

    /// An expression, or a map.
    fn dedupe(&mut self, node: &Node) -> Option<Dedupe> {
        if !matches!(node.value, Value::Map(_)) {
            return Some(Dedupe { key: self.expression(node, "`dedupe`")?, window: WINDOW });
        }
        let fields = self.fields(node, "`dedupe`", DEDUPE_KEYS)?;
        let window = fields.get("window").and_then(|node| self.positive_duration(node, "`window`")).unwrap_or(WINDOW);
        let Some(key) = fields.get("key") else {
            self.report(Diagnostic::missing_key(fields.place, "key", "`dedupe`"));
            return None;
        };
        Some(Dedupe { key: self.expression(key, "`key`")?, window })
    }

    fn path(&mut self, node: &Node) -> Option<Arc<str>> {
        let path = self.text(node, "`path`")?;
        if let Some(problem) = problem_of_path(path) {
            self.report(Diagnostic::bad_path(node.place, path, &problem));
            return None;
        }
        let mut parameters = HashSet::new();
        for segment in path.split('/') {
            let parameter = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
            if let Some(name) = parameter
                && !parameters.insert(name)
            {
                self.report(Diagnostic::repeated_parameter(node.place, name));
            }
        }
        Some(path.into())
    }

    fn methods(&mut self, node: &Node) -> Vec<String> {
        let mut methods = Vec::new();
        for node in self.filled_list(node, "`methods`") {
            let Some(method) = self.text(node, "a method") else { continue };
            if !METHODS.contains(&method) {
                self.report(Diagnostic::unknown_method(node.place, method, METHODS));
            }
            methods.push(method.to_owned());
        }
        methods
    }

    fn allow(&mut self, node: &Node) -> Vec<Network> {
        let mut networks = Vec::new();
        for node in self.filled_list(node, "`allow`") {
            let Some(text) = self.text(node, "an address range") else { continue };
            match parse_network(text) {
                Some(network) => networks.push(network),
                None => self.report(Diagnostic::bad_network(node.place, text)),
            }
        }
        networks
    }

    /// A list with something in it. An empty one would be read as "anything" by some and as "nothing" by others.
    pub(super) fn filled_list<'n>(&mut self, node: &'n Node, what: &str) -> &'n [Node] {
        let Some(list) = self.list(node, what) else { return &[] };
        if list.is_empty() {
            self.report(Diagnostic::out_of_range(node.place, what, "a list with something in it", "empty"));
        }
        list
    }
}

/// An address, or a range of them. Strict: octets with leading zeros are octal to some programs and decimal to others.
fn parse_network(text: &str) -> Option<Network> {
    let (address, prefix) = match text.split_once('/') {
        Some((address, prefix)) => (address, Some(prefix)),
        None => (text, None),
    };
    let address: IpAddr = address.parse().ok()?;
    let longest = if address.is_ipv4() { 32 } else { 128 };
    let prefix = match prefix {
        Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => digits.parse().ok()?,
        Some(_) => return None,
        None => longest,
    };
    let network = ipnet::IpNet::new(address, prefix).ok()?.trunc();
    Some(Network { address: network.addr(), prefix })
}
