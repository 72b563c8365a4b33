//! Which pages of other sites may call a webhook and read its answer (Fetch standard, §3.2 "CORS protocol").
//!
//! Cookies and credentials are never let through, so a page can do nothing that any other program could not do.

use super::headers;
use std::borrow::Cow;

/// For how long a browser remembers what a webhook allows, in seconds.
const MAX_AGE: &str = "600";

/// The pages that may call a webhook.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Cors {
    /// None: no header is sent, and browsers keep the answer from pages.
    #[default]
    Nobody,
    /// All.
    Anybody,
    /// Those of these origins, lower-case (RFC 6454 §6.2): `https://shop.example.com`.
    Origins(Vec<String>),
}

/// A response header: its name, and its value.
pub type Field = (&'static str, Cow<'static, str>);

impl Cors {
    /// What `cors` says: nothing, `*`, or origins.
    pub fn of(origins: &[String]) -> Self {
        match origins {
            [] => Self::Nobody,
            origins if origins.iter().any(|origin| origin == "*") => Self::Anybody,
            origins => Self::Origins(origins.iter().map(|origin| normal(origin)).collect()),
        }
    }

    /// The headers that an answer to this request carries, so that the page that sent it may read the answer.
    pub fn headers(&self, request: &[(&str, &[u8])]) -> Vec<Field> {
        let mut fields = self.allowed(request);
        if self.allows(request) {
            // Else pages see none but the few that the standard names.
            fields.push(("access-control-expose-headers", "*".into()));
        }
        fields
    }

    /// The headers of the answer to a browser that asks whether its page may send a request (`OPTIONS`). `methods` are those
    /// that the webhook takes. None: it is no such question.
    pub fn preflight(&self, request: &[(&str, &[u8])], methods: &[String]) -> Option<Vec<Field>> {
        header(request, "origin")?;
        header(request, "access-control-request-method")?;
        let mut fields = self.allowed(request);
        if self.allows(request) {
            fields.push(("access-control-allow-methods", methods.join(", ").into()));
            if let Some(asked) = header(request, "access-control-request-headers").and_then(names) {
                fields.push(("access-control-allow-headers", asked.into()));
            }
            fields.push(("access-control-max-age", MAX_AGE.into()));
        }
        Some(fields)
    }

    /// Whether the page that sends this request may. A page without an origin (`null`: a file, a sandbox) is no one's, and
    /// never on a list.
    fn allows(&self, request: &[(&str, &[u8])]) -> bool {
        let Some(origin) = header(request, "origin") else { return false };
        match self {
            Self::Nobody => false,
            Self::Anybody => true,
            Self::Origins(origins) => origin != "null" && origins.contains(&normal(&origin)),
        }
    }

    fn allowed(&self, request: &[(&str, &[u8])]) -> Vec<Field> {
        match self {
            Self::Nobody => Vec::new(),
            Self::Anybody => vec![("access-control-allow-origin", "*".into())],
            // The answer differs by origin, so that caches must not give it to another one.
            Self::Origins(_) => {
                let allowed = header(request, "origin").filter(|_| self.allows(request));
                let allowed = allowed.map(|origin| ("access-control-allow-origin", Cow::Owned(origin.into_owned())));
                [("vary", Cow::Borrowed("Origin"))].into_iter().chain(allowed).collect()
            }
        }
    }
}

/// An origin in the one way it is compared: in lower case, without a final slash.
fn normal(origin: &str) -> String {
    origin.trim().trim_end_matches('/').to_ascii_lowercase()
}

fn header<'r>(request: &[(&str, &'r [u8])], name: &str) -> Option<Cow<'r, str>> {
    let found = request.iter().find(|(field, _)| field.eq_ignore_ascii_case(name));
    found.map(|(_, value)| headers::text(value))
}

/// The names of headers in a list; none where something else is in it, which must not be said back.
fn names(list: Cow<'_, str>) -> Option<String> {
    let is_name = |name: &str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
    };
    let names: Vec<&str> = list.split(',').map(str::trim).collect();
    names.iter().all(|name| is_name(name)).then(|| names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOP: &str = "https://shop.example.com";

    fn listed() -> Cors {
        Cors::of(&[SHOP.to_owned(), "http://localhost:3000/".to_owned()])
    }

    fn asking<'a>(origin: &'a str, headers: &'a str) -> Vec<(&'a str, &'a [u8])> {
        vec![
            ("Origin", origin.as_bytes()),
            ("Access-Control-Request-Method", b"POST"),
            ("access-control-request-headers", headers.as_bytes()),
        ]
    }

    fn written(fields: &[Field]) -> String {
        fields.iter().map(|(name, value)| format!("{name}: {value}\n")).collect()
    }

    #[test]
    fn a7_a_page_on_the_list_may_call() {
        let methods = ["POST".to_owned(), "GET".to_owned()];
        let told = listed().preflight(&asking(SHOP, "content-type, X-Key"), &methods).unwrap();
        let expected = "vary: Origin\naccess-control-allow-origin: https://shop.example.com\n\
                        access-control-allow-methods: POST, GET\naccess-control-allow-headers: content-type, X-Key\n\
                        access-control-max-age: 600\n";
        assert_eq!(written(&told), expected);
        let told = listed().headers(&[("origin", b"HTTP://LOCALHOST:3000")]);
        let expected =
            "vary: Origin\naccess-control-allow-origin: HTTP://LOCALHOST:3000\naccess-control-expose-headers: *\n";
        assert_eq!(written(&told), expected);
    }

    #[test]
    fn a7_other_pages_and_pages_without_an_origin_may_not() {
        for origin in [
            "null",
            "https://shop.example.com.evil.example",
            "https://evil-shop.example.com",
            "http://shop.example.com",
            "https://shop.example.com:444",
            "https://shop.example.com@evil.example",
            "",
            "*",
        ] {
            let told = listed().preflight(&asking(origin, "a"), &["POST".to_owned()]).unwrap();
            assert_eq!(written(&told), "vary: Origin\n", "{origin}");
            assert_eq!(written(&listed().headers(&[("origin", origin.as_bytes())])), "vary: Origin\n", "{origin}");
        }
        let names_null = Cors::of(&["null".to_owned()]);
        assert_eq!(written(&names_null.headers(&[("origin", b"null")])), "vary: Origin\n");
    }

    #[test]
    fn a7_anybody_may_call_but_never_with_credentials() {
        let told = Cors::of(&["*".to_owned()]).preflight(&asking("https://any.example", "a"), &["POST".to_owned()]);
        let told = written(&told.unwrap());
        assert!(told.contains("access-control-allow-origin: *\n"), "{told}");
        assert!(!told.contains("credentials") && !told.contains("any.example"), "{told}");
    }

    #[test]
    fn a7_nobody_is_the_default() {
        assert_eq!(Cors::of(&[]), Cors::default());
        assert_eq!(Cors::Nobody.preflight(&asking(SHOP, "a"), &["POST".to_owned()]), Some(Vec::new()));
        assert_eq!(Cors::Nobody.headers(&[("origin", SHOP.as_bytes())]), []);
    }

    #[test]
    fn other_questions_are_none_of_ours() {
        assert_eq!(listed().preflight(&[("origin", SHOP.as_bytes())], &[]), None);
        assert_eq!(listed().preflight(&[("access-control-request-method", b"POST")], &[]), None);
    }

    #[test]
    fn w17_what_is_said_back_is_a_list_of_names() {
        for list in ["a b", "a,,b", "a\"", "<script>", "ü"] {
            let told = listed().preflight(&asking(SHOP, list), &["POST".to_owned()]).unwrap();
            assert!(!written(&told).contains("allow-headers"), "{list}");
        }
    }
}
