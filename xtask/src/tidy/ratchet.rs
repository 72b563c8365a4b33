//! Lists of exceptions that may only shrink: whoever adds to what a rule forbids is told, and so is whoever mends something
//! and leaves it in the list.

use std::collections::BTreeMap;

use super::sources::Source;

/// A rule that measures things.
pub(crate) struct Ratchet {
    /// The list: lines `NAME NUMBER`, and comments.
    pub(crate) list: &'static str,
    /// What is allowed that is not in the list.
    pub(crate) limit: usize,
}

impl Ratchet {
    /// Complaints about what is larger than the limit or the list allows, and about entries that could go.
    pub(crate) fn check(&self, files: &[Source], measured: impl IntoIterator<Item = (String, usize)>) -> Vec<String> {
        let list = files.iter().find(|file| file.path.as_os_str() == self.list);
        let large = measured.into_iter().filter(|(_, lines)| *lines > self.limit).collect();
        self.compare(&large, &allowed(list.map_or("", |file| &file.text)))
    }

    fn compare(&self, large: &BTreeMap<String, usize>, allowed: &BTreeMap<String, usize>) -> Vec<String> {
        let mut complaints = Vec::new();
        for (name, lines) in large {
            let limit = allowed.get(name).copied().unwrap_or(self.limit);
            if *lines > limit {
                complaints.push(format!("{name} has {lines} lines, {limit} are allowed"));
            }
        }
        for (name, limit) in allowed {
            match large.get(name) {
                None => complaints.push(format!("{name} is short now: take it out of {}", self.list)),
                Some(lines) if lines < limit => {
                    complaints.push(format!("{name} has {lines} lines now: say so in {}", self.list))
                }
                Some(_) => {}
            }
        }
        complaints
    }
}

fn allowed(list: &str) -> BTreeMap<String, usize> {
    let entries = list.lines().filter(|line| !line.starts_with('#'));
    entries
        .filter_map(|line| {
            let (name, lines) = line.rsplit_once(' ')?;
            Some((name.to_owned(), lines.parse().ok()?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_may_only_shrink() {
        let list = "# path::function lines\na.rs::grown 70\na.rs::same 80\na.rs::shrunk 90\na.rs::gone 99\n";
        let files = [Source { path: "xtask/list.txt".into(), text: list.to_owned() }];
        let measured = [("a.rs::grown", 71), ("a.rs::same", 80), ("a.rs::shrunk", 89), ("a.rs::new", 61), ("b", 60)];
        let measured = measured.map(|(name, lines)| (name.to_owned(), lines));
        let expected = [
            "a.rs::grown has 71 lines, 70 are allowed",
            "a.rs::new has 61 lines, 60 are allowed",
            "a.rs::gone is short now: take it out of xtask/list.txt",
            "a.rs::shrunk has 89 lines now: say so in xtask/list.txt",
        ];
        assert_eq!(Ratchet { list: "xtask/list.txt", limit: 60 }.check(&files, measured), expected);
    }
}
