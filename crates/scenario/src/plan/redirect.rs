//! Where an answer may send its caller: to a place that the author wrote, never to one that came out of data alone
//! (CWE-601).

use super::Respond;
use crate::expression::{Piece, Template};
use url::Url;

impl Respond {
    /// Whether a caller may be sent to `target`, which is what `template` came to: the author wrote the host, or listed it in
    /// `hosts`, or it is a place on this very server.
    pub fn may_redirect(&self, template: &Template, target: &str) -> bool {
        is_written(template) || is_here(target) || self.lists(target)
    }

    fn lists(&self, target: &str) -> bool {
        let Ok(url) = Url::parse(target) else { return false };
        let Some(host) = url.host_str().filter(|_| matches!(url.scheme(), "http" | "https")) else { return false };
        self.hosts.iter().any(|listed| match listed.strip_prefix("*.") {
            Some(parent) => host.strip_suffix(parent).is_some_and(|below| below.ends_with('.') && below.len() > 1),
            None => host == listed,
        })
    }
}

/// Whether the place is written, and no expression can change it.
fn is_written(template: &Template) -> bool {
    match template {
        Template::Literal(_) => true,
        Template::Text(pieces) => matches!(pieces.first(), Some(Piece::Text(start)) if names_place(start)),
        _ => false,
    }
}

/// Whether a text ends a host name, or begins a path, so that what follows is within it (RFC 3986 §3.2, §4.2).
fn names_place(start: &str) -> bool {
    match start.split_once("://") {
        Some((scheme, rest)) => {
            !scheme.contains(['/', '?', '#']) && rest.find(['/', '?', '#']).is_some_and(|at| at > 0)
        }
        None => is_here(start) && start.len() > 1,
    }
}

/// Whether a target is a place on this server. Browsers take `//` and `/\` for the start of a host name, and pass over tabs
/// and line ends (URL Standard, §4.4).
fn is_here(target: &str) -> bool {
    let mut characters = target.chars();
    let (first, second) = (characters.next(), characters.next());
    let is_path = first == Some('/') && !matches!(second, Some('/' | '\\'));
    (is_path || matches!(first, Some('?' | '#'))) && !target.contains(|character: char| character.is_control())
}

#[cfg(test)]
mod tests {
    use crate::catalog::Catalog;
    use crate::plan::{Content, Kind, Respond};

    fn respond(redirect: &str) -> Respond {
        let text = format!(
            "trigger: {{ webhook: {{ path: go, verify: none }} }}\nsteps:\n  - respond: {{ redirect: {redirect:?}, \
             hosts: [Pay.example.com, \"*.shop.example.com\"] }}\n"
        );
        let (plan, diagnostics) = crate::check(&text, &Catalog::default());
        let plan = plan.unwrap_or_else(|| panic!("{diagnostics:?}"));
        match &plan.steps[0].kind {
            Kind::Respond(respond) => respond.clone(),
            other => panic!("{other:?}"),
        }
    }

    fn check(redirect: &str, target: &str, expected: bool) {
        let respond = respond(redirect);
        let Content::Redirect(template) = &respond.content else { panic!("a redirect") };
        assert_eq!(respond.may_redirect(template, target), expected, "{redirect} gives {target}");
    }

    #[test]
    fn w18_a_place_that_is_written_may_be_gone_to() {
        for written in [
            "https://a.example/thanks",
            "https://a.example/{{ trigger.query.x }}",
            "https://a.example?next={{ trigger.query.x }}",
            "app://open/{{ trigger.query.x }}",
            "/thanks/{{ trigger.query.x }}",
            "?done={{ trigger.query.x }}",
        ] {
            check(written, "whatever it came to", true);
        }
    }

    #[test]
    fn w18_a_place_out_of_data_may_not() {
        for computed in [
            "{{ trigger.query.x }}",
            "https://{{ trigger.query.x }}",
            "https://a.example{{ trigger.query.x }}",
            "https:///{{ trigger.query.x }}",
            "/{{ trigger.query.x }}",
            "//{{ trigger.query.x }}/",
            "/\\a{{ trigger.query.x }}",
            "http{{ trigger.query.x }}",
            "{{ trigger.query.x }}/path",
        ] {
            for target in [
                "https://evil.example/",
                "//evil.example",
                "/\\evil.example",
                "/\t/evil.example",
                "javascript:alert(1)",
                "https://pay.example.com.evil.example/",
                "https://pay.example.com@evil.example/",
                "https://evil.example\\@pay.example.com/",
                "https://evilshop.example.com/",
                "https://shop.example.com/",
                "ftp://pay.example.com/",
                "",
            ] {
                check(computed, target, false);
            }
        }
    }

    #[test]
    fn w18_listed_hosts_and_this_server_may_be_gone_to() {
        for target in [
            "https://pay.example.com/checkout?x=1",
            "HTTPS://PAY.EXAMPLE.COM:8443/",
            "https://eu.shop.example.com/",
            "https://a.b.shop.example.com/",
            "/thanks",
            "/",
            "?x=//evil.example",
        ] {
            check("{{ trigger.query.x }}", target, true);
        }
    }
}
