//! Hosts of URLs, and what people call them.

use crate::ids::slug;
use crate::ours::{Part, Text};

/// The host of a URL with its port, where it is told without an expression.
pub(crate) fn of_url(url: &Text) -> Option<String> {
    let Some(Part::Literal(begin)) = url.parts().first() else { return None };
    let (_, rest) = begin.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let is_whole = authority.len() < rest.len() || url.parts().len() == 1;
    let host = authority.rsplit('@').next().filter(|host| is_whole && !host.is_empty())?;
    Some(host.to_ascii_lowercase())
}

/// What a host is called: `api.openai.com` is `openai`.
pub(crate) fn called(host: &str) -> String {
    let name = host.split(':').next().unwrap_or_default();
    let labels: Vec<&str> = name.split('.').filter(|label| !label.is_empty()).collect();
    let is_address = labels.iter().all(|label| label.bytes().all(|byte| byte.is_ascii_digit()));
    let told = match labels.as_slice() {
        _ if is_address => "http",
        [only] => only,
        [.., name, second, top] if second.len() <= 3 && top.len() == 2 => name,
        [.., name, _] => name,
        [] => "http",
    };
    slug(told, "http")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_called_by_their_names() {
        for (url, host, name) in [
            ("https://api.openai.com/v1", Some("api.openai.com"), "openai"),
            ("https://google.serper.dev", Some("google.serper.dev"), "serper"),
            ("https://shop.example.co.uk/a", Some("shop.example.co.uk"), "example"),
            ("http://127.0.0.1:8080/a", Some("127.0.0.1:8080"), "http"),
            ("http://localhost/a", Some("localhost"), "localhost"),
            ("/a", None, ""),
        ] {
            let found = of_url(&Text::literal(url));
            assert_eq!(found.as_deref(), host);
            assert_eq!(found.map(|host| called(&host)).unwrap_or_default(), name, "{url}");
        }
        let computed = Text::of([Part::Literal("https://a".to_owned()), Part::Value(crate::ours::Expr::name("x"))]);
        assert_eq!(of_url(&computed), None);
    }
}
