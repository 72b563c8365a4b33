//! A call of a catalogue module: its connection, its parameters, and the host its author trusts.

use crate::catalog::ModuleSpec;
use crate::check::Checker;
use crate::check::templates::has_expression;
use crate::diagnostic::{Diagnostic, Place};
use crate::plan::CallStep;
use crate::text::{Entry, Node};
use std::sync::Arc;

impl Checker<'_> {
    /// The call that a step's module key asks for.
    pub(super) fn call(&mut self, module: &Entry) -> Option<CallStep> {
        let Entry { key, node } = module;
        let spec = self.catalog.module(&key.text)?;
        let fields = self.open_fields(node, &format!("`{}`", key.text))?;
        let connection = fields.entry("connection").filter(|_| !spec.connections.is_empty());
        let connection = self.connection(connection, key.place, &spec);
        let takes = |entry: &&Entry| spec.connections.is_empty() || entry.key.text != "connection";
        let own: Vec<Entry> = fields.entries().iter().filter(takes).cloned().collect();
        let own = node.with_entries(own, key.place);
        self.parameters(&spec, &own);
        let author_host = spec.url_parameter.as_deref().and_then(|name| own.get(name)?.text()).and_then(author_host_of);
        Some(CallStep { parameters: self.parameter_template(&spec, &own)?, connection, author_host })
    }

    fn connection(&mut self, entry: Option<&Entry>, place: Place, spec: &ModuleSpec) -> Option<Arc<str>> {
        let types: Vec<&str> = spec.connections.iter().map(String::as_str).collect();
        let Some(Entry { node, .. }) = entry else {
            if spec.needs_connection {
                self.report(Diagnostic::missing_connection(place, &spec.name, &types));
            }
            return None;
        };
        self.named_connection(node, &spec.name, &types)
    }

    /// The connection of one of these types that is named for a module or a trigger.
    pub(super) fn named_connection(&mut self, node: &Node, user: &str, types: &[&str]) -> Option<Arc<str>> {
        let name = self.text(node, "`connection`")?;
        if has_expression(name) {
            self.report(Diagnostic::computed_connection(node.place));
            return None;
        }
        let catalog = self.catalog;
        if let Some(known) = catalog.connections() {
            match known.get(name) {
                None => {
                    // Those that would fit first; a name that is near wins anyway.
                    let fitting = known.iter().filter(|(_, of)| types.contains(&of.as_str()));
                    let names = self.candidates(fitting.map(|(name, _)| name.as_str()));
                    self.report(Diagnostic::unknown_connection(node.place, name, names));
                }
                Some(of) if !types.contains(&of.as_str()) => {
                    self.report(Diagnostic::wrong_connection(node.place, name, of, user, types));
                }
                Some(_) => {}
            }
        }
        Some(name.into())
    }
}

/// The `host[:port]` of a URL whose author wrote it literally to the end of the authority (RFC 3986, 3.2). Backslashes
/// end it too, as they do for URL parsers (WHATWG URL, 4.4).
fn author_host_of(url: &str) -> Option<Arc<str>> {
    let url = url.trim_start();
    let literal = url.split("{{").next().unwrap_or_default();
    let scheme = ["http://", "https://"]
        .into_iter()
        .find(|scheme| literal.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))?;
    let rest = &literal[scheme.len()..];
    let authority = match rest.find(['/', '?', '#', '\\']) {
        Some(end) => &rest[..end],
        None if literal.len() == url.len() => rest,
        None => return None,
    };
    let parsed = url::Url::parse(&format!("{scheme}{authority}/")).ok()?;
    let host = parsed.host_str()?.to_ascii_lowercase();
    Some(match parsed.port() {
        Some(port) => format!("{host}:{port}").into(),
        None => host.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::author_host_of;

    #[test]
    fn a_host_is_the_authors_when_it_is_literal_to_its_end() {
        let check = |url: &str, expected: Option<&str>| {
            assert_eq!(author_host_of(url).as_deref(), expected, "{url}");
        };
        check("http://127.0.0.1:99/x/{{ y }}", Some("127.0.0.1:99"));
        check("https://Example.COM", Some("example.com"));
        check("HTTPS://example.com?q={{ q }}", Some("example.com"));
        check("https://example.com:443/", Some("example.com"));
        check("http://[::1]:81/{{ x }}", Some("[::1]:81"));
        check("http://user@example.com/{{ x }}", Some("example.com"));
        check("http://2130706433/", Some("127.0.0.1"));
        check("http://example.com\\{{ x }}", Some("example.com"));
        check("http://{{ host }}/", None);
        check("http://a.example{{ x }}/", None);
        check("http://a.example:{{ port }}/", None);
        check("{{ scheme }}://a.example/", None);
        check("{{ url }}", None);
        check("http:///{{ x }}", None);
        check("ftp://a.example/", None);
    }
}
