//! Where the file lies that a page of the web shows: people copy the address of what they see.

use url::Url;

/// The address of the file itself; of a page that is not known, the address as it is.
pub(crate) fn of_file(page: &Url) -> Url {
    let segments: Vec<&str> = page.path_segments().into_iter().flatten().filter(|it| !it.is_empty()).collect();
    let host = page.host_str().unwrap_or_default().trim_start_matches("www.");
    let address = match (host, segments.as_slice()) {
        ("github.com", [owner, repository, "blob", rest @ ..]) if rest.len() > 1 => {
            format!("https://raw.githubusercontent.com/{owner}/{repository}/{}", rest.join("/"))
        }
        ("gist.github.com", [owner, gist]) => format!("https://gist.githubusercontent.com/{owner}/{gist}/raw"),
        ("gitlab.com", _) => page.as_str().replacen("/-/blob/", "/-/raw/", 1),
        // What n8n's own editor asks for a template (`/workflows/templates/ID` below its `N8N_TEMPLATES_HOST`).
        ("n8n.io", [.., "workflows", last]) => match number(last) {
            Some(template) => format!("https://api.n8n.io/api/workflows/templates/{template}"),
            None => return page.clone(),
        },
        _ => return page.clone(),
    };
    Url::parse(&address).unwrap_or_else(|_| page.clone())
}

/// What the file is called: the last part of the page's path, without a template's number.
pub(crate) fn name(page: &Url) -> String {
    let last = page.path_segments().and_then(|mut it| it.rfind(|it| !it.is_empty())).unwrap_or("imported");
    let name = percent_encoding::percent_decode_str(last).decode_utf8_lossy();
    match (page.host_str(), number(&name)) {
        (Some("n8n.io" | "www.n8n.io"), Some(number)) => {
            name[number.len()..].trim_start_matches('-').to_owned() + ".json"
        }
        _ => name.into_owned(),
    }
}

/// The number that a template's page begins with: `1750-some-words`.
fn number(page: &str) -> Option<&str> {
    let digits = page.bytes().take_while(u8::is_ascii_digit).count();
    (digits > 0 && matches!(page.as_bytes().get(digits), None | Some(b'-'))).then(|| &page[..digits])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(page: &str, file: &str, called: &str) {
        let page = Url::parse(page).unwrap();
        assert_eq!((of_file(&page).as_str(), name(&page).as_str()), (file, called));
    }

    #[test]
    fn pages_lead_to_their_files() {
        let raw = "https://raw.githubusercontent.com/a/b/main/deep/x.json";
        check("https://github.com/a/b/blob/main/deep/x.json?plain=1#L3", raw, "x.json");
        check(
            "https://gist.github.com/ada/0123abcd",
            "https://gist.githubusercontent.com/ada/0123abcd/raw",
            "0123abcd",
        );
        let gitlab = "https://gitlab.com/g/sub/p/-/raw/main/x%20y.json";
        check("https://gitlab.com/g/sub/p/-/blob/main/x%20y.json", gitlab, "x y.json");
        let template = "https://api.n8n.io/api/workflows/templates/1750";
        check("https://n8n.io/workflows/1750-creating-an-api/", template, "creating-an-api.json");
        check("https://n8n.io/workflows/1750", template, ".json");
    }

    #[test]
    fn other_addresses_are_those_of_files() {
        check("https://example.com/x.json", "https://example.com/x.json", "x.json");
        check("https://github.com/a/b", "https://github.com/a/b", "b");
        check("https://n8n.io/workflows/categories", "https://n8n.io/workflows/categories", "categories");
        check("http://127.0.0.1:8080/", "http://127.0.0.1:8080/", "imported");
    }
}
