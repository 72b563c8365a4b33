//! What rules of mailboxes elsewhere are in ours.

/// A text that is looked for, as `where` of a `mail` trigger has it: what would be read as a pattern is written as one.
pub(crate) fn pattern(text: &str) -> String {
    if !text.contains(['*', '?']) && !text.starts_with('/') {
        return text.to_owned();
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if r"\.+*?()|[]{}^$#&-~/".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    format!("/{escaped}/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_pattern_is_a_text() {
        for (text, expected) in
            [("bank@example.com", "bank@example.com"), ("Really?", r"/Really\?/"), ("/a*", r"/\/a\*/")]
        {
            assert_eq!(pattern(text), expected);
            let scenario =
                format!("trigger:\n  mail:\n    connection: a\n    where: {{ subject: '{expected}' }}\nsteps: []\n");
            let (plan, found) = scenario::check(&scenario, &scenario::catalog::Catalog::default());
            assert!(plan.is_some(), "{found:?}");
        }
    }
}
