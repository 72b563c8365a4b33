//! The function library. Every function is a line of a table: how it is written, what it does, an example that is run
//! as a test, and the code. `f(x, y)` and `x.f(y)` are the same call.

mod aes;
mod call;
mod checks;
mod csv;
pub(crate) mod dates;
mod elsewhere;
mod encoding;
mod hash;
mod html;
mod identity;
mod json;
mod jsonpath;
mod jwt;
mod lists;
mod maps;
mod notation;
mod number_format;
mod numbers;
mod options;
mod reference;
mod regex;
mod spelling;
mod statistics;
mod text;
mod url;
mod values;
mod words;
mod xml;
mod yaml;

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod known;
#[cfg(test)]
mod odd;
#[cfg(test)]
mod tests;

pub(crate) use call::Call;
pub(crate) use html::escaped;
pub use reference::reference;
pub(crate) use regex::problem_of_pattern;

use crate::expression::fault::Fault;
use crate::expression::nearest as nearest_of;
use rhai::Dynamic;
use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

/// One function, as the reference shows it.
pub struct Function {
    /// Its name.
    pub name: &'static str,
    /// What it belongs to: `text`, `number`, `list`, `map`, `time`, `json`, `encoding`, `crypto`, `random`, `check`….
    pub group: &'static str,
    /// How it is written: `truncate(text, length, ending?) -> text`. `?` marks what may be left out.
    pub signature: &'static str,
    /// What it does, in a sentence.
    pub doc: &'static str,
    /// What makes it fail beyond arguments of the wrong type, in a sentence; empty where nothing does.
    pub errors: &'static str,
    /// An expression that uses it.
    pub example: &'static str,
    /// What the example gives, as JSON.
    pub result: &'static str,
    pub(crate) run: Run,
}

/// The code of a function.
pub(crate) type Run = fn(&mut Call<'_, '_>) -> Result<Dynamic, Fault>;

/// All functions, in the order of the reference.
pub fn all() -> impl Iterator<Item = &'static Function> {
    [
        text::TABLE,
        words::TABLE,
        spelling::TABLE,
        regex::TABLE,
        numbers::TABLE,
        number_format::TABLE,
        statistics::TABLE,
        lists::WALKS,
        lists::PARTS,
        lists::KEYS,
        lists::SETS,
        maps::TABLE,
        values::TABLE,
        dates::CALENDAR,
        dates::FORMATS,
        dates::PARTS,
        dates::COMPARE,
        json::TABLE,
        jsonpath::TABLE,
        csv::TABLE,
        xml::TABLE,
        yaml::TABLE,
        html::TABLE,
        url::TABLE,
        encoding::TABLE,
        hash::TABLE,
        aes::TABLE,
        jwt::TABLE,
        identity::TABLE,
        checks::TABLE,
    ]
    .into_iter()
    .flatten()
}

/// The function of this name.
pub(crate) fn find(name: &str) -> Option<&'static Function> {
    static BY_NAME: LazyLock<HashMap<&str, &Function>> =
        LazyLock::new(|| all().map(|function| (function.name, function)).collect());
    BY_NAME.get(name).copied()
}

/// The function that was probably meant: one that is spelled nearly so, or what others call it.
pub(crate) fn nearest(name: &str) -> Option<&'static str> {
    elsewhere(name).or_else(|| nearest_of(name, all().map(|function| function.name)))
}

/// The function that others call so.
pub(crate) fn elsewhere(name: &str) -> Option<&'static str> {
    elsewhere::NAMES.iter().find(|(other, _)| *other == name).map(|(_, ours)| *ours)
}

impl Function {
    /// Whether it can be called with this many arguments, as its signature says.
    pub(crate) fn accepts(&self, arguments: usize) -> bool {
        let all = self.parameters().count();
        let optional = self.parameters().filter(|parameter| parameter.ends_with('?')).count();
        (all - optional..=all).contains(&arguments)
    }

    /// Whether the argument at this position, the first is 0, is a key, and may be a secret.
    pub fn takes_secret(&self, position: usize) -> bool {
        self.parameters().nth(position).is_some_and(|name| self.is_key(name))
    }

    /// Whether the argument at this position is a list of which the items may be secrets.
    pub fn takes_secret_parts(&self, position: usize) -> bool {
        self.parameters().nth(position).is_some_and(|name| self.is_parts(name))
    }

    /// How many operations a call takes beside what it counts itself: those on times and keys do much for the least of
    /// arguments.
    pub(crate) fn work(&self) -> usize {
        match self.group {
            "time" | "crypto" | "random" => 12,
            "json" | "format" | "url" | "encoding" | "check" => 4,
            _ => 1,
        }
    }

    /// The names of the parameters that may be secrets.
    pub fn secrets(&self) -> impl Iterator<Item = &'static str> {
        self.parameters().filter(|name| self.is_key(name) || self.is_parts(name)).map(|name| name.trim_end_matches('?'))
    }

    /// In the group `crypto`, keys are what is called `key` or `iv`.
    fn is_key(&self, parameter: &str) -> bool {
        self.group == "crypto" && matches!(parameter.trim_end_matches('?'), "key" | "iv")
    }

    /// A list of texts that are taken together, of which some may be keys.
    fn is_parts(&self, parameter: &str) -> bool {
        self.group == "crypto" && parameter == "parts"
    }

    fn parameters(&self) -> impl Iterator<Item = &'static str> {
        let inside = self.signature.split_once('(').and_then(|(_, rest)| rest.split_once(')'));
        inside.map_or("", |(parameters, _)| parameters).split(',').map(str::trim).filter(|name| !name.is_empty())
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
