//! The secrets of a folder, from `secrets.yaml`: names, and where each takes its value from. The file holds no value
//! itself, so that it can be kept in Git.

use crate::connections::kept::Kept;
use crate::connections::text::{Key, Node, Tree, parse};
use crate::connections::{Fault, Machine, Origin, Problem, Sources, reference, referred};
use scenario::secret::{Secret, Unavailable};
use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::path::Path;

/// A shorter secret, in characters, is none: it would be guessed, and hiding it would garble what is shown.
const SHORTEST: usize = 4;

/// All secrets of a folder. Never changes: a changed file is loaded anew.
#[derive(Debug, Default)]
pub struct Secrets {
    entries: BTreeMap<String, Result<Secret, String>>,
    /// Which of them no file has.
    kept: BTreeSet<String>,
    missing: Vec<Problem>,
}

impl Secrets {
    /// The secrets of this file, with references resolved in the environment and in the file's folder. A file that does
    /// not exist holds none. All mistakes in the text come at once; what is merely missing outside of it (see
    /// [`Secrets::missing`]) is none.
    pub fn load(path: &Path) -> Result<Self, Vec<Problem>> {
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(&text, &Machine::around(path)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(vec![Problem::of_file(format!("{} cannot be read: {error}", path.display()))]),
        }
    }

    /// The secrets of this text, with references resolved by `sources`.
    pub fn parse(text: &str, sources: &dyn Sources) -> Result<Self, Vec<Problem>> {
        let tree = parse(text).map_err(|(place, message)| vec![Problem::of_text(place, message)])?;
        let fields = match tree.node {
            Node::Null => return Ok(Self::default()),
            Node::Map(fields) => fields,
            _ => {
                let message = "secrets.yaml must hold names with where their values are";
                return Err(vec![Problem::of_text(tree.place, message).hint("`shop: { env: SHOP_SECRET }`")]);
            }
        };
        let mut secrets = Self::default();
        let mut mistakes = Vec::new();
        for (name, tree) in &fields {
            match entry(name, tree, sources) {
                Ok(value) => secrets.add(name, tree, value),
                Err(problem) => mistakes.push(problem.named(&name.text)),
            }
        }
        if mistakes.is_empty() { Ok(secrets) } else { Err(mistakes) }
    }

    fn add(&mut self, name: &Key, tree: &Tree, value: Result<String, String>) {
        let value = value.and_then(long_enough);
        if let Err(why) = &value {
            let problem = Problem::of_text(tree.place, why.as_str()).named(&name.text);
            self.missing.push(Problem { fault: Fault::Missing, ..problem });
        }
        self.entries.insert(name.text.clone(), value);
    }

    /// The names of all secrets, those without a value included.
    pub fn names(&self) -> BTreeSet<String> {
        self.entries.keys().cloned().collect()
    }

    /// These, and those that were kept. A name that the file has is the file's.
    #[must_use]
    pub fn with_kept(mut self, kept: &Kept) -> Self {
        for (name, value) in &kept.secrets {
            if !self.entries.contains_key(name) {
                self.entries.insert(name.clone(), value.clone().and_then(long_enough));
                self.kept.insert(name.clone());
            }
        }
        self
    }

    /// All of them, by name: who made each, and why it cannot be used.
    pub fn list(&self) -> impl Iterator<Item = (&str, Origin, Option<&str>)> {
        self.entries.iter().map(|(name, value)| {
            let origin = if self.kept.contains(name) { Origin::Editor } else { Origin::File };
            (name.as_str(), origin, value.as_ref().err().map(String::as_str))
        })
    }

    /// What secrets refer to that is not there.
    pub fn missing(&self) -> &[Problem] {
        &self.missing
    }
}

impl run::setting::Secrets for Secrets {
    fn secret(&self, name: &str) -> Result<Secret, Unavailable> {
        let entry = self.entries.get(name).ok_or_else(|| Unavailable::unknown(name))?;
        entry.clone().map_err(|why| Unavailable::unread(name, &why))
    }
}

/// Whether a secret can have this name: so can expressions read it.
pub fn is_name(name: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && name.chars().all(is_word)
}

/// The secret that this text is, or why it is none.
pub fn long_enough(text: String) -> Result<Secret, String> {
    let is_long_enough = text.chars().count() >= SHORTEST;
    is_long_enough.then(|| Secret::new(text)).ok_or_else(|| format!("it has less than {SHORTEST} characters"))
}

/// What the reference of one secret leads to; an error is a mistake in the text.
fn entry(name: &Key, tree: &Tree, sources: &dyn Sources) -> Result<Result<String, String>, Problem> {
    if !is_name(&name.text) {
        let problem = Problem::of_text(name.place, "a secret's name is made of letters, digits, `_` and `-`");
        return Err(problem.hint("expressions read it as `secrets.NAME`"));
    }
    match (&tree.node, reference(tree)) {
        (_, Some((kind, to))) => Ok(referred(kind, to, sources)),
        (Node::Text(_) | Node::Number(_), None) => {
            let problem = Problem::of_text(tree.place, "a secret stands in the text");
            Err(problem
                .hint("name where it is: `{ env: VARIABLE }` or `{ file: path }`; and change it: it was readable"))
        }
        _ => {
            let problem = Problem::of_text(tree.place, "this names no place where the value is");
            Err(problem.hint("`{ env: VARIABLE }` or `{ file: path }`"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use run::setting::Secrets as _;

    struct Given;

    impl Sources for Given {
        fn env(&self, name: &str) -> Option<String> {
            [("SHOP", "from env"), ("PIN", "123"), ("EMPTY", "")].iter().find(|it| it.0 == name).map(|it| it.1.into())
        }

        fn file(&self, path: &str) -> Result<String, String> {
            if path == "stripe.key" { Ok("from file\r\n".into()) } else { Err("no such file".into()) }
        }
    }

    fn problems(text: &str) -> Vec<String> {
        let problems = match Secrets::parse(text, &Given) {
            Ok(secrets) => secrets.missing,
            Err(mistakes) => mistakes,
        };
        problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn values_come_by_reference() {
        let secrets = Secrets::parse("shop: { env: SHOP }\nstripe-key: { file: stripe.key }\n", &Given).unwrap();
        assert_eq!(secrets.secret("shop").unwrap().reveal(), "from env");
        assert_eq!(secrets.secret("stripe-key").unwrap().reveal(), "from file");
        assert_eq!(secrets.names().into_iter().collect::<Vec<_>>(), ["shop", "stripe-key"]);
        assert_eq!(secrets.secret("shpo").unwrap_err().message, "there is no secret `shpo`");
        assert!(!format!("{secrets:?}").contains("from"));
        assert!(problems("").is_empty());
    }

    #[test]
    fn mistakes_are_told_without_the_value() {
        let check = |text: &str, expected: &str| {
            let found = problems(text).join("; ");
            assert!(found.starts_with(expected), "{text}: {found}");
            assert!(!found.contains("hunter2"), "{found}");
        };
        check("shop: hunter2", "1:7: shop: a secret stands in the text");
        check("shop: 1234", "1:7: shop: a secret stands in the text");
        check("shop: { value: hunter2 }", "1:7: shop: this names no place");
        check("shop: { env: SHOP, file: x }", "1:7: shop: this names no place");
        check("shop: [hunter2]", "1:7: shop: this names no place");
        check("my shop: { env: SHOP }", "1:1: my shop: a secret's name");
        check("- a", "1:1: secrets.yaml must hold names");
        check("shop: {", "");
    }

    #[test]
    fn what_is_missing_breaks_that_one_alone() {
        let text = "a: { env: NOT }\nb: { file: not }\nc: { env: PIN }\nd: { env: EMPTY }\ne: { env: SHOP }";
        let secrets = Secrets::parse(text, &Given).unwrap();
        let missing: Vec<String> = secrets.missing().iter().map(ToString::to_string).collect();
        assert_eq!(
            missing,
            [
                "1:4: a: the environment variable NOT is not set",
                "2:4: b: the file not cannot be read: no such file",
                "3:4: c: it has less than 4 characters",
                "4:4: d: it has less than 4 characters",
            ]
        );
        assert!(secrets.secret("a").unwrap_err().message.contains("NOT is not set"));
        assert!(secrets.secret("e").is_ok());
    }
}
