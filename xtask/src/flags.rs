//! What follows a chore's name: `--name value` pairs, and switches.

use std::collections::BTreeMap;
use std::str::FromStr;

use anyhow::{Context, anyhow, bail};

/// The flags that were given.
pub(crate) struct Flags(BTreeMap<String, String>);

impl Flags {
    /// Reads `--name value` and `--name=value`; refuses names that are not in `known`.
    pub(crate) fn parse(arguments: Vec<String>, known: &[&str]) -> anyhow::Result<Self> {
        Self::parse_with_switches(arguments, known, &[])
    }

    /// The same, where names in `switches` take no value.
    pub(crate) fn parse_with_switches(
        arguments: Vec<String>,
        known: &[&str],
        switches: &[&str],
    ) -> anyhow::Result<Self> {
        let mut given = BTreeMap::new();
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            if switches.contains(&argument.as_str()) {
                given.insert(argument, String::new());
                continue;
            }
            let (name, value) = match argument.split_once('=') {
                Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
                None => (argument, None),
            };
            if !known.contains(&name.as_str()) {
                bail!("there is no {name:?} here; known are {}", [known, switches].concat().join(", "));
            }
            let value = value.or_else(|| arguments.next()).with_context(|| format!("{name} needs a value"))?;
            given.insert(name, value);
        }
        Ok(Self(given))
    }

    /// Whether a flag or switch was given.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The value of a flag; nothing when it was not given.
    pub(crate) fn get<T: FromStr>(&self, name: &str) -> anyhow::Result<Option<T>> {
        let Some(text) = self.0.get(name) else { return Ok(None) };
        text.parse().map(Some).map_err(|_| anyhow!("{name} cannot be {text:?}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> anyhow::Result<Flags> {
        Flags::parse(words.iter().map(|word| (*word).to_owned()).collect(), &["--seconds", "--only"])
    }

    #[test]
    fn reads_pairs() -> anyhow::Result<()> {
        let flags = parse(&["--only", "hello", "--seconds=2"])?;
        assert_eq!(flags.get::<u32>("--seconds")?, Some(2));
        assert_eq!(flags.get::<String>("--only")?.as_deref(), Some("hello"));
        assert_eq!(parse(&[])?.get::<u32>("--seconds")?, None);
        Ok(())
    }

    #[test]
    fn reads_switches() -> anyhow::Result<()> {
        let words = ["--peers", "--seconds", "2"].map(str::to_owned).to_vec();
        let flags = Flags::parse_with_switches(words, &["--seconds"], &["--peers"])?;
        assert!(flags.has("--peers") && !parse(&[])?.has("--peers"));
        assert_eq!(flags.get::<u32>("--seconds")?, Some(2));
        Ok(())
    }

    #[test]
    fn says_what_is_wrong() {
        let check = |words: &[&str], expected: &str| {
            let said = parse(words).and_then(|flags| flags.get::<u32>("--seconds")).map_err(|error| error.to_string());
            assert_eq!(said, Err(expected.to_owned()));
        };
        check(&["--second", "2"], "there is no \"--second\" here; known are --seconds, --only");
        check(&["--seconds"], "--seconds needs a value");
        check(&["--seconds", "two"], "--seconds cannot be \"two\"");
    }
}
