//! `Cargo.lock`, as far as rules ask it: which packages are there, and what each of them leads to.

use std::collections::{BTreeMap, BTreeSet};

/// The packages of a lock file.
pub(crate) struct Lock {
    /// By name and version, with what each depends on: `NAME`, or `NAME VERSION` where there are several.
    packages: BTreeMap<(String, String), Vec<String>>,
}

impl Lock {
    /// Reads what cargo writes: tables `[[package]]` of lines `name = "…"`, `version = "…"` and a list of dependencies.
    pub(crate) fn parse(text: &str) -> Self {
        let packages = text.split("[[package]]").skip(1).filter_map(|table| {
            let field = |name: &str| {
                let value = table.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(" = "))?;
                Some(value.trim_matches('"').to_owned())
            };
            let listed = table.split_once("dependencies = [").map_or("", |(_, rest)| rest);
            let listed = listed.lines().skip(1).take_while(|line| !line.starts_with(']'));
            let dependencies = listed.map(|line| line.trim().trim_matches(['"', ',']).to_owned()).collect();
            Some(((field("name")?, field("version")?), dependencies))
        });
        Self { packages: packages.collect() }
    }

    /// Each package that is there in several versions, with these.
    pub(crate) fn duplicates(&self) -> BTreeMap<&str, Vec<&str>> {
        let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (name, version) in self.packages.keys() {
            versions.entry(name).or_default().push(version);
        }
        versions.retain(|_, versions| versions.len() > 1);
        versions
    }

    /// The names of all that a package leads to, for tests and on any system, too.
    pub(crate) fn reach(&self, name: &str) -> BTreeSet<&str> {
        let mut reached = BTreeSet::new();
        let mut open = self.named(name);
        while let Some(package) = open.pop() {
            if reached.insert(package) {
                let dependencies = self.packages.get(package).into_iter().flatten();
                open.extend(dependencies.flat_map(|dependency| self.named(dependency)));
            }
        }
        reached.into_iter().map(|(name, _)| name.as_str()).collect()
    }

    /// The packages that `NAME` or `NAME VERSION` means.
    fn named(&self, dependency: &str) -> Vec<&(String, String)> {
        let mut words = dependency.split(' ');
        let (name, version) = (words.next().unwrap_or_default(), words.next());
        let is_meant = |package: &&(String, String)| package.0 == name && version.is_none_or(|it| package.1 == it);
        self.packages.keys().filter(is_meant).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_lock_file_says() {
        let lock = Lock::parse(
            "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\ndependencies = [\n \"b 2.0.0\",\n]\n\n\
             [[package]]\nname = \"b\"\nversion = \"1.0.0\"\ndependencies = [\n \"c\",\n]\n\n\
             [[package]]\nname = \"b\"\nversion = \"2.0.0\"\ndependencies = [\n \"d\",\n]\n\n\
             [[package]]\nname = \"c\"\nversion = \"1.0.0\"\n\n[[package]]\nname = \"d\"\nversion = \"1.0.0\"\n",
        );
        assert_eq!(lock.duplicates(), BTreeMap::from([("b", vec!["1.0.0", "2.0.0"])]));
        assert_eq!(lock.reach("a"), BTreeSet::from(["a", "b", "d"]));
    }
}
